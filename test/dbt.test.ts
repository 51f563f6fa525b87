import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadConfig } from '../orchestration/config/load.ts';
import type { Config } from '../orchestration/config/schema.ts';
import {
  type DbtVars,
  dbtEnvironment,
  dbtVars,
  TESTED_WITH_MODELS,
} from '../orchestration/pipeline/dbt/dbt.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { withLock } from '../orchestration/runtime/lock.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { shippedSignals } from './shipped-signals.ts';
import { tenure } from './tenure.ts';

/** dbt as a data team runs it, on a copy of the built line, which others are reading. */
describe('the dbt project', () => {
  const line = inject('line');
  const folder = mkdtempSync(join(tmpdir(), 'tenure-dbt-'));
  const file = join(folder, 'tenure.yaml');
  const warehouse = join(folder, 'warehouse.duckdb');
  const on = ['--config', file, '--as-of', line.asOfDate];
  let config: Config;
  let vars: DbtVars;

  beforeAll(async () => {
    copyFileSync(line.warehouse, warehouse);
    copyFileSync(line.config, file);
    config = await loadConfig(file, {});
    const opened = await openWarehouse(config.warehouse, { readOnly: true });
    // the models of kinds that the demo has no source of have unit tests, too
    vars = { ...(await dbtVars(config, opened, line.asOfDate)), stage_all: true };
    await opened.close();
    const { status, stdout } = dbt('run', '--select', 'path:staging');
    if (status !== 0) throw new Error(stdout.slice(-6000));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const dbt = (...command: string[]) => {
    const models = join(projectRoot, 'models');
    return spawnSync(
      join(projectRoot, '.venv', 'bin', 'dbt'),
      [
        ...['--no-use-colors', ...command, '--project-dir', models, '--profiles-dir', models],
        ...['--target', 'duckdb', '--target-path', join(folder, 'target'), '--log-path', folder],
        ...['--vars', JSON.stringify(vars)],
      ],
      { cwd: models, encoding: 'utf8', env: { ...process.env, ...dbtEnvironment(config) } },
    );
  };

  it('passes every unit test of its models', () => {
    const { status, stdout } = dbt('test', '--select', 'test_type:unit');
    const [, passed = '0', failed = '?'] = /PASS=(\d+) WARN=\d+ ERROR=(\d+)/.exec(stdout) ?? [];
    expect({ failed, status, output: status === 0 ? '' : stdout.slice(-6000) }).toEqual({
      failed: '0',
      status: 0,
      output: '',
    });
    expect(Number(passed)).toBeGreaterThan(30);
    // those of another preset and those to be chosen among them
    const signals = (['standard', 'lean', 'optional'] as const).flatMap(shippedSignals);
    expect(signals.filter((signal) => !stdout.includes(`PASS int_signals__${signal}::`))).toEqual([]);
  });

  it('leaves out of dbt’s own tests those that models ask, by the same names', () => {
    const macros = readFileSync(join(projectRoot, 'models', 'macros', 'tests', 'with_models.sql'), 'utf8');
    const [, list = ''] = /macro tests_with_models\(\) %\}\s*\{% do return\(\[([^\]]*)/.exec(macros) ?? [];
    expect([...list.matchAll(/'(\w+)'/g)].map(([, name]) => name).sort()).toEqual(
      [...TESTED_WITH_MODELS].sort(),
    );
  });

  const verb = (...args: string[]) => tenure(['dbt', ...on, ...args]);
  const rows = async (path: string, sql: string) => {
    const opened = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
    const answer = await opened.query(sql, {});
    await opened.close();
    return answer.rows;
  };

  it('builds its documentation by tenure dbt, with the types of every mart and the metrics', async () => {
    const { code, stdout, stderr } = await verb('docs', 'generate');
    expect({ code, output: code === 0 ? '' : stdout.slice(-6000) + stderr }).toEqual({ code: 0, output: '' });
    const target = join(folder, '.build', 'dbt');
    expect(existsSync(join(target, 'index.html'))).toBe(true);
    const read = (name: string) => JSON.parse(readFileSync(join(target, name), 'utf8'));
    const { nodes } = read('catalog.json') as {
      nodes: Record<string, { metadata: { schema: string; name: string } }>;
    };
    const marts = Object.values(nodes)
      .filter(({ metadata }) => metadata.schema === 'marts')
      .map(({ metadata }) => metadata.name);
    expect(marts).toContain('fct_account_health_daily');
    const { metrics, semantic_models } = read('semantic_manifest.json') as {
      metrics: { name: string }[];
      semantic_models: { name: string; node_relation: { alias: string } }[];
    };
    expect(semantic_models.map(({ name, node_relation }) => [name, node_relation.alias])).toContainEqual([
      'account_health',
      'fct_account_health_in_force',
    ]);
    expect(metrics.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['health_score', 'arr_at_risk', 'grr', 'nrr']),
    );
  });

  it('lists, compiles and answers by tenure dbt as dbt does, with its exit code', async () => {
    const models = ['--resource-type', 'model', '--output', 'name'];
    const listed = await verb('--quiet', 'ls', '--select', 'fct_alerts', ...models);
    expect(listed).toMatchObject({ code: 0, stdout: 'fct_alerts.v1\n' });
    const shown = "select count(*) as accounts from {{ ref('dim_accounts') }}";
    const { code, stdout } = await verb('--quiet', 'show', '--output', 'json', '--inline', shown);
    const [count] = await rows(warehouse, 'select count(*) as accounts from marts.dim_accounts');
    expect(code).toBe(0);
    expect(JSON.parse(stdout).show).toEqual([{ accounts: Number(count?.accounts) }]);
    expect(await verb('compile', '--inline', '{{ no_such_macro() }}')).toMatchObject({ code: 2 });
    expect(JSON.parse((await tenure(['dbt', ...on, '--json', 'ls', '-q'])).stdout)).toEqual({
      args: ['ls', '-q'],
      exit_code: 0,
    });
  });

  it('builds by tenure dbt what tenure build does, under the lock of a run', async () => {
    const sql = 'select * from marts.dim_accounts order by account_id';
    const held = await rows(warehouse, sql);
    const run = () => verb('run', '--select', 'dim_accounts');
    const { code, stderr } = await withLock(join(folder, '.build'), run);
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('is at work') });
    expect((await run()).code).toBe(0);
    expect(await rows(warehouse, sql)).toEqual(held);
  });

  it('refuses by tenure dbt what would empty the history', async () => {
    const { code, stderr } = await verb('run', '--empty');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('without a row') });
  });

  it('asks a model’s tests as it builds it: one that fails leaves the table of before, one that warns is told', async () => {
    const build = () => tenure(['build', ...on, '--select', 'int_checks__half_of_it']);
    const held = () => rows(warehouse, 'select value, n from intermediate.int_checks__half_of_it');
    await tenure(['new', 'check', 'half_of_it', '--config', file]);
    const sql = (value: string) =>
      writeFileSync(
        join(folder, 'checks', 'half_of_it.sql'),
        `select 'half_of_it' as check_id, ${value} as value, 2 as n\n`,
      );
    const asks = (severity: string) =>
      writeFileSync(
        join(folder, 'checks', 'half_of_it.yml'),
        `version: 2
models:
  - name: int_checks__half_of_it
    description: One row.
    data_tests: [{ expression_is_true: { arguments: { expression: n = 2 } } }]
    columns:
      - name: check_id
        data_tests: [not_null, unique, { accepted_values: { arguments: { values: [half_of_it] } } }]
      - name: value
        data_tests: [{ accepted_range: { arguments: { min_value: 0, max_value: 1 }, config: { severity: ${severity} } } }]
`,
      );
    asks('error');
    sql('0.5');
    expect(await build()).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('1 models and seeds built, 5 tests passed'),
    });
    expect(await held()).toEqual([{ value: 0.5, n: 2 }]);

    sql('7.5');
    const failed = await build();
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/accepted_range_int_checks__half_of_it_value__1__0: 1/),
    });
    expect(await held()).toEqual([{ value: 0.5, n: 2 }]);

    asks('warn');
    const warned = await build();
    expect(warned.code).toBe(0);
    expect(warned.stderr).toContain('accepted_range_int_checks__half_of_it_value__1__0: 1');
    expect(await held()).toEqual([{ value: 7.5, n: 2 }]);
    for (const place of ['checks', 'rules']) rmSync(join(folder, place), { recursive: true });
  });

  it('is a source of a data team’s own project', async () => {
    const own = join(folder, 'data-team.duckdb');
    const project = join(projectRoot, 'test', 'fixtures', 'data-team');
    const { status, stdout } = spawnSync(
      join(projectRoot, '.venv', 'bin', 'dbt'),
      [
        ...['--no-use-colors', 'build', '--project-dir', project, '--profiles-dir', project],
        ...['--target-path', join(folder, 'data-team'), '--log-path', join(folder, 'data-team')],
      ],
      { encoding: 'utf8', env: { ...process.env, DATA_TEAM_DUCKDB: own, TENURE_DUCKDB: warehouse } },
    );
    expect({ status, output: status === 0 ? '' : stdout.slice(-6000) }).toEqual({ status: 0, output: '' });
    const [built] = await rows(
      own,
      'select sum(account_count)::int as n, sum(arr)::double as arr from arr_by_category',
    );
    const [here] = await rows(
      warehouse,
      'select count(*)::int as n, sum(arr)::double as arr from marts.dim_accounts where not is_churned',
    );
    expect(built).toEqual(here);
    expect(built?.n).toBeGreaterThan(10);
  });
});
