import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishedSeries } from '../../scoring/replay.ts';
import { openWarehouse } from '../../warehouse/index.ts';
import { ALERTS, FIRST, FOLDER, grownSeries, HISTORY, LAST, query, START } from './random-line.ts';

const nameOf = (table: string) => String(table.split('.')[1]);

describe('a history that grew by days and by chunks, with late data', () => {
  it.each(HISTORY)('is the one built from nothing, row for row: %s', async (table) => {
    const grown = `kept.grown_${nameOf(table)}`;
    const different = await query(
      `(select 'only grown' as side, * from (select * from ${grown} except all select * from ${grownSeries(table)}) limit 4)
       union all
       (select 'only full', * from (select * from ${grownSeries(table)} except all select * from ${grown}) limit 4)`,
    );
    expect(different).toEqual([]);
  });

  it('has the changes of category and flag of the one built from nothing', async () => {
    const grown = 'kept.grown_int_scores__risk_changes';
    const full = grownSeries('intermediate.int_scores__risk_changes');
    const different = await query(
      `select * from (((from ${grown}) except all (from ${full})) union all ((from ${full}) except all (from ${grown}))) limit 4`,
    );
    expect(different).toEqual([]);
    const [row] = await query(`select count(category) as n from ${grown}`);
    expect(Number(row?.n)).toBeGreaterThan(100);
  });

  it('kept each past score that is asked for, as it now is', async () => {
    const grown = 'kept.grown_int_scores__kept_days';
    const full = grownSeries('intermediate.int_scores__kept_days');
    expect(await query(`(from ${full}) except all (from ${grown}) limit 4`)).toEqual([]);
    const columns = [
      'account_id, as_of_date, score, category_effective, flag, trend, score_delta_30d, is_leak_proof',
      'segment, arr',
    ].join(', ');
    const wrong = await query(
      `select kept_days.account_id, kept_days.as_of_date from ${grown} as kept_days
       left join ${grownSeries('intermediate.int_scores__scores')} as scores using (account_id, as_of_date)
       where kept_days.is_in_scope <> (scores.account_id is not null) limit 4`,
    );
    expect(wrong).toEqual([]);
    const different = await query(
      `(select ${columns} from ${grown} where is_in_scope)
       except all (select ${columns} from ${grownSeries('marts.fct_account_health_daily')}) limit 4`,
    );
    expect(different).toEqual([]);
    const lacking = await query(
      `select renewals.account_id, renewal_date - days as day from intermediate.int_renewals__renewals as renewals
       cross join (values (90), (180)) as horizons (days)
       left join ${full} as kept on renewals.account_id = kept.account_id and renewal_date - days = as_of_date
       where renewal_date - days between date '${START}' and date '${LAST}' and as_of_date is null limit 4`,
    );
    expect(lacking).toEqual([]);
    const [row] = await query(`select count(*) as n from ${grown} where is_in_scope`);
    expect(Number(row?.n)).toBeGreaterThan(100);
  });

  it('had days built again, because their past became known late', async () => {
    const [row] = await query(
      `select count(*) as changed_count from (
         select * from kept.first_int_accounts__account_days
         except all select * from kept.grown_int_accounts__account_days
       ) as changed`,
    );
    expect(Number(row?.changed_count)).toBeGreaterThan(20);
  });
});

// A row that is not leak proof used something by a date that is not its own: it stands in for what nobody knows.
const UNPROVEN = `select account_id, as_of_date from intermediate.int_scores__scores where not is_leak_proof and model_version like 'standard_10@%'
  union select account_id, as_of_date from kept.first_fct_account_health_daily where not is_leak_proof`;

describe('a row of an earlier day', () => {
  it.each(HISTORY)(
    'stays as it was whatever comes later, where both say that they are leak proof: %s',
    async (table) => {
      const changed = await query(
        `select account_id, count(*) as changed_days, min(as_of_date) as first_date
       from (select * from kept.first_${nameOf(table)} except all select * from ${table}) as changed
       anti join (${UNPROVEN}) as unproven using (account_id, as_of_date)
       group by account_id order by account_id limit 8`,
      );
      expect(changed).toEqual([]);
    },
  );

  it('was there when its day was built, unless it is not leak proof', async () => {
    const added = await query(
      `select account_id, count(*) as added_days, min(as_of_date) as first_date
       from (
         select account_id, as_of_date from marts.fct_account_health_daily
         where model_version like 'standard_10@%' and as_of_date <= date '${FIRST}'
         except all select account_id, as_of_date from kept.first_fct_account_health_daily
       ) as added
       anti join (${UNPROVEN}) as unproven using (account_id, as_of_date)
       group by account_id order by account_id limit 8`,
    );
    expect(added).toEqual([]);
  });

  it('is leak proof more often than not, so that the test above says something', async () => {
    const [row] = await query(
      `select avg(case when is_leak_proof then 1.0 else 0.0 end) as share, count(*) as n
       from kept.first_fct_account_health_daily where as_of_date >= date '${FIRST}' - 100`,
    );
    expect(Number(row?.share)).toBeGreaterThan(0.4);
    expect(Number(row?.n)).toBeGreaterThan(8_000);
  });

  it.each(ALERTS)('fired the alerts that it fires now: %s', async (table) => {
    const then = `select account_id, contract_id, created_date from kept.first_${nameOf(table)}`;
    const now = `select account_id, contract_id, created_date from ${table} where created_date <= date '${FIRST}'`;
    const changed = await query(
      `select * from (((${then}) except all (${now})) union all ((${now}) except all (${then}))) as changed
       anti join (${UNPROVEN}) as unproven
         on changed.account_id = unproven.account_id and changed.created_date = unproven.as_of_date
       order by all limit 8`,
    );
    expect(changed).toEqual([]);
  });
});

describe('health alerts', () => {
  // No feed of the random accounts goes quiet: frozen days are in scoring/replay.test.ts and in the model's unit test.
  it('fire on the days on which a replay of the published history raises them', async () => {
    const [found] = await query(
      `select max(model_version) as model_version from marts.fct_account_health_daily
       where model_version like 'standard_10@%'`,
    );
    const warehouse = await openWarehouse(
      { type: 'duckdb', path: join(FOLDER, 'warehouse.duckdb') },
      { readOnly: true },
    );
    try {
      const days = await publishedSeries(warehouse, {
        asOfDate: LAST,
        modelVersion: String(found?.model_version),
      }).alertsByDay();
      const fired = await query(
        `select created_date as as_of_date, count(*) as alerts from intermediate.int_alerts__health_decline
         group by created_date order by created_date`,
      );
      expect(fired.length).toBeGreaterThan(10);
      expect(
        days.filter((day) => day.alerts > 0).map(({ as_of_date, alerts }) => ({ as_of_date, alerts })),
      ).toEqual(fired.map((row) => ({ ...row, alerts: Number(row.alerts) })));
    } finally {
      await warehouse.close();
    }
  });
});
