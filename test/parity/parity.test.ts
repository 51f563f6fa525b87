import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadConfig } from '../../orchestration/config/load.ts';
import { dbtVars } from '../../orchestration/pipeline/dbt/dbt.ts';
import { projectRoot } from '../../orchestration/project-root.ts';
import { openWarehouse, type Row, type Warehouse, type WarehouseConfig } from '../../warehouse/index.ts';
import { type Emulator, hasEmulator, startEmulator } from '../bigquery-emulator.ts';
import { type StandIn, startSalesforce } from '../salesforce-stand-in.ts';
import { type Answer, tenure } from '../tenure.ts';
import { differences, instant } from './cells.ts';
import { writeCompanyFiles } from './company-files.ts';
import { type Asked, compiledDataTests, type DataTest, finding, hostile } from './data-tests.ts';
import { FORBIDDEN } from './forbidden-data.ts';

/** Tables that the pages, the CRM and people read, with their keys. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  'marts.dim_accounts': ['account_id'],
  'marts.fct_account_health_daily': ['account_id', 'as_of_date', 'model_version'],
  'marts.fct_signal_contributions_daily': ['account_id', 'as_of_date', 'model_version', 'signal'],
  'marts.fct_renewals': ['contract_id', 'renewal_date'],
  'marts.fct_arr_movements': ['account_id', 'month'],
  'marts.fct_retention': ['period_end', 'period', 'unit', 'segment'],
  'marts.fct_alerts': ['alert_key'],
  'marts.fct_backtest_metrics': ['model_version', 'unit', 'horizon_days', 'segment', 'metric'],
  'marts.fct_baseline_metrics': ['metric', 'segment', 'period_end'],
  'marts.fct_checks': ['check_id', 'as_of_date'],
  'marts.fct_data_quality': ['aspect'],
  'marts.fct_reconciliation': ['source_name', 'contract_id'],
  'marts.fct_score_changes': ['account_id', 'as_of_date', 'window_days', 'signal'],
  'scoring.renewal_forecast': ['cutoff', 'period', 'segment'],
  'activation.ledger': ['destination', 'object', 'record_key'],
  'ops.runs': ['as_of_date', 'step'],
};
/**
 * Columns in which this company has no value at all, because a month is too short for them or nothing failed. Those of scoring
 * are compared with a longer history (test/scoring-parity.test.ts).
 */
const SILENT: Readonly<Record<string, readonly string[]>> = {
  'marts.dim_accounts': ['merged_into_account_id', 'score_delta_30d'],
  'marts.fct_account_health_daily': ['score_delta_30d', 'score_delta_90d'],
  'marts.fct_alerts': ['acknowledged_at', 'completed_at', 'escalates_at', 'next_escalation_level'],
  'marts.fct_backtest_metrics': ['ci_high', 'ci_low'],
  'scoring.renewal_forecast': ['actual_arr', 'bias_arr', 'forecast_accuracy', 'wape'],
  'ops.runs': ['error_code'],
};
/** What tells one run from another; an instant among it is one of the test's own. */
const OF_THE_RUN: ReadonlySet<string> = new Set([
  'run_id',
  'started_at',
  'ended_at',
  'last_ok_at',
  'inputs',
  'applied_at',
  'restated_at',
]);
/** First all of the history, then one day more, on which some rows of days before it come late. */
const DAYS = ['2026-06-29', '2026-06-30'];
/** The emulator joins row by row, so that a history ten times as long takes a hundred times as long. */
const HISTORY_START = '2026-06-01';

/** The same with numbers rounded, of which the last digit depends on the order of adding. */
const rounded = (value: unknown): unknown => {
  if (typeof value === 'number') return Number(value.toPrecision(9));
  if (Array.isArray(value)) return value.map(rounded);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, rounded(each)]));
};

const BEGUN = Date.now();
function comparable(name: string, value: unknown): unknown {
  if (typeof value !== 'string' || !instant.test(value)) {
    if (OF_THE_RUN.has(name)) return null;
    // A number that is kept as text: "9.0" is "9".
    return rounded(/^value_/.test(name) && !Number.isNaN(Number(value ?? 'none')) ? Number(value) : value);
  }
  const at = Date.parse(value);
  // To the second, which is all that some are kept to.
  const isOfTheRun = OF_THE_RUN.has(name) && at >= BEGUN - 1000 && at <= Date.now();
  return isOfTheRun ? 'while the test ran' : new Date(at).toISOString();
}

/** A row as text, without what tells one run from another. */
const asText = (row: Row) =>
  JSON.stringify(
    Object.entries(row)
      .map(([name, value]) => [name, comparable(name, value)])
      .sort(([one], [other]) => (String(one) < String(other) ? -1 : 1)),
  );

/** A line of its own: a folder with its configuration and data, its warehouse and its CRM. */
interface Line {
  readonly folder: string;
  readonly config: string;
  readonly crm: StandIn;
  readonly warehouse: Warehouse;
}

const LINE = {
  tenant: { history_start_date: HISTORY_START, launch_date: '2026-06-10' },
  sources: [{ name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: './data' } } }],
};
const destination = (crm: StandIn) => ({
  name: 'crm',
  kind: 'salesforce',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in when the file is read
  auth: { instance_url: crm.url, access_token: '${STAND_IN_TOKEN}' },
  source: 'book',
  allow_fields: ['Tenure_Score__c', 'Tenure_Category__c', 'Tenure_Next_Renewal__c', 'Subject', 'WhatId'],
  max_change_share: 1,
  min_changes: 1000,
});

/** When something ran: the test's own time, to the minute. */
const NOW = new RegExp(`${new Date().toISOString().slice(0, 10)} \\d\\d:\\d\\d`, 'g');

/** What a page says: its words and figures without markup. */
const words = (html: string) =>
  html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(NOW, 'now')
    .replace(/\s+/g, ' ');

describe.skipIf(!hasEmulator)('DuckDB and BigQuery (needs the BigQuery emulator)', () => {
  let folder: string;
  let emulator: Emulator;
  let duckdb: Line;
  let bigquery: Line;
  /** How many tests of the data each run asked, as it builds and after scoring. */
  const tested: string[] = [];

  /** Runs a verb of a line as a user does. */
  const run = (line: Omit<Line, 'warehouse'>, args: readonly string[]) =>
    tenure([...args, '--config', line.config], {
      env: { BIGQUERY_EMULATOR_HOST: emulator.url, STAND_IN_TOKEN: 'good' },
    });
  const done = async (line: Omit<Line, 'warehouse'>, args: readonly string[]): Promise<Answer> => {
    const answer = await run(line, args);
    if (answer.code !== 0)
      throw new Error(`tenure ${args.join(' ')} ended with ${answer.code}:\n${answer.stderr}`);
    return answer;
  };

  const layOut = async (name: string, store: object): Promise<Omit<Line, 'warehouse'>> => {
    const place = join(folder, name);
    await mkdir(place);
    const crm = await startSalesforce();
    const config = join(place, 'tenure.yaml');
    await writeFile(config, stringify({ ...LINE, warehouse: store, destinations: [destination(crm)] }));
    return { folder: place, config, crm };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-parity-'));
    emulator = await startEmulator();
    const store = { type: 'bigquery', project: 'test', dataset_prefix: 'acme_' } as const;
    const here = await layOut('duckdb', { type: 'duckdb', path: 'warehouse.duckdb' });
    const there = await layOut('bigquery', store);
    const open = (config: WarehouseConfig) => openWarehouse(config, { readOnly: true });
    bigquery = { ...there, warehouse: await open({ ...store, emulator: emulator.url }) };
    const line = async (each: Omit<Line, 'warehouse'>) => {
      for (const day of DAYS) {
        const accounts = await writeCompanyFiles(join(each.folder, 'data'), day, DAYS[1]!);
        each.crm.addAccounts(accounts);
        const { stderr } = await done(each, ['run', '--apply', '--as-of', day]);
        tested.push(
          [each.folder, ...[...stderr.matchAll(/([\d,]+) tests passed/g)].map(([, n]) => n)].join(' '),
        );
        if (each === bigquery) await emulator.restart();
      }
    };
    await Promise.all([line(here), line(bigquery)]);
    const path = join(here.folder, 'warehouse.duckdb');
    duckdb = { ...here, warehouse: await open({ type: 'duckdb', path }) };
  }, 3_600_000);

  afterAll(async () => {
    for (const line of [duckdb, bigquery]) {
      await line?.warehouse.close();
      await line?.crm.close();
    }
    emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('run with every test of the data, on both days, as many on both', () => {
    const of = (line: Line) =>
      tested.flatMap((each) => (each.startsWith(`${line.folder} `) ? [each.slice(line.folder.length)] : []));
    expect(of(bigquery)).toEqual(of(duckdb));
    expect(of(bigquery)).toHaveLength(DAYS.length);
    for (const counts of of(bigquery)) expect(counts).toMatch(/^ \d{3,} \d+$/);
    process.stderr.write(`tests asked by the runs on BigQuery:${of(bigquery).join(';')}\n`);
  });

  it.each(Object.entries(TABLES))('give the same %s, cell by cell', async (table, keys) => {
    const sql = `select * from ${table}`;
    const { rows: hereRows } = await duckdb.warehouse.query(sql);
    const { rows: thereRows } = await bigquery.warehouse.query(sql);
    expect(differences([hereRows, thereRows], keys, OF_THE_RUN).slice(0, 10)).toEqual([]);
    expect(hereRows.length).toBeGreaterThan(0);
    // A column that says nothing compares nothing.
    const columns = Object.keys(hereRows[0] ?? {}).sort();
    const silent = columns.filter((column) => hereRows.every((row) => row[column] === null));
    expect(silent).toEqual(SILENT[table] ?? []);
  });

  it('give the same rows of every other table that people and programs read', async () => {
    const { rows } = await duckdb.warehouse.query(
      `select table_schema || '.' || table_name as name from information_schema.tables
         where table_schema in ('marts', 'scoring', 'activation') and table_name not like '%__new' order by 1`,
    );
    const others = rows.map(({ name }) => String(name)).filter((name) => TABLES[name] === undefined);
    expect(others.length).toBeGreaterThan(30);
    const unlike: Record<string, unknown> = {};
    for (const name of others) {
      const of = async ({ warehouse }: Line) =>
        (await warehouse.query(`select * from ${name}`)).rows.map(asText).sort();
      const [here, there] = [await of(duckdb), await of(bigquery)];
      const only = (one: readonly string[], other: readonly string[]) =>
        one.filter((row) => !other.includes(row)).slice(0, 3);
      if (here.join('\n') !== there.join('\n'))
        unlike[name] = { duckdb: only(here, there), bigquery: only(there, here) };
    }
    expect(unlike).toEqual({});
  });

  it.each([
    ['explain', 'ACC-1'],
    ['explain', 'ACC-1', '--since', DAYS[0]!],
    ['check'],
    ['backtest'],
    ['whatif', '--cuts', join(projectRoot, 'models', 'seeds', 'category_cuts.csv'), '--as-of', DAYS[1]!],
    ['calibrate', '--as-of', DAYS[1]!],
    ['query', 'select step, status from ops.runs order by as_of_date, step'],
  ])('give the same answer to tenure %s %s', async (...args) => {
    const ask = async (line: Line) => {
      const { code, stdout, stderr } = await run(line, [
        ...args.filter((each) => each !== undefined),
        '--json',
      ]);
      return { code, value: stdout === '' ? stderr.split('\n').at(-2) : rounded(JSON.parse(stdout)) };
    };
    expect(await ask(bigquery)).toEqual(await ask(duckdb));
  });

  it('pass each test of the data on BigQuery, and each finds there what it forbids', async () => {
    const environment = { BIGQUERY_EMULATOR_HOST: emulator.url, STAND_IN_TOKEN: 'good' };
    const config = await loadConfig(bigquery.config, environment);
    const vars = await dbtVars(config, bigquery.warehouse, DAYS[1]!);
    const { tests, quoted } = compiledDataTests(config, vars, join(folder, 'target'));
    expect(tests.length).toBeGreaterThan(250);
    const known = new Map<string, Record<string, string>>();
    const forbidden: Asked[] = [];
    for (const test of tests) {
      const changed = FORBIDDEN[test.name];
      const replaced =
        changed === undefined
          ? await hostile(bigquery.warehouse, test, known)
          : Object.fromEntries(
              Object.entries(changed).map(([name, sql]) => [
                quoted(name),
                sql.replaceAll('{}', quoted(name)),
              ]),
            );
      forbidden.push({ test, replaced });
    }
    const failing = await finding(
      bigquery.warehouse,
      tests.map((test) => ({ test, replaced: {} })),
    );
    const found = new Set((await finding(bigquery.warehouse, forbidden)).map(({ test }) => test));
    const silent = tests.filter((test) => !found.has(test));
    const names = (some: readonly DataTest[]) => some.map(({ name }) => name);
    expect({ failing: names(failing.map(({ test }) => test)), silent: names(silent) }).toEqual({
      failing: [],
      silent: [],
    });
  }, 900_000);

  it('give pages that say the same', async () => {
    const site = join(duckdb.folder, '.build', 'site');
    const pages = (await readdir(site, { recursive: true })).filter((name) => name.endsWith('.html'));
    expect(pages.length).toBeGreaterThan(10);
    for (const page of pages) {
      const text = async (line: Line) =>
        words(await readFile(join(line.folder, '.build', 'site', page), 'utf8'));
      expect([page, await text(bigquery)]).toEqual([page, await text(duckdb)]);
    }
  });

  it('write the same to the CRM, and nothing when nothing changed', async () => {
    expect(bigquery.crm.records).toEqual(duckdb.crm.records);
    expect(bigquery.crm.created).toBe(duckdb.crm.created);
    const calls = bigquery.crm.calls.length;
    const { stdout } = await done(bigquery, ['activate', '--apply', '--as-of', DAYS[1]!]);
    expect(stdout).toContain('0 new, 0 changed');
    expect(bigquery.crm.calls.length).toBe(calls);
  });
});
