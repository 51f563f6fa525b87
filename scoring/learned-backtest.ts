import { ALL_SEGMENTS, outOfSample } from './backtest.ts';
import { backtestMetrics, type Metric } from './backtest-metrics.ts';
import { categoryOf } from './category.ts';
import { type ExternalBacktest, externalBacktest } from './external-backtest.ts';
import type { LearnedFits, LearnedMethod } from './learned-fit.ts';
import type { Observation } from './observations.ts';
import type { EvaluationRules } from './rules.ts';
import type { CutRow } from './seed-weights.ts';
import type { BootstrapOptions } from './stats/cluster-draws.ts';
import { calibrateWalkForward } from './walk-forward.ts';
import { quarterStart } from './weight-trial.ts';

/** What a method is called beside the weighted score. */
export const LEARNED_NAMES: Readonly<Record<LearnedMethod, string>> = {
  logistic: 'the learned logistic',
  boosted: 'the learned trees',
};

/** What is given of a learned score; the flags of a day rest on days before it, which are not scored. */
const METRICS: ReadonlySet<string> = new Set([
  'auc',
  'auc_calendar',
  'auc_lift_over_calendar',
  'balanced_accuracy',
  'brier',
  'churn_count',
  'decisive_accuracy',
  'green_churn_rate',
  'lift_top_decile',
  'missed_churn_rate',
  'red_renew_rate',
]);

export interface LearnedBacktestOptions {
  readonly cuts: readonly CutRow[];
  readonly rules: EvaluationRules;
  readonly bootstrap: BootstrapOptions;
  /** the last day whose outcomes the weights in force were fitted on, or null */
  readonly weightsFittedOn: string | null;
}

/** A metric of a learned score in one segment. */
export interface LearnedMetric extends Metric {
  readonly segment: string;
}

/** A learned score beside the weighted one in one segment; `external` is the learned one. */
export interface LearnedComparison extends ExternalBacktest {
  readonly segment: string;
  /** whether the weights in force were fitted on outcomes that it counts */
  readonly is_in_sample: boolean;
}

/** A learned score judged on the observations of one unit and horizon. */
export interface LearnedBacktest {
  /** the observations that had a fit before them, with the score and category of the learned score */
  readonly observations: readonly Observation[];
  readonly metrics: LearnedMetric[];
  readonly comparisons: LearnedComparison[];
}

/**
 * Judges a learned score as the backtest judges the weighted one: each observation is scored by the fit of its quarter,
 * which knew outcomes of the days before that quarter only, coloured by the category cuts in force, and compared with the
 * weighted score on the same cases (`externalBacktest`). Observations of quarters without a fit are left out.
 *
 * @param observations those of the weighted score, of one unit and horizon
 * @param valuesOf the signals of an observation, in the order of the fits
 * @example learnedBacktest('boosted', fits, observations, valuesOf, options).comparisons[0]?.auc_difference // 0.02
 */
export function learnedBacktest(
  method: LearnedMethod,
  fits: LearnedFits,
  observations: readonly Observation[],
  valuesOf: (one: Observation) => readonly (number | null)[],
  { cuts, rules, bootstrap, weightsFittedOn }: LearnedBacktestOptions,
): LearnedBacktest {
  const scored = observations.flatMap((one): Observation[] => {
    const score = fits.quarters.get(quarterStart(one.observed_date))?.scoreOf(valuesOf(one)) ?? null;
    if (score === null) return [];
    return [{ ...one, score, category: categoryOf(score, one.segment, cuts), flag: null }];
  });
  if (scored.length === 0) return { observations: scored, metrics: [], comparisons: [] };
  const calibrated = calibrateWalkForward(scored);
  const metrics = bySegment(calibrated).flatMap(([segment, cases]) =>
    backtestMetrics(cases, new Map(), { rules, bootstrap, only: METRICS }).map((found) => ({
      ...found,
      segment,
    })),
  );
  const { judged, isInSample, withheld } = outOfSample(observations, weightsFittedOn, rules);
  const scores = scored.map(({ account_id, observed_date, score }) => ({
    account_id,
    as_of_date: observed_date,
    system: LEARNED_NAMES[method],
    score,
  }));
  const comparisons = bySegment(judged).flatMap(([segment, cases]) =>
    externalBacktest(cases, scores, { rules, bootstrap, withheld, isMapped: false }).map((found) => ({
      ...found,
      segment,
      is_in_sample: isInSample,
    })),
  );
  return { observations: scored, metrics, comparisons };
}

/** All cases, then those of each segment, in order of their names. */
function bySegment<T extends Observation>(cases: readonly T[]): [string, readonly T[]][] {
  const segments = [...Map.groupBy(cases, ({ segment }) => segment)];
  return [[ALL_SEGMENTS, cases], ...segments.sort(([left], [right]) => (left < right ? -1 : 1))];
}
