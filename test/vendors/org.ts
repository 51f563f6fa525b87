/**
 * An Airbyte source that reads a CRM: the streams that a file holds, each `{ name, fields, records }`, with Salesforce's
 * key and cursor unless they have their own.
 *
 *     node org.ts streams.json read --config … --catalog …
 */
import { readFileSync } from 'node:fs';

interface Stream {
  readonly name: string;
  /** Field → its type, or its format when it is a date. */
  readonly fields: Readonly<Record<string, string>>;
  readonly records: readonly Record<string, unknown>[];
  readonly key?: string;
  readonly cursor?: string;
}

const [file = '', verb = ''] = process.argv.slice(2);
const streams = JSON.parse(readFileSync(file, 'utf8')) as Stream[];
const say = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
const typeOf = (type: string) =>
  type.startsWith('date') ? { type: ['null', 'string'], format: type } : { type: ['null', type] };

if (verb === 'discover')
  say({
    type: 'CATALOG',
    catalog: {
      streams: streams.map(({ name, fields, key = 'Id', cursor = 'SystemModstamp' }) => ({
        name,
        json_schema: {
          type: 'object',
          properties: Object.fromEntries(
            Object.entries(fields).map(([field, type]) => [field, typeOf(type)]),
          ),
        },
        supported_sync_modes: ['full_refresh', 'incremental'],
        source_defined_cursor: true,
        default_cursor_field: [cursor],
        source_defined_primary_key: [[key]],
      })),
    },
  });
else if (verb === 'read')
  for (const { name, records } of streams) {
    for (const data of records)
      say({ type: 'RECORD', record: { stream: name, data, emitted_at: Date.parse('2026-06-30T06:00:00Z') } });
    say({
      type: 'STATE',
      state: { type: 'STREAM', stream: { stream_descriptor: { name }, stream_state: { read: true } } },
    });
  }
