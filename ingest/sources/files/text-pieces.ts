import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { fileUnreadable } from './errors.ts';

const PIECE_BYTES = 1024 * 1024;
/** A line, or a record over several lines, that is longer is taken for a mistake. */
export const LONGEST_RECORD = 4 * 1024 * 1024;

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = '\ufeff';

/** An encoding that is not UTF-8. */
type OtherEncoding = 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * The text of a file in pieces that each end at a line end (but for the last, which may lack it): UTF-16 when it begins
 * with its mark, UTF-8 when it is that, else `encoding`. Memory stays bounded whatever the file's size. Throws
 * `FILE_UNREADABLE`.
 */
export function* textPieces(path: string, encoding?: 'windows-1252'): Generator<string> {
  const other = otherEncoding(path, encoding);
  if (other === undefined) yield* utf8Pieces(path);
  else yield* decodedPieces(path, other);
}

function otherEncoding(path: string, fallback: 'windows-1252' | undefined): OtherEncoding | undefined {
  const start = firstBytes(path, 2);
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  if (start[0] === 0xfe && start[1] === 0xff) return 'utf-16be';
  return fallback === undefined || isAllUtf8(path) ? undefined : fallback;
}

/** Whether a file is neither UTF-8 nor, by its mark, UTF-16. */
export const isNeitherUtf = (path: string): boolean => otherEncoding(path, 'windows-1252') === 'windows-1252';

/** Whether a file is UTF-8 to its end. */
function isAllUtf8(path: string): boolean {
  try {
    for (const _ of utf8Pieces(path));
    return true;
  } catch {
    return false; // who reads it on says what is wrong with it
  }
}

function firstBytes(path: string, count: number): Buffer {
  const bytes = Buffer.alloc(count);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    return bytes.subarray(0, readSync(descriptor, bytes, 0, count, 0));
  } catch (error) {
    throw isSystemError(error) ? fileUnreadable(basename(path), error.message, undefined, error) : error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function* decodedPieces(path: string, encoding: OtherEncoding): Generator<string> {
  const file = basename(path);
  const decoder = new TextDecoder(encoding);
  const descriptor = openSync(path, 'r');
  try {
    let held = '';
    while (true) {
      const buffer = Buffer.allocUnsafe(PIECE_BYTES);
      const read = readSync(descriptor, buffer, 0, PIECE_BYTES, null);
      const text = held + decoder.decode(buffer.subarray(0, read), { stream: read > 0 });
      if (read === 0) {
        if (text !== '') yield text;
        return;
      }
      const end = text.lastIndexOf('\n') + 1;
      held = text.slice(end);
      if (held.length > LONGEST_RECORD) throw fileUnreadable(file, 'a line is longer than 4 MB');
      if (end > 0) yield text.slice(0, end);
    }
  } finally {
    closeSync(descriptor);
  }
}

function* utf8Pieces(path: string): Generator<string> {
  const file = basename(path);
  let descriptor: number | undefined;
  let line = 1;
  let isFirst = true;
  const textOf = (bytes: Buffer): string => {
    if (!isUtf8(bytes)) throw fileUnreadable(file, `it is not UTF-8 (${placeOf(bytes, line)})`, line);
    const text = bytes.toString('utf8');
    const piece = isFirst && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
    isFirst = false;
    return piece;
  };
  try {
    descriptor = openSync(path, 'r');
    let held: Buffer = Buffer.alloc(0);
    while (true) {
      const buffer = Buffer.allocUnsafe(held.length + PIECE_BYTES);
      held.copy(buffer);
      const read = readSync(descriptor, buffer, held.length, PIECE_BYTES, null);
      const bytes = buffer.subarray(0, held.length + read);
      if (read === 0) {
        if (bytes.length > 0) yield textOf(bytes);
        return;
      }
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      held = bytes.subarray(end);
      if (held.length > LONGEST_RECORD) throw fileUnreadable(file, 'a line is longer than 4 MB', line);
      if (end === 0) continue;
      const whole = bytes.subarray(0, end);
      yield textOf(whole);
      line += newlines(whole);
    }
  } catch (error) {
    throw isSystemError(error) ? fileUnreadable(file, error.message, undefined, error) : error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Whether the file ends in the middle of a line, as one does whose writing was broken off. */
export function endsInALine(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const last = Buffer.alloc(2); // of UTF-16 a line end is the last or the last but one
    const read = readSync(descriptor, last, 0, 2, Math.max(0, size - 2));
    return size > 0 && last[read - 1] !== NEWLINE && !(last[0] === NEWLINE && last[1] === 0);
  } finally {
    closeSync(descriptor);
  }
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

function placeOf(bytes: Buffer, firstLine: number): string {
  let line = firstLine;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(NEWLINE, start);
    if (!isUtf8(bytes.subarray(start, end < 0 ? bytes.length : end))) break;
    if (end < 0) break;
    start = end + 1;
  }
  return `line ${line}; save it as UTF-8, or say formats: { encoding: windows-1252 } of its table in tenure.yaml`;
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;
