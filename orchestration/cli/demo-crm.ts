import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Temporal } from 'temporal-polyfill';
import type { IsoDate, Warehouse } from '../../warehouse/index.ts';
import type { Config } from '../config/schema.ts';
import { reading } from '../pipeline/configured-warehouse.ts';

/** What is written to the demo's CRM about a task: the simulated CRM reads it (ingest/sources/demo/tasks.ts). */
interface TaskWrite {
  readonly written_on: IsoDate;
  readonly record_key: string;
  readonly fields: Readonly<Record<string, string | null>>;
}

const FILE = 'tasks.ndjson';

/** The folder of the demo's CRM, where its configuration has one. */
export function demoCrmFolder({ sources }: Config): string | undefined {
  for (const { connector } of sources) {
    if (connector === undefined || !('builtin' in connector) || connector.builtin !== 'demo') continue;
    const { path } = (connector.config ?? {}) as { path?: unknown };
    if (typeof path === 'string') return path;
  }
  return undefined;
}

const writesIn = (folder: string) =>
  readFile(join(folder, FILE), 'utf8').then(
    (text) =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line): TaskWrite => JSON.parse(line)),
    () => undefined, // no line ran on it yet
  );

/** Whether something was ever written to the demo's CRM. */
export const isDemoCrmBegun = async (folder: string) => (await writesIn(folder)) !== undefined;

/**
 * Writes to the demo's CRM what `activate --apply` would: the tasks of the day, under their own keys, what changed of
 * those that are there, and those that closed by themselves. The line runs on the morning after its day, so that the CRM
 * has them from then on. The first time, the tasks of all days before are written too, each on the morning after the day
 * on which it came up, as if the line had run all the time. Gives how many tasks the CRM has.
 */
export async function writeToDemoCrm(config: Config, folder: string, asOfDate: IsoDate): Promise<number> {
  const held = await writesIn(folder);
  const next = Temporal.PlainDate.from(asOfDate).add({ days: 1 }).toString();
  const found = await reading(config, (warehouse) =>
    held === undefined ? ofAllDays(warehouse, asOfDate) : ofTheDay(warehouse, next),
  );
  const latest = new Map<string, TaskWrite['fields']>();
  for (const { record_key, fields } of held ?? [])
    latest.set(record_key, { ...latest.get(record_key), ...fields });
  const lastWrittenOn = held?.at(-1)?.written_on ?? '';
  const fresh = found.filter(({ record_key, fields, written_on }) => {
    if (held === undefined) return true;
    const before = latest.get(record_key);
    const isClosing = fields.Status === 'Completed';
    if (written_on < lastWrittenOn || (before === undefined && isClosing)) return false;
    return (
      before?.Status !== 'Completed' &&
      Object.entries(fields).some(([name, value]) => before?.[name] !== value)
    );
  });
  await mkdir(folder, { recursive: true });
  const file = join(folder, FILE);
  const text = [...(held ?? []), ...fresh].map((each) => `${JSON.stringify(each)}\n`).join('');
  await writeFile(`${file}.part`, text);
  await rename(`${file}.part`, file); // a demo that is killed has written all of it or nothing
  return new Set([...latest.keys(), ...fresh.map(({ record_key }) => record_key)]).size;
}

const FIELDS = [
  'Subject',
  'WhatId',
  'OwnerId',
  'ActivityDate',
  'Priority',
  'Tenure_Rule__c',
  'Tenure_Severity__c',
  'Description',
];

const CLOSING = ['Status', 'Tenure_Close_Reason__c'];

async function rowsOf(
  warehouse: Warehouse,
  sql: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { rows } = await warehouse.query(sql);
  return rows;
}

function write(
  writtenOn: unknown,
  row: Readonly<Record<string, unknown>>,
  names: readonly string[],
): TaskWrite {
  const fields = Object.fromEntries(
    names.map((name) => [name, row[name] === null || row[name] === undefined ? null : String(row[name])]),
  );
  return { written_on: String(writtenOn), record_key: String(row.record_key), fields };
}

/** What the models of the write-back say of the day; tasks of the backlog are not made. */
async function ofTheDay(warehouse: Warehouse, writtenOn: IsoDate): Promise<TaskWrite[]> {
  const tasks = await rowsOf(
    warehouse,
    `select record_key, ${FIELDS.join(', ')} from activation.sync_salesforce__tasks where not is_backlog order by record_key`,
  );
  const closed = await rowsOf(
    warehouse,
    `select record_key, ${CLOSING.join(', ')} from activation.sync_salesforce__closed_tasks order by record_key`,
  );
  return [
    ...tasks.map((row) => write(writtenOn, row, FIELDS)),
    ...closed.map((row) => write(writtenOn, row, CLOSING)),
  ];
}

/**
 * What the write-back would have written on each day of the history: the alerts and steps that make tasks, of whom owned
 * the account then, and what closed by itself.
 */
async function ofAllDays(warehouse: Warehouse, asOfDate: IsoDate): Promise<TaskWrite[]> {
  const rows = await rowsOf(
    warehouse,
    `
    with tasks as (
      select
        alert_key as record_key, account_id, account_name, owner_id, subject, rule, severity,
        severity in ('critical', 'urgent') as is_pressing, cast(null as varchar) as body,
        cast(created_at as date) as created_date, cast(due_at as date) as due_date,
        cast(closed_at as date) as closed_date, close_reason
      from marts.fct_alerts
      where not is_silent and not is_digest
      union all
      select
        steps.step_key, steps.account_id, steps.account_name, steps.owner_id, plays.title || ': ' || steps.title, steps.play,
        case when steps.is_pressing then 'warning' else 'notice' end, steps.is_pressing, steps.text,
        steps.opens_date, steps.due_date,
        case when steps.state = 'closed' then steps.closed_date end, steps.close_reason
      from intermediate.int_plays__steps as steps
      inner join marts.fct_plays as plays on steps.play_key = plays.play_key
      where steps.state not in ('planned', 'skipped')
    )
    select
      tasks.record_key,
      cast(tasks.created_date + interval 1 day as date)::varchar as made_on,
      cast(tasks.closed_date + interval 1 day as date)::varchar as closed_on,
      substr(tasks.subject || ': ' || coalesce(tasks.account_name, tasks.account_id), 1, 255) as "Subject",
      tasks.account_id as "WhatId",
      case when tasks.owner_id = accounts.owner_id then coalesce(versions.owner_id, tasks.owner_id) else tasks.owner_id end
        as "OwnerId",
      tasks.due_date::varchar as "ActivityDate",
      case when tasks.is_pressing then 'High' else 'Normal' end as "Priority",
      tasks.rule as "Tenure_Rule__c",
      tasks.severity as "Tenure_Severity__c",
      tasks.body as "Description",
      'Completed' as "Status",
      'Tenure: ' || tasks.close_reason as "Tenure_Close_Reason__c"
    from tasks
    inner join marts.dim_accounts as accounts on tasks.account_id = accounts.account_id
    left join intermediate.int_canonical__accounts as versions
      on
        tasks.account_id = versions.account_id
        and tasks.created_date >= versions.known_date
        and tasks.created_date < versions.known_until_date
    where tasks.created_date <= date '${asOfDate}' and coalesce(tasks.closed_date > tasks.created_date, true)
    order by tasks.created_date, tasks.record_key`,
  );
  const made = rows.map((row) => write(row.made_on, row, FIELDS));
  const closed = rows
    .filter(({ closed_on }) => closed_on !== null)
    .map((row) => write(row.closed_on, row, CLOSING));
  const days = (left: TaskWrite, right: TaskWrite) => left.written_on.localeCompare(right.written_on);
  return [...made, ...closed].sort(days);
}
