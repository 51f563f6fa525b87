import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, hasEmulator, startEmulator } from '../bigquery-emulator.ts';
import { HistoryLine } from '../history/history-line.ts';
import { FIRST, filesOn, SECOND } from '../history/small-company.ts';

/** What test/history/published.test.ts shows on DuckDB, as far as SQL of BigQuery's own takes part in it. */
describe.skipIf(!hasEmulator)('the published history on BigQuery (needs the emulator)', () => {
  let folder: string;
  let emulator: Emulator;
  let line: HistoryLine;
  let before: unknown;
  const ACCOUNTS = 2;
  /** Half a month of history: the emulator joins row by row. What comes in by then reaches back for 60 days. */
  const SINCE = '2026-06-01';
  const whole = filesOn(SECOND, ACCOUNTS);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-published-'));
    emulator = await startEmulator();
    process.env.BIGQUERY_EMULATOR_HOST = emulator.url;
    line = new HistoryLine(folder, { type: 'bigquery', project: 'test', dataset_prefix: 'acme_' });
    await line.configure({ historyStart: SINCE });
    await line.write(filesOn(FIRST, ACCOUNTS));
    expect(await line.sync(FIRST)).toEqual([]);
    expect(await line.build(FIRST)).toEqual([]);
    before = await line.published(FIRST);
  }, 3_600_000);
  afterAll(async () => {
    emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('loses no day because the accounts are gone, and is as it was when they are back', async () => {
    await line.write({ ...whole, 'accounts.csv': ['account_id,name'] });
    expect((await line.sync(SECOND)).at(0)).toMatch(/^TABLE_SHRANK: accounts/);
    await line.sync(SECOND, true);
    const [why = ''] = await line.build(SECOND);
    expect(why).toMatch(/^HISTORY_WOULD_LOSE_DAYS: 28 published days of 2 accounts .*accounts went/s);
    expect(await line.published(FIRST)).toEqual(before);
    await line.write(whole);
    expect(await line.sync(SECOND)).toEqual([]);
    expect(await line.build(SECOND)).toEqual([]);
    expect(await line.published(FIRST)).toEqual(before);
  }, 3_600_000);

  it('keeps what it said where that is asked to change', async () => {
    const { 'usage_events.csv': _, ...others } = whole;
    await line.write(others);
    await line.sync(SECOND, true);
    expect((await line.build(SECOND)).at(0)).toMatch(/^HISTORY_WOULD_CHANGE: .*usage of book went/s);
    expect(await line.published(FIRST)).toEqual(before);
    expect(await line.build(SECOND, { acceptChanges: true })).toEqual([]);
    const noted = await line.query(
      `select count(*) as n from marts.fct_restatements
       where column_name = 'login_frequency.signal_value' and value_before is not null and value_after is null`,
    );
    const said = (before as { what: string; value: unknown }[]).filter(
      ({ what, value }) => what === 'login_frequency' && value !== null,
    );
    expect(said.length).toBeGreaterThan(0);
    expect(Number(noted[0]?.n)).toBe(said.length);
  }, 3_600_000);
});
