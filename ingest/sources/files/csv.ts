import { basename } from 'node:path';
import { columnMissing, columnRepeated, fileCutOff, fileUnreadable } from './errors.ts';
import type { FileRecord, ReadNotes } from './file-record.ts';
import type { FileTable } from './tables.ts';
import { endsInALine, LONGEST_RECORD, textPieces } from './text-pieces.ts';

interface CsvLine {
  readonly line: number;
  readonly text: string;
  readonly cells: readonly string[];
}

/**
 * The records of a CSV file (RFC 4180, UTF-8, separated by commas). Blank lines are passed over, absent cells at a
 * line's end are empty, and a line with values beyond the header is at fault. Throws `MISSING_COLUMN` or `FILE_UNREADABLE`,
 * this also when the last line is shorter than the header and has no end: the rest of the file is missing.
 */
export function* csvRecords(path: string, table: FileTable, notes: ReadNotes): Generator<FileRecord> {
  const file = basename(path);
  const lines = csvLines(path);
  const header = lines.next();
  const names = header.done ? [] : header.value.cells.map((cell) => cell.trim());
  const headerText = header.done ? '' : header.value.text;
  const repeated = names.find((name, index) => name !== '' && names.indexOf(name) < index);
  if (repeated !== undefined) throw columnRepeated(file, repeated, headerText);
  const missing = table.columns.filter(({ name, isRequired }) => isRequired && !names.includes(name));
  if (missing.length > 0) {
    throw columnMissing(
      file,
      missing.map(({ name }) => name),
      headerText,
    );
  }
  const known = new Set(table.columns.map(({ name }) => name));
  for (const name of names) if (name !== '' && !known.has(name)) notes.strangers.add(name);

  const places = table.columns.map(({ name }) => names.indexOf(name));
  let shortLine: number | undefined;
  for (const { line, text, cells } of lines) {
    shortLine = cells.length < names.length ? line : undefined;
    const record = { line, text, cells: places.map((place) => cells[place]) };
    if (cells.length < names.length) notes.shortLines += 1;
    const isLong =
      cells.length > names.length && cells.slice(names.length).some((cell) => cell.trim() !== '');
    yield isLong ? { ...record, fault: { column: null, reason: 'unknown_value' } } : record;
  }
  if (shortLine !== undefined && endsInALine(path)) throw fileCutOff(file, shortLine);
}

/** The lines of a CSV file as cells; a quoted cell may hold commas, quotes (doubled) and line ends. */
function* csvLines(path: string): Generator<CsvLine> {
  let line = 1;
  let held = '';
  for (const piece of textPieces(path)) {
    const text = held + piece;
    let at = 0;
    let quote = text.indexOf('"');
    while (at < text.length) {
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      if (quote >= 0 && quote < at) quote = text.indexOf('"', at);
      if (quote < 0 || quote > end) {
        const row = withoutReturn(text.slice(at, end));
        if (!isBlank(row)) yield { line, text: row, cells: row.split(',') };
        line += 1;
        at = end + 1;
        continue;
      }
      const quoted = quotedLine(text, at);
      if (quoted === undefined) break; // its closing quote is in a later piece
      yield { line, text: withoutReturn(text.slice(at, quoted.end)), cells: quoted.cells };
      line += 1 + quoted.newlines;
      at = quoted.end + 1;
    }
    held = text.slice(at);
    if (held.length > LONGEST_RECORD) throw notClosed(path, line);
  }
  if (held !== '') throw notClosed(path, line);
}

const notClosed = (path: string, line: number) =>
  fileUnreadable(basename(path), `a quote that opens in the record at line ${line} is never closed`, line);

const withoutReturn = (text: string) => (text.endsWith('\r') ? text.slice(0, -1) : text);
const isBlank = (text: string) => text === '' || text.trim() === '';

/** The cells of the record that begins at `start`; undefined when the text ends inside quotes. */
function quotedLine(
  text: string,
  start: number,
): { readonly cells: string[]; readonly end: number; readonly newlines: number } | undefined {
  const cells: string[] = [];
  let cell = '';
  let newlines = 0;
  let isStart = true;
  let at = start;
  for (; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"' && isStart) {
      const close = closingQuote(text, at);
      if (close < 0) return undefined;
      const inside = text.slice(at + 1, close);
      for (let found = inside.indexOf('\n'); found >= 0; found = inside.indexOf('\n', found + 1))
        newlines += 1;
      cell = inside.replaceAll('""', '"');
      at = close;
      isStart = false;
    } else if (character === ',') {
      cells.push(cell);
      cell = '';
      isStart = true;
    } else if (character === '\n') {
      break;
    } else {
      cell += character; // text after a closing quote belongs to the cell, as spreadsheets have it
      if (isStart && character !== ' ') isStart = false;
      else if (isStart && text[at + 1] === '"') cell = ''; // blanks before a quote
    }
  }
  cells.push(withoutReturn(cell));
  return { cells, end: at, newlines };
}

/** The index of the quote that closes the one at `open`, or -1. */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}
