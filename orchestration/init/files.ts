import {
  type ConnectorName,
  fromEnvironment,
  type TableMapping,
  type ValueMapping,
  type Variable,
  VENDORS,
  vendorOf,
} from '../../ingest/index.ts';
import type { Intake } from './questions.ts';
import { yamlOf } from './yaml.ts';

/** The source of files that `init --from` proposes. */
export interface MappedSource {
  readonly path: string;
  readonly tables: Readonly<Record<string, TableMapping>>;
  readonly values: ValueMapping;
}

/** The kinds of source that bring accounts and contracts, as `sources` has them. */
const hasAccounts = ({ kind }: Record<string, unknown>) => vendorOf(String(kind))?.hasAccounts === true;

export interface InitFiles {
  readonly config: string;
  readonly environment: string;
  /** connectors to install before the first sync */
  readonly connectors: readonly ConnectorName[];
}

/** The text of `tenure.yaml` and `.env.example` for an intake. Secrets stand in neither. */
export function initFiles(intake: Intake, mapped?: MappedSource): InitFiles {
  const asked = [intake.crm, intake.analytics, intake.ticketing, intake.billing];
  const vendors = asked.flatMap((system) => VENDORS.find(({ kind }) => kind === system) ?? []);
  const connected = vendors.flatMap((vendor) => ('setup' in vendor ? [vendor] : []));
  const sources: Record<string, unknown>[] = connected.map(({ kind, connector, setup }) => ({
    name: setup.source,
    kind,
    connector: {
      airbyte: connector.name,
      config: setup.config(intake.historyStart),
      streams: Object.fromEntries(setup.streams.map((stream) => [stream, {}])),
    },
  }));
  for (const vendor of vendors)
    if ('filled' in vendor)
      sources.push({ name: vendor.filled.source, kind: vendor.kind, tables: vendor.filled.schema });
  if (mapped !== undefined || !sources.some(hasAccounts)) {
    const { values = {}, ...config } = mapped ?? { path: './data' };
    sources.unshift({
      name: 'book',
      kind: 'files',
      connector: { builtin: 'files', config },
      ...(Object.keys(values).length > 0 && { values }),
    });
  }

  const variables: Variable[] = [
    ...(intake.warehouse === 'bigquery'
      ? [{ name: 'GOOGLE_CLOUD_PROJECT', hint: 'the project that holds the datasets' }]
      : []),
    ...connected.flatMap(({ setup }): readonly Variable[] => setup.variables),
    ...(intake.crm === 'salesforce'
      ? [
          { name: 'SALESFORCE_INSTANCE_URL', hint: 'write-back: such as https://example.my.salesforce.com' },
          { name: 'SALESFORCE_ACCESS_TOKEN', hint: 'write-back: a token of the integration user' },
        ]
      : []),
  ];
  return {
    config: [...head(intake), ...body(intake, sources, asked.includes('other'), mapped), ''].join('\n'),
    environment: environmentText(variables),
    connectors: connected.map(({ connector }) => connector.name),
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

function body(
  intake: Intake,
  sources: readonly Record<string, unknown>[],
  hasOther: boolean,
  mapped: MappedSource | undefined,
): string[] {
  const yaml = yamlOf;
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
    ...(mapped !== undefined
      ? [
          '# How the exports are read: each canonical column with the header that it comes from, or how it is made. The next',
          '# export of the same shape and name needs nothing. "tenure files" lists all tables and columns; "tenure map FILE" adds one.',
        ]
      : []),
    ...(mapped === undefined && sources.some(({ kind }) => kind === 'files')
      ? ['# ./data holds accounts.csv and contracts.csv at least; with them alone the line runs.']
      : []),
    ...sources.flatMap(({ kind }) => vendorOf(String(kind))?.comments ?? []).map((each) => `# ${each}`),
    ...(sources.some(({ kind }) => vendorOf(String(kind))?.isMatched)
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
