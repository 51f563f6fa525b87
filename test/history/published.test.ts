import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../orchestration/config/load.ts';
import { withWarehouse } from '../../orchestration/pipeline/configured-warehouse.ts';
import { dbtEnvironment, dbtVars } from '../../orchestration/pipeline/dbt/dbt.ts';
import { projectRoot } from '../../orchestration/project-root.ts';
import { tenure } from '../tenure.ts';
import { HistoryLine } from './history-line.ts';
import { FIRST, filesOn, SECOND } from './small-company.ts';

const CORRECTED_FROM = '2026-05-20';

/** The same files with the latest invoice before the first build paid weeks later than was said. */
function withOnePaidLater(files: Readonly<Record<string, readonly string[]>>) {
  const [header = '', ...rows] = files['invoices.csv'] ?? [];
  const columns = header.split(',');
  const cell = (row: string, name: string) => String(row.split(',')[columns.indexOf(name)]);
  const dueOf = (row: string) => cell(row, 'due_date');
  const [row = ''] = rows
    .filter((each) => dueOf(each) >= CORRECTED_FROM && dueOf(each) < FIRST)
    .sort((one, other) => dueOf(other).localeCompare(dueOf(one)));
  const corrected = row.replace(cell(row, 'paid_at'), '2026-07-20T00:00:00Z');
  return {
    account: cell(row, 'account_id'),
    due: dueOf(row),
    files: { ...files, 'invoices.csv': [header, ...rows.map((each) => (each === row ? corrected : each))] },
  };
}

describe('the published history', () => {
  let folder: string;
  let line: HistoryLine;
  let before: unknown;
  const whole = filesOn(SECOND);
  const published = () => line.published(FIRST);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-published-'));
    line = new HistoryLine(join(folder, 'line'));
    await line.configure({});
    await line.write(filesOn(FIRST));
    expect(await line.sync(FIRST)).toEqual([]);
    expect(await line.build(FIRST)).toEqual([]);
    before = await published();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is not built from a source that was renamed: the error names it and what raw holds', async () => {
    await line.configure({ sourceName: 'customers' });
    const [why = ''] = await line.build(FIRST);
    expect(why).toMatch(/^SOURCE_NEVER_LANDED: .*customers; raw holds .*book__accounts/s);
    expect(why).toContain('tenure sync customers');
    await line.configure({ sourceName: 'book' });
    expect(await published()).toEqual(before);
  });

  it('loses no day because accounts.csv has only a header, even where that was asked for', async () => {
    await line.write({ ...whole, 'accounts.csv': ['account_id,name'] });
    const [why = ''] = await line.sync(SECOND);
    expect(why).toMatch(/^TABLE_SHRANK: accounts would shrink from 6 to 0 rows/);
    await line.sync(SECOND, true);
    await line.query(`update intermediate.int_history__completed set product_version = '0.0.9'`);
    const [refusal = ''] = await line.build(SECOND);
    expect(refusal).toMatch(/ Why: Tenure \d+\.\d+\.\d+ runs where 0\.0\.9 built them \(CHANGELOG/);
    expect(refusal).toMatch(
      /^HISTORY_WOULD_LOSE_DAYS: 270 published days of 6 accounts \(a0 … a5, 2026-05-01 to /,
    );
    expect(refusal).toMatch(/accounts went \(6 accounts\)/);
    expect(refusal).toContain('--accept-loss');
    expect(await published()).toEqual(before);
  });

  it('is as it was when the source is mended after the refusal', async () => {
    await line.write(whole);
    expect(await line.sync(SECOND)).toEqual([]);
    expect(await line.build(SECOND)).toEqual([]);
    expect(await published()).toEqual(before);
    expect(await line.query('select * from marts.fct_restatements')).toEqual([]);
  });

  it('loses no day because history_start_date moved later', async () => {
    await line.configure({ historyStart: '2026-06-01' });
    const [why = ''] = await line.build(SECOND);
    expect(why).toMatch(
      /^HISTORY_WOULD_LOSE_DAYS: .*tenant.history_start_date moved from 2026-05-01 to 2026-06-01/s,
    );
    await line.configure({ historyStart: '2026-05-01' });
    expect(await published()).toEqual(before);
  });

  it('keeps what it said of a day that a corrected record changes, once', async () => {
    const { account, due, files } = withOnePaidLater(whole);
    await line.write(files);
    expect(await line.sync(SECOND)).toEqual([]);
    expect(await line.build(SECOND)).toEqual([]);
    const noted = () =>
      line.query(
        `select account_id, min(as_of_date)::varchar as first_date, max(as_of_date)::varchar as last_date,
           count(*)::int as n, any_value(cause) as cause
         from marts.fct_restatements where column_name = 'payment_timeliness.signal_value' group by account_id`,
      );
    const [row, ...others] = await noted();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ account_id: account, last_date: FIRST });
    expect(row?.cause).toMatch(/invoices changed from 2026-/);
    expect(String(row?.first_date) >= due).toBe(true);
    // What was said and what is said are in it, of the score too.
    const wrong = await line.query(
      `select * from marts.fct_restatements as restated
       left join marts.fct_account_health_daily as now using (account_id, as_of_date, model_version)
       where column_name = 'score' and not abs(cast(value_after as double) - now.score) < 1e-8`,
    );
    expect(wrong).toEqual([]);
    const scores = await line.query(
      "select count(*)::int as n from marts.fct_restatements where column_name = 'score'",
    );
    expect(scores).toEqual([{ n: row?.n }]);
    expect(await line.build(SECOND)).toEqual([]);
    expect(await noted()).toEqual([row]);
  });

  it('changes in no large part unless it is asked to, and keeps all that it said then', async () => {
    const said = await published();
    const { 'usage_events.csv': _, ...others } = whole;
    await line.write(others);
    await line.sync(SECOND, true);
    const [why = ''] = await line.build(SECOND);
    expect(why).toMatch(/^HISTORY_WOULD_CHANGE: \d+ of \d+ published scores/);
    expect(why).toMatch(/usage of book went/);
    expect(await published()).toEqual(said);
    expect(await line.build(SECOND, { acceptChanges: true })).toEqual([]);
    const now = await published();
    expect(now.length).toBe(said.length);
    expect(now).not.toEqual(said);
    const lost = await line.query(
      `select count(*)::int as n from marts.fct_restatements
       where column_name = 'login_frequency.signal_value' and value_before is not null and value_after is null`,
    );
    expect(Number(lost[0]?.n)).toBe(
      said.filter(({ what, value }) => what === 'login_frequency' && value !== null).length,
    );
  });

  it('loses days where that is asked for, and keeps what they said', async () => {
    const first = (name: string) => (whole[name] ?? []).slice(0, 5);
    await line.write({
      ...whole,
      'accounts.csv': first('accounts.csv'),
      'contracts.csv': first('contracts.csv'),
    });
    await line.sync(SECOND, true);
    const accepted = { acceptLoss: true, acceptChanges: true };
    expect(await line.build(SECOND, accepted)).toEqual([]);
    const [row] = await line.query(
      `select count(distinct as_of_date)::int as days, count(distinct account_id)::int as accounts
       from marts.fct_restatements where column_name = 'score' and value_after is null`,
    );
    expect(row).toEqual({ days: 45, accounts: 2 });
  });

  describe('and dbt by itself', () => {
    const dbt = (vars: string, ...command: string[]) => {
      const models = join(projectRoot, 'models');
      const { status, stdout } = spawnSync(
        join(projectRoot, '.venv', 'bin', 'dbt'),
        [
          ...[
            '--no-use-colors',
            ...command,
            '--project-dir',
            models,
            '--profiles-dir',
            models,
            '--vars',
            vars,
          ],
          ...['--target-path', join(folder, 'target'), '--log-path', folder],
        ],
        {
          cwd: models,
          encoding: 'utf8',
          env: { ...process.env, TENURE_DUCKDB_PATH: join(line.folder, 'warehouse.duckdb') },
        },
      );
      return { status, stdout };
    };
    const rows = () =>
      line.query('select count(*)::int as accounts from intermediate.int_canonical__accounts');

    it('writes nothing when it is not told what is connected', async () => {
      const held = await rows();
      const { status, stdout } = dbt("{as_of_date: '2026-06-15'}", 'run');
      expect(status).not.toBe(0);
      expect(stdout).toContain('Expected the var raw_tables, which says what is connected, got none');
      expect(stdout).not.toMatch(/OK created/);
      expect(await rows()).toEqual(held);
    });

    it('takes days without quotes, and sources without a red line', async () => {
      const config = await loadConfig(line.config, {});
      const vars = await withWarehouse(config, (warehouse) => dbtVars(config, warehouse, SECOND));
      const text = JSON.stringify({ ...vars, source_red_line_hours: {} })
        .replace(`"as_of_date":"${SECOND}"`, `"as_of_date": ${SECOND}`)
        .replace('"history_start_date":"2026-05-01"', '"history_start_date": 2026-05-01');
      expect(text).toContain('"history_start_date": 2026-05-01');
      const { status, stdout } = dbt(
        text,
        'compile',
        '--select',
        'fct_baseline_metrics',
        'stg_ops__syncs',
        'fct_source_freshness',
      );
      expect({ status, output: status === 0 ? '' : stdout }).toEqual({ status: 0, output: '' });
      expect(Object.keys(dbtEnvironment(config))).toContain('TENURE_DUCKDB_PATH');
    });
  });
});

describe('a first run', () => {
  it('without files says what is missing, and nothing of dbt', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tenure-first-'));
    try {
      const line = new HistoryLine(folder);
      await line.configure({});
      await mkdir(join(folder, 'data'));
      const { code, stderr } = await tenure(['run', '--until', 'build', '--config', line.config]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/No source has landed anything yet.*the last sync of book failed \(NO_FILES\)/s);
      expect(stderr).not.toMatch(/Traceback|dbt ended/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
