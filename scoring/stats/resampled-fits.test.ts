import { quantileSorted } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { refits, resampledFits, steppedFits } from './resampled-fits.ts';
import { fitRisk, type RiskCases } from './risk-fit.ts';
import { seededRandom } from './seeded-random.ts';

/** Twenty cases an account, of which the strengths 3, 1 and 0 decide. */
function planted(count: number, seed: number): RiskCases {
  const random = seededRandom(seed);
  const features = Float64Array.from({ length: 3 * count }, random);
  const churned = Uint8Array.from({ length: count }, (_, row) => {
    const safe = 3 * features[3 * row]! + features[3 * row + 1]! - 0.5;
    return random() < 1 / (1 + Math.exp(safe)) ? 1 : 0;
  });
  return { featureCount: 3, features, churned };
}
const accountsOf = ({ churned }: RiskCases) => churned.map((_, row) => Math.floor(row / 20));
const numbersOf = ({ churned }: RiskCases) =>
  Int32Array.from({ length: churned.length }, (_, row) => Math.floor(row / 20));
const sharesOf = (strengths: Float64Array) => {
  const total = strengths.reduce((sum, each) => sum + each, 0);
  return strengths.map((each) => (100 * each) / total);
};
const OPTIONS = { samples: 200, seed: 1, penalty: 1 };

describe('resampledFits', () => {
  it('fits each resample as the cases drawn so often', () => {
    const cases = planted(60, 1);
    const [first] = refits(cases, accountsOf(cases), 3, fitRisk(cases)!, { ...OPTIONS, samples: 1 });
    const random = seededRandom(1);
    const drawn = Array.from({ length: 3 }, () => Math.floor(random() * 3));
    const rows = drawn.flatMap((account) => Array.from({ length: 20 }, (_, row) => account * 20 + row));
    const byHand = fitRisk({
      featureCount: 3,
      features: Float64Array.from(rows.flatMap((row) => [...cases.features.subarray(3 * row, 3 * row + 3)])),
      churned: Uint8Array.from(rows, (row) => cases.churned[row]!),
    })!;
    for (const [index, strength] of first!.entries())
      expect(strength).toBeCloseTo(byHand.strengths[index]!, 7);
  });

  it('leaves out resamples with one outcome only, in either way', () => {
    const cases = { featureCount: 1, features: new Float64Array([0, 1]), churned: new Uint8Array([1, 0]) };
    const fit = fitRisk(cases)!;
    for (const way of [refits, steppedFits]) {
      const found = way(cases, [0, 1], 2, fit, OPTIONS);
      expect(found.length).toBeGreaterThan(60); // half of them, on average
      expect(found.length).toBeLessThan(140);
    }
  });

  it('gives by one step what fits to the end give, to a fraction of their spread', () => {
    const cases = planted(40_000, 2);
    const fit = fitRisk(cases)!;
    const exact = refits(cases, numbersOf(cases), 2000, fit, OPTIONS).map(sharesOf);
    const stepped = steppedFits(cases, numbersOf(cases), 2000, fit, OPTIONS).map(sharesOf);
    const end = (shares: Float64Array[], feature: number, at: number) =>
      quantileSorted(
        shares.map((each) => each[feature]!).sort((left, right) => left - right),
        at,
      );
    for (const feature of [0, 1, 2]) {
      const width = end(exact, feature, 0.975) - end(exact, feature, 0.025);
      expect(width).toBeGreaterThan(0);
      for (const at of [0.025, 0.975])
        expect(Math.abs(end(exact, feature, at) - end(stepped, feature, at))).toBeLessThan(0.03 * width);
    }
  });

  it('takes one step of more than 100,000 cases, and fits fewer to the end', () => {
    const options = { ...OPTIONS, samples: 2 };
    for (const [count, way] of [
      [100_000, refits],
      [100_020, steppedFits],
    ] as const) {
      const cases = planted(count, 3);
      const fit = fitRisk(cases)!;
      const clusters = numbersOf(cases);
      expect(resampledFits(cases, clusters, count / 20, fit, options)).toEqual(
        way(cases, clusters, count / 20, fit, options),
      );
    }
  });
});
