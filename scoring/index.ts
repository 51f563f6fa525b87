import { sql } from 'kysely';
import type { IsoDate, Warehouse } from '../warehouse/index.ts';
import {
  type Backtest,
  backtest,
  type SegmentExternal,
  type SegmentMetric,
  UNITS,
  type UnitBacktest,
} from './backtest.ts';
import { addDays } from './calendar.ts';
import { explainChange } from './explain.ts';
import { type ForecastRow, forecastDays, forecastRenewals } from './forecast.ts';
import {
  type History,
  openHistory,
  presentModelVersion,
  type Renewal,
  readEvaluationRules,
  readRenewalRules,
  requireHistory,
  type SignalDay,
} from './history.ts';
import type { Unit } from './observations.ts';
import { type CallAccuracy, ownerCallAccuracy } from './owner-calls.ts';
import { publish, type ScoringRow, type ScoringTable } from './publish.ts';
import { renewalStage } from './renewal-stage.ts';
import { cutsInForce } from './replay.ts';
import type { EvaluationRules, RenewalRules } from './rules.ts';
import type { SignalOutcome } from './signal-outcomes.ts';
import { signalValues } from './signal-values.ts';
import { readSignalWords, type SignalWords } from './signal-words.ts';
import { weightsInForce } from './weights-in-force.ts';

export { ALL_SEGMENTS } from './backtest.ts';
export type { Metric } from './backtest-metrics.ts';
export { type Calibration, type CalibrationOptions, calibrate } from './calibrate.ts';
export type { CutProposal } from './cut-proposal.ts';
export { ScoringError } from './errors.ts';
export { type ExplainedChange, type ExplainedDay, type ExplainedSignal, explainChange } from './explain.ts';
export { AT_RISK_FLAGS, presentModelVersion } from './history.ts';
export { type Learned, learn } from './learn.ts';
export { LEARNED_NAMES } from './learned-backtest.ts';
export { ALL_CALLS } from './owner-calls.ts';
export {
  ensureScoringTables,
  LEARNED_TABLES,
  type LearnedTable,
  SCORING_TABLES,
  type ScoringTable,
} from './publish.ts';
export { FLAG_RULES, type Setting } from './replay.ts';
export { DEFAULT_EVALUATION_RULES, DEFAULT_RENEWAL_RULES } from './rules.ts';
export { changeWeights, parseCategoryCuts, parseWeights } from './seed-weights.ts';
export type { SignalOutcome } from './signal-outcomes.ts';
export { hasSegments, readSignalWords } from './signal-words.ts';
export { keepTrial } from './threshold-log.ts';
export type { SignalProposal } from './weight-proposal.ts';
export { type WhatIf, whatIf } from './whatif.ts';

/** Windows of `scoring.score_changes`, in days. */
const CHANGE_WINDOWS = [7, 30, 90] as const;

export interface ScoringOptions {
  /** last day whose knowledge is used */
  readonly asOfDate: IsoDate;
  /** default: those of the rules */
  readonly horizons?: readonly number[];
  /** default: the present one */
  readonly modelVersion?: string;
  /** of the bootstrap, default 1 */
  readonly seed?: number;
  /** default 1000 */
  readonly bootstrapSamples?: number;
  /** default: the seed `intermediate.renewal_rules` */
  readonly renewalRules?: RenewalRules;
  /** default: the seed `intermediate.backtest_rules` */
  readonly evaluationRules?: EvaluationRules;
  /** how far (`2/6`) and with what */
  readonly onProgress?: (howFar: string, what: string) => void;
}

/** A backtest metric of one unit, horizon and segment. */
export interface BacktestMetric extends SegmentMetric {
  readonly unit: Unit;
  readonly horizon_days: number;
}

/** The score of another platform beside ours, of one unit, horizon and segment. */
export interface ExternalComparison extends SegmentExternal {
  readonly unit: Unit;
  readonly horizon_days: number;
}

/** What a backtest found as of a day. */
export interface Judgement {
  readonly model_version: string;
  readonly metrics: readonly BacktestMetric[];
  readonly external: readonly ExternalComparison[];
  /** how each signal went with staying and with buying more, per account at the near horizon */
  readonly signalOutcomes: readonly SignalOutcome[];
}

export interface JudgeOptions {
  /** last day whose knowledge is used */
  readonly asOfDate: IsoDate;
  /** default both */
  readonly units?: readonly Unit[];
  /** default: those of the rules */
  readonly horizons?: readonly number[];
  /** default 1000 */
  readonly bootstrapSamples?: number;
  /** default 1 */
  readonly seed?: number;
  readonly onProgress?: (howFar: string, what: string) => void;
}

/**
 * The backtest as of any day and for any horizon, computed anew and published nowhere.
 *
 * @throws ScoringError HISTORY_MISSING, HISTORY_INVALID, BACKTEST_RULES_INVALID
 * @example await judgeHistory(warehouse, { asOfDate: '2025-06-30', units: ['renewal'], horizons: [120] })
 */
export async function judgeHistory(
  warehouse: Warehouse,
  { asOfDate, units = UNITS, horizons, bootstrapSamples = 1000, seed = 1, onProgress }: JudgeOptions,
): Promise<Judgement> {
  await requireHistory(warehouse);
  const rules = await readEvaluationRules(warehouse);
  const asked = horizons ?? [rules.near_horizon_days, rules.far_horizon_days];
  const model_version = await presentModelVersion(warehouse);
  const history = openHistory(warehouse, { asOfDate, modelVersion: model_version });
  let step = 0;
  const { units: judged, signalOutcomes } = await backtest(
    history,
    { renewals: await history.renewals(), churns: await history.accountChurns() },
    {
      asOfDate,
      horizons: asked,
      units,
      graceDays: (await readRenewalRules(warehouse)).grace_days,
      rules,
      bootstrap: { samples: bootstrapSamples, seed },
      weights: await weightsInForce(warehouse),
      signalValues: (signals, cases) => signalValues(warehouse, model_version, signals, cases),
      categoryCuts: () => cutsInForce(warehouse),
      onUnit: (unit, horizonDays) => {
        step += 1;
        onProgress?.(`${step}/${units.length * asked.length}`, `backtest per ${unit} at ${horizonDays} days`);
      },
    },
  );
  return {
    model_version,
    metrics: judged.flatMap(metricsOf),
    external: judged.flatMap(externalOf),
    signalOutcomes,
  };
}

/** What a scoring run found and published. */
export interface ScoringSummary {
  readonly as_of_date: IsoDate;
  readonly model_version: string;
  readonly metrics: readonly BacktestMetric[];
  readonly forecast: readonly ForecastRow[];
  /** owners' own calls beside the forecast; none where no source has any */
  readonly calls: readonly CallAccuracy[];
  /** rows per table of the schema `scoring` */
  readonly row_counts: Readonly<Record<ScoringTable, number>>;
}

/**
 * Judges the score history against outcomes, assigns renewal stages, forecasts renewals and divides score
 * changes among signals; publishes all of it into the schema `scoring`, as a whole or not at all. Needs
 * `tenure build` before. The same warehouse, date and seed give the same rows.
 *
 * @throws ScoringError HISTORY_MISSING, HISTORY_INVALID, RENEWAL_RULES_INVALID, BACKTEST_RULES_INVALID
 * @example
 * const { metrics } = await runScoring(warehouse, { asOfDate: '2026-06-30' });
 * metrics.find(({ unit, metric }) => unit === 'renewal' && metric === 'auc') // { value: 0.81, ci_low: 0.75, … }
 */
export async function runScoring(warehouse: Warehouse, options: ScoringOptions): Promise<ScoringSummary> {
  const { asOfDate, seed = 1, bootstrapSamples = 1000 } = options;
  const rules = options.evaluationRules ?? (await readEvaluationRules(warehouse));
  const { horizons = [rules.near_horizon_days, rules.far_horizon_days] } = options;
  const stepCount = horizons.length * 2 + 4;
  let step = 0;
  const progress = (what: string) => {
    step += 1;
    options.onProgress?.(`${step}/${stepCount}`, what);
  };

  progress('reading outcomes');
  await requireHistory(warehouse);
  const renewalRules = options.renewalRules ?? (await readRenewalRules(warehouse));
  const modelVersion = options.modelVersion ?? (await presentModelVersion(warehouse));
  const history = openHistory(warehouse, { asOfDate, modelVersion });
  const renewals = await history.renewals();
  const churns = await history.accountChurns();

  const weights = await weightsInForce(warehouse);
  const found = await backtest(
    history,
    { renewals, churns },
    {
      asOfDate,
      horizons,
      graceDays: renewalRules.grace_days,
      rules,
      bootstrap: { samples: bootstrapSamples, seed },
      weights,
      signalValues: (signals, cases) => signalValues(warehouse, modelVersion, signals, cases),
      categoryCuts: () => cutsInForce(warehouse),
      onUnit: (unit, horizonDays) => progress(`backtest per ${unit} at ${horizonDays} days`),
    },
  );

  progress('forecasting renewals');
  const firstScored = (await history.firstDay()) ?? asOfDate;
  const forecast = forecastRenewals(
    renewals,
    await history.scoredOn(forecastDays(firstScored, asOfDate)),
    firstScored,
    { asOfDate, graceDays: renewalRules.grace_days, rules, seed },
  );

  const calls = ownerCallAccuracy(forecast.frozen, await history.ownerCalls(), {
    rules,
    bootstrap: { samples: bootstrapSamples, seed },
  });

  progress('dividing score changes among signals');
  const changes = await scoreChanges(history, await readSignalWords(warehouse), asOfDate, modelVersion);

  progress('publishing');
  const metrics = found.units.flatMap(metricsOf);
  const published = await publishedMetrics(warehouse);
  const row_counts = await publish(warehouse, {
    renewal_stages: stageRows(renewals, asOfDate, renewalRules),
    ...backtestRows(found, metrics, published, { modelVersion, asOfDate }),
    renewal_forecast: forecast.rows.map((row) => ({ ...inCents(row) })),
    renewal_forecast_slices: forecast.slices.map((row) => ({
      ...inCents(row),
      kept_arr: cents(row.kept_arr),
      open_arr: cents(row.open_arr),
    })),
    forecast_calls: calls.map((row) => ({
      ...row,
      as_of_date: asOfDate,
      due_arr: cents(row.due_arr),
      call_arr: cents(row.call_arr),
      forecast_arr: cents(row.forecast_arr),
      kept_arr: cents(row.kept_arr),
    })),
    renewal_expectations: forecast.expectations.map((row) => ({
      ...row,
      arr: cents(row.arr),
      expected_arr: cents(row.expected_arr),
    })),
    score_changes: changes,
  });
  return {
    as_of_date: asOfDate,
    model_version: modelVersion,
    metrics,
    forecast: forecast.rows,
    calls,
    row_counts,
  };
}

type MetricRow = ScoringRow<'backtest_metrics'>;

/** The metrics of all versions, as the last run left them. */
async function publishedMetrics(warehouse: Warehouse): Promise<MetricRow[]> {
  if ((await warehouse.tableColumns('scoring', 'backtest_metrics')) === undefined) return [];
  const found = await sql<MetricRow>`select * from ${sql.table('scoring.backtest_metrics')}
    order by model_version, unit, horizon_days, segment, metric`.execute(warehouse.db);
  return found.rows;
}

/**
 * The tables of the backtest. What was found of other model versions stays, to compare with; of this one each metric
 * keeps the figure that was published first, and its day.
 */
function backtestRows(
  { units, signals, signalOutcomes }: Backtest,
  metrics: readonly BacktestMetric[],
  published: readonly MetricRow[],
  { modelVersion, asOfDate }: { readonly modelVersion: string; readonly asOfDate: IsoDate },
) {
  const version = { model_version: modelVersion };
  const keyOf = ({ unit, horizon_days, segment, metric }: MetricRow | BacktestMetric) =>
    [unit, horizon_days, segment, metric].join(' ');
  const before = new Map(
    published.filter(({ model_version }) => model_version === modelVersion).map((row) => [keyOf(row), row]),
  );
  return {
    backtest_metrics: [
      ...published.filter(({ model_version }) => model_version !== modelVersion),
      ...metrics.map((metric): MetricRow => {
        const row = before.get(keyOf(metric));
        const isKnown = row != null && (row.launch_value ?? row.value) !== null;
        const launch =
          metric.is_in_sample || (!isKnown && metric.value === null)
            ? { launch_value: null, launch_date: null }
            : isKnown
              ? {
                  launch_value: row.launch_value ?? row.value!,
                  launch_date: row.launch_date ?? row.as_of_date!,
                }
              : { launch_value: metric.value, launch_date: asOfDate };
        return { ...metric, ...version, ...launch, as_of_date: asOfDate };
      }),
    ],
    backtest_slices: units.flatMap(({ unit, horizon_days, slices }) =>
      slices.map((metric) => ({ ...metric, ...version, unit, horizon_days })),
    ),
    backtest_lead_times: units.flatMap(({ unit, horizon_days, leadTimes }) =>
      leadTimes.map((band) => ({ ...band, ...version, unit, horizon_days })),
    ),
    backtest_external: units
      .flatMap(externalOf)
      .map((found) => ({ ...found, ...version, as_of_date: asOfDate })),
    backtest_signals: signals.map((signal) => ({ ...signal, ...version })),
    backtest_signal_outcomes: signalOutcomes.map((found) => ({ ...found, ...version })),
    backtest_observations: units.flatMap(({ observations }) =>
      observations.map((observation) => ({ ...observation, ...version })),
    ),
    backtest_calibration: units.flatMap(({ unit, horizon_days, calibration }) =>
      calibration.map((decile) => ({ ...decile, ...version, unit, horizon_days })),
    ),
  };
}

const metricsOf = ({ unit, horizon_days, metrics }: UnitBacktest): BacktestMetric[] =>
  metrics.map((metric) => ({ ...metric, unit, horizon_days }));

const externalOf = ({ unit, horizon_days, external }: UnitBacktest): ExternalComparison[] =>
  external.map((found) => ({ ...found, unit, horizon_days }));

const inCents = <T extends Omit<ForecastRow, 'segment'>>(row: T) => ({
  ...row,
  due_arr: cents(row.due_arr),
  forecast_arr: cents(row.forecast_arr),
  ci_low: cents(row.ci_low),
  ci_high: cents(row.ci_high),
  actual_arr: row.actual_arr === null ? null : cents(row.actual_arr),
  bias_arr: row.bias_arr === null ? null : cents(row.bias_arr),
});

const cents = (money: number) => Math.round(money * 100) / 100;

function stageRows(
  renewals: readonly Renewal[],
  asOfDate: IsoDate,
  rules: RenewalRules,
): ScoringRow<'renewal_stages'>[] {
  return renewals.map((renewal) => ({
    contract_id: renewal.contract_id,
    renewal_date: renewal.renewal_date,
    as_of_date: asOfDate,
    ...renewalStage({ ...renewal, auto_renew: renewal.auto_renew ?? false }, asOfDate, rules),
  }));
}

/**
 * Rows of `scoring.score_changes`: accounts with a score on both days, signals with a value on at least one.
 */
async function scoreChanges(
  history: History,
  words: SignalWords,
  asOfDate: IsoDate,
  modelVersion: string,
): Promise<ScoringRow<'score_changes'>[]> {
  const days = [asOfDate, ...CHANGE_WINDOWS.map((window) => addDays(asOfDate, -window))];
  const byDay = Map.groupBy(await history.signalsOn(days), ({ as_of_date }) => as_of_date);
  const byAccountOn = (day: IsoDate) => Map.groupBy(byDay.get(day) ?? [], ({ account_id }) => account_id);
  const now = byAccountOn(asOfDate);
  const hasValue = ({ signal_value }: SignalDay) => signal_value !== null;

  return CHANGE_WINDOWS.flatMap((window_days) => {
    const since_date = addDays(asOfDate, -window_days);
    const then = byAccountOn(since_date);
    return [...now].flatMap(([account_id, signals]) => {
      const before = then.get(account_id);
      if (before === undefined || !before.some(hasValue) || !signals.some(hasValue)) return [];
      return explainChange({ date: since_date, signals: before }, { date: asOfDate, signals }, words)
        .rows.filter(({ value_from, value_to }) => value_from !== null || value_to !== null)
        .map((change) => ({
          account_id,
          as_of_date: asOfDate,
          since_date,
          window_days,
          model_version: modelVersion,
          ...change,
        }));
    });
  });
}
