import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascendingOrder } from './ascending-order.ts';
import { seededRandom } from './seeded-random.ts';

const MANY = 70_000;

describe('ascendingOrder', () => {
  it('gives the places of few numbers', () => {
    expect([...ascendingOrder(new Float64Array([30, 10, 20, 10]))]).toEqual([1, 3, 2, 0]);
    expect([...ascendingOrder(new Float64Array())]).toEqual([]);
  });

  it('orders many as a comparison each does, equal ones by their place', () => {
    const special = [0, -0, 1, -1, Infinity, -Infinity, Number.MIN_VALUE, -Number.MIN_VALUE, 1e300, -1e300];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const random = seededRandom(seed);
        const values = Float64Array.from({ length: MANY }, (_, index) =>
          random() < 0.3 ? special[index % special.length]! : Math.round((random() - 0.5) * 1e5) / 7,
        );
        const byComparison = [...values.keys()].sort((left, right) => values[left]! - values[right]!);
        expect(ascendingOrder(values)).toEqual(Uint32Array.from(byComparison));
      }),
      { numRuns: 3, seed: 1 },
    );
  });

  it('puts what is no number last, of few and of many', () => {
    for (const count of [5, MANY]) {
      const values = Float64Array.from({ length: count }, (_, index) => count - index);
      values[1] = Number.NaN;
      const order = ascendingOrder(values);
      expect(order.at(-1)).toBe(1);
      expect(order[0]).toBe(count - 1);
    }
  });
});
