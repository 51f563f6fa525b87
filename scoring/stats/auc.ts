import { statisticUndefined } from '../errors.ts';

/**
 * Area under the ROC curve of a health score: the probability (0–1) that a random churned case scored lower
 * than a random renewed one, ties counted half. 0.5 is chance, 1 a perfect order.
 *
 * By ranks with ties (Mann–Whitney U over n₊·n₋; Hanley & McNeil 1982, "The meaning and use of the area under
 * a ROC curve"), in one pass over cases sorted by ascending score. `weights` count a case more than once, as
 * a bootstrap does. Gives null when one of the two outcomes has no weight.
 *
 * @throws ScoringError STATISTIC_UNDEFINED when the scores are not ascending
 * @example auc([10, 20, 30, 40], [true, false, true, false]) // 0.75
 */
export function auc(
  scores: ArrayLike<number>,
  isChurned: ArrayLike<boolean | number>,
  weights?: ArrayLike<number>,
): number | null {
  let churned = 0;
  let renewed = 0;
  let pairsWon = 0;
  for (let start = 0; start < scores.length; ) {
    const score = scores[start]!;
    let tiedChurned = 0;
    let tiedRenewed = 0;
    let next = start;
    for (; next < scores.length && scores[next] === score; next += 1) {
      const weight = weights === undefined ? 1 : weights[next]!;
      if (isChurned[next]) tiedChurned += weight;
      else tiedRenewed += weight;
    }
    if (next < scores.length && !(scores[next]! > score)) {
      throw statisticUndefined('auc', 'expected scores in ascending order');
    }
    pairsWon += tiedRenewed * (churned + tiedChurned / 2);
    churned += tiedChurned;
    renewed += tiedRenewed;
    start = next;
  }
  return churned === 0 || renewed === 0 ? null : pairsWon / (churned * renewed);
}
