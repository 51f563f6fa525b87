import { z } from 'zod';
import { spelled, VENDORS, type Vendor } from '../../ingest/index.ts';

const timeZones = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);
const names = (list: string) =>
  list.split(/[,;]/).map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s-]+/g, '_'),
  );
const OBJECTIVES = ['reduce_churn', 'improve_nrr', 'scale_cs_ops', 'expand_revenue'] as const;
const count = (what: string) =>
  z
    .string()
    .transform((text) => text.replace(/^(about|ca\.?|~)\s*/i, '').replace(/\s*\+$/, ''))
    .refine((text) => /^\d*$/.test(text), `expected ${what} as a whole number, or nothing`)
    .transform((text) => (text === '' ? null : Number(text)));

/** A question of the intake: its flag, its words, what is taken without an answer, and what may be answered. */
interface Question<T> {
  readonly flag: string;
  readonly ask: string;
  readonly fallback: string;
  readonly answer: z.ZodType<T, string>;
}

const question = <T>(
  flag: string,
  ask: string,
  fallback: string,
  answer: z.ZodType<T, string>,
): Question<T> => ({
  flag,
  ask,
  fallback,
  answer,
});
/** One of the choices, whatever its case, spaces and hyphens. */
const oneOf = <const T extends string>(...choices: readonly T[]) =>
  z
    .string()
    .transform((text) => spelled(text))
    .refine((text): text is T => (choices as readonly string[]).includes(text), {
      error: `expected one of ${choices.join(', ')}`,
    }) as unknown as z.ZodType<T, string>;

/** Zones as people abbreviate them, each as the city whose clock it is. */
const ZONES: Readonly<Record<string, string>> = {
  ...{ gmt: 'Europe/London', bst: 'Europe/London', cet: 'Europe/Berlin', cest: 'Europe/Berlin' },
  ...{ est: 'America/New_York', edt: 'America/New_York', et: 'America/New_York', cst: 'America/Chicago' },
  ...{ cdt: 'America/Chicago', ct: 'America/Chicago', mst: 'America/Denver', mdt: 'America/Denver' },
  ...{
    mt: 'America/Denver',
    pst: 'America/Los_Angeles',
    pdt: 'America/Los_Angeles',
    pt: 'America/Los_Angeles',
  },
  ...{ aest: 'Australia/Sydney', jst: 'Asia/Tokyo', ist: 'Asia/Kolkata' },
};
const zoneOf = (text: string): string =>
  ZONES[text.toLowerCase()] ??
  [...timeZones].find((zone) => zone.toLowerCase() === text.toLowerCase().replaceAll(' ', '_')) ??
  text;

/** What may be answered of a system: none, a vendor of it, another. */
const systems = (system: Vendor['system']) => [
  'none',
  ...VENDORS.filter((each) => each.system === system).map(({ kind }) => kind),
  'other',
];

/** What a company is asked before anything is built, in this order. */
export const QUESTIONS = {
  crm: question(
    'crm',
    `Which CRM holds accounts and contracts (${systems('crm').join(', ')})?`,
    'none',
    oneOf(...systems('crm')),
  ),
  analytics: question(
    'analytics',
    `Which product analytics (${systems('analytics').join(', ')})?`,
    'none',
    oneOf(...systems('analytics')),
  ),
  ticketing: question(
    'ticketing',
    `Which support desk (${systems('ticketing').join(', ')})?`,
    'none',
    oneOf(...systems('ticketing')),
  ),
  billing: question(
    'billing',
    `Which billing system (${systems('billing').join(', ')})?`,
    'none',
    oneOf(...systems('billing')),
  ),
  warehouse: question(
    'warehouse',
    'Where do the data live (duckdb for a file beside the configuration, bigquery)?',
    'duckdb',
    oneOf('duckdb', 'bigquery'),
  ),
  timeZone: question(
    'time-zone',
    'In which time zone do your days begin (such as Europe/Berlin)?',
    'UTC',
    z
      .string()
      .transform(zoneOf)
      .refine((zone) => timeZones.has(zone), 'expected an IANA time zone such as Europe/Berlin'),
  ),
  currency: question(
    'currency',
    'In which currency is ARR shown?',
    'USD',
    z
      .string()
      .transform((text) => text.toUpperCase())
      .refine((text) => /^[A-Z]{3}$/.test(text), 'expected an ISO 4217 code such as USD'),
  ),
  historyStart: question(
    'history-start',
    'From which day is history scored (YYYY-MM-DD)?',
    '2024-01-01',
    z.iso.date('expected a day such as 2024-01-01'),
  ),
  csms: question('csms', 'How many CSMs are there?', '', count('the number of CSMs')),
  accountsPerCsm: question(
    'accounts-per-csm',
    'How many accounts has each CSM, about?',
    '',
    count('accounts per CSM'),
  ),
  renewalsTracked: question(
    'renewals-tracked',
    'How are renewals tracked today (spreadsheet, CRM, not at all …)?',
    '',
    z.string(),
  ),
  healthScore: question(
    'health-score',
    'Is there a health score today, and what is it made of?',
    '',
    z.string(),
  ),
  objectives: question(
    'objectives',
    `What are the top three objectives, in order (${OBJECTIVES.join(', ')})?`,
    'reduce_churn',
    z
      .string()
      .transform(names)
      .pipe(
        z
          .array(z.enum(OBJECTIVES, `expected some of ${OBJECTIVES.join(', ')}, separated by commas`))
          .max(3, 'expected three at most'),
      ),
  ),
  platforms: question('platforms', 'Which customer success platforms were evaluated?', '', z.string()),
} as const;

export type QuestionName = keyof typeof QUESTIONS;
/** The answers, each checked. */
export type Intake = { readonly [Name in QuestionName]: z.output<(typeof QUESTIONS)[Name]['answer']> };
