import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { spelled } from '../../vocabularies.ts';
import { csvRecords } from './csv.ts';
import { sheetToCsv } from './excel.ts';
import type { FileRecord, ReadNotes } from './file-record.ts';
import { isBlankWord, plainNumber } from './formats.ts';
import type { Layout } from './layout.ts';
import { ndjsonRecords } from './ndjson.ts';
import { parquetToNdjson } from './parquet.ts';

/** The ends of the names of files that are read without a mapping, when they have the name of a table. */
export const CANONICAL_FORMATS: readonly string[] = ['csv', 'ndjson', 'jsonl', 'parquet'];
/** The ends of the names of files that can be read. */
export const FORMATS: readonly string[] = [...CANONICAL_FORMATS, 'tsv', 'txt', 'xlsx'];

/** Reads a file from its start, each time it is called. */
export type ReadFile = (notes: ReadNotes) => Iterable<FileRecord>;

/**
 * How the rows of a table are read from a file, by its name; what no reader takes line by line is written out in `scratch`
 * first. A row of a company's own file that has nothing of this table's own is not of it, nor is one that the mapping
 * leaves out by a word.
 */
export async function readingOf(
  path: string,
  layout: Layout,
  scratch: string,
  notes: ReadNotes,
): Promise<ReadFile> {
  const all = await recordsOf(path, layout, scratch, notes);
  const read: ReadFile = layout.kept.length === 0 ? all : (seen) => keptOf(all(seen), layout, seen);
  return layout.own.length === 0 ? read : (seen) => ownOf(read(seen), layout, seen);
}

function* keptOf(
  records: Iterable<FileRecord>,
  { kept, formats = {} }: Layout,
  notes: ReadNotes,
): Generator<FileRecord> {
  const number = (text: string) => Number(plainNumber(text, formats) ?? Number.NaN);
  const tests = kept.map(({ place, words, isOnly }) => {
    const known = new Set(words.map(spelled));
    const numbers = new Set(words.map(Number).filter((each) => !Number.isNaN(each)));
    return ({ cells }: FileRecord) => {
      const text = cells[place] ?? '';
      return (known.has(spelled(text)) || numbers.has(number(text))) === isOnly;
    };
  });
  for (const record of records) {
    if (record.fault !== undefined || tests.every((isOf) => isOf(record))) yield record;
    else notes.leftOut += 1;
  }
}

function* ownOf(records: Iterable<FileRecord>, { own }: Layout, notes: ReadNotes): Generator<FileRecord> {
  for (const record of records) {
    const isOwn = own.some((place) => {
      const text = record.cells[place]?.trim() ?? '';
      return text !== '' && !isBlankWord(text);
    });
    if (isOwn || record.fault !== undefined) yield record;
    else notes.others += 1;
  }
}

async function recordsOf(path: string, layout: Layout, scratch: string, notes: ReadNotes): Promise<ReadFile> {
  const extension = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  /** Of the file's own name, which errors give. */
  const converted = () => {
    const folder = join(scratch, layout.table.name);
    mkdirSync(folder, { recursive: true });
    return join(folder, basename(path));
  };
  switch (extension) {
    case 'parquet': {
      const target = converted();
      await parquetToNdjson(path, target, layout, notes);
      return (seen) => ndjsonRecords(target, layout, seen);
    }
    case 'xlsx': {
      const target = converted();
      await sheetToCsv(path, target, layout);
      return (seen) => csvRecords(target, layout, seen);
    }
    case 'ndjson':
    case 'jsonl':
      return (seen) => ndjsonRecords(path, layout, seen);
    default:
      return (seen) => csvRecords(path, layout, seen);
  }
}
