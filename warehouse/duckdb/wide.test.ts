import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testLanding } from '../contract/landing.contract.ts';
import { type LandingColumn, type LandingWrite, openWarehouse, type Warehouse } from '../index.ts';
import { WIDE_FROM } from './wide.ts';

/** Columns that no record fills: with them, each stream of the contract is a wide one. */
const FILLERS: readonly LandingColumn[] = Array.from({ length: WIDE_FROM }, (_, index) => ({
  name: `filler_${index}`,
  type: 'string',
  property: `filler_${index}`,
}));
const isFiller = (name: string) => name.startsWith('filler_');

/** A warehouse that lands every stream wide and shows it without the fillers. */
async function openWide(): Promise<Warehouse> {
  const warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  const changed: Partial<Warehouse> = {
    landRecords: (landing) =>
      warehouse.landRecords({ ...landing, columns: [...landing.columns, ...FILLERS] }),
    tableColumns: async (schema, table) =>
      (await warehouse.tableColumns(schema, table))?.filter(({ name }) => !isFiller(name)),
    query: async (sql, limits) => {
      const { rows, ...rest } = await warehouse.query(sql, limits);
      const shown = rows.map((row) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !isFiller(name))),
      );
      return { ...rest, rows: shown };
    },
  };
  return new Proxy(warehouse, {
    get(target, name) {
      const value = Reflect.get(changed, name) ?? Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

testLanding('DuckDB, of wide streams', openWide, { textType: 'varchar', runs: 10, hasOddNames: true });

describe('a stream of very many columns', () => {
  let folder: string;
  let warehouse: Warehouse;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenure-wide-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const columnsOf = (count: number): LandingColumn[] => [
    { name: 'id', type: 'integer', property: 'id' },
    ...Array.from({ length: count - 1 }, (_, index): LandingColumn => {
      const type = (['string', 'number', 'timestamp', 'boolean'] as const)[index % 4] ?? 'string';
      return { name: `p_${index}`, type, property: `p_${index}` };
    }),
  ];
  const valueAt = (index: number, version: number) =>
    [`é "${version}"`, version + 0.5, '2026-01-01T01:00:00+01:00', version % 2 === 0][index % 4];
  const record = (id: number, count: number, version: number) =>
    JSON.stringify({
      id,
      ...Object.fromEntries(
        Array.from({ length: count - 1 }, (_, index) => [`p_${index}`, valueAt(index, version)]),
      ),
    });

  async function land(
    data: readonly string[],
    columns: readonly LandingColumn[],
    options: { readonly table?: string; readonly emittedAt?: number; readonly write?: LandingWrite } = {},
  ) {
    const file = join(folder, 'lines.ndjson');
    const lines = data.map((text) => `{"record":{"data":${text},"emitted_at":${options.emittedAt ?? 1}}}\n`);
    writeFileSync(file, lines.join(''));
    return warehouse.landRecords({
      table: options.table ?? 'wide',
      files: [file],
      lineCount: lines.length,
      longestLine: Math.max(...lines.map((line) => Buffer.byteLength(line))),
      columns,
      generationId: 1,
      write: options.write ?? { kind: 'snapshot', key: [['id']] },
    });
  }

  // 128 MB is what `tenure sync` gives; a table of so many columns would take ten times as much
  test.each([201, 350, 1000, 3000])(
    'of %i lands, and again with a changed row, in the memory of a sync',
    async (count) => {
      const path = join(folder, `${count}.duckdb`);
      const columns = columnsOf(count);
      const write: LandingWrite = { kind: 'snapshot', key: [['id']] };
      const options = { write, table: 'wide' };
      for (const [version, landed, rowCount] of [
        [1, 2, 2],
        [1, 0, 2],
        [2, 1, 3],
      ] as const) {
        warehouse = await openWarehouse({ type: 'duckdb', path, memory_limit: '128MB', threads: 1 });
        await warehouse.ensureSchemas();
        const before = process.memoryUsage.rss();
        const data = [record(1, count, version), record(2, count, 1)];
        expect(await land(data, columns, { ...options, emittedAt: version })).toMatchObject({
          landed,
          rowCount,
        });
        expect(process.memoryUsage.rss() - before).toBeLessThan(300 * 2 ** 20);
        await warehouse.close();
      }
      warehouse = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
      const shown = await warehouse.tableColumns('raw', 'wide');
      expect(shown?.map(({ name, type }) => [name, type]).slice(0, count)).toEqual(
        columns.map(({ name, type }) => [name, type]),
      );
      const { rows } = await warehouse.query(
        'select id, p_0, p_1, p_2, p_3 from raw.wide order by id, _airbyte_extracted_at',
      );
      const at = '2026-01-01T00:00:00.000Z';
      expect(rows).toEqual([
        { id: 1, p_0: 'é "1"', p_1: 1.5, p_2: at, p_3: false },
        { id: 1, p_0: 'é "2"', p_1: 2.5, p_2: at, p_3: true },
        { id: 2, p_0: 'é "1"', p_1: 1.5, p_2: at, p_3: false },
      ]);
      await warehouse.close();
    },
  );

  test('of many rows lands in the memory of a sync', async () => {
    const [path, file] = [join(folder, 'many.duckdb'), join(folder, 'many.ndjson')];
    const count = 5_000;
    const data = record(0, 350, 1).slice('{"id":0'.length);
    writeFileSync(file, '');
    for (let id = 0; id < count; id += 1)
      appendFileSync(file, `{"record":{"data":{"id":${id}${data},"emitted_at":1}}\n`);
    warehouse = await openWarehouse({ type: 'duckdb', path, memory_limit: '128MB', threads: 1 });
    await warehouse.ensureSchemas();
    const before = process.memoryUsage.rss();
    const landing = {
      table: 'many',
      files: [file],
      lineCount: count,
      longestLine: data.length + 100,
      columns: columnsOf(350),
      generationId: 1,
      write: { kind: 'snapshot', key: [['id']] },
    } as const;
    expect(await warehouse.landRecords(landing)).toMatchObject({ landed: count, rowCount: count });
    expect(await warehouse.landRecords(landing)).toMatchObject({ landed: 0, rowCount: count });
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * 2 ** 20);
    await warehouse.close();
  });

  describe('in a warehouse', () => {
    beforeAll(async () => {
      warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
      await warehouse.ensureSchemas();
    });
    afterAll(() => warehouse.close());

    test('takes the rows along that landed when it had fewer columns, and finds them unchanged', async () => {
      const [few, many] = [columnsOf(150), columnsOf(250)];
      const options = { table: 'grown' };
      expect(await land([record(1, 150, 1), record(2, 150, 2)], few, options)).toMatchObject({ landed: 2 });
      const before = await warehouse.query('select * from raw.grown order by id');
      expect(
        await land([record(1, 150, 1), record(2, 250, 2)], many, { ...options, emittedAt: 2 }),
      ).toMatchObject({
        landed: 1, // the second has values in the columns that are new
        rowCount: 3,
      });
      const names = before.columns.map(({ name }) => `"${name}"`).join(', ');
      const after = await warehouse.query(`select ${names} from raw.grown where p_200 is null order by id`);
      expect(after.rows).toEqual(before.rows);
    });

    test('widens a column, and shows those that the stream no longer has', async () => {
      const columns = columnsOf(210);
      await land(['{"id":1,"p_1":1.5,"p_205":2.25}'], columns, { table: 'kinds' });
      const texts = columns
        .filter(({ name }) => name !== 'p_205')
        .map((column) => (column.name === 'p_1' ? { ...column, type: 'string' as const } : column));
      await land(['{"id":2,"p_1":"x"}'], texts, { table: 'kinds', emittedAt: 2 });
      expect((await warehouse.query('select id, p_1, p_205 from raw.kinds order by id')).rows).toEqual([
        { id: 1, p_1: '1.5', p_205: 2.25 },
        { id: 2, p_1: 'x', p_205: null },
      ]);
    });

    test('compares a numeric cursor as a number', async () => {
      const write: LandingWrite = { kind: 'upsert', key: [['id']], order: ['p_1'] };
      const columns = columnsOf(210);
      await land(['{"id":1,"p_1":9,"p_0":"old"}'], columns, { table: 'cursor', write });
      await land(['{"id":1,"p_1":10,"p_0":"new"}'], columns, { table: 'cursor', write, emittedAt: 2 });
      await land(['{"id":1,"p_1":8,"p_0":"older"}'], columns, { table: 'cursor', write, emittedAt: 3 });
      expect((await warehouse.query('select p_0 from raw.cursor')).rows).toEqual([{ p_0: 'new' }]);
    });

    const parts = async (table: string) =>
      (
        await warehouse.query(
          `select table_name as name from duckdb_tables() where schema_name = 'raw_wide' and starts_with(table_name, '${table}') order by 1`,
        )
      ).rows.map(({ name }) => name);
    const columns = columnsOf(210);
    const megabyte = 'x'.repeat(2 ** 20);
    const rowsOf = (from: number, to: number, text: string) =>
      Array.from({ length: to - from }, (_, index) => `{"id":${from + index},"p_0":"${text}"}`);

    test('lies in parts, and rows meet those of every part', async () => {
      const write: LandingWrite = { kind: 'upsert', key: [['id']], order: undefined };
      const options = { table: 'parts', write };
      await land(rowsOf(0, 70, megabyte), columns, options);
      expect(await parts('parts')).toEqual(['parts', 'parts#1', 'parts#2']);
      const again = [...rowsOf(5, 6, 'new'), ...rowsOf(69, 71, 'new')];
      expect(await land(again, columns, { ...options, emittedAt: 2 })).toMatchObject({
        landed: 1,
        rowCount: 71,
      });
      expect(await land(again, columns, { ...options, emittedAt: 3 })).toMatchObject({
        landed: 0,
        rowCount: 71,
      });
      expect(await parts('parts')).toEqual(['parts', 'parts#1', 'parts#2']); // few rows go into one that has room
      const { rows } = await warehouse.query(
        `select length(p_0) as size, count(*) as n, sum(id) as ids from raw.parts group by 1 order by 1`,
      );
      expect(rows).toEqual([
        { size: 3, n: 3, ids: 5 + 69 + 70 },
        { size: 2 ** 20, n: 68, ids: 35 * 69 - 5 - 69 },
      ]);
    });

    test('puts rows in the place of those of every part', async () => {
      const options = { table: 'anew', write: { kind: 'replace' } } as const;
      await land(rowsOf(0, 70, megabyte), columns, options);
      expect(await land(rowsOf(0, 70, megabyte), columns, options)).toMatchObject({
        landed: 0,
        rowCount: 70,
      });
      expect(await land(rowsOf(0, 2, 'new'), columns, options)).toMatchObject({ landed: 2, rowCount: 2 });
      expect(await parts('anew')).toHaveLength(1);
      expect(await land([], columns, options)).toMatchObject({ landed: 0, rowCount: 0 });
      expect((await warehouse.query('select count(*) as n from raw.anew')).rows).toEqual([{ n: 0 }]);
    });

    test('keeps no room for rows that were replaced again and again', async () => {
      const write: LandingWrite = { kind: 'upsert', key: [['id']], order: undefined };
      for (let day = 1; day <= 6; day += 1)
        await land(rowsOf(0, 10, `of day ${day}`), columns, { table: 'again', write, emittedAt: day });
      expect((await warehouse.query('select distinct p_0 from raw.again')).rows).toEqual([
        { p_0: 'of day 6' },
      ]);
      const [part] = await parts('again');
      const { rows } = await warehouse.query(`select max(rowid) < 30 as is_small from raw_wide."${part}"`);
      expect(rows).toEqual([{ is_small: true }]);
    });

    test('goes on with the one table that earlier versions kept', async () => {
      await land(rowsOf(0, 3, 'old'), columns, { table: 'earlier' });
      const { rows } = await warehouse.query(
        `select sql from duckdb_views() where schema_name = 'raw' and view_name = 'earlier'`,
      );
      await warehouse.query(
        String(rows[0]?.sql)
          .replace('CREATE VIEW', 'create or replace view')
          .replaceAll('"earlier#all"', 'earlier'),
      );
      await warehouse.query('drop view raw_wide."earlier#all"');
      expect(await land(rowsOf(2, 4, 'old'), columns, { table: 'earlier', emittedAt: 2 })).toMatchObject({
        landed: 1,
        rowCount: 4,
      });
      expect((await warehouse.query('select sum(id) as ids from raw.earlier')).rows).toEqual([{ ids: 6 }]);
    });

    test('finds its rows again when its key becomes another', async () => {
      const columns = columnsOf(210);
      const write = (...names: string[]): LandingWrite => ({
        kind: 'upsert',
        key: names.map((name) => [name] as const),
        order: undefined,
      });
      await land(['{"id":1,"p_0":"a"}'], columns, { table: 'keys', write: write('id') });
      await land(['{"id":1,"p_0":"a","p_4":"x"}'], columns, {
        table: 'keys',
        write: write('id', 'p_0'),
        emittedAt: 2,
      });
      expect((await warehouse.query('select p_4 from raw.keys')).rows).toEqual([{ p_4: 'x' }]);
    });
  });
});
