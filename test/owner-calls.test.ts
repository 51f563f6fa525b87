import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openWarehouse, type Row, type Warehouse } from '../warehouse/index.ts';

const line = inject('line');

type Text = string | null;
interface Version {
  readonly opportunity_id: string;
  readonly account_id: string;
  readonly contract_id: Text;
  readonly forecast_category: Text;
  readonly close_date: Text;
  readonly is_closed: boolean;
  readonly known_date: string;
  readonly known_until_date: string;
  readonly dated_from_date: string;
}
interface Renewal {
  readonly contract_id: string;
  readonly renewal_date: string;
  readonly account_id: string;
  readonly term_start_date: string;
  readonly first_known_date: Text;
  readonly outcome_known_date: Text;
}

/** A second reading of what owners called their renewals, day by day and without SQL: docs/decisions.md says the rules. */
function callOn(day: string, renewal: Renewal, renewals: readonly Renewal[], versions: readonly Version[]) {
  const isOpen = (one: Renewal) =>
    (one.first_known_date ?? day) <= day && (one.outcome_known_date ?? '9999-12-31') > day;
  const first = (of: (one: Renewal) => boolean) =>
    renewals
      .filter((one) => of(one) && isOpen(one))
      .sort((left, right) =>
        `${left.renewal_date} ${left.contract_id}` < `${right.renewal_date} ${right.contract_id}` ? -1 : 1,
      )[0];
  if (!isOpen(renewal)) return undefined;
  const said = versions.filter(
    (version) =>
      version.known_date <= day &&
      day < version.known_until_date &&
      !version.is_closed &&
      (version.dated_from_date <= day || day === line.asOfDate) &&
      (version.close_date === null || version.close_date > renewal.term_start_date),
  );
  const ofContract =
    first((one) => one.contract_id === renewal.contract_id) === renewal
      ? said.filter(({ contract_id }) => contract_id === renewal.contract_id)
      : [];
  const ofAccount =
    first((one) => one.account_id === renewal.account_id) === renewal
      ? said.filter(
          ({ contract_id, account_id }) => contract_id === null && account_id === renewal.account_id,
        )
      : [];
  const candidates = ofContract.length > 0 ? ofContract : ofAccount;
  return candidates.sort((left, right) =>
    (left.close_date ?? '') === (right.close_date ?? '')
      ? left.opportunity_id < right.opportunity_id
        ? -1
        : 1
      : (left.close_date ?? '') > (right.close_date ?? '')
        ? -1
        : 1,
  )[0];
}

describe('what owners called their renewals', () => {
  let warehouse: Warehouse;
  const rowsOf = async <T>(sql: string) => (await warehouse.query(sql)).rows as unknown as T[];
  let found: Row[];
  let renewals: Renewal[];
  let versions: Version[];

  beforeAll(async () => {
    warehouse = await openWarehouse({ type: 'duckdb', path: line.warehouse }, { readOnly: true });
    found = await rowsOf<Row>('select * from intermediate.int_renewals__owner_calls');
    renewals = await rowsOf<Renewal>(
      `select contract_id, renewal_date, account_id, term_start_date, first_known_date, outcome_known_date
       from intermediate.int_renewals__renewals`,
    );
    versions = await rowsOf<Version>(
      `select opportunity_id, account_id, contract_id, forecast_category, close_date, is_closed,
         known_date, known_until_date, dated_from_date
       from intermediate.int_canonical__opportunities where type = 'renewal'`,
    );
  });
  afterAll(() => warehouse?.close());

  it('are those of a second reading, on each day that is asked for', () => {
    // as of 2026-06-30: five quarters, each with its first day and 60 and 30 days before its last
    const days = [
      ...['2026-04-01', '2026-05-01', '2026-05-31', '2026-01-01', '2026-01-30', '2026-03-01'],
      ...['2025-10-01', '2025-11-01', '2025-12-01', '2025-07-01', '2025-08-01', '2025-08-31'],
      ...['2025-04-01', '2025-05-01', '2025-05-31', '2026-06-30'],
    ];
    const read = days.flatMap((day) =>
      renewals.flatMap((renewal) => {
        const call = callOn(day, renewal, renewals, versions);
        return call === undefined
          ? []
          : [
              `${day} ${renewal.contract_id} ${renewal.renewal_date} ${call.opportunity_id} ${call.forecast_category}`,
            ];
      }),
    );
    const told = found.map(
      (row) =>
        `${row.as_of_date} ${row.contract_id} ${row.renewal_date} ${row.opportunity_id} ${row.owner_call}`,
    );
    expect(told.sort()).toEqual(read.sort());
    expect(new Set(found.map(({ owner_call }) => owner_call)).size).toBeGreaterThan(2);
  });

  it('stood since a day on which they were called so, and not before', () => {
    for (const { opportunity_id, as_of_date, owner_call, owner_call_since } of found) {
      if (owner_call === null || owner_call_since === null) continue;
      const [since, day] = [String(owner_call_since), String(as_of_date)];
      expect(since <= day).toBe(true);
      const during = versions.filter(
        (one) =>
          one.opportunity_id === opportunity_id && one.known_date <= day && one.known_until_date > since,
      );
      expect(new Set(during.map(({ forecast_category }) => forecast_category))).toEqual(
        new Set([owner_call]),
      );
      const before = versions.find(
        (one) => one.opportunity_id === opportunity_id && one.known_until_date === since,
      );
      expect(before?.forecast_category).not.toBe(owner_call);
    }
  });

  it('add up in what is published: ARR by the call, by the forecast, and the difference', async () => {
    const [row] = await rowsOf<Record<string, number>>(
      `select
         count(*) as renewals,
         count(owner_call) as called,
         count(case when (owner_call is null) <> (call_arr is null) then 1 end) as without,
         max(abs(call_difference_arr - (call_arr - likely_arr))) as gap,
         max(abs(likely_arr - due_arr * renew_probability)) as likely_gap
       from marts.fct_renewal_outlook where outlook not in ('renewed', 'lost')`,
    );
    expect(Number(row?.called)).toBeGreaterThan(5);
    expect(Number(row?.called)).toBeLessThan(Number(row?.renewals));
    expect(Number(row?.without)).toBe(0);
    expect(Number(row?.gap)).toBe(0);
    expect(Number(row?.likely_gap)).toBeLessThan(0.01);
  });
});
