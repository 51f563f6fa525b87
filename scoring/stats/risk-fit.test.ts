import fc from 'fast-check';
import { logit } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { fitRisk, type RiskCases } from './risk-fit.ts';
import { seededRandom } from './seeded-random.ts';

const casesOf = (rows: readonly (readonly number[])[], churned: readonly number[]): RiskCases => ({
  featureCount: rows[0]!.length,
  features: Float64Array.from(rows.flat()),
  churned: Uint8Array.from(churned),
});

/** Cases whose churn follows planted strengths. */
function planted(strengths: readonly number[], intercept: number, count: number, seed: number): RiskCases {
  const random = seededRandom(seed);
  const rows = Array.from({ length: count }, () => strengths.map(() => random()));
  const churned = rows.map((row) => {
    const safe = row.reduce((sum, x, index) => sum + x * strengths[index]!, -intercept);
    return random() < 1 / (1 + Math.exp(safe)) ? 1 : 0;
  });
  return casesOf(rows, churned);
}

const gradientOf = (
  cases: RiskCases,
  fit: { intercept: number; strengths: Float64Array },
  penalty: number,
) => {
  const gradient = new Array<number>(cases.featureCount + 1).fill(0);
  for (let index = 0; index < cases.churned.length; index += 1) {
    const row = cases.features.subarray(index * cases.featureCount, (index + 1) * cases.featureCount);
    const safe = row.reduce((sum, x, feature) => sum + x * fit.strengths[feature]!, -fit.intercept);
    const slope = 1 / (1 + Math.exp(-safe)) - (cases.churned[index] === 1 ? 0 : 1);
    gradient[0]! += slope;
    row.forEach((x, feature) => {
      gradient[feature + 1]! += slope * x;
    });
  }
  return gradient.map((value, index) => (index === 0 ? value : value + penalty * fit.strengths[index - 1]!));
};

describe('fitRisk', () => {
  it('gives the log-odds of a table of two by two', () => {
    // of 20 at 0, 10 churned: log-odds 0; of 20 at 1, 2 churned: log-odds of renewal log(18 / 2) = 2.1972
    const rows = Array.from({ length: 40 }, (_, index) => [index < 20 ? 0 : 1]);
    const churned = rows.map((_, index) => (index < 10 || (index >= 20 && index < 22) ? 1 : 0));
    const fit = fitRisk(casesOf(rows, churned), { penalty: 0 })!;
    expect(fit.intercept).toBeCloseTo(0, 5);
    expect(fit.strengths[0]).toBeCloseTo(logit(18 / 20), 5);
  });

  it('recovers planted strengths', () => {
    const fit = fitRisk(planted([4, 2, 1, 0], 2, 40_000, 3), { penalty: 1 })!;
    expect(fit.intercept).toBeCloseTo(2, 0);
    for (const [index, strength] of [4, 2, 1, 0].entries())
      expect(Math.abs(fit.strengths[index]! - strength)).toBeLessThan(0.2);
  });

  it('holds a signal that speaks the wrong way at 0', () => {
    const rows = Array.from({ length: 40 }, (_, index) => [index % 2, Math.floor(index / 2) % 2]);
    const churned = rows.map(([good, bad], index) => (bad === 1 && (good === 0 || index % 3 === 0) ? 1 : 0));
    const fit = fitRisk(casesOf(rows, churned))!;
    expect(fit.strengths[0]).toBeGreaterThan(0);
    expect(fit.strengths[1]).toBe(0);
  });

  it('gives the one least loss under the bounds, from any start', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.array(fc.double({ min: -3, max: 5, noNaN: true }), { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        (seed, strengths, penalty) => {
          const cases = planted(strengths, 0.5, 200, seed);
          const fit = fitRisk(cases, { penalty });
          if (fit === null) return;
          // Karush–Kuhn–Tucker: no slope where free, no slope downwards at a bound
          for (const [index, slope] of gradientOf(cases, fit, penalty).entries()) {
            if (index === 0 || fit.strengths[index - 1]! > 0) expect(Math.abs(slope)).toBeLessThan(1e-3);
            else expect(slope).toBeGreaterThan(-1e-3);
          }
          const elsewhere = fitRisk(cases, {
            penalty,
            start: { intercept: 1, strengths: Float64Array.from(strengths, () => 2) },
          })!;
          for (const index of strengths.keys())
            expect(elsewhere.strengths[index]).toBeCloseTo(fit.strengths[index]!, 3);
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });

  it('takes a weight as so many copies of the case', () => {
    const cases = planted([2, 1], 1, 60, 9);
    const weights = Float64Array.from({ length: 60 }, (_, index) => index % 3);
    const copies = Array.from({ length: 60 }, (_, index) =>
      Array.from({ length: index % 3 }, () => index),
    ).flat();
    const copied = casesOf(
      copies.map((index) => [...cases.features.subarray(index * 2, index * 2 + 2)]),
      copies.map((index) => cases.churned[index]!),
    );
    const weighted = fitRisk(cases, { weights })!;
    const repeated = fitRisk(copied)!;
    expect(weighted.intercept).toBeCloseTo(repeated.intercept, 6);
    expect(weighted.strengths[0]).toBeCloseTo(repeated.strengths[0]!, 6);
  });

  it('stays finite when a signal parts the outcomes perfectly', () => {
    const fit = fitRisk(casesOf([[0], [0], [1], [1]], [1, 1, 0, 0]))!;
    expect(fit.strengths[0]).toBeGreaterThan(0);
    expect(fit.strengths[0]).toBeLessThan(10);
  });

  it('gives null when nobody churned or everybody did', () => {
    expect(fitRisk(casesOf([[1], [0]], [0, 0]))).toBeNull();
    expect(fitRisk(casesOf([[1], [0]], [1, 1]))).toBeNull();
  });

  it('finds the same answer of many cases, of which a part says where to begin', () => {
    // 30,000 rows in which some signals are nearly certain, once as they are and once each with half its weight, twice.
    const cases = planted([6, 3, 1, 0], 1, 30_000, 5);
    const whole = fitRisk(cases)!;
    const doubled = fitRisk(
      {
        featureCount: 4,
        features: Float64Array.from([...cases.features, ...cases.features]),
        churned: Uint8Array.from([...cases.churned, ...cases.churned]),
      },
      { weights: new Float64Array(60_000).fill(0.5) },
    )!;
    for (const [index, strength] of whole.strengths.entries())
      expect(doubled.strengths[index]).toBeCloseTo(strength, 8);
    const slopes = gradientOf(cases, whole, 1);
    for (const [index, slope] of slopes.entries())
      if (index === 0 || whole.strengths[index - 1]! > 0) expect(Math.abs(slope)).toBeLessThan(1e-5);
      else expect(slope).toBeGreaterThan(0);
  });
});
