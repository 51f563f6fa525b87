import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auc } from './auc.ts';

/** By its definition: the share of pairs (churned, renewed) in which the churned one scored lower. */
function aucByPairs(cases: readonly (readonly [number, boolean])[]): number | null {
  const churned = cases.filter(([, isChurned]) => isChurned);
  const renewed = cases.filter(([, isChurned]) => !isChurned);
  if (churned.length === 0 || renewed.length === 0) return null;
  let won = 0;
  for (const [low] of churned) for (const [high] of renewed) won += low < high ? 1 : low === high ? 0.5 : 0;
  return won / (churned.length * renewed.length);
}

const cases = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean()), { maxLength: 60 })
  .map((list) => [...list].sort(([left], [right]) => left - right));

describe('auc', () => {
  it("gives the published value of scikit-learn's example", () => {
    // roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) = 0.75, the risks turned into ascending scores
    expect(auc([-0.8, -0.4, -0.35, -0.1], [true, false, true, false])).toBe(0.75);
  });

  it('counts ties half', () => {
    // pairs: (10, 10) ½, (10, 30) 1, (20, 10) 0, (20, 30) 1 → 2.5 / 4
    expect(auc([10, 10, 20, 30], [true, false, true, false])).toBe(0.625);
    expect(auc([50, 50, 50], [true, false, false])).toBe(0.5);
  });

  it('gives 1 for a perfect order and 0 for its reverse', () => {
    expect(auc([1, 2, 3, 4], [true, true, false, false])).toBe(1);
    expect(auc([1, 2, 3, 4], [false, false, true, true])).toBe(0);
  });

  it('gives null for one outcome only', () => {
    expect(auc([1, 2], [true, true])).toBeNull();
    expect(auc([], [])).toBeNull();
  });

  it('refuses scores that are not in order', () => {
    expect(() => auc([2, 1], [true, false])).toThrow(
      expect.objectContaining({ code: 'STATISTIC_UNDEFINED' }),
    );
    expect(() => auc([1, Number.NaN], [true, false])).toThrow('ascending');
  });

  it('equals the count of pairs, and 1 minus it with outcomes swapped', () => {
    fc.assert(
      fc.property(cases, (list) => {
        const scores = list.map(([score]) => score);
        const byPairs = aucByPairs(list);
        const value = auc(
          scores,
          list.map(([, isChurned]) => isChurned),
        );
        const swapped = auc(
          scores,
          list.map(([, isChurned]) => !isChurned),
        );
        if (byPairs === null) return value === null && swapped === null;
        return Math.abs(value! - byPairs) < 1e-12 && Math.abs(value! + swapped! - 1) < 1e-12;
      }),
    );
  });

  it('takes a weight of two as the case twice', () => {
    expect(auc([1, 2, 3], [true, false, true], [2, 1, 1])).toBe(auc([1, 1, 2, 3], [true, true, false, true]));
  });
});
