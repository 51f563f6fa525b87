import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureLedger } from '../orchestration/activation/ledger.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { type Failure, type StandIn, startSalesforce } from '../test/salesforce-stand-in.ts';
import { openWarehouse } from '../warehouse/index.ts';
import type { BenchResult, Size } from './measure.ts';

const KILLS: Readonly<Record<Size, number>> = { S: 20, M: 100, L: 300 };
const ACCOUNTS = 500;
/** A killed activation makes so many calls at most, and lives so long at most after the last of them … */
const MOST_CALLS = 10;
const LONGEST_AFTER_MS = 80;
/** … and so long at most after it has opened the warehouse. */
const LONGEST_LIFE_MS = 5_000;
/** How often each failure comes, of a hundred calls. */
const FAILURES: readonly (readonly [share: number, failure: Failure])[] = [
  [4, { status: 401, errorCode: 'INVALID_SESSION_ID' }],
  [3, { status: 429, retryAfter: 0 }],
  [4, { status: 503 }],
  [2, { status: 200, html: true }],
  [5, { dropAfter: true }],
  [3, { hangAfter: true }],
  [1, { hang: true }],
];

export interface KillActivateReport {
  readonly kills: number;
  /** Batches that were sent and not refused as a whole, in all lives together. */
  readonly calls: number;
  readonly failures: number;
  readonly accounts: number;
  readonly tasks: number;
  readonly closed: number;
  /** What went wrong; none is what is wanted. */
  readonly faults: readonly string[];
}

/** How a call fails by chance. */
function failing(): Failure | undefined {
  let left = Math.random() * 100;
  for (const [share, failure] of FAILURES) {
    if (left < share) return failure;
    left -= share;
  }
  return undefined;
}

const idOf = (number: number) => `001${String(number).padStart(12, '0')}AAA`;

async function prepare(path: string): Promise<void> {
  const warehouse = await openWarehouse({ type: 'duckdb', path });
  await warehouse.ensureSchemas();
  await ensureLedger(warehouse);
  for (const sql of [
    `create table activation.sync_salesforce__accounts as
      select '001' || lpad(cast(range as varchar), 12, '0') || 'AAA' as record_key, 'book' as source_name,
        date '2026-06-30' as as_of_date, 50 as Tenure_Score__c, 'yellow' as Tenure_Category__c
      from range(${ACCOUNTS})`,
    `create table activation.sync_salesforce__tasks (record_key varchar, source_name varchar, as_of_date date,
      is_backlog boolean, Subject varchar, WhatId varchar, OwnerId varchar)`,
    `create table activation.sync_salesforce__closed_tasks (record_key varchar, source_name varchar, as_of_date date,
      Status varchar, Tenure_Close_Reason__c varchar)`,
  ])
    await warehouse.query(sql);
  await warehouse.close();
}

/** What of the org is not as the warehouse wants it, or not as the ledger says it is. */
async function faultsOf(path: string, org: StandIn) {
  const warehouse = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
  const rows = async (sql: string) => (await warehouse.query(sql)).rows;
  const accounts = await rows('select * from activation.sync_salesforce__accounts');
  const tasks = await rows('select * from activation.sync_salesforce__tasks');
  const closed = await rows('select * from activation.sync_salesforce__closed_tasks');
  const ledger = await rows('select object, record_key, remote_id, payload from activation.ledger');
  const rejected = await rows('select object, record_key, reason from activation.rejected_records');
  await warehouse.close();
  const faults: string[] = [];
  const there = (object: string) => [...(org.records.get(object)?.values() ?? [])];
  const compare = (
    what: string,
    wanted: Record<string, unknown>,
    found: Record<string, unknown> | undefined,
  ) => {
    for (const [field, value] of Object.entries(wanted))
      if (found?.[field] !== value)
        faults.push(`${what}.${field}: wanted ${String(value)}, found ${String(found?.[field])}`);
  };
  for (const { record_key, Tenure_Score__c, Tenure_Category__c } of accounts)
    compare(
      String(record_key),
      { Tenure_Score__c, Tenure_Category__c },
      org.records.get('Account')?.get(String(record_key)),
    );
  const keys = there('Task').map(({ Tenure_Task_Key__c: key }) => String(key));
  const wantedKeys = [...tasks, ...closed].map(({ record_key }) => String(record_key)).sort();
  if (keys.toSorted().join() !== wantedKeys.join() || org.created !== keys.length)
    faults.push(`${wantedKeys.length} tasks wanted, ${keys.length} there, ${org.created} made`);
  const byKey = new Map(there('Task').map((task) => [String(task.Tenure_Task_Key__c), task]));
  for (const { record_key, Subject, OwnerId, WhatId } of tasks)
    compare(
      String(record_key),
      { Subject, OwnerId, WhatId, Status: 'Not Started' },
      byKey.get(String(record_key)),
    );
  for (const { record_key, Tenure_Close_Reason__c } of closed)
    compare(
      String(record_key),
      { Status: 'Completed', Tenure_Close_Reason__c },
      byKey.get(String(record_key)),
    );
  for (const { object, record_key, remote_id, payload } of ledger) {
    const what = `the ledger of ${object} ${record_key}`;
    const record = org.records.get(String(object))?.get(String(remote_id));
    compare(what, JSON.parse(String(payload)), record);
    if (object === 'Task' && record?.Tenure_Task_Key__c !== record_key)
      faults.push(`${what}: another record`);
  }
  if (ledger.length !== ACCOUNTS + wantedKeys.length)
    faults.push(`the ledger has ${ledger.length} rows, expected ${ACCOUNTS + wantedKeys.length}`);
  for (const { object, record_key, reason } of rejected)
    faults.push(`${object} ${record_key} stands as rejected: ${reason}`);
  return { faults, tasks: tasks.length, closed: closed.length };
}

/**
 * Kills (-9) activations at random instants, of a Salesforce stand-in whose calls fail at random (a session that ends,
 * 429, 503, a login page, answers that are lost or never come after the work was done, records that are refused for a
 * while), while what is wanted changes; then lets one end, and compares each record with what is wanted and the ledger
 * with the records. After so many `seconds` no more are killed.
 */
export async function killActivate(
  kills: number,
  log: (text: string) => void,
  { seconds = Number.POSITIVE_INFINITY } = {},
): Promise<KillActivateReport> {
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-kill-activate-'));
  const path = join(folder, 'warehouse.duckdb');
  const users = Array.from({ length: 5 }, (_, number) => `00500000000001${number}AAA`);
  let isCalm = false;
  let failures = 0;
  let heard = () => {};
  const org = await startSalesforce({
    accounts: Array.from({ length: ACCOUNTS }, (_, number) => idOf(number)),
    users,
    app: { clientId: 'the-app', clientSecret: 'the-secret', runAs: 'writer@acme.example' },
    failing: () => {
      heard();
      org.refuse.clear();
      if (isCalm) return undefined;
      if (Math.random() < 0.1) org.refuse.add(idOf(Math.floor(Math.random() * ACCOUNTS)));
      const failure = failing();
      if (failure?.status === 401) org.endSessions();
      if (failure !== undefined) failures += 1;
      return failure;
    },
  });
  const live = async (isKilled: boolean): Promise<string> => {
    const child = spawn(
      process.execPath,
      [join(projectRoot, 'bench', 'kill-activate-run.ts'), folder, org.url, ...(isKilled ? [] : ['once'])],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
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
    await prepare(path);
    const since = performance.now();
    let done = 0;
    while (done < kills && performance.now() - since < seconds * 1000) {
      await live(true);
      done += 1;
      if (done % 20 === 0)
        log(`${done} kills, ${org.calls.length} calls, ${failures} failures, ${org.created} tasks`);
    }
    isCalm = true;
    const last = await live(false);
    const { faults, ...counts } = await faultsOf(path, org);
    if (/"refused":"/.test(last)) faults.push(`the last activation was refused: ${last}`);
    return { kills: done, calls: org.calls.length, failures, accounts: ACCOUNTS, ...counts, faults };
  } finally {
    await org.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Not a measure of speed: it throws when a record is missing, doubled or old, or the ledger says otherwise. */
export async function killActivateBench(size: Size, log: (text: string) => void): Promise<BenchResult[]> {
  const started = performance.now();
  const report = await killActivate(KILLS[size], log);
  log(JSON.stringify({ ...report, faults: report.faults.length }));
  if (report.faults.length > 0) throw new Error(report.faults.slice(0, 20).join('\n'));
  const seconds = Math.round((performance.now() - started) / 10) / 100;
  return [
    { name: `${report.kills} kills`, seconds: [seconds], rows: report.accounts + report.tasks, peak_mb: 0 },
  ];
}
