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
});
