import type { IsoDate } from '../warehouse/index.ts';
import { backtestMetrics, type CalibratedObservation, type Metric } from './backtest-metrics.ts';
import { categoryOf } from './category.ts';
import type { Observation } from './observations.ts';
import type { EvaluationRules } from './rules.ts';
import type { CutRow } from './seed-weights.ts';
import type { BootstrapOptions } from './stats/cluster-draws.ts';
import type { CalibrationCase, SignalWeight } from './weight-proposal.ts';
import { quarterStart, weightedScore, weightsBefore } from './weight-trial.ts';

/** What the ending of a metric's name says. */
const ENDING = '_walk_forward';

/** What is given walk-forward; the flags of a day rest on days before it, which are not scored anew. */
const METRICS: ReadonlySet<string> = new Set([
  'auc',
  'auc_lift_over_calendar',
  'balanced_accuracy',
  'churn_count',
  'decisive_accuracy',
  'green_churn_rate',
  'missed_churn_rate',
  'red_renew_rate',
]);

/** An observation as a case of a fit, with the signals of its t. */
export const calibrationCase = (one: Observation, values: readonly (number | null)[]): CalibrationCase => ({
  account_id: one.account_id,
  observed_date: one.observed_date,
  resolved_date: one.resolved_date,
  churn_date: one.outcome === 'churned' ? (one.churn_date ?? one.resolved_date) : null,
  values,
});

export interface WalkForwardOptions {
  /** what weights are fitted on, per account at the near horizon as `calibrate` does by default */
  readonly cases: readonly CalibrationCase[];
  /** the weights before any fit */
  readonly assumed: readonly SignalWeight[];
  readonly suspectedLeaks: readonly string[];
  readonly cuts: readonly CutRow[];
  readonly rules: EvaluationRules;
  readonly bootstrap: BootstrapOptions;
}

/**
 * How fitted weights fare on outcomes that no fit had seen: definitions, section 6. For each quarter weights are proposed
 * from the outcomes known on the day before it, as `calibrate` would have done then; they score the observations of that
 * quarter, and the category cuts in force colour them. Observations of quarters before which there were too few churns
 * are left out. So the figures judge the method, not the very weights in force.
 *
 * The function that it gives takes the observations of one unit and horizon, with the values of their signals, and
 * gives the metrics of `backtestMetrics` with the ending `_walk_forward`; none where no observation could be judged.
 */
export function walkForwardJudge({
  cases,
  assumed,
  suspectedLeaks,
  cuts,
  rules,
  bootstrap,
}: WalkForwardOptions) {
  const fitted = new Map<IsoDate, number[] | null>();
  const weightsOn = (day: IsoDate) => {
    const start = quarterStart(day);
    const held = fitted.get(start);
    if (held !== undefined) return held;
    const weights = weightsBefore(start, cases, assumed, {
      minimumChurns: rules.minimum_churns,
      bootstrap,
      suspectedLeaks,
    });
    fitted.set(start, weights);
    return weights;
  };
  return (
    observations: readonly Observation[],
    valuesOf: (one: Observation) => readonly (number | null)[],
  ): Metric[] => {
    const judged = observations.flatMap((one): CalibratedObservation[] => {
      const weights = weightsOn(one.observed_date);
      const score = weights && weightedScore(valuesOf(one), weights);
      if (score === null) return [];
      const category = categoryOf(score, one.segment, cuts);
      return [{ ...one, score, category, flag: null, churn_probability: null }];
    });
    if (judged.length === 0) return [];
    return backtestMetrics(judged, new Map(), { rules, bootstrap, only: METRICS }).map((found) => ({
      ...found,
      metric: `${found.metric}${ENDING}`,
    }));
  };
}
