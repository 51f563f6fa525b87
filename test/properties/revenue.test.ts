import { describe, expect, it } from 'vitest';
import { asKnownOn } from '../oracle/as-known.ts';
import { addDays, dayOf } from '../oracle/company.ts';
import { RevenueOracle } from '../oracle/revenue.ts';
import { LAST, query, randomLine, START } from './random-line.ts';

const company = asKnownOn(randomLine().company, LAST);
const oracle = new RevenueOracle(company, LAST);
const accountIds = [...new Set(company.contracts.map((row) => row.account_id))].filter((id) =>
  id.startsWith('book'),
);
const close = (a: unknown, b: unknown) => Math.abs(Number(a) - Number(b)) < 0.015;
const few = (differences: readonly string[]) => [differences.length, ...differences.slice(0, 6)];

describe('revenue against a naive reading of the definitions', () => {
  it('agrees on ARR, contracts and days to renewal of each account and day, as known then', async () => {
    const rows = await query(
      `select account_id, as_of_date, arr, contract_count, days_to_renewal
       from intermediate.int_accounts__account_days where account_id like 'book%'`,
    );
    const found = new Map(rows.map((row) => [`${row.account_id} ${row.as_of_date}`, row]));
    const differences: string[] = [];
    let compared = 0;
    for (const accountId of accountIds) {
      for (let day = START; day <= LAST; day = addDays(day, 5)) {
        const row = found.get(`${accountId} ${day}`);
        const expected = oracle.onDay(accountId, day);
        if (expected.contracts === 0 && !row) continue;
        compared += 1;
        const agrees =
          row !== undefined &&
          close(row.arr, expected.arr) &&
          Number(row.contract_count) === expected.contracts &&
          row.days_to_renewal === expected.daysToRenewal;
        if (!agrees)
          differences.push(
            `${accountId} ${day}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(row)}`,
          );
      }
    }
    expect(few(differences)).toEqual([0]);
    expect(compared).toBeGreaterThan(5_000);
  });

  it('agrees on each renewal and its outcome', async () => {
    const rows = await query(
      `select contract_id, renewal_date, arr, renewal_outcome, renewed_arr, outcome_reason, churn_date
       from intermediate.int_renewals__renewals where account_id like 'book%'`,
    );
    const found = new Map(rows.map((row) => [`${row.contract_id} ${row.renewal_date}`, row]));
    const differences: string[] = [];
    let compared = 0;
    for (const accountId of accountIds) {
      for (const term of oracle.restated(accountId, LAST)) {
        // Without an end nothing is due, nor where an amendment with dates of its own ended the term.
        if (term.end === null || term.reason === 'amendment') continue;
        const key = `${term.contract.contract_id} ${term.end}`;
        const row = found.get(key);
        found.delete(key);
        compared += 1;
        const isClosed = term.closes <= LAST;
        const due = oracle.due(term, LAST);
        const renewed = !isClosed
          ? null
          : term.churnDate
            ? 0
            : term.reason === 'auto_renewal'
              ? due
              : oracle.renewed(term, LAST);
        const outcome = !isClosed
          ? null
          : term.churnDate
            ? 'churned'
            : close(renewed, due)
              ? 'renewed'
              : Number(renewed) > due
                ? 'expanded'
                : 'contracted';
        const agrees =
          row !== undefined &&
          close(row.arr, due) &&
          row.renewal_outcome === outcome &&
          (renewed === null ? row.renewed_arr === null : close(row.renewed_arr, renewed)) &&
          row.outcome_reason === (isClosed ? term.reason : null) &&
          row.churn_date === (isClosed ? term.churnDate : null);
        if (!agrees)
          differences.push(
            `${key}: expected ${outcome} ${term.reason} ${due} ${renewed} ${term.churnDate}, got ${JSON.stringify(row)}`,
          );
      }
    }
    expect(few([...differences, ...[...found.keys()].map((key) => `${key}: not expected`)])).toEqual([0]);
    expect(compared).toBeGreaterThan(300);
  });

  it('agrees on what moved the ARR of each account and month', async () => {
    const rows = await query(
      `select * from marts.fct_arr_movements where account_id like 'book%' order by account_id, month`,
    );
    const found = new Map(rows.map((row) => [`${row.account_id} ${row.month}`, row]));
    const differences: string[] = [];
    for (const accountId of accountIds) {
      const arrOn = oracle.restatedArr(accountId, LAST);
      const first = arrOn.firstDay;
      for (const { month, from, to } of MONTHS) {
        const [start, end] = [arrOn.on(from), arrOn.on(to)];
        const row = found.get(`${accountId} ${month}`);
        found.delete(`${accountId} ${month}`);
        if (start === 0 && end === 0 && !row) continue;
        const isBack = first !== null && first < month;
        const expected = {
          arr_start: start,
          arr_new: start === 0 && !isBack ? end : 0,
          arr_expansion: start > 0 && end > start ? end - start : 0,
          arr_contraction: end > 0 && end < start ? end - start : 0,
          arr_churned: end === 0 ? -start : 0,
          arr_reactivation: start === 0 && isBack ? end : 0,
          arr_end: end,
        };
        if (!row || Object.entries(expected).some(([column, value]) => !close(row[column], value)))
          differences.push(
            `${accountId} ${month}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(row)}`,
          );
      }
    }
    expect(few([...differences, ...found.keys()])).toEqual([0]);
  });

  it('agrees on retention by month, quarter and year, by account, parent and segment', async () => {
    const rows = await query('select * from marts.fct_retention order by all');
    const found = new Map(
      rows.map((row) => [`${row.period_end} ${row.period} ${row.unit} ${row.segment}`, row]),
    );
    // accounts with signals have contracts too
    const all = [...new Set(company.contracts.map((row) => row.account_id))].map((accountId) => ({
      accountId,
      parentId: oracle.account(accountId, LAST)?.parent_account_id ?? accountId,
      arr: oracle.restatedArr(accountId, LAST),
    }));
    const differences: string[] = [];
    let compared = 0;
    for (const unit of ['account', 'parent'] as const) {
      const members = Map.groupBy(all, (each) => (unit === 'account' ? each.accountId : each.parentId));
      for (const { period, start, end } of PERIODS) {
        const cohort = [...members].flatMap(([unitId, accounts]) => {
          const arrStart = cents(accounts.reduce((sum, { arr }) => sum + arr.on(start), 0));
          const arrEnd = cents(accounts.reduce((sum, { arr }) => sum + arr.on(end), 0));
          if (arrStart <= 0) return [];
          const own = oracle.account(unitId, start)?.segment;
          const byArr = arrStart >= 100_000 ? 'enterprise' : arrStart >= 25_000 ? 'mid_market' : 'smb';
          return [{ segment: own ?? byArr, arrStart, arrEnd }];
        });
        for (const segment of new Set(['all', ...cohort.map((each) => each.segment)])) {
          const slice = cohort.filter((each) => segment === 'all' || each.segment === segment);
          const sum = (of: (each: (typeof slice)[number]) => number) =>
            slice.reduce((total, each) => total + of(each), 0);
          const arrStart = sum((each) => each.arrStart);
          const row = found.get(`${end} ${period} ${unit} ${segment}`);
          compared += 1;
          const expected = {
            grr: sum((each) => Math.min(each.arrStart, each.arrEnd)) / arrStart,
            nrr: sum((each) => each.arrEnd) / arrStart,
            logo_churn_rate: slice.filter((each) => each.arrEnd === 0).length / slice.length,
          };
          const agrees =
            row !== undefined &&
            Math.abs(Number(row.arr_start) - arrStart) < 0.5 &&
            Math.abs(Number(row.arr_end) - expected.nrr * arrStart) < 0.5 &&
            Object.entries(expected).every(([column, value]) => Math.abs(Number(row[column]) - value) < 1e-6);
          if (!agrees)
            differences.push(
              `${end} ${period} ${unit} ${segment}: expected ${arrStart} ${JSON.stringify(expected)}, got ${JSON.stringify(row)}`,
            );
        }
      }
    }
    expect(few(differences)).toEqual([0]);
    expect(compared).toBeGreaterThan(150);
  });
});

const cents = (money: number) => Math.round(money * 100) / 100;

/** The months of the history, from one month end to the next; the last one ends on the as-of day. */
const MONTHS = Array.from({ length: 15 }, (_, index) => {
  const at = (offset: number) => new Date(Date.UTC(2025, index + offset, 1)).toISOString().slice(0, 10);
  const lastDay = addDays(at(1), -1);
  return { month: at(0), from: addDays(at(0), -1), to: lastDay < LAST ? lastDay : LAST };
}).filter(({ month }) => month <= LAST);

const PERIODS = MONTHS.filter(({ to }) => dayOf(addDays(to, 1)).endsWith('-01')).flatMap(
  ({ month, to: end }) => {
    const back = (months: number) =>
      addDays(
        new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - months, 1))
          .toISOString()
          .slice(0, 10),
        -1,
      );
    return [
      { period: 'month', start: back(1), end },
      ...(['03', '06', '09', '12'].includes(month.slice(5, 7))
        ? [{ period: 'quarter', start: back(3), end }]
        : []),
      { period: 'trailing_12m', start: back(12), end },
    ].filter(({ start }) => start >= addDays(START, -1));
  },
);
