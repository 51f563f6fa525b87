import { describe, expect, it } from 'vitest';
import { aucGain, type ScoredTwice } from './auc-gain.ts';
import { seededRandom } from './seeded-random.ts';

const OPTIONS = { samples: 300, seed: 1 };

const company = (count: number, accounts = count): ScoredTwice[] => {
  const random = seededRandom(4);
  return Array.from({ length: count }, (_, index) => {
    const isChurned = random() < 0.3;
    const noise = () => random() * 100;
    return {
      account_id: `A${index % accounts}`,
      isChurned,
      before: noise(),
      after: noise() - (isChurned ? 40 : 0),
    };
  });
};

describe('aucGain', () => {
  it('gives the AUC of each score of four cases', () => {
    const cases = [
      [10, 40, true],
      [20, 30, false],
      [30, 20, true],
      [40, 10, false],
    ].map(([before, after, isChurned], index) => ({
      account_id: `A${index}`,
      before,
      after,
      isChurned,
    })) as ScoredTwice[];
    // pairs won: before 3 of 4, after 1 of 4
    expect(aucGain(cases, OPTIONS)).toMatchObject({ before: 0.75, after: 0.25, gain: -0.5 });
  });

  it('is above 0 for a score that orders better, and exactly 0 for the same one', () => {
    const better = aucGain(company(600), OPTIONS)!;
    expect(better.low!).toBeGreaterThan(0.1);
    const same = company(600).map((one) => ({ ...one, after: one.before }));
    expect(aucGain(same, OPTIONS)).toMatchObject({ gain: 0, low: 0, high: 0 });
  });

  it('turns its sign when the scores change places', () => {
    const forwards = aucGain(company(200), OPTIONS)!;
    const backwards = aucGain(
      company(200).map((one) => ({ ...one, before: one.after, after: one.before })),
      OPTIONS,
    )!;
    expect(backwards.gain).toBeCloseTo(-forwards.gain, 12);
  });

  it('gives null when nobody churned', () => {
    expect(
      aucGain(
        company(20).map((one) => ({ ...one, isChurned: false })),
        OPTIONS,
      ),
    ).toBeNull();
  });
});
