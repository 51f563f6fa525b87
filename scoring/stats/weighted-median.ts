/**
 * The middle of the values when each counts `weight` times: the mean of the two middle ones for an even
 * count, as the plain median. Values come in ascending order; null without weight.
 *
 * @example weightedMedian([10, 40, 90], [1, 1, 2]) // 65
 */
export function weightedMedian(
  ascendingValues: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number | null {
  const weightOf = (index: number) => (weights === undefined ? 1 : weights[index]!);
  let total = 0;
  for (let index = 0; index < ascendingValues.length; index += 1) total += weightOf(index);
  if (total === 0) return null;

  let below = 0;
  let lower: number | undefined;
  for (let index = 0; index < ascendingValues.length; index += 1) {
    if (weightOf(index) === 0) continue;
    const value = ascendingValues[index]!;
    if (lower !== undefined) return (lower + value) / 2;
    below += weightOf(index);
    if (below * 2 > total) return value;
    if (below * 2 === total) lower = value;
  }
  return lower ?? null;
}
