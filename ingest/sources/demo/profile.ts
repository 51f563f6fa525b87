import { companyName, domainOf } from './names.ts';
import { clamp, Random } from './random.ts';

export type Segment = 'enterprise' | 'mid_market' | 'smb';

/** Everything that the company sells, most used first; a plan is so many of them. */
export const FEATURES = [
  'Dashboard Viewed',
  'Report Run',
  'Record Edited',
  'Comment Added',
  'File Exported',
  'Alert Opened',
  'Template Used',
  'Workflow Started',
  'Data Imported',
  'Page Shared',
  'Integration Synced',
  'Approval Given',
  'Forecast Built',
  'Audit Log Read',
  'Api Key Used',
  'Scenario Compared',
  'Insight Saved',
  'Cohort Defined',
  'Model Trained',
  'Benchmark Opened',
] as const; // the last four come with the add-on

export const CORE_FEATURES = 16;

/** What an account is, and never changes. */
export interface Profile {
  readonly index: number;
  readonly name: string;
  readonly domain: string;
  readonly segment: Segment;
  /** Whether the CRM says so; else it follows from the ARR. */
  readonly isSegmentExplicit: boolean;
  readonly industry: string;
  readonly region: string;
  readonly territory: string;
  readonly currency: string;
  readonly billingMonths: 1 | 3 | 12;
  readonly featureCount: number;
  /** Where its latent health settles. */
  readonly baseline: number;
  readonly sendsUsage: boolean;
  readonly hasSeatsOnRecord: boolean;
  readonly hasFeaturesOnRecord: boolean;
  readonly hasSponsor: boolean;
  readonly hasQbrs: boolean;
  readonly isSentimentSet: boolean;
  /** The month in which a seasonal customer is busiest. */
  readonly seasonMonth: number | undefined;
}

const INDUSTRIES = [
  'Manufacturing',
  'Retail',
  'Healthcare',
  'Financial Services',
  'Logistics',
  'Education',
  'Media',
];
const TERRITORIES: Readonly<Record<string, readonly string[]>> = {
  'North America': ['NA East', 'NA West'],
  EMEA: ['UK and Ireland', 'DACH', 'Nordics'],
  APAC: ['ANZ', 'Japan'],
};

export function profileOf(seed: number, index: number): Profile {
  const random = new Random(seed, 'profile', index);
  const size = random.uniform();
  const segment = size < 0.13 ? 'enterprise' : size < 0.46 ? 'mid_market' : 'smb';
  const region = random.pick(['North America', 'North America', 'EMEA', 'EMEA', 'APAC']);
  const name = companyName(index);
  const isEnterprise = segment === 'enterprise';
  return {
    index,
    name,
    domain: domainOf(name),
    segment,
    isSegmentExplicit: random.chance(0.6),
    industry: random.pick(INDUSTRIES),
    region,
    territory: random.pick(TERRITORIES[region] as readonly string[]),
    currency: region === 'EMEA' && random.chance(0.3) ? random.pick(['EUR', 'GBP']) : 'USD',
    billingMonths: random.chance(isEnterprise ? 0.2 : 0.55)
      ? segment === 'smb' && random.chance(0.4)
        ? 1
        : 3
      : 12,
    featureCount: isEnterprise ? 16 : segment === 'mid_market' ? random.integer(9, 13) : random.integer(5, 8),
    baseline: clamp(random.normal(-0.06, 0.88), -2.2, 2.2),
    sendsUsage: !random.chance(0.03),
    hasSeatsOnRecord: !random.chance(0.03),
    hasFeaturesOnRecord: !random.chance(0.03),
    hasSponsor: !random.chance(0.1),
    hasQbrs: !random.chance(segment === 'smb' ? 0.2 : 0.03),
    isSentimentSet: !random.chance(0.1),
    seasonMonth: random.chance(0.04) ? random.integer(1, 12) : undefined,
  };
}
