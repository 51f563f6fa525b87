import { quantileSorted } from 'simple-statistics';
import { type BootstrapOptions, clusterDraws } from './cluster-draws.ts';
import type { Interval } from './wilson-interval.ts';

/**
 * A 95 % percentile interval of any statistic by resampling whole clusters with replacement, so that cases of
 * one account stay together (Davison & Hinkley 1997, section 3.8; percentile method of Efron & Tibshirani
 * 1993, chapter 13).
 *
 * The statistic gets one weight per case: how often its cluster was drawn. Resamples for which it is null
 * (one outcome only) are left out; null when that happens in more than half of them, or with fewer than two
 * clusters.
 *
 * @param clusters the cluster of each case, numbered 0 … clusterCount − 1
 * @example clusterBootstrap([0, 0, 1], 2, (weights) => …, { samples: 1000, seed: 1 }) // { low: …, high: … }
 */
export function clusterBootstrap(
  clusters: ArrayLike<number>,
  clusterCount: number,
  statistic: (weights: Float64Array) => number | null,
  options: BootstrapOptions,
): Interval | null {
  if (clusterCount < 2) return null;
  const weights = new Float64Array(clusters.length);
  const values: number[] = [];
  for (const draws of clusterDraws(clusterCount, options)) {
    for (let index = 0; index < weights.length; index += 1) weights[index] = draws[clusters[index]!]!;
    const value = statistic(weights);
    if (value !== null) values.push(value);
  }
  if (values.length === 0 || values.length * 2 < options.samples) return null;
  values.sort((left, right) => left - right);
  return { low: quantileSorted(values, 0.025), high: quantileSorted(values, 0.975) };
}
