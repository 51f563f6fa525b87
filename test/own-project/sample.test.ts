import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../orchestration/config/load.ts';
import { dbtEnvironment, dbtVars } from '../../orchestration/pipeline/dbt/dbt.ts';
import { dbtProgram } from '../../orchestration/pipeline/dbt/process.ts';
import { dbtProject } from '../../orchestration/project/lay-out.ts';
import { writeNew } from '../../orchestration/project/new.ts';
import { projectRoot } from '../../orchestration/project-root.ts';
import { openWarehouse } from '../../warehouse/index.ts';
import { answer, tenure } from '../tenure.ts';

const fixtures = join(projectRoot, 'test', 'fixtures');
const AS_OF = '2026-06-30';

let folder: string;
let config: string;

/** Runs a verb on the project, which must succeed (or find a red check). */
async function on(...args: string[]) {
  const { code, stderr, stdout } = await tenure([...args, '--config', config, '--as-of', AS_OF]);
  if (code !== 0 && code !== 3) throw new Error(`tenure ${args.join(' ')} ended with ${code}:\n${stderr}`);
  return { code, stdout };
}
type Row = Record<string, string | number | boolean | null>;
const query = (sql: string) => answer<Row[]>(['query', sql, '--limit', '0', '--config', config]);
const scores = () =>
  query(`select account_id, round(score, 9) as score from marts.fct_account_health_in_force
    where as_of_date = date '${AS_OF}' order by account_id`);
const valuesOf = (signal: string, day = AS_OF) =>
  query(`select account_id, measure, cut, signal_value, weight, contribution
    from marts.fct_signal_contributions_daily
    where signal = '${signal}' and as_of_date = date '${day}' order by account_id`);
const files = async (path: string) =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

/** Puts another text in the place of one in a file of the project, which must have it. */
async function change(file: string, pairs: readonly (readonly [string, string])[]): Promise<void> {
  let text = await readFile(join(folder, file), 'utf8');
  for (const [from, to] of pairs) {
    expect(text).toContain(from);
    text = text.replaceAll(from, to);
  }
  await writeFile(join(folder, file), text);
}

/** dbt on what the line builds from, with what it is told there. */
async function dbt(...command: string[]) {
  const loaded = await loadConfig(config, process.env);
  const warehouse = await openWarehouse(loaded.warehouse, { readOnly: true });
  const { as_of_date, ...vars } = await dbtVars(loaded, warehouse, AS_OF).finally(() => warehouse.close());
  const project = dbtProject(loaded);
  const [program, script] = dbtProgram;
  return spawnSync(
    program,
    [
      script,
      ...['--no-use-colors', ...command, '--project-dir', project, '--profiles-dir', project],
      // the build's own folder, in which the models are parsed already
      ...['--target', 'duckdb', '--target-path', join(loaded.buildDirectory, 'dbt'), '--log-path', folder],
      ...['--vars', JSON.stringify(vars)],
    ],
    {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, ...dbtEnvironment(loaded), TENURE_AS_OF_DATE: String(as_of_date) },
    },
  );
}

describe('a project with a signal, a check and a page of its own', () => {
  const product = ['models', 'reports/pages', 'reports/sources'].map((path) => join(projectRoot, path));
  let shipped: string[][];

  beforeAll(async () => {
    shipped = await Promise.all(product.map(files));
    folder = await mkdtemp(join(tmpdir(), 'tenure-sample-'));
    config = join(folder, 'tenure.yaml');
    await cp(join(fixtures, 'own-project'), folder, { recursive: true });
    await cp(join(fixtures, 'three-accounts'), join(folder, 'data'), { recursive: true });
    // Starts as they are written: of a raw table that nothing lands, of meetings, a check and a page.
    await on('new', 'signal', 'calls', '--input', 'phone_calls');
    for (const [kind, name] of [
      ['signal', 'meetings_held'],
      ['check', 'sudden_falls'],
      ['page', 'growth'],
      // becomes one that reads a column which no signal of the product does
      ['signal', 'large_invoices'],
    ] as const)
      writeNew(folder, { kind, name, preset: 'standard' });
    await change('signals/large_invoices.sql', [
      ['int_canonical__meetings', 'int_canonical__invoices'],
      ["meetings.status = 'attended'", 'meetings.amount > 1000'],
      ["entity_is_connected('meetings')", "entity_is_connected('invoices')"],
    ]);
    await rm(join(folder, 'signals', 'large_invoices.yml'));
    // one meeting is many where ACC-1 is, and nobody else
    const cuts = join(folder, 'rules', 'signal_cuts.csv');
    const [header = '', ...rows] = (await readFile(cuts, 'utf8')).trimEnd().split('\n');
    const values: Readonly<Record<string, string>> = {
      ...{ signal: 'meetings_held', cut: 'many', threshold: '1', signal_value: '100', unit: 'meetings' },
      ...{ status: 'assumed', rationale: 'a meeting takes more people there' },
    };
    await writeFile(
      cuts,
      [
        `${header},segment`,
        ...rows.map((row) => `${row},`),
        `${header
          .split(',')
          .map((column) => values[column] ?? '')
          .join(',')},enterprise`,
        '',
      ].join('\n'),
    );
    await on('sync');
    await on('build', '--skip-tests');
    await on('score', '--skip-tests');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('scores as worked out by hand, own-project/HAND-CHECK.md', async () => {
    expect(await valuesOf('seats_unused')).toEqual([
      { account_id: 'ACC-1', measure: 0, cut: 'none', signal_value: 100, weight: 10, contribution: 10 },
      { account_id: 'ACC-2', measure: 2, cut: 'few', signal_value: 60, weight: 10, contribution: 6 },
      { account_id: 'ACC-3', measure: 4, cut: 'many', signal_value: 10, weight: 10, contribution: 1 },
    ]);
    expect(await scores()).toEqual([
      { account_id: 'ACC-1', score: 93.75 },
      { account_id: 'ACC-2', score: 55.3 },
      { account_id: 'ACC-3', score: 16.6 },
    ]);
  });

  it('computes at weight 0 what moves no score, and says nothing where nothing was landed', async () => {
    const values = (await valuesOf('meetings_held')).map(({ signal_value, weight, contribution }) => ({
      signal_value,
      weight,
      contribution,
    }));
    // attended since 2 April: 12 May, many for an enterprise; none (17 March is before); 5 June
    expect(values).toEqual([
      { signal_value: 100, weight: 0, contribution: 0 },
      { signal_value: 20, weight: 0, contribution: 0 },
      { signal_value: 70, weight: 0, contribution: 0 },
    ]);
    expect((await valuesOf('calls')).map((row) => row.signal_value)).toEqual([null, null, null]);
  });

  it('passes the unit tests and the tests of data of its models, the starts among them', async () => {
    const { status, stdout } = await dbt('test', '--select', 'fqn:*.own.*');
    expect({ status, output: status === 0 ? '' : stdout.slice(-6000) }).toEqual({ status: 0, output: '' });
    for (const name of [
      'int_signals__seats_unused::seats_unused_by_count',
      'int_signals__calls::calls_by_count',
      'int_signals__meetings_held::meetings_held_by_count',
      'int_checks__stalled_rollouts::stalled_rollouts_by_cut',
      'int_checks__sudden_falls::sudden_falls_of_the_day',
    ])
      expect(stdout).toContain(`PASS ${name}`);
  });

  it('explains the signal by its own words', async () => {
    const { stdout } = await on('explain', 'ACC-3', '--since', '2026-05-25');
    expect(stdout).toContain(
      'More invited seats were never used: 4 seats never used, invited in the last 90 days, up from 2',
    );
  });

  it('finds its check red, beside the product’s', async () => {
    const { code, stdout } = await on('check', '--json');
    const checks = JSON.parse(stdout) as Row[];
    expect(code).toBe(3);
    expect(checks.find((row) => row.check_id === 'stalled_rollouts')).toMatchObject({
      value: 1 / 3,
      red_line: 0.25,
      n: 3,
      is_red: true,
    });
    // three accounts are too few for the start's minimum of ten
    expect(checks.find((row) => row.check_id === 'sudden_falls')).toMatchObject({ n: 3, is_red: false });
    expect(checks.find((row) => row.check_id === 'M6')).toBeDefined();
  });

  it('replays other weights of the signal', async () => {
    const weights = join(folder, 'tried.csv');
    await writeFile(
      weights,
      'preset,signal,segment,weight\nstandard_10,seats_unused,,0\nstandard,exec_sponsor,,12\n',
    );
    const tried = await answer<{ before: Row; after: Row; changes: Row[] }>([
      ...['whatif', '--weights', weights, '--config', config, '--as-of', AS_OF],
    ]);
    // ACC-2 loses 6 points of seats and gains 5 of the sponsor: 54.3, yellow as before
    expect(tried.changes).toEqual([]);
    await writeFile(weights, 'preset,signal,segment,weight\nstandard,seats_unused,,20\n');
    const { code, stderr } = await tenure(['whatif', '--weights', weights, '--config', config]);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('add to 110') });
  });

  it('takes late rows of its raw table, and of a column that only its signal reads, as the product’s', async () => {
    const large = async () => (await valuesOf('large_invoices', '2026-05-15')).map((row) => row.measure);
    expect((await valuesOf('seats_unused', '2026-05-01'))[2]).toMatchObject({ measure: 1, signal_value: 60 });
    // in force on 15 May: I-102, I-201 and I-301, each issued in the 90 days before
    expect(await large()).toEqual([1, 1, 1]);
    const unused = (id: string, at: string) => `"${id}","account_id":"ACC-3","invited_at":"${at}","used_at":`;
    await change('product/seat_invitations.ndjson', [
      [
        `${unused('I-7', '2026-04-02T00:00:00Z')}null`,
        `${unused('I-7', '2026-04-02T00:00:00Z')}"2026-04-03T08:00:00Z"`,
      ],
      [
        `${unused('I-10', '2026-06-12T09:00:00Z')}null`,
        `${unused('I-10', '2026-06-12T09:00:00Z')}"2026-06-13T08:00:00Z"`,
      ],
      [
        '{"invitation_id":"I-1",',
        '{"invitation_id":"I-11","account_id":"ACC-1","invited_at":"2026-06-05T09:00:00Z","used_at":null}\n{"invitation_id":"I-1",',
      ],
    ]);
    await change('data/invoices.csv', [['2026-04-10,,9000.00,open', '2026-04-10,,500.00,open']]);
    await on('sync');
    await on('build', '--skip-tests', '--accept-changes');
    expect((await valuesOf('seats_unused')).map((row) => [row.measure, row.signal_value])).toEqual([
      [1, 60],
      [2, 60],
      [2, 60],
    ]);
    expect((await scores()).map((row) => row.score)).toEqual([89.75, 55.3, 21.6]);
    expect((await valuesOf('seats_unused', '2026-05-01'))[2]).toMatchObject({
      measure: 0,
      signal_value: 100,
    });
    expect(await large()).toEqual([1, 1, 0]);
    const restated = await query(`select distinct account_id, cause from marts.fct_restatements
      where column_name = 'score' and as_of_date = date '2026-05-01' order by account_id`);
    expect(restated).toEqual([{ account_id: 'ACC-3', cause: expect.stringContaining('seat_invitations') }]);
    const all = () =>
      query(`select account_id, as_of_date, signal, measure, cut, signal_value, weight, contribution
        from marts.fct_signal_contributions_daily order by account_id, as_of_date, signal`);
    const grown = await all();
    await on('build', '--skip-tests', '--full-refresh', '--select', '+fct_signal_contributions_daily');
    expect(grown.length).toBeGreaterThan(1000);
    expect(await all()).toEqual(grown);
  });

  it('keeps the signal’s own SQL in the model version: another text makes another version', async () => {
    const version = async () =>
      (await query('select model_version, config_hash from intermediate.int_scores__model_version'))[0];
    const before = await version();
    expect(before?.model_version).toMatch(/^standard_10@/);
    const rebuilt = async () => {
      await on('build', '--skip-tests', '--select', 'int_signals__cuts_version', 'int_scores__model_version');
      return version();
    };
    await change('signals/seats_unused.sql', [['-- Before the first', '-- Long before the first']]);
    expect(await rebuilt()).toEqual(before);
    await change('signals/inputs/seat_invitations.sql', [
      ['and account_id is not null', "and account_id <> 'ACC-9'"],
    ]);
    expect(await rebuilt()).not.toEqual(before);
    await change('signals/inputs/seat_invitations.sql', [
      ["and account_id <> 'ACC-9'", 'and account_id is not null'],
    ]);
    expect(await rebuilt()).toEqual(before);
  });

  it('builds its pages into the site, with a link in the navigation, and its check is not red any more', async () => {
    await on('score', '--skip-tests');
    const checks = JSON.parse((await on('check', '--json')).stdout) as Row[];
    expect(checks.find((row) => row.check_id === 'stalled_rollouts')).toMatchObject({
      value: 0,
      is_red: false,
    });
    await on('report');
    /** The tables of pages are filled in the browser, from these files. */
    const rowsOf = async (source: string) => {
      const files = join(folder, '.build', 'site', 'data', 'warehouse', source, '*', '*.parquet');
      const connection = await (await DuckDBInstance.create(':memory:')).connect();
      const found = await connection.runAndReadAll(`select count(*) from read_parquet('${files}')`);
      connection.closeSync();
      return Number(found.getRows()[0]?.[0]);
    };
    const page = (path: string) => readFile(join(folder, '.build', 'site', path, 'index.html'), 'utf8');
    expect(await page('seats')).toContain('Seats to which customers invited somebody');
    expect(await page('growth')).toContain('A start: say here what the page is for');
    expect(await rowsOf('seat_invitations')).toBe(11);
    expect(await rowsOf('growth')).toBe(3);
    const home = await page('.');
    expect(home).toMatch(/href="[^"]*\/?seats\/?"/);
    expect(home).toMatch(/href="[^"]*\/?renewals\/?"/);
  });

  it('writes nothing into the product', async () => {
    expect(await Promise.all(product.map(files))).toEqual(shipped);
  });

  it('is refused by file when a model lacks a column', async () => {
    await change('signals/seats_unused.sql', [['        true as is_leak_proof,\n', '']]);
    const { code, stderr } = await tenure([
      ...['build', '--skip-tests', '--select', 'int_signals__seats_unused'],
      ...['--config', config, '--as-of', AS_OF],
    ]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'signals/seats_unused.sql: expected the columns account_id, as_of_date, measure',
    );
    expect(stderr).toContain('Add is_leak_proof');
  });
});
