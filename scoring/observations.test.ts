import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from './calendar.ts';
import type { AccountChurn, Renewal, ScoredDay } from './history.ts';
import { type ObservationRules, observeAccounts, observeRenewals } from './observations.ts';
import { lapsed, renewalOf, renewed, scoredDay } from './test-history.ts';

const RULES: ObservationRules = {
  asOfDate: '2026-06-30',
  horizonDays: 90,
  graceDays: 30,
  contractionShare: 0.2,
};
const RENEWAL_DATE = '2026-01-31';
const T = '2025-11-02'; // 90 days before

const outcomeOf = (renewal: Renewal, rules: Partial<ObservationRules> = {}, day: Partial<ScoredDay> = {}) =>
  observeRenewals([renewal], [scoredDay({ as_of_date: T, ...day })], { ...RULES, ...rules }).observations[0]
    ?.outcome;

describe('observeRenewals', () => {
  it('takes score, category, flag and segment of the day t, and the ARR due', () => {
    const day = scoredDay({
      as_of_date: T,
      score: 38,
      category: 'red',
      flag: 'critical',
      segment: 'enterprise',
      arr: 5000,
    });
    const { observations } = observeRenewals(
      [lapsed({ renewal_date: RENEWAL_DATE, outcome_known_date: '2026-03-03', arr: 1200 })],
      [day, scoredDay({ as_of_date: addDays(T, 1), score: 99 })],
      RULES,
    );
    expect(observations).toEqual([
      {
        unit: 'renewal',
        horizon_days: 90,
        account_id: 'A1',
        contract_id: 'C-A1',
        product: null,
        days_to_renewal: 90,
        observed_date: T,
        score: 38,
        category: 'red',
        flag: 'critical',
        segment: 'enterprise',
        arr: 1200,
        outcome: 'churned',
        churn_date: RENEWAL_DATE,
        churn_known_date: '2026-03-03',
        resolved_date: '2026-03-03',
      },
    ]);
  });

  it('is censored while t + H + grace is after the as-of date, whatever happened before', () => {
    const early = renewed({ renewal_date: RENEWAL_DATE, outcome_known_date: '2025-12-01' });
    expect(outcomeOf(early, { asOfDate: '2026-03-01' })).toBe('censored'); // grace ends on 2 March
    expect(outcomeOf(early, { asOfDate: '2026-03-02' })).toBe('renewed');
    const gone = lapsed({ renewal_date: RENEWAL_DATE, outcome_known_date: '2025-12-01' });
    expect(outcomeOf(gone, { asOfDate: '2026-03-01' })).toBe('censored');
  });

  it('never calls an open renewal renewed', () => {
    expect(outcomeOf(renewalOf({ renewal_date: RENEWAL_DATE }))).toBe('censored');
  });

  it('leaves out an outcome already known at t', () => {
    expect(outcomeOf(lapsed({ renewal_date: RENEWAL_DATE, outcome_known_date: T }))).toBeUndefined();
    expect(outcomeOf(lapsed({ renewal_date: RENEWAL_DATE, outcome_known_date: addDays(T, 1) }))).toBe(
      'churned',
    );
  });

  it('leaves out a renewal not known at t, and an account without a score at t', () => {
    expect(
      outcomeOf(renewed({ renewal_date: RENEWAL_DATE, first_known_date: addDays(T, 1) })),
    ).toBeUndefined();
    expect(outcomeOf(renewed({ renewal_date: RENEWAL_DATE, first_known_date: T }))).toBe('renewed');
    expect(outcomeOf(renewed({ renewal_date: RENEWAL_DATE }), {}, { account_id: 'A2' })).toBeUndefined();
  });

  it('leaves out and counts scores that are not leak-proof', () => {
    expect(
      observeRenewals(
        [renewed({ renewal_date: RENEWAL_DATE })],
        [scoredDay({ as_of_date: T, is_leak_proof: false })],
        RULES,
      ),
    ).toEqual({ observations: [], notLeakProofCount: 1 });
  });

  it.each([
    [1200, 'renewed'],
    [801, 'renewed'],
    [800, 'contracted'], // exactly 20 % less
    [1, 'contracted'],
  ])('calls a renewal of 1000 at %i %s', (renewed_arr, outcome) => {
    const renewal_outcome = renewed_arr < 1000 ? 'contracted' : 'expanded';
    expect(outcomeOf(renewed({ renewal_date: RENEWAL_DATE, renewed_arr, renewal_outcome }))).toBe(outcome);
  });
});

describe('observeAccounts', () => {
  const MONTH_END = '2025-11-30'; // + 90 days = 2026-02-28
  const observe = (
    day: Partial<ScoredDay>,
    {
      churns = [],
      renewals = [],
      arrLater,
      rules = {},
    }: {
      churns?: Omit<AccountChurn, 'account_id'>[];
      renewals?: Renewal[];
      arrLater?: number;
      rules?: Partial<ObservationRules>;
    } = {},
  ) =>
    observeAccounts(
      [scoredDay({ as_of_date: MONTH_END, ...day })],
      churns.map((churn) => ({ account_id: 'A1', ...churn })),
      renewals,
      arrLater === undefined ? [] : [{ account_id: 'A1', as_of_date: '2026-02-28', arr: arrLater }],
      { ...RULES, ...rules },
    ).observations[0]?.outcome;

  it('is churned by a churn in (t, t + H]', () => {
    const churnOn = (churn_date: string) =>
      observe({}, { churns: [{ churn_date, outcome_known_date: addDays(churn_date, 31) }] });
    expect(churnOn('2025-12-01')).toBe('churned');
    expect(churnOn('2026-02-28')).toBe('churned');
    expect(churnOn('2026-03-01')).toBe('renewed');
  });

  it('leaves out an account whose churn had taken effect by t, or was known by t', () => {
    const outcome = (churn_date: string, outcome_known_date: string) =>
      observe({}, { churns: [{ churn_date, outcome_known_date }] });
    expect(outcome('2025-11-30', '2025-12-31')).toBeUndefined(); // gone, known later
    expect(outcome('2026-01-31', '2025-11-30')).toBeUndefined(); // notice given
    expect(outcome('2026-01-31', '2025-12-01')).toBe('churned');
  });

  it('observes an account that came back, not the last row of one that did not', () => {
    const churns = [{ churn_date: '2025-03-31', outcome_known_date: '2025-05-01' }];
    expect(observe({ arr: 1000 }, { churns })).toBe('renewed');
    expect(observe({ arr: 0 }, { churns })).toBeUndefined();
  });

  it('is censored until t + H + grace is over, also when churned before', () => {
    const churns = [{ churn_date: '2025-12-15', outcome_known_date: '2025-12-15' }];
    expect(observe({}, { churns, rules: { asOfDate: '2026-03-29' } })).toBe('censored'); // 30 March
    expect(observe({}, { churns, rules: { asOfDate: '2026-03-30' } })).toBe('churned');
  });

  it('never calls an account with an open late renewal renewed', () => {
    const renewals = [renewalOf({ renewal_date: '2026-02-28' })];
    expect(observe({}, { renewals, rules: { asOfDate: '2026-03-30' } })).toBe('censored');
    expect(observe({}, { renewals: [renewalOf({ renewal_date: '2026-03-01' })] })).toBe('renewed');
  });

  it('is contracted when a fifth of the ARR is gone at t + H', () => {
    expect(observe({}, { arrLater: 800 })).toBe('contracted');
    expect(observe({}, { arrLater: 801 })).toBe('renewed');
    expect(observe({ arr: 0 }, { arrLater: 0 })).toBe('renewed');
  });
});

it('changes nothing at t when later days are added', () => {
  const renewals = [renewed({ renewal_date: RENEWAL_DATE })];
  const features = (scored: ScoredDay[]) => observeRenewals(renewals, scored, RULES).observations;
  const before = features([scoredDay({ as_of_date: T })]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 100, noNaN: true }))),
      (future) => {
        const later = future.map(([days, score]) =>
          scoredDay({ as_of_date: addDays(T, days), score, category: 'red', flag: 'critical' }),
        );
        expect(features([scoredDay({ as_of_date: T }), ...later])).toEqual(before);
      },
    ),
  );
});
