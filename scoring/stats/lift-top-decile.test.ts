import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { liftTopDecile } from './lift-top-decile.ts';

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index);

describe('liftTopDecile', () => {
  it('compares the lowest tenth with all', () => {
    // 20 cases, churned are 0, 1, 10, 11: the lowest two churned both, 4 of 20 overall: 1 / 0.2
    expect(
      liftTopDecile(
        upTo(20),
        upTo(20).map((score) => [0, 1, 10, 11].includes(score)),
      ),
    ).toBe(5);
  });

  it('takes cases tied at the edge in part', () => {
    // all tied: any tenth is like the whole
    expect(
      liftTopDecile(
        upTo(20).map(() => 50),
        upTo(20).map((index) => index < 4),
      ),
    ).toBeCloseTo(1, 12);
    // 10 cases, decile of 1; the two lowest are tied and one of them churned: ½ / 0.1
    expect(
      liftTopDecile(
        [1, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        upTo(10).map((index) => index === 0),
      ),
    ).toBeCloseTo(5, 12);
  });

  it('gives null when nobody churned', () => {
    expect(liftTopDecile([1, 2], [false, false])).toBeNull();
  });

  it('stays between 0 and 10', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.boolean()), { minLength: 1 }),
        (list) => {
          const sorted = [...list].sort(([left], [right]) => left - right);
          const lift = liftTopDecile(
            sorted.map(([score]) => score),
            sorted.map(([, isChurned]) => isChurned),
          );
          return lift === null || (lift >= 0 && lift <= 10 + 1e-9);
        },
      ),
    );
  });
});
