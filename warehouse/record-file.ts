import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { landingIncomplete } from './errors.ts';
import { LAST_INSTANT, type Landing, type LandingColumn } from './landing.ts';
import { scratchFile } from './scratch-file.ts';
import { typedValue } from './typed-value.ts';
import { isoInstant } from './values.ts';

/** Characters of rows that are written to disk at once. */
const BUFFER = 1024 * 1024;
/** A number of so many digits may be more than a double holds. */
const LONG_NUMBER = /\d{16}/;
const NO_CHANGES = '{"changes":[]}';
const TYPECAST = 'DESTINATION_TYPECAST_ERROR';

/** Records as rows for a load job, in a file of NDJSON. */
export interface RecordFile {
  readonly path: string;
  readonly rowCount: number;
  readonly unreadableLines: readonly number[];
  readonly nulled: Readonly<Record<string, number>>;
}

/**
 * Writes the records of a landing as rows of the columns and `AIRBYTE_COLUMNS`, each value in the form its type is
 * loaded in, hands the file to `load` and deletes it. `_airbyte_raw_id` sorts as the records came.
 */
export async function withRecordFile<T>(
  scratch: string | undefined,
  landing: Landing,
  columns: readonly LandingColumn[],
  load: (file: RecordFile) => Promise<T>,
): Promise<T> {
  const { path, handle } = await scratchFile(scratch);
  try {
    const rawId = rawIds();
    const nulled: Record<string, number> = {};
    const unreadableLines: number[] = [];
    let line = 0;
    let rowCount = 0;
    let text = '';
    for (const file of landing.files) {
      for await (const record of bytesOfLines(file)) {
        line += 1;
        const row = rowOf(record.toString('utf8'), columns);
        if (row === undefined) {
          unreadableLines.push(line);
          continue;
        }
        for (const { field, reason } of row.changes) {
          if (reason === TYPECAST) nulled[field] = (nulled[field] ?? 0) + 1;
        }
        row.values._airbyte_raw_id = rawId(rowCount);
        row.values._airbyte_generation_id = landing.generationId;
        rowCount += 1;
        text += `${JSON.stringify(row.values)}\n`;
        if (text.length < BUFFER) continue;
        await handle.appendFile(text);
        text = '';
      }
    }
    await handle.appendFile(text);
    if (line !== landing.lineCount) throw landingIncomplete(landing.table, landing.lineCount, line);
    return await load({ path, rowCount, unreadableLines, nulled });
  } finally {
    await handle.close();
    await rm(path, { force: true });
  }
}

/** Lines end with a line feed and with nothing else: texts may hold other separators. */
export async function* bytesOfLines(file: string): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  for await (const chunk of createReadStream(file, { highWaterMark: BUFFER }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const last = chunk.subarray(from, end);
      yield parts.length === 0 ? last : Buffer.concat([...parts, last]);
      parts = [];
      from = end + 1;
    }
    if (from < chunk.length) parts.push(chunk.subarray(from));
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}

export interface Change {
  readonly field: string;
  readonly change: string;
  readonly reason: string;
}

interface RowOfRecord {
  readonly values: Record<string, unknown>;
  readonly changes: readonly Change[];
}

/** Whether it is an instant from 1970 to 9999, in milliseconds since 1970. */
export const isInstant = (milliseconds: number) => milliseconds >= 0 && milliseconds < LAST_INSTANT;

/** One record's row, or undefined when the line is no readable record. */
function rowOf(line: string, columns: readonly LandingColumn[]): RowOfRecord | undefined {
  const message = parsed(line);
  const { data, emitted_at, meta } = message?.record ?? {};
  if (data === null || typeof data !== 'object' || Array.isArray(data)) return undefined;
  const emittedAt = emitted_at === undefined || emitted_at === null ? undefined : Number(textOf(emitted_at));
  if (emittedAt !== undefined && !isInstant(emittedAt)) return undefined;

  const values: Record<string, unknown> = {};
  const changes: Change[] = [...(meta?.changes ?? [])];
  for (const { name, type, property } of columns) {
    const given = property === undefined ? data : Object.hasOwn(data, property) ? data[property] : null;
    if (given === null) continue; // what is not there is read as null
    const value = typedValue(type, type === 'json' ? JSON.stringify(given) : textOf(given));
    if (value === null) changes.push({ field: name, change: 'NULLED', reason: TYPECAST });
    else values[name] = value;
  }
  if (emittedAt !== undefined)
    values._airbyte_extracted_at = isoInstant(BigInt(Math.round(emittedAt * 1000)));
  values._airbyte_meta = changes.length === 0 ? NO_CHANGES : JSON.stringify({ changes });
  return { values, changes };
}

interface Message {
  readonly record?: {
    readonly data?: Readonly<Record<string, unknown>> | null;
    readonly emitted_at?: unknown;
    readonly meta?: { readonly changes?: readonly Change[] };
  };
}

/** A number as it stands in the text, where JavaScript would print it otherwise. */
type RawNumber = { readonly rawJSON: string };
declare global {
  interface JSON {
    rawJSON(text: string): RawNumber;
    isRawJSON(value: unknown): value is RawNumber;
  }
}

function parsed(line: string): Message | undefined {
  const exact = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? JSON.rawJSON(context.source)
      : value;
  try {
    return JSON.parse(line, LONG_NUMBER.test(line) ? exact : undefined);
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  return JSON.isRawJSON(value) ? value.rawJSON : JSON.stringify(value);
};

/** Ids after UUID version 7: a later landing's sort after an earlier one's, and a later row's after an earlier row's. */
function rawIds(): (row: number) => string {
  const time = Date.now().toString(16).padStart(12, '0');
  const random = randomBytes(4).toString('hex');
  return (row) => {
    const count = row.toString(16).padStart(10, '0');
    return `${time.slice(0, 8)}-${time.slice(8)}-7${count.slice(0, 3)}-8${count.slice(3, 6)}-${count.slice(6)}${random}`;
  };
}
