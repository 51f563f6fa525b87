import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AIRBYTE_COLUMNS, type LandingColumn, type LandingWrite, type Warehouse } from '../index.ts';

const id: LandingColumn = { name: 'id', type: 'integer', property: 'id' };
const NOON = Date.parse('2026-03-29T12:00:00.000Z');

/** An instant as the clock of a place shows it that is so many minutes ahead of UTC. */
function localTime(instant: Date, minutes: number): string {
  const local = new Date(instant.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${local}${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}

/**
 * The suite that landing passes on every warehouse; an adapter's test says how to open one, how many random cases its
 * server has time for, and what it cannot do.
 */
export function testLanding(
  name: string,
  open: () => Promise<Warehouse>,
  server: { readonly textType: string; readonly runs: number; readonly hasOddNames: boolean },
): void {
  describe(`landing in ${name}`, () => {
    let folder: string;
    let warehouse: Warehouse;
    let files = 0;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'tenure-landing-'));
      warehouse = await open();
      await warehouse.ensureSchemas();
    });
    afterAll(async () => {
      await warehouse.close();
      rmSync(folder, { recursive: true, force: true });
    });

    /** Lands `data` texts in a table and gives what landing said. */
    async function landed(
      columns: readonly LandingColumn[],
      data: readonly string[],
      options: {
        readonly write?: LandingWrite;
        readonly table?: string;
        readonly emittedAt?: number;
        readonly lineCount?: number;
      } = {},
    ) {
      files += 1;
      const file = join(folder, `${files}.ndjson`);
      const lines = data.map(
        (text, index) => `{"record":{"data":${text},"emitted_at":${options.emittedAt ?? index}.5}}\n`,
      );
      writeFileSync(file, lines.join(''));
      return warehouse.landRecords({
        table: options.table ?? `t${files}`,
        files: [file],
        lineCount: options.lineCount ?? lines.length,
        longestLine: Math.max(0, ...lines.map((line) => line.length)),
        columns,
        generationId: 1,
        write: options.write ?? { kind: 'append' },
      });
    }

    /** The rows of a table in the order of landing, without the columns that every raw table has. */
    async function rowsOf(table: string): Promise<Record<string, unknown>[]> {
      const { rows } = await warehouse.query(`select * from raw.${table} order by _airbyte_extracted_at`);
      return rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).filter(([key]) => !AIRBYTE_COLUMNS.some((ours) => ours.name === key)),
        ),
      );
    }

    async function land(...given: Parameters<typeof landed>): Promise<Record<string, unknown>[]> {
      await landed(...given);
      return rowsOf(given[2]?.table ?? `t${files}`);
    }

    test('keeps every 64-bit integer and makes what is none null', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { minLength: 1 }),
          async (ids) => {
            await landed(
              [id],
              ids.map((value) => `{"id":${value}}`),
            );
            const { rows } = await sql`select cast(id as ${sql.raw(server.textType)}) as id
              from ${sql.table(`raw.t${files}`)} order by _airbyte_extracted_at`.execute(warehouse.db);
            expect(rows).toEqual(ids.map((value) => ({ id: value.toString() })));
          },
        ),
        { numRuns: server.runs },
      );
      // 2.5 is not rounded; 5.0 is an integer; 2^63 is one too many
      const texts = ['2.5', '5.0', '"7"', '9223372036854775808', '"x"', 'true', 'null', '{}'];
      expect(
        await land(
          [id],
          texts.map((text) => `{"id":${text}}`),
        ),
      ).toEqual([null, 5, 7, null, null, null, null, null].map((value) => ({ id: value })));
    });

    test('brings an instant of any offset to UTC', async () => {
      const at: LandingColumn = { name: 'at', type: 'timestamp', property: 'at' };
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: -14 * 60, max: 14 * 60 }),
          fc.nat(86_400_000),
          async (minutes, shift) => {
            const instant = new Date(NOON + shift);
            expect(await land([at], [`{"at":"${localTime(instant, minutes)}"}`])).toEqual([
              { at: instant.toISOString() },
            ]);
          },
        ),
        { numRuns: server.runs },
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
        ),
      ).toEqual([
        { at: '2026-01-01T10:00:00.000Z' },
        { at: '2026-01-01T10:00:00.000Z' },
        { at: '2026-01-01T00:00:00.000Z' },
        ...Array(3).fill({ at: null }),
      ]);
    });

    test('gives each type what fits it, and says what did not', async () => {
      const columns: LandingColumn[] = (['string', 'number', 'boolean', 'date', 'json'] as const).map(
        (type) => ({
          name: `a_${type}`,
          type,
          property: type,
        }),
      );
      const data = [
        '{"string":1.5,"number":"1e3","boolean":"false","date":"2024-02-29","json":{"b":[1,null]}}',
        '{"string":{"b":2},"number":"much","boolean":"perhaps","date":"2023-02-29","json":"text"}',
        '{"string":true,"number":null}',
      ];
      const result = await landed(columns, data, { table: 'fits' });
      expect(result).toMatchObject({ landed: 3, rowCount: 3, unreadableLines: [] });
      expect(result.nulled).toEqual({ a_number: 1, a_boolean: 1, a_date: 1 });
      expect(await rowsOf('fits')).toEqual([
        {
          a_string: '1.5',
          a_number: 1000,
          a_boolean: false,
          a_date: '2024-02-29',
          a_json: '{"b":[1,null]}',
        },
        { a_string: '{"b":2}', a_number: null, a_boolean: null, a_date: null, a_json: '"text"' },
        { a_string: 'true', a_number: null, a_boolean: null, a_date: null, a_json: null },
      ]);
      const { rows } = await warehouse.query(
        'select _airbyte_meta from raw.fits order by _airbyte_extracted_at',
      );
      expect(rows.map((row) => JSON.parse(String(row._airbyte_meta)).changes.length)).toEqual([0, 3, 0]);
    });

    test('leaves out lines that are no record, and names them', async () => {
      const data = ['{"id":1}', '{"id":', 'null', '{"id":2}'];
      expect(await landed([id], data, { table: 'bad' })).toMatchObject({
        landed: 2,
        rowCount: 2,
        unreadableLines: [2, 3],
      });
      expect(await rowsOf('bad')).toEqual([{ id: 1 }, { id: 2 }]);
    });

    test('tells properties apart that differ only by case', async () => {
      const columns: LandingColumn[] = [id, { name: 'ID_1', type: 'json', property: 'ID' }];
      expect(await land(columns, ['{"ID":{"a":1},"id":1}', '{"id":2,"ID":null}'])).toEqual([
        { id: 1, ID_1: '{"a":1}' },
        { id: 2, ID_1: null },
      ]);
    });

    test('takes any name', async () => {
      const name = 'an "odd" name';
      const rows = await land(
        [{ name, type: 'string', property: 'it\'s "odd"' }],
        ['{"it\'s \\"odd\\"":"x"}'],
      );
      expect(rows).toEqual([{ [server.hasOddNames ? name : 'an__odd__name']: 'x' }]);
    });

    const named: LandingColumn[] = [id, { name: 'name', type: 'string', property: 'name' }];
    test('lets the record that came last win when cursor and instant are equal', async () => {
      const write: LandingWrite = { kind: 'upsert', key: [['id']], order: undefined };
      const data = [
        '{"id":1,"name":"a"}',
        '{"id":null,"name":"b"}',
        '{"id":1,"name":"c"}',
        '{"id":null,"name":"d"}',
      ];
      const options = { write, table: 'wins', emittedAt: 1 };
      const wanted = [
        { id: 1, name: 'c' },
        { id: null, name: 'd' },
      ];
      const byId = (rows: Record<string, unknown>[]) =>
        rows.toSorted((left, right) => Number(right.id ?? 0) - Number(left.id ?? 0));
      expect(await landed(named, data, options)).toMatchObject({ landed: 2, rowCount: 2 });
      expect(byId(await rowsOf('wins'))).toEqual(wanted);
      expect(await landed(named, data, options)).toMatchObject({ landed: 0, rowCount: 2 });
      expect(byId(await rowsOf('wins'))).toEqual(wanted);
    });

    test('keeps the row of the greater cursor, also when it came before', async () => {
      const columns: LandingColumn[] = [...named, { name: 'v', type: 'integer', property: 'v' }];
      const write: LandingWrite = { kind: 'upsert', key: [['id']], order: ['v'] };
      const options = { write, table: 'cursors' };
      const first = ['{"id":1,"name":"new","v":2}', '{"id":2,"name":"x","v":1}'];
      const second = [
        '{"id":1,"name":"old","v":1}',
        '{"id":2,"name":"y","v":2}',
        '{"id":3,"name":"z","v":1}',
      ];
      expect(await landed(columns, first, options)).toMatchObject({ landed: 2, rowCount: 2 });
      expect(await landed(columns, second, { ...options, emittedAt: 9 })).toMatchObject({
        landed: 1,
        rowCount: 3,
      });
      expect((await rowsOf('cursors')).map(({ name }) => name).sort()).toEqual(['new', 'y', 'z']);
    });

    test('keys by a value inside an object', async () => {
      const columns: LandingColumn[] = [{ name: 'data', type: 'json', property: undefined }];
      const write: LandingWrite = { kind: 'upsert', key: [['data', 'a', 'b']], order: undefined };
      const data = ['{"a":{"b":"x"},"n":1}', '{"a":{"b":"y"},"n":1}', '{"a":{"b":"x"},"n":2}'];
      expect(await landed(columns, data, { write, table: 'inside' })).toMatchObject({
        landed: 2,
        rowCount: 2,
      });
      expect((await rowsOf('inside')).map((row) => row.data)).toEqual([
        '{"a":{"b":"y"},"n":1}',
        '{"a":{"b":"x"},"n":2}',
      ]);
    });

    test('keeps the versions of a record in the order they were seen', async () => {
      const write: LandingWrite = { kind: 'snapshot', key: [['id']] };
      const options = (emittedAt: number) => ({ write, table: 'versions', emittedAt });
      const a = '{"id":1,"name":"a"}';
      const b = '{"id":1,"name":"b"}';
      expect(await landed(named, [a, '{"id":2,"name":"x"}'], options(1))).toMatchObject({
        landed: 2,
        rowCount: 2,
      });
      expect(await landed(named, [a, '{"id":2,"name":"x"}'], options(2))).toMatchObject({
        landed: 0,
        rowCount: 2,
      });
      expect(await landed(named, [b], options(3))).toMatchObject({ landed: 1, rowCount: 3 });
      expect(await landed(named, [a], options(4))).toMatchObject({ landed: 1, rowCount: 4 });
      expect((await rowsOf('versions')).filter((row) => row.id === 1).map(({ name }) => name)).toEqual([
        'a',
        'b',
        'a',
      ]);
    });

    test('replaces a table by what came, unless it says the same', async () => {
      const options = { write: { kind: 'replace' }, table: 'whole' } as const;
      const rows = ['{"id":1,"name":"a"}', '{"id":1,"name":"a"}', '{"id":2,"name":"b"}'];
      expect(await landed(named, rows, options)).toMatchObject({ landed: 3, rowCount: 3, generationId: 1 });
      expect(await landed(named, rows.toReversed(), options)).toMatchObject({ landed: 0, rowCount: 3 });
      // one of the two equal rows is gone, and one other is new
      expect(await landed(named, [...rows.slice(1), '{"id":3,"name":null}'], options)).toMatchObject({
        landed: 1,
        rowCount: 3,
      });
      expect((await rowsOf('whole')).map((row) => row.id)).toEqual([1, 2, 3]);
      expect(await landed(named, [], options)).toMatchObject({ landed: 0, rowCount: 0 });
      expect(await rowsOf('whole')).toEqual([]);
    });

    test('takes an empty object for a record, and what is no object for none', async () => {
      const data = ['{}', '7', '{"id":2}', '"x"', '[{"id":3}]', 'null', '{"id":null}', '{"id"'];
      expect(await landed([id], data, { table: 'objects' })).toMatchObject({
        landed: 3,
        unreadableLines: [2, 4, 5, 6, 8],
      });
      expect(await rowsOf('objects')).toEqual([{ id: null }, { id: 2 }, { id: null }]);
    });

    test('leaves out records that were emitted at no instant, and lands the others', async () => {
      const file = join(folder, 'emitted.ndjson');
      const instants = [
        '1',
        '1e300',
        '-1',
        '"x"',
        '0',
        '253402300799999',
        '253402300800000',
        'null',
        '1e999',
      ];
      const lines = instants.map((at, index) => `{"record":{"data":{"id":${index}},"emitted_at":${at}}}\n`);
      writeFileSync(file, lines.join(''));
      const result = await warehouse.landRecords({
        table: 'emitted',
        files: [file],
        lineCount: lines.length,
        longestLine: 100,
        columns: [id],
        generationId: 1,
        write: { kind: 'append' },
      });
      const { rows } = await warehouse.query('select id from raw.emitted order by id');
      const ids = rows.map((row) => Number(row.id));
      // a text is no number: a warehouse may take the record without its instant
      expect(ids.filter((each) => each !== 3)).toEqual([0, 4, 5, 7]);
      expect(result.unreadableLines.filter((line) => line !== 4)).toEqual([2, 3, 7, 9]);
    });

    test('refuses files of which it reads another number of lines than they have', async () => {
      await land([id], ['{"id":1}'], { table: 'counted' });
      await expect(landed([id], ['{"id":2}'], { table: 'counted', lineCount: 2 })).rejects.toMatchObject({
        code: 'LANDING_INCOMPLETE',
      });
      expect(await rowsOf('counted')).toEqual([{ id: 1 }]);
    });

    test('keeps nothing of a landing that fails', async () => {
      await land([id], ['{"id":1}'], { table: 'kept' });
      const write: LandingWrite = { kind: 'upsert', key: [['absent']], order: undefined };
      await expect(
        land([{ ...id, name: 'later' }], ['{"id":2}'], { table: 'kept', write }),
      ).rejects.toThrow();
      expect(await warehouse.tableColumns('raw', 'kept')).toHaveLength(5);
      expect(await rowsOf('kept')).toEqual([{ id: 1 }]);
    });

    test('keeps nothing of a landing whose transaction fails afterwards', async () => {
      await land([id], ['{"id":1}'], { table: 'undone' });
      const failing = warehouse.transaction(async () => {
        await landed([id], ['{"id":2}'], { table: 'undone' });
        throw new Error('stop');
      });
      await expect(failing).rejects.toThrow('stop');
      expect(await rowsOf('undone')).toEqual([{ id: 1 }]);
    });
  });
}
