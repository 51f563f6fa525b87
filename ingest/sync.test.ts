import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import type { SourceSpec, SyncOptions, SyncResult } from './source.ts';
import { syncSource } from './sync.ts';

const program = fileURLToPath(new URL('./fixtures/scripted-connector.ts', import.meta.url));

let folder: string;
let warehouse: Warehouse;
let logged: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-sync-'));
  warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  logged = [];
});
afterEach(async () => {
  await warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});

type Connector = Extract<SourceSpec['connector'], { exec: unknown }>;
type Lines = readonly (string | object)[];

/** A catalog of streams of accounts: integer id, name, `updated_at`. */
const properties = {
  id: { type: 'integer' },
  name: { type: ['null', 'string'] },
  updated_at: { type: 'string', format: 'date-time' },
};
const stream = (name: string, more: object = {}) => ({
  name,
  json_schema: { type: 'object', properties },
  supported_sync_modes: ['full_refresh', 'incremental'],
  source_defined_cursor: true,
  default_cursor_field: ['updated_at'],
  source_defined_primary_key: [['id']],
  ...more,
});
const snapshotOnly = {
  supported_sync_modes: ['full_refresh'],
  source_defined_cursor: false,
  default_cursor_field: [],
};

const row = (id: number, day: number, name = `n${id}`) => ({
  id,
  name,
  updated_at: `2026-01-0${day}T00:00:00Z`,
});
const record = (name: string, data: object, emitted_at = 1_767_225_600_000) => ({
  type: 'RECORD',
  record: { stream: name, data, emitted_at },
});
const state = (name: string, value: unknown, count?: number) => ({
  type: 'STATE',
  state: {
    type: 'STREAM',
    stream: { stream_descriptor: { name }, stream_state: value },
    ...(count === undefined ? {} : { sourceStats: { recordCount: count } }),
  },
});
const status = (name: string, value: string) => ({
  type: 'TRACE',
  trace: {
    type: 'STREAM_STATUS',
    emitted_at: 1.5,
    stream_status: { stream_descriptor: { name }, status: value },
  },
});

async function sync(
  streams: readonly object[],
  lines: Lines,
  more: Partial<SourceSpec & Connector> & Pick<SyncOptions, 'acceptShrink'> = {},
): Promise<SyncResult> {
  const { kind = 'salesforce', name = 'crm', acceptShrink, ...connector } = more;
  const text = (list: Lines) =>
    list.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
  writeFileSync(join(folder, 'discover.jsonl'), text([{ type: 'CATALOG', catalog: { streams } }]));
  writeFileSync(join(folder, 'read.jsonl'), text(lines));
  return syncSource(
    {
      name,
      kind,
      connector: { exec: [process.execPath, program, folder], timeout_seconds: 20, ...connector },
    },
    warehouse,
    {
      workDir: join(folder, 'work'),
      now: () => '2026-02-01T00:00:00.000Z',
      timeZone: 'UTC',
      ...(acceptShrink !== undefined && { acceptShrink }),
      log: (level, message) => logged.push(`${level} ${message}`),
    },
  );
}

const query = async (sql: string) => (await warehouse.query(sql)).rows;
const landed = (table: string, columns = 'id, name, updated_at') =>
  query(`select ${columns} from raw.${table} order by all`);
const states = () => query('select stream, state from ops.sync_states order by stream');
const calls = (): Record<string, string>[] =>
  readFileSync(join(folder, 'calls.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const lastRead = () => calls().findLast((call) => call.verb === 'read');

describe('landing', () => {
  test('gives typed columns, the columns of Airbyte and a line in ops.streams', async () => {
    const json_schema = {
      properties: {
        id: { type: 'integer' },
        rate: { type: ['null', 'number'] },
        is_on: { type: 'boolean' },
        day: { type: 'string', format: 'date' },
        at: { type: 'string', format: 'date-time', airbyte_type: 'timestamp_with_timezone' },
        address: { type: 'object' },
        mixed: { type: ['integer', 'string'] },
        ID: { type: 'string' },
      },
    };
    const data =
      '{"id":9007199254740993,"rate":1.50,"is_on":true,"day":"2026-01-31","at":"2026-01-31T23:30:00+02:00",' +
      '"address":{"zip":12345678901234567890},"mixed":7,"ID":"upper","undeclared":1}';
    const line = `{"type":"RECORD","record":{"stream":"all types","data":${data},"emitted_at":1767225600123}}`;
    const result = await sync([stream('all types', { ...snapshotOnly, json_schema })], [line]);
    expect(result).toEqual({
      source: 'crm',
      status: 'succeeded',
      streams: [
        {
          stream: 'all types',
          status: 'succeeded',
          rows_received: 1,
          rows_landed: 1,
          rows_rejected: 0,
          values_nulled: 0,
        },
      ],
    });
    expect(
      await landed('crm__all_types', '* exclude (_airbyte_raw_id) replace (cast(id as varchar) as id)'),
    ).toEqual([
      {
        id: '9007199254740993',
        rate: 1.5,
        is_on: true,
        day: '2026-01-31',
        at: '2026-01-31T21:30:00.000Z',
        address: '{"zip":12345678901234567890}',
        mixed: '7',
        ID_1: 'upper',
        _airbyte_extracted_at: '2026-01-01T00:00:00.123Z',
        _airbyte_meta: '{"changes":[]}',
        _airbyte_generation_id: 1,
      },
    ]);
    expect(await query('select * from ops.streams')).toEqual([
      {
        source_name: 'crm',
        stream: 'all types',
        is_connected: true,
        sync_mode: 'full_refresh',
        generation_id: 1,
        row_count: 1,
        rejected_count: 0,
        last_synced_at: '2026-02-01T00:00:00.000Z',
      },
    ]);
  });

  test('makes a value that does not fit null and names it, and keeps the rest of the batch', async () => {
    const wide = stream('a', {
      json_schema: { properties: { ...properties, score: { type: 'number' }, is_on: { type: 'boolean' } } },
    });
    const result = await sync(
      [wide],
      [
        record('a', { ...row(1, 1), score: 'NaN', is_on: 'perhaps' }),
        record('a', { ...row(2, 1), id: 2.5, updated_at: 'yesterday' }),
        '{"type":"RECORD","record":{"stream":"a","data":{"id":3,"score":NaN},"emitted_at":1,"meta":{"changes":[{"field":"name","change":"TRUNCATED","reason":"SOURCE_FIELD_SIZE_LIMITATION"}]}}}',
        record('a', { ...row(4, 1), score: 1e3, is_on: false }),
      ],
    );
    expect(result.streams[0]).toMatchObject({ status: 'succeeded', rows_landed: 4, values_nulled: 5 });
    const rows = await landed('crm__a', 'name, id, updated_at, score, is_on, _airbyte_meta');
    const change = (field: string) => ({ field, change: 'NULLED', reason: 'DESTINATION_TYPECAST_ERROR' });
    expect(rows.map((line) => JSON.parse(String(line._airbyte_meta)).changes)).toEqual([
      [change('score'), change('is_on')],
      [change('id'), change('updated_at')],
      [],
      [{ field: 'name', change: 'TRUNCATED', reason: 'SOURCE_FIELD_SIZE_LIMITATION' }, change('score')],
    ]);
    expect(rows[2]).toMatchObject({ id: 4, score: 1000, is_on: false });
    expect(logged).toContainEqual(
      'warn raw.crm__a: 2 values of score are no number; they are null, and named in _airbyte_meta',
    );
  });

  test('rejects a record line that is no JSON and lands the others', async () => {
    const bad = '{"type":"RECORD","record":{"stream":"a","data":{"id":2,"na"emitted_at":1}}';
    const result = await sync([stream('a')], [record('a', row(1, 1)), bad, record('a', row(3, 1))]);
    expect(result.streams[0]).toMatchObject({ status: 'succeeded', rows_landed: 2, rows_rejected: 1 });
    expect(
      await query('select source_name, file_name, line_number, reason, content from raw._rejected'),
    ).toEqual([{ source_name: 'crm', file_name: 'a', line_number: 2, reason: 'bad_json', content: bad }]);
  });

  test('adds columns that come later, and widens those that change their type', async () => {
    await sync([stream('a')], [record('a', row(1, 1))]);
    const later = { properties: { ...properties, id: { type: 'string' }, seats: { type: 'integer' } } };
    await sync([stream('a', { json_schema: later })], [record('a', { ...row(2, 2), id: 'x2', seats: 5 })]);
    expect(await landed('crm__a', 'id, name, seats')).toEqual([
      { id: '1', name: 'n1', seats: null },
      { id: 'x2', name: 'n2', seats: 5 },
    ]);
  });

  test('creates an empty table for a stream without records', async () => {
    const result = await sync([stream('a'), stream('b', snapshotOnly)], []);
    expect(result.status).toBe('succeeded');
    expect([await landed('crm__a'), await landed('crm__b')]).toEqual([[], []]);
  });

  test('lands the whole record of a stream that declares no properties', async () => {
    const open = {
      json_schema: { type: 'object', additionalProperties: true },
      source_defined_primary_key: [],
    };
    await sync([stream('a', { ...snapshotOnly, ...open })], [record('a', { x: 1 })]);
    expect(await landed('crm__a', '_airbyte_data')).toEqual([{ _airbyte_data: '{"x":1}' }]);
  });
});

describe('modes', () => {
  const twice = async (
    streams: object[],
    first: Lines,
    second: Lines,
    more: Partial<SourceSpec & Connector> = {},
  ) => {
    await sync(streams, first, more);
    const result = await sync(streams, second, more);
    return result.streams[0];
  };
  const versions = [
    record('a', row(1, 1)),
    record('a', row(2, 1)),
    record('a', row(1, 2)),
    record('a', row(1, 2)),
  ];

  test('history keeps each version once, whatever comes again', async () => {
    expect(await twice([stream('a')], versions, [...versions, record('a', row(2, 3))])).toMatchObject({
      rows_landed: 1,
    });
    expect(await landed('crm__a', 'id, day(updated_at) as day')).toEqual([
      { id: 1, day: 1 },
      { id: 1, day: 2 },
      { id: 2, day: 1 },
      { id: 2, day: 3 },
    ]);
  });

  test('history replaces a version that came with other data under the same cursor', async () => {
    await twice([stream('a')], [record('a', row(1, 1, 'old'))], [record('a', row(1, 1, 'new'))]);
    expect(await landed('crm__a', 'id, name')).toEqual([{ id: 1, name: 'new' }]);
  });

  test('history without a cursor adds a row when the newest one differs, so that a change back is seen', async () => {
    const plain = [stream('a', snapshotOnly)];
    const at = (name: string, instant: number) => [record('a', { ...row(1, 1), name }, instant)];
    await twice(plain, at('on', 1), at('on', 2));
    await twice(plain, at('off', 3), at('on', 4));
    expect(await query('select name from raw.crm__a order by _airbyte_extracted_at')).toEqual([
      { name: 'on' },
      { name: 'off' },
      { name: 'on' },
    ]);
  });

  test('latest keeps the newest version of each key and never goes back', async () => {
    await twice([stream('a')], versions, [record('a', row(1, 1, 'late')), record('a', row(2, 5))], {
      kind: 'raw',
    });
    expect(await landed('crm__a', 'id, name, day(updated_at) as day')).toEqual([
      { id: 1, name: 'n1', day: 2 },
      { id: 2, name: 'n2', day: 5 },
    ]);
  });

  test('append keeps all', async () => {
    const more = { streams: { a: { mode: 'append' as const } } };
    expect(await twice([stream('a')], versions, versions, more)).toMatchObject({ rows_landed: 4 });
    expect(await landed('crm__a')).toHaveLength(8);
  });

  test('a full refresh without key replaces the table, and leaves it alone when nothing changed', async () => {
    const keyless = [stream('a', { ...snapshotOnly, source_defined_primary_key: [] })];
    const rows = [record('a', row(1, 1)), record('a', row(1, 1)), record('a', row(2, 1))];
    expect(await twice(keyless, rows, [...rows].reverse())).toMatchObject({ rows_landed: 0 });
    expect(await query('select distinct _airbyte_generation_id as g from raw.crm__a')).toEqual([{ g: 1 }]);
    expect(await twice(keyless, rows, [record('a', row(2, 1)), record('a', row(3, 1))])).toMatchObject({
      rows_landed: 1,
    });
    expect(await landed('crm__a', 'id, _airbyte_generation_id as g')).toEqual([
      { id: 2, g: 2 },
      { id: 3, g: 2 },
    ]);
    expect(await query('select generation_id, row_count from ops.streams')).toEqual([
      { generation_id: 2, row_count: 2 },
    ]);
  });

  test('a full refresh that fails leaves the table as it was', async () => {
    const keyless = [stream('a', { ...snapshotOnly, source_defined_primary_key: [] })];
    const result = await twice(
      keyless,
      [record('a', row(1, 1))],
      [record('a', row(2, 1)), state('a', {}), '!exit 1'],
    );
    expect(result).toMatchObject({
      status: 'failed',
      rows_received: 1,
      rows_landed: 0,
      error: { code: 'STREAM_INCOMPLETE' },
    });
    expect(await landed('crm__a', 'id')).toEqual([{ id: 1 }]);
  });

  test('events without a key land once although the connector repeats the last ones', async () => {
    const events = [stream('a', { source_defined_primary_key: [] })];
    expect(await twice(events, versions, [record('a', row(1, 2)), record('a', row(9, 9))])).toMatchObject({
      rows_landed: 1,
    });
    expect(await landed('crm__a')).toHaveLength(4);
  });

  test('a key may lie inside an object', async () => {
    const nested = stream('a', {
      json_schema: { properties: { key: { type: 'object' }, name: { type: 'string' } } },
      ...snapshotOnly,
      source_defined_primary_key: [['key', 'id']],
    });
    const rows = [record('a', { key: { id: 1 }, name: 'x' }), record('a', { key: { id: 2 }, name: 'x' })];
    expect(
      await twice([nested], rows, [...rows, record('a', { key: { id: 2 }, name: 'y' })], { kind: 'raw' }),
    ).toMatchObject({
      rows_landed: 0,
    });
    expect(await landed('crm__a', 'name')).toEqual([{ name: 'x' }, { name: 'y' }]);
  });
});

describe('state', () => {
  test('is kept byte for byte and handed back', async () => {
    const text =
      '{"type":"STREAM", "stream":{"stream_descriptor":{"name":"a"},"stream_state":{"id":9007199254740993,"x":1.0}},"sourceStats":{"recordCount":1.0} }';
    await sync([stream('a')], [record('a', row(1, 1)), `{"type":"STATE","state":${text}}`]);
    expect(await states()).toEqual([{ stream: 'a', state: text }]);
    expect(lastRead()?.state).toBeUndefined();
    await sync([stream('a')], []);
    expect(lastRead()?.state).toBe(`[${text}]`);
  });

  test('of several streams is merged, and only of incremental streams that are landed', async () => {
    const streams = [stream('a'), stream('b'), stream('c', snapshotOnly)];
    await sync(streams, [state('a', 1), state('c', 2), state('b', 3), state('a', 4)]);
    expect((await states()).map((line) => line.stream)).toEqual(['a', 'b']);
    await warehouse.query('drop table raw.crm__b');
    await sync(streams, []);
    expect(JSON.parse(String(lastRead()?.state))).toEqual([state('a', 4).state]);
  });

  test('of all streams replaces the others; one without type is handed back bare', async () => {
    const global = { type: 'GLOBAL', global: { shared_state: { lsn: 1 }, stream_states: [] } };
    await sync([stream('a')], [record('a', row(1, 1)), state('a', 1), { type: 'STATE', state: global }]);
    expect(await states()).toEqual([{ stream: '', state: JSON.stringify(global) }]);
    await sync([stream('a')], [{ type: 'STATE', state: { data: { cursor: 7 } } }]);
    expect(JSON.parse(String(lastRead()?.state))).toEqual([global]);
    await sync([stream('a')], []);
    expect(lastRead()?.state).toBe('{"cursor":7}');
  });

  test('is kept with the records before it when the connector then dies, and nothing after it', async () => {
    const lines = [record('a', row(1, 1)), state('a', 1, 1), record('a', row(2, 1)), '!kill'];
    const result = await sync([stream('a')], lines);
    expect(result).toMatchObject({ status: 'failed', error: { code: 'CONNECTOR_FAILED' } });
    expect(result.streams[0]).toMatchObject({
      rows_received: 2,
      rows_landed: 1,
      error: { code: 'STREAM_INCOMPLETE' },
    });
    expect(await landed('crm__a', 'id')).toEqual([{ id: 1 }]);
    expect(await states()).toMatchObject([{ stream: 'a' }]);
  });

  test('with a wrong count is not kept, nor any after it, and the stream fails', async () => {
    const result = await sync(
      [stream('a'), stream('b')],
      [
        record('a', row(1, 1)),
        state('a', 'good', 1),
        record('b', row(1, 1)),
        record('a', row(2, 1)),
        state('a', 'lost one', 2),
        record('a', row(3, 1)),
        state('a', 'after', 1),
        state('b', 'fine', 1),
      ],
    );
    expect(result.status).toBe('partial');
    expect(result.streams.map(({ stream: name, status: end, error }) => [name, end, error?.code])).toEqual([
      ['a', 'failed', 'RECORDS_LOST'],
      ['b', 'succeeded', undefined],
    ]);
    expect(await landed('crm__a', 'id')).toEqual([{ id: 1 }]);
    expect(await states()).toMatchObject([
      { state: expect.stringContaining('good') },
      { state: expect.stringContaining('fine') },
    ]);
  });

  test('of all streams with a wrong count fails them all', async () => {
    const global = (recordCount: number) => ({
      type: 'STATE',
      state: { type: 'GLOBAL', global: { stream_states: [] }, sourceStats: { recordCount } },
    });
    const result = await sync(
      [stream('a'), stream('b')],
      [record('a', row(1, 1)), record('b', row(1, 1)), global(2), record('b', row(2, 1)), global(3)],
    );
    expect(result.streams.map(({ error }) => error?.code)).toEqual(['RECORDS_LOST', 'RECORDS_LOST']);
    expect([await landed('crm__a', 'id'), await landed('crm__b', 'id')]).toEqual([[{ id: 1 }], [{ id: 1 }]]);
    expect(await states()).toMatchObject([{ stream: '', state: expect.stringContaining('"recordCount":2') }]);
  });
});

describe('a failed stream', () => {
  test('does not stop the others, and its last state counts although it is incomplete', async () => {
    const result = await sync(
      [stream('a'), stream('b')],
      [
        status('a', 'STARTED'),
        status('b', 'STARTED'),
        record('a', row(1, 1)),
        {
          type: 'TRACE',
          trace: {
            type: 'ERROR',
            emitted_at: 1,
            error: { message: 'no rights', stream_descriptor: { name: 'a' } },
          },
        },
        status('a', 'INCOMPLETE'),
        state('a', 'kept', 1),
        record('b', row(1, 1)),
        status('b', 'COMPLETE'),
        '!exit 1',
      ],
    );
    expect(result.status).toBe('partial');
    expect(result.streams).toMatchObject([
      {
        stream: 'a',
        status: 'failed',
        rows_landed: 1,
        error: { message: expect.stringContaining('no rights') },
      },
      { stream: 'b', status: 'succeeded', rows_landed: 1 },
    ]);
    expect(await states()).toMatchObject([{ stream: 'a', state: expect.stringContaining('kept') }]);
  });

  test('is one that never said it was complete, when the others did', async () => {
    const result = await sync([stream('a'), stream('b', snapshotOnly)], [status('a', 'COMPLETE')]);
    expect(result.streams.map(({ status: end }) => end)).toEqual(['succeeded', 'failed']);
  });

  test('is one that tenure.yaml names and the connector has not, or with a key it has not', async () => {
    const result = await sync([stream('a'), stream('b')], [record('a', row(1, 1))], {
      streams: { a: {}, b: { primary_key: ['nothing'] }, c: {} },
    });
    expect(result.streams.map(({ stream: name, error }) => [name, error?.code])).toEqual([
      ['a', undefined],
      ['c', 'STREAM_UNKNOWN'],
      ['b', 'KEY_UNKNOWN'],
    ]);
  });

  test('is one that the warehouse refuses, and its state is not kept', async () => {
    await warehouse.ensureSchemas();
    await warehouse.query('create view raw.crm__a as select 1 as id');
    const result = await sync(
      [stream('a'), stream('b')],
      [record('a', row(1, 1)), state('a', 1), record('b', row(1, 1)), state('b', 1)],
    );
    expect(result.streams.map(({ error }) => error?.code)).toEqual(['LANDING_FAILED', undefined]);
    expect((await states()).map((line) => line.stream)).toEqual(['b']);
  });

  test('is one whose table another stream has', async () => {
    const result = await sync([stream('a b'), stream('a-b')], []);
    expect(result.streams.map(({ error }) => error?.code)).toEqual([undefined, 'TABLE_TAKEN']);
  });

  test('a connector that cannot be asked for its streams gives a failed source', async () => {
    writeFileSync(join(folder, 'none'), '');
    const result = await sync([], [], { exec: ['/no/such/program'] });
    expect(result).toMatchObject({ status: 'failed', streams: [], error: { code: 'CONNECTOR_NOT_FOUND' } });
  });
});

describe('what was landed before', () => {
  const keyless = { ...snapshotOnly, source_defined_primary_key: [] };
  const rowsOf = (count: number) => Array.from({ length: count }, (_, index) => record('a', row(index, 1)));
  const codes = ({ status: all, streams }: SyncResult) => [
    all,
    ...streams.map((each) => `${each.stream} ${each.error?.code ?? each.status}`),
  ];

  test.each([
    ['no record', []],
    ['too few', rowsOf(3)],
    [
      'lines that are no records',
      Array.from({ length: 10 }, () => '{"type":"RECORD","record":{"stream":"a","data":7,"emitted_at":1}}'),
    ],
  ])('stays when a full refresh that replaces it brings %s', async (_, lines) => {
    const streams = [stream('a', keyless), stream('b')];
    await sync(streams, [...rowsOf(10), record('b', row(1, 1)), state('b', { at: 1 })]);
    const result = await sync(streams, [...lines, record('b', row(2, 2)), state('b', { at: 2 })]);
    expect(codes(result)).toEqual(['partial', 'a TABLE_SHRANK', 'b succeeded']);
    expect(result.streams[0]?.error?.message).toMatch(
      /a would shrink from 10 to [03] rows.*--accept-shrink a/s,
    );
    expect(await query('select count(*)::int as n from raw.crm__a')).toEqual([{ n: 10 }]);
    expect(await query('select count(*)::int as n from raw.crm__b')).toEqual([{ n: 2 }]);
    const accepted = await sync(streams, rowsOf(3), { acceptShrink: ['a'] });
    expect(codes(accepted)).toEqual(['succeeded', 'a succeeded', 'b succeeded']);
    expect(await query('select count(*)::int as n from raw.crm__a')).toEqual([{ n: 3 }]);
  });

  test('stays when an incremental stream says that records are deleted: that adds versions', async () => {
    const deleted = (id: number) => ({ ...row(id, 2), is_deleted: true });
    const columns = { json_schema: { properties: { ...properties, is_deleted: { type: 'boolean' } } } };
    await sync([stream('a', columns)], rowsOf(3));
    const all = [0, 1, 2].map((id) => record('a', deleted(id)));
    expect(codes(await sync([stream('a', columns)], all))).toEqual(['succeeded', 'a succeeded']);
    expect(await query('select count(*)::int as n from raw.crm__a')).toEqual([{ n: 6 }]);
  });

  test('stays connected when the catalog does not offer its stream any more', async () => {
    await sync([stream('a'), stream('b')], [record('a', row(1, 1)), record('b', row(1, 1))]);
    const result = await sync([stream('b')], [record('b', row(2, 2))]);
    expect(codes(result)).toEqual(['partial', 'b succeeded', 'a STREAM_GONE']);
    const connected = () => query('select stream from ops.streams where is_connected order by 1');
    expect(await connected()).toEqual([{ stream: 'a' }, { stream: 'b' }]);
    expect((await sync([stream('b')], [], { acceptShrink: true })).status).toBe('succeeded');
    expect(await connected()).toEqual([{ stream: 'b' }]);
  });

  test('of which most records cannot be read is no good sync', async () => {
    const unread = '{"type":"RECORD","record":{"stream":"a","data":7,"emitted_at":1}}';
    const result = await sync([stream('a', snapshotOnly)], [record('a', row(1, 1)), unread, unread]);
    expect(codes(result)).toEqual(['failed', 'a ROWS_REJECTED']);
    expect(await query('select count(*)::int as n from raw.crm__a')).toEqual([{ n: 1 }]);
  });
});

describe('selection', () => {
  const asked = () =>
    JSON.parse(String(lastRead()?.catalog)).streams.map(
      (line: Record<string, unknown> & { stream: { name: string } }) => [
        line.stream.name,
        line.sync_mode,
        line.destination_sync_mode,
        line.generation_id,
        line.minimum_generation_id,
      ],
    );

  test('is everything, incremental where it can be', async () => {
    await sync(
      [
        stream('a'),
        stream('b', snapshotOnly),
        stream('c', { ...snapshotOnly, source_defined_primary_key: [] }),
      ],
      [],
    );
    expect(asked()).toEqual([
      ['a', 'incremental', 'append_dedup', 1, 0],
      ['b', 'full_refresh', 'append_dedup', 1, 0],
      ['c', 'full_refresh', 'overwrite', 1, 1],
    ]);
  });

  test('is what tenure.yaml names, or what it does not disable', async () => {
    const streams = [stream('a'), stream('b'), stream('c')];
    await sync(streams, [], { streams: { a: { sync_mode: 'full_refresh' }, b: { enabled: false } } });
    expect(asked().map(([name, mode]: string[]) => [name, mode])).toEqual([['a', 'full_refresh']]);
    await sync(streams, [], { streams: { b: { enabled: false } } });
    expect(asked().map(([name]: string[]) => name)).toEqual(['a', 'c']);
    expect(await query('select stream, is_connected from ops.streams order by 1')).toEqual([
      { stream: 'a', is_connected: true },
      { stream: 'c', is_connected: true },
    ]);
    await sync(streams, [], { streams: { c: {} } });
    expect(await query('select stream, is_connected from ops.streams order by 1')).toEqual([
      { stream: 'a', is_connected: false },
      { stream: 'c', is_connected: true },
    ]);
  });

  test('tells streams of one name apart by their namespace', async () => {
    const inSpace = (namespace: string, id: number) => ({
      type: 'RECORD',
      record: { stream: 'a', data: row(id, 1), emitted_at: 1, namespace },
    });
    await sync(
      [stream('a', { namespace: 'one' }), stream('a', { namespace: 'two' })],
      [inSpace('one', 1), inSpace('two', 2)],
    );
    expect([await landed('crm__one_a', 'id'), await landed('crm__two_a', 'id')]).toEqual([
      [{ id: 1 }],
      [{ id: 2 }],
    ]);
  });

  test('takes the catalog that tenure.yaml gives and asks for none', async () => {
    await sync([], [record('a', row(1, 1))], { catalog: { streams: [stream('a')] } });
    expect(calls().map((call) => call.verb)).toEqual(['read']);
    expect(await landed('crm__a', 'id')).toEqual([{ id: 1 }]);
  });
});

describe('configuration', () => {
  const renew = (token: string) => ({
    type: 'CONTROL',
    control: {
      type: 'CONNECTOR_CONFIG',
      emitted_at: 1,
      connectorConfig: { config: { refresh_token: token } },
    },
  });

  test('that a connector renews is used until tenure.yaml changes, and never reaches the warehouse', async () => {
    const config = { refresh_token: 'token-1' };
    await sync([stream('a')], [renew('token-2'), 'using token-2 instead of token-1'], { config });
    expect(logged).toContain('info using **** instead of ****');
    const file = join(folder, 'work', 'connector-configs', 'crm.json');
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    await sync([stream('a')], [], { config });
    expect(calls().map((call) => JSON.parse(call.config ?? '{}').refresh_token)).toEqual([
      'token-1',
      'token-1',
      'token-2',
      'token-2',
    ]);
    await sync([stream('a')], [], { config: { refresh_token: 'token-3' } });
    expect(JSON.parse(lastRead()?.config ?? '').refresh_token).toBe('token-3');
    expect(readdirSync(join(folder, 'work', 'sync'))).toEqual([]);
  });

  test('is an empty object when tenure.yaml has none; env reaches the connector', async () => {
    await sync([stream('a')], [], { env: { SCRIPTED_TOKEN: 'from env' } });
    expect(lastRead()).toMatchObject({ config: '{}', env: 'from env' });
    expect(existsSync(join(folder, 'work', 'connector-configs'))).toBe(false);
  });
});
