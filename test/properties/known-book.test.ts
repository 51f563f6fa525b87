import { describe, expect, it } from 'vitest';
import { asKnownOn } from '../oracle/as-known.ts';
import { expectedOf, KNOWN_ACCOUNTS, saidOf } from '../oracle/known-book.ts';
import { RevenueOracle } from '../oracle/revenue.ts';
import { LAST, query, randomLine } from './random-line.ts';

describe('revenue of accounts that were worked by hand', async () => {
  const movements = await query(
    `select * from marts.fct_arr_movements where account_id like 'known-%' order by account_id, month`,
  );
  const renewals = await query(
    `select contract_id, renewal_date, renewal_outcome, renewed_arr
     from intermediate.int_renewals__renewals where account_id like 'known-%' order by contract_id, renewal_date`,
  );
  const oracle = new RevenueOracle(asKnownOn(randomLine().company, LAST), LAST);

  for (const known of KNOWN_ACCOUNTS) {
    it(known.why, () => {
      expect(saidOf(known, movements, renewals)).toEqual(expectedOf(known));
    });

    it(`${known.why}, as the oracle reads the definitions`, () => {
      const found = Object.keys(known.movements)
        .flatMap((id) => oracle.restated(id, LAST))
        .filter((term) => term.end !== null && term.reason !== 'amendment')
        .map((term) => `${term.contract.contract_id} ${term.end} ${term.closes <= LAST}`);
      expect(found.sort()).toEqual(
        known.renewals.map(([id, day, outcome]) => `${id} ${day} ${outcome !== null}`).sort(),
      );
      for (const [id, rows] of Object.entries(known.movements)) {
        const { on } = oracle.restatedArr(id, LAST);
        const start = on('2024-12-31');
        expect(on(LAST)).toBe(rows.reduce((sum, [, , value]) => sum + value, start));
      }
    });
  }

  it('counts nobody as lost whose contract another account took over', async () => {
    const rows = await query(
      `select account_id, churn_date from intermediate.int_revenue__account_churns
       where account_id in ('known-seller', 'known-endless', 'known-off') order by 1, 2`,
    );
    expect(rows).toEqual([{ account_id: 'known-off', churn_date: '2026-01-01' }]);
  });

  it('counts an account as churned that was lost before the history began', async () => {
    const rows = await query(
      `select account_id, is_churned from marts.dim_accounts
       where account_id in ('known-before', 'known-off', 'known-anew') order by 1`,
    );
    expect(rows).toEqual([
      { account_id: 'known-anew', is_churned: false },
      { account_id: 'known-before', is_churned: true },
      { account_id: 'known-off', is_churned: true },
    ]);
  });

  it('shows in its daily rows the ARR of one paper for two from its first day', async () => {
    const rows = await query(
      `select arr from intermediate.int_accounts__account_days
       where account_id = 'known-joint' and as_of_date in ('2025-06-30', '2025-07-15', '${LAST}')
       order by as_of_date`,
    );
    expect(rows.map(({ arr }) => Number(arr))).toEqual([120_000, 125_000, 125_000]);
  });
});
