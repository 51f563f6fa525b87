import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { activateDestination } from '../orchestration/activation/index.ts';
import type { Channel } from '../orchestration/activation/people/channel.ts';
import { tellPeople } from '../orchestration/activation/people/index.ts';
import { salesforceDestination } from '../orchestration/activation/salesforce/index.ts';
import { loadConfig } from '../orchestration/config/load.ts';
import type { Config, DestinationOf } from '../orchestration/config/schema.ts';
import { withWarehouse } from '../orchestration/pipeline/configured-warehouse.ts';
import { dbtBuild, dbtVars } from '../orchestration/pipeline/dbt/dbt.ts';
import { endDbt } from '../orchestration/pipeline/dbt/process.ts';
import { runLine } from '../orchestration/pipeline/run.ts';
import { sync } from '../orchestration/pipeline/steps.ts';
import { silentReporter } from '../orchestration/runtime/reporter.ts';
import { runScoring } from '../scoring/index.ts';
import { addDays } from '../test/oracle/company.ts';
import { type StandIn, startSalesforce } from '../test/salesforce-stand-in.ts';
import type { Row, Warehouse } from '../warehouse/index.ts';

/** Where the people live who do not live by the tenant's clock, by turns. */
export const ZONES = ['Pacific/Auckland', 'Europe/Berlin', 'America/Los_Angeles'] as const;
/** When the line activates on a day, UTC: of these one is by day in each zone. */
export const CLOCKS = ['00:30', '08:30', '16:30'] as const;
export const QUIET = { from: '19:00', to: '08:00' };

const SOURCES = { crm: 'salesforce', support: 'zendesk', billing: 'stripe', product: 'segment' } as const;
const MODELS = [
  'sync_people__alerts',
  'sync_people__weekly',
  'sync_people__figures',
  'sync_salesforce__accounts',
  'sync_salesforce__tasks',
  'sync_salesforce__closed_tasks',
];
const ALLOWED = [
  ...['Account.Tenure_Score__c', 'Account.Tenure_Category__c', 'Account.Tenure_Flag__c'],
  ...[
    'Task.Subject',
    'Task.WhatId',
    'Task.OwnerId',
    'Task.ActivityDate',
    'Task.Priority',
    'Task.Description',
  ],
  ...['Task.Tenure_Rule__c', 'Task.Tenure_Severity__c', 'Task.Status', 'Task.Tenure_Close_Reason__c'],
];
const TASK_FIELDS = [
  ...['Subject', 'WhatId', 'OwnerId', 'ActivityDate', 'Priority', 'Description'],
  ...['Tenure_Rule__c', 'Tenure_Severity__c'],
];
/** Days whose scores are recorded again on each day, because late data may change them. */
const LATE_DAYS = 45;

export interface ReplayOptions {
  readonly folder: string;
  readonly accounts: number;
  /** The days on which the line runs, in order. */
  readonly days: readonly string[];
  readonly historyStart: string;
  /** From this day on the simulated company has a history. */
  readonly companyStart: string;
  readonly holidays: readonly string[];
}

export interface Told {
  readonly at: string;
  readonly key: string;
  readonly kind: string;
  readonly to: string;
  readonly alerts: readonly string[];
}

/** The name of a version of a contract or opportunity. */
export const versionOf = ({ id, updated_at }: Row): string => `${id} ${updated_at}`;

/** What was seen on a day on which the line ran. */
export interface ReplayedDay {
  readonly day: string;
  readonly told: readonly Told[];
  /** What became of each object of the CRM and of the messages, at each time of the day. */
  readonly written: readonly {
    readonly at: string;
    readonly object: string;
    readonly toUpdate: number;
    readonly sent: number;
    readonly backlog: number;
    readonly waiting: number;
    readonly rejected: number;
    readonly refused: string | null;
  }[];
  /** The key, account and status of each task in the CRM. */
  readonly tasks: readonly (readonly [key: string, account: string, status: string])[];
  /** The versions of contracts and opportunities that the CRM had told of by then. */
  readonly landed: readonly string[];
  readonly alerts: readonly Row[];
  readonly holds: readonly Row[];
  readonly health: readonly Row[];
}

/** Sponsors of the company that its CRM does not know: who leaves with and without consent, and who takes their place. */
const contactsOf = (accounts: readonly string[], firstDay: string): string => {
  const rows = accounts.slice(0, 12).flatMap((account, number) => {
    const left = addDays(firstDay, 3 + number * 4);
    const contact = (id: string, consent: boolean, at: string, leftAt = '') =>
      `${id},${account},true,${consent},${leftAt},${at}T09:00:00Z`;
    const consent = number % 3 !== 2;
    return [
      contact(`sponsor-${number}`, consent, addDays(firstDay, -60)),
      contact(`sponsor-${number}`, consent, left, `${left}T09:00:00Z`),
      ...(number % 2 === 0 ? [contact(`next-${number}`, true, addDays(left, 6))] : []),
    ];
  });
  return ['contact_id,account_id,is_exec_sponsor,has_consent,left_at,updated_at', ...rows, ''].join('\n');
};

async function writeCompany(options: ReplayOptions, accounts: readonly string[]): Promise<void> {
  const { folder, days, holidays } = options;
  const first = days[0] as string;
  const last = days.at(-1) as string;
  const middle = days[Math.floor(days.length / 2)] as string;
  const write = (name: string, lines: readonly string[]) =>
    writeFile(join(folder, 'rules', `${name}.csv`), `${lines.join('\n')}\n`);
  await mkdir(join(folder, 'rules'), { recursive: true });
  await mkdir(join(folder, 'book'), { recursive: true });
  await writeFile(join(folder, 'book', 'contacts.csv'), contactsOf(accounts, first));
  await write('alert_rules', [
    'rule,milestone_days,segment,waits_for_gate,status,confirmed_by,confirmed_on,rationale',
    `health_decline,,,false,confirmed,VP CS,${first},the replay tells of them`,
    `health_decline_critical,,,false,confirmed,VP CS,${first},the replay tells of them`,
  ]);
  await write('alert_exclusions', [
    'account_id,rule,from_date,until_date,reason,status,confirmed_by,confirmed_on,rationale',
    `${accounts[1]},,,,in litigation,confirmed,VP CS,${first},nobody writes to them`,
    `${accounts[2]},renewal_notice,,,renews by tender,confirmed,VP CS,${first},no notices`,
    `,health_decline,${middle},${last},the rule is under review,confirmed,VP CS,${first},from the middle on`,
  ]);
  await write('holidays', ['holiday_date,name', ...holidays.map((day) => `${day},holiday`)]);
}

/** A simulated company of which the line is run day by day, to a CRM and to people who keep what they get. */
export class ReplayCompany {
  readonly #options: ReplayOptions;
  readonly #crm: StandIn;
  #isBegun = false;
  #modelsBuiltWith = '';
  #tasks = new Map<string, string>();

  private constructor(options: ReplayOptions, crm: StandIn) {
    this.#options = options;
    this.#crm = crm;
  }

  static async start(options: ReplayOptions): Promise<ReplayCompany> {
    return new ReplayCompany(options, await startSalesforce());
  }

  async close(): Promise<void> {
    await endDbt();
    await this.#crm.close();
  }

  get crm(): StandIn {
    return this.#crm;
  }

  async config(users: readonly string[] = []): Promise<Config> {
    const { folder, accounts, historyStart, companyStart, days } = this.#options;
    const last = days.at(-1);
    const file = join(folder, 'tenure.yaml');
    await mkdir(folder, { recursive: true });
    await writeFile(
      file,
      stringify({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
        tenant: { history_start_date: historyStart },
        // late data of one of few accounts is a large share of a history that is short
        history: { max_change_share: 1 },
        plays: ['renewal', 'sponsor_change'].map((play) => ({ play, since: days[0] })),
        sources: [
          ...Object.entries(SOURCES).map(([name, kind]) => ({
            name,
            kind,
            // all but the CRM are read once, to the last day: what is not yet known on a day is not seen on it
            ...(name === 'crm' ? {} : { red_line_hours: 1_000_000 }),
            connector: {
              builtin: 'demo',
              config: {
                ...{ system: kind, seed: 5, accounts, csms: 3, start_date: companyStart },
                ...(name === 'crm' ? { path: './crm' } : { end_date: last }),
              },
            },
          })),
          {
            name: 'book',
            kind: 'files',
            red_line_hours: 1_000_000,
            connector: { builtin: 'files', config: { path: './book' } },
          },
        ],
        channels: [
          {
            name: 'people',
            kind: 'file',
            path: './outbox',
            tells: ['alert', 'escalation', 'digest', 'weekly'],
            quiet_hours: QUIET,
          },
        ],
        people: users.map((person, number) => ({ person, time_zone: ZONES[number % ZONES.length] })),
      }),
    );
    return loadConfig(file, {});
  }

  async read<T>(work: (warehouse: Warehouse) => Promise<T>): Promise<T> {
    return withWarehouse(await loadConfig(join(this.#options.folder, 'tenure.yaml'), {}), work);
  }

  rows(sql: string): Promise<readonly Row[]> {
    return this.read(async (warehouse) => (await warehouse.query(sql)).rows);
  }

  async #build(day: string): Promise<void> {
    const line = {
      asOfDate: day,
      reporter: silentReporter,
      now: () => `${day}T23:50:00.000Z`,
      skipTests: true,
    };
    if (!this.#isBegun) {
      const config = await this.config();
      await sync({ ...line, config }, ['crm']);
      const accounts = (await this.rows('select distinct "Id" as id from raw."crm__Account" order by 1')).map(
        ({ id }) => String(id),
      );
      await writeCompany(this.#options, accounts);
      const users = (await this.rows('select distinct "Id" as id from raw."crm__User" order by 1')).map(
        ({ id }) => String(id),
      );
      const withPeople = await this.config(users);
      const built = await runLine({ ...line, config: withPeople }, { until: 'score', apply: false });
      if (!built.isComplete) throw new Error(`the line of ${day} did not run to its end`);
      this.#isBegun = true;
      return;
    }
    const config = await loadConfig(join(this.#options.folder, 'tenure.yaml'), {});
    await sync({ ...line, config }, ['crm']);
    const vars = await withWarehouse(config, (warehouse) => dbtVars(config, warehouse, day));
    const { as_of_date, ...rest } = vars;
    const isSame = JSON.stringify(rest) === this.#modelsBuiltWith;
    this.#modelsBuiltWith = JSON.stringify(rest);
    const asBefore = ['resource_type:seed', ...(isSame ? ['path:staging'] : [])];
    const models = (select: string, exclude: readonly string[]) =>
      dbtBuild(
        config,
        vars,
        { select: MODELS.map((model) => `${select}${model}`), exclude, skipTests: true },
        silentReporter,
      );
    await models('+', ['source:scoring+', ...asBefore]);
    await withWarehouse(config, (warehouse) => runScoring(warehouse, { asOfDate: day, onProgress() {} }));
    await models('source:scoring+,+', asBefore);
  }

  /** The tasks that were written go to the folder in which the simulated CRM finds them, from the next morning on. */
  async #passTasksOn(day: string): Promise<void> {
    const lines: string[] = [];
    for (const task of this.#crm.records.get('Task')?.values() ?? []) {
      const key = String(task.Tenure_Task_Key__c);
      const names = task.Status === 'Completed' ? ['Status', 'Tenure_Close_Reason__c'] : TASK_FIELDS;
      const fields = Object.fromEntries(names.map((name) => [name, task[name] ?? null]));
      const said = JSON.stringify(fields);
      if (this.#tasks.get(key) === said) continue;
      this.#tasks.set(key, said);
      lines.push(`${JSON.stringify({ written_on: addDays(day, 1), record_key: key, fields })}\n`);
    }
    const folder = join(this.#options.folder, 'crm');
    await mkdir(folder, { recursive: true });
    await appendFile(join(folder, 'tasks.ndjson'), lines.join(''));
  }

  /** Runs the line of a day and activates at each time of it. */
  async replay(day: string, { isFirst }: { isFirst: boolean }): Promise<ReplayedDay> {
    await this.#build(day);
    const config = await loadConfig(join(this.#options.folder, 'tenure.yaml'), {});
    const told: Told[] = [];
    const written: ReplayedDay['written'][number][] = [];
    const destination = {
      name: 'crm',
      kind: 'salesforce',
      enabled: true,
      auth: { instance_url: this.#crm.url, access_token: 'good' },
      allow_fields: ALLOWED,
      max_change_share: 0.3,
      min_changes: 10,
    } as unknown as DestinationOf<'salesforce'>;
    const [channel] = config.channels;
    if (channel === undefined) throw new Error('the company has no channel');
    await withWarehouse(config, async (warehouse) => {
      const ids = async (sql: string) => (await warehouse.query(sql)).rows.map(({ id }) => String(id));
      this.#crm.addAccounts(await ids('select account_id as id from marts.dim_accounts'));
      for (const id of await ids('select distinct user_id as id from intermediate.int_canonical__users'))
        this.#crm.records.get('User')?.set(id, { Id: id, IsActive: true });
      for (const clock of CLOCKS) {
        const at = `${day}T${clock}:00.000Z`;
        const common = { warehouse, apply: true, asOfDate: day, now: () => at };
        const sender: Channel = {
          isIdempotent: false,
          async send({ key, kind, to, alerts }) {
            told.push({ at, key, kind, to: to.id, alerts: alerts.map(({ alert_key }) => alert_key) });
            return { status: 'sent' };
          },
          findProblem: async () => undefined,
          close() {},
        };
        const results = [
          await activateDestination({
            ...common,
            config,
            destination,
            isFirst,
            client: salesforceDestination(destination, {}, { firstWaitMs: 1, timeoutMs: 5_000 }),
          }),
          await tellPeople({
            ...common,
            channel,
            sender,
            style: { currency: 'USD', siteUrl: undefined },
            timeZone: config.tenant.time_zone,
            people: config.people,
          }),
        ];
        for (const { objects } of results)
          for (const { object, to_update, sent, backlog, waiting = 0, rejected, refused } of objects)
            written.push({
              ...{ at, object, toUpdate: to_update, sent, backlog, waiting, rejected },
              refused: refused?.code ?? null,
            });
      }
    });
    await this.#passTasksOn(day);
    const [alerts, holds, health, landed] = await this.read(async (warehouse) => {
      const rows = async (sql: string) => (await warehouse.query(sql)).rows;
      return [
        await rows(
          `select alert_key, rule, milestone, account_id, contract_id, owner_id, severity, state, is_digest, is_silent,
             cast(created_at as date) as created_date, cast(due_at as date) as due_date,
             cast(closed_at as date) as closed_date, close_reason
           from marts.fct_alerts order by alert_key`,
        ),
        await rows('select alert_key, hold from marts.fct_alert_holds order by alert_key'),
        await rows(
          `select account_id, as_of_date, flag, is_frozen, arr, segment
           from marts.fct_account_health_daily where as_of_date > date '${addDays(day, -LATE_DAYS)}'
             and model_version = (select model_version from intermediate.int_scores__model_version)
           order by account_id, as_of_date`,
        ),
        await rows(
          `select contract_id as id, updated_at from intermediate.int_canonical__contracts
           union all select opportunity_id, updated_at from intermediate.int_canonical__opportunities`,
        ),
      ] as const;
    });
    const tasks = [...(this.#crm.records.get('Task')?.values() ?? [])].map(
      (task) => [String(task.Tenure_Task_Key__c), String(task.WhatId), String(task.Status)] as const,
    );
    return { day, told, written, tasks, landed: landed.map(versionOf), alerts, holds, health };
  }
}
