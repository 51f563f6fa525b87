import { describe, expect, it } from 'vitest';
import { brier } from './brier.ts';

describe('brier', () => {
  it("gives the published value of scikit-learn's example", () => {
    // brier_score_loss([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]) = 0.0375
    expect(brier([0.1, 0.9, 0.8, 0.3], [false, true, true, false])).toBeCloseTo(0.0375, 12);
  });

  it('gives p·(1 − p) to whoever says the base rate', () => {
    expect(brier([0.25, 0.25, 0.25, 0.25], [true, false, false, false])).toBeCloseTo(0.1875, 12);
  });

  it('gives 0 for certainty that was right, null for no cases', () => {
    expect(brier([1, 0], [true, false])).toBe(0);
    expect(brier([], [])).toBeNull();
  });
});
