import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  LEARNED_TABLES,
  type LearnedTable,
  learn,
  runScoring,
  SCORING_TABLES,
  type ScoringTable,
} from '../scoring/index.ts';
import { copyTable, openWarehouse, type Schema, type Warehouse } from '../warehouse/index.ts';
import { type Emulator, hasEmulator, startEmulator } from './bigquery-emulator.ts';
import { differences } from './parity/cells.ts';

// The whole line on the emulator has a month of history (test/parity): too short for outcomes. Here what scoring reads of
// some accounts of the built line is carried over, with a year and a half of history, and judged on both sides.
const line = inject('line');

/** What scoring reads, and by which column the accounts are picked. */
const READ: Readonly<Record<string, 'account_id' | undefined>> = {
  'intermediate.int_scores__model_version': undefined,
  'intermediate.int_signals__index': undefined,
  'intermediate.renewal_rules': undefined,
  'intermediate.backtest_rules': undefined,
  'intermediate.category_cuts': undefined,
  'intermediate.int_renewals__renewals': 'account_id',
  'intermediate.int_renewals__owner_calls': 'account_id',
  'intermediate.int_revenue__account_churns': 'account_id',
  'intermediate.int_accounts__account_days': 'account_id',
  'intermediate.int_scores__kept_days': 'account_id',
  'intermediate.int_scores__risk_changes': 'account_id',
  'marts.fct_account_health_daily': 'account_id',
  'marts.fct_signal_contributions_daily': 'account_id',
};

const TABLES = Object.keys({ ...SCORING_TABLES, ...LEARNED_TABLES }) as (ScoringTable | LearnedTable)[];

const KEYS: Readonly<Record<ScoringTable | LearnedTable, readonly string[]>> = {
  renewal_stages: ['contract_id', 'renewal_date'],
  backtest_metrics: ['model_version', 'unit', 'horizon_days', 'segment', 'metric'],
  backtest_observations: ['unit', 'horizon_days', 'account_id', 'contract_id', 'observed_date'],
  backtest_calibration: ['unit', 'horizon_days', 'decile'],
  backtest_slices: ['unit', 'horizon_days', 'slice', 'slice_value', 'metric'],
  backtest_lead_times: ['unit', 'horizon_days', 'flagged_by', 'band_order'],
  backtest_signals: ['unit', 'horizon_days', 'signal'],
  backtest_signal_outcomes: ['unit', 'horizon_days', 'outcome', 'signal'],
  backtest_external: ['unit', 'horizon_days', 'segment', 'system'],
  renewal_forecast: ['cutoff', 'period', 'segment'],
  renewal_forecast_slices: ['cutoff', 'period_kind', 'period', 'slice', 'slice_value'],
  renewal_expectations: ['contract_id', 'renewal_date'],
  forecast_calls: ['frozen_at', 'owner_call'],
  score_changes: ['account_id', 'window_days', 'signal'],
  learned_models: ['model_version', 'scores_from', 'is_present'],
  learned_signals: ['model_version', 'signal'],
  learned_scores: ['model_version', 'account_id', 'as_of_date', 'is_present'],
  learned_points: ['model_version', 'account_id', 'signal'],
  learned_metrics: ['model_version', 'unit', 'horizon_days', 'segment', 'metric'],
  learned_comparisons: ['model_version', 'unit', 'horizon_days', 'segment'],
};

describe.skipIf(!hasEmulator)('scoring on DuckDB and BigQuery (needs the BigQuery emulator)', () => {
  let folder: string;
  let emulator: Emulator;
  let duckdb: Warehouse;
  let bigquery: Warehouse;

  beforeAll(async () => {
    emulator = await startEmulator();
    duckdb = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    bigquery = await openWarehouse({ type: 'bigquery', project: 'test', emulator: emulator.url });
    folder = await mkdtemp(join(tmpdir(), 'tenure-scoring-'));
    const path = join(folder, 'warehouse.duckdb');
    await copyFile(line.warehouse, path); // other tests open the line itself, some to write
    const source = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
    const { rows } = await source.query(
      `(select account_id from marts.dim_accounts where is_churned order by account_id limit 5)
       union all (select account_id from marts.dim_accounts where not is_churned order by account_id limit 5)`,
    );
    const accounts = sql.join(rows.map(({ account_id }) => sql.lit(String(account_id))));
    for (const side of [duckdb, bigquery]) {
      await side.ensureSchemas();
      for (const [name, picked] of Object.entries(READ)) {
        const [schema, table] = name.split('.') as [Schema, string];
        const columns = (await source.tableColumns(schema, table)) ?? [];
        // Of the largest table the days that changes are counted from, and the month ends.
        const days = sql`copied.as_of_date = last_day(copied.as_of_date) or copied.as_of_date in (${sql.join([0, 7, 30, 90].map((days) => sql`cast(${sql.lit(line.asOfDate)} as date) - ${sql.lit(days)}`))})`;
        const where =
          picked === undefined
            ? sql<boolean>`true`
            : sql<boolean>`copied.account_id in (${accounts}, '') and (${table === 'fct_signal_contributions_daily' ? days : sql`true`})`;
        await copyTable(source, side, { schema, table, columns, where });
      }
    }
    // No source of the line has scores of another platform: one that turns ours round, a month at a time.
    const external = await source.query(
      `select account_id, 'old' as system, as_of_date as from_date, as_of_date + 31 as until_date, 100 - score as score
       from marts.fct_account_health_daily
       where account_id in (${rows.map(({ account_id }) => `'${account_id}'`).join(', ')})
         and as_of_date = last_day(as_of_date) and score is not null`,
    );
    const rules = (await source.tableColumns('intermediate', 'backtest_rules')) ?? [];
    // Scores are learned from a thousand accounts, unless a company asks for fewer.
    const FOR_FEW = [
      { rule: 'learned_accounts', value: 5, unit: null, status: null, rationale: null },
      { rule: 'minimum_churns', value: 2, unit: null, status: null, rationale: null },
    ];
    const EXTERNAL = [
      { name: 'account_id', type: 'string' },
      { name: 'system', type: 'string' },
      { name: 'from_date', type: 'date' },
      { name: 'until_date', type: 'date' },
      { name: 'score', type: 'number' },
    ] as const;
    for (const side of [duckdb, bigquery]) {
      await side.replaceTable('intermediate', 'int_scores__external', EXTERNAL, external.rows);
      await runScoring(side, { asOfDate: line.asOfDate, bootstrapSamples: 100 });
      await side.replaceTable('intermediate', 'backtest_rules', rules, FOR_FEW);
      await learn(side, { asOfDate: line.asOfDate, bootstrapSamples: 100 });
    }
    await source.close();
  }, 900_000);

  afterAll(async () => {
    await duckdb?.close();
    await bigquery?.close();
    emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(TABLES)('gives the same scoring.%s', async (table) => {
    const rows = async (side: Warehouse) => (await side.query(`select * from scoring.${table}`)).rows;
    const [here, there] = [await rows(duckdb), await rows(bigquery)];
    expect(differences([here, there], KEYS[table]).slice(0, 10)).toEqual([]);
    expect(here.length).toBeGreaterThan(0);
  });

  it('judges outcomes', async () => {
    const { rows } = await bigquery.query(
      `select count(*) as n from scoring.backtest_observations where outcome = 'churned'`,
    );
    expect(Number(rows[0]?.n)).toBeGreaterThan(5);
  });
});
