import { mean, quantileSorted, variance } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { betaDraw } from './beta-draw.ts';
import { seededRandom } from './seeded-random.ts';

const draws = (hits: number, misses: number, seed = 1) => {
  const random = seededRandom(seed);
  return Array.from({ length: 20_000 }, () => betaDraw(hits, misses, random));
};

describe('betaDraw', () => {
  it.each([
    [30, 10],
    [2, 5],
    [0.5, 0.5],
    [0.3, 4],
  ])('has the mean and variance of Beta(%d, %d)', (hits, misses) => {
    const sample = draws(hits, misses);
    const total = hits + misses;
    // a / (a + b), and ab / ((a + b)² (a + b + 1))
    expect(Math.abs(mean(sample) - hits / total)).toBeLessThan(0.01);
    const expected = (hits * misses) / (total ** 2 * (total + 1));
    expect(Math.abs(variance(sample) / expected - 1)).toBeLessThan(0.05);
  });

  it('has the quantiles of Beta(2, 5)', () => {
    // F(x) = 1 − (1 − x)⁶ − 6x(1 − x)⁵: 0.025 at 0.0433, 0.975 at 0.6412
    const sample = draws(2, 5, 3).sort((left, right) => left - right);
    expect(Math.abs(quantileSorted(sample, 0.025) - 0.0433)).toBeLessThan(0.01);
    expect(Math.abs(quantileSorted(sample, 0.975) - 0.6412)).toBeLessThan(0.01);
  });

  it('gives the end where nothing was seen on the other side', () => {
    const random = seededRandom(1);
    expect(betaDraw(0, 5, random)).toBe(0);
    expect(betaDraw(5, 0, random)).toBe(1);
  });
});
