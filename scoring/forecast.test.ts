import { describe, expect, it } from 'vitest';
import { quarterOf } from './calendar.ts';
import {
  type ForecastRow,
  forecastDays,
  forecastPlan,
  forecastRenewals,
  quarterCutoffs,
} from './forecast.ts';
import type { Renewal, ScoredDay } from './history.ts';
import { DEFAULT_EVALUATION_RULES } from './rules.ts';
import { lapsed, renewalOf, renewed, scoredDay } from './test-history.ts';
import { simulateRenewals } from './test-renewals.ts';

const OPTIONS = { asOfDate: '2025-12-31', graceDays: 30, rules: DEFAULT_EVALUATION_RULES };

const forecastRows = (...given: Parameters<typeof forecastRenewals>) => forecastRenewals(...given).rows;

const find = (rows: readonly ForecastRow[], cutoff: string, period: string, segment = 'all') =>
  rows.find((row) => row.cutoff === cutoff && row.period === period && row.segment === segment);

describe('quarterCutoffs', () => {
  it('freezes at the start, 60 and 30 days before the last day', () => {
    expect(quarterCutoffs(quarterOf('2025-08-15'), '2026-01-01')).toEqual([
      '2025-07-01',
      '2025-08-01',
      '2025-08-31',
    ]);
    expect(quarterCutoffs(quarterOf('2025-08-15'), '2025-08-15')).toEqual(['2025-07-01', '2025-08-01']);
  });

  it('adds today for the current and the next quarter', () => {
    const plan = forecastPlan('2025-04-01', '2025-08-15');
    expect(plan.map(({ quarter, cutoffs }) => [quarter.period, ...cutoffs])).toEqual([
      ['2025-Q2', '2025-04-01', '2025-05-01', '2025-05-31'],
      ['2025-Q3', '2025-07-01', '2025-08-01', '2025-08-15'],
      ['2025-Q4', '2025-08-15'],
    ]);
  });
});

/**
 * A hand case. Forty renewals on 31 March 2025: 20 red accounts, half of which lapse, and 20 green ones that
 * renew, seen at the month ends January and February (59 and 31 days before: one range) and, for December, 90
 * days before. All are finished on 1 May 2025.
 */
const PAST: Renewal[] = Array.from({ length: 40 }, (_, index) =>
  index < 10
    ? lapsed({
        contract_id: `P${index}`,
        account_id: `P${index}`,
        renewal_date: '2025-03-31',
        outcome_known_date: '2025-05-01',
      })
    : renewed({ contract_id: `P${index}`, account_id: `P${index}`, renewal_date: '2025-03-31' }),
);
const red = { score: 30, category: 'red' } as const;
const pastDays = (days: readonly string[]): ScoredDay[] =>
  days.flatMap((as_of_date) =>
    PAST.map(({ account_id }, index) => scoredDay({ account_id, as_of_date, ...(index < 20 ? red : {}) })),
  );
const SCORED_PAST = pastDays(['2024-12-31', '2025-01-31', '2025-02-28']);
const FIRST = '2024-12-31';
const OVERALL = (30 + 30 * 0.9) / (40 + 30); // 30 of 40 renewed, drawn to 0.9
const PRIOR = (30 + 30 * OVERALL) / (40 + 30); // the same 40 were seen 31–60 days before

describe('forecastRenewals', () => {
  // Q3 2025: 59 days before 29 September is 1 August, a cutoff
  const due = [
    renewalOf({ contract_id: 'R', account_id: 'R', renewal_date: '2025-09-29', arr: 1000 }),
    renewalOf({ contract_id: 'G', account_id: 'G', renewal_date: '2025-09-29', arr: 2000 }),
  ];
  const close = ([first, second]: Renewal[]): Renewal[] => [
    lapsed({
      ...first!,
      renewal_outcome: 'churned',
      churn_date: first!.renewal_date,
      outcome_known_date: '2025-10-30',
    }),
    renewed({ ...second!, renewal_outcome: 'expanded', renewed_arr: 2600, outcome_known_date: '2025-08-20' }),
  ];
  const scored = [
    ...SCORED_PAST,
    ...['2025-07-01', '2025-08-01', '2025-08-31'].flatMap((as_of_date) => [
      scoredDay({ account_id: 'R', as_of_date, segment: 'enterprise', ...red }),
      scoredDay({ account_id: 'G', as_of_date }),
    ]),
  ];

  it('multiplies ARR by the shrunk share of its cell', () => {
    const rows = forecastRows([...PAST, ...close(due)], scored, FIRST, OPTIONS);
    // G: green, 31–60 days, smb: 20 of 20 → (20 + 30·prior) / 50. R: red enterprise: no such cell, the range's share
    const green = (20 + 30 * PRIOR) / 50;
    const row = find(rows, '2025-08-01', '2025-Q3')!;
    expect(row.forecast_arr).toBeCloseTo(1000 * PRIOR + 2000 * green, 6);
    expect(row).toMatchObject({ due_arr: 3000, actual_arr: 2000, n: 2 });
    expect(row.bias_arr).toBeCloseTo(row.forecast_arr - 2000, 9);
    expect(row.forecast_accuracy).toBeCloseTo(1 - Math.abs(row.forecast_arr - 2000) / 2000, 12);
    expect(row.wape).toBeCloseTo((1000 * PRIOR + 2000 * (1 - green)) / 2000, 9);
    expect(find(rows, '2025-08-01', '2025-Q3', 'enterprise')!.forecast_arr).toBeCloseTo(1000 * PRIOR, 9);
  });

  it('expects little of a renewal that is late', () => {
    const late = renewalOf({ contract_id: 'L', account_id: 'L', renewal_date: '2025-07-20', arr: 1000 });
    const rows = forecastRows([...PAST, late], scored, FIRST, { ...OPTIONS, asOfDate: '2025-08-01' });
    // the ten that lapsed were still open on 30 April, a day on which the hand case has no scores: 0 of 10 in the range and its cell
    const ofRange = (30 * OVERALL) / 40;
    expect(find(rows, '2025-08-01', '2025-Q3')!.forecast_arr).toBeCloseTo(1000 * ((30 * ofRange) / 40), 6);
  });

  it('has no accuracy where nothing was kept', () => {
    const rows = forecastRows([...PAST, ...close(due)], scored, FIRST, OPTIONS);
    expect(find(rows, '2025-08-01', '2025-Q3', 'enterprise')).toMatchObject({
      actual_arr: 0,
      forecast_accuracy: null,
    });
  });

  it('takes renewals closed by the cutoff at their outcome, at most what was due', () => {
    const rows = forecastRows([...PAST, ...close(due)], scored, FIRST, OPTIONS);
    // R is 29 days before: nobody was seen within 30 days but the ten that lapsed, on the renewal date itself
    const nearPrior = (0 + 30 * OVERALL) / (10 + 30);
    expect(find(rows, '2025-08-31', '2025-Q3')!.forecast_arr).toBeCloseTo(1000 * nearPrior + 2000, 6);
  });

  it('leaves the actual open while the period, or a renewal of it, is open', () => {
    const [lapsing, kept] = close(due);
    const open = forecastRows([...PAST, due[0]!, kept!], scored, FIRST, {
      ...OPTIONS,
      asOfDate: '2025-10-15',
    });
    expect(find(open, '2025-08-01', '2025-Q3')).toMatchObject({
      actual_arr: null,
      forecast_accuracy: null,
      bias_arr: null,
      wape: null,
    });
    const closedEarly = forecastRows([...PAST, lapsing!, kept!], scored, FIRST, {
      ...OPTIONS,
      asOfDate: '2025-09-30',
    });
    expect(find(closedEarly, '2025-08-01', '2025-Q3')!.actual_arr).toBeNull();
  });

  it('uses outcomes only once they were known at the cutoff', () => {
    const rows = (renewals: Renewal[]) =>
      forecastRows([...renewals, ...due], scored, FIRST, { ...OPTIONS, asOfDate: '2025-09-30' });
    const turned = PAST.map((renewal, index) =>
      index < 10 ? { ...renewal, outcome_known_date: '2025-08-02' } : renewal,
    );
    // the ten that lapsed are not known on 1 August: 30 renewed of 30
    const before = find(rows(turned), '2025-08-01', '2025-Q3')!;
    const prior = (30 + 30 * ((30 + 27) / 60)) / 60;
    expect(before.forecast_arr).toBeCloseTo(1000 * prior + 2000 * ((20 + 30 * prior) / 50), 6);
    expect(find(rows(turned), '2025-08-31', '2025-Q3')!.forecast_arr).toBeLessThan(before.forecast_arr);
  });

  it('passes over past quarters with fewer than 30 finished renewals, never the current and the next', () => {
    const rows = forecastRows(due, scored.slice(SCORED_PAST.length), '2025-07-01', OPTIONS);
    expect(rows.map(({ cutoff, period, segment }) => [cutoff, period, segment])).toEqual([
      ['2025-10-01', '2025-Q4', 'all'],
      ['2025-11-01', '2025-Q4', 'all'],
      ['2025-12-01', '2025-Q4', 'all'],
      ['2025-12-31', '2025-Q4', 'all'],
      ['2025-12-31', '2026-Q1', 'all'],
    ]);
  });

  it('falls back to the assumed rate of 0.9 for a company without a past', () => {
    const renewals = [renewalOf({ renewal_date: '2026-02-01' })];
    const rows = forecastRows(renewals, [scoredDay({ as_of_date: '2025-12-31' })], '2025-12-31', OPTIONS);
    expect(find(rows, '2025-12-31', '2026-Q1')!.forecast_arr).toBeCloseTo(900, 9);
    expect(find(rows, '2025-12-31', '2026-Q1', 'smb')!.forecast_arr).toBeCloseTo(900, 9);
  });

  it('reads no other days than it asks for', () => {
    expect(forecastDays('2025-06-15', '2025-08-10')).toEqual([
      '2025-06-30',
      '2025-07-01',
      '2025-07-31',
      '2025-08-01',
      '2025-08-10',
    ]);
  });
});

describe('the intervals of a forecast', () => {
  it('hold what is kept in 90 to 98 of 100 quarters, months, segments and owners of simulated companies', () => {
    const counts = new Map<string, { asked: number; held: number }>();
    for (let seed = 1; seed <= 5; seed += 1) {
      const { renewals, scored, firstScored, asOfDate } = simulateRenewals(seed);
      const { slices } = forecastRenewals(renewals, scored, firstScored, { ...OPTIONS, asOfDate });
      for (const one of slices) {
        if (one.actual_arr === null) continue;
        const key = one.slice === 'all' ? one.period_kind : one.slice;
        const count = counts.get(key) ?? { asked: 0, held: 0 };
        count.asked += 1;
        if (one.ci_low <= one.actual_arr + 1e-6 && one.actual_arr <= one.ci_high + 1e-6) count.held += 1;
        counts.set(key, count);
      }
    }
    expect([...counts.keys()].sort()).toEqual(['month', 'owner', 'quarter', 'segment']);
    for (const [key, { asked, held }] of counts) {
      expect(asked, key).toBeGreaterThan(100);
      expect(held / asked, key).toBeGreaterThan(0.89); // quarters of few companies are few
      expect(held / asked, key).toBeLessThan(0.998);
    }
  });

  it('are points once all is closed, and lie between what is kept and what could be', () => {
    const { renewals, scored, firstScored, asOfDate } = simulateRenewals(3, 80);
    const { slices } = forecastRenewals(renewals, scored, firstScored, { ...OPTIONS, asOfDate });
    expect(slices.length).toBeGreaterThan(100);
    for (const one of slices) {
      expect(one.ci_low).toBeGreaterThanOrEqual(one.kept_arr - 1e-6);
      expect(one.ci_high).toBeLessThanOrEqual(one.kept_arr + one.open_arr + 1e-6);
      if (one.open_arr === 0) expect(one.ci_high - one.ci_low).toBeLessThan(1e-6);
    }
  });

  it('add up: months to their quarter, segments and owners to all', () => {
    const { renewals, scored, firstScored, asOfDate } = simulateRenewals(5, 80);
    const { rows, slices } = forecastRenewals(renewals, scored, firstScored, { ...OPTIONS, asOfDate });
    const total = (found: readonly { due_arr: number; forecast_arr: number }[]) =>
      found.reduce((sum, one) => sum + one.due_arr + one.forecast_arr, 0);
    for (const quarter of rows.filter(({ segment }) => segment === 'all')) {
      const of = (kind: string, slice: string) =>
        slices.filter(
          (one) =>
            one.cutoff === quarter.cutoff &&
            one.period_kind === kind &&
            (kind === 'quarter' ? one.period : quarterOf(`${one.period}-01`).period) === quarter.period &&
            one.slice === slice,
        );
      for (const [kind, slice] of [
        ['quarter', 'all'],
        ['quarter', 'segment'],
        ['quarter', 'owner'],
        ['month', 'all'],
      ] as const)
        expect(total(of(kind, slice)), `${quarter.period} ${kind} ${slice}`).toBeCloseTo(total([quarter]), 4);
    }
  });
});

describe('what an open renewal is expected to keep', () => {
  it('is its ARR by the probability of its cell, with the cases that it rests on', () => {
    const open = renewalOf({ contract_id: 'R', account_id: 'R', renewal_date: '2026-02-15', arr: 1000 });
    const scored = [...SCORED_PAST, scoredDay({ account_id: 'R', as_of_date: '2025-12-31' })];
    const { expectations } = forecastRenewals([...PAST, open], scored, FIRST, OPTIONS);
    // green, 46 days: 20 of 20 seen 31 to 60 days before, drawn to the share of that range
    const green = (20 + 30 * PRIOR) / 50;
    expect(expectations).toEqual([
      {
        contract_id: 'R',
        renewal_date: '2026-02-15',
        as_of_date: '2025-12-31',
        account_id: 'R',
        arr: 1000,
        days_to_renewal: 46,
        category: 'green',
        renew_probability: expect.closeTo(green, 9) as number,
        expected_arr: expect.closeTo(1000 * green, 6) as number,
        n: 20,
      },
    ]);
  });
});
