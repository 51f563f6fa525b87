import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { projectRoot } from '../orchestration/project-root.ts';
import { answer, tenure } from './tenure.ts';

/** What a person worked out by hand: three-accounts/HAND-CHECK.md shows each step. */
interface Expected {
  as_of_date: string;
  tenant: Record<string, string>;
  accounts: ({ account_id: string; signals: Record<string, unknown>[] } & Record<string, unknown>)[];
}

const HEALTH =
  'score weight_coverage needs_review category category_effective flag days_to_renewal is_frozen'.split(' ');
const ACCOUNT = 'segment next_renewal_date lifecycle_stage stage_display arr'.split(' ');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function lineOf(fixture: string, asOfDate: string, tenant: Record<string, string>): Promise<string> {
  const home = join(folder, fixture);
  await cp(join(projectRoot, 'test', 'fixtures', fixture), join(home, 'data'), { recursive: true });
  const config = join(home, 'tenure.yaml');
  await writeFile(
    config,
    stringify({
      warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
      tenant,
      sources: [{ name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: './data' } } }],
    }),
  );
  for (const verb of ['sync', 'build', 'score']) {
    const { code, stderr } = await tenure([verb, '--config', config, '--as-of', asOfDate]);
    if (code !== 0) throw new Error(`tenure ${verb} ended with ${code}:\n${stderr}`);
  }
  return config;
}

const pick = (row: Record<string, unknown>, keys: readonly string[]) =>
  Object.fromEntries(
    keys.map((key) => {
      const value = row[key] ?? null;
      return [key, typeof value === 'number' ? Number(value.toFixed(9)) : value];
    }),
  );

describe('a folder of canonical files', () => {
  it('gives the three accounts the numbers that a person worked out', async () => {
    const text = await readFile(
      join(projectRoot, 'test', 'fixtures', 'three-accounts', 'expected.json'),
      'utf8',
    );
    const expected = JSON.parse(text) as Expected;
    const config = await lineOf('three-accounts', expected.as_of_date, expected.tenant);
    const day = `date '${expected.as_of_date}'`;
    const query = (sql: string) => answer<Record<string, unknown>[]>(['query', sql, '--config', config]);
    const health = await query(`select * from marts.fct_account_health_daily where as_of_date = ${day}`);
    const signals = await query(
      `select * from marts.fct_signal_contributions_daily where as_of_date = ${day}`,
    );
    const accounts = await query('select * from marts.dim_accounts');
    expect(accounts).toHaveLength(expected.accounts.length);

    for (const account of expected.accounts) {
      const mine = (rows: Record<string, unknown>[]) =>
        rows.filter((row) => row.account_id === account.account_id);
      expect(pick(mine(health)[0] ?? {}, HEALTH)).toEqual(pick(account, HEALTH));
      expect(pick(mine(accounts)[0] ?? {}, ACCOUNT)).toEqual(pick(account, ACCOUNT));
      const keys = ['signal', 'signal_value', 'weight', 'contribution'];
      const bySignal = (rows: Record<string, unknown>[]) =>
        rows.map((row) => pick(row, keys)).sort((a, b) => String(a.signal).localeCompare(String(b.signal)));
      expect(bySignal(mine(signals))).toEqual(bySignal(account.signals));
      expect(account.signals).toHaveLength(10);
    }

    // 0.9 of 55,000 and half of 18,000; who has no word for it is no 0
    const calls = await query(
      `select contract_id, owner_call, cast(owner_call_since as varchar) as since, cast(call_arr as double) as call_arr
       from marts.fct_renewal_outlook where outlook not in ('renewed', 'lost') order by contract_id`,
    );
    expect(calls.filter(({ owner_call }) => owner_call !== null)).toEqual([
      { contract_id: 'C-201', owner_call: 'commit', since: '2026-06-20', call_arr: 49500 },
      { contract_id: 'C-301', owner_call: 'best_case', since: '2026-05-19', call_arr: 9000 },
    ]);
    expect(calls.filter(({ owner_call }) => owner_call === null).map(({ call_arr }) => call_arr)).toContain(
      null,
    );
  });

  it('runs on accounts and contracts with the starred columns alone, and scores what can be scored', async () => {
    const config = await lineOf('minimal', '2026-06-30', {});
    const query = (sql: string) => answer<Record<string, unknown>[]>(['query', sql, '--config', config]);
    const health = await query(
      `select * from marts.fct_account_health_daily where as_of_date = date '2026-06-30'`,
    );
    expect(health.length).toBeGreaterThan(0);
    for (const row of health)
      expect(row).toMatchObject({ score: null, weight_coverage: 0, needs_review: true, flag: null });
    const renewals = await query('select contract_id, renewal_stage from marts.fct_renewals');
    expect(renewals.length).toBeGreaterThan(0);
    const [check] = await query(`select is_red from marts.fct_checks where check_id = 'H3'`);
    expect(check).toEqual({ is_red: true });
  });
});
