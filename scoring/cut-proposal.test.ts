import { describe, expect, it } from 'vitest';
import { type CutOptions, proposeCuts } from './cut-proposal.ts';
import type { Observation } from './observations.ts';
import { seededRandom } from './stats/seeded-random.ts';
import { asObservation } from './test-company.ts';

const NOW = { red: 40, yellow: 70 };
const OPTIONS: CutOptions = { minimumChurns: 30, bootstrap: { samples: 200, seed: 1 } };

/** One case an account, whose chance of churn is a step at each of the points given. */
function company(chanceOf: (score: number) => number, { seed = 1, accounts = 1500 } = {}): Observation[] {
  const random = seededRandom(seed);
  return Array.from({ length: accounts }, (_, index) => {
    const score = random() * 100;
    const isChurned = random() < chanceOf(score);
    return asObservation(
      {
        account_id: `A${index}`,
        observed_date: '2025-01-31',
        resolved_date: '2025-05-31',
        churn_date: isChurned ? '2025-04-30' : null,
        values: [],
        days_to_renewal: 90,
        churn_chance: 0,
        arr: 1000,
      },
      'renewal',
      score,
    );
  });
}

describe('proposeCuts', () => {
  it('finds the steps that are planted, and moves to them', () => {
    const steps = (score: number) => (score < 55 ? 0.6 : score < 80 ? 0.2 : 0.01);
    const [red, yellow] = proposeCuts(company(steps), null, NOW, OPTIONS);
    expect(red).toMatchObject({ category: 'red', cut_now: 40, verdict: 'moved', segment: null, n: 1500 });
    expect(Math.abs(red.proposed_cut - 54)).toBeLessThanOrEqual(3);
    expect(red.ci_low!).toBeLessThanOrEqual(55);
    expect(red.ci_high!).toBeGreaterThanOrEqual(54);
    expect(red.gain_ci_low!).toBeGreaterThan(0);
    expect(red.share_fitted!).toBeGreaterThan(red.share_now!);
    expect(yellow).toMatchObject({ category: 'yellow', cut_now: 70, verdict: 'moved' });
    expect(Math.abs(yellow.proposed_cut - 79)).toBeLessThanOrEqual(3);
    expect(yellow.n).toBeLessThan(red.n);
  });

  it('keeps cuts that stand where the steps are', () => {
    const steps = (score: number) => (score < 40.5 ? 0.6 : score < 70.5 ? 0.2 : 0.01);
    for (const found of proposeCuts(company(steps, { seed: 2 }), null, NOW, OPTIONS))
      expect(found).toMatchObject({ verdict: 'kept', proposed_cut: found.cut_now });
  });

  it('moves nothing where churn is by chance, in 19 of 20 companies', () => {
    let moved = 0;
    for (let seed = 1; seed <= 20; seed += 1)
      moved += proposeCuts(
        company(() => 0.15, { seed, accounts: 400 }),
        null,
        NOW,
        { ...OPTIONS, bootstrap: { samples: 100, seed } },
      ).filter(({ verdict }) => verdict === 'moved').length;
    expect(moved).toBeLessThanOrEqual(1);
  });

  it('refuses with too few churns, of yellow among those above red', () => {
    const few = company((score) => (score < 30 ? 0.4 : 0.001), { seed: 4, accounts: 400 });
    const [red, yellow] = proposeCuts(few, 'smb', NOW, OPTIONS);
    expect(red.churn_count).toBeGreaterThanOrEqual(30);
    expect(red.segment).toBe('smb');
    expect(yellow).toMatchObject({
      verdict: 'not_enough_evidence',
      fitted_cut: null,
      proposed_cut: 70,
      gain: null,
    });
    expect(yellow.churn_count).toBeLessThan(30);
    expect(proposeCuts([], null, NOW, OPTIONS)[0]).toMatchObject({ n: 0, verdict: 'not_enough_evidence' });
  });

  it('never lets red reach yellow', () => {
    const high = company((score) => (score < 90 ? 0.5 : 0.01), { seed: 5 });
    const [red, yellow] = proposeCuts(high, null, NOW, OPTIONS);
    expect(red.proposed_cut).toBeLessThan(NOW.yellow);
    expect(yellow.proposed_cut).toBeGreaterThan(red.proposed_cut);
  });

  it('counts months of one account as one: copies make the interval no narrower', () => {
    const some = company((score) => (score < 50 ? 0.5 : 0.1), { seed: 6, accounts: 300 });
    const copied = some.flatMap((one) => [one, one, one, one]);
    const [one] = proposeCuts(some, null, NOW, OPTIONS);
    const [four] = proposeCuts(copied, null, NOW, OPTIONS);
    expect([four.fitted_cut, four.ci_low, four.ci_high, four.churn_count]).toEqual([
      one.fitted_cut,
      one.ci_low,
      one.ci_high,
      one.churn_count,
    ]);
  });
});
