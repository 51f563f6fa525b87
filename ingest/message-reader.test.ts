import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IngestError } from './errors.ts';
import { type ConnectorEvent, MessageReader } from './message-reader.ts';

const record = (stream: string, data: string) =>
  `{"type":"RECORD","record":{"stream":"${stream}","data":${data},"emitted_at":1}}`;

function eventsOf(chunks: readonly (string | Buffer)[]): ConnectorEvent[] {
  const reader = new MessageReader();
  return [...chunks.flatMap((chunk) => [...reader.push(Buffer.from(chunk))]), ...reader.end()];
}

/** Runs are cut by chunks; joined, they are the records of a stream in order. */
function recordsOf(events: readonly ConnectorEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'RECORDS'
      ? event.lines
          .toString()
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => `${event.namespace ?? ''}/${event.stream} ${line}`)
      : [],
  );
}

describe('MessageReader', () => {
  test('joins the records of a stream that follow each other', () => {
    const lines = [
      record('a', '{"id":1}'),
      record('a', '{"id":2}'),
      record('b', '{"id":3}'),
      record('a', '{}'),
    ];
    const events = eventsOf([`${record('a', '{}')}\n${record('b', '{}')}\n`, `${lines.join('\n')}\n`]).slice(
      2,
    );
    expect(
      events.map((event) => (event.type === 'RECORDS' ? [event.stream, event.count] : event.type)),
    ).toEqual([
      ['a', 2],
      ['b', 1],
      ['a', 1],
    ]);
  });

  test('gives the same events however the bytes are cut', () => {
    const text = [
      'Starting up …',
      record('a', '{"id":9223372036854775807,"name":"Zoë 😀"}'),
      '{"type":"STATE","state":{"data":{"cursor":1.0}}}',
      record('a', '{"id":2}'),
      '',
      '{"record":{"emitted_at":2,"data":{"stream":"x"},"namespace":"public","stream":"b"},"type":"RECORD"}',
      `  ${record('b', '{"id":NaN}')}`,
      record('b', '{"id":4}'),
    ].join('\n');
    const whole = eventsOf([text]);
    const others = (events: ConnectorEvent[]) => events.filter((event) => event.type !== 'RECORDS');
    fc.assert(
      fc.property(fc.array(fc.nat({ max: Buffer.byteLength(text) })), (cuts) => {
        const bytes = Buffer.from(text);
        const at = [0, ...cuts.sort((left, right) => left - right), bytes.length];
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const events = eventsOf(pieces);
        expect(recordsOf(events)).toEqual(recordsOf(whole));
        expect(others(events)).toEqual(others(whole));
      }),
    );
    expect(recordsOf(whole).map((line) => line.slice(0, 9))).toEqual([
      '/a {"type',
      '/a {"type',
      'public/b ',
      '/b   {"ty',
      '/b {"type',
    ]);
  });

  test('takes lines with spaces, as json.dumps writes them', () => {
    const line = '{"type": "RECORD", "record": {"stream": "a", "data": {"id": 1}, "emitted_at": 1}}';
    expect(eventsOf([`${line}\n`, `${line}\n${line}\n`])).toMatchObject([
      { type: 'RECORDS', stream: 'a', count: 1 },
      { type: 'RECORDS', stream: 'a', count: 2, longest: line.length + 1 },
    ]);
  });

  test('reads a namespace wherever it stands', () => {
    const front = '{"type":"RECORD","record":{"namespace":"one","stream":"a","data":{},"emitted_at":1}}';
    const back = '{"type":"RECORD","record":{"stream":"a","data":{},"emitted_at":1,"namespace":"two"}}';
    const events = eventsOf([`${front}\n${back}\n${back}\n${front}\n`]);
    expect(events.map((event) => event.type === 'RECORDS' && event.namespace)).toEqual([
      'one',
      'two',
      'two',
      'one',
    ]);
  });

  test('passes what is not JSON, what is not whole and what is unknown as text', () => {
    const lines = [
      'Traceback (most recent call last):',
      '{"type":"RECORD","record":{"stream":"a"',
      '{"type":"NEW"}',
      '7',
    ];
    expect(eventsOf([lines.join('\n')])).toEqual(lines.map((text) => ({ type: 'TEXT', text })));
  });

  test('keeps the text of a message and passes its unknown fields', () => {
    const text =
      '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"a"},"stream_state":{"id":9007199254740993}},"new":1}}';
    expect(eventsOf([`${text}\r\n`])).toMatchObject([
      { type: 'MESSAGE', text, message: { state: { new: 1, stream: { stream_descriptor: { name: 'a' } } } } },
    ]);
  });

  test('refuses a message that lacks what its type requires', () => {
    expect(() => eventsOf(['{"type":"CATALOG","catalog":{}}\n'])).toThrow(IngestError);
  });

  test('mends halves of surrogate pairs in records', () => {
    expect(recordsOf(eventsOf([`${record('a', '{"name":"cut \\ud83d"}')}\n`]))[0]).toContain('"cut \\ufffd"');
  });

  test('mends NUL in records, and leaves an escaped backslash before it alone', () => {
    const data = '{"name":"a\\u0000b","path":"c:\\\\u0000"}';
    expect(recordsOf(eventsOf([`${record('a', data)}\n`]))[0]).toContain(
      '{"name":"a\\ufffdb","path":"c:\\\\u0000"}',
    );
  });

  test('gives up a line without an end, and holds no more than it may', () => {
    const reader = new MessageReader(1000);
    const chunk = Buffer.alloc(300, 'x');
    const push = () => [...reader.push(chunk)];
    for (let count = 0; count < 3; count += 1) expect(push()).toEqual([]);
    expect(push).toThrow(expect.objectContaining({ code: 'CONNECTOR_LINE_TOO_LONG' }));
  });

  test('takes lines up to the limit, however they are cut', () => {
    const reader = new MessageReader(1000);
    const line = `${'x'.repeat(990)}\n`;
    const events = [line.slice(0, 600), `${line.slice(600)}${line.slice(0, 999)}`, '\n'].flatMap((part) => [
      ...reader.push(Buffer.from(part)),
    ]);
    expect(events).toHaveLength(2);
  });
});
