import { join } from 'node:path';
import { z } from 'zod';
import {
  filesConfig,
  KINDS,
  SOURCE_KINDS,
  spelled,
  type Vendor,
  VOCABULARIES,
  type Vocabulary,
  vendorOf,
} from '../../ingest/index.ts';
import type { WarehouseConfig } from '../../warehouse/index.ts';
import { configuredConnector } from './connector.ts';
import { DURATION } from './duration.ts';
import { NAME } from './names.ts';
import { presetNamed } from './presets.ts';
import { THIS_MACHINE } from './this-machine.ts';

const name = z
  .string()
  .regex(NAME, 'expected lower-case letters, digits and _ (it becomes part of table names)');
const isoDate = z.iso.date();
const timeZone = z.string().refine((zone) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}, 'expected an IANA time zone such as Europe/Berlin');

const warehouse = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('duckdb'),
    path: z.string().min(1),
    memory_limit: z.string().optional(),
    threads: z.int().positive().optional(),
  }),
  z.strictObject({
    type: z.literal('bigquery'),
    project: z.string().min(1),
    location: z.string().optional(),
    dataset_prefix: z
      .string()
      .regex(/^\w*$/, 'expected letters, digits and _ (datasets are named after it)')
      .optional(),
    /** Bytes that one statement may read; 100 GiB unless given. */
    maximum_bytes_billed: z.int().positive().optional(),
    /** A service account's key file; without it, Application Default Credentials. */
    keyfile: z.string().min(1).optional(),
    /** A service account to act as. */
    impersonate_service_account: z.string().min(1).optional(),
  }),
]);

const kindsThat = (can: keyof Vendor) => KINDS.filter((each) => each[can]).map(({ kind }) => kind);

const source = z
  .strictObject({
    name,
    kind: z.enum(SOURCE_KINDS),
    connector: configuredConnector.optional(),
    /** A schema that somebody else fills: its tables are read as this kind's streams. */
    tables: z.string().optional(),
    /** How often the schedule syncs it, where that is not as often as the line runs: 15m, 1h, 7d. */
    every: z.string().regex(DURATION, 'expected minutes, hours or days, such as 15m, 1h or 7d').optional(),
    /** Hours after which the source counts as stale; 24, or a day more than `every` where that is longer than a day. */
    red_line_hours: z.number().positive().optional(),
    /** Hours after which a person is warned before that; 1 for a CRM. */
    warn_hours: z.number().positive().optional(),
    /** Whole hours after an event at which the source delivers it. */
    delay_hours: z.int().nonnegative().default(0),
    /** The share of a table's rows that may be gone in the next sync before the source refuses it. */
    max_shrink_share: z.number().min(0).max(1).default(0.3),
    /** The share of a stream's rows that may be unreadable before its sync counts as failed. */
    max_rejected_share: z.number().min(0).max(1).default(0.3),
    /** Which columns hold your custom fields: `{ sentiment: Health_Sentiment__c, account_id: metadata.crm_id }`. */
    fields: z
      .record(
        z.string(),
        z
          .string()
          .regex(
            /^[\w$ -]+(\.[\w$ -]+)*$/,
            'expected a column, or a column and keys of its JSON: metadata.tier',
          ),
      )
      .default({}),
    /** What your own words mean, by closed vocabulary: `{ task_status: { On Hold: in_progress } }`. */
    values: z.record(z.string(), z.record(z.string(), z.string())).default({}),
    /** The address of an account's record in this source, with `{id}` for its id: pages link to it. */
    record_url: z
      .string()
      .regex(
        /^https?:\/\/[^\s'"\\]*\{id\}[^\s'"\\]*$/,
        'expected an address of the web with {id} in it: https://acme.example/accounts/{id}',
      )
      .optional(),
    /** How a customer of this source is found among the accounts: by the id that it carries, by its web domain. */
    match_by: z
      .array(z.enum(['account_id', 'domain']))
      .min(1)
      .default(['account_id']),
    /** The object of a Salesforce that holds the contracts, where it is not Contract: Opportunity, Account, or one of your own. */
    contracts_from: z
      .string()
      .regex(/^[A-Za-z]\w*$/, 'expected the API name of an object, such as Opportunity or Subscription__c')
      .optional(),
    /** Whether the subscriptions of this billing source are the contracts. Not when the CRM has them too. */
    contracts: z.boolean().default(false),
  })
  .superRefine((value, context) => {
    const issue = (key: string, message: string) =>
      context.addIssue({ code: 'custom', path: [key], message });
    const vendor = vendorOf(value.kind);
    const known: readonly string[] = vendor?.fields ?? [];
    for (const field of Object.keys(value.fields)) {
      if (known.includes(field)) continue;
      const those = known.length > 0 ? `expected one of ${known.join(', ')}` : 'it has none';
      issue(
        'fields',
        `"${field}" is no field of a source of kind ${value.kind} that can be mapped; ${those}`,
      );
    }
    const vocabularies: readonly string[] = vendor?.values ?? [];
    for (const [vocabulary, words] of Object.entries(value.values)) {
      if (!vocabularies.includes(vocabulary)) {
        const those = vocabularies.length > 0 ? `expected one of ${vocabularies.join(', ')}` : 'it has none';
        issue(
          'values',
          `"${vocabulary}" is no vocabulary of a source of kind ${value.kind} that can be mapped; ${those}`,
        );
        continue;
      }
      const known: readonly string[] = VOCABULARIES[vocabulary as Vocabulary];
      const seen = new Map<string, string>();
      for (const [word, meant] of Object.entries(words)) {
        const other = seen.get(spelled(word));
        seen.set(spelled(word), word);
        if (!known.includes(meant))
          issue(
            'values',
            `${vocabulary}: "${word}" cannot mean "${meant}"; expected one of ${known.join(', ')}`,
          );
        if (spelled(word) === '') issue('values', `${vocabulary}: expected a word, got none`);
        if (other !== undefined)
          issue('values', `${vocabulary}: "${other}" and "${word}" are one word; give one of them`);
      }
    }
    const { connector } = value;
    if (connector !== undefined && 'builtin' in connector && connector.builtin === 'files') {
      const checked = filesConfig.safeParse(connector.config ?? {});
      for (const { path, message } of checked.error?.issues ?? [])
        context.addIssue({ code: 'custom', path: ['connector', 'config', ...path], message });
    }
    if (value.match_by.includes('domain') && !vendor?.isMatched)
      issue(
        'match_by',
        `domains are matched for ${kindsThat('isMatched').join(', ')}, not for ${value.kind}`,
      );
    if (value.contracts_from !== undefined && vendor?.contractsFrom === undefined)
      issue(
        'contracts_from',
        `${kindsThat('contractsFrom').join(', ')} may keep contracts in another object, not ${value.kind}`,
      );
    if (value.contracts && !vendor?.hasSubscriptions)
      issue(
        'contracts',
        `only ${kindsThat('hasSubscriptions').join(' and ')} have subscriptions, not ${value.kind}`,
      );
  })
  .refine((value) => (value.connector === undefined) !== (value.tables === undefined), {
    message: 'expected either "connector" (tenure lands it) or "tables" (somebody else does)',
  });

/** Whether a secret may be sent to an address: nobody on the way can read it. */
function isSafeAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isHere = THIS_MACHINE.includes(hostname);
  return (protocol === 'https:' || (protocol === 'http:' && isHere)) && username === '' && password === '';
}

/** A text that is as it should be, once a reference to the environment is filled in. */
const givenOr = (isRight: (text: string) => boolean, expected: string) =>
  z.string().refine((text) => text.startsWith('${') || isRight(text), expected);

/** Whether anything is sent there: false switches it off and leaves all else as it is. */
const enabled = z.boolean().default(true);

/** A system that Tenure writes to: what all have, and how it is logged in to. */
const destinationOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject({
    name,
    ...shape,
    enabled,
    /** The source whose accounts these are, by their ids; needed when not exactly one source is of this kind. */
    source: name.optional(),
    allow_fields: z.array(z.string()).default([]),
    /** The share of open records that may change from one day to the next; after n days 1 − (1 − share)^n. */
    max_change_share: z.number().min(0).max(1).default(0.3),
    /** So many records may be new, or change, whatever the share. */
    min_changes: z.int().nonnegative().default(10),
  });

const tokenAddress = givenOr(
  isSafeAddress,
  'expected an https address (http only of this machine): the token goes there',
);

const secret = z.string().min(1);

/** The org that is written to. */
const org = { instance_url: tokenAddress, api_version: z.string().optional() };
/** A connected app; it is logged in to at the org's own address unless another is given. */
const app = { client_id: z.string().min(1), login_url: tokenAddress.optional() };

const destination = z.discriminatedUnion('kind', [
  destinationOf({
    kind: z.literal('salesforce'),
    auth: z.union(
      [
        /** A token that somebody got; it ends with its session. */
        z.strictObject({ ...org, access_token: secret }),
        /** OAuth 2.0 client credentials: the app acts as the user of its "Run As". */
        z.strictObject({ ...org, ...app, client_secret: secret }),
        /** OAuth 2.0 JWT bearer: a key whose certificate the app has speaks for a user. */
        z.strictObject({
          ...org,
          ...app,
          username: z.string().min(1),
          private_key: secret,
          /** Whom the assertion is for; the login server of orgs, or of sandboxes, unless given. */
          audience: z.url().optional(),
        }),
        /** OAuth 2.0 refresh token, of somebody who authorized the app once. */
        z.strictObject({ ...org, ...app, client_secret: secret.optional(), refresh_token: secret }),
      ],
      'expected instance_url and one of: access_token; client_id and client_secret; client_id, username and private_key; client_id and refresh_token',
    ),
  }),
  destinationOf({
    kind: z.literal('hubspot'),
    auth: z.strictObject({
      /** Of a private app. */
      access_token: z.string().min(1),
      api_url: tokenAddress.default('https://api.hubapi.com'),
    }),
  }),
]);

/** An address that gets what only it may know. */
const secretAddress = givenOr(
  isSafeAddress,
  'expected an https address (http only of this machine): what is sent there is for it alone',
);

/** By a clock of 24 hours. */
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 19:30');

/** Where people are told of alerts, escalations and their open alerts of the day. */
const channelOf = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject({
    name,
    ...shape,
    enabled,
    tells: z
      .array(z.enum(['alert', 'escalation', 'digest', 'weekly']))
      .min(1)
      .default(['alert', 'escalation', 'digest']),
    /** Hours of the recipient's day in which they are told nothing; then nothing on weekends and holidays either. */
    quiet_hours: z.strictObject({ from: timeOfDay, to: timeOfDay }).optional(),
    /** Alerts and escalations of less gravity stand in the digest alone. */
    min_severity: z.enum(['info', 'notice', 'warning', 'urgent', 'critical']).default('info'),
  });
const channel = z.discriminatedUnion('kind', [
  /** An incoming webhook of a Slack channel. */
  channelOf({ kind: z.literal('slack'), url: secretAddress }),
  /** The webhook of a workflow, or of a channel, of Microsoft Teams. */
  channelOf({ kind: z.literal('teams'), url: secretAddress }),
  /** Signed JSON to any address. */
  channelOf({
    kind: z.literal('webhook'),
    url: secretAddress,
    secret: givenOr((text) => text.length >= 16, 'expected at least 16 characters'),
  }),
  channelOf({
    kind: z.literal('email'),
    /** `Customer Success <cs@acme.example>` */
    from: givenOr(
      (text) => /^[^<>\r\n]*<?[^\s<>@]+@[^\s<>@]+>?$/.test(text),
      'expected an address such as CS <cs@acme.example>',
    ),
    smtp: z.strictObject({
      host: z.string().min(1),
      port: z.int().min(1).max(65_535).default(587),
      user: z.string().optional(),
      password: z.string().optional(),
      /** Encrypted from the first byte, as on port 465. */
      secure: z.boolean().default(false),
    }),
  }),
  /** A folder with a page and a JSON file a message, to look at before anybody is told. */
  channelOf({ kind: z.literal('file'), path: z.string().min(1) }),
]);

export const configFile = z.strictObject({
  warehouse,
  tenant: z
    .strictObject({
      time_zone: timeZone.default('UTC'),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, 'expected an ISO 4217 code such as USD')
        .default('USD'),
      history_start_date: isoDate.optional(),
      /** From this day on people worked with the scores: reports of the first cycle count from it. */
      launch_date: isoDate.optional(),
    })
    .default({ time_zone: 'UTC', currency: 'USD' }),
  signals: z
    .strictObject({
      /** `standard`, `lean`, or one that the rules of the project name. */
      preset: z.string().min(1).default('standard').transform(presetNamed),
      /** Signals that are computed, kept and backtested at weight 0, beside those of the preset. */
      shadow: z.array(z.string().min(1)).default([]),
    })
    .default({ preset: 'standard', shadow: [] }),
  /** What a build may do to the days that are published. */
  history: z
    .strictObject({
      /** The share of the published scores that a build may change before it asks (`--accept-changes`). */
      max_change_share: z.number().min(0).max(1).default(0.1),
    })
    .default({ max_change_share: 0.1 }),
  sources: z
    .array(source)
    .min(1, 'expected at least one source')
    .superRefine((sources, context) => {
      const seen = new Set<string>();
      for (const { name: each } of sources) {
        if (seen.has(each)) context.addIssue({ code: 'custom', message: `two sources are named "${each}"` });
        seen.add(each);
      }
    }),
  destinations: z.array(destination).default([]),
  channels: z.array(channel).default([]),
  /** The time zones of people, by their id or address, who do not live by that of the tenant. */
  people: z.array(z.strictObject({ person: z.string().min(1), time_zone: timeZone })).default([]),
  /**
   * The plays that are turned on: the product's and those of `playbooks/`. What came up before the day `since` starts none,
   * but for a renewal that is still open then.
   */
  plays: z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform((play) => ({ play, since: null as string | null })),
        z.strictObject({ play: z.string().min(1), since: isoDate.nullable().default(null) }),
      ]),
    )
    .default([]),
  /** Where the pages are served, for links in what people are told. */
  site_url: z
    .string()
    .refine(
      (text) => URL.canParse(text) && /^https?:/.test(text),
      'expected an address such as https://health.acme.example',
    )
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  /** How `tenure serve --auth` knows who asks: a reverse proxy says so (docs/serving.md). */
  serve: z
    .strictObject({
      /** The header in which the proxy, and nobody else, writes the address of who signed in. */
      identity_header: z
        .string()
        .regex(/^[A-Za-z0-9-]+$/, 'expected the name of a header such as X-Forwarded-Email')
        .transform((name) => name.toLowerCase()),
      /** What the proxy sends as X-Tenure-Proxy-Secret; without it only a proxy on this machine is believed. */
      secret: givenOr((text) => text.length >= 16, 'expected at least 16 characters').optional(),
      /** The address to listen on. */
      host: z.string().min(1).default('127.0.0.1'),
      /** Who reads another site than the one that the warehouse gives them; the first that names them counts. */
      readers: z
        .array(
          z.strictObject({
            person: z
              .string()
              .regex(/^[^\s@]+@[^\s@]+$/, 'expected an address such as kim@acme.example')
              .transform((address) => address.toLowerCase()),
            /** As `tenure report --for` takes it: all, csm=ID, manager=ID, team=NAME. */
            site: z
              .string()
              .regex(/^(all|(csm|manager|team)=.+)$/, 'expected all, csm=ID, manager=ID or team=NAME'),
          }),
        )
        .default([]),
    })
    .optional(),
  /** When `tenure schedule` runs the line, in the tenant's time zone. */
  schedule: z
    .strictObject({
      /** Minute, hour, day of the month, month, weekday. */
      cron: z.string().min(1),
      until: z.enum(['sync', 'build', 'score', 'report', 'activate']).optional(),
      /** Whether destinations are written, not only compared. */
      apply: z.boolean().default(false),
    })
    .optional(),
  /** Who owns a renewal that neither the contract nor the account gives an active owner. The first match wins. */
  owner_rules: z
    .array(
      z.strictObject({
        territory: z.string().optional(),
        segment: z.string().optional(),
        owner_id: z.string(),
      }),
    )
    .default([]),
});

export type ConfigFile = z.infer<typeof configFile>;
export type SourceConfig = ConfigFile['sources'][number];
export type DestinationConfig = ConfigFile['destinations'][number];
export type DestinationOf<Kind extends DestinationConfig['kind']> = Extract<
  DestinationConfig,
  { kind: Kind }
>;
export type ChannelConfig = ConfigFile['channels'][number];

/** `tenure.yaml`, checked, with every path absolute and every `${NAME}` filled in. */
export interface Config extends ConfigFile {
  readonly warehouse: WarehouseConfig;
  /** The step, or the verb, that is on, and the run that it belongs to, for warehouses that label what they bill. */
  readonly jobLabels?: { readonly tenure_step: string; readonly tenure_run?: string };
  readonly file: string;
  /** Variables of the environment that the file refers to and that are not set. */
  readonly unset: readonly string[];
  readonly directory: string;
  /** Where runs keep what is not data: dbt artifacts, logs, the site. Beside the configuration. */
  readonly buildDirectory: string;
  /** Where `tenure connectors install` puts connectors: beside the configuration, or where TENURE_CONNECTORS says. */
  readonly connectorsDirectory: string;
  /** The folders in which programs are looked for, as PATH names them. */
  readonly searchPath: string;
  /** What syncs keep between runs and hand to connectors. Private to its owner. */
  readonly workDirectory: string;
}

/** Where rows lie that are on their way into the warehouse; emptied when a run begins. */
export const scratchOf = ({ buildDirectory }: Pick<Config, 'buildDirectory'>) => join(buildDirectory, 'tmp');

/** The JSON Schema that editors check `tenure.yaml` against; `tenure.schema.json` is made from it. */
export const configJsonSchema = () => z.toJSONSchema(configFile, { io: 'input', unrepresentable: 'any' });
