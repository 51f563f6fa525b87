import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { fileUnreadable } from './errors.ts';

const PIECE_BYTES = 1024 * 1024;
/** A line, or a record over several lines, that is longer is taken for a mistake. */
export const LONGEST_RECORD = 4 * 1024 * 1024;

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = '\ufeff';

/**
 * The text of a UTF-8 file in pieces that each end at a line end (but for the last, which may lack it). Memory stays
 * bounded whatever the file's size. Throws `FILE_UNREADABLE`.
 */
export function* textPieces(path: string): Generator<string> {
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
    const last = Buffer.alloc(1);
    return size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
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
  if (bytes[0] === 0xff || bytes[0] === 0xfe) return 'it looks like UTF-16; save it as UTF-8';
  let line = firstLine;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(NEWLINE, start);
    if (!isUtf8(bytes.subarray(start, end < 0 ? bytes.length : end))) break;
    if (end < 0) break;
    start = end + 1;
  }
  return `line ${line}; save it as UTF-8`;
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error;
