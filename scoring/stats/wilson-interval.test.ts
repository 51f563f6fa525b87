import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilsonInterval } from './wilson-interval.ts';

describe('wilsonInterval', () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('gives the published interval of %i of %i', (hits, n, low, high) => {
    const interval = wilsonInterval(hits / n, n)!;
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('gives null for no cases', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });

  it('refuses what is no proportion', () => {
    expect(() => wilsonInterval(1.2, 10)).toThrow(expect.objectContaining({ code: 'STATISTIC_UNDEFINED' }));
    expect(() => wilsonInterval(0.5, -1)).toThrow('wilsonInterval');
  });

  it('holds the proportion, within 0 and 1, and mirrors it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), (n, seed) => {
        const hits = seed % (n + 1);
        const { low, high } = wilsonInterval(hits / n, n)!;
        const mirror = wilsonInterval(1 - hits / n, n)!;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(hits / n);
        expect(high).toBeGreaterThanOrEqual(hits / n);
        expect(mirror.low).toBeCloseTo(1 - high, 9);
      }),
    );
  });
});
