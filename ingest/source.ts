import { z } from 'zod';
import type { ValueMapping } from './vocabularies.ts';

/** What `tenure.yaml` may say about one stream of a connector; everything has a default taken from its catalog. */
const streamOptions = z.strictObject({
  enabled: z.boolean().optional(),
  sync_mode: z.enum(['full_refresh', 'incremental']).optional(),
  /** How records meet what is landed: each version, the latest version, every record, or a new table each time. */
  mode: z.enum(['history', 'latest', 'append', 'overwrite']).optional(),
  /** Columns; a path into an object is written with dots. */
  primary_key: z.array(z.string().min(1)).min(1).optional(),
  cursor: z.string().min(1).optional(),
});

/** Any program that speaks the Airbyte protocol on stdout. */
const connectorProgram = z.strictObject({
  exec: z.tuple([z.string().min(1)], z.string()),
  config: z.unknown().optional(),
  streams: z.record(z.string(), streamOptions).optional(),
  env: z.record(z.string(), z.string()).optional(),
  /** Seconds of silence after which the connector is taken for hung. */
  timeout_seconds: z.number().positive().optional(),
  /** Megabytes of one line after which the connector is stopped; 128 unless given. */
  max_line_mb: z.number().positive().max(400).optional(),
  /** The streams as `discover` would give them, for a connector that is slow to tell. */
  catalog: z.unknown().optional(),
});

/** A source that comes with Tenure. */
const builtinConnector = z.strictObject({
  builtin: z.enum(['files', 'demo']),
  config: z.unknown().optional(),
  streams: z.record(z.string(), streamOptions).optional(),
});

/** One entry of `sources` in `tenure.yaml` that is landed by Tenure. */
export const sourceSpec = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/, 'expected a letter, then letters, digits and underscores'),
  kind: z.string().min(1),
  connector: z.union([connectorProgram, builtinConnector]),
});

export type StreamOptions = z.infer<typeof streamOptions>;
export type SourceSpec = z.infer<typeof sourceSpec>;

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface SyncProgress {
  readonly source: string;
  readonly stream: string;
  /** Records received so far in this sync. */
  readonly rows: number;
  /** Records that the connector thinks will come. */
  readonly expected?: number;
  readonly message?: string;
}

/** The tables that may shrink by however much: all (`true`), or those of these streams. */
export type AcceptShrink = true | readonly string[];

export interface SyncOptions {
  /** A private folder for batches and for configuration that connectors renew (tokens): it must outlive the run. */
  readonly workDir: string;
  /** The present instant, ISO 8601 in UTC. */
  readonly now: () => string;
  /** The tenant's time zone, for files that give bare dates. */
  readonly timeZone: string;
  /** The tenant's currency, which needs no rate; for files that name a currency. */
  readonly currency?: string;
  /** What the company's own words of closed vocabularies mean; for files. */
  readonly values?: ValueMapping;
  /** The share of a landed table's rows that may be gone in the next sync: 0.3 unless given. */
  readonly maxShrinkShare?: number;
  /** The share of a stream's rows that may be rejected before it counts as failed: 0.3 unless given. */
  readonly maxRejectedShare?: number;
  readonly acceptShrink?: AcceptShrink;
  readonly log?: (level: LogLevel, text: string) => void;
  readonly onProgress?: (progress: SyncProgress) => void;
  /** Seconds of silence after which a connector is taken for hung; `timeout_seconds` of the source goes first. */
  readonly timeoutSeconds?: number;
  /** Where connectors are started, so that relative paths in `exec` hold; the process's own folder by default. */
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** How much may wait, once a state vouches for it, before it is landed: 64 MB or 5 seconds unless given. */
  readonly commitAfter?: { readonly bytes: number; readonly seconds: number };
}

export interface SyncError {
  /** Stable; goes into the run log. */
  readonly code: string;
  readonly message: string;
}

/** One reason for which values of one column of a file could not stand. */
export interface FaultGroup {
  /** The canonical column; null when the line as a whole is at fault. */
  readonly column: string | null;
  /** The company's own header that it is read from; null in canonical files. */
  readonly header: string | null;
  readonly reason:
    | 'missing_value'
    | 'missing_column'
    | 'bad_date'
    | 'bad_number'
    | 'bad_boolean'
    | 'unknown_value'
    | 'bad_range'
    | 'duplicate_key'
    | 'unknown_account'
    | 'unreadable';
  /** `row`: the rows do not land; `value`: they do, without this value. */
  readonly severity: 'row' | 'value';
  readonly count: number;
  readonly expected: string;
  /** What came, cut to 60 letters; null when nothing did. */
  readonly example: string | null;
  /** The line of the example. */
  readonly line: number;
  /** What to do: the line of `tenure.yaml` that would mend it, where there is one. */
  readonly mend: string;
}

export interface StreamResult {
  readonly stream: string;
  readonly status: 'succeeded' | 'failed';
  readonly rows_received: number;
  /** Rows that are in the table now and were not before. */
  readonly rows_landed: number;
  /** Rows that went to `raw._rejected` instead. */
  readonly rows_rejected: number;
  /**
   * Values that could not stand and are null. Of a connector each is named in `_airbyte_meta.changes`, of a file in
   * `raw._rejected` with severity `value`.
   */
  readonly values_nulled?: number;
  /** What is wrong with the rows and values of a file, by column and reason. */
  readonly faults?: readonly FaultGroup[];
  readonly error?: SyncError;
}

/** `partial`: some streams landed and some failed. */
export interface SyncResult {
  readonly source: string;
  readonly status: 'succeeded' | 'partial' | 'failed';
  readonly streams: readonly StreamResult[];
  readonly error?: SyncError;
}
