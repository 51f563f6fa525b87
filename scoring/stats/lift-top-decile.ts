/**
 * How much more often the riskiest tenth churned than everybody: the churn rate among the 10 % with the
 * lowest scores over the churn rate of all. 1 is chance; at most 10 (or 1 / churn rate, when that is less).
 *
 * Cases come sorted by ascending score. Cases tied at the edge of the tenth count in part, so that their
 * order does not matter. `weights` as in `auc`. Gives null when nobody churned.
 *
 * @example
 * // 20 cases, 4 churned, the two lowest scores among them: (2 / 2) / (4 / 20)
 * liftTopDecile(scores, isChurned) // 5
 */
export function liftTopDecile(
  scores: ArrayLike<number>,
  isChurned: ArrayLike<boolean | number>,
  weights?: ArrayLike<number>,
): number | null {
  const weightOf = (index: number) => (weights === undefined ? 1 : weights[index]!);
  let total = 0;
  let churned = 0;
  for (let index = 0; index < scores.length; index += 1) {
    total += weightOf(index);
    if (isChurned[index]) churned += weightOf(index);
  }
  if (churned === 0) return null;

  const decile = total / 10;
  let taken = 0;
  let takenChurned = 0;
  for (let start = 0; start < scores.length && taken < decile; ) {
    let tied = 0;
    let tiedChurned = 0;
    let next = start;
    for (; next < scores.length && scores[next] === scores[start]; next += 1) {
      tied += weightOf(next);
      if (isChurned[next]) tiedChurned += weightOf(next);
    }
    if (tied > 0) {
      const share = Math.min(1, (decile - taken) / tied);
      taken += tied * share;
      takenChurned += tiedChurned * share;
    }
    start = next;
  }
  return takenChurned / decile / (churned / total);
}
