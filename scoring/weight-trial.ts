import type { IsoDate } from '../warehouse/index.ts';
import { addDays, monthStart } from './calendar.ts';
import { aucGain, type ScoredTwice } from './stats/auc-gain.ts';
import {
  type CalibrationCase,
  countChurns,
  type ProposalOptions,
  proposeWeights,
  type SignalWeight,
} from './weight-proposal.ts';

/** How weights fitted on the past would have ordered what came after, beside the weights in force. */
export interface WeightTrial {
  /** first t that was judged by weights fitted before it */
  readonly first_date: IsoDate;
  readonly case_count: number;
  readonly churn_count: number;
  readonly auc_assumed: number;
  readonly auc_proposed: number;
  /** auc_proposed − auc_assumed */
  readonly auc_gain: number;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
}

/** Resamples for the keep-or-fit decision of each refit; the intervals shown use all. */
const REFIT_SAMPLES = 200;
const MONTHS_BETWEEN_REFITS = 3;

/**
 * Tries the method on history, walk-forward: each quarter weights are proposed anew from outcomes known on
 * the day before it, and order the cases of that quarter. Null when no quarter had enough churns before it,
 * or what came after had one outcome only.
 */
export function tryWeights(
  cases: readonly CalibrationCase[],
  assumed: readonly SignalWeight[],
  options: ProposalOptions,
): WeightTrial | null {
  const quarters = Map.groupBy(cases, ({ observed_date }) => quarterStart(observed_date));
  const judged: (ScoredTwice & { readonly one: CalibrationCase })[] = [];
  const weightsNow = assumed.map(({ weight }) => weight);
  for (const [start, members] of [...quarters].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const weightsThen = weightsBefore(start, cases, assumed, options);
    if (weightsThen === null) continue;
    for (const one of members) {
      const before = weightedScore(one.values, weightsNow);
      const after = weightedScore(one.values, weightsThen);
      if (before === null || after === null) continue;
      judged.push({ one, account_id: one.account_id, isChurned: one.churn_date !== null, before, after });
    }
  }
  const gain = aucGain(judged, options.bootstrap);
  if (gain === null) return null;
  return {
    first_date: judged.reduce(
      (first, { one }) => (one.observed_date < first ? one.observed_date : first),
      '9999',
    ),
    case_count: judged.length,
    churn_count: countChurns(judged.map(({ one }) => one)),
    auc_assumed: gain.before,
    auc_proposed: gain.after,
    auc_gain: gain.gain,
    ci_low: gain.low,
    ci_high: gain.high,
  };
}

/**
 * The weights, in the order of the signals, that would have been proposed on the day before `start` from the outcomes
 * known by then; null with too few of them.
 */
export function weightsBefore(
  start: IsoDate,
  cases: readonly CalibrationCase[],
  assumed: readonly SignalWeight[],
  options: ProposalOptions,
): number[] | null {
  const lastDay = addDays(start, -1);
  const known = cases.filter(({ resolved_date }) => resolved_date <= lastDay);
  if (countChurns(known) < options.minimumChurns) return null;
  if (known.every(({ churn_date }) => churn_date !== null)) return null;
  const bootstrap = { ...options.bootstrap, samples: Math.min(REFIT_SAMPLES, options.bootstrap.samples) };
  const { signals } = proposeWeights(known, assumed, { ...options, bootstrap });
  return signals.map(({ proposed_weight }) => proposed_weight);
}

/**
 * The first day of the quarter in whose weights a day is judged.
 * @example quarterStart('2025-08-15') // '2025-07-01'
 */
export function quarterStart(day: IsoDate): IsoDate {
  const [year, month] = monthStart(day).split('-');
  const first = Number(month) - ((Number(month) - 1) % MONTHS_BETWEEN_REFITS);
  return `${year}-${String(first).padStart(2, '0')}-01`;
}

/** A score (0–100) of signals by weights in their order; null without any data, or weight. */
export function weightedScore(values: readonly (number | null)[], weights: readonly number[]): number | null {
  let points = 0;
  let total = 0;
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    points += weights[index]! * value;
    total += weights[index]!;
  }
  return total === 0 ? null : points / total;
}
