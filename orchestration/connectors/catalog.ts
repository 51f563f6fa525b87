import type { SourceKind } from '../config/source-fields.ts';

/** A connector that Tenure has tried: where it comes from, and which staging models read what it lands. */
export interface CatalogEntry {
  /** Its package in the Python index. It is installed by whoever uses it and is no part of Tenure; most are under ELv2. */
  readonly package: string;
  readonly version: string;
  /** The program that the package brings. */
  readonly program: string;
  /** The Python versions that the package accepts. */
  readonly python: string;
  /** The `kind` of a source that reads it; `raw` lands it and nothing more. */
  readonly kind: SourceKind;
}

const airbyte = (name: string, version: string, kind: SourceKind, python = '>=3.10,<3.12'): CatalogEntry => ({
  package: `airbyte-source-${name}`,
  version,
  program: `source-${name}`,
  python,
  kind,
});

/** By the name that `connector.airbyte` and `tenure connectors install` take. */
export const CONNECTORS = {
  amplitude: airbyte('amplitude', '0.6.19', 'amplitude'),
  chargebee: airbyte('chargebee', '0.8.0', 'chargebee'),
  faker: airbyte('faker', '7.2.1', 'raw'),
  freshdesk: airbyte('freshdesk', '3.1.3', 'freshdesk', '>=3.10,<3.11'),
  hubspot: airbyte('hubspot', '5.7.0', 'hubspot'),
  intercom: airbyte('intercom', '0.8.3', 'intercom'),
  mixpanel: airbyte('mixpanel', '4.0.2', 'mixpanel'),
  salesforce: airbyte('salesforce', '2.10.3', 'salesforce', '>=3.10,<3.14'),
  stripe: airbyte('stripe', '5.14.1', 'stripe'),
  'zendesk-support': airbyte('zendesk-support', '4.9.1', 'zendesk'),
} as const satisfies Record<string, CatalogEntry>;

export type ConnectorName = keyof typeof CONNECTORS;

export const CONNECTOR_NAMES = Object.keys(CONNECTORS) as [ConnectorName, ...ConnectorName[]];

export const isConnectorName = (text: string): text is ConnectorName => Object.hasOwn(CONNECTORS, text);
