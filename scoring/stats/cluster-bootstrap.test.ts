import { describe, expect, it } from 'vitest';
import { clusterBootstrap } from './cluster-bootstrap.ts';
import { seededRandom } from './seeded-random.ts';

const OPTIONS = { samples: 2000, seed: 7 };

const meanOf = (values: readonly number[]) => (weights: Float64Array) => {
  let total = 0;
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) {
    total += weights[index]!;
    sum += weights[index]! * values[index]!;
  }
  return total === 0 ? null : sum / total;
};
const numbers = (n: number) => Array.from({ length: n }, (_, index) => index);

describe('clusterBootstrap', () => {
  it('comes near the normal interval for the mean of independent cases', () => {
    const random = seededRandom(3);
    const values = numbers(400).map(() => random());
    // uniform on 0–1: standard error √(1/12 / 400) = 0.01443, half-width 0.0283
    const { low, high } = clusterBootstrap(numbers(400), 400, meanOf(values), OPTIONS)!;
    expect((high - low) / 2).toBeCloseTo(0.0283, 2);
  });

  it('takes copies within an account as no new evidence', () => {
    const random = seededRandom(5);
    const values = numbers(60).map(() => random());
    const copied = values.flatMap((value) => [value, value, value]);
    const clusters = numbers(60).flatMap((cluster) => [cluster, cluster, cluster]);
    const one = clusterBootstrap(numbers(60), 60, meanOf(values), OPTIONS)!;
    const three = clusterBootstrap(clusters, 60, meanOf(copied), OPTIONS)!;
    expect(three.low).toBeCloseTo(one.low, 12);
    expect(three.high).toBeCloseTo(one.high, 12);
  });

  it('gives the same interval for the same seed', () => {
    const statistic = meanOf([1, 5, 9, 2]);
    expect(clusterBootstrap(numbers(4), 4, statistic, OPTIONS)).toEqual(
      clusterBootstrap(numbers(4), 4, statistic, OPTIONS),
    );
  });

  it('gives null with one account, or when the statistic is mostly undefined', () => {
    expect(clusterBootstrap([0, 0], 1, () => 1, OPTIONS)).toBeNull();
    expect(clusterBootstrap([0, 1], 2, () => null, OPTIONS)).toBeNull();
  });
});
