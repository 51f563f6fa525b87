import type { AucInterval } from './auc-interval.ts';
import { fitRisk, type RiskCases, type RiskFit } from './risk-fit.ts';

/** Parts of the clusters of which each is judged by a fit on the others. */
const FOLDS = 10;
/** A fit is exact to about 1e-8: what lies nearer to each other than this is alike, and no order may be read from it. */
const ALIKE = 1e-6;

/**
 * How safe the logistic fit (`fitRisk`) calls each case when it is fitted without the case's whole cluster: ten folds of
 * clusters, in the order of their names. The higher, the safer; what churns by chance has no order here, on average.
 *
 * Given without the intercept, which would carry the churn rate of the other folds into this one (Parker, Günter & Bedo
 * 2007, "Stratification bias in low signal microarray studies"). Null when some fold leaves one outcome only.
 *
 * @param clusters the account of each case
 * @example crossFit(cases, accounts, 1) // [0.83, 1.2, …]
 */
export function crossFit(
  cases: RiskCases,
  clusters: readonly string[],
  penalty: number,
): Float64Array | null {
  const names = [...new Set(clusters)].sort();
  const foldOf = new Map(names.map((name, index) => [name, index % FOLDS]));
  const folds = clusters.map((name) => foldOf.get(name)!);
  const { featureCount, features, churned } = cases;
  const safety = new Float64Array(churned.length);
  let start: RiskFit | undefined;
  for (let fold = 0; fold < Math.min(FOLDS, names.length); fold += 1) {
    const weights = Float64Array.from(folds, (other) => (other === fold ? 0 : 1));
    const fit = fitRisk(cases, { weights, penalty, ...(start === undefined ? {} : { start }) });
    if (fit === null) return null;
    start = fit; // the next fold shares eight ninths of its cases
    for (let row = 0; row < folds.length; row += 1) {
      if (folds[row] !== fold) continue;
      let sum = 0;
      for (let feature = 0; feature < featureCount; feature += 1)
        sum += fit.strengths[feature]! * features[row * featureCount + feature]!;
      safety[row] = Math.round(sum / ALIKE) * ALIKE;
    }
  }
  return safety;
}

/**
 * The interval of a figure of `crossFit` from one that resamples clusters after the fits: 1.45 times as wide, cut at 0 and
 * 1. That one takes what the fits say for given, but any two of them share eight ninths of their cases, so that what
 * chance made of one it made of all: with k folds the variance is 1 + k / (k − 1) times as large (Nadeau & Bengio 2003,
 * "Inference for the generalization error", section 3.1).
 *
 * @example crossFitInterval({ value: 0.6, low: 0.5, high: 0.7 }) // { value: 0.6, low: 0.4547, high: 0.7453 }
 */
export function crossFitInterval({ value, low, high }: AucInterval): AucInterval {
  if (value === null || low === null || high === null) return { value, low, high };
  const wider = Math.sqrt(1 + FOLDS / (FOLDS - 1));
  return {
    value,
    low: Math.max(0, value - wider * (value - low)),
    high: Math.min(1, value + wider * (high - value)),
  };
}
