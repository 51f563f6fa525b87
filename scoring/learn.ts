import type { IsoDate, Warehouse } from '../warehouse/index.ts';
import { UNITS } from './backtest.ts';
import { daysBetween, onDay } from './calendar.ts';
import { ScoringError } from './errors.ts';
import { openHistory, presentModelVersion, readEvaluationRules, requireHistory } from './history.ts';
import {
  LEARNED_NAMES,
  type LearnedComparison,
  type LearnedMetric,
  learnedBacktest,
} from './learned-backtest.ts';
import {
  LEARNED_METHODS,
  type LearnedFit,
  type LearnedFits,
  type LearnedMethod,
  learnedCases,
  learnedFits,
} from './learned-fit.ts';
import type { Observation, Unit } from './observations.ts';
import { observedEvidence } from './observed-evidence.ts';
import { observedOutcomes } from './observed-outcomes.ts';
import { type LearnedRow, type LearnedTable, publishLearned } from './publish.ts';
import { cutsInForce } from './replay.ts';
import type { EvaluationRules } from './rules.ts';
import { signalValues } from './signal-values.ts';
import { calibrationCase } from './walk-forward-metrics.ts';
import { type CalibrationCase, countChurns, type SignalWeight } from './weight-proposal.ts';
import { quarterStart } from './weight-trial.ts';
import { weightsInForce } from './weights-in-force.ts';

export interface LearnOptions {
  /** only outcomes known by the end of this day are used */
  readonly asOfDate: IsoDate;
  /** default 1000 */
  readonly bootstrapSamples?: number;
  /** default 1 */
  readonly seed?: number;
  readonly onProgress?: (howFar: string, what: string) => void;
}

/** What a learned score goes by today. */
export interface LearnedSignal {
  readonly signal: string;
  /** its share of the weights in force, of 100 */
  readonly weighted_share: number;
  /** its share of what the learned score is moved by, of 100: the logistic fit's weight, of trees that of mean_points */
  readonly learned_share: number | null;
  /** points by which it moves an account of today from the mean, up or down, on average; null without an account */
  readonly mean_points: number | null;
}

/** One learned score. */
export interface LearnedModel {
  readonly method: LearnedMethod;
  readonly model_version: string;
  /** the fit of today; null when it found nothing */
  readonly present: Pick<LearnedFit, 'fitted_on' | 'case_count' | 'churn_count' | 'setting'> | null;
  /** quarters that a fit of its own scored */
  readonly quarter_count: number;
  /** first day that such a fit scored; null without one */
  readonly judged_from: IsoDate | null;
  readonly signals: readonly LearnedSignal[];
}

/** What was learned as of a day, beside the weighted score. */
export interface Learned {
  readonly as_of_date: IsoDate;
  /** the weighted score that it stands beside */
  readonly model_version: string;
  readonly account_count: number;
  readonly case_count: number;
  readonly churn_count: number;
  /** signals that were left out as they know too much too early */
  readonly suspected_leaks: readonly string[];
  readonly models: readonly LearnedModel[];
  readonly metrics: readonly (LearnedMetric & LearnedKey)[];
  readonly comparisons: readonly (LearnedComparison & LearnedKey)[];
  /** rows per table of the schema `scoring` */
  readonly row_counts: Readonly<Record<LearnedTable, number>>;
}

/** Of which learned score, unit and horizon a figure is. */
interface LearnedKey {
  readonly method: LearnedMethod;
  readonly unit: Unit;
  readonly horizon_days: number;
}

/** Named in `strongest`. */
const STRONGEST = 3;

/**
 * Learns scores from outcomes, judges them walk-forward beside the weighted one, and publishes all of it into tables of
 * their own in the schema `scoring`, as a whole or not at all. They are fitted as `calibrate` fits by default, per account
 * at the near horizon, on the signals of the preset and nothing else: no calendar, no ARR, no segment. Nothing reads them
 * but the marts that show them; a signal that knows too much too early (`signalEvidence`) is left out.
 *
 * @throws ScoringError NOT_ENOUGH_EVIDENCE below `learned_accounts`, `learned_days` or `minimum_churns`; HISTORY_MISSING,
 * HISTORY_INVALID, BACKTEST_RULES_INVALID
 * @example (await learn(warehouse, { asOfDate: '2026-06-30' })).models[1]?.signals[0] // { signal: 'exec_sponsor', … }
 */
export async function learn(warehouse: Warehouse, options: LearnOptions): Promise<Learned> {
  const { asOfDate, bootstrapSamples = 1000, seed = 1 } = options;
  const rules = await readEvaluationRules(warehouse);
  const horizons = [...new Set([rules.near_horizon_days, rules.far_horizon_days])];
  const stepCount = 2 + LEARNED_METHODS.length + horizons.length * UNITS.length;
  let step = 0;
  const progress = (what: string) => {
    step += 1;
    options.onProgress?.(`${step}/${stepCount}`, what);
  };

  progress('reading outcomes and signals');
  await requireHistory(warehouse);
  const modelVersion = await presentModelVersion(warehouse);
  const weights = await weightsInForce(warehouse);
  const bootstrap = { samples: bootstrapSamples, seed };
  const source = { asOfDate, modelVersion, rules };
  const observe = (unit: Unit, horizonDays: number) =>
    observedOutcomes(warehouse, { ...source, unit, horizonDays });
  const near = (await observe('account', rules.near_horizon_days)).filter(isDecided);
  const account_count = new Set(near.map(({ account_id }) => account_id)).size;
  requireEnough(near, account_count, rules, asOfDate);

  const evidence = await observedEvidence(warehouse, source, weights.signals, bootstrap);
  const suspected_leaks = evidence.filter((one) => one.is_suspected_leak).map(({ signal }) => signal);
  const signals = weights.signals.filter(({ signal }) => !suspected_leaks.includes(signal));
  const names = signals.map(({ signal }) => signal);
  const valuesOf = (days: readonly Pick<Observation, 'account_id' | 'observed_date'>[]) =>
    signalValues(warehouse, modelVersion, names, days);
  const nearValues = await valuesOf(near);
  const cases = near.map((one): CalibrationCase => calibrationCase(one, nearValues(one)));
  const columns = learnedCases(cases, names.length);

  const scorers = LEARNED_METHODS.map((method) => {
    progress(`fitting ${LEARNED_NAMES[method]}, quarter by quarter`);
    const fits = learnedFits(columns, method, { asOfDate, minimumChurns: rules.minimum_churns });
    return { method, model_version: `${modelVersion}_${method}`, fits };
  });

  const cuts = await cutsInForce(warehouse);
  const judged: JudgedDays = new Map();
  const metrics: (LearnedMetric & LearnedKey)[] = [];
  const comparisons: (LearnedComparison & LearnedKey)[] = [];
  for (const unit of UNITS) {
    for (const horizon_days of horizons) {
      progress(`judging them per ${unit} at ${horizon_days} days`);
      const observations = await observe(unit, horizon_days);
      const observedValues = await valuesOf(observations);
      for (const { method, fits } of scorers) {
        const found = learnedBacktest(method, fits, observations, observedValues, {
          cuts,
          rules,
          bootstrap,
          weightsFittedOn: weights.fittedOn,
        });
        const key = { method, unit, horizon_days };
        metrics.push(...found.metrics.map((one) => ({ ...one, ...key })));
        comparisons.push(...found.comparisons.map((one) => ({ ...one, ...key })));
      }
      for (const one of observations)
        judged.set(onDay(one.account_id, one.observed_date), {
          account_id: one.account_id,
          as_of_date: one.observed_date,
          values: observedValues(one),
        });
    }
  }

  progress('scoring today, publishing');
  const today = await scoredToday(warehouse, modelVersion, asOfDate, valuesOf);
  const models = scorers.map(({ method, model_version, fits }): LearnedModel => {
    const { present, quarters } = fits;
    return {
      method,
      model_version,
      present: present && {
        fitted_on: present.fitted_on,
        case_count: present.case_count,
        churn_count: present.churn_count,
        setting: present.setting,
      },
      quarter_count: quarters.size,
      judged_from: [...quarters.keys()][0] ?? null,
      signals: present === null ? [] : signalsOf(present, signals, today),
    };
  });
  const versionOf = new Map(scorers.map(({ method, model_version }) => [method, model_version]));
  const row_counts = await publishLearned(warehouse, {
    learned_models: scorers.flatMap((one) => modelRows(one, asOfDate)),
    learned_signals: models.flatMap(({ method, model_version, signals: of }) =>
      of.map((one) => ({ ...one, method, model_version })),
    ),
    learned_scores: scoreRows(scorers, names, judged, today),
    learned_points: pointRows(scorers, names, today),
    learned_metrics: metrics.map((one) => ({
      ...one,
      model_version: versionOf.get(one.method)!,
      as_of_date: asOfDate,
    })),
    learned_comparisons: comparisons.map((one) => ({
      ...one,
      model_version: versionOf.get(one.method)!,
      weighted_version: modelVersion,
      auc_learned: one.auc_external,
      auc_learned_ci_low: one.auc_external_ci_low,
      auc_learned_ci_high: one.auc_external_ci_high,
      as_of_date: asOfDate,
    })),
  });
  return {
    as_of_date: asOfDate,
    model_version: modelVersion,
    account_count,
    case_count: cases.length,
    churn_count: countChurns(cases),
    suspected_leaks,
    models,
    metrics,
    comparisons,
    row_counts,
  };
}

const isDecided = ({ outcome }: Observation) => outcome === 'churned' || outcome === 'renewed';

const grouped = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** @throws ScoringError NOT_ENOUGH_EVIDENCE with what there is and what is asked for */
function requireEnough(
  near: readonly Observation[],
  accounts: number,
  rules: EvaluationRules,
  asOfDate: IsoDate,
): void {
  const first = near.reduce(
    (least, { observed_date }) => (observed_date < least ? observed_date : least),
    asOfDate,
  );
  const days = daysBetween(first, asOfDate);
  const churns = new Set(
    near
      .filter(({ outcome }) => outcome === 'churned')
      .map((one) => onDay(one.account_id, one.churn_date ?? '')),
  ).size;
  const asked = [
    { found: accounts, needed: rules.learned_accounts, what: 'accounts with a known outcome' },
    { found: days, needed: rules.learned_days, what: 'days since the first of them was scored' },
    { found: churns, needed: rules.minimum_churns, what: 'known churns' },
  ];
  const missing = asked.filter(({ found, needed }) => found < needed);
  if (missing.length === 0) return;
  throw new ScoringError(
    'NOT_ENOUGH_EVIDENCE',
    `Not enough to learn a score from: expected at least ${missing.map(({ needed, what, found }) => `${grouped(needed)} ${what} (there are ${grouped(found)})`).join(' and ')}. ` +
      'Keep to the weighted score, whose weights "tenure calibrate" fits to fewer outcomes; learned_accounts, learned_days and minimum_churns of rules/backtest_rules.csv say what is asked for.',
    { accounts, days, churns },
  );
}

interface Scorer {
  readonly method: LearnedMethod;
  readonly model_version: string;
  readonly fits: LearnedFits;
}

/** An account on a day, with the values of its signals. */
interface ValuedDay {
  readonly account_id: string;
  readonly as_of_date: IsoDate;
  readonly values: readonly (number | null)[];
}
type JudgedDays = Map<string, ValuedDay>;

/** The accounts that the weighted score has on the as-of day. */
async function scoredToday(
  warehouse: Warehouse,
  modelVersion: string,
  asOfDate: IsoDate,
  valuesOf: (
    days: readonly Pick<Observation, 'account_id' | 'observed_date'>[],
  ) => Promise<(one: Pick<Observation, 'account_id' | 'observed_date'>) => (number | null)[]>,
): Promise<ValuedDay[]> {
  const scored = await openHistory(warehouse, { asOfDate, modelVersion }).scoredOn([asOfDate]);
  const days = scored.map(({ account_id, as_of_date }) => ({ account_id, observed_date: as_of_date }));
  const values = await valuesOf(days);
  return days.map((one) => ({
    account_id: one.account_id,
    as_of_date: one.observed_date,
    values: values(one),
  }));
}

function signalsOf(
  present: LearnedFit,
  signals: readonly SignalWeight[],
  today: readonly ValuedDay[],
): LearnedSignal[] {
  const sums = new Float64Array(signals.length);
  for (const { values } of today) {
    for (const [signal, points] of present.pointsOf(values).byFeature.entries())
      sums[signal]! += Math.abs(points);
  }
  const moved = sums.reduce((sum, points) => sum + points, 0);
  const total = signals.reduce((sum, { weight }) => sum + weight, 0);
  const shareOf = (index: number) => {
    if (present.method === 'logistic')
      return present.scoreOf(signals.map((_, other) => (other === index ? 100 : 0)));
    return moved === 0 ? null : (100 * sums[index]!) / moved;
  };
  return signals
    .map(({ signal, weight }, index) => ({
      signal,
      weighted_share: total === 0 ? 0 : (100 * weight) / total,
      learned_share: shareOf(index),
      mean_points: today.length === 0 ? null : sums[index]! / today.length,
    }))
    .sort((left, right) => (right.learned_share ?? 0) - (left.learned_share ?? 0));
}

const SETTING_NAMES: Readonly<Record<LearnedMethod, string>> = { logistic: 'penalty', boosted: 'trees' };

function modelRows(
  { method, model_version, fits }: Scorer,
  asOfDate: IsoDate,
): LearnedRow<'learned_models'>[] {
  const row = (fit: LearnedFit, scores_from: IsoDate, is_present: boolean) => ({
    model_version,
    method,
    scores_from,
    is_present,
    fitted_on: fit.fitted_on,
    case_count: fit.case_count,
    churn_count: fit.churn_count,
    setting: fit.setting,
    setting_name: SETTING_NAMES[method],
    as_of_date: asOfDate,
  });
  return [
    ...[...fits.quarters].map(([start, fit]) => row(fit, start, false)),
    ...(fits.present === null ? [] : [row(fits.present, asOfDate, true)]),
  ];
}

/** The series: each day that was judged by the fit of its quarter, and today by the fit of today. */
function* scoreRows(
  scorers: readonly Scorer[],
  names: readonly string[],
  judged: JudgedDays,
  today: readonly ValuedDay[],
): Generator<LearnedRow<'learned_scores'>> {
  for (const { method, model_version, fits } of scorers) {
    const row = (fit: LearnedFit | null | undefined, day: ValuedDay, is_present: boolean) => {
      const score = fit?.scoreOf(day.values) ?? null;
      if (fit == null || score === null) return [];
      const { base, byFeature } = fit.pointsOf(day.values);
      return [
        {
          model_version,
          method,
          account_id: day.account_id,
          as_of_date: day.as_of_date,
          score,
          base_points: base,
          strongest: strongestOf(byFeature, names),
          fitted_on: fit.fitted_on,
          is_present,
        },
      ];
    };
    for (const day of judged.values())
      yield* row(fits.quarters.get(quarterStart(day.as_of_date)), day, false);
    for (const day of today) yield* row(fits.present, day, true);
  }
}

/** The signals that move it most, with their points. @example 'exec_sponsor −12.3, login_frequency +4.0' */
function strongestOf(byFeature: Float64Array, names: readonly string[]): string {
  return [...byFeature]
    .map((points, signal) => ({ points, name: names[signal]! }))
    .filter(({ points }) => Math.abs(points) >= 0.05)
    .sort(
      (left, right) => Math.abs(right.points) - Math.abs(left.points) || (left.name < right.name ? -1 : 1),
    )
    .slice(0, STRONGEST)
    .map(({ points, name }) => `${name} ${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)}`)
    .join(', ');
}

function* pointRows(
  scorers: readonly Scorer[],
  names: readonly string[],
  today: readonly ValuedDay[],
): Generator<LearnedRow<'learned_points'>> {
  for (const { method, model_version, fits } of scorers) {
    for (const { account_id, as_of_date, values } of today) {
      if (fits.present === null || fits.present.scoreOf(values) === null) continue;
      const { byFeature } = fits.present.pointsOf(values);
      for (const [signal, name] of names.entries())
        yield {
          model_version,
          method,
          account_id,
          as_of_date,
          signal: name,
          signal_value: values[signal] ?? null,
          points: byFeature[signal]!,
        };
    }
  }
}
