import { basename } from 'node:path';
import { columnMissing, fileCutOff, fileUnreadable } from './errors.ts';
import type { FileRecord, ReadNotes } from './file-record.ts';
import type { Layout } from './layout.ts';
import { sourcedJson } from './sourced-json.ts';
import { endsInALine, textPieces } from './text-pieces.ts';

/** A number that may not print as it was written: 1.50, 1e3. It may stand in a text too, which costs only time. */
const FRACTION = /\d[.eE]/;

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The records of a file with one JSON object a line; each value is the text that a CSV would have in its place, and
 * a number keeps its digits. A line that is no object is at fault. A required column that no line has is missing,
 * like one that a header lacks. Throws `MISSING_COLUMN` or `FILE_UNREADABLE`.
 */
export function* ndjsonRecords(path: string, layout: Layout, notes: ReadNotes): Generator<FileRecord> {
  const known = new Set(layout.headers);
  const unseen = new Set(layout.required.map(({ header }) => header));
  let line = 0;
  let received = 0;
  let objects = 0;
  let unreadLine: number | undefined;
  for (const piece of textPieces(path)) {
    for (const text of linesOf(piece)) {
      line += 1;
      if (text.trim() === '') continue;
      received += 1;
      const object = objectOf(text);
      unreadLine = object === undefined ? line : undefined;
      if (object === undefined) {
        yield { line, text, cells: [], fault: { column: null, reason: 'unknown_value' } };
        continue;
      }
      objects += 1;
      for (const name in object) if (!known.has(name)) notes.strangers.add(name);
      for (const name of unseen) if (Object.hasOwn(object, name)) unseen.delete(name);
      yield { line, text, cells: layout.headers.map((name) => cellText(object, name)) };
    }
  }
  if (objects > 0 && unreadLine !== undefined && endsInALine(path))
    throw fileCutOff(basename(path), unreadLine);
  if (received > 0 && objects === 0) {
    throw fileUnreadable(basename(path), 'none of its lines is a JSON object', 1);
  }
  if (objects > 0 && unseen.size > 0) {
    const missing = layout.required.filter(({ header }) => unseen.has(header));
    throw columnMissing(basename(path), missing, { line: 1, text: '', cells: [] }, layout);
  }
}

function* linesOf(piece: string): Generator<string> {
  let at = 0;
  while (at < piece.length) {
    const newline = piece.indexOf('\n', at);
    const end = newline < 0 ? piece.length : newline;
    yield piece.slice(at, piece[end - 1] === '\r' && end > at ? end - 1 : end);
    at = end + 1;
  }
}

/** The object of a line; numbers in it are texts where reading them could change a digit. */
function objectOf(text: string): JsonObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  const isExact = Object.values(value).every(isWrittenBack) && !FRACTION.test(text);
  return (isExact ? value : sourcedJson(text)) as JsonObject;
}

const isWrittenBack = (value: unknown): boolean =>
  typeof value === 'number' ? Number.isSafeInteger(value) : value === null || typeof value !== 'object';

function cellText(object: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
