import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Column, Warehouse } from '../index.ts';

const columns: Column[] = [
  { name: 'id', type: 'string' },
  { name: 'n', type: 'integer' },
  { name: 'x', type: 'number' },
  { name: 'arr', type: 'decimal' },
  { name: 'is_on', type: 'boolean' },
  { name: 'day', type: 'date' },
  { name: 'at', type: 'timestamp' },
  { name: 'data', type: 'json' },
];
const first = {
  id: '007',
  n: 9_007_199_254_740_991,
  x: 0.1,
  arr: 1234.56,
  is_on: true,
  day: '2024-02-29',
  at: '2024-02-29T23:59:59.123Z',
  data: '{"a":[1,null]}', // without spaces: a warehouse may print JSON in its own way
};
const empty = {
  id: 'é "quoted"\nline',
  n: null,
  x: null,
  arr: null,
  is_on: null,
  day: null,
  at: null,
  data: null,
};

/**
 * The suite that every warehouse passes; an adapter's test only says how to open one, and what the server it is tested
 * on cannot do.
 */
export function testWarehouse(
  name: string,
  open: () => Promise<Warehouse>,
  server: { readonly addsColumns: boolean } = { addsColumns: true },
): void {
  describe(`${name} keeps the warehouse contract`, () => {
    let warehouse: Warehouse;
    beforeEach(async () => {
      warehouse = await open();
      await warehouse.ensureSchemas();
    });
    afterEach(() => warehouse.close());
    const rows = async () => (await warehouse.query('select * from raw.t order by id')).rows;

    it('gives back each type as it was loaded', async () => {
      await warehouse.ensureTable('raw', 't', columns);
      expect(await warehouse.loadRows('raw', 't', columns, [first, empty])).toBe(2);
      expect(await rows()).toEqual([first, empty]);
      expect(await warehouse.tableColumns('raw', 't')).toEqual(columns);
    });

    it('finds, counts and changes texts, in JSON and in any case, and names no view', async () => {
      const text: Column[] = [
        { name: 'id', type: 'string' },
        { name: 'n', type: 'integer' },
        { name: 'data', type: 'json' },
      ];
      await warehouse.ensureTable('raw', 't', text);
      await warehouse.loadRows('raw', 't', text, [
        { id: "Ann <ann.lee@a.example>; it's", n: 1, data: '{"to":["ANN.LEE@a.example"]}' },
        { id: 'jo.ann.lee@a.example', n: 2, data: null },
      ]);
      await sql`create view ${sql.table('raw.v')} as select id from ${sql.table('raw.t')}`.execute(
        warehouse.db,
      );
      const { texts } = warehouse;
      const found = await warehouse.textColumns('raw');
      expect(found.map(({ table, column }) => `${table}.${column}`)).toEqual(['t.id', 't.data']);
      const pattern = '(^|[^A-Za-z0-9@._%+-])((?i:ann\\.lee@a\\.example))(\\.?(?:[^A-Za-z0-9@._%+-]|$))';
      const set = found.map((column) => {
        const own = texts.name(column.column);
        const of = texts.of(column);
        return `${own} = case when ${texts.matches(of, pattern)} then ${texts.back(column, texts.replaced(of, pattern, '\\1x\\3'))} else ${own} end`;
      });
      const [id] = found as [(typeof found)[number], ...typeof found];
      expect(
        (await warehouse.query(`select n from raw.t where ${texts.contains(texts.of(id), "it's")}`)).rows,
      ).toEqual([{ n: 1 }]);
      const hash = createHash('sha256').update('s:jo.ann.lee@a.example').digest('hex');
      const tokens = texts.tokens('raw.t', texts.of(id), '[A-Za-z0-9.@]+');
      const sought = `select token from (${tokens}) as tokens where ${texts.hash(`${texts.literal('s:')} || token`)} = ${texts.literal(hash)}`;
      expect((await warehouse.query(sought)).rows).toEqual([{ token: 'jo.ann.lee@a.example' }]);
      await warehouse.query(`update raw.t set ${set.join(', ')} where n > 0`);
      expect((await warehouse.query('select * from raw.t order by n')).rows).toEqual([
        { id: "Ann <x>; it's", n: 1, data: '{"to":["x"]}' },
        { id: 'jo.ann.lee@a.example', n: 2, data: null },
      ]);
    });

    it('says nothing of a table that is not there', async () => {
      expect(await warehouse.tableColumns('raw', 'nothing')).toBeUndefined();
    });

    it.skipIf(!server.addsColumns)('adds the columns that a table lacks and keeps its rows', async () => {
      await warehouse.ensureTable('raw', 't', columns.slice(0, 2));
      await warehouse.loadRows('raw', 't', columns.slice(0, 2), [{ id: 'a', n: 1 }]);
      await warehouse.ensureTable('raw', 't', [...columns.slice(0, 2), { name: 'later', type: 'string' }]);
      expect(await rows()).toEqual([{ id: 'a', n: 1, later: null }]);
    });

    it('replaces all rows or none', async () => {
      await warehouse.replaceTable('raw', 't', columns, [first]);
      const broken = { ...first, day: 'not a day' };
      await expect(warehouse.replaceTable('raw', 't', columns, [broken])).rejects.toThrow();
      expect(await rows()).toEqual([first]);
      expect(await warehouse.replaceTable('raw', 't', columns, [])).toBe(0);
      expect(await rows()).toEqual([]);
    });

    it('keeps nothing of a transaction that fails, also of a nested one', async () => {
      await warehouse.replaceTable('raw', 't', columns, [first]);
      const failing = warehouse.transaction(async () => {
        await warehouse.replaceTable('raw', 't', columns, [empty]);
        throw new Error('stop');
      });
      await expect(failing).rejects.toThrow('stop');
      expect(await rows()).toEqual([first]);
    });

    it('refuses to round a 64-bit integer', async () => {
      await expect(warehouse.query('select 9007199254740993 as n')).rejects.toThrow(
        /n holds 9007199254740993/,
      );
    });

    it('answers a typed query with parameters', async () => {
      await warehouse.ensureTable('ops', 'runs', [
        { name: 'run_id', type: 'string' },
        { name: 'step', type: 'string' },
      ]);
      await warehouse.loadRows('ops', 'runs', [{ name: 'run_id', type: 'string' }], [{ run_id: "o'neil" }]);
      const found = await warehouse.db
        .selectFrom('ops.runs')
        .select(['run_id', 'step'])
        .where('run_id', '=', "o'neil")
        .execute();
      expect(found).toEqual([{ run_id: "o'neil", step: null }]);
    });
  });
}
