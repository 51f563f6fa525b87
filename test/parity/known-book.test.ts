import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../warehouse/index.ts';
import { type Emulator, hasEmulator, startEmulator } from '../bigquery-emulator.ts';
import { HistoryLine } from '../history/history-line.ts';
import { expectedOf, KNOWN_ACCOUNTS, knownBook, saidOf } from '../oracle/known-book.ts';
import { asCsvFiles } from '../oracle/random-company.ts';
import { LAST, START } from '../properties/random-line.ts';

/** What test/properties/known-book.test.ts shows on DuckDB. */
describe.skipIf(!hasEmulator)('revenue that was worked by hand, on BigQuery (needs the emulator)', () => {
  let folder: string;
  let emulator: Emulator;
  let movements: readonly Row[];
  let renewals: readonly Row[];
  let churns: readonly Row[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-known-book-'));
    emulator = await startEmulator();
    process.env.BIGQUERY_EMULATOR_HOST = emulator.url;
    const line = new HistoryLine(folder, { type: 'bigquery', project: 'test', dataset_prefix: 'acme_' });
    await line.configure({ historyStart: START });
    await line.write(asCsvFiles(knownBook()));
    expect(await line.sync(LAST)).toEqual([]);
    const select = ['+fct_arr_movements', '+int_renewals__renewals', '+int_revenue__account_churns'];
    expect(await line.build(LAST, { select })).toEqual([]);
    movements = await line.query('select * from marts.fct_arr_movements order by account_id, month');
    renewals = await line.query('select * from intermediate.int_renewals__renewals');
    churns = await line.query('select account_id, churn_date from intermediate.int_revenue__account_churns');
  }, 1_800_000);
  afterAll(async () => {
    emulator?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(KNOWN_ACCOUNTS.map((known) => [known.why, known] as const))('%s', (_, known) => {
    expect(saidOf(known, movements, renewals)).toEqual(expectedOf(known));
  });

  it('counts nobody as lost whose contract another account took over', () => {
    const lost = churns
      .filter(({ account_id }) => /^known-(seller|endless|off)$/.test(String(account_id)))
      .map((row) => [row.account_id, String(row.churn_date).slice(0, 10)]);
    expect(lost).toEqual([['known-off', '2026-01-01']]);
  });
});
