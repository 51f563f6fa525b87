import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { loadConfig } from '../orchestration/config/load.ts';
import type { Config } from '../orchestration/config/schema.ts';
import { type DbtVars, dbtEnvironment, dbtVars } from '../orchestration/pipeline/dbt/dbt.ts';
import { projectVars } from '../orchestration/project/own-project.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse } from '../warehouse/index.ts';

/** dbt as a data team runs it, on a copy of the built line, which others are reading. */
describe('the dbt project', () => {
  const line = inject('line');
  const folder = mkdtempSync(join(tmpdir(), 'tenure-dbt-'));
  let config: Config;
  let vars: DbtVars;

  beforeAll(async () => {
    const path = join(folder, 'warehouse.duckdb');
    copyFileSync(line.warehouse, path);
    config = { ...(await loadConfig(line.config, {})), warehouse: { type: 'duckdb', path } };
    const warehouse = await openWarehouse(config.warehouse, { readOnly: true });
    // the models of kinds that the demo has no source of have unit tests, too
    vars = { ...(await dbtVars(config, warehouse, line.asOfDate)), stage_all: true };
    await warehouse.close();
    const { status, stdout } = dbt('run', '--select', 'path:staging');
    if (status !== 0) throw new Error(stdout.slice(-6000));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const dbt = (...command: string[]) => dbtWith({}, ...command);
  const dbtWith = (more: DbtVars, ...command: string[]) => {
    const models = join(projectRoot, 'models');
    return spawnSync(
      join(projectRoot, '.venv', 'bin', 'dbt'),
      [
        ...['--no-use-colors', ...command, '--project-dir', models, '--profiles-dir', models],
        ...['--target', 'duckdb', '--target-path', join(folder, 'target'), '--log-path', folder],
        ...['--vars', JSON.stringify({ ...vars, ...more })],
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
  });

  it('passes the unit tests of the signals of lean, which are only there with it', () => {
    const lean = projectVars({ ...config, signals: { preset: 'lean', shadow: [] } });
    const { status, stdout } = dbtWith(lean, 'test', '--select', 'test_type:unit,path:intermediate/signals');
    expect({ status, output: status === 0 ? '' : stdout.slice(-6000) }).toEqual({ status: 0, output: '' });
    for (const signal of 'product_usage support_sentiment champion_engagement account_fit onboarding_time business_outcomes'.split(
      ' ',
    ))
      expect(stdout).toMatch(new RegExp(`PASS int_signals__${signal}::`));
  });

  it('builds its documentation, with the types of every mart and the metrics', () => {
    const { status, stdout } = dbt('docs', 'generate');
    expect({ status, output: status === 0 ? '' : stdout.slice(-6000) }).toEqual({ status: 0, output: '' });
    expect(existsSync(join(folder, 'target', 'index.html'))).toBe(true);
    const read = (name: string) => JSON.parse(readFileSync(join(folder, 'target', name), 'utf8'));
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
});
