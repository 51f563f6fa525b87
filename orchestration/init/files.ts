import { stringify } from 'yaml';
import { CONNECTORS, type ConnectorName } from '../connectors/catalog.ts';
import { MATCHED_KINDS, type SourceKind } from '../source-fields.ts';
import type { Intake } from './questions.ts';

/** A variable that the user sets: its name and where it is found. */
interface Variable {
  readonly name: string;
  readonly hint: string;
}

interface Connection {
  readonly name: string;
  readonly connector: ConnectorName;
  /** the connector's own configuration; secrets as `${NAME}` */
  readonly config: (startDate: string) => Record<string, unknown>;
  readonly variables: readonly Variable[];
}

/** How `tenure.yaml` refers to a variable. */
const fromEnvironment = (name: string) => `\${${name}}`;

const variable = (name: string, hint: string): Variable => ({ name, hint });

/** Each system that a connector of the catalogue reads, with the settings that its specification requires. */
const CONNECTIONS: Readonly<Record<string, Connection>> = {
  salesforce: {
    name: 'crm',
    connector: 'salesforce',
    config: (startDate) => ({
      auth_type: 'Client',
      client_id: fromEnvironment('SALESFORCE_CLIENT_ID'),
      client_secret: fromEnvironment('SALESFORCE_CLIENT_SECRET'),
      refresh_token: fromEnvironment('SALESFORCE_REFRESH_TOKEN'),
      is_sandbox: false,
      start_date: `${startDate}T00:00:00Z`,
    }),
    variables: [
      variable('SALESFORCE_CLIENT_ID', 'consumer key of the connected app'),
      variable('SALESFORCE_CLIENT_SECRET', 'consumer secret of the connected app'),
      variable('SALESFORCE_REFRESH_TOKEN', 'refresh token of the integration user'),
    ],
  },
  hubspot: {
    name: 'crm',
    connector: 'hubspot',
    config: (startDate) => ({
      start_date: `${startDate}T00:00:00Z`,
      credentials: {
        credentials_title: 'Private App Credentials',
        access_token: fromEnvironment('HUBSPOT_ACCESS_TOKEN'),
      },
    }),
    variables: [variable('HUBSPOT_ACCESS_TOKEN', 'access token of the private app')],
  },
  mixpanel: {
    name: 'product',
    connector: 'mixpanel',
    config: (startDate) => ({
      start_date: `${startDate}T00:00:00Z`,
      credentials: {
        option_title: 'Service Account',
        username: fromEnvironment('MIXPANEL_USERNAME'),
        secret: fromEnvironment('MIXPANEL_SECRET'),
        project_id: fromEnvironment('MIXPANEL_PROJECT_ID'),
      },
    }),
    variables: [
      variable('MIXPANEL_USERNAME', 'service account'),
      variable('MIXPANEL_SECRET', 'secret of the service account'),
      variable('MIXPANEL_PROJECT_ID', 'the project'),
    ],
  },
  amplitude: {
    name: 'product',
    connector: 'amplitude',
    config: (startDate) => ({
      api_key: fromEnvironment('AMPLITUDE_API_KEY'),
      secret_key: fromEnvironment('AMPLITUDE_SECRET_KEY'),
      start_date: `${startDate}T00:00:00Z`,
    }),
    variables: [
      variable('AMPLITUDE_API_KEY', 'project settings'),
      variable('AMPLITUDE_SECRET_KEY', 'project settings'),
    ],
  },
  zendesk: {
    name: 'support',
    connector: 'zendesk-support',
    config: (startDate) => ({
      subdomain: fromEnvironment('ZENDESK_SUBDOMAIN'),
      start_date: `${startDate}T00:00:00Z`,
      credentials: {
        credentials: 'api_token',
        email: fromEnvironment('ZENDESK_EMAIL'),
        api_token: fromEnvironment('ZENDESK_API_TOKEN'),
      },
    }),
    variables: [
      variable('ZENDESK_SUBDOMAIN', 'the part before .zendesk.com'),
      variable('ZENDESK_EMAIL', 'of the agent whom the token belongs to'),
      variable('ZENDESK_API_TOKEN', 'Admin Center, Apps and integrations, API'),
    ],
  },
  intercom: {
    name: 'support',
    connector: 'intercom',
    config: (startDate) => ({
      access_token: fromEnvironment('INTERCOM_ACCESS_TOKEN'),
      start_date: `${startDate}T00:00:00Z`,
    }),
    variables: [variable('INTERCOM_ACCESS_TOKEN', 'of an app in the developer hub')],
  },
  freshdesk: {
    name: 'support',
    connector: 'freshdesk',
    config: (startDate) => ({
      domain: fromEnvironment('FRESHDESK_DOMAIN'),
      api_key: fromEnvironment('FRESHDESK_API_KEY'),
      start_date: `${startDate}T00:00:00Z`,
    }),
    variables: [
      variable('FRESHDESK_DOMAIN', 'such as example.freshdesk.com'),
      variable('FRESHDESK_API_KEY', 'profile settings of the agent whom it belongs to'),
    ],
  },
  stripe: {
    name: 'billing',
    connector: 'stripe',
    config: (startDate) => ({
      account_id: fromEnvironment('STRIPE_ACCOUNT_ID'),
      client_secret: fromEnvironment('STRIPE_SECRET_KEY'),
      start_date: `${startDate}T00:00:00Z`,
    }),
    variables: [
      variable('STRIPE_ACCOUNT_ID', 'begins with acct_'),
      variable('STRIPE_SECRET_KEY', 'a restricted key that may read is enough'),
    ],
  },
  chargebee: {
    name: 'billing',
    connector: 'chargebee',
    config: (startDate) => ({
      site: fromEnvironment('CHARGEBEE_SITE'),
      site_api_key: fromEnvironment('CHARGEBEE_API_KEY'),
      product_catalog: '2.0',
      start_date: `${startDate}T00:00:00Z`,
    }),
    variables: [
      variable('CHARGEBEE_SITE', 'the part before .chargebee.com'),
      variable('CHARGEBEE_API_KEY', 'a read-only key'),
    ],
  },
};

/** Kinds that bring accounts and contracts. */
const HAS_ACCOUNTS = ['files', 'salesforce', 'hubspot'];

export interface InitFiles {
  readonly config: string;
  readonly environment: string;
  /** connectors to install before the first sync */
  readonly connectors: readonly ConnectorName[];
}

/** The text of `tenure.yaml` and `.env.example` for an intake. Secrets stand in neither. */
export function initFiles(intake: Intake): InitFiles {
  const asked = [intake.crm, intake.analytics, intake.ticketing, intake.billing];
  const connections = asked.flatMap((system) => CONNECTIONS[system] ?? []);
  const sources: Record<string, unknown>[] = connections.map(({ name, connector, config }) => ({
    name,
    kind: CONNECTORS[connector].kind,
    connector: { airbyte: connector, config: config(intake.historyStart) },
  }));
  if (intake.analytics === 'segment')
    sources.push({ name: 'product', kind: 'segment', tables: 'raw_segment' });
  if (!sources.some(({ kind }) => HAS_ACCOUNTS.includes(String(kind))))
    sources.unshift({
      name: 'book',
      kind: 'files',
      connector: { builtin: 'files', config: { path: './data' } },
    });

  const variables = [
    ...(intake.warehouse === 'bigquery'
      ? [variable('GOOGLE_CLOUD_PROJECT', 'the project that holds the datasets')]
      : []),
    ...connections.flatMap((connection) => connection.variables),
    ...(intake.crm === 'salesforce'
      ? [
          variable('SALESFORCE_INSTANCE_URL', 'write-back: such as https://example.my.salesforce.com'),
          variable('SALESFORCE_ACCESS_TOKEN', 'write-back: a token of the integration user'),
        ]
      : []),
  ];
  return {
    config: [...head(intake), ...body(intake, sources, asked.includes('other')), ''].join('\n'),
    environment: environmentText(variables),
    connectors: connections.map(({ connector }) => connector),
  };
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

/** What was answered and has no setting stays readable beside what has. */
function head(intake: Intake): string[] {
  const facts: [string, string | number | null][] = [
    ['CSMs', intake.csms],
    ['Accounts per CSM', intake.accountsPerCsm],
    ['Renewals tracked today', oneLine(intake.renewalsTracked)],
    ['Health score today', oneLine(intake.healthScore)],
    ['Objectives', intake.objectives.join(', ')],
    ['Platforms evaluated', oneLine(intake.platforms)],
  ];
  const known = facts.filter(([, value]) => value !== null && value !== '');
  return [
    `# Relative paths are relative to this file; secrets come from the environment (or .env) as ${fromEnvironment('NAME')}.`,
    '# The intake:',
    ...known.map(([what, value]) => `#   ${what}: ${value}`),
    '',
  ];
}

function body(intake: Intake, sources: readonly Record<string, unknown>[], hasOther: boolean): string[] {
  const yaml = (value: unknown) => stringify(value, { lineWidth: 110 }).trimEnd();
  const store =
    intake.warehouse === 'duckdb'
      ? { type: 'duckdb', path: 'warehouse.duckdb' }
      : { type: 'bigquery', project: fromEnvironment('GOOGLE_CLOUD_PROJECT'), location: 'US' };
  return [
    yaml({ warehouse: store }),
    '',
    yaml({
      tenant: {
        time_zone: intake.timeZone,
        currency: intake.currency,
        history_start_date: intake.historyStart,
      },
    }),
    '',
    yaml({ signals: { preset: 'standard' } }),
    '',
    ...(sources.some(({ kind }) => kind === 'files')
      ? ['# ./data holds accounts.csv and contracts.csv at least; with them alone the line runs.']
      : []),
    ...(sources.some(({ kind }) => kind === 'segment')
      ? ['# raw_segment is the schema that Segment fills in the same warehouse.']
      : []),
    ...(sources.some(({ kind }) => kind === 'hubspot')
      ? [
          '# HubSpot keeps no contracts: a won deal is one when it says when its term begins and ends. Name its properties:',
          '#   fields: { term_start_date: contract_start_date, term_end_date: contract_end_date, sentiment: csm_sentiment }',
        ]
      : []),
    ...(sources.some(({ kind }) => MATCHED_KINDS.includes(kind as SourceKind))
      ? [
          '# Customers are matched to accounts by the account id on their record (docs/sources.md says where); by web domain',
          '# too with match_by: [account_id, domain]. "tenure check" lists those that are no account.',
        ]
      : []),
    ...(hasOther
      ? ['# A system without a connector here: any Airbyte connector as { exec: [program] }, or files.']
      : []),
    yaml({ sources }),
    '',
    ...(intake.crm === 'salesforce'
      ? [
          '# Nothing is written before "tenure activate --apply", and never a field that is not named here.',
          yaml({
            destinations: [
              {
                name: 'crm',
                kind: 'salesforce',
                auth: {
                  instance_url: fromEnvironment('SALESFORCE_INSTANCE_URL'),
                  access_token: fromEnvironment('SALESFORCE_ACCESS_TOKEN'),
                },
                allow_fields: [],
              },
            ],
          }),
          '',
        ]
      : []),
    yaml({ schedule: { cron: '0 5 * * *' } }),
  ];
}

const environmentText = (variables: readonly Variable[]) =>
  [
    '# Copy to .env and fill in; .env belongs in no repository. The environment wins over it.',
    ...variables.flatMap(({ name, hint }) => [`# ${hint}`, `${name}=`]),
    '',
  ].join('\n');
