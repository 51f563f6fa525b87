import { describe, expect, it } from 'vitest';
import { calendarLift } from './calendar-lift.ts';
import { auc } from './stats/auc.ts';
import { asObservation, type SimulatedCase, simulateCompany } from './test-company.ts';
import { proposeWeights } from './weight-proposal.ts';
import { tryWeights } from './weight-trial.ts';

// A few of the simulated companies of `npm run bench -- truth`, which has 200 a claim.
const BOOTSTRAP = { samples: 200, seed: 1 };
const WEIGHTS = [15, 15, 10, 10, 10, 10, 10, 8, 7, 5];
const ASSUMED = WEIGHTS.map((weight, index) => ({ signal: `signal_${index}`, weight }));
const OPTIONS = { minimumChurns: 30, bootstrap: BOOTSTRAP };

const scoreOf = ({ values }: SimulatedCase, weights: readonly number[]) =>
  values.reduce<number>((sum, value, index) => sum + (weights[index]! * value!) / 100, 0);

function aucOf(cases: readonly SimulatedCase[], weights: readonly number[]): number {
  const sorted = cases
    .map((one) => ({ score: scoreOf(one, weights), isChurned: one.churn_date !== null }))
    .sort((left, right) => left.score - right.score);
  return auc(
    sorted.map(({ score }) => score),
    sorted.map(({ isChurned }) => isChurned),
  )!;
}

describe('a company whose churn follows use', () => {
  const strengths = [3, 2.5, 2, 0, 0, 0, 0, 0, 0, 0];

  it('gets weights that order another company of the same law nearly as well as the fit', () => {
    for (const seed of [1, 2, 3]) {
      const { signals } = proposeWeights(
        simulateCompany({ seed, strengths, intercept: 2 }).renewals,
        ASSUMED,
        OPTIONS,
      );
      const other = simulateCompany({ seed: seed + 1000, strengths, intercept: 2, accounts: 2000 }).renewals;
      const fitted = aucOf(
        other,
        signals.map(({ fitted_weight }) => fitted_weight!),
      );
      const proposed = aucOf(
        other,
        signals.map(({ proposed_weight }) => proposed_weight),
      );
      expect(fitted).toBeGreaterThan(0.82);
      expect(proposed).toBeGreaterThan(0.8);
      expect(proposed).toBeGreaterThan(aucOf(other, WEIGHTS) + 0.04);
    }
  });

  it('is told to have a score that knows more than the calendar, though the calendar knows much', () => {
    const { months } = simulateCompany({ seed: 4, strengths, intercept: 2 });
    const lift = calendarLift(
      months.map((one) => asObservation(one, 'account', scoreOf(one, WEIGHTS))),
      90,
      BOOTSTRAP,
    )!;
    expect(lift.before).toBeGreaterThan(0.7);
    expect(lift.low!).toBeGreaterThan(0);
  });
});

describe('a company whose churn is random', () => {
  const company = (seed: number) =>
    simulateCompany({ seed, strengths: WEIGHTS.map(() => 0), intercept: -1.7 });

  it('keeps its weights and hears no claim, in nearly every case', () => {
    let moved = 0;
    let claims = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      const { renewals, months } = company(seed);
      const { signals, churn_count, fit_auc } = proposeWeights(renewals, ASSUMED, OPTIONS);
      expect(churn_count).toBeGreaterThan(30);
      expect(Math.abs(fit_auc.value! - 0.5)).toBeLessThan(0.12);
      if (signals.some((one) => one.proposed_weight !== one.assumed_weight)) moved += 1;
      const observations = months.map((one) => asObservation(one, 'account', scoreOf(one, WEIGHTS)));
      const lift = calendarLift(observations, 90, BOOTSTRAP)!;
      if (lift.low! > 0) claims += 1;
    }
    expect(moved).toBe(0); // about 1 % a company by the interval of the fit as a whole
    expect(claims).toBeLessThanOrEqual(1);
  });

  it('hears of no gain from weights tried walk-forward', () => {
    const trial = tryWeights(company(2).renewals, ASSUMED, OPTIONS)!;
    expect(trial.ci_low!).toBeLessThanOrEqual(0);
  });

  it('is refused weights below 30 churns', () => {
    const { renewals } = simulateCompany({
      seed: 1,
      strengths: WEIGHTS.map(() => 0),
      intercept: -2,
      accounts: 80,
    });
    expect(() => proposeWeights(renewals, ASSUMED, OPTIONS)).toThrow(/expected at least 30 known churns/);
  });
});

describe('a simulated company', () => {
  it('is the same for the same seed, and churns each account at most once', () => {
    const options = { seed: 9, strengths: [2, 1], absent: 0.2, season: 10, hasLeak: true };
    const company = simulateCompany(options);
    expect(simulateCompany(options)).toEqual(company);
    const churned = company.renewals.filter(({ churn_date }) => churn_date !== null);
    expect(new Set(churned.map(({ account_id }) => account_id)).size).toBe(churned.length);
    expect(company.months.every(({ values }) => values.length === 3)).toBe(true);
  });
});
