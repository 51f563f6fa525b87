import { VOCABULARIES, type Vocabulary } from '../vocabularies.ts';
import { amplitude } from './amplitude.ts';
import { chargebee } from './chargebee.ts';
import { faker } from './faker.ts';
import { freshdesk } from './freshdesk.ts';
import { hubspot } from './hubspot.ts';
import { intercom } from './intercom.ts';
import { mixpanel } from './mixpanel.ts';
import { salesforce } from './salesforce.ts';
import { segment } from './segment.ts';
import { stripe } from './stripe.ts';
import type { Vendor, VendorConnector } from './vendor.ts';
import { zendesk } from './zendesk.ts';

/** Every vendor, in the order in which they are offered. */
export const VENDORS = [
  salesforce,
  hubspot,
  zendesk,
  intercom,
  freshdesk,
  stripe,
  chargebee,
  segment,
  mixpanel,
  amplitude,
] as const;

/** A company's own files, whose words may be of every vocabulary. */
const files = {
  kind: 'files',
  fields: [],
  values: Object.keys(VOCABULARIES) as Vocabulary[],
  hasAccounts: true,
  persons: [
    {
      stream: 'contacts',
      key: 'contact_id',
      emails: ['email'],
      names: ['name'],
      account: 'account_id',
      kept: ['role', 'is_exec_sponsor', 'is_champion', 'has_consent', 'left_at', 'updated_at', 'known_at'],
    },
  ],
} as const satisfies Vendor;
/** What lands and is read by no model of ours. */
const raw = { kind: 'raw', fields: [], values: [] } as const satisfies Vendor;

/** The kinds of source: files, raw, and the vendors. */
export const KINDS: readonly Vendor[] = [files, raw, ...VENDORS];
export type SourceKind = 'files' | 'raw' | (typeof VENDORS)[number]['kind'];
export const SOURCE_KINDS = ['files', 'raw', ...VENDORS.map(({ kind }) => kind)] as const;

/** What is known of a kind of source; nothing of one that there is not. */
export const vendorOf = (kind: string): Vendor | undefined => KINDS.find((each) => each.kind === kind);

/** A connector as its package brings it, and which staging models read what it lands. */
export interface CatalogEntry extends VendorConnector {
  /** Its package in the Python index. */
  readonly package: string;
  /** The program that the package brings. */
  readonly program: string;
  /** The `kind` of a source that reads it; `raw` lands it and nothing more. */
  readonly kind: SourceKind;
}

const entry = (connector: VendorConnector, kind: SourceKind): CatalogEntry => ({
  ...connector,
  package: `airbyte-source-${connector.name}`,
  program: `source-${connector.name}`,
  kind,
});

type Connected = Extract<(typeof VENDORS)[number], { connector: VendorConnector }>;
export type ConnectorName = Connected['connector']['name'] | 'faker';

/** By the name that `connector.airbyte` and `tenure connectors install` take. */
export const CONNECTORS = Object.fromEntries(
  [
    entry(faker, 'raw'),
    ...VENDORS.flatMap((vendor) => ('connector' in vendor ? [entry(vendor.connector, vendor.kind)] : [])),
  ].map((each) => [each.name, each]),
) as Readonly<Record<ConnectorName, CatalogEntry>>;

export const CONNECTOR_NAMES = Object.keys(CONNECTORS).sort() as [ConnectorName, ...ConnectorName[]];

export const isConnectorName = (text: string): text is ConnectorName => Object.hasOwn(CONNECTORS, text);
