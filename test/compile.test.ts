import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dbtProject } from '../orchestration/project/lay-out.ts';
import { projectVars } from '../orchestration/project/own-project.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { shippedSignals } from './shipped-signals.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenure-compile-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The product's models with those of a company's project among them. */
const directory = join(projectRoot, 'test', 'fixtures', 'own-project');
const shadow = ['account_fit', ...shippedSignals('optional')];
const vars = projectVars({ directory, signals: { preset: 'standard', shadow } });
const models = dbtProject({ directory, buildDirectory: folder });

describe.each(['duckdb', 'bigquery'])('the models of a project for %s', (target) => {
  it('compile without a warehouse to ask', () => {
    const { status, stdout } = spawnSync(
      join(projectRoot, '.venv', 'bin', 'dbt'),
      [
        ...['compile', '--no-introspect', '--no-populate-cache', '--target', target, '--project-dir', models],
        ...['--profiles-dir', models, '--target-path', join(folder, target), '--log-path', folder],
        ...[
          '--vars',
          JSON.stringify({
            ...vars,
            as_of_date: '2026-06-30',
            raw_tables: {},
            raw_columns: {},
            source_names: {},
          }),
        ],
      ],
      {
        cwd: models,
        encoding: 'utf8',
        env: {
          ...process.env,
          DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
          TENURE_DUCKDB_PATH: join(folder, 'compile.duckdb'),
          TENURE_BIGQUERY_PROJECT: 'nobody',
          TENURE_BIGQUERY_METHOD: 'oauth-secrets',
          TENURE_BIGQUERY_TOKEN: 'none',
        },
      },
    );
    expect(stdout).not.toMatch(/Error/);
    expect(status).toBe(0);
    const compiled = readdirSync(join(folder, target, 'compiled'), { recursive: true }).filter((name) =>
      String(name).endsWith('.sql'),
    );
    expect(compiled.length).toBeGreaterThan(80);
    for (const name of [
      'int_signals__seats_unused',
      'int_inputs__seat_invitations',
      'int_checks__stalled_rollouts',
    ])
      expect(
        compiled.some((path) => String(path).endsWith(`${name}.sql`)),
        name,
      ).toBe(true);
  });
});
