import { clusterBootstrap } from './cluster-bootstrap.ts';
import type { BootstrapOptions } from './cluster-draws.ts';

/** A case with a number, and whether something happened. */
export interface MarkedCase {
  readonly account_id: string;
  readonly value: number;
  readonly isMarked: boolean;
}

/** A correlation (−1 to 1) with its 95 % interval over accounts; null when the number or the mark does not vary. */
export interface CorrelationInterval {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Sums over the cases of an account: count, value, value squared, marks, value where marked. */
type Sums = Float64Array;
const SUMS = 5;

/**
 * How a number goes with whether something happened: Pearson's correlation of the number with 0 and 1 (the point-biserial
 * correlation, Tate 1954), with an interval from resampling whole accounts (`clusterBootstrap`). Each resample is taken from
 * the sums of the accounts, which give the same as their cases.
 *
 * @example correlationInterval([…], { samples: 1000, seed: 1 }) // { value: 0.31, low: 0.22, high: 0.39 }
 */
export function correlationInterval(
  cases: readonly MarkedCase[],
  bootstrap: BootstrapOptions,
): CorrelationInterval {
  const centre = cases.reduce((sum, { value }) => sum + value, 0) / Math.max(1, cases.length);
  const byAccount = new Map<string, Sums>();
  for (const { account_id, value, isMarked } of cases) {
    const sums = byAccount.get(account_id) ?? new Float64Array(SUMS);
    byAccount.set(account_id, sums);
    const offset = value - centre;
    sums[0]! += 1;
    sums[1]! += offset;
    sums[2]! += offset * offset;
    sums[3]! += isMarked ? 1 : 0;
    sums[4]! += isMarked ? offset : 0;
  }
  const accounts = [...byAccount.values()];
  const correlation = (weights?: Float64Array): number | null => {
    const total = new Float64Array(SUMS);
    accounts.forEach((sums, index) => {
      const weight = weights === undefined ? 1 : weights[index]!;
      for (let each = 0; each < SUMS; each += 1) total[each]! += weight * sums[each]!;
    });
    return ofSums(total);
  };
  const value = correlation();
  if (value === null) return { value, low: null, high: null };
  const interval = clusterBootstrap([...accounts.keys()], accounts.length, correlation, bootstrap);
  return { value, low: interval?.low ?? null, high: interval?.high ?? null };
}

/** (n Σxy − Σx Σy) / √((n Σx² − (Σx)²)(n Σy − (Σy)²)), for y of 0 and 1; null where either does not vary. */
function ofSums([n = 0, x = 0, xx = 0, y = 0, xy = 0]: Sums): number | null {
  const spread = n * xx - x * x;
  const marks = n * y - y * y;
  // what is left of a constant by rounding is no spread
  if (marks <= 0 || spread <= 1e-12 * n * xx) return null;
  return Math.max(-1, Math.min(1, (n * xy - x * y) / Math.sqrt(spread * marks)));
}
