/** How many of each outcome have each whole number of points, 0–100. */
export interface PointCounts {
  readonly churned: Float64Array;
  readonly renewed: Float64Array;
}

/**
 * Counts cases by their whole points (0–100).
 *
 * @param weights how often each case counts; once unless given
 */
export function countPoints(
  points: ArrayLike<number>,
  isChurned: ArrayLike<boolean | number>,
  weights?: ArrayLike<number>,
): PointCounts {
  const churned = new Float64Array(101);
  const renewed = new Float64Array(101);
  for (let index = 0; index < points.length; index += 1)
    (isChurned[index] ? churned : renewed)[points[index]!]! += weights === undefined ? 1 : weights[index]!;
  return { churned, renewed };
}

/**
 * The whole points c within [from, to] at which "at most c" tells churned from renewed best: the highest balanced
 * accuracy, the mean of the shares of churned at most c and of renewed above it (Youden 1950, "Index for rating
 * diagnostic tests", by half). Of equals the one nearest to `near`, then the lower. Null without one of the outcomes.
 *
 * @example bestCut(countPoints([20, 30, 60, 80], [true, true, false, false]), { from: 0, to: 99, near: 40 }) // 40
 */
export function bestCut(
  { churned, renewed }: PointCounts,
  { from, to, near }: { readonly from: number; readonly to: number; readonly near: number },
): number | null {
  const sum = (counts: Float64Array) => counts.reduce((total, count) => total + count, 0);
  const [allChurned, allRenewed] = [sum(churned), sum(renewed)];
  if (allChurned === 0 || allRenewed === 0) return null;
  let best: number | null = null;
  let bestGap = Number.NEGATIVE_INFINITY;
  let churnedBelow = 0;
  let renewedBelow = 0;
  for (let cut = 0; cut <= to; cut += 1) {
    churnedBelow += churned[cut]!;
    renewedBelow += renewed[cut]!;
    if (cut < from) continue;
    const gap = churnedBelow / allChurned - renewedBelow / allRenewed;
    const isNearer = best === null || Math.abs(cut - near) < Math.abs(best - near);
    if (gap > bestGap + 1e-12 || (gap > bestGap - 1e-12 && isNearer)) {
      best = cut;
      bestGap = Math.max(gap, bestGap);
    }
  }
  return best;
}
