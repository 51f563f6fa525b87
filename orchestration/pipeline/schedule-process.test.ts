import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openWarehouse } from '../../warehouse/index.ts';
import { projectRoot } from '../project-root.ts';

const folder = await mkdtemp(join(tmpdir(), 'tenure-schedule-'));
afterAll(() => rm(folder, { recursive: true }));
const configFile = join(folder, 'tenure.yaml');

describe('tenure schedule', () => {
  it('runs the line at each time, ends with 130 when it is terminated, and leaves each run in the log', async () => {
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data', 'accounts.csv'), 'account_id,name\nA1,One\n');
    await writeFile(
      join(folder, 'data', 'contracts.csv'),
      'contract_id,account_id,term_start_date,term_end_date,arr\nC1,A1,2025-01-01,2026-01-01,1000\n',
    );
    await writeFile(
      configFile,
      `warehouse: { type: duckdb, path: warehouse.duckdb }
tenant: { time_zone: Europe/Berlin }
sources: [{ name: book, kind: files, connector: { builtin: files, config: { path: ./data } } }]
schedule: { cron: "* * * * * *", until: sync }
`,
    );
    const child = spawn(
      process.execPath,
      [join(projectRoot, 'orchestration', 'cli', 'program.ts'), 'schedule', '--json', '--config', configFile],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data) => {
      stdout += data;
    });
    child.stderr.on('data', (data) => {
      stderr += data;
      // While the second run is at work.
      if (stderr.match(/run begins/g)?.length === 2 && !child.killed) child.kill('SIGTERM');
    });
    const [code, signal] = await new Promise<[number | null, string | null]>((resolve) =>
      child.on('close', (...ended) => resolve(ended)),
    );
    expect({ code, signal, stderr }).toMatchObject({ code: 130, signal: null });
    const { error, value: runs } = JSON.parse(stdout) as {
      error: { code: string };
      value: { run_id: string; status: string }[];
    };
    expect(error.code).toBe('STOPPED');
    expect(runs[0]).toMatchObject({ status: 'succeeded' });
    for (const run of runs.slice(1)) expect(['succeeded', 'stopped']).toContain(run.status);
    expect(stderr).toMatch(/next run at .* \(\* \* \* \* \* \*, Europe\/Berlin\)/);
    const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'warehouse.duckdb') });
    const { rows } = await warehouse.query('select run_id, status from ops.runs order by run_id');
    await warehouse.close();
    // On a slow machine there is no time to note the stopped one: it then stands there as a kill would leave it.
    expect(rows.map((row) => row.run_id)).toEqual(expect.arrayContaining(runs.map((run) => run.run_id)));
    expect(rows[0]?.status).toBe('succeeded');
    expect(rows.filter((row) => row.status === 'failed')).toEqual([]);
  }, 300_000);
});
