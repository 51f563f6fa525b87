import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { answer, tenure } from './tenure.ts';

const line = inject('line');
const folder = await mkdtemp(join(tmpdir(), 'tenure-migrate-'));
afterAll(() => rm(folder, { recursive: true }));
const here = join(folder, 'tenure.yaml');
const there = join(folder, 'tenure.duckdb.yaml');

interface MigratedTable {
  readonly table: string;
  readonly rows: number;
  readonly was_there: boolean;
}

/** Starts the migration and kills it when it has copied into `table`. */
async function killedAt(table: string): Promise<void> {
  const args = [
    join(projectRoot, 'orchestration', 'cli', 'program.ts'),
    'migrate',
    '--to',
    'duckdb',
    '--config',
    here,
  ];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const closed = once(child, 'close');
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const log = await readFile(join(folder, 'there.duckdb.wal'), 'latin1').catch(() => '');
    if (log.includes(table)) break;
  }
  child.kill('SIGKILL');
  await closed;
}

/** Each of the marts in one fingerprint; the last digit of a mean depends on the order of adding. */
async function marts(file: string): Promise<Map<string, unknown>> {
  const warehouse = await openWarehouse({ type: 'duckdb', path: file }, { readOnly: true });
  const found = new Map<string, unknown>();
  for (const table of await warehouse.listTables('marts')) {
    if (table === 'fct_source_freshness') continue; // it tells when each sync ran
    const columns = (await warehouse.tableColumns('marts', table)) ?? [];
    const values = columns.map(({ name, type }) => (type === 'number' ? `round("${name}", 9)` : `"${name}"`));
    const { rows } = await warehouse.query(
      `select count(*) as n, md5(string_agg(line, '' order by line)) as print
       from (select md5(cast(row(${values.join(', ')}) as varchar)) as line from marts.${table})`,
    );
    found.set(table, rows[0]);
  }
  await warehouse.close();
  return found;
}

describe('tenure migrate', () => {
  beforeAll(async () => {
    const config = await readFile(line.config, 'utf8');
    await writeFile(here, config);
    await writeFile(there, config.replace('warehouse.duckdb', 'there.duckdb'));
    await copyFile(line.warehouse, join(folder, 'warehouse.duckdb'));
  });

  it('shows the tables and their rows, and makes nothing, in a dry run', async () => {
    const planned = await answer<MigratedTable[]>([
      'migrate',
      '--to',
      'duckdb',
      '--dry-run',
      '--config',
      here,
    ]);
    const rows = new Map(planned.map((each) => [each.table, each.rows]));
    expect(rows.get('raw.crm__Account')).toBeGreaterThan(0);
    const [days] = await answer<{ n: number }[]>([
      'query',
      'select count(*) as n from marts.fct_account_health_daily',
      '--config',
      here,
    ]);
    expect(rows.get('intermediate.int_scores__scores')).toBe(days?.n);
    expect(rows.has('marts.dim_accounts')).toBe(false);
    const { code, stderr } = await tenure(['query', 'select 1', '--config', there]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('found no file')]);
  });

  it('killed in the middle and run again carries each table over once, and a build there gives the same marts', async () => {
    await killedAt('crm__User');
    const migrated = await answer<MigratedTable[]>(['migrate', '--to', 'duckdb', '--config', here]);
    expect(migrated.some((each) => each.was_there)).toBe(true);
    expect(migrated.some((each) => !each.was_there)).toBe(true);
    const build = await tenure(['build', '--skip-tests', '--config', there, '--as-of', line.asOfDate]);
    expect(build).toMatchObject({ code: 0 });
    const [before, after] = [await marts(line.warehouse), await marts(join(folder, 'there.duckdb'))];
    expect([...after.keys()]).toContain('fct_account_health_daily');
    for (const [table, fingerprint] of after)
      expect([table, fingerprint]).toEqual([table, before.get(table)]);
  });
});
