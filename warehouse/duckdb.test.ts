import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openWarehouse } from './index.ts';
import { testWarehouse } from './warehouse.contract.ts';

testWarehouse('DuckDB', () => openWarehouse({ type: 'duckdb', path: ':memory:' }));

describe('a DuckDB file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tenure-duckdb-'));
  afterAll(() => rm(folder, { recursive: true }));

  it('is not created by a reader', async () => {
    const opening = openWarehouse({ type: 'duckdb', path: join(folder, 'none.duckdb') }, { readOnly: true });
    await expect(opening).rejects.toMatchObject({ code: 'WAREHOUSE_MISSING' });
  });

  it('that is no database gives an error that says what to do', async () => {
    const path = join(folder, 'text.duckdb');
    await writeFile(path, 'hello');
    await expect(openWarehouse({ type: 'duckdb', path })).rejects.toMatchObject({
      code: 'WAREHOUSE_UNREADABLE',
    });
  });

  it('cannot be written through a reader', async () => {
    const path = join(folder, 'w.duckdb');
    await (await openWarehouse({ type: 'duckdb', path })).close();
    const reader = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
    await expect(reader.query('create table t (a int)')).rejects.toThrow(/read-only/i);
    await reader.close();
  });

  it('keeps the transactions and statements of several callers apart', async () => {
    const warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    await warehouse.query('create table t (a int)');
    const insert = async (a: number, fails: boolean) => {
      await warehouse.query(`insert into t values (${a})`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      await warehouse.transaction(() => warehouse.query(`insert into t values (${a + 100})`));
      if (fails) throw new Error('stop');
    };
    const ended = await Promise.allSettled([
      warehouse.transaction(() => insert(1, true)),
      warehouse.query('insert into t values (2)'),
      warehouse.transaction(() => insert(3, false)),
      warehouse.query('insert into t values (4)'),
    ]);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
    expect((await warehouse.query('select a from t order by a')).rows).toEqual(
      [2, 3, 4, 103].map((a) => ({ a })),
    );
    const both = [1, 2].map(() => warehouse.ensureTable('ops', 'syncs', [{ name: 'kind', type: 'string' }]));
    await Promise.all(both);
    await warehouse.close();
  });
});
