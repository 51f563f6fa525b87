/**
 * Mean of the share of churned cases that were flagged and the share of renewed cases that were not, 0–1.
 * Whoever says the same of everybody ("all renew") gets 0.5, whatever the churn rate (Brodersen et al. 2010).
 * Null when one of the two outcomes has no weight.
 *
 * @example balancedAccuracy([true, false, false, false], [true, true, false, false]) // 0.75
 */
export function balancedAccuracy(
  isFlagged: ArrayLike<boolean | number>,
  isChurned: ArrayLike<boolean | number>,
  weights?: ArrayLike<number>,
): number | null {
  let churned = 0;
  let churnedFlagged = 0;
  let renewed = 0;
  let renewedUnflagged = 0;
  for (let index = 0; index < isFlagged.length; index += 1) {
    const weight = weights === undefined ? 1 : weights[index]!;
    if (isChurned[index]) {
      churned += weight;
      if (isFlagged[index]) churnedFlagged += weight;
    } else {
      renewed += weight;
      if (!isFlagged[index]) renewedUnflagged += weight;
    }
  }
  if (churned === 0 || renewed === 0) return null;
  return (churnedFlagged / churned + renewedUnflagged / renewed) / 2;
}
