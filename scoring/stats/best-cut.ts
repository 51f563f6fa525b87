/** How many of each outcome have each whole number of points, 0–100 unless there are more levels. */
export interface PointCounts {
  readonly churned: Float64Array;
  readonly renewed: Float64Array;
}

/** What cuts at each level tell apart: shares (0–1) of the churned, and of the renewed, that lie at it or below. */
export interface CutSweep {
  readonly churnedBelow: Float64Array;
  readonly renewedBelow: Float64Array;
}

const WHOLE_POINTS = 101;

/**
 * Counts cases by their whole points (0–100).
 *
 * @param weights how often each case counts; once unless given
 * @param levels how many there are of them: 1001 for points in tenths
 */
export function countPoints(
  points: ArrayLike<number>,
  isChurned: ArrayLike<boolean | number>,
  weights?: ArrayLike<number>,
  levels = WHOLE_POINTS,
): PointCounts {
  const churned = new Float64Array(levels);
  const renewed = new Float64Array(levels);
  for (let index = 0; index < points.length; index += 1)
    (isChurned[index] ? churned : renewed)[points[index]!]! += weights === undefined ? 1 : weights[index]!;
  return { churned, renewed };
}

/**
 * What every cut tells apart, from one pass over the counts. Null without one of the outcomes.
 *
 * @example sweepCuts(countPoints([20, 30, 60, 80], [true, true, false, false]))!.churnedBelow[20] // 0.5
 */
export function sweepCuts({ churned, renewed }: PointCounts): CutSweep | null {
  const [churnedBelow, renewedBelow] = [cumulativeShares(churned), cumulativeShares(renewed)];
  return churnedBelow === null || renewedBelow === null ? null : { churnedBelow, renewedBelow };
}

function cumulativeShares(counts: Float64Array): Float64Array | null {
  const all = counts.reduce((total, count) => total + count, 0);
  if (all === 0) return null;
  let below = 0;
  return counts.map((count) => {
    below += count;
    return below / all;
  });
}

/**
 * The whole points c within [from, to] at which "at most c" tells churned from renewed best: the highest balanced
 * accuracy, the mean of the shares of churned at most c and of renewed above it (Youden 1950, "Index for rating
 * diagnostic tests", by half). Of equals the one nearest to `near`, then the lower. Null without one of the outcomes.
 *
 * @example bestCut(countPoints([20, 30, 60, 80], [true, true, false, false]), { from: 0, to: 99, near: 40 }) // 40
 */
export function bestCut(
  counts: PointCounts,
  { from, to, near }: { readonly from: number; readonly to: number; readonly near: number },
): number | null {
  const sweep = sweepCuts(counts);
  if (sweep === null) return null;
  let best: number | null = null;
  let bestGap = Number.NEGATIVE_INFINITY;
  for (let cut = from; cut <= to; cut += 1) {
    const gap = sweep.churnedBelow[cut]! - sweep.renewedBelow[cut]!;
    const isNearer = best === null || Math.abs(cut - near) < Math.abs(best - near);
    if (gap > bestGap + 1e-12 || (gap > bestGap - 1e-12 && isNearer)) {
      best = cut;
      bestGap = Math.max(gap, bestGap);
    }
  }
  return best;
}
