import { beforeEach, describe, expect, it } from 'vitest';
import { type Column, openWarehouse, type Row, type Warehouse } from '../../../warehouse/index.ts';
import type { Reporter } from '../../runtime/reporter.ts';
import { migrateTables, plannedTables } from './migrate.ts';

const reporter: Reporter = { step() {}, progress() {}, note() {}, warn() {}, done() {} };
const now = () => '2026-06-30T05:00:00.000Z';
const id: Column = { name: 'id', type: 'integer' };
const name: Column = { name: 'name', type: 'string' };

/** Tables of every kind that there are; `marts.dim_accounts` and `intermediate.other` are built anew each time. */
const TABLES = {
  raw: ['book__accounts', 'book__contracts'],
  intermediate: ['int_scores__scores', 'int_scores__composites', 'other'],
  marts: ['dim_accounts', 'fct_checks'],
  scoring: ['backtest_metrics'],
  activation: ['ledger', 'sync_salesforce__accounts'],
  ops: ['streams', 'sync_states'],
} as const;
const CARRIED = [
  'raw.book__accounts',
  'raw.book__contracts',
  'intermediate.int_scores__composites',
  'intermediate.int_scores__scores',
  'marts.fct_checks',
  'scoring.backtest_metrics',
  'activation.ledger',
  'ops.streams',
  'ops.sync_states',
];

const open = async () => {
  const warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await warehouse.ensureSchemas();
  return warehouse;
};

let from: Warehouse;
let to: Warehouse;
beforeEach(async () => {
  [from, to] = [await open(), await open()];
  for (const [schema, tables] of Object.entries(TABLES))
    for (const [index, table] of tables.entries())
      await from.replaceTable(
        schema as keyof typeof TABLES,
        table,
        [id, name],
        [1, 2, 3].map((each) => ({ id: each + index, name: `${table} ${each}` })),
      );
});

const migrate = (target: Warehouse = to) => migrateTables(from, target, { place: 'duckdb a', now, reporter });
const everything = async (warehouse: Warehouse) => {
  const found: Record<string, Row[]> = {};
  for (const table of CARRIED)
    found[table] = (await warehouse.query(`select * from ${table} order by id`)).rows;
  return found;
};

describe('migrateTables', () => {
  it('carries the days of a signal of one’s own, and no view or table that lists signals', async () => {
    const hash: Column = { name: 'cuts_hash', type: 'string' };
    await from.replaceTable('intermediate', 'int_signals__moods', [id, hash], [{ id: 1, cuts_hash: 'x' }]);
    await from.replaceTable('intermediate', 'int_signals__index', [id], [{ id: 1 }]);
    await from.replaceTable('intermediate', 'int_signals__cuts_version', [hash], [{ cuts_hash: 'x' }]);
    const planned = (await plannedTables(from)).map(({ table }) => table);
    expect(planned.filter((table) => table.startsWith('intermediate.int_signals'))).toEqual([
      'intermediate.int_signals__moods',
    ]);
  });

  it('plans and carries what a build cannot make again, states last', async () => {
    expect(await plannedTables(from)).toEqual(CARRIED.map((table) => ({ table, rows: 3 })));
    const migrated = await migrate();
    expect(migrated.map(({ table, rows, was_there }) => [table, rows, was_there])).toEqual(
      CARRIED.map((table) => [table, 3, false]),
    );
    // ids 1, 2 and 3; names of 16 characters each
    expect(migrated[0]?.figures.columns).toEqual([
      { column: 'id', count: 3, sum: '6' },
      { column: 'name', count: 3, sum: '48' },
    ]);
    expect(await everything(to)).toEqual(await everything(from));
    expect(await to.listTables('marts')).toEqual(['fct_checks']);
  });

  it.each([1, 4, 9])('goes on after an interruption in table %i, with the same result', async (last) => {
    let replaced = 0;
    const failing = new Proxy(to, {
      get(target, property) {
        const member = Reflect.get(target, property);
        if (typeof member !== 'function') return member;
        if (property !== 'replaceTable') return member.bind(target);
        return async (schema: 'raw', table: string, columns: Column[], rows: Row[]) => {
          replaced += 1;
          if (replaced < last) return target.replaceTable(schema, table, columns, rows);
          await target.replaceTable(schema, table, columns, rows.slice(0, 1)); // killed with a part of it
          throw new Error('killed');
        };
      },
    });
    await expect(migrate(failing)).rejects.toThrow('killed');
    const again = await migrate();
    expect(again.map(({ was_there }) => was_there)).toEqual(CARRIED.map((_, index) => index < last - 1));
    expect(await everything(to)).toEqual(await everything(from));
  });

  it('changes nothing when it is run again after its end', async () => {
    await migrate();
    expect((await migrate()).every(({ was_there }) => was_there)).toBe(true);
    await to.loadRows('raw', 'book__accounts', [id, name], [{ id: 9, name: 'landed since' }]);
    await expect(migrate()).rejects.toMatchObject({ code: 'ALREADY_MIGRATED' });
    expect((await to.query('select count(*) as n from raw.book__accounts')).rows).toEqual([{ n: 4 }]);
  });

  it('writes over nothing that is there', async () => {
    await to.replaceTable('ops', 'streams', [id], [{ id: 1 }]);
    await expect(migrate()).rejects.toMatchObject({
      code: 'DESTINATION_NOT_EMPTY',
      message: expect.stringContaining('1 rows in ops.streams'),
    });
    expect(await to.listTables('raw')).toEqual([]);
  });

  it('does not mix two warehouses', async () => {
    await migrate();
    const other = migrateTables(from, to, { place: 'duckdb b', now, reporter });
    await expect(other).rejects.toMatchObject({ code: 'DESTINATION_NOT_EMPTY' });
  });

  it('says which column did not arrive as it was', async () => {
    const losing = new Proxy(to, {
      get(target, property) {
        const member = Reflect.get(target, property);
        if (typeof member !== 'function') return member;
        if (property !== 'replaceTable') return member.bind(target);
        return (schema: 'raw', table: string, columns: Column[], rows: Row[]) =>
          target.replaceTable(
            schema,
            table,
            columns,
            rows.map((row) => ({ ...row, name: null })),
          );
      },
    });
    await expect(migrate(losing)).rejects.toMatchObject({
      code: 'MIGRATION_DIFFERS',
      message: expect.stringMatching(/^raw\.book__accounts did not arrive as it was: name differs/),
    });
  });
});
