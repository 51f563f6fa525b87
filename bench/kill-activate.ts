import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureLedger } from '../orchestration/activation/ledger.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { AS_OF, CRMS, type CrmName, type OpenCrm, READ_BACK } from './kill-activate-crm.ts';
import type { BenchResult, Size } from './measure.ts';

/** How often an activation is killed, of how many accounts. */
const SIZES: Readonly<Record<Size, readonly [kills: number, accounts: number]>> = {
  S: [20, 500],
  M: [100, 1_000],
  L: [300, 2_000],
};
/** A killed activation makes so many calls at most, and lives so long at most after the last of them … */
const MOST_CALLS = 10;
const LONGEST_AFTER_MS = 80;
/** … and so long at most after it has opened the warehouse. */
const LONGEST_LIFE_MS = 5_000;

export interface KillActivateReport {
  readonly kills: number;
  /** Batches that were sent and not refused as a whole, in all lives together. */
  readonly calls: number;
  readonly requests: number;
  readonly accounts: number;
  readonly tasks: number;
  readonly closed: number;
  /** Tasks of the CRM that the ledger did not know after a kill, of all kills together. */
  readonly orphans: number;
  /** What went wrong; none is what is wanted. */
  readonly faults: readonly string[];
}

async function prepare(path: string, name: CrmName, count: number): Promise<void> {
  const { accounts, tasks, closed, ...crm } = CRMS[name];
  const warehouse = await openWarehouse({ type: 'duckdb', path });
  await warehouse.ensureSchemas();
  await ensureLedger(warehouse);
  for (const sql of [
    `create table activation.${accounts.model} as
      select ${crm.accountSql('range')} as record_key, 'book' as source_name,
        date '${AS_OF}' as as_of_date, 50 as ${accounts.score}, 'yellow' as ${accounts.category}
      from range(${count})`,
    `create table activation.${tasks.model} (record_key varchar, source_name varchar, as_of_date date,
      is_backlog boolean, ${tasks.subject} varchar, ${tasks.account} varchar, ${tasks.owner} varchar${crm.moreColumns})`,
    `create table activation.${closed.model} (record_key varchar, source_name varchar, as_of_date date,
      ${tasks.status} varchar, ${closed.reason} varchar)`,
  ])
    await warehouse.query(sql);
  await warehouse.close();
}

/** A value as both systems spell it: HubSpot keeps texts alone, and no empty one. */
const spelled = (value: unknown) => (value === null || value === undefined ? '' : String(value));

/** What of the CRM is not as the warehouse wants it, or not as the ledger says it is. */
async function faultsOf(path: string, name: CrmName, count: number, crm: OpenCrm) {
  const { accounts: ofAccounts, tasks: ofTasks, closed: ofClosed } = CRMS[name];
  const warehouse = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
  const rows = async (sql: string) => (await warehouse.query(sql)).rows;
  const accounts = await rows(`select * from activation.${ofAccounts.model}`);
  const tasks = await rows(`select * from activation.${ofTasks.model}`);
  const closed = await rows(`select * from activation.${ofClosed.model}`);
  const ledger = await rows('select object, record_key, remote_id, payload from activation.ledger');
  const rejected = await rows('select object, record_key, reason from activation.rejected_records');
  await warehouse.close();
  const faults: string[] = [];
  const compare = (
    what: string,
    wanted: Record<string, unknown>,
    found: Readonly<Record<string, unknown>> | undefined,
  ) => {
    for (const [field, value] of Object.entries(wanted))
      if (found === undefined || spelled(found[field]) !== spelled(value))
        faults.push(`${what}.${field}: wanted ${String(value)}, found ${String(found?.[field])}`);
  };
  const only = (row: Record<string, unknown>, fields: readonly string[]) =>
    Object.fromEntries(fields.map((field) => [field, row[field]]));
  const held = crm.records(ofAccounts.object);
  for (const row of accounts)
    compare(
      String(row.record_key),
      only(row, [ofAccounts.score, ofAccounts.category]),
      held.get(String(row.record_key)),
    );
  const there = [...crm.records(ofTasks.object).values()];
  const keys = there.map((task) => spelled(task[ofTasks.key]));
  const byKey = new Map(there.map((task) => [spelled(task[ofTasks.key]), task]));
  const wantedKeys = [...tasks, ...closed].map(({ record_key }) => String(record_key)).sort();
  if (keys.toSorted().join() !== wantedKeys.join() || crm.created !== keys.length)
    faults.push(`${wantedKeys.length} tasks wanted, ${keys.length} there, ${crm.created} made`);
  for (const row of tasks)
    compare(
      String(row.record_key),
      { ...only(row, [ofTasks.subject, ofTasks.account, ofTasks.owner]), [ofTasks.status]: ofTasks.open },
      byKey.get(String(row.record_key)),
    );
  for (const row of closed)
    compare(
      String(row.record_key),
      { ...only(row, [ofClosed.reason]), [ofTasks.status]: ofClosed.done },
      byKey.get(String(row.record_key)),
    );
  for (const { object, record_key, remote_id, payload } of ledger) {
    const what = `the ledger of ${object} ${record_key}`;
    const record = crm.records(String(object)).get(String(remote_id));
    compare(what, JSON.parse(String(payload)), record);
    if (object === ofTasks.object && record?.[ofTasks.key] !== record_key)
      faults.push(`${what}: another record`);
  }
  if (ledger.length !== count + wantedKeys.length)
    faults.push(`the ledger has ${ledger.length} rows, expected ${count + wantedKeys.length}`);
  for (const { object, record_key, reason } of rejected)
    faults.push(`${object} ${record_key} stands as rejected: ${reason}`);
  return { faults, tasks: tasks.length, closed: closed.length };
}

/**
 * Kills (-9) activations at random instants, of a CRM's stand-in whose calls fail at random (a session that ends, 423,
 * 429, 503, a login page, answers that are lost or never come after the work was done, records that are refused for a
 * while), while what is wanted changes, and what closes may be a task that a killed run made and could not note; then
 * lets one end, and compares each record with what is wanted and the ledger with the records. After so many `seconds` no
 * more are killed.
 */
export async function killActivate(
  name: CrmName,
  kills: number,
  accounts: number,
  log: (text: string) => void,
  { seconds = Number.POSITIVE_INFINITY } = {},
): Promise<KillActivateReport> {
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-kill-activate-'));
  const path = join(folder, 'warehouse.duckdb');
  const { tasks } = CRMS[name];
  let isCalm = false;
  let requests = 0;
  let orphans = 0;
  let heard = () => {};
  const keysThere = () => [...crm.records(tasks.object).values()].map((task) => spelled(task[tasks.key]));
  const readBack = () => writeFileSync(join(folder, READ_BACK), JSON.stringify(keysThere()));
  const crm = await CRMS[name].open(
    accounts,
    () => {
      requests += 1;
      readBack();
      heard();
    },
    () => isCalm,
  );
  /** How many tasks the CRM has of which the ledger knows nothing. */
  const countOrphans = async () => {
    const warehouse = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
    const { rows } = await warehouse.query(
      `select record_key from activation.ledger where object = '${tasks.object}'`,
    );
    await warehouse.close();
    const known = new Set(rows.map(({ record_key }) => String(record_key)));
    return keysThere().filter((key) => !known.has(key)).length;
  };
  const live = async (isKilled: boolean): Promise<string> => {
    const script = join(projectRoot, 'bench', 'kill-activate-run.ts');
    const child = spawn(process.execPath, [script, folder, name, crm.url, ...(isKilled ? [] : ['once'])], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(child, 'close');
    const killAfter = (milliseconds: number) =>
      void sleep(milliseconds, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
    let output = '';
    let calls = Math.ceil(Math.random() * MOST_CALLS);
    heard = () => {
      calls -= 1;
      if (isKilled && calls === 0) killAfter(Math.random() * LONGEST_AFTER_MS);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (isKilled && output === '') killAfter(LONGEST_LIFE_MS);
      output += text;
    });
    await gone;
    if (isKilled && child.signalCode !== 'SIGKILL')
      throw new Error(`the activation ended before it was killed: ${output.slice(-500)}`);
    return output;
  };
  try {
    await prepare(path, name, accounts);
    readBack();
    const since = performance.now();
    let done = 0;
    while (done < kills && performance.now() - since < seconds * 1000) {
      await live(true);
      readBack();
      orphans += await countOrphans();
      done += 1;
      if (done % 20 === 0)
        log(
          `${done} kills, ${crm.calls} calls, ${crm.created} tasks, ${orphans} of them once unknown to the ledger`,
        );
    }
    isCalm = true;
    const last = await live(false);
    const { faults, ...counts } = await faultsOf(path, name, accounts, crm);
    if (/"refused":"/.test(last)) faults.push(`the last activation was refused: ${last}`);
    return { kills: done, calls: crm.calls, requests, accounts, ...counts, orphans, faults };
  } finally {
    await crm.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Not a measure of speed: it throws when a record is missing, doubled or old, or the ledger says otherwise. */
export const killActivateBench =
  (name: CrmName) =>
  async (size: Size, log: (text: string) => void): Promise<BenchResult[]> => {
    const started = performance.now();
    const [kills, accounts] = SIZES[size];
    const report = await killActivate(name, kills, accounts, log);
    log(JSON.stringify({ ...report, faults: report.faults.length }));
    if (report.faults.length > 0) throw new Error(report.faults.slice(0, 20).join('\n'));
    const seconds = Math.round((performance.now() - started) / 10) / 100;
    return [{ name: `${kills} kills`, seconds: [seconds], rows: accounts + report.tasks, peak_mb: 0 }];
  };
