import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { loadConfig } from '../orchestration/config.ts';
import { dbtEnvironment, dbtVars } from '../orchestration/dbt.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse } from '../warehouse/index.ts';

const line = inject('line');

/** dbt reads the columns of each input from a built warehouse: a copy of the line's, which others are reading. */
it('every dbt unit test of the models passes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-unit-tests-'));
  try {
    const path = join(folder, 'warehouse.duckdb');
    copyFileSync(line.warehouse, path);
    const config = await loadConfig(line.config, {});
    const warehouse = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
    const vars = await dbtVars(config, warehouse, line.asOfDate);
    await warehouse.close();
    const models = join(projectRoot, 'models');
    const { status, stdout } = spawnSync(
      join(projectRoot, '.venv', 'bin', 'dbt'),
      [
        ...['--no-use-colors', 'test', '--select', 'test_type:unit', '--project-dir', models],
        ...['--profiles-dir', models, '--target', 'duckdb', '--target-path', join(folder, 'target')],
        ...['--log-path', folder, '--vars', JSON.stringify(vars)],
      ],
      {
        cwd: models,
        encoding: 'utf8',
        env: { ...process.env, ...dbtEnvironment({ ...config, warehouse: { type: 'duckdb', path } }) },
      },
    );
    const [, passed = '0', failed = '?'] = /PASS=(\d+) WARN=\d+ ERROR=(\d+)/.exec(stdout) ?? [];
    expect({ failed, status, output: status === 0 ? '' : stdout.slice(-6000) }).toEqual({
      failed: '0',
      status: 0,
      output: '',
    });
    expect(Number(passed)).toBeGreaterThan(30);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
