import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse } from '../../../warehouse/index.ts';
import { loadConfig } from '../../config/load.ts';
import { query } from './query.ts';

const folder = await mkdtemp(join(tmpdir(), 'tenure-query-'));
const path = join(folder, 'warehouse.duckdb');
afterAll(() => rm(folder, { recursive: true }));

const configuration = async () => {
  const file = join(folder, 'tenure.yaml');
  await writeFile(
    file,
    `warehouse: { type: duckdb, path: warehouse.duckdb, memory_limit: 64MB, threads: 1 }
sources: [{ name: book, kind: files, connector: { builtin: files, config: { path: data } } }]\n`,
  );
  return loadConfig(file, {});
};
const asked = async (sql: string, limits = {}) => query(await configuration(), sql, limits);

beforeAll(async () => {
  const warehouse = await openWarehouse({ type: 'duckdb', path });
  await warehouse.query(
    'create table t as select range as id, md5(cast(range as varchar)) as text from range(1000000)',
  );
  await warehouse.close();
});

describe('a query', () => {
  it('changes no file and reads none but the warehouse', async () => {
    await writeFile(join(folder, 'secret.txt'), 'secret');
    const before = await readFile(path);
    const other = join(folder, 'other');
    for (const sql of [
      `copy (select 1 as x) to '${path}' (format csv)`,
      `copy (select 1 as x) to '${join(folder, 'tenure.yaml')}' (format csv)`,
      `copy t to '${other}.parquet' (format parquet)`,
      `export database '${other}'`,
      `attach '${other}.duckdb' as other`,
      `attach '${path}' as again; create table again.x as select 1`,
      `attach '${path}' as again (read_write); create table again.x as select 1`,
      `select * from read_text('${join(folder, 'secret.txt')}')`,
      `select * from read_csv('${join(folder, 'secret.txt')}')`,
      `select * from '${join(folder, 'secret.txt')}'`,
      `select * from glob('${folder}/*')`,
      `load '${other}.duckdb_extension'`,
      'install httpfs',
      `set memory_limit = '1TB'`,
      'set enable_external_access = true',
      'reset lock_configuration',
      `set temp_directory = '${other}'`,
      'create table x as select 1',
      'delete from t',
      `select 1; copy (select 1) to '${other}.csv'`,
    ])
      await expect(asked(sql), sql).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    expect((await readFile(path)).equals(before)).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['secret.txt', 'tenure.yaml', 'warehouse.duckdb']);
  });

  it('may still need more than its memory, on disk', async () => {
    const { rows } = await asked(
      'select count(*) as n, max(place) as last from (select text, row_number() over (order by text) as place from t)',
    );
    expect(rows).toEqual([{ n: 1_000_000, last: 1_000_000 }]);
  });

  it('gives no more rows than it is asked for, and says when there are more', async () => {
    const { rows, isCut } = await asked('select id from t order by id', { maximumRows: 3 });
    expect([rows.map((row) => row.id), isCut]).toEqual([[0, 1, 2], true]);
    expect(await asked('select id from t where id < 3', { maximumRows: 3 })).toMatchObject({ isCut: false });
    expect((await asked('select id from t where id < 5000')).rows).toHaveLength(5000);
    const endless = await asked('select * from range(200000000)', { maximumRows: 10 });
    expect(endless.rows).toHaveLength(10);
  });

  it('is stopped when it takes longer than it may', async () => {
    const started = performance.now();
    await expect(
      asked('select count(*) from range(1000000000000) as r(n) where n % 7 = 8', { timeoutSeconds: 0.5 }),
    ).rejects.toMatchObject({ code: 'QUERY_TIMEOUT', message: expect.stringContaining('--timeout') });
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
