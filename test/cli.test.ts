import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { addDays } from '../scoring/calendar.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { answer, tenure } from './tenure.ts';

// A copy of the line: some verbs open the warehouse to write, while other tests read the line itself.
const built = inject('line');
const folder = await mkdtemp(join(tmpdir(), 'tenure-cli-'));
const line = { ...built, config: join(folder, 'tenure.yaml') };
await copyFile(built.config, line.config);
await copyFile(built.warehouse, join(folder, 'warehouse.duckdb'));
afterAll(() => rm(folder, { recursive: true }));

describe('tenure', () => {
  it('has help for every verb', async () => {
    const { code, stdout } = await tenure(['--help']);
    expect(code).toBe(0);
    for (const verb of 'doctor init new schedule calibrate learn whatif diff sync build score report serve activate run explain query backtest check migrate demo'.split(
      ' ',
    )) {
      expect(stdout).toContain(`  ${verb}`);
    }
  });

  it('ends with 2 for a verb, an option, a day or a configuration that it does not know', async () => {
    const file = join(folder, 'broken.yaml');
    await writeFile(file, 'warehouse: 7\n');
    for (const [args, message] of [
      [['frobnicate'], /unknown command 'frobnicate'/],
      [['sync', '--sideways'], /unknown option '--sideways'/],
      [
        ['build', '--as-of', '2026-02-30', '--config', line.config],
        /Expected a day such as 2026-06-30, got "2026-02-30"/,
      ],
      [['sync', '--config', join(folder, 'none.yaml')], /found no file/],
      [['sync', '--config', file], /warehouse/],
      [['sync', 'nobody', '--config', line.config], /Expected the name of a source .*crm.*got nobody/],
    ] as const) {
      const { code, stderr, stdout } = await tenure(args);
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
      expect(stderr).toMatch(message);
    }
  });

  it('answers a query as rows, and refuses to write', async () => {
    const rows = await answer([
      'query',
      `select 1 as n, 'a' as s, date '2026-06-30' as d`,
      '--config',
      line.config,
    ]);
    expect(rows).toEqual([{ n: 1, s: 'a', d: '2026-06-30' }]);
    const ofADay = await tenure(['query', 'select 1 as n', '--as-of', '2026-01-01', '--config', line.config]);
    expect(ofADay).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/--as-of changes nothing for "query"/),
    });
    const written = await tenure(['query', 'create table marts.x as select 1', '--config', line.config]);
    expect(written.code).toBe(1);
    expect(written.stderr).toMatch(/read-only/);
  });

  it('finds nothing wrong in the built line', async () => {
    const findings = await answer<{ check: string; is_ok: boolean; finding: string }[]>([
      'doctor',
      '--config',
      line.config,
    ]);
    expect(findings.filter((each) => !each.is_ok)).toEqual([]);
  });

  it('explains a score by contributions that add to it, and a change by effects that add to it', async () => {
    const [account] = await answer<{ account_id: string }[]>([
      'query',
      `select account_id from marts.fct_account_health_daily where as_of_date = date '${line.asOfDate}' order by abs(score_delta_30d) desc limit 1`,
      '--config',
      line.config,
    ]);
    const explanation = await answer<{
      health: { score: number };
      contributions: { contribution: number }[];
      change: { score_change: number; rows: { effect: number }[]; sentence: string };
    }>(['explain', String(account?.account_id), '--config', line.config]);
    const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(explanation.contributions.map((row) => row.contribution))).toBeCloseTo(
      explanation.health.score,
      9,
    );
    expect(sum(explanation.change.rows.map((row) => row.effect))).toBeCloseTo(
      explanation.change.score_change,
      9,
    );
    expect(explanation.change.sentence).toMatch(/^The score (fell|rose|stayed)/);
    const { stdout } = await tenure(['explain', String(account?.account_id), '--config', line.config]);
    expect(stdout).toContain('Score ');
  });

  it('says that an account is not there', async () => {
    const { code, stderr } = await tenure(['explain', 'nobody', '--config', line.config]);
    expect(code).toBe(2);
    expect(stderr).toContain('No account has the id or name "nobody"');
  });

  it('ends check with 3 when something is red and 0 otherwise', async () => {
    const { code, stdout } = await tenure(['check', '--config', line.config, '--json']);
    const isRed = (JSON.parse(stdout) as { is_red: boolean }[]).some((row) => row.is_red);
    expect(code).toBe(isRed ? 3 : 0);
  });

  it('names the accounts behind the number of a check, as many as it counts', async () => {
    const on = ['--config', line.config];
    const [check] = await answer<{ value: number; n: number }[]>([
      'query',
      "select value, n from marts.fct_checks where check_id = 'M6' order by as_of_date desc limit 1",
      ...on,
    ]);
    const behind = await answer<{ account_id: string; owner: string | null; why: string }[]>([
      ...['check', ...on, '--accounts', 'm6'],
    ]);
    expect(behind.length).toBeGreaterThan(0);
    expect(behind.length).toBe(Math.round(Number(check?.value) * Number(check?.n)));
    expect(new Set(behind.map(({ why }) => why)).size).toBe(1);
    const strange = await tenure(['check', ...on, '--accounts', 'M99']);
    expect([strange.code, strange.stderr]).toEqual([2, expect.stringMatching(/no check "M99".*D1, D2/)]);
    const alone = await tenure(['check', ...on, '--csv', 'accounts.csv']);
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringMatching(/Expected --accounts with --csv/)]);
  });

  it('names whose what is missing, by the same count as the audit, and writes it to hand out', async () => {
    const on = ['--config', line.config];
    const lacking = await answer<{ aspect: string; account: string; owner: string | null }[]>([
      'audit',
      ...on,
    ]);
    const counts = await answer<{ aspect: string; missing: number }[]>([
      'query',
      "select aspect, n - complete_count as missing from marts.fct_data_quality where aspect <> 'all'",
      ...on,
    ]);
    for (const { aspect, missing } of counts)
      expect([aspect, lacking.filter((row) => row.aspect === aspect).length]).toEqual([aspect, missing]);
    expect(lacking.length).toBeGreaterThan(0);

    const file = join(folder, 'lacking.csv');
    const { stdout } = await tenure(['audit', ...on, '--csv', file]);
    expect(stdout).toContain(`${lacking.length} rows in`);
    expect((await readFile(file, 'utf8')).trim().split('\r\n')).toHaveLength(lacking.length + 1);
    const again = await tenure(['audit', ...on, '--csv', file]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('is there already')]);

    const strange = await tenure(['audit', ...on, '--aspect', 'colour']);
    expect([strange.code, strange.stderr]).toEqual([
      2,
      expect.stringContaining('expected one of renewal_date'),
    ]);
    const sample = await answer<{ account: string; what: string }[]>(['audit', ...on, '--sample', '10']);
    expect(new Set(sample.map((row) => row.account)).size).toBe(10);
    expect(sample.filter((row) => row.what === 'next renewal')).toHaveLength(10);
  });

  it('maps what is connected: each source, and what each signal makes of it', async () => {
    const { sources, signals } = await answer<{
      sources: { source: string; kind: string; rows: number; state: string }[];
      signals: { signal: string; n: number; account_count: number; advice: string | null }[];
    }>(['sources', '--config', line.config]);
    expect(sources.map(({ source, kind, state }) => [source, kind, state])).toEqual([
      ['crm', 'salesforce', 'succeeded'],
      ['support', 'zendesk', 'succeeded'],
      ['billing', 'stripe', 'succeeded'],
      ['product', 'segment', 'succeeded'],
    ]);
    expect(sources.every(({ rows }) => rows > 0)).toBe(true);
    expect(signals).toHaveLength(10);
    for (const { signal, account_count, n, advice } of signals)
      expect([signal, account_count > 0 && account_count <= n, advice]).toEqual([signal, true, null]);
    const { stdout } = await tenure(['sources', '--config', line.config]);
    expect(stdout).toContain('invoices with when they are due');
  });

  it('knows nothing of companies that bought nothing', async () => {
    const one = async (sql: string) => {
      const [row] = await answer<{ n: number }[]>(['query', sql, '--config', line.config]);
      return row?.n;
    };
    const prospects = `select distinct "Id" from raw."crm__Account" where "Type" = 'Prospect'`;
    expect(await one(`select count(*) as n from (${prospects})`)).toBeGreaterThan(3);
    for (const table of [
      'dim_accounts',
      'fct_account_health_daily',
      'fct_alerts',
      'fct_data_quality_accounts',
    ])
      expect([
        table,
        await one(`select count(*) as n from marts.${table} where account_id in (${prospects})`),
      ]).toEqual([table, 0]);
    expect(
      await one(
        `select count(*) as n from marts.fct_unmatched_customers where customer_id in (${prospects})`,
      ),
    ).toBe(0);
  });

  it('shows the backtest of both units at both horizons', async () => {
    const rows = await answer<{ unit: string; horizon_days: number; metric: string }[]>([
      'backtest',
      '--config',
      line.config,
    ]);
    const keys = new Set(
      rows.filter((row) => row.metric === 'auc').map((row) => `${row.unit} ${row.horizon_days}`),
    );
    expect([...keys].sort()).toEqual(['account 180', 'account 90', 'renewal 180', 'renewal 90']);
  });

  it('judges one unit, another horizon and a day of the past on request, with the reason in words', async () => {
    type Row = {
      unit: string;
      horizon_days: number;
      metric: string;
      segment: string;
      verdict: string;
      reason: string;
    };
    const rows = await answer<Row[]>([
      'backtest',
      '--unit',
      'renewal',
      '--horizon',
      '120',
      '--config',
      line.config,
    ]);
    expect(new Set(rows.map((row) => `${row.unit} ${row.horizon_days} ${row.segment}`))).toEqual(
      new Set(['renewal 120 all']),
    );
    const past = await tenure([
      ...['backtest', '--unit', 'renewal', '--as-of', addDays(line.asOfDate, -180), '--config', line.config],
    ]);
    expect(past.stdout).toMatch(
      /Go-live gate per renewal, 90 days ahead: insufficient evidence: \d+ churns known; 30 are needed\./,
    );
    const { code, stderr } = await tenure(['backtest', '--segment', 'nobody', '--config', line.config]);
    expect(code).toBe(2);
    expect(stderr).toContain('Expected a segment that was judged (');
  });

  it('explains a score of a warehouse that an earlier release built, without cuts and words', async () => {
    const [account] = await answer<{ account_id: string }[]>([
      'query',
      `select account_id from marts.fct_account_health_daily where as_of_date = date '${line.asOfDate}' order by abs(score_delta_30d) desc limit 1`,
      ...['--config', line.config],
    ]);
    const explained = () =>
      answer<{ contributions: { cut: string | null }[]; change: { rows: { sentence: string }[] } }>([
        ...['explain', String(account?.account_id), '--config', line.config],
      ]);
    const change = async (...statements: string[]) => {
      const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'warehouse.duckdb') });
      for (const statement of statements) await warehouse.query(statement);
      await warehouse.close();
    };
    const view = 'create or replace view marts.fct_signal_contributions_daily as select *';
    const rows = 'from intermediate.int_scores__contributions';
    const now = await explained();
    expect(now.contributions.some(({ cut }) => cut !== null)).toBe(true);

    await change(`${view} replace (cast(null as varchar) as cut) ${rows}`);
    const withoutCuts = await explained();
    expect(
      withoutCuts.change.rows.every(
        ({ sentence }) => sentence.endsWith(' points).') || sentence.endsWith(' point).'),
      ),
    ).toBe(true);

    await change(`${view} exclude (cut) ${rows}`, 'drop table intermediate.signal_words');
    const withoutWords = await explained();
    expect(withoutWords.contributions.every(({ cut }) => cut === null)).toBe(true);
    expect(withoutWords.change.rows.map(({ sentence }) => sentence).join(' ')).toMatch(/Login frequency: /);
  });
});
