import { IngestError } from '../../errors.ts';
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

export const columnMissing = (file: string, missing: readonly string[], header: string) =>
  new FileFault(
    'MISSING_COLUMN',
    `${file} has no column ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} required. ` +
      `Its first line must name its columns, separated by commas and spelled as documented. ${KEPT}`,
    {
      reason: 'missing_column',
      line: 1,
      ...(missing[0] === undefined ? {} : { column: missing[0] }),
      content: header,
    },
  );

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
      `there to start; it may hold ${tables.join(', ')}, each as .csv, .ndjson, .jsonl or .parquet.`,
    { path },
  );

export const configInvalid = (source: string, problem: string) =>
  new IngestError(
    'FILES_CONFIG_INVALID',
    `Expected connector.config of source "${source}" to be { path: <folder> }: ${problem}. Mend it in tenure.yaml.`,
    { source },
  );

export const fileCutOff = (file: string, line: number) =>
  fileUnreadable(
    file,
    `it ends in the middle of line ${line}, so the rest of it is missing; write it again`,
    line,
  );
