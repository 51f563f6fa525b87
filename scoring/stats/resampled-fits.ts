import { type BootstrapOptions, clusterDraws } from './cluster-draws.ts';
import { boundedStep, fitRisk, type RiskCases, type RiskFit } from './risk-fit.ts';

export interface ResampledFitOptions extends BootstrapOptions {
  /** of `fitRisk` */
  readonly penalty: number;
}

/** Up to so many cases each resample is fitted to the end; above, a thousand such fits would take minutes. */
const MOST_REFITTED = 100_000;

/**
 * The strengths that the logistic fit (`fitRisk`) finds in resamples of whole clusters, in the order of the features.
 * Resamples with one outcome only are left out.
 *
 * Of more than 100,000 cases a resample gets one Newton step from the fit of all of them (`steppedFits`) in place of a
 * fit of its own.
 *
 * @param clusters the cluster of each case, numbered 0 … clusterCount − 1
 * @param fit the fit of all cases
 * @example resampledFits(cases, [0, 0, 1, 2], 3, fitRisk(cases)!, { samples: 1000, seed: 1, penalty: 1 })
 */
export function resampledFits(
  cases: RiskCases,
  clusters: ArrayLike<number>,
  clusterCount: number,
  fit: RiskFit,
  options: ResampledFitOptions,
): Float64Array[] {
  const resample = cases.churned.length > MOST_REFITTED ? steppedFits : refits;
  return resample(cases, clusters, clusterCount, fit, options);
}

/** Each resample fitted to the end. */
export function refits(
  cases: RiskCases,
  clusters: ArrayLike<number>,
  clusterCount: number,
  fit: RiskFit,
  { penalty, ...bootstrap }: ResampledFitOptions,
): Float64Array[] {
  const weights = new Float64Array(cases.churned.length);
  const found: Float64Array[] = [];
  for (const draws of clusterDraws(clusterCount, bootstrap)) {
    for (let row = 0; row < weights.length; row += 1) weights[row] = draws[clusters[row]!]!;
    const refit = fitRisk(cases, { penalty, weights, start: fit });
    if (refit !== null) found.push(refit.strengths);
  }
  return found;
}

/**
 * Each resample by one Newton step, under the same bounds, from the fit of all cases: its gradient and Hessian are sums
 * of those of the clusters, which are computed once. The step leaves out terms of the order of one over the number of
 * churned clusters, where the spread between resamples is of the order of one over its root (Davidson & MacKinnon 1999,
 * "Bootstrap testing in nonlinear models"; Andrews 2002, "Higher-order improvements of a computationally attractive k-step
 * bootstrap").
 */
export function steppedFits(
  cases: RiskCases,
  clusters: ArrayLike<number>,
  clusterCount: number,
  fit: RiskFit,
  { penalty, ...bootstrap }: ResampledFitOptions,
): Float64Array[] {
  const size = cases.featureCount + 1;
  const current = Float64Array.from([-fit.intercept, ...fit.strengths]);
  const { sums, width } = clusterSums(cases, clusters, clusterCount, current);
  const found: Float64Array[] = [];
  for (const draws of clusterDraws(clusterCount, bootstrap)) {
    const total = new Float64Array(width);
    for (let cluster = 0; cluster < clusterCount; cluster += 1) {
      const times = draws[cluster]!;
      if (times === 0) continue;
      const from = cluster * width;
      for (let place = 0; place < width; place += 1) total[place]! += times * sums[from + place]!;
    }
    if (total[0] === 0 || total[1] === 0) continue;
    const gradient = total.slice(2, 2 + size);
    const hessian = new Float64Array(size * size);
    let place = 2 + size;
    for (let row = 0; row < size; row += 1) {
      const length = size - row;
      hessian.set(total.subarray(place, place + length), row * size + row);
      place += length;
    }
    for (let feature = 1; feature < size; feature += 1) {
      gradient[feature]! += penalty * current[feature]!;
      hessian[feature * size + feature]! += penalty;
    }
    found.push(boundedStep(current, { gradient, hessian }).slice(1));
  }
  return found;
}

/**
 * Of each cluster, one after the other: its churned and its renewed cases, then the gradient of the loss without penalty
 * and the upper half of its Hessian, row by row.
 */
function clusterSums(
  { featureCount, features, churned }: RiskCases,
  clusters: ArrayLike<number>,
  clusterCount: number,
  parameters: Float64Array,
): { sums: Float64Array; width: number } {
  const size = featureCount + 1;
  const width = 2 + size + (size * (size + 1)) / 2;
  const sums = new Float64Array(clusterCount * width);
  const x = new Float64Array(size).fill(1);
  for (let index = 0; index < churned.length; index += 1) {
    let safe = parameters[0]!;
    for (let feature = 1; feature < size; feature += 1) {
      x[feature] = features[index * featureCount + feature - 1]!;
      safe += parameters[feature]! * x[feature]!;
    }
    const renewedProbability = 1 / (1 + Math.exp(-safe));
    const isChurned = churned[index]!;
    const slope = renewedProbability - 1 + isChurned;
    const curvature = renewedProbability * (1 - renewedProbability);
    let place = clusters[index]! * width;
    sums[place + 1 - isChurned]! += 1;
    place += 2;
    for (let row = 0; row < size; row += 1) sums[place + row]! += slope * x[row]!;
    place += size;
    for (let row = 0; row < size; row += 1) {
      const curved = curvature * x[row]!;
      for (let column = row; column < size; column += 1) sums[place + column - row]! += curved * x[column]!;
      place += size - row;
    }
  }
  return { sums, width };
}
