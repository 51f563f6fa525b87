import fc from 'fast-check';
import { median } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { weightedMedian } from './weighted-median.ts';

describe('weightedMedian', () => {
  it('takes the middle, or the mean of the two middle ones', () => {
    expect(weightedMedian([10, 40, 90])).toBe(40);
    expect(weightedMedian([10, 40, 90], [1, 1, 2])).toBe(65);
    expect(weightedMedian([10, 40, 90], [1, 0, 1])).toBe(50);
  });

  it('gives null without weight', () => {
    expect(weightedMedian([])).toBeNull();
    expect(weightedMedian([3], [0])).toBeNull();
  });

  it('equals the plain median of the values repeated', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 3 })), {
          minLength: 1,
        }),
        (pairs) => {
          const sorted = [...pairs].sort(([left], [right]) => left - right);
          const repeated = sorted.flatMap(([value, weight]) => Array<number>(weight).fill(value));
          const value = weightedMedian(
            sorted.map(([value]) => value),
            sorted.map(([, weight]) => weight),
          );
          return repeated.length === 0 ? value === null : value === median(repeated);
        },
      ),
    );
  });
});
