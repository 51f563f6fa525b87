// An Airbyte source for the soak. Record n of COUNT sets row id to n; one in ten changes an earlier row. It goes on from
// its state, less the last REPEATED records, as sources with a look-back do. Environment: COUNT, and PAUSE_MS a state.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const RECORDS_A_STATE = 1_000;
const REPEATED = 300;

const count = Number(process.env.COUNT);
const pause = Number(process.env.PAUSE_MS ?? 0);
const [verb, ...flags] = process.argv.slice(2);
const at = flags.indexOf('--state');
const states = at < 0 ? [] : JSON.parse(readFileSync(flags[at + 1] ?? '', 'utf8'));
const print = (text: string) => new Promise((resolve) => process.stdout.write(text, resolve));

if (verb === 'discover') {
  const stream = {
    name: 'rows',
    json_schema: {
      properties: { id: { type: 'integer' }, n: { type: 'integer' }, text: { type: 'string' } },
    },
    supported_sync_modes: ['incremental'],
    source_defined_cursor: true,
    default_cursor_field: ['n'],
    source_defined_primary_key: [['id']],
  };
  await print(`${JSON.stringify({ type: 'CATALOG', catalog: { streams: [stream] } })}\n`);
} else if (verb === 'read') {
  const last = states[0]?.stream.stream_state.n ?? 0;
  let lines = '';
  let sent = 0;
  for (let n = Math.max(1, last + 1 - REPEATED); n <= count; n += 1) {
    const id = n % 10 === 0 ? Math.floor(n / 3) + 1 : n;
    lines += `{"type":"RECORD","record":{"stream":"rows","data":{"id":${id},"n":${n},"text":"row ${id} as of ${n}"},"emitted_at":${n}}}\n`;
    sent += 1;
    if (n % RECORDS_A_STATE !== 0 && n !== count) continue;
    const stream = { stream_descriptor: { name: 'rows' }, stream_state: { n } };
    const state = { type: 'STREAM', stream, sourceStats: { recordCount: sent } };
    await print(`${lines}${JSON.stringify({ type: 'STATE', state })}\n`);
    lines = '';
    sent = 0;
    if (pause > 0) await sleep(pause);
  }
}
