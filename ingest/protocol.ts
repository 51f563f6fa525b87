import { z } from 'zod';
import { messageInvalid } from './errors.ts';

/**
 * The Airbyte protocol 0.3.2, as a destination reads it
 * (github.com/airbytehq/airbyte-protocol, `airbyte_protocol.yaml`, MIT).
 * Unknown fields pass, unknown values of an open list pass, unknown message types pass as `UnknownMessage`; a
 * missing required field does not. Counts and instants are numbers, not integers: connectors send `12.0` and
 * fractions of a millisecond.
 */
const text = z.string().nullish();

const streamDescriptor = z.looseObject({ name: z.string(), namespace: text });
const blob = z.unknown();

const streamState = z.looseObject({ stream_descriptor: streamDescriptor, stream_state: blob.optional() });
const stateStats = z.looseObject({
  recordCount: z.number().nullish(),
  rejectedRecordCount: z.number().nullish(),
});
const state = z
  .looseObject({
    /** Without a type it is LEGACY. */
    type: z.enum(['STREAM', 'GLOBAL', 'LEGACY']).nullish(),
    stream: streamState.nullish(),
    global: z.looseObject({ shared_state: blob.optional(), stream_states: z.array(streamState) }).nullish(),
    data: blob.optional(),
    sourceStats: stateStats.nullish(),
    destinationStats: stateStats.nullish(),
  })
  .refine((value) => value.type !== 'STREAM' || value.stream, 'a STREAM state needs `stream`')
  .refine((value) => value.type !== 'GLOBAL' || value.global, 'a GLOBAL state needs `global`');

const recordChange = z.looseObject({ field: z.string(), change: z.string(), reason: z.string() });
const record = z.looseObject({
  stream: z.string(),
  namespace: text,
  data: z.record(z.string(), z.unknown()),
  emitted_at: z.number(),
  meta: z.looseObject({ changes: z.array(recordChange).nullish() }).nullish(),
  file_reference: z
    .looseObject({
      staging_file_url: text,
      source_file_relative_path: text,
      file_size_bytes: z.number().nullish(),
    })
    .nullish(),
});

/** FATAL, ERROR, WARN, INFO, DEBUG or TRACE. */
const log = z.looseObject({ level: z.string(), message: z.string(), stack_trace: text });

const traceError = z.looseObject({
  message: z.string(),
  internal_message: text,
  stack_trace: text,
  /** system_error, config_error or transient_error. */
  failure_type: text,
  stream_descriptor: streamDescriptor.nullish(),
});
const traceEstimate = z.looseObject({
  name: z.string(),
  /** STREAM or SYNC. */
  type: z.string(),
  namespace: text,
  row_estimate: z.number().nullish(),
  byte_estimate: z.number().nullish(),
});
const traceStreamStatus = z.looseObject({
  stream_descriptor: streamDescriptor,
  /** STARTED, RUNNING, COMPLETE or INCOMPLETE. */
  status: z.string(),
  reasons: z
    .array(
      z.looseObject({
        type: z.string(),
        rate_limited: z.looseObject({ quota_reset: z.number().nullish() }).nullish(),
      }),
    )
    .nullish(),
});
const trace = z.looseObject({
  /** ERROR, ESTIMATE, STREAM_STATUS or ANALYTICS: each fills the field of its name. */
  type: z.string(),
  emitted_at: z.number().nullish(),
  error: traceError.nullish(),
  estimate: traceEstimate.nullish(),
  stream_status: traceStreamStatus.nullish(),
  analytics: z.looseObject({ type: z.string(), value: text }).nullish(),
});

const control = z.looseObject({
  /** CONNECTOR_CONFIG. */
  type: z.string(),
  emitted_at: z.number().nullish(),
  connectorConfig: z.looseObject({ config: z.record(z.string(), z.unknown()) }).nullish(),
});

const connectionStatus = z.looseObject({ status: z.enum(['SUCCEEDED', 'FAILED']), message: text });

/** `destination_sync_modes`, `advanced_auth` and what else a specification carries pass through. */
const specification = z.looseObject({
  connectionSpecification: z.record(z.string(), z.unknown()),
  documentationUrl: text,
  changelogUrl: text,
  supportsIncremental: z.boolean().nullish(),
  supported_destination_sync_modes: z.array(z.string()).nullish(),
  protocol_version: text,
});

const stream = z.looseObject({
  name: z.string().min(1),
  namespace: text,
  json_schema: z.record(z.string(), z.unknown()),
  supported_sync_modes: z.array(z.string()).nullish(),
  source_defined_cursor: z.boolean().nullish(),
  default_cursor_field: z.array(z.string()).nullish(),
  source_defined_primary_key: z.array(z.array(z.string())).nullish(),
  is_resumable: z.boolean().nullish(),
  is_file_based: z.boolean().nullish(),
});

/** What `discover` gives: the streams a source has. */
export const airbyteCatalog = z.looseObject({ streams: z.array(stream) });

/** What `read` is given: the streams wanted, and how. */
export const configuredCatalog = z.looseObject({
  streams: z.array(
    z.looseObject({
      stream,
      sync_mode: z.enum(['full_refresh', 'incremental']),
      destination_sync_mode: z.enum(['append', 'overwrite', 'append_dedup', 'update', 'soft_delete']),
      cursor_field: z.array(z.string()).optional(),
      primary_key: z.array(z.array(z.string())).optional(),
      destination_object_name: z.string().optional(),
      generation_id: z.number().optional(),
      minimum_generation_id: z.number().optional(),
      sync_id: z.number().optional(),
      include_files: z.boolean().optional(),
    }),
  ),
});

const destinationCatalog = z.looseObject({
  operations: z.array(z.looseObject({ object_name: z.string(), sync_mode: z.string() })),
});

/** Every message a connector may print. */
export const airbyteMessage = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('RECORD'), record }),
  z.looseObject({ type: z.literal('STATE'), state }),
  z.looseObject({ type: z.literal('LOG'), log }),
  z.looseObject({ type: z.literal('SPEC'), spec: specification }),
  z.looseObject({ type: z.literal('CONNECTION_STATUS'), connectionStatus }),
  z.looseObject({ type: z.literal('CATALOG'), catalog: airbyteCatalog }),
  z.looseObject({ type: z.literal('TRACE'), trace }),
  z.looseObject({ type: z.literal('CONTROL'), control }),
  z.looseObject({ type: z.literal('DESTINATION_CATALOG'), destination_catalog: destinationCatalog }),
]);

export type AirbyteMessage = z.infer<typeof airbyteMessage>;
export type AirbyteCatalog = z.infer<typeof airbyteCatalog>;
export type AirbyteStream = z.infer<typeof stream>;
export type AirbyteState = z.infer<typeof state>;
export type AirbyteTrace = z.infer<typeof trace>;
export type ConfiguredCatalog = z.infer<typeof configuredCatalog>;
export type ConnectorSpecification = z.infer<typeof specification>;
export type StreamDescriptor = z.infer<typeof streamDescriptor>;

const KNOWN_TYPES: ReadonlySet<string> = new Set(
  airbyteMessage.options.map((option) => option.shape.type.value),
);

/**
 * Reads one message. Gives undefined for what is no message at all, or one of a type that this version of the
 * protocol does not know; throws `MESSAGE_INVALID` when a message lacks what its type requires.
 *
 * @example parseMessage({ type: 'LOG', log: { level: 'INFO', message: 'hello' } })?.type // 'LOG'
 */
export function parseMessage(value: unknown): AirbyteMessage | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  if (typeof value.type !== 'string' || !KNOWN_TYPES.has(value.type)) return undefined;
  const parsed = airbyteMessage.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? '' : `at ${issue.path.join('.') || 'its root'}: ${issue.message}`;
  throw messageInvalid(value.type, where, parsed.error);
}
