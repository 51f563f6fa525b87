import { IngestError } from '../../errors.ts';
import type { Layout } from './layout.ts';
import type { Reason } from './tables.ts';

/** A file that is not taken at all; it is reported once, by its file, line and column. */
export class FileFault extends IngestError {
  readonly reason: Reason;
  readonly line: number | null;
  readonly column: string | null;
  readonly content: string | null;

  constructor(
    code: string,
    message: string,
    report: {
      readonly reason: Reason;
      readonly line?: number;
      readonly column?: string;
      readonly content?: string;
    },
    cause?: unknown,
  ) {
    super(code, message, report, cause);
    this.name = 'FileFault';
    this.reason = report.reason;
    this.line = report.line ?? null;
    this.column = report.column ?? null;
    this.content = report.content ?? null;
  }
}

const KEPT = 'What was landed of it before is kept.';

/** `missing` are required headers that the line which should name them does not have. */
export function columnMissing(
  file: string,
  missing: Layout['required'],
  header: { readonly line: number; readonly text: string; readonly cells: readonly string[] },
  { table, isMapped }: Layout,
) {
  const names = missing.map(({ header: each }) => (isMapped ? `"${each}"` : each)).join(', ');
  const has = header.cells.map((cell) => cell.trim()).filter((cell) => cell !== '');
  const found = has.length === 0 ? '' : ` It has ${namesOf(has)}.`;
  const mend = isMapped
    ? `${missing.length === 1 ? 'It is' : 'They are'} read for ${table.name}.${missing.map(({ column }) => column).join(', ')}.${found} ` +
      `Mend columns of the table ${table.name} in tenure.yaml, or have it proposed anew: tenure map ${file}.`
    : `Its first line must name its columns, spelled as "tenure files" has them.${found} ` +
      `If they go by other names, have them mapped: tenure map ${file}.`;
  return new FileFault(
    'MISSING_COLUMN',
    `${file} has no column ${names}, which ${missing.length === 1 ? 'is' : 'are'} required. ${mend} ${KEPT}`,
    {
      reason: 'missing_column',
      line: header.line,
      ...(missing[0] === undefined ? {} : { column: missing[0].column }),
      content: header.text,
    },
  );
}

const namesOf = (names: readonly string[]) =>
  `${names
    .slice(0, 20)
    .map((name) => `"${name.slice(0, 60)}"`)
    .join(', ')}${names.length > 20 ? ` and ${names.length - 20} more` : ''}`;

export const columnRepeated = (file: string, column: string, header: string) =>
  new FileFault('FILE_UNREADABLE', `${file} has two columns named ${column}; keep one of them. ${KEPT}`, {
    reason: 'unreadable',
    line: 1,
    column,
    content: header,
  });

export const fileUnreadable = (file: string, problem: string, line?: number, cause?: unknown) =>
  new FileFault(
    'FILE_UNREADABLE',
    `${file} cannot be read: ${problem}. ${KEPT}`,
    { reason: 'unreadable', ...(line === undefined ? {} : { line }) },
    cause,
  );

export const fileAmbiguous = (table: string, files: readonly string[]) =>
  new FileFault(
    'FILE_AMBIGUOUS',
    `Expected one file of ${table}, found ${files.join(' and ')}. Remove all but one. ${KEPT}`,
    { reason: 'unreadable' },
  );

export const folderUnreadable = (path: string, cause: unknown) =>
  new IngestError(
    'FOLDER_UNREADABLE',
    `Expected a folder of files at ${path}, could not list it (${(cause as Error).message}). ` +
      'Mend connector.config.path in tenure.yaml; a relative path is relative to that file.',
    { path },
    cause,
  );

export const folderEmpty = (path: string, tables: readonly string[]) =>
  new IngestError(
    'NO_FILES',
    `Found none of the files Tenure reads in ${path}, so nothing was changed. Put accounts.csv and contracts.csv ` +
      `there to start; it may hold ${tables.join(', ')}, each as .csv, .ndjson, .jsonl or .parquet. Files of other names and headers are mapped: tenure map FILE.`,
    { path },
  );

export const mappedFileMissing = (table: string, file: string, folder: string) =>
  new IngestError(
    'MAPPED_FILE_MISSING',
    `Expected ${file} in ${folder}, from which ${table} is read, found no such file. Put it there, mend ` +
      `connector.config.tables.${table}.file in tenure.yaml, or take the table out of the mapping.`,
    { table, file },
  );

export const configInvalid = (source: string, problem: string) =>
  new IngestError(
    'FILES_CONFIG_INVALID',
    `Expected connector.config of source "${source}" to be { path: <folder>, tables: { … } }: ${problem}. Mend it in tenure.yaml.`,
    { source },
  );

export const fileCutOff = (file: string, line: number) =>
  fileUnreadable(
    file,
    `it ends in the middle of line ${line}, so the rest of it is missing; write it again`,
    line,
  );
