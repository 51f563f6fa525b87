import { quantileSorted } from 'simple-statistics';
import { ascendingOrder } from './ascending-order.ts';
import { auc } from './auc.ts';
import { type BootstrapOptions, clusterDraws } from './cluster-draws.ts';

/** A case with what orders it; the higher, the healthier. */
export interface OrderedCase {
  readonly account_id: string;
  readonly isChurned: boolean;
  readonly value: number;
}

/** The same of many cases, a column each. */
export interface OrderedColumns {
  readonly values: Float64Array;
  /** 1 churned, 0 renewed */
  readonly churned: Uint8Array;
  /** the account of each case, numbered 0 … clusterCount − 1 */
  readonly clusters: ArrayLike<number>;
  readonly clusterCount: number;
}

/** An AUC (0–1) with its 95 % interval over accounts; null when one of the two outcomes is absent. */
export interface AucInterval {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * How well a value orders churned below renewed, with an interval from resampling whole accounts (`aucIntervalOf`).
 *
 * @example aucInterval([…], { samples: 1000, seed: 1 }) // { value: 0.71, low: 0.64, high: 0.78 }
 */
export function aucInterval(cases: readonly OrderedCase[], bootstrap: BootstrapOptions): AucInterval {
  const values = Float64Array.from(cases, ({ value }) => value);
  const churned = Uint8Array.from(cases, ({ isChurned }) => (isChurned ? 1 : 0));
  // Accounts are numbered as they come by ascending values, so that the draws do not depend on the order of the cases.
  const clusters = new Int32Array(cases.length);
  const numbers = new Map<string, number>();
  for (const index of ascendingOrder(values)) {
    const { account_id } = cases[index]!;
    const number = numbers.get(account_id) ?? numbers.size;
    numbers.set(account_id, number);
    clusters[index] = number;
  }
  return aucIntervalOf({ values, churned, clusters, clusterCount: numbers.size }, bootstrap);
}

/**
 * The same of columns. It is `clusterBootstrap` of `auc`, with the weights of a resample read where they are used: cases
 * are sorted once, and a resample is one pass over them.
 *
 * @example aucIntervalOf({ values, churned, clusters, clusterCount: 300 }, { samples: 1000, seed: 1 })
 */
export function aucIntervalOf(
  { values, churned, clusters, clusterCount }: OrderedColumns,
  bootstrap: BootstrapOptions,
): AucInterval {
  const order = ascendingOrder(values);
  const count = order.length;
  const sorted = new Float64Array(count);
  const sortedChurned = new Uint8Array(count);
  const sortedClusters = new Int32Array(count);
  const isLastOfTie = new Uint8Array(count);
  for (let place = 0; place < count; place += 1) {
    const index = order[place]!;
    sorted[place] = values[index]!;
    sortedChurned[place] = churned[index]!;
    sortedClusters[place] = clusters[index]!;
    if (place > 0 && sorted[place] !== sorted[place - 1]) isLastOfTie[place - 1] = 1;
  }
  if (count > 0) isLastOfTie[count - 1] = 1;
  const value = auc(sorted, sortedChurned);
  if (value === null || clusterCount < 2) return { value, low: null, high: null };

  const found: number[] = [];
  const times = new Uint16Array(clusterCount); // a quarter of the draws' size, so that it stays in the cache
  for (const draws of clusterDraws(clusterCount, bootstrap)) {
    times.set(draws);
    const resampled = drawnAuc(times, sortedChurned, sortedClusters, isLastOfTie);
    if (resampled !== null) found.push(resampled);
  }
  if (found.length === 0 || found.length * 2 < bootstrap.samples) return { value, low: null, high: null };
  found.sort((left, right) => left - right);
  return { value, low: quantileSorted(found, 0.025), high: quantileSorted(found, 0.975) };
}

/** `auc` of cases in ascending order, each counted as often as its account was drawn. */
function drawnAuc(
  drawn: Uint16Array,
  churned: Uint8Array,
  clusters: Int32Array,
  isLastOfTie: Uint8Array,
): number | null {
  let [below, renewed, pairsWon, tiedChurned, tiedRenewed] = [0, 0, 0, 0, 0];
  for (let place = 0; place < churned.length; place += 1) {
    const times = drawn[clusters[place]!]!;
    const timesChurned = times * churned[place]!; // no branch that could be guessed wrong
    tiedChurned += timesChurned;
    tiedRenewed += times - timesChurned;
    if (isLastOfTie[place] === 0) continue;
    pairsWon += tiedRenewed * (below + tiedChurned / 2);
    below += tiedChurned;
    renewed += tiedRenewed;
    tiedChurned = 0;
    tiedRenewed = 0;
  }
  return below === 0 || renewed === 0 ? null : pairsWon / (below * renewed);
}
