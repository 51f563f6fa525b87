import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LandingColumn, type LandingWrite, openWarehouse, type Warehouse } from './index.ts';

let folder: string;
let warehouse: Warehouse;
let tables = 0;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-landing-'));
  warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await warehouse.ensureSchemas();
});
afterAll(async () => {
  await warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Lands `data` texts in a table and gives a select from it. */
async function land(
  columns: readonly LandingColumn[],
  data: readonly string[],
  select: string,
  options: { readonly write?: LandingWrite; readonly table?: string } = {},
): Promise<Record<string, unknown>[]> {
  tables += 1;
  const table = options.table ?? `t${tables}`;
  const file = join(folder, `${tables}.ndjson`);
  const lines = data.map((text, index) => `{"record":{"data":${text},"emitted_at":${index}.5}}\n`);
  writeFileSync(file, lines.join(''));
  await warehouse.landRecords({
    table,
    files: [file],
    longestLine: Math.max(0, ...lines.map((line) => line.length)),
    columns,
    generationId: 1,
    write: options.write ?? { kind: 'append' },
  });
  return (await warehouse.query(`select ${select} from raw.${table}`)).rows;
}

describe('landing in DuckDB', () => {
  test('keeps every 64-bit integer and makes what is none null', async () => {
    const id: LandingColumn = { name: 'id', type: 'integer', property: 'id' };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }),
        async (ids) => {
          const rows = await land(
            [id],
            ids.map((value) => `{"id":${value}}`),
            'cast(id as varchar) as id',
          );
          expect(rows).toEqual(ids.map((value) => ({ id: value.toString() })));
        },
      ),
      { numRuns: 20 },
    );
    // 2.5 is not rounded; 5.0 is an integer; 2^63 is one too many
    const texts = ['2.5', '5.0', '"7"', '9223372036854775808', '"x"', 'true', 'null', '{}'];
    expect(
      await land(
        [id],
        texts.map((text) => `{"id":${text}}`),
        'id',
      ),
    ).toEqual([null, 5, 7, null, null, null, null, null].map((value) => ({ id: value })));
  });

  test('brings an instant of any offset to UTC', async () => {
    const at: LandingColumn = { name: 'at', type: 'timestamp', property: 'at' };
    const noon = Date.parse('2026-03-29T12:00:00.000Z');
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        fc.nat(86_400_000),
        async (minutes, shift) => {
          const instant = new Date(noon + shift);
          const local = new Date(instant.getTime() + minutes * 60_000).toISOString().slice(0, -1);
          const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
          const offset = `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
          expect(await land([at], [`{"at":"${local}${offset}"}`], '"at"')).toEqual([
            { at: instant.toISOString() },
          ]);
        },
      ),
      { numRuns: 20 },
    );
    const texts = [
      '2026-01-01T10:00:00.000+0000',
      '2026-01-01 10:00:00',
      '2026-01-01',
      'infinity',
      '10:00',
      '',
    ];
    expect(
      await land(
        [at],
        texts.map((text) => `{"at":"${text}"}`),
        '"at"',
      ),
    ).toEqual([
      { at: '2026-01-01T10:00:00.000Z' },
      { at: '2026-01-01T10:00:00.000Z' },
      { at: '2026-01-01T00:00:00.000Z' },
      ...Array(3).fill({ at: null }),
    ]);
  });

  test('tells properties apart that differ only by case, and takes any name', async () => {
    const columns: LandingColumn[] = [
      { name: 'id', type: 'integer', property: 'id' },
      { name: 'ID_1', type: 'json', property: 'ID' },
      { name: 'an "odd" name', type: 'string', property: 'it\'s "odd"' },
    ];
    const data = ['{"ID":{"a":1},"id":1,"it\'s \\"odd\\"":"x"}', '{"id":2,"ID":null}'];
    expect(await land(columns, data, 'id, "ID_1", "an ""odd"" name"')).toEqual([
      { id: 1, ID_1: '{"a":1}', 'an "odd" name': 'x' },
      { id: 2, ID_1: null, 'an "odd" name': null },
    ]);
  });

  test('lets the record that came last win when cursor and instant are equal', async () => {
    const columns: LandingColumn[] = [
      { name: 'id', type: 'integer', property: 'id' },
      { name: 'name', type: 'string', property: 'name' },
    ];
    const write: LandingWrite = { kind: 'upsert', key: [['id']], order: undefined };
    const data = [
      '{"id":1,"name":"a"}',
      '{"id":null,"name":"b"}',
      '{"id":1,"name":"c"}',
      '{"id":null,"name":"d"}',
    ];
    const wanted = [
      { id: 1, name: 'c' },
      { id: null, name: 'd' },
    ];
    expect(await land(columns, data, 'id, name', { write, table: 'wins' })).toEqual(wanted);
    expect(await land(columns, data, 'id, name', { write, table: 'wins' })).toEqual(wanted);
  });

  test('keeps nothing of a landing that fails', async () => {
    const column: LandingColumn = { name: 'id', type: 'integer', property: 'id' };
    await land([column], ['{"id":1}'], 'id', { table: 'kept' });
    const write: LandingWrite = { kind: 'upsert', key: [['absent']], order: undefined };
    await expect(
      land([{ ...column, name: 'later' }], ['{"id":2}'], 'id', { table: 'kept', write }),
    ).rejects.toThrow();
    expect(await warehouse.tableColumns('raw', 'kept')).toHaveLength(5);
    expect((await warehouse.query('select id from raw.kept')).rows).toEqual([{ id: 1 }]);
  });
});
