import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { testWarehouse } from '../contract/warehouse.contract.ts';
import { openWarehouse } from '../index.ts';

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

  // a folder whose name says "lock", too
  it.each([
    ['hello', 'not a DuckDB file'],
    ['hello, '.repeat(10_000), 'not a DuckDB file'],
    ['cut', 'damaged'],
    ['changed', 'damaged'],
  ])('that is broken (%.7s) is not taken for one that is open elsewhere', async (how, meaning) => {
    const lock = await mkdtemp(join(folder, 'lock-'));
    const path = join(lock, 'w.duckdb');
    const whole = await openWarehouse({ type: 'duckdb', path });
    await whole.query('create table t as select range as n from range(200000)');
    await whole.close();
    const bytes = await readFile(path);
    if (how === 'changed') bytes.writeUInt8(bytes.readUInt8(40) ^ 255, 40);
    await writeFile(path, how === 'cut' ? bytes.subarray(0, 20_000) : how === 'changed' ? bytes : how);
    await expect(openWarehouse({ type: 'duckdb', path })).rejects.toMatchObject({
      code: 'WAREHOUSE_UNREADABLE',
      message: expect.stringContaining(meaning),
    });
  });

  it('that another program has open is waited for, then said with that program', async () => {
    const path = join(folder, 'held.duckdb');
    const hold = async (milliseconds: number) => {
      const script = `const { DuckDBInstance } = await import(${JSON.stringify(import.meta.resolve('@duckdb/node-api'))});
        await DuckDBInstance.create(${JSON.stringify(path)}); console.log('open'); setTimeout(() => process.exit(), ${milliseconds});`;
      const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      return child;
    };
    await hold(1_000);
    await (await openWarehouse({ type: 'duckdb', path })).close();
    const child = await hold(600_000);
    await expect(openWarehouse({ type: 'duckdb', path }, { readOnly: true })).rejects.toMatchObject({
      code: 'WAREHOUSE_LOCKED',
      message: expect.stringContaining(`process ${child.pid}`),
    });
    child.kill('SIGKILL');
  });

  it('loses what a killed program had put beside it when memory was short', async () => {
    const path = join(folder, 'spilled.duckdb');
    await mkdir(`${path}.tmp`);
    await writeFile(join(`${path}.tmp`, 'duckdb_temp_storage_DEFAULT-0.tmp'), 'rows');
    await (await openWarehouse({ type: 'duckdb', path })).close();
    expect(existsSync(`${path}.tmp`)).toBe(false);
  });

  it('cannot be written through a reader', async () => {
    const path = join(folder, 'w.duckdb');
    await (await openWarehouse({ type: 'duckdb', path })).close();
    const reader = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
    await expect(reader.query('create table t (a int)')).rejects.toThrow(/read-only/i);
    await reader.close();
  });

  it('reads each result of a transaction whole, also when several are asked for at once', async () => {
    const warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    const counts = await warehouse.transaction(() =>
      Promise.all(
        [30_000, 20_000, 1].map(async (count) => {
          const { rows } = await warehouse.query(`select range as i from range(${count})`);
          return rows.length;
        }),
      ),
    );
    expect(counts).toEqual([30_000, 20_000, 1]);
    await warehouse.close();
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
