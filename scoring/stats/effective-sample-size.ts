/**
 * How many independent cases a clustered sample of a proportion is worth: n over the design effect, at most
 * n, at least 1 (0 for no cases). Twelve months of one account are not twelve accounts; a Wilson interval
 * over this n is wide enough.
 *
 * The design effect is the cluster-robust (linearised) variance of the ratio Σ hits / Σ cases over the
 * binomial one; Korn & Graubard 1998, "Confidence intervals for proportions with small expected number of
 * positive counts estimated from survey data". Where the variance says nothing (a proportion of 0 or 1),
 * cases of one cluster are taken as one.
 *
 * @param clusters the cluster of each case, any values
 * @param hits whether each case counts towards the proportion
 * @example effectiveSampleSize(['a', 'a', 'b', 'b'], [true, true, false, false]) // 1
 */
export function effectiveSampleSize(clusters: ArrayLike<unknown>, hits: ArrayLike<boolean | number>): number {
  const n = hits.length;
  if (n === 0) return 0;
  const totals = new Map<unknown, { cases: number; hits: number }>();
  let hitCount = 0;
  for (let index = 0; index < n; index += 1) {
    const total = totals.get(clusters[index]) ?? { cases: 0, hits: 0 };
    total.cases += 1;
    if (hits[index]) {
      total.hits += 1;
      hitCount += 1;
    }
    totals.set(clusters[index], total);
  }
  const clusterCount = totals.size;
  const proportion = hitCount / n;
  if (hitCount === 0 || hitCount === n || clusterCount === 1) return clusterCount;

  let squares = 0;
  for (const total of totals.values()) squares += (total.hits - proportion * total.cases) ** 2;
  const clustered = ((clusterCount / (clusterCount - 1)) * squares) / (n * n);
  const binomial = (proportion * (1 - proportion)) / n;
  return Math.max(1, n / Math.max(1, clustered / binomial));
}
