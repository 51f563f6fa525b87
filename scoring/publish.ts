import type { Column, Warehouse } from '../warehouse/index.ts';
import { LOG_TABLE, THRESHOLD_LOG } from './threshold-log.ts';

const string = (name: string): Column => ({ name, type: 'string' });
const integer = (name: string): Column => ({ name, type: 'integer' });
const number = (name: string): Column => ({ name, type: 'number' });
const decimal = (name: string): Column => ({ name, type: 'decimal' });
const boolean = (name: string): Column => ({ name, type: 'boolean' });
const date = (name: string): Column => ({ name, type: 'date' });

/**
 * What scoring publishes into the schema `scoring`, for dbt to read back. Scores 0–100, rates 0–1, money in
 * the tenant's currency.
 */
export const SCORING_TABLES = {
  /** one row per contract and renewal date */
  renewal_stages: [
    string('contract_id'),
    date('renewal_date'),
    date('as_of_date'),
    date('anchor_date'),
    integer('days_to_anchor'),
    string('renewal_stage'),
  ],
  /** one row per model version, unit, horizon, segment and metric */
  backtest_metrics: [
    string('model_version'),
    string('unit'),
    integer('horizon_days'),
    string('segment'),
    string('metric'),
    number('value'),
    integer('n'),
    number('ci_low'),
    number('ci_high'),
    string('verdict'),
    date('as_of_date'),
    boolean('is_in_sample'),
    string('reason'),
    number('launch_value'),
    date('launch_date'),
  ],
  /** one row per unit, horizon, slice (`quarter`, `product`), its value and metric, all segments together */
  backtest_slices: [
    string('model_version'),
    string('unit'),
    integer('horizon_days'),
    string('slice'),
    string('slice_value'),
    string('metric'),
    number('value'),
    integer('n'),
    number('ci_low'),
    number('ci_high'),
    string('verdict'),
    string('reason'),
  ],
  /** one row per unit, horizon, kind of warning (`red`, `at_risk`) and band of its length before the churn */
  backtest_lead_times: [
    string('model_version'),
    string('unit'),
    integer('horizon_days'),
    string('flagged_by'),
    integer('band_order'),
    string('band'),
    integer('churn_count'),
    number('share'),
  ],
  /** one row per unit, horizon, segment and other platform: its score beside ours on the cases that both scored */
  backtest_external: [
    string('model_version'),
    string('unit'),
    integer('horizon_days'),
    string('segment'),
    string('system'),
    integer('n'),
    integer('case_count'),
    integer('account_count'),
    integer('churn_count'),
    number('auc_external'),
    number('auc_external_ci_low'),
    number('auc_external_ci_high'),
    number('auc_own'),
    number('auc_own_ci_low'),
    number('auc_own_ci_high'),
    number('auc_difference'),
    number('ci_low'),
    number('ci_high'),
    string('verdict'),
    boolean('is_in_sample'),
    string('sentence'),
    date('as_of_date'),
  ],
  /** one row per signal: what it alone says of churn, per account at the far horizon */
  backtest_signals: [
    string('model_version'),
    string('unit'),
    integer('horizon_days'),
    string('signal'),
    number('weight'),
    integer('n'),
    integer('churned_count'),
    number('mean_churned'),
    number('mean_renewed'),
    number('auc'),
    number('ci_low'),
    number('ci_high'),
    number('early_auc'),
    number('early_ci_low'),
    number('early_ci_high'),
    boolean('is_suspected_leak'),
  ],
  /** one row per outcome (`renewal`, `expansion`) and signal: how it went with it, per account at the near horizon */
  backtest_signal_outcomes: [
    string('model_version'),
    string('unit'),
    integer('horizon_days'),
    string('outcome'),
    string('signal'),
    number('weight'),
    integer('n'),
    integer('outcome_count'),
    integer('account_count'),
    number('mean_with'),
    number('mean_without'),
    number('correlation'),
    number('correlation_ci_low'),
    number('correlation_ci_high'),
    number('auc'),
    number('ci_low'),
    number('ci_high'),
    string('verdict'),
  ],
  /** one row per model version, unit, horizon, account, contract (null for the unit account) and day t */
  backtest_observations: [
    string('model_version'),
    string('unit'),
    integer('horizon_days'),
    string('account_id'),
    string('contract_id'),
    date('observed_date'),
    number('score'),
    string('category'),
    string('flag'),
    string('segment'),
    decimal('arr'),
    string('outcome'),
    date('churn_date'),
    number('churn_probability'),
    string('product'),
    integer('days_to_renewal'),
  ],
  /** one row per model version, unit, horizon and decile of score */
  backtest_calibration: [
    string('model_version'),
    string('unit'),
    integer('horizon_days'),
    integer('decile'),
    integer('n'),
    number('mean_score'),
    number('churn_rate'),
    number('ci_low'),
    number('ci_high'),
  ],
  /** one row per cutoff, period and segment */
  renewal_forecast: [
    date('cutoff'),
    string('period'),
    string('segment'),
    decimal('due_arr'),
    decimal('forecast_arr'),
    decimal('actual_arr'),
    number('forecast_accuracy'),
    decimal('bias_arr'),
    number('wape'),
    integer('n'),
    decimal('ci_low'),
    decimal('ci_high'),
  ],
  /** one row per cutoff, kind of period (`quarter`, `month`, `next_90_days`), period, slice (`all`, `segment`, `owner`) and value */
  renewal_forecast_slices: [
    date('cutoff'),
    string('period_kind'),
    string('period'),
    string('slice'),
    string('slice_value'),
    decimal('due_arr'),
    decimal('kept_arr'),
    decimal('open_arr'),
    decimal('forecast_arr'),
    decimal('ci_low'),
    decimal('ci_high'),
    decimal('actual_arr'),
    number('forecast_accuracy'),
    decimal('bias_arr'),
    number('wape'),
    integer('n'),
  ],
  /** one row per point on which forecasts are frozen (`quarter_start`, `days_60`, `days_30`) and word of owners, `all` too */
  forecast_calls: [
    string('frozen_at'),
    string('owner_call'),
    date('as_of_date'),
    integer('n'),
    integer('case_count'),
    integer('account_count'),
    integer('churn_count'),
    decimal('due_arr'),
    decimal('call_arr'),
    decimal('forecast_arr'),
    decimal('kept_arr'),
    number('call_share'),
    number('renewed_share'),
    number('renewed_share_ci_low'),
    number('renewed_share_ci_high'),
    number('call_brier'),
    number('forecast_brier'),
    number('call_wape'),
    number('forecast_wape'),
    number('brier_difference'),
    number('ci_low'),
    number('ci_high'),
    string('verdict'),
    string('sentence'),
  ],
  /** one row per open renewal: what it is expected to keep */
  renewal_expectations: [
    string('contract_id'),
    date('renewal_date'),
    date('as_of_date'),
    string('account_id'),
    decimal('arr'),
    integer('days_to_renewal'),
    string('category'),
    number('renew_probability'),
    decimal('expected_arr'),
    integer('n'),
  ],
  /** one row per account, window and signal: its part in the change of the score since `since_date`, in words too */
  score_changes: [
    string('account_id'),
    date('as_of_date'),
    date('since_date'),
    integer('window_days'),
    string('model_version'),
    string('signal'),
    number('value_from'),
    number('value_to'),
    number('measure_from'),
    number('measure_to'),
    number('value_effect'),
    number('weight_effect'),
    number('coverage_effect'),
    number('effect'),
    string('sentence'),
  ],
} as const satisfies Record<string, readonly Column[]>;

/**
 * What `learn` publishes into the schema `scoring`: scores that were fitted to outcomes, beside the weighted one. No table
 * of the score itself, of an alert or of what is written back reads them.
 */
export const LEARNED_TABLES = {
  /** one row per learned version and fit: of a quarter (`scores_from` its first day), and of today */
  learned_models: [
    string('model_version'),
    string('method'),
    date('scores_from'),
    boolean('is_present'),
    date('fitted_on'),
    integer('case_count'),
    integer('churn_count'),
    number('setting'),
    string('setting_name'),
    date('as_of_date'),
  ],
  /** one row per learned version and signal: what it counts for in the fit of today */
  learned_signals: [
    string('model_version'),
    string('method'),
    string('signal'),
    number('weighted_share'),
    number('learned_share'),
    number('mean_points'),
  ],
  /** one row per learned version, account and day that was judged, and of today: by the fit of the quarter, of today by that of today */
  learned_scores: [
    string('model_version'),
    string('method'),
    string('account_id'),
    date('as_of_date'),
    number('score'),
    number('base_points'),
    string('strongest'),
    date('fitted_on'),
    boolean('is_present'),
  ],
  /** one row per learned version, account and signal: the score of today in points */
  learned_points: [
    string('model_version'),
    string('method'),
    string('account_id'),
    date('as_of_date'),
    string('signal'),
    number('signal_value'),
    number('points'),
  ],
  /** one row per learned version, unit, horizon, segment and metric, walk-forward */
  learned_metrics: [
    string('model_version'),
    string('method'),
    string('unit'),
    integer('horizon_days'),
    string('segment'),
    string('metric'),
    number('value'),
    integer('n'),
    number('ci_low'),
    number('ci_high'),
    string('verdict'),
    string('reason'),
    date('as_of_date'),
  ],
  /** one row per learned version, unit, horizon and segment: its score beside the weighted one, as `backtest_external` has it */
  learned_comparisons: [
    string('model_version'),
    string('method'),
    string('weighted_version'),
    string('unit'),
    integer('horizon_days'),
    string('segment'),
    string('system'),
    integer('n'),
    integer('case_count'),
    integer('account_count'),
    integer('churn_count'),
    number('auc_learned'),
    number('auc_learned_ci_low'),
    number('auc_learned_ci_high'),
    number('auc_own'),
    number('auc_own_ci_low'),
    number('auc_own_ci_high'),
    number('auc_difference'),
    number('ci_low'),
    number('ci_high'),
    string('verdict'),
    boolean('is_in_sample'),
    string('sentence'),
    date('as_of_date'),
  ],
} as const satisfies Record<string, readonly Column[]>;

export type ScoringTable = keyof typeof SCORING_TABLES;
export type LearnedTable = keyof typeof LEARNED_TABLES;

type RowOf<Columns extends readonly Column[]> = Record<
  Columns[number]['name'],
  string | number | boolean | null
>;

/** Rows of a scoring table: each of its columns, nothing else is kept. */
export type ScoringRow<Table extends ScoringTable> = RowOf<(typeof SCORING_TABLES)[Table]>;
export type LearnedRow<Table extends LearnedTable> = RowOf<(typeof LEARNED_TABLES)[Table]>;

/**
 * Creates the scoring tables that are not there yet, empty, so that dbt can build before the first scoring
 * run.
 */
export async function ensureScoringTables(warehouse: Warehouse): Promise<void> {
  for (const [table, columns] of Object.entries({ ...SCORING_TABLES, ...LEARNED_TABLES })) {
    await warehouse.ensureTable('scoring', table, columns);
  }
  await warehouse.ensureTable('scoring', LOG_TABLE, THRESHOLD_LOG);
}

/**
 * Replaces all scoring tables at once, so that a reader never sees the stages of one run beside the metrics
 * of another.
 */
export const publish = (
  warehouse: Warehouse,
  tables: { readonly [Table in ScoringTable]: Iterable<ScoringRow<Table>> },
): Promise<Record<ScoringTable, number>> => replaceAll(warehouse, SCORING_TABLES, tables);

/** Replaces the tables of learned scores at once; those of the weighted one stay as they are. */
export const publishLearned = (
  warehouse: Warehouse,
  tables: { readonly [Table in LearnedTable]: Iterable<LearnedRow<Table>> },
): Promise<Record<LearnedTable, number>> => replaceAll(warehouse, LEARNED_TABLES, tables);

function replaceAll<Table extends string>(
  warehouse: Warehouse,
  columns: Readonly<Record<Table, readonly Column[]>>,
  tables: Readonly<Record<Table, Iterable<Record<string, string | number | boolean | null>>>>,
): Promise<Record<Table, number>> {
  return warehouse.transaction(async () => {
    const counts = {} as Record<Table, number>;
    for (const table of Object.keys(columns) as Table[]) {
      counts[table] = await warehouse.replaceTable('scoring', table, columns[table], tables[table]);
    }
    return counts;
  });
}
