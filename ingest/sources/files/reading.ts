import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { csvRecords } from './csv.ts';
import { sheetToCsv } from './excel.ts';
import type { FileRecord, ReadNotes } from './file-record.ts';
import { isBlankWord } from './formats.ts';
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
 * first. A row of a company's own file that has nothing of this table's own is not of it.
 */
export async function readingOf(
  path: string,
  layout: Layout,
  scratch: string,
  notes: ReadNotes,
): Promise<ReadFile> {
  const read = await recordsOf(path, layout, scratch, notes);
  return layout.own.length === 0 ? read : (seen) => ownOf(read(seen), layout, seen);
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
