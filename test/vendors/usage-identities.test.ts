import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../tenure.ts';
import { recordedSource, VendorsLine } from './vendors-line.ts';

/**
 * Four events of somebody known (`amplitude.ndjson`), all of 1 June and received on the 2nd: of the groups 101, 102 and
 * `nobody`, and one of the user u3 without a group. No account is called `nobody`.
 */
describe('usage whose keys only the company’s own list joins', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-identities-'));
  const file = (name: string, ...lines: readonly string[]) =>
    writeFileSync(join(folder, 'data', `${name}.csv`), `${lines.join('\n')}\n`);
  const files = (name: string) => ({
    name,
    kind: 'files',
    connector: { builtin: 'files', config: { path: './data' } },
  });
  const line = new VendorsLine(folder, 'identities', [
    files('book'),
    recordedSource('product', 'amplitude', { fields: { account_id: 'groups.org' } }),
  ]);
  const build = (asOf: string, ...more: readonly string[]) =>
    answer([
      ...['build', '--select', '+path:intermediate/history', '+fct_unmatched_customers'],
      ...['--config', join(folder, 'identities.yaml'), '--as-of', asOf, '--skip-tests', ...more],
    ]);
  const rows = async (sql: string) => (await line.query(sql)).map(Object.values);
  const unmatched = () =>
    rows('select customer_id, reason, record_count from marts.fct_unmatched_customers order by all');
  /** The active days of an account as they stand for the days named. */
  const activeDays = (account: string, ...days: readonly string[]) =>
    rows(
      `select as_of_date, measure, signal_value from intermediate.int_signals__login_frequency
       where account_id = '${account}' and as_of_date in (${days.map((day) => `date '${day}'`).join()}) order by all`,
    );

  beforeAll(async () => {
    mkdirSync(join(folder, 'data'));
    file(
      'accounts',
      'account_id,name,created_at',
      ...['101,Acme', '102,Baer', 'cob,Cobalt', 'dun,Dune'].map((account) => `${account},2026-01-01`),
    );
    file(
      'contracts',
      'contract_id,account_id,term_start_date,term_end_date,arr',
      ...['101', '102', 'cob', 'dun'].map((account) => `c-${account},${account},2026-01-01,2027-01-01,1000`),
    );
    file('identities', 'source,customer_id,account_id,known_at', 'desk,77,101,');
    await line.sync();
    await build('2026-06-29');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('counts nowhere before it is listed, and is named with what it is counted under', async () => {
    expect(await unmatched()).toEqual([
      ['(none)', 'no_account', 1],
      ['nobody', 'unknown_account', 1],
    ]);
    expect(await activeDays('cob', '2026-06-01', '2026-06-29')).toEqual([
      ['2026-06-01', null, null],
      ['2026-06-29', null, null],
    ]);
  });

  it('counts for its account from the day on which it was known, once the list has its group', async () => {
    file('identities', 'source,customer_id,account_id,known_at', 'product,nobody,cob,', 'product,101,cob,');
    await line.sync('2026-06-30');
    await build('2026-06-30', '--accept-changes');
    expect(await unmatched()).toEqual([['(none)', 'no_account', 1]]);
    // the list goes before the key itself: Acme's event is Cobalt's, of whom two users were active on 1 June
    expect(
      await rows('select account_id, user_id from intermediate.int_canonical__usage_events order by all'),
    ).toEqual([
      ['102', 'u2'],
      ['cob', 'eve@acme.example'],
      ['cob', 'u4'],
      [null, 'u3'],
    ]);
    const days = ['2026-06-01', '2026-06-02', '2026-06-30'];
    expect(await activeDays('cob', ...days)).toEqual([
      ['2026-06-01', null, null],
      ['2026-06-02', 1, 40],
      ['2026-06-30', 1, 40],
    ]);
    expect((await activeDays('101', '2026-06-30')).map(([, measure]) => measure)).toEqual([null]);
  });

  it('goes by its user where it names no account, and a listed account is known without an event', async () => {
    file(
      'identities',
      'source,customer_id,account_id,known_at',
      ...['product,nobody,cob,', 'product,u3,101,', 'product,u2,101,', 'product,d,dun,2026-06-15'],
    );
    await line.sync('2026-07-01');
    await build('2026-07-01', '--accept-changes');
    expect(await unmatched()).toEqual([]);
    expect(
      await rows('select account_id, user_id from intermediate.int_canonical__usage_events order by all'),
    ).toEqual([
      ['101', 'eve@acme.example'],
      ['101', 'u3'],
      // u2 is listed, but the event names its account
      ['102', 'u2'],
      ['cob', 'u4'],
    ]);
    expect(await activeDays('dun', '2026-06-14', '2026-06-15', '2026-07-01')).toEqual([
      ['2026-06-14', null, null],
      ['2026-06-15', 0, 0],
      ['2026-07-01', 0, 0],
    ]);
  });

  it('leaves the history that is built from nothing', async () => {
    const history = () =>
      rows(
        `select account_id, as_of_date, signal, measure, signal_value, weight
         from intermediate.int_scores__contributions order by all`,
      );
    const grown = await history();
    expect(grown.length).toBeGreaterThan(1000);
    await build('2026-07-01', '--full-refresh');
    expect(await history()).toEqual(grown);
  });
});
