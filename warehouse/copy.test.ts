import { describe, expect, it } from 'vitest';
import {
  type Column,
  copyTable,
  differingColumns,
  type JsonFigure,
  openWarehouse,
  tableFigures,
  type Warehouse,
} from './index.ts';

const columns: Column[] = [
  { name: 'id', type: 'integer' },
  { name: 'arr', type: 'decimal' },
  { name: 'score', type: 'number' },
  { name: 'name', type: 'string' },
  { name: 'is_on', type: 'boolean' },
  { name: 'day', type: 'date' },
  { name: 'at', type: 'timestamp' },
  { name: 'data', type: 'json' },
];
const row = {
  id: '9007199254740993', // beyond what a JavaScript number holds
  arr: '12345678901234.567891',
  score: 0.1 + 0.2,
  name: 'é "quoted"\nline',
  is_on: true,
  day: '9999-12-31',
  at: '2024-02-29T23:59:58.123456Z',
  data: '{"b": [1.0, null], "a": 2}',
};

const open = async () => {
  const warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await warehouse.ensureSchemas();
  return warehouse;
};
const text = `select cast(id as string) as id, cast(arr as string) as arr, score, name, is_on, day, "at", data from raw.t`;

describe('copyTable', () => {
  it('carries each type without loss, and replaces what was there', async () => {
    const [from, to] = [await open(), await open()];
    await from.replaceTable('raw', 't', columns, [row, {}]);
    await to.replaceTable('raw', 't', columns, [row, row, row]);
    expect(await copyTable(from, to, { schema: 'raw', table: 't', columns })).toBe(2);
    expect((await to.query(text)).rows).toEqual((await from.query(text)).rows);
    expect((await to.query(text)).rows[0]).toMatchObject({ id: row.id, at: row.at, data: row.data });
    expect(await to.tableColumns('raw', 't')).toEqual(columns);
  });

  it('calls columns in the copy as it is told', async () => {
    const [from, to] = [await open(), await open()];
    const odd: Column[] = [{ name: 'Plan "Name"', type: 'integer' }];
    await from.replaceTable('raw', 't', odd, [{ 'Plan "Name"': 7 }]);
    const columnNames = new Map([['Plan "Name"', 'Plan__Name_']]);
    await copyTable(from, to, { schema: 'raw', table: 't', columns: odd, columnNames });
    expect((await to.query('select * from raw.t')).rows).toEqual([{ Plan__Name_: 7 }]);
  });

  it('makes an empty table of one without rows', async () => {
    const [from, to] = [await open(), await open()];
    await from.ensureTable('raw', 't', columns);
    expect(await copyTable(from, to, { schema: 'raw', table: 't', columns })).toBe(0);
    expect(await to.tableColumns('raw', 't')).toEqual(columns);
  });
});

describe('tableFigures', () => {
  it('counts values and sums their content', async () => {
    const warehouse = await open();
    await warehouse.replaceTable('raw', 't', columns, [row, { name: 'ab', score: 1, is_on: false }]);
    const { rows, columns: figures } = await tableFigures(warehouse, 'raw', 't', columns);
    expect(rows).toBe(2);
    expect(Object.fromEntries(figures.map(({ column, count, sum }) => [column, [count, sum]]))).toEqual({
      id: [1, '9007199254740993'],
      arr: [1, '12345678901234.567891'],
      score: [2, 1.3],
      name: [2, '17'], // é "quoted"\nline has 15 characters
      is_on: [2, '1'],
      day: [1, '2932896'], // days since 1970
      at: [1, '1709251198123456'],
      data: [1, '1'], // an object
    });
  });

  it('tells which column holds something else', async () => {
    const [here, there] = [await open(), await open()];
    await here.replaceTable('raw', 't', columns, [row, row]);
    const compare = async (...rows: object[]) => {
      await there.replaceTable('raw', 't', columns, rows as never);
      return differingColumns(
        await tableFigures(here, 'raw', 't', columns),
        await tableFigures(there, 'raw', 't', columns),
      );
    };
    expect(await compare(row, row)).toEqual([]);
    expect(await compare(row, { ...row, score: 0.31 })).toEqual(['score']);
    expect(await compare(row, { ...row, is_on: null, data: null })).toEqual(['is_on', 'data']);
    expect((await compare(row))[0]).toBe('*');
  });

  it('tells the smallest difference of an exact sum, however many rows there are', async () => {
    const [here, there] = [await open(), await open()];
    const rows = Array.from({ length: 20_000 }, () => row);
    await here.replaceTable('raw', 't', columns, rows);
    const changed = {
      ...row,
      id: '9007199254740994',
      arr: '12345678901234.567892',
      name: `${row.name}!`,
      is_on: false,
      day: '9999-12-30',
      at: '2024-02-29T23:59:58.123457Z',
      data: '"{}"',
    };
    await there.replaceTable('raw', 't', columns, [...rows.slice(1), changed]);
    const figures = (warehouse: Warehouse) => tableFigures(warehouse, 'raw', 't', columns);
    expect(differingColumns(await figures(here), await figures(there))).toEqual(
      columns.map(({ name }) => name).filter((name) => name !== 'score'),
    );
  });

  it('compares the lengths of JSON where both warehouses write it alike', async () => {
    const [here, there] = [await open(), await open()];
    await here.replaceTable('raw', 't', columns, [row]);
    await there.replaceTable('raw', 't', columns, [{ ...row, data: '{"a": 2}' }]);
    const differing = async (json: JsonFigure) =>
      differingColumns(
        await tableFigures(here, 'raw', 't', columns, json),
        await tableFigures(there, 'raw', 't', columns, json),
      );
    expect(await differing('kind')).toEqual([]);
    expect(await differing('text')).toEqual(['data']);
  });
});
