import { describe, expect, it } from 'vitest';
import { auc } from './auc.ts';
import { aucInterval, aucIntervalOf } from './auc-interval.ts';
import { clusterBootstrap } from './cluster-bootstrap.ts';
import { seededRandom } from './seeded-random.ts';

const BOOTSTRAP = { samples: 200, seed: 1 };

describe('aucInterval', () => {
  // The example of auc: of 2 × 2 pairs the churned one is lower in 3.
  const cases = [
    { account_id: 'D', isChurned: false, value: 40 },
    { account_id: 'A', isChurned: true, value: 10 },
    { account_id: 'C', isChurned: true, value: 30 },
    { account_id: 'B', isChurned: false, value: 20 },
  ];

  it('orders the cases itself', () => {
    expect(aucInterval(cases, BOOTSTRAP).value).toBe(0.75);
    expect(aucInterval([...cases].reverse(), BOOTSTRAP)).toEqual(aucInterval(cases, BOOTSTRAP));
  });

  it('keeps the cases of an account together: copies of them make the interval no narrower', () => {
    const copied = cases.flatMap((one) => Array.from({ length: 20 }, () => one));
    const { low, high } = aucInterval(copied, BOOTSTRAP);
    expect([low, high]).toEqual([aucInterval(cases, BOOTSTRAP).low, aucInterval(cases, BOOTSTRAP).high]);
  });

  it('gives null without both outcomes', () => {
    expect(aucInterval(cases.slice(0, 1), BOOTSTRAP)).toEqual({ value: null, low: null, high: null });
  });

  it('is the bootstrap of auc, ties and all', () => {
    const random = seededRandom(2);
    const values = Float64Array.from({ length: 400 }, () => Math.floor(random() * 30)).sort();
    const churned = Uint8Array.from(values, (value) => (random() * 40 > value ? 1 : 0));
    const clusters = Int32Array.from(values, () => Math.floor(random() * 50));
    const interval = clusterBootstrap(clusters, 50, (weights) => auc(values, churned, weights), BOOTSTRAP)!;
    expect(aucIntervalOf({ values, churned, clusters, clusterCount: 50 }, BOOTSTRAP)).toEqual({
      value: auc(values, churned),
      ...interval,
    });
  });
});
