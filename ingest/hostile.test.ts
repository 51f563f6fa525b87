import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import type { SyncResult } from './source.ts';
import { syncSource } from './sync.ts';

/** What no connector should print, and some do. Nothing may crash, nothing may land half, each gets a clear message. */
const program = fileURLToPath(new URL('./fixtures/scripted-connector.ts', import.meta.url));
const MEGABYTE = 1024 * 1024;

let folder: string;
let warehouse: Warehouse;
let logged: string[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-hostile-'));
  warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:', memory_limit: '128MB', threads: 1 });
  logged = [];
});
afterEach(async () => {
  await warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});

const stream = (name: string) => ({
  name,
  json_schema: {
    properties: { id: { type: 'integer' }, text: { type: 'string' }, nested: { type: 'object' } },
  },
  supported_sync_modes: ['full_refresh', 'incremental'],
  source_defined_cursor: true,
  source_defined_primary_key: [['id']],
});
const record = (name: string, data: object) =>
  JSON.stringify({ type: 'RECORD', record: { stream: name, data, emitted_at: 1_767_225_600_000 } });
const state = (name: string, last: number, count?: number) =>
  JSON.stringify({
    type: 'STATE',
    state: {
      type: 'STREAM',
      stream: { stream_descriptor: { name }, stream_state: { last } },
      ...(count === undefined ? {} : { sourceStats: { recordCount: count } }),
    },
  });
const trace = (content: object) => JSON.stringify({ type: 'TRACE', trace: { emitted_at: 1, ...content } });
const complete = (name: string) =>
  trace({ type: 'STREAM_STATUS', stream_status: { stream_descriptor: { name }, status: 'COMPLETE' } });

/** What a connector that prints these lines leaves behind; each stream is appended to. */
async function sync(
  lines: readonly (string | Buffer)[],
  { streams = ['a', 'b'], timeout = 20 } = {},
): Promise<SyncResult> {
  const catalog = { type: 'CATALOG', catalog: { streams: streams.map(stream) } };
  writeFileSync(join(folder, 'discover.jsonl'), JSON.stringify(catalog));
  writeFileSync(
    join(folder, 'read.jsonl'),
    Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])),
  );
  return syncSource(
    {
      name: 'x',
      kind: 'raw',
      connector: {
        exec: [process.execPath, program, folder],
        timeout_seconds: timeout,
        streams: Object.fromEntries(streams.map((name) => [name, { mode: 'append' as const }])),
      },
    },
    warehouse,
    {
      workDir: join(folder, 'work'),
      now: () => '2026-02-01T00:00:00.000Z',
      timeZone: 'UTC',
      log: (level, message) => logged.push(`${level} ${message}`),
    },
  );
}

const rows = async (sql: string) => (await warehouse.query(sql)).rows;
const ids = async (name: string) =>
  (await rows(`select id from raw.x__${name} order by id nulls first`)).map(({ id }) => id);
const states = async () =>
  (await rows('select stream, state from ops.sync_states order by stream')).map(
    ({ stream: name, state: text }) => [name, JSON.parse(String(text)).stream.stream_state.last],
  );

describe('a hostile connector', () => {
  test('prints a line without an end: its stream fails, what came before lands, and memory stays bounded', async () => {
    const endless = join(folder, 'endless.ts');
    const before = [record('a', { id: 1 }), state('a', 1), complete('a'), record('b', { id: 2 })];
    writeFileSync(
      endless,
      `const verb = process.argv[2];
if (verb === 'discover') console.log(${JSON.stringify(JSON.stringify({ type: 'CATALOG', catalog: { streams: ['a', 'b'].map(stream) } }))});
else {
  for (const line of ${JSON.stringify(before)}) console.log(line);
  const text = 'x'.repeat(2 ** 20);
  const write = () => { while (process.stdout.write(text)); process.stdout.once('drain', write); };
  write();
}`,
    );
    const memory = process.memoryUsage.rss();
    const connector = {
      exec: [process.execPath, endless] as [string, ...string[]],
      max_line_mb: 16,
      streams: { a: { mode: 'append' as const }, b: { mode: 'append' as const } },
    };
    const result = await syncSource({ name: 'x', kind: 'raw', connector }, warehouse, {
      workDir: join(folder, 'work'),
      now: () => '2026-02-01T00:00:00.000Z',
      timeZone: 'UTC',
    });
    expect(result).toMatchObject({ status: 'partial', error: { code: 'CONNECTOR_LINE_TOO_LONG' } });
    expect(result.streams.map(({ stream: name, status }) => [name, status])).toEqual([
      ['a', 'succeeded'],
      ['b', 'failed'],
    ]);
    expect((await warehouse.query('select id from raw.x__a')).rows).toEqual([{ id: 1 }]);
    expect(process.memoryUsage.rss() - memory).toBeLessThan(200 * MEGABYTE);
  });

  test('says nonsense of when it emitted a record, and puts NUL into a text: the others land', async () => {
    const at = (id: number, emittedAt: string, text = 'x') =>
      `{"type":"RECORD","record":{"stream":"a","data":{"id":${id},"text":"${text}"},"emitted_at":${emittedAt}}}`;
    const result = await sync(
      [
        ...[at(1, '1'), at(2, '1e300'), at(3, '-1'), at(4, '2', 'a\\u0000b')],
        ...[5, 6, 7].map((id) => at(id, '3')),
        complete('a'),
      ],
      {
        streams: ['a'],
      },
    );
    expect(result.streams).toMatchObject([{ status: 'succeeded', rows_landed: 5, rows_rejected: 2 }]);
    expect((await warehouse.query('select id, text from raw.x__a order by id')).rows).toEqual(
      [1, 4, 5, 6, 7].map((id) => ({ id, text: id === 4 ? 'a\ufffdb' : 'x' })),
    );
    const { rows } = await warehouse.query('select line_number, reason from raw._rejected order by 1');
    expect(rows).toEqual([
      { line_number: 2, reason: 'bad_emitted_at' },
      { line_number: 3, reason: 'bad_emitted_at' },
    ]);
  });

  test('names its properties as landing names its own', async () => {
    const names = ['rowid', '_tenure_is_unreadable', '_tenure_is_empty', 'a\0b', 'select', '_tenure_key'];
    const properties = Object.fromEntries(['id', ...names].map((name) => [name, { type: 'string' }]));
    const catalog = {
      type: 'CATALOG',
      catalog: { streams: [{ ...stream('a'), json_schema: { properties } }] },
    };
    writeFileSync(join(folder, 'discover.jsonl'), JSON.stringify(catalog));
    const data = Object.fromEntries(['id', ...names].map((name) => [name, `of ${name}`]));
    writeFileSync(join(folder, 'read.jsonl'), `${record('a', data)}\n${complete('a')}`);
    for (const [mode, landed] of [
      ['history', 1],
      ['history', 0],
    ] as const) {
      const connector = {
        exec: [process.execPath, program, folder] as [string, ...string[]],
        streams: { a: { mode } },
      };
      const result = await syncSource({ name: 'x', kind: 'raw', connector }, warehouse, {
        workDir: join(folder, 'work'),
        now: () => '2026-02-01T00:00:00.000Z',
        timeZone: 'UTC',
      });
      expect(result.streams).toMatchObject([{ status: 'succeeded', rows_landed: landed }]);
    }
    const { rows } = await warehouse.query('select * exclude (_airbyte_raw_id) from raw.x__a');
    expect(rows[0]).toMatchObject({
      rowid_1: 'of rowid',
      _tenure_is_unreadable_1: 'of _tenure_is_unreadable',
      _tenure_is_empty_1: 'of _tenure_is_empty',
      a_b: 'of a\ufffdb',
      select: 'of select',
      _tenure_key: 'of _tenure_key',
    });
  });

  test('prints every message there is, those that will be, and things that are none', async () => {
    const result = await sync([
      '{"type":"LOG","log":{"level":"FATAL","message":"not as bad as it sounds"}}',
      '{"type":"LOG","log":{"level":"NO_SUCH_LEVEL","message":"odd"}}',
      '{"type":"SPEC","spec":{"connectionSpecification":{}}}',
      '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}',
      '{"type":"CATALOG","catalog":{"streams":[]}}',
      '{"type":"DESTINATION_CATALOG","destination_catalog":{"operations":[]}}',
      '{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":1,"connectorConfig":{"config":{}}}}',
      '{"type":"CONTROL","control":{"type":"OF_THE_FUTURE","emitted_at":1}}',
      '{"type":"OF_THE_FUTURE","future":{"a":1}}',
      trace({ type: 'ANALYTICS', analytics: { type: 'db', value: 'x' } }),
      trace({ type: 'ESTIMATE', estimate: { name: 'a', type: 'STREAM', row_estimate: 3 } }),
      trace({ type: 'OF_THE_FUTURE' }),
      trace({
        type: 'STREAM_STATUS',
        stream_status: { stream_descriptor: { name: 'a' }, status: 'STARTED' },
      }),
      record('a', { id: 1 }),
      'a line of a library that prints',
      '',
      '   ',
      'null',
      '[]',
      '42',
      '"text"',
      '{}',
      '{"type":7}',
      record('never asked for', { id: 9 }),
      Buffer.from([0xff, 0xfe, 0x00, 0x7b]),
      `${record('a', { id: 2 })}\r`,
      `  ${record('a', { id: 3 }).replaceAll(':', ' : ')}  `,
      state('a', 3, 3),
      complete('a'),
      complete('b'),
    ]);
    expect(result.status).toBe('succeeded');
    expect(await ids('a')).toEqual([1, 2, 3]);
    expect(await ids('b')).toEqual([]);
    expect(await states()).toEqual([['a', 3]]);
    const text = logged.join('\n');
    expect(text).toContain('error not as bad as it sounds');
    expect(text).toContain('a line of a library that prints');
    expect(text).toContain('records of stream "never asked for", which was not asked for, are ignored');
  });

  test('sends a record of no stream: the records before a state are kept, the fault is told', async () => {
    for (const line of ['{"type":"RECORD"}', '{"type":"RECORD","record":{"data":{"id":9},"emitted_at":1}}']) {
      const result = await sync([record('a', { id: 1 }), state('a', 1), line, record('a', { id: 2 })]);
      expect(result.error).toMatchObject({
        code: 'MESSAGE_INVALID',
        message: expect.stringMatching(/Expected a RECORD message .* try another version/),
      });
      expect(await ids('a')).toEqual([1]);
      await warehouse.query('drop table raw.x__a');
    }
  });

  test('cuts and garbles records: they are rejected with their text, the others land', async () => {
    const whole = record('a', { id: 5, text: 'x' });
    const garbled = [
      whole.slice(0, -20),
      whole.replace('"x"', 'x'),
      whole.replace('{"id"', '["id"'),
      whole.replace('"data":{', '"data":7,"other":{'),
    ];
    const result = await sync([record('a', { id: 1 }), ...garbled, record('a', { id: 2 }), complete('a')], {
      streams: ['a'],
    });
    expect(await ids('a')).toEqual([1, 2]);
    const rejected = await rows(
      'select line_number, reason, content from raw._rejected order by line_number',
    );
    const told = rejected.map(({ content }) => content);
    // What does not even open as a record is a line of the log; what does is rejected: it is never lost in silence.
    for (const line of garbled) {
      expect(told.includes(line) || logged.some((entry) => entry.endsWith(line))).toBe(true);
    }
    expect(result.streams[0]?.rows_rejected).toBe(rejected.length);
    expect(rejected.length).toBeGreaterThan(0);
  });

  test('prints a line of 50 MB, as a record and as none', { timeout: 180_000 }, async () => {
    const long = 'é'.repeat(25 * MEGABYTE);
    const result = await sync(
      [
        record('a', { id: 1 }),
        record('a', { id: 2, text: long }),
        'x'.repeat(50 * MEGABYTE),
        record('a', { id: 3 }),
        complete('a'),
      ],
      { streams: ['a'] },
    );
    expect(result.status).toBe('succeeded');
    expect(await rows('select id, length(text) as n from raw.x__a order by id')).toEqual([
      { id: 1, n: null },
      { id: 2, n: 25 * MEGABYTE },
      { id: 3, n: null },
    ]);
    expect(Math.max(...logged.map((entry) => entry.length))).toBeLessThan(3_000);
  });

  test('mixes streams line by line, in envelopes of any order', async () => {
    const lines: string[] = [];
    for (let id = 1; id <= 500; id += 1) {
      lines.push(record('a', { id }));
      lines.push(`{"record":{"emitted_at":1,"data":{"id":${id}},"stream":"b"},"type":"RECORD"}`);
      if (id % 7 === 0) lines.push(state('a', id, 7));
    }
    const result = await sync([...lines, complete('b'), complete('a')]);
    expect(result.status).toBe('succeeded');
    const all = Array.from({ length: 500 }, (_, index) => index + 1);
    expect(await ids('a')).toEqual(all);
    expect(await ids('b')).toEqual(all);
    expect(await states()).toEqual([['a', 497]]);
  });

  test('sends values that are not of their type, and numbers that no machine holds', async () => {
    await sync(
      [
        record('a', { id: 1.5 }),
        record('a', { id: 2 }),
        '{"type":"RECORD","record":{"stream":"a","data":{"id":3.0},"emitted_at":1}}',
        '{"type":"RECORD","record":{"stream":"a","data":{"id":9007199254740993},"emitted_at":1}}',
        '{"type":"RECORD","record":{"stream":"a","data":{"id":1e400},"emitted_at":1}}',
        '{"type":"RECORD","record":{"stream":"a","data":{"id":1180591620717411303424},"emitted_at":1}}',
        record('a', { id: { a: 1 }, text: 5, nested: 'no object' }),
        complete('a'),
      ],
      { streams: ['a'] },
    );
    expect(
      await rows(
        'select cast(id as varchar) as id, text, nested from raw.x__a order by raw.x__a.id nulls first',
      ),
    ).toEqual([
      ...Array(3).fill({ id: null, text: null, nested: null }),
      { id: null, text: '5', nested: '"no object"' },
      { id: '2', text: null, nested: null },
      { id: '3', text: null, nested: null },
      { id: '9007199254740993', text: null, nested: null },
    ]);
    const [{ n } = {}] = await rows(
      `select count(*) as n from raw.x__a where id is null and _airbyte_meta::varchar like '%"field":"id"%NULLED%'`,
    );
    expect(n).toBe(4);
  });

  test('nests values a thousand deep', async () => {
    const deep = `${'['.repeat(1000)}${']'.repeat(1000)}`;
    const result = await sync(
      [
        `{"type":"RECORD","record":{"stream":"a","data":{"id":1,"nested":{"x":${deep}}},"emitted_at":1}}`,
        record('a', { id: 2 }),
        complete('a'),
      ],
      { streams: ['a'] },
    );
    expect(result.status).toBe('succeeded');
    expect(await ids('a')).toEqual([1, 2]);
  });

  test('sends a state without type, as connectors did before states had one', async () => {
    const legacy = '{"type":"STATE","state":{"data":{"cursor":9007199254740993}}}';
    expect((await sync([record('a', { id: 1 }), legacy, complete('a'), complete('b')])).status).toBe(
      'succeeded',
    );
    expect((await rows('select state from ops.sync_states'))[0]?.state).toContain('9007199254740993');
  });

  test('sends a state that lacks what its type requires: the records before it are kept, the rest is told', async () => {
    const result = await sync([
      record('a', { id: 1 }),
      state('a', 1),
      '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_state":{"last":2}}}}',
      record('a', { id: 2 }),
    ]);
    expect(result.status).toBe('failed');
    expect(result.error?.message).toMatch(/STATE.*stream_descriptor/s);
    expect(await ids('a')).toEqual([1]);
    expect(await states()).toEqual([['a', 1]]);
  });

  test('ends with 1 after half: what a state vouches for stays, nothing after it', async () => {
    const result = await sync([
      record('a', { id: 1 }),
      record('a', { id: 2 }),
      state('a', 2, 2),
      record('a', { id: 3 }),
      record('b', { id: 1 }),
      '!stderr Traceback: the API said 500',
      '!exit 1',
    ]);
    expect(result.status).toBe('failed');
    expect(result.error?.message).toContain('Traceback: the API said 500');
    expect(await ids('a')).toEqual([1, 2]);
    expect(await states()).toEqual([['a', 2]]);
    expect(await rows(`select * from information_schema.tables where table_name = 'x__b'`)).toEqual([]);
    expect(readdirSync(join(folder, 'work', 'sync'))).toEqual([]);
  });

  test('hangs: it is stopped after its time-out, and says so', async () => {
    const result = await sync([record('a', { id: 1 }), state('a', 1, 1), record('a', { id: 2 }), '!hang'], {
      timeout: 5, // a busy machine takes seconds to start a program
    });
    expect(result.status).toBe('failed');
    expect(result.error?.message).toMatch(/said nothing for 5 seconds/);
    expect(await ids('a')).toEqual([1]);
  });

  test('floods stderr with 20 MB: it is not blocked, and little of it is kept', async () => {
    const flood = Array.from({ length: 20 }, () => `!stderr ${'e'.repeat(MEGABYTE)}`);
    const result = await sync([record('a', { id: 1 }), ...flood, record('a', { id: 2 }), complete('a')], {
      streams: ['a'],
    });
    expect(result.status).toBe('succeeded');
    expect(await ids('a')).toEqual([1, 2]);
  });

  test('repeats, drops, cuts and mixes lines at random: what landed was sent whole, and once a line', async () => {
    const line = fc.oneof(
      { weight: 6, arbitrary: fc.nat(99).map((id) => ({ id, text: record('a', { id }) })) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.nat(99), fc.double({ min: 0, max: 0.99, noNaN: true }))
          .map(([id, part]) => [record('a', { id }), part] as const)
          .map(([text, part]) => ({ id: undefined, text: text.slice(0, Math.floor(part * text.length)) })),
      },
      {
        weight: 1,
        arbitrary: fc
          .string({ unit: 'binary' })
          .map((text) => ({ id: undefined, text: text.replace(/[\n\r!]/g, ' ') })),
      },
      { weight: 1, arbitrary: fc.constant({ id: undefined, text: state('a', 1) }) },
      {
        weight: 1,
        arbitrary: fc.constant({ id: undefined, text: '{"type":"STATE","state":{"type":"STREAM"}}' }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 40 }), async (lines) => {
        await warehouse.query('drop schema if exists raw cascade');
        await warehouse.query('drop schema if exists ops cascade');
        const result = await sync([...lines.map(({ text }) => text), complete('a')], { streams: ['a'] });
        const sent = lines.flatMap(({ id }) => (id === undefined ? [] : [id])).sort((a, b) => a - b);
        const got = (await warehouse.tableColumns('raw', 'x__a')) === undefined ? [] : await ids('a');
        expect(result.streams[0]?.rows_landed).toBe(got.length);
        if (result.status === 'succeeded') expect(got).toEqual(sent);
        else expect(result.error?.message ?? result.streams[0]?.error?.message).toMatch(/expected|Expected/);
      }),
      { numRuns: 20 },
    );
  }, 180_000);
});
