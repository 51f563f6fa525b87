import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ensureLedger } from '../../orchestration/activation/index.ts';
import { type Config, loadConfig } from '../../orchestration/config.ts';
import { dbtBuild, dbtVars } from '../../orchestration/dbt.ts';
import type { Reporter } from '../../orchestration/reporter.ts';
import { openWarehouse, type Row, type Schema, type Warehouse } from '../../warehouse/index.ts';
import { type Emulator, hasEmulator, startEmulator } from '../bigquery-emulator.ts';
import { tenure } from '../tenure.ts';
import { writeCompanyFiles } from './company-files.ts';

/** Tables that the pages, the CRM and people read, with their keys. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  dim_accounts: ['account_id'],
  fct_account_health_daily: ['account_id', 'as_of_date', 'model_version'],
  fct_signal_contributions_daily: ['account_id', 'as_of_date', 'model_version', 'signal'],
  fct_renewals: ['contract_id', 'renewal_date'],
  fct_arr_movements: ['account_id', 'month'],
  fct_retention: ['period_end', 'period', 'unit', 'segment'],
  fct_alerts: ['alert_key'],
  fct_backtest_metrics: ['model_version', 'unit', 'horizon_days', 'segment', 'metric'],
  fct_baseline_metrics: ['metric', 'segment', 'period_end'],
  fct_checks: ['check_id', 'as_of_date'],
  fct_data_quality: ['aspect'],
  fct_reconciliation: ['source_name', 'currency_code', 'finding'],
  fct_score_changes: ['account_id', 'as_of_date', 'window_days', 'signal'],
};
/** First all of the history, then one day more; the marts that read scoring are built on the second. */
const LAST_DAY = '2026-06-30';
const DAYS = ['2026-06-29', LAST_DAY];
/** Checks are kept as they were found on each day: those of the second. */
const ONLY: Readonly<Record<string, string>> = { fct_checks: `where as_of_date = date '${LAST_DAY}'` };
const SCORING = ['source:scoring+'];

const silent: Reporter = { step() {}, progress() {}, note() {}, warn() {}, done() {} };

const instant = /^\d{4}-\d\d-\d\dT/;
/** Rows by their key; instants without fractions, so that only what they say is compared. */
const keyed = (rows: readonly Row[], keys: readonly string[]) =>
  new Map(
    rows.map((row) => [
      keys.map((key) => String(row[key])).join(' | '),
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === 'string' && instant.test(value) ? new Date(value).toISOString() : value,
        ]),
      ),
    ]),
  );

const isEqual = (left: unknown, right: unknown) =>
  typeof left === 'number' && typeof right === 'number'
    ? Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left))
    : left === right;

describe.skipIf(!hasEmulator)('DuckDB and BigQuery (needs the BigQuery emulator beside the checkout)', () => {
  let folder: string;
  let emulator: Emulator;
  let there: Warehouse;
  let warehouse: Warehouse;

  /** Copies the tables of schemas from DuckDB to BigQuery. */
  const copy = async (from: Warehouse, schemas: readonly Schema[]) => {
    for (const schema of schemas) {
      for (const table of await from.listTables(schema)) {
        const columns = (await from.tableColumns(schema, table)) ?? [];
        const { rows } = await from.query(`select * from ${schema}."${table}"`);
        await there.replaceTable(schema, table, columns, rows);
      }
    }
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-parity-'));
    const file = join(folder, 'tenure.yaml');
    const document = {
      warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
      tenant: { history_start_date: '2026-06-01' },
      sources: [{ name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: './data' } } }],
    };
    await writeFile(file, stringify(document));
    const duckdb = await loadConfig(file, {});
    emulator = startEmulator();
    const bigquery: Config = {
      ...duckdb,
      warehouse: { type: 'bigquery', project: 'test', emulator: emulator.url },
      buildDirectory: join(folder, '.bigquery'),
    };
    there = await openWarehouse(bigquery.warehouse);
    await there.ensureSchemas();
    for (const day of DAYS) {
      await writeCompanyFiles(join(folder, 'data'), day, LAST_DAY);
      const { code, stderr } = await tenure(['run', '--until', 'score', '--config', file, '--as-of', day]);
      if (code !== 0) throw new Error(`The line did not run (code ${code}):\n${stderr}`);
      const built = await openWarehouse(duckdb.warehouse);
      await ensureLedger(built);
      await copy(built, ['raw', 'ops', 'activation', 'scoring']);
      const vars = await dbtVars(duckdb, built, day);
      await built.close();
      await dbtBuild(bigquery, vars, { exclude: [...SCORING, 'test_type:data'] }, silent);
      if (day === LAST_DAY)
        await dbtBuild(bigquery, vars, { select: SCORING, exclude: ['test_type:data'] }, silent);
    }
    warehouse = await openWarehouse(duckdb.warehouse, { readOnly: true });
  }, 2_400_000);

  afterAll(async () => {
    await warehouse?.close();
    await there?.close();
    emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(TABLES))('give the same %s, cell by cell', async (table, keys) => {
    const sql = `select * from marts.${table} ${ONLY[table] ?? ''}`;
    const here = keyed((await warehouse.query(sql)).rows, keys);
    const bigquery = keyed((await there.query(sql)).rows, keys);
    expect([...bigquery.keys()].sort()).toEqual([...here.keys()].sort());
    const differences = [...here].flatMap(([key, row]) =>
      Object.entries(row)
        .filter(([name, value]) => !isEqual(value, bigquery.get(key)?.[name]))
        .map(([name, value]) => `${key}: ${name} is ${value} and ${bigquery.get(key)?.[name]}`),
    );
    expect(differences.slice(0, 10)).toEqual([]);
    expect(here.size).toBeGreaterThan(0);
  });
});
