import type { IsoDate } from '../warehouse/index.ts';
import { addDays, monthStart } from './calendar.ts';
import { auc } from './stats/auc.ts';
import { clusterBootstrap } from './stats/cluster-bootstrap.ts';
import type { Interval } from './stats/wilson-interval.ts';
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
  const judged: { one: CalibrationCase; before: number; after: number }[] = [];
  const weightsNow = assumed.map(({ weight }) => weight);
  for (const [start, members] of [...quarters].sort(([left], [right]) => (left < right ? -1 : 1))) {
    const lastDay = addDays(start, -1);
    const known = cases.filter(({ resolved_date }) => resolved_date <= lastDay);
    if (countChurns(known) < options.minimumChurns) continue;
    if (known.every(({ churn_date }) => churn_date !== null)) continue;
    const bootstrap = { ...options.bootstrap, samples: Math.min(REFIT_SAMPLES, options.bootstrap.samples) };
    const { signals } = proposeWeights(known, assumed, { ...options, bootstrap });
    const weightsThen = signals.map(({ proposed_weight }) => proposed_weight);
    for (const one of members) {
      const before = weightedScore(one.values, weightsNow);
      const after = weightedScore(one.values, weightsThen);
      if (before !== null && after !== null) judged.push({ one, before, after });
    }
  }
  const auc_assumed = aucOf(judged, ({ before }) => before);
  const auc_proposed = aucOf(judged, ({ after }) => after);
  if (auc_assumed === null || auc_proposed === null) return null;

  const accounts = new Map<string, number>();
  const clusters = judged.map(({ one: { account_id } }) => {
    const number = accounts.get(account_id) ?? accounts.size;
    accounts.set(account_id, number);
    return number;
  });
  const before = orderedAuc(judged, (one) => one.before);
  const after = orderedAuc(judged, (one) => one.after);
  const interval: Interval | null = clusterBootstrap(
    clusters,
    accounts.size,
    (weights) => {
      const [now, then] = [before(weights), after(weights)];
      return now === null || then === null ? null : then - now;
    },
    options.bootstrap,
  );
  return {
    first_date: judged.reduce(
      (first, { one }) => (one.observed_date < first ? one.observed_date : first),
      '9999',
    ),
    case_count: judged.length,
    churn_count: countChurns(judged.map(({ one }) => one)),
    auc_assumed,
    auc_proposed,
    auc_gain: auc_proposed - auc_assumed,
    ci_low: interval?.low ?? null,
    ci_high: interval?.high ?? null,
  };
}

function quarterStart(day: IsoDate): IsoDate {
  const [year, month] = monthStart(day).split('-');
  const first = Number(month) - ((Number(month) - 1) % MONTHS_BETWEEN_REFITS);
  return `${year}-${String(first).padStart(2, '0')}-01`;
}

function weightedScore(values: readonly (number | null)[], weights: readonly number[]): number | null {
  let points = 0;
  let total = 0;
  for (const [index, value] of values.entries()) {
    if (value === null) continue;
    points += weights[index]! * value;
    total += weights[index]!;
  }
  return total === 0 ? null : points / total;
}

type Judged = { readonly one: CalibrationCase; readonly before: number; readonly after: number };

/** The AUC under weights of the cases in their given order: sorted once, for many resamples. */
function orderedAuc(judged: readonly Judged[], scoreOf: (one: Judged) => number) {
  const order = judged
    .map((_, index) => index)
    .sort((left, right) => scoreOf(judged[left]!) - scoreOf(judged[right]!));
  const scores = Float64Array.from(order, (index) => scoreOf(judged[index]!));
  const churned = Uint8Array.from(order, (index) => (judged[index]!.one.churn_date === null ? 0 : 1));
  const sorted = new Float64Array(order.length);
  return (weights: Float64Array) => {
    for (const [position, index] of order.entries()) sorted[position] = weights[index]!;
    return auc(scores, churned, sorted);
  };
}

const aucOf = (judged: readonly Judged[], scoreOf: (one: Judged) => number) =>
  orderedAuc(judged, scoreOf)(new Float64Array(judged.length).fill(1));
