import fc from 'fast-check';
import { sampleCorrelation } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { correlationInterval, type MarkedCase } from './correlation-interval.ts';
import { seededRandom } from './seeded-random.ts';

const OPTIONS = { samples: 200, seed: 1 };
const cases = (rows: readonly (readonly [string, number, boolean])[]): MarkedCase[] =>
  rows.map(([account_id, value, isMarked]) => ({ account_id, value, isMarked }));

describe('correlationInterval', () => {
  it('gives the value worked by hand', () => {
    // x = 10 20 30 40, y = 0 0 1 1: n Σxy − Σx Σy = 4·70 − 100·2 = 80; √((4·3000 − 100²)(4·2 − 2²)) = √8000
    const found = correlationInterval(
      cases([
        ['a', 10, false],
        ['b', 20, false],
        ['c', 30, true],
        ['d', 40, true],
      ]),
      OPTIONS,
    );
    expect(found.value).toBeCloseTo(80 / Math.sqrt(8000), 12);
  });

  it('agrees with the correlation of a library, whatever the order and the accounts', () => {
    const row = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 0, max: 100 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 40 }), (rows) => {
        const { value } = correlationInterval(cases(rows), { samples: 1, seed: 1 });
        const [values, marks] = [rows.map(([, x]) => x), rows.map(([, , y]) => (y ? 1 : 0))];
        if (new Set(values).size < 2 || new Set(marks).size < 2) return value === null;
        const reversed = correlationInterval(cases([...rows].reverse()), { samples: 1, seed: 1 }).value;
        return (
          Math.abs(value! - sampleCorrelation(values, marks)) < 1e-9 && Math.abs(value! - reversed!) < 1e-9
        );
      }),
    );
  });

  it('is null without a difference to go with', () => {
    const nothing = { value: null, low: null, high: null };
    expect(correlationInterval([], OPTIONS)).toEqual(nothing);
    expect(
      correlationInterval(
        cases([
          ['a', 1, true],
          ['b', 2, true],
        ]),
        OPTIONS,
      ),
    ).toEqual(nothing);
    expect(
      correlationInterval(
        cases([
          ['a', 0.1, true],
          ['b', 0.1, false],
          ['c', 0.1, false],
        ]),
        OPTIONS,
      ),
    ).toEqual(nothing);
  });

  it('holds a planted correlation in 95 % of its intervals, cases of an account together', () => {
    // An account's value and its mark share a draw and have one of their own: correlation 1/2 of the latent numbers, and of a
    // number with the sign of another 1/2 · √(2/π) = 0.399.
    const planted = 0.5 * Math.sqrt(2 / Math.PI);
    let held = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = seededRandom(seed);
      const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const rows = Array.from({ length: 150 }, (_, account) => {
        const shared = normal();
        const value = shared + normal();
        const isMarked = shared + normal() > 0;
        return [0, 1, 2].map(() => [`A${account}`, value, isMarked] as const);
      }).flat();
      const { low, high } = correlationInterval(cases(rows), { samples: 300, seed });
      if (low! <= planted && planted <= high!) held += 1;
    }
    expect(held).toBeGreaterThanOrEqual(180);
    expect(held).toBeLessThanOrEqual(198);
  });
});
