// Ours, in a process of its own. Arguments: the messages, the folder of the database, how records meet rows.
import { join } from 'node:path';
import { syncSource } from '../ingest/index.ts';
import { openWarehouse } from '../warehouse/index.ts';

const [messages = '', folder = '', mode = 'append'] = process.argv.slice(2);
const text = { type: 'string' };
const properties = {
  id: { type: 'integer' },
  account_id: text,
  user_id: text,
  event: text,
  occurred_at: { type: 'string', format: 'date-time' },
  day: { type: 'string', format: 'date' },
  duration_ms: { type: 'integer' },
  value: { type: 'number' },
  is_trial: { type: 'boolean' },
  plan: text,
  session: text,
  context: { type: 'object' },
};
const catalog = {
  streams: [
    {
      name: 'events',
      json_schema: { properties },
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      source_defined_primary_key: [['id']],
    },
  ],
};
const path = join(folder, 'ours.duckdb');
const warehouse = await openWarehouse({ type: 'duckdb', path }, { isLanding: true });
const started = performance.now();
const connector = {
  exec: ['sh', '-c', 'exec cat "$0"', messages] as [string, ...string[]],
  catalog,
  streams: { events: { mode: mode as 'append' | 'latest' } },
};
const result = await syncSource({ name: 'bench', kind: 'raw', connector }, warehouse, {
  workDir: join(folder, 'work'),
  now: () => new Date().toISOString(),
  timeZone: 'UTC',
});
const seconds = (performance.now() - started) / 1000;
if (result.status !== 'succeeded') throw new Error(JSON.stringify(result));
const { rows } = await warehouse.query('select count(*) as n from raw.bench__events');
await warehouse.close();
console.log(JSON.stringify({ seconds, rows: Number(rows[0]?.n) }));
