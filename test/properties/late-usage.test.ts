import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../orchestration/project-root.ts';
import { openWarehouse } from '../../warehouse/index.ts';
import { addDays } from '../oracle/company.ts';
import { randomCompany } from '../oracle/random-company.ts';
import { type CompanyLine, openCompanyLine } from './company-line.ts';

const FOLDER = join(projectRoot, '.cache', 'test-late-usage');
const START = '2026-01-01';
const DAY = addDays(START, 59);
const HISTORY = ['int_accounts__account_days', 'int_scores__contributions', 'int_scores__scores'];
const SELECT = { select: ['+path:intermediate/history'] };

async function query(sql: string) {
  const warehouse = await openWarehouse({ type: 'duckdb', path: join(FOLDER, 'warehouse.duckdb') });
  try {
    return (await warehouse.query(sql)).rows;
  } finally {
    await warehouse.close();
  }
}

/** Of each account the first day that the last run built again. */
const reopened = () =>
  query(
    `select account_id, from_date::varchar as from_date from intermediate.int_history__reopened_accounts
     where from_date < date '${DAY}' order by account_id`,
  );
const sourcesAppendedTo = () =>
  query('select source_name from intermediate.int_usage__landed where is_appended');

const LOADED_LATER = "timestamp '2030-01-01' as _airbyte_extracted_at";
const use = (account: string, day: string) =>
  query(`insert into raw.book__usage_events by name
    select '${account}' as account_id, 'late' as user_id, timestamp '${day} 09:00:00' as event_at, 1 as event_count, ${LOADED_LATER}`);

describe('usage that comes late to a source that is appended to', () => {
  let line: CompanyLine;

  beforeAll(async () => {
    line = await openCompanyLine(FOLDER, { historyStart: START });
    const company = randomCompany({ seed: 7, accounts: 12, start: START, days: 60 });
    await line.land(company, DAY);
    // Three accounts, one row each on the first day.
    await query('delete from raw.book__usage_events');
    await query(`insert into raw.book__usage_events by name
      select account_id, 'u' as user_id, timestamp '${START} 08:00:00' as event_at, 1 as event_count, timestamp '2026-01-02' as _airbyte_extracted_at
      from (values ('acc-001'), ('acc-002'), ('acc-003')) as accounts (account_id)`);
    await line.buildHistory(DAY);
  });

  it('is all that a run reads, also when the run before was killed, and reopens its day', async () => {
    await use('acc-001', addDays(START, 40));
    await line.build(DAY, { select: ['+int_history__reopened_accounts'] }); // and no further
    const expected = [{ account_id: 'acc-001', from_date: addDays(START, 40) }];
    expect(await reopened()).toEqual(expected);
    await line.buildHistory(DAY);
    expect(await sourcesAppendedTo()).toEqual([{ source_name: 'book' }]);
    expect(await reopened()).toEqual(expected);
  });

  it('reopens nothing twice', async () => {
    await line.buildHistory(DAY);
    expect(await sourcesAppendedTo()).toEqual([{ source_name: 'book' }]);
    expect(await reopened()).toEqual([]);
  });

  it('is compared row for row when older rows went or changed', async () => {
    await query(`delete from raw.book__usage_events where account_id = 'acc-002'`);
    await query(`update raw.book__usage_events set event_at = timestamp '${addDays(START, 1)} 08:00:00',
      _airbyte_extracted_at = timestamp '2030-01-02' where account_id = 'acc-003'`);
    await line.buildHistory(DAY);
    expect(await sourcesAppendedTo()).toEqual([]);
    expect(await reopened()).toEqual([
      { account_id: 'acc-002', from_date: START },
      { account_id: 'acc-003', from_date: START },
    ]);
  });

  it('leaves the history that is built from nothing', async () => {
    await line.keep(
      'grown',
      HISTORY.map((table) => `intermediate.${table}`),
    );
    await line.build(DAY, { ...SELECT, fullRefresh: true });
    for (const table of HISTORY) {
      const different = await query(
        `(from kept.grown_${table} except all from intermediate.${table}) union all (from intermediate.${table} except all from kept.grown_${table})`,
      );
      expect({ table, different }).toEqual({ table, different: [] });
    }
  });

  it('does not change what earlier days were told of the feed', async () => {
    await query('create or replace table kept.feed_days as from intermediate.int_usage__feed_days');
    await query(`insert into raw.book__usage_events by name
      select 'acc-001' as account_id, 'late' as user_id, timestamp '${addDays(START, -30)} 09:00:00' as event_at, 1 as event_count,
        timestamp '${DAY} 09:00:00' as known_at, ${LOADED_LATER}`);
    await line.build(DAY, { select: ['+int_usage__feed_days'] });
    const changed = await query(
      `(from kept.feed_days except all from intermediate.int_usage__feed_days)
       union all (from intermediate.int_usage__feed_days except all from kept.feed_days) limit 4`,
    );
    expect(changed).toEqual([]);
    expect(await query('select count(*) > 50 as is_long from kept.feed_days')).toEqual([{ is_long: true }]);
  });

  it('is put together by the first run of a month, and says the same', async () => {
    const built = 'intermediate.int_history__built_usage';
    const counts = () =>
      query(
        `select source_name, account_id, date_trunc('month', period_date)::varchar as month, event_date::varchar as day, sum(row_count)::int as n,
           sum(event_count)::int as events, sum(in_time_count)::int as in_time, sum(fingerprint)::bigint as fingerprint,
           min(first_known_date)::varchar as first_known
         from ${built} where loaded_at < timestamp '2031-01-01' group by all order by all`,
      );
    const several = () =>
      query(
        `select account_id from ${built} group by account_id, period_date, event_date having count(*) > 1`,
      );
    for (const hour of [1, 2]) {
      await query(`insert into raw.book__usage_events by name
        select 'acc-001' as account_id, 'late' as user_id, timestamp '${addDays(DAY, -3)} 09:00:00' as event_at, 1 as event_count,
          timestamp '2030-02-01' + interval ${hour} hour as _airbyte_extracted_at`);
      await line.buildHistory(DAY);
    }
    const before = await counts();
    expect((await several()).length).toBeGreaterThan(0);
    await line.buildHistory(addDays(DAY, 31));
    expect(await sourcesAppendedTo()).toEqual([{ source_name: 'book' }]);
    expect(await several()).toEqual([]);
    expect(await counts()).toEqual(before);
  });
});
