import { describe, expect, it } from 'vitest';
import { addDays } from './calendar.ts';
import { calendarLift } from './calendar-lift.ts';
import type { Observation } from './observations.ts';
import { seededRandom } from './stats/seeded-random.ts';

const BOOTSTRAP = { samples: 200, seed: 1 };

/** Months of accounts with yearly contracts, of which those near their end churn by chance or by their score. */
function months(
  riskOf: (score: number, isNear: boolean) => number,
  seed: number,
  accounts = 400,
): Observation[] {
  const random = seededRandom(seed);
  return Array.from({ length: accounts }, (_, account) => {
    const score = random() * 100;
    const offset = Math.floor(random() * 12);
    return Array.from({ length: 12 }, (_unused, month): Observation => {
      const days = 365 - ((month + offset) % 12) * 30;
      const outcome = random() < riskOf(score, days <= 90) ? 'churned' : 'renewed';
      const observed_date = addDays('2025-01-31', month * 30);
      return {
        unit: 'account',
        horizon_days: 90,
        account_id: `A${String(account).padStart(4, '0')}`,
        contract_id: null,
        product: null,
        observed_date,
        score,
        category: 'yellow',
        flag: null,
        segment: 'smb',
        days_to_renewal: days,
        arr: 1000,
        outcome,
        churn_date: outcome === 'churned' ? addDays(observed_date, 60) : null,
        churn_known_date: null,
        resolved_date: addDays(observed_date, 120),
      };
    });
  }).flat();
}

describe('calendarLift', () => {
  it('finds nothing beyond the calendar in a score that says nothing, though the calendar tells much', () => {
    let claims = 0;
    let total = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const lift = calendarLift(
        months((_, isNear) => (isNear ? 0.15 : 0.005), seed),
        90,
        BOOTSTRAP,
      )!;
      expect(lift.before).toBeGreaterThan(0.75);
      total += lift.gain;
      if (lift.low! > 0) claims += 1;
    }
    expect(Math.abs(total / 20)).toBeLessThan(0.01);
    expect(claims).toBeLessThanOrEqual(2); // 2.5 % of 20 expected
  });

  it('finds what a score adds to it, even where the calendar alone orders better', () => {
    const cases = months((score, isNear) => (isNear ? 0.35 : 0.01) * (1.1 - score / 100), 5);
    const lift = calendarLift(cases, 90, BOOTSTRAP)!;
    expect(lift.gain).toBeGreaterThan(0.01);
    expect(lift.low!).toBeGreaterThan(0);
  });

  it('takes the calendar for chance where all cases are as far from their renewal', () => {
    const cases = months((score) => 0.3 * (1 - score / 100), 7).map((one) => ({
      ...one,
      days_to_renewal: 90,
    }));
    const lift = calendarLift(cases, 90, BOOTSTRAP)!;
    expect(lift.before).toBe(0.5);
    expect(lift.after).toBeGreaterThan(0.6);
  });

  it('orders no known renewal as the safest, a late one as the riskiest', () => {
    const [one] = months(() => 0, 1, 1);
    const cases = ([-5, 40, null] as const).flatMap((days_to_renewal, place) =>
      Array.from({ length: 10 }, (_, index) => ({
        ...one!,
        account_id: `${place} ${index}`,
        days_to_renewal,
        outcome:
          days_to_renewal === null || (place === 1 && index > 4)
            ? ('renewed' as const)
            : ('churned' as const),
      })),
    );
    // churned: 10 late and 5 near; renewed: 5 near, 10 without. Pairs won: 10·15 + 5·(10 + 5/2) of 15·15
    expect(calendarLift(cases, 90, BOOTSTRAP)!.before).toBeCloseTo((150 + 62.5) / 225, 12);
  });

  it('gives null with one outcome only, or without a case', () => {
    expect(
      calendarLift(
        months(() => 0, 1),
        90,
        BOOTSTRAP,
      ),
    ).toBeNull();
    expect(calendarLift([], 90, BOOTSTRAP)).toBeNull();
  });

  it('does not depend on the order of the cases', () => {
    const cases = months((score, isNear) => (isNear ? 0.3 : 0.01) * (1.1 - score / 100), 9);
    const forwards = calendarLift(cases, 90, BOOTSTRAP)!;
    const backwards = calendarLift([...cases].reverse(), 90, BOOTSTRAP)!;
    expect(backwards.gain).toBeCloseTo(forwards.gain, 9);
  });
});
