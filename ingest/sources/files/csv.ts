import { basename } from 'node:path';
import { columnMissing, columnRepeated, fileCutOff, fileUnreadable } from './errors.ts';
import type { CsvLine, FileRecord, ReadNotes } from './file-record.ts';
import { isBelowTable, isTotal } from './footers.ts';
import { isBlankWord } from './formats.ts';
import { ungrouped } from './grouped.ts';
import { type Layout, sameHeader } from './layout.ts';
import { endsInALine, LONGEST_RECORD, textPieces } from './text-pieces.ts';

/** The marks that separate cells, the likeliest first. */
export const DELIMITERS = [',', ';', '\t', '|'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** Lines in which the header is looked for: a report may have titles above it. */
export const HEADER_WITHIN = 30;

/**
 * The records of a CSV file (RFC 4180; UTF-8 or what its layout says; separated by what its header is). The header is the
 * first line that names all that is required. Blank lines are passed over, absent cells at a line's end are empty, and a
 * line with values beyond the header is at fault; in a company's own file rows of totals, empty rows and what stands below
 * the table are no records. Throws `MISSING_COLUMN` or `FILE_UNREADABLE`, this also when the last line is shorter than the
 * header and has no end: the rest of the file is missing.
 */
export function* csvRecords(path: string, layout: Layout, notes: ReadNotes): Generator<FileRecord> {
  const file = basename(path);
  const same = sameHeader(layout.isMapped);
  const wanted = layout.headers.map(same);
  const { delimiter, header } = headerOf(path, layout);
  const { groupedAs } = layout;
  const names = [...header.cells, ...(groupedAs === undefined ? [] : [groupedAs])].map(same);
  const repeated = names.find(
    (name, index) =>
      name !== '' && names.indexOf(name) < index && (!layout.isMapped || wanted.includes(name)),
  );
  if (repeated !== undefined) throw columnRepeated(file, repeated, header.text);
  const missing = layout.required.filter(({ header: each }) => !names.includes(same(each)));
  if (missing.length > 0) throw columnMissing(file, missing, header, layout);
  for (const name of header.cells.map((cell) => cell.trim()))
    if (name !== '' && !wanted.includes(same(name))) notes.strangers.add(name);
  if (layout.isMapped)
    for (const name of layout.headers) if (!names.includes(same(name))) notes.absent.add(name);

  const places = wanted.map((name) => names.indexOf(name));
  let shortLine: number | undefined;
  let held: { record: FileRecord; remark: string }[] = []; // what may stand below the table, until a row follows
  const lines = () => csvLines(path, delimiter, layout.formats?.encoding);
  for (const { line, text, cells } of groupedAs === undefined ? lines() : ungrouped(lines, header, notes)) {
    if (line <= header.line) continue;
    const isLong =
      cells.length > names.length && cells.slice(names.length).some((cell) => cell.trim() !== '');
    const record: FileRecord = { line, text, cells: places.map((place) => cells[place]) };
    const whole = isLong ? { ...record, fault: { column: null, reason: 'unknown_value' as const } } : record;
    if (layout.isMapped) {
      shortLine = undefined; // what follows here is no row, and may be short
      const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '' && !isBlankWord(cell));
      if (filled.length === 0) continue;
      if (isTotal(filled, names.length)) {
        notes.totals.push({ line, text: filled[0] ?? '' });
        continue;
      }
      if (isBelowTable(filled, names.length)) {
        held.push({ record: whole, remark: filled[0] ?? '' });
        continue;
      }
    }
    for (const { record: row } of held) yield row;
    held = [];
    shortLine = cells.length < names.length ? line : undefined;
    if (cells.length < names.length) notes.shortLines += 1;
    yield whole;
  }
  notes.totals.push(...held.map(({ record, remark }) => ({ line: record.line, text: remark })));
  if (shortLine !== undefined && endsInALine(path)) throw fileCutOff(file, shortLine);
}

/**
 * The line that names the columns, and what separates its cells: the first that has all required headers, else the one
 * that has most of those that are looked for.
 */
function headerOf(path: string, layout: Layout): { delimiter: Delimiter; header: CsvLine } {
  const same = sameHeader(layout.isMapped);
  const required = layout.required
    .map(({ header }) => header)
    .filter((each) => each !== layout.groupedAs)
    .map(same);
  let best: { delimiter: Delimiter; header: CsvLine; found: number } | undefined;
  for (const delimiter of DELIMITERS) {
    for (const header of firstLines(path, delimiter, HEADER_WITHIN, layout.formats?.encoding)) {
      const names = new Set(header.cells.map(same));
      if (required.length > 0 && required.every((name) => names.has(name))) return { delimiter, header };
      const found = layout.headers.filter((name) => names.has(same(name))).length;
      if (best === undefined || found > best.found) best = { delimiter, header, found };
    }
  }
  return best ?? { delimiter: ',', header: { line: 1, text: '', cells: [] } };
}

/** The first lines of a file that are not blank; fewer when the file is shorter. Throws as `csvLines` does. */
export function* firstLines(
  path: string,
  delimiter: Delimiter,
  count: number,
  encoding?: 'windows-1252',
): Generator<CsvLine> {
  let left = count;
  for (const line of csvLines(path, delimiter, encoding)) {
    if (left === 0) return;
    left -= 1;
    yield line;
  }
}

/** The lines of a CSV file as cells; a quoted cell may hold commas, quotes (doubled) and line ends. */
export function* csvLines(path: string, delimiter: Delimiter, encoding?: 'windows-1252'): Generator<CsvLine> {
  let line = 1;
  let held = '';
  for (const piece of textPieces(path, encoding)) {
    const text = held + piece;
    let at = 0;
    let quote = text.indexOf('"');
    while (at < text.length) {
      const newline = text.indexOf('\n', at);
      const end = newline < 0 ? text.length : newline;
      if (quote >= 0 && quote < at) quote = text.indexOf('"', at);
      if (quote < 0 || quote > end) {
        const row = withoutReturn(text.slice(at, end));
        if (!isBlank(row)) yield { line, text: row, cells: row.split(delimiter) };
        line += 1;
        at = end + 1;
        continue;
      }
      const quoted = quotedLine(text, at, delimiter);
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
  delimiter: Delimiter,
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
    } else if (character === delimiter) {
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
