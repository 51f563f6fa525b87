import fc from 'fast-check';
import { sum } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { addDays } from './calendar.ts';
import { seededRandom } from './stats/seeded-random.ts';
import { type CalibrationCase, proposeWeights, type SignalWeight } from './weight-proposal.ts';
import { tryWeights } from './weight-trial.ts';

const SIGNALS = ['usage', 'support', 'payment', 'sentiment'];
const ASSUMED: SignalWeight[] = SIGNALS.map((signal) => ({ signal, weight: 25 }));
const OPTIONS = { minimumChurns: 30, bootstrap: { samples: 200, seed: 1 } };

/** Accounts seen in three months each, whose churn follows planted strengths (per 100 points of a signal). */
function company(
  strengths: readonly number[],
  { accounts = 600, seed = 1, absent = 0, intercept = 1.5 } = {},
): CalibrationCase[] {
  const random = seededRandom(seed);
  return Array.from({ length: accounts }, (_, account) => {
    const base = strengths.map(() => random() * 100);
    return [0, 1, 2].map((month): CalibrationCase => {
      const values = base.map((value) => Math.min(100, Math.max(0, value + (random() - 0.5) * 60)));
      const safe = values.reduce(
        (total, value, index) => total + (value / 100) * strengths[index]!,
        -intercept,
      );
      const isChurned = random() < 1 / (1 + Math.exp(safe));
      const observed_date = addDays('2024-01-31', (account % 24) * 30 + month * 30);
      return {
        account_id: `A${account}`,
        observed_date,
        resolved_date: addDays(observed_date, 120),
        churn_date: isChurned ? addDays(observed_date, 45) : null,
        values: values.map((value) => (random() < absent ? null : value)),
      };
    });
  }).flat();
}

describe('proposeWeights', () => {
  it('recovers planted weights and takes the points of one that says nothing', () => {
    const { signals, churn_count } = proposeWeights(
      company([4, 2, 2, 0], { accounts: 4000 }),
      ASSUMED,
      OPTIONS,
    );
    expect(churn_count).toBeGreaterThan(30);
    expect(signals.map(({ verdict }) => verdict)).toEqual(['fitted', 'fitted', 'fitted', 'against']);
    for (const [index, share] of [50, 25, 25, 0].entries())
      expect(Math.abs(signals[index]!.fitted_weight! - share)).toBeLessThan(4);
    for (const [index, share] of [50, 25, 25, 0].entries())
      expect(Math.abs(signals[index]!.proposed_weight - share)).toBeLessThan(4);
  });

  it('keeps a weight of which the outcomes say too little, and the points of it', () => {
    const assumed = [60, 30, 5, 5].map((weight, index) => ({ signal: SIGNALS[index]!, weight }));
    const cases = company([6, 5, 0.5, 0.5], { accounts: 120, intercept: 4 });
    const found = proposeWeights(cases, assumed, OPTIONS);
    const kept = found.signals.filter(({ verdict }) => verdict === 'kept');
    expect(kept.length).toBeGreaterThan(0);
    for (const one of kept) {
      expect(one.ci_low).toBe(0);
      expect(one.ci_high).toBeGreaterThanOrEqual(5);
      expect(one.proposed_weight).toBe(5);
    }
  });

  it('never takes from a signal whose share is above what was assumed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.array(fc.double({ min: 0, max: 8, noNaN: true }), { minLength: 4, maxLength: 4 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 3, maxLength: 3 }),
        (seed, strengths, cuts) => {
          const [a, b, c] = [...cuts].sort((left, right) => left - right) as [number, number, number];
          const assumed = [a, b - a, c - b, 100 - c].map((weight, index) => ({
            signal: SIGNALS[index]!,
            weight,
          }));
          const { signals } = proposeWeights(company(strengths, { accounts: 150, seed }), assumed, {
            minimumChurns: 1,
            bootstrap: { samples: 40, seed },
          });
          for (const one of signals)
            if (one.fitted_weight! > one.assumed_share!)
              expect(one.proposed_weight).toBeGreaterThanOrEqual(one.assumed_weight - 0.1); // tenths
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  it('fits nothing to a signal that knows too much too early', () => {
    const cases = company([3, 2, 1, 0]).map((one) => ({
      ...one,
      values: [...one.values.slice(0, 3), one.churn_date === null ? 90 : 5],
    }));
    const rewarded = proposeWeights(cases, ASSUMED, OPTIONS).signals[3]!;
    expect(rewarded.proposed_weight).toBeGreaterThan(80);
    const { signals } = proposeWeights(cases, ASSUMED, { ...OPTIONS, suspectedLeaks: ['sentiment'] });
    expect(signals[3]).toMatchObject({ verdict: 'suspected_leak', proposed_weight: 25, fitted_weight: null });
    expect(signals[0]!.proposed_weight).toBeGreaterThan(25);
  });

  it('names the signal that another moves with', () => {
    const cases = company([3, 2, 1, 0]).map((one) => ({
      ...one,
      values: [one.values[0]!, one.values[1]!, one.values[2]!, 100 - one.values[0]!],
    }));
    const { signals } = proposeWeights(cases, ASSUMED, OPTIONS);
    expect(signals[0]!.moves_with).toMatchObject({ signal: 'sentiment' });
    expect(signals[0]!.moves_with!.correlation).toBeCloseTo(-1, 9);
  });

  it('gives intervals that cover what was planted', () => {
    let covered = 0;
    let asked = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      const { signals } = proposeWeights(company([3, 2, 1, 0.5], { accounts: 500, seed }), ASSUMED, OPTIONS);
      for (const [index, share] of [300 / 6.5, 200 / 6.5, 100 / 6.5, 50 / 6.5].entries()) {
        asked += 1;
        if (signals[index]!.ci_low! <= share && share <= signals[index]!.ci_high!) covered += 1;
      }
    }
    expect(covered / asked).toBeGreaterThan(0.88); // 95 % nominal; 100 intervals, four of each sample
    expect(covered / asked).toBeLessThan(1);
  });

  it('adds to 100 whatever it is given, and keeps what it does not fit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.array(fc.double({ min: -1, max: 4, noNaN: true }), { minLength: 4, maxLength: 4 }),
        fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 3, maxLength: 3 }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        (seed, strengths, cuts, absent) => {
          const [a, b, c] = [...cuts].sort((left, right) => left - right) as [number, number, number];
          const assumed = [a, b - a, c - b, 100 - c].map((weight, index) => ({
            signal: SIGNALS[index]!,
            weight,
          }));
          const { signals } = proposeWeights(company(strengths, { accounts: 60, seed, absent }), assumed, {
            minimumChurns: 1,
            bootstrap: { samples: 20, seed },
          });
          expect(sum(signals.map(({ proposed_weight }) => proposed_weight))).toBeCloseTo(100, 9);
          for (const one of signals) {
            expect(one.proposed_weight).toBeGreaterThanOrEqual(0);
            if (one.verdict !== 'fitted' && one.verdict !== 'against')
              expect(one.proposed_weight).toBe(one.assumed_weight);
          }
        },
      ),
      { numRuns: 100, seed: 3 },
    );
  });

  it('refuses below 30 churns, however many months saw each', () => {
    const cases = company([4, 2, 2, 0], { accounts: 400 });
    const accounts = new Set<string>();
    const few = cases
      .filter(({ churn_date, account_id }) => {
        if (churn_date === null) return true;
        if (accounts.size < 29) accounts.add(account_id);
        return accounts.has(account_id);
      })
      .map((one) => (one.churn_date === null ? one : { ...one, churn_date: '2025-06-30' }));
    expect(few.filter(({ churn_date }) => churn_date !== null).length).toBeGreaterThanOrEqual(30);
    expect(() => proposeWeights(few, ASSUMED, OPTIONS)).toThrow(
      'Not enough evidence to propose weights: expected at least 30 known churns, found 29.',
    );
  });

  it('keeps the weight of a signal without data and of one that never varies', () => {
    const cases = company([4, 2, 2, 1]).map((one) => ({
      ...one,
      values: [one.values[0]!, one.values[1]!, null, 70],
    }));
    const { signals } = proposeWeights(cases, ASSUMED, OPTIONS);
    expect(signals.map(({ verdict, proposed_weight }) => [verdict, proposed_weight]).slice(2)).toEqual([
      ['no_data', 25],
      ['no_variation', 25],
    ]);
  });

  it('gives a shadow signal that foretells churn a weight', () => {
    const shadow = [40, 30, 30, 0].map((weight, index) => ({ signal: SIGNALS[index]!, weight }));
    const { signals } = proposeWeights(company([2, 1, 1, 4], { accounts: 2000 }), shadow, OPTIONS);
    expect(signals[3]!.proposed_weight).toBeGreaterThan(30);
  });

  it('does not depend on the order of the cases', () => {
    const cases = company([3, 2, 1, 0]);
    const forwards = proposeWeights(cases, ASSUMED, OPTIONS).signals;
    const backwards = proposeWeights([...cases].reverse(), ASSUMED, OPTIONS).signals;
    for (const [index, one] of forwards.entries())
      expect(backwards[index]!.fitted_weight).toBeCloseTo(one.fitted_weight!, 3);
  });
});

describe('tryWeights', () => {
  it('finds the gain of better weights on outcomes that the fit had not seen', () => {
    const trial = tryWeights(company([8, 1, 1, 1], { accounts: 3000, intercept: 4 }), ASSUMED, OPTIONS)!;
    expect(trial.auc_gain).toBeGreaterThan(0.01);
    expect(trial.ci_low!).toBeGreaterThan(0);
  });

  it('reads no outcome that became known after the quarter began', () => {
    const cases = company([3, 2, 1, 0]).sort((left, right) =>
      left.observed_date.localeCompare(right.observed_date),
    );
    const lastQuarter = cases.filter(({ observed_date }) => observed_date >= '2025-10-01');
    const trial = tryWeights(cases, ASSUMED, OPTIONS)!;
    // Outcomes of the last quarter turned around, they are judged otherwise but fitted nowhere.
    const turned = cases.map((one) =>
      lastQuarter.includes(one)
        ? { ...one, churn_date: one.churn_date === null ? one.resolved_date : null }
        : one,
    );
    const tryEarlier = (from: readonly CalibrationCase[]) =>
      tryWeights(
        from.filter(({ observed_date }) => observed_date < '2025-10-01'),
        ASSUMED,
        OPTIONS,
      )!;
    expect(tryEarlier(turned)).toEqual(tryEarlier(cases));
    expect(tryWeights(turned, ASSUMED, OPTIONS)!.auc_proposed).toBeLessThan(trial.auc_proposed);
  });

  it('gives null when no quarter had enough churns before it', () => {
    expect(tryWeights(company([3, 2, 1, 0], { accounts: 40 }), ASSUMED, OPTIONS)).toBeNull();
  });
});
