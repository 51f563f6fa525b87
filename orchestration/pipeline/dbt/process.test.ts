import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endDbt, runDbt } from './process.ts';

const quiet = { step() {}, progress() {}, note() {}, warn() {}, done() {} };

describe('runs of one dbt process', () => {
  let folder: string;
  const model = (name: string, sql: string) => writeFile(join(folder, 'models', `${name}.sql`), sql);
  const build = (told: Record<string, string> = {}) =>
    runDbt(
      {
        flags: ['--log-format', 'json', '--no-use-colors', '--no-write-json'],
        command: ['build'],
        project: [
          ...['--project-dir', folder, '--profiles-dir', folder, '--log-path', folder],
          ...['--target-path', join(folder, 'target')],
        ],
        environment: { DBT_SEND_ANONYMOUS_USAGE_STATS: 'false' },
        told: { TENURE_TOLD: '1', ...told },
      },
      quiet,
    );
  const readAt = async () => (await stat(join(folder, 'target', 'partial_parse.msgpack'))).mtimeMs;
  const statuses = async (run: ReturnType<typeof build>) => {
    const { exitCode, results } = await run;
    return { exitCode, results: results.map(({ unique_id, status }) => `${unique_id}: ${status}`) };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-dbt-'));
    await mkdir(join(folder, 'models'));
    await writeFile(
      join(folder, 'dbt_project.yml'),
      'name: acorn\nprofile: acorn\nconfig-version: 2\nmodel-paths: [models]\nmodels: {+materialized: table}\n',
    );
    await writeFile(
      join(folder, 'profiles.yml'),
      `acorn:\n  target: duckdb\n  outputs:\n    duckdb: {type: duckdb, path: '${join(folder, 'w.duckdb')}', threads: 1}\n`,
    );
    await model('one', "select cast('{{ env_var('TENURE_TOLD') if execute }}' as integer) as told");
  });
  afterAll(async () => {
    await endDbt();
    await rm(folder, { recursive: true });
  });

  it('read the project once, and each is told what is its own', async () => {
    expect(await statuses(build())).toEqual({ exitCode: 0, results: ['model.acorn.one: success'] });
    const first = await readAt();
    expect(await statuses(build({ TENURE_TOLD: 'no number' }))).toEqual({
      exitCode: 1,
      results: ['model.acorn.one: error'],
    });
    expect(await statuses(build())).toMatchObject({ exitCode: 0 });
    expect(await readAt()).toBe(first);
  });

  it('see a model that was added, changed or broken since', async () => {
    await model('two', 'select told + 1 as told from {{ ref("one") }}');
    expect((await statuses(build())).results).toContain('model.acorn.two: success');
    await model('two', 'select {{ ref("three") }}');
    const broken = await build();
    expect(broken).toMatchObject({ exitCode: 2, results: [] });
    expect(broken.tail.join('\n')).toContain("depends on a node named 'three' which was not found");
    await model('two', 'select told + 2 as told from {{ ref("one") }}');
    expect(await statuses(build())).toMatchObject({ exitCode: 0 });
  });

  it('outlive one that is killed, and the process itself', async () => {
    await model('slow', 'select count(*) as n from range(1000000) as a cross join range(100000000) as b');
    const [dbt] = pids('-P', String(process.pid), '-f', '^[^ ]*python [^ ]*ready.py');
    const oneOf = async () => {
      for (;;) {
        const [running] = pids('-P', String(dbt), '-f', '^[^ ]*python [^ ]*ready.py');
        if (running !== undefined) return running;
        await sleep(50);
      }
    };
    const killed = statuses(build());
    process.kill(await oneOf(), 'SIGKILL');
    expect(await killed).toMatchObject({ exitCode: 137 });

    const gone = statuses(build());
    const left = await oneOf();
    process.kill(Number(dbt), 'SIGKILL');
    expect(await gone).toMatchObject({ exitCode: null });
    await rm(join(folder, 'models', 'slow.sql'));
    expect(await statuses(build())).toMatchObject({ exitCode: 0 });
    expect(() => process.kill(left, 0)).toThrow('ESRCH');
  });
});

/** The processes that pgrep finds. */
function pids(...asked: readonly string[]): number[] {
  const { stdout } = spawnSync('pgrep', asked, { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}
