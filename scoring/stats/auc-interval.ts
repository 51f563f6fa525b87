import { auc } from './auc.ts';
import { type BootstrapOptions, clusterBootstrap } from './cluster-bootstrap.ts';

/** A case with what orders it; the higher, the healthier. */
export interface OrderedCase {
  readonly account_id: string;
  readonly isChurned: boolean;
  readonly value: number;
}

/** An AUC (0–1) with its 95 % interval over accounts; null when one of the two outcomes is absent. */
export interface AucInterval {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * How well a value orders churned below renewed, with an interval from resampling whole accounts (`clusterBootstrap`).
 *
 * @example aucInterval([…], { samples: 1000, seed: 1 }) // { value: 0.71, low: 0.64, high: 0.78 }
 */
export function aucInterval(cases: readonly OrderedCase[], bootstrap: BootstrapOptions): AucInterval {
  const sorted = [...cases].sort((left, right) => left.value - right.value);
  const values = sorted.map(({ value }) => value);
  const churned = sorted.map(({ isChurned }) => isChurned);
  const value = auc(values, churned);
  if (value === null) return { value, low: null, high: null };
  const numbers = new Map<string, number>();
  const clusters = sorted.map(({ account_id }) => {
    const number = numbers.get(account_id) ?? numbers.size;
    numbers.set(account_id, number);
    return number;
  });
  const interval = clusterBootstrap(
    clusters,
    numbers.size,
    (weights) => auc(values, churned, weights),
    bootstrap,
  );
  return { value, low: interval?.low ?? null, high: interval?.high ?? null };
}
