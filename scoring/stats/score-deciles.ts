/**
 * The decile (1 lowest scores … 10 highest) of each case by its score. Equal scores share a decile, that of
 * their middle rank, so that the order of the cases does not matter; a decile can then be larger than a
 * tenth, or empty. Scores come in ascending order.
 *
 * @example scoreDeciles([5, 15, 25, 35, 45, 55, 65, 75, 85, 95]) // [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
 */
export function scoreDeciles(ascendingScores: ArrayLike<number>): number[] {
  const n = ascendingScores.length;
  const deciles: number[] = [];
  for (let start = 0; start < n; ) {
    let next = start;
    while (next < n && ascendingScores[next] === ascendingScores[start]) next += 1;
    const middle = (start + next) / 2; // between 0 and n, the share below it is middle / n
    const decile = Math.min(10, Math.floor((10 * middle) / n) + 1);
    while (deciles.length < next) deciles.push(decile);
    start = next;
  }
  return deciles;
}
