import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitPlatt, plattProbability } from './platt-calibration.ts';

describe('fitPlatt', () => {
  it('meets the drawn-in shares of two groups exactly', () => {
    // 10 churned and 30 renewed: targets 11/12 and 1/32; two groups, two parameters, so the fit is exact:
    // (10 · 11/12 + 10 · 1/32) / 20 = 0.473958 at 30, and 1/32 at 90
    const curve = fitPlatt([
      { score: 30, churned: 10, renewed: 10 },
      { score: 90, churned: 0, renewed: 20 },
    ])!;
    expect(plattProbability(curve, 30)).toBeCloseTo(0.473958, 6);
    expect(plattProbability(curve, 90)).toBeCloseTo(1 / 32, 6);
  });

  it('stays finite where the classes are perfectly parted, or all scores are one', () => {
    const parted = fitPlatt([
      { score: 0, churned: 5, renewed: 0 },
      { score: 100, churned: 0, renewed: 5 },
    ])!;
    expect(plattProbability(parted, 0)).toBeCloseTo(6 / 7, 6);
    const single = fitPlatt([{ score: 60, churned: 1, renewed: 3 }])!;
    expect(plattProbability(single, 60)).toBeCloseTo((2 / 3 + 3 / 5) / 4, 6);
  });

  it('gives null for one outcome only', () => {
    expect(fitPlatt([{ score: 50, churned: 0, renewed: 9 }])).toBeNull();
    expect(fitPlatt([])).toBeNull();
  });

  it('foretells as many churns as the drawn-in outcomes hold', () => {
    const group = fc.record({
      score: fc.integer({ min: 0, max: 100 }),
      churned: fc.integer({ min: 0, max: 30 }),
      renewed: fc.integer({ min: 0, max: 90 }),
    });
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 20 }), (counts) => {
        const curve = fitPlatt(counts);
        if (curve === null) return;
        const churned = counts.reduce((sum, count) => sum + count.churned, 0);
        const renewed = counts.reduce((sum, count) => sum + count.renewed, 0);
        const foretold = counts.reduce(
          (sum, count) => sum + (count.churned + count.renewed) * plattProbability(curve, count.score),
          0,
        );
        const target = (churned * (churned + 1)) / (churned + 2) + renewed / (renewed + 2);
        expect(foretold / (churned + renewed)).toBeCloseTo(target / (churned + renewed), 5);
      }),
    );
  });
});
