import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balancedAccuracy } from './balanced-accuracy.ts';

describe('balancedAccuracy', () => {
  it("gives the published value of scikit-learn's example", () => {
    // balanced_accuracy_score([0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1]) = 0.625
    expect(balancedAccuracy([0, 1, 0, 0, 0, 1], [0, 1, 0, 0, 1, 0])).toBe(0.625);
  });

  it('gives one half to "all renew", whatever the churn rate', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 2 }), (isChurned) => {
        const value = balancedAccuracy(
          isChurned.map(() => false),
          isChurned,
        );
        return value === null ? new Set(isChurned).size === 1 : value === 0.5;
      }),
    );
  });
});
