import { ascendingOrder } from './ascending-order.ts';
import { auc } from './auc.ts';
import { clusterBootstrap } from './cluster-bootstrap.ts';
import type { BootstrapOptions } from './cluster-draws.ts';

/** How two scores of the same cases order churned below renewed. */
export interface AucGain {
  /** AUC (0–1) of the first score */
  readonly before: number;
  readonly after: number;
  readonly gain: number;
  /** 95 % interval of the gain, over accounts */
  readonly low: number | null;
  readonly high: number | null;
}

/** A case with two scores. */
export interface ScoredTwice {
  readonly account_id: string;
  readonly isChurned: boolean;
  readonly before: number;
  readonly after: number;
}

/**
 * The gain in AUC from one score to another on the same cases. Paired: each resample of accounts judges both
 * scores, so that the interval is that of the difference. Null when one of the two outcomes is absent.
 *
 * @example aucGain([…], { samples: 1000, seed: 1 }) // { before: 0.71, after: 0.74, gain: 0.03, low: −0.01, … }
 */
export function aucGain(cases: readonly ScoredTwice[], options: BootstrapOptions): AucGain | null {
  const before = orderedAuc(cases, (one) => one.before);
  const after = orderedAuc(cases, (one) => one.after);
  const once = new Float64Array(cases.length).fill(1);
  const [aucBefore, aucAfter] = [before(once), after(once)];
  if (aucBefore === null || aucAfter === null) return null;
  const accounts = new Map<string, number>();
  const clusters = cases.map(({ account_id }) => {
    const number = accounts.get(account_id) ?? accounts.size;
    accounts.set(account_id, number);
    return number;
  });
  const interval = clusterBootstrap(
    clusters,
    accounts.size,
    (weights) => {
      const [first, second] = [before(weights), after(weights)];
      return first === null || second === null ? null : second - first;
    },
    options,
  );
  return {
    before: aucBefore,
    after: aucAfter,
    gain: aucAfter - aucBefore,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
  };
}

/** The AUC under weights of the cases in their given order: sorted once, for many resamples. */
function orderedAuc(cases: readonly ScoredTwice[], scoreOf: (one: ScoredTwice) => number) {
  const order = ascendingOrder(Float64Array.from(cases, scoreOf));
  const scores = Float64Array.from(order, (index) => scoreOf(cases[index]!));
  const churned = Uint8Array.from(order, (index) => (cases[index]!.isChurned ? 1 : 0));
  const sorted = new Float64Array(order.length);
  return (weights: Float64Array) => {
    for (let place = 0; place < order.length; place += 1) sorted[place] = weights[order[place]!]!;
    return auc(scores, churned, sorted);
  };
}
