/** The streams of a connector's catalog: name, key, cursor and rows, whose columns have the formats given. */
export interface ToldStream {
  readonly name: string;
  readonly key: string;
  readonly cursor: string;
  readonly formats?: Readonly<Record<string, 'date' | 'date-time'>>;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

const typeOf = (value: unknown) =>
  Array.isArray(value) ? 'array' : typeof value === 'object' ? 'object' : typeof value;

/** What a connector prints that has these streams, as lines of NDJSON: its catalog, then all of its rows. */
export function airbyteMessages(streams: readonly ToldStream[]): string {
  const emitted_at = 1_782_799_200_000;
  const catalog = streams.map(({ name, key, cursor, formats = {}, rows }) => {
    const properties: Record<string, object> = {};
    for (const row of rows)
      for (const [column, value] of Object.entries(row))
        if (value !== null || !(column in properties))
          properties[column] = { type: ['null', value === null ? 'string' : typeOf(value)] };
    for (const [column, format] of Object.entries(formats))
      properties[column] = { type: ['null', 'string'], format };
    return {
      name,
      json_schema: { type: 'object', additionalProperties: true, properties },
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      default_cursor_field: [cursor],
      source_defined_primary_key: [[key]],
    };
  });
  const messages: object[] = [{ type: 'CATALOG', catalog: { streams: catalog } }];
  for (const { name, rows } of streams) {
    const stream_descriptor = { name };
    for (const data of rows) messages.push({ type: 'RECORD', record: { stream: name, data, emitted_at } });
    messages.push(
      {
        type: 'STATE',
        state: {
          type: 'STREAM',
          stream: { stream_descriptor, stream_state: {} },
          sourceStats: { recordCount: rows.length },
        },
      },
      {
        type: 'TRACE',
        trace: {
          type: 'STREAM_STATUS',
          emitted_at,
          stream_status: { stream_descriptor, status: 'COMPLETE' },
        },
      },
    );
  }
  return messages.map((message) => `${JSON.stringify(message)}\n`).join('');
}
