import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../orchestration/project-root.ts';
import { openWarehouse } from '../../warehouse/index.ts';
import { addDays } from '../oracle/company.ts';
import { randomCompany } from '../oracle/random-company.ts';
import { type CompanyLine, openCompanyLine } from './company-line.ts';

const FOLDER = join(projectRoot, '.cache', 'test-late-data');
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

describe('usage that comes late to a source that is appended to', () => {
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

// Goes on with the same warehouse, one day later each time.
describe('what else comes late', () => {
  const day = (days: number) => addDays(DAY, 31 + days);
  /** Of each account the first day, before this one, that the last run built again. */
  const reopenedBefore = (until: string) =>
    query(
      `select account_id, from_date::varchar as from_date from intermediate.int_history__reopened_accounts
       where from_date < date '${until}' order by account_id`,
    );
  const sponsorSignal = (on: string) =>
    query(
      `select distinct signal_value, cut from intermediate.int_scores__contributions
       where signal = 'exec_sponsor' and as_of_date = date '${on}' order by all`,
    );

  it('is seen in each column that a signal reads', async () => {
    await line.buildHistory(day(1));
    const [ticket] = await query(
      `select ticket_id, account_id, created_at::date::varchar as created from raw.book__tickets
       where created_at between date '${addDays(START, 5)}' and date '${addDays(START, 40)}' and merged_at is null
       qualify count(*) over (partition by ticket_id) = 1 order by ticket_id limit 1`,
    );
    await query(
      `update raw.book__tickets set merged_at = timestamp '${addDays(START, 45)}' where ticket_id = '${ticket?.ticket_id}'`,
    );
    await line.buildHistory(day(2));
    expect((await reopenedBefore(day(1))).map((row) => row.account_id)).toEqual([ticket?.account_id]);
  });

  it('reopens every account when nobody was ever marked as a sponsor, or somebody now was', async () => {
    const accounts = (await query('select distinct account_id from raw.book__accounts')).length;
    await query('update raw.book__contacts set is_exec_sponsor = false');
    await line.build(day(3), { ...SELECT, acceptChanges: true });
    expect(await reopenedBefore(day(3))).toHaveLength(accounts);
    expect(await sponsorSignal(addDays(START, 50))).toEqual([{ signal_value: null, cut: null }]);
    // one contact, of one account, known since a day long past
    await query(`insert into raw.book__contacts by name
      select 'new' as contact_id, 'acc-001' as account_id, true as is_exec_sponsor, timestamp '${addDays(START, 30)} 09:00:00' as known_at,
        timestamp '2030-03-01' as _airbyte_extracted_at`);
    await line.build(day(4), { ...SELECT, acceptChanges: true });
    expect(await reopenedBefore(day(4))).toHaveLength(accounts);
    expect(await sponsorSignal(addDays(START, 29))).toEqual([{ signal_value: null, cut: null }]);
    expect(await sponsorSignal(addDays(START, 30))).toEqual([{ signal_value: 0, cut: 'absent' }]);
  });
});

describe('a history that an earlier release built, without cuts', () => {
  it('goes on: the column comes with the next day, empty for the days before', async () => {
    const [last] = await query(
      'select max(as_of_date)::varchar as day from intermediate.int_scores__contributions',
    );
    const next = addDays(String(last?.day), 1);
    const tables = await query(
      `select table_name from information_schema.columns
       where table_schema = 'intermediate' and column_name = 'cut' and table_name similar to 'int_(signals|scores)__.*'
         and table_name <> 'int_signals__long'`,
    );
    expect(tables.length).toBeGreaterThan(10);
    for (const { table_name } of tables)
      await query(`alter table intermediate.${table_name} drop column cut`);
    await query('drop table if exists intermediate.signal_words cascade');
    await line.buildHistory(next);
    const found = await query(
      `select as_of_date = date '${next}' as is_new, count(*) > 0 as has_rows, count(cut) > 0 as has_cuts
       from intermediate.int_scores__contributions group by all order by 1`,
    );
    expect(found).toEqual([
      { is_new: false, has_rows: true, has_cuts: false },
      { is_new: true, has_rows: true, has_cuts: true },
    ]);
  });
});
