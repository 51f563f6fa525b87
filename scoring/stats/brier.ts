/**
 * Brier score: the mean squared distance between the probability of churn (0–1) and what happened (0 or 1). 0
 * is perfect; always saying the base rate p gives p·(1 − p). Brier 1950, two-class form (half of his
 * original). Null without weight.
 *
 * @example brier([0.9, 0.2], [true, false]) // 0.025
 */
export function brier(
  probabilities: ArrayLike<number>,
  isChurned: ArrayLike<boolean | number>,
  weights?: ArrayLike<number>,
): number | null {
  let total = 0;
  let squares = 0;
  for (let index = 0; index < probabilities.length; index += 1) {
    const weight = weights === undefined ? 1 : weights[index]!;
    total += weight;
    squares += weight * (probabilities[index]! - (isChurned[index] ? 1 : 0)) ** 2;
  }
  return total === 0 ? null : squares / total;
}
