import { describe, expect, inject, it } from 'vitest';
import { type LogicalType, openWarehouse } from '../warehouse/index.ts';
import { answer } from './tenure.ts';

/** The tables that outside things rely on, with each column's type and the grain: `contract` names them. */
const CONTRACT: Readonly<
  Record<
    string,
    { grain: string[]; columns: Record<string, LogicalType | LogicalType[]>; mayBeEmpty?: boolean }
  >
> = {
  'marts.fct_restatements': {
    grain: ['account_id', 'as_of_date', 'model_version', 'column_name', 'restated_at'],
    columns: {
      account_id: 'string',
      as_of_date: 'date',
      model_version: 'string',
      column_name: 'string',
      value_before: 'string',
      value_after: 'string',
      cause: 'string',
      restated_at: 'timestamp',
    },
    mayBeEmpty: true,
  },
  'marts.fct_reported_metrics': {
    grain: ['metric', 'period_end', 'segment', 'reported_on'],
    columns: {
      metric: 'string',
      period_end: 'date',
      segment: 'string',
      reported_on: 'date',
      value_reported: 'number',
      value_now: 'number',
    },
  },
  'marts.dim_accounts': {
    grain: ['account_id'],
    columns: {
      account_id: 'string',
      name: 'string',
      owner_id: 'string',
      is_churned: 'boolean',
      segment: 'string',
      lifecycle_stage: 'string',
      stage_display: 'string',
      arr: 'decimal',
      next_renewal_date: 'date',
    },
  },
  'marts.fct_account_health_daily': {
    grain: ['account_id', 'as_of_date', 'model_version'],
    columns: {
      account_id: 'string',
      as_of_date: 'date',
      model_version: 'string',
      score: 'number',
      weight_coverage: 'number',
      category: 'string',
      category_effective: 'string',
      needs_review: 'boolean',
      is_frozen: 'boolean',
      is_leak_proof: 'boolean',
      score_delta_7d: 'number',
      score_delta_30d: 'number',
      score_delta_90d: 'number',
      trend: 'string',
      is_trending_to_red: 'boolean',
      is_sudden_drop: 'boolean',
      flag: 'string',
      days_to_renewal: 'integer',
      arr: 'decimal',
      config_hash: 'string',
    },
  },
  'marts.fct_signal_contributions_daily': {
    grain: ['account_id', 'as_of_date', 'model_version', 'signal'],
    columns: {
      account_id: 'string',
      as_of_date: 'date',
      model_version: 'string',
      signal: 'string',
      measure: 'number',
      cut: 'string',
      signal_value: 'number',
      weight: 'number',
      contribution: 'number',
    },
  },
  'marts.fct_renewals': {
    grain: ['contract_id', 'renewal_date'],
    columns: {
      contract_id: 'string',
      renewal_date: 'date',
      account_id: 'string',
      owner_id: 'string',
      arr: 'decimal',
      days_to_renewal: 'integer',
      renewal_stage: 'string',
      renewal_outcome: 'string',
      renewed_arr: 'decimal',
      score: 'number',
      category_effective: 'string',
      flag: 'string',
      is_orphan: 'boolean',
    },
  },
  'marts.fct_arr_movements': {
    grain: ['account_id', 'month'],
    columns: {
      account_id: 'string',
      month: 'date',
      arr_start: 'decimal',
      arr_new: 'decimal',
      arr_expansion: 'decimal',
      arr_contraction: 'decimal',
      arr_churned: 'decimal',
      arr_reactivation: 'decimal',
      arr_end: 'decimal',
    },
  },
  'marts.fct_retention': {
    grain: ['period_end', 'period', 'unit', 'segment'],
    columns: {
      period_end: 'date',
      period: 'string',
      unit: 'string',
      segment: 'string',
      arr_start: 'decimal',
      arr_end: 'decimal',
      grr: 'number',
      nrr: 'number',
      logo_churn_rate: 'number',
      gross_renewal_rate: 'number',
      net_renewal_rate: 'number',
    },
  },
  'marts.fct_alerts': {
    grain: ['alert_key'],
    columns: {
      alert_key: 'string',
      rule: 'string',
      account_id: 'string',
      contract_id: 'string',
      owner_id: 'string',
      severity: 'string',
      created_at: 'timestamp',
      due_at: 'timestamp',
      state: 'string',
    },
  },
  'marts.fct_backtest_metrics': {
    grain: ['model_version', 'unit', 'horizon_days', 'segment', 'metric'],
    columns: {
      model_version: 'string',
      unit: 'string',
      horizon_days: 'integer',
      segment: 'string',
      metric: 'string',
      value: 'number',
      n: 'integer',
      ci_low: 'number',
      ci_high: 'number',
      verdict: 'string',
      is_in_sample: 'boolean',
      reason: 'string',
      launch_value: 'number',
      launch_date: 'date',
    },
  },
  'marts.fct_checks': {
    grain: ['check_id', 'as_of_date'],
    columns: {
      check_id: 'string',
      as_of_date: 'date',
      value: 'number',
      red_line: 'number',
      is_red: 'boolean',
      n: 'integer',
    },
  },
  'scoring.renewal_forecast': {
    grain: ['cutoff', 'period', 'segment'],
    columns: {
      cutoff: 'date',
      period: 'string',
      segment: 'string',
      forecast_arr: 'decimal',
      actual_arr: 'decimal',
      forecast_accuracy: 'number',
    },
  },
  'activation.ledger': {
    grain: ['destination', 'object', 'record_key'],
    mayBeEmpty: true, // nothing was written yet
    columns: {
      destination: 'string',
      object: 'string',
      record_key: 'string',
      payload_hash: 'string',
      remote_id: 'string',
      last_ok_at: 'timestamp',
    },
  },
  'ops.runs': {
    grain: ['run_id', 'step'],
    columns: {
      run_id: 'string',
      step: 'string',
      started_at: 'timestamp',
      ended_at: 'timestamp',
      status: 'string',
      row_count: 'integer',
      error_code: 'string',
    },
  },
};

describe('the tables of the contract', () => {
  const line = inject('line');

  it.each(Object.entries(CONTRACT))(
    '%s has its columns, types, grain and rows',
    async (name, { grain, columns, mayBeEmpty }) => {
      const warehouse = await openWarehouse({ type: 'duckdb', path: line.warehouse }, { readOnly: true });
      const [schema = '', table = ''] = name.split('.');
      const found = Object.fromEntries(
        ((await warehouse.tableColumns(schema, table)) ?? []).map((column) => [column.name, column.type]),
      );
      const { rows } = await warehouse.query(
        `select count(*) as n, count(distinct (${grain.join(', ')})) as keys from ${name}`,
      );
      await warehouse.close();
      expect(found).toMatchObject(columns);
      expect(rows[0]?.n).toBe(rows[0]?.keys);
      if (!mayBeEmpty) expect(rows[0]?.n).toBeGreaterThan(0);
    },
  );

  it('answers each of them to tenure query', async () => {
    for (const name of Object.keys(CONTRACT)) {
      const rows = await answer<unknown[]>([
        'query',
        `select * from ${name} limit 3`,
        '--config',
        line.config,
      ]);
      expect(Array.isArray(rows)).toBe(true);
    }
  });
});
