import { describe, expect, it } from 'vitest';
import { type Column, copyTable, differingColumns, openWarehouse, tableFigures } from './index.ts';

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
      id: [1, 2 ** 53],
      arr: [1, 12345678901234.568],
      score: [2, 1.3],
      name: [2, 17], // é "quoted"\nline has 15 characters
      is_on: [2, 1],
      day: [1, 9999 * 372 + 12 * 31 + 31],
      at: [1, (2024 * 372 + 2 * 31 + 29) * 86_400 + 23 * 3600 + 59 * 60 + 58],
      data: [1, null],
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
});
