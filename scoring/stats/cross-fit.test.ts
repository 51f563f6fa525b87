import { describe, expect, it } from 'vitest';
import { auc } from './auc.ts';
import { crossFit, crossFitInterval } from './cross-fit.ts';
import { seededRandom } from './seeded-random.ts';

/** 200 clusters of three cases, whose churn falls from `rate` to a third of it as the feature grows, or does not. */
function cases(rate: number, isInformative: boolean, seed: number) {
  const random = seededRandom(seed);
  const features = new Float64Array(600);
  const churned = new Uint8Array(600);
  const clusters: string[] = [];
  for (let row = 0; row < 600; row += 1) {
    features[row] = random();
    churned[row] = random() < rate * (isInformative ? 1 - (2 / 3) * features[row]! : 1) ? 1 : 0;
    clusters.push(`C${Math.floor(row / 3)}`);
  }
  return { matrix: { featureCount: 1, features, churned }, clusters };
}

const aucOf = (safety: Float64Array, churned: Uint8Array) => {
  const order = [...safety.keys()].sort((left, right) => safety[left]! - safety[right]!);
  return auc(
    order.map((row) => safety[row]!),
    order.map((row) => churned[row]!),
  )!;
};

describe('crossFit', () => {
  it('orders by chance what churns by chance, without the bias below it that intercepts bring', () => {
    let total = 0;
    for (let seed = 1; seed <= 40; seed += 1) {
      const { matrix, clusters } = cases(0.2, false, seed);
      total += aucOf(crossFit(matrix, clusters, 1)!, matrix.churned);
    }
    expect(Math.abs(total / 40 - 0.5)).toBeLessThan(0.02);
  });

  it('orders what the feature orders', () => {
    const { matrix, clusters } = cases(0.4, true, 3);
    expect(aucOf(crossFit(matrix, clusters, 1)!, matrix.churned)).toBeGreaterThan(0.6);
  });

  it('does not see the outcome of the cluster that it judges', () => {
    const { matrix, clusters } = cases(0.4, true, 5);
    const before = crossFit(matrix, clusters, 1)!;
    const churned = matrix.churned.slice();
    const fold = new Set([...new Set(clusters)].sort().filter((_, index) => index % 10 === 0));
    for (const [row, cluster] of clusters.entries()) if (fold.has(cluster)) churned[row] = 1 - churned[row]!;
    const after = crossFit({ ...matrix, churned }, clusters, 1)!;
    for (const [row, cluster] of clusters.entries())
      if (fold.has(cluster)) expect(after[row]).toBe(before[row]);
  });

  it('gives null where a fold leaves one outcome only', () => {
    const { matrix, clusters } = cases(0, false, 1);
    expect(crossFit(matrix, clusters, 1)).toBeNull();
    const churned = matrix.churned.slice();
    churned[0] = 1; // the one churn is missing when its own cluster is judged
    expect(crossFit({ ...matrix, churned }, clusters, 1)).toBeNull();
  });
});

describe('crossFit of what does not vary', () => {
  it('reads no order from the last digits of the fits', () => {
    const { matrix, clusters } = cases(0.3, true, 4);
    // the same for all, as the days to renewal are 90 days before each; and a feature that speaks the wrong way
    const features = Float64Array.from({ length: 1800 }, (_, place) =>
      place % 3 === 2 ? 1 - matrix.features[Math.floor(place / 3)]! : 1,
    );
    const safety = crossFit({ featureCount: 3, features, churned: matrix.churned }, clusters, 1)!;
    expect(new Set(safety)).toEqual(new Set([0]));
  });
});

describe('crossFitInterval', () => {
  it('is wider by the root of 1 + 10 / 9, to either side, and ends at 0 and 1', () => {
    const { value, low, high } = crossFitInterval({ value: 0.6, low: 0.5, high: 0.7 });
    expect(value).toBe(0.6);
    expect(low).toBeCloseTo(0.6 - 0.1 * 1.452966, 6);
    expect(high).toBeCloseTo(0.6 + 0.1 * 1.452966, 6);
    expect(crossFitInterval({ value: 0.95, low: 0.9, high: 0.99 }).high).toBe(1);
  });

  it('is none where there is none', () => {
    expect(crossFitInterval({ value: 0.6, low: null, high: null }).low).toBeNull();
  });
});
