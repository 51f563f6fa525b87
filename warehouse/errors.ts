/** A failure of the warehouse that a caller may handle; `code` is stable and goes into the run log. */
export class WarehouseError extends Error {
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'WarehouseError';
    this.code = code;
    this.data = data;
  }
}

/** DuckDB's words when another process has the file open; it names that process where the system tells. */
const LOCKED = /Could not set lock on file/;
const LOCKED_BY = /lock is held in (.+?) \(PID (\d+)\)/;

/** Whether DuckDB says so much as that its file is open elsewhere. */
export const isLockMessage = (message: string): boolean => LOCKED.test(message);

export const warehouseLocked = (path: string, cause: unknown) => {
  const [, program, pid] = LOCKED_BY.exec(String((cause as Error).message)) ?? [];
  return new WarehouseError(
    'WAREHOUSE_LOCKED',
    `The warehouse file ${path} is open in ${program === undefined ? 'another program' : `${program}, process ${pid}`}, ` +
      'and DuckDB takes one writer at a time. Close that program (a run of tenure, a DuckDB shell, a notebook) and try again.',
    { path, ...(pid !== undefined && { pid: Number(pid) }) },
    cause,
  );
};

export const warehouseMissing = (path: string) =>
  new WarehouseError(
    'WAREHOUSE_MISSING',
    `Expected a DuckDB warehouse at ${path}, found no file. Run "tenure sync" first, or mend warehouse.path in tenure.yaml.`,
    { path },
  );

/** What DuckDB says of a file that it cannot read, what that means, and what to do. */
const UNREADABLE: readonly (readonly [RegExp, string, string])[] = [
  [/not a valid DuckDB database/, 'it is not a DuckDB file', 'Check warehouse.path in tenure.yaml.'],
  [
    /corrupt|checksum|could not read enough bytes|deserializ/i,
    'the file is damaged',
    'Put a copy from before in its place. Without one, move it away and run "tenure run": sources are read anew, and the history is computed anew from what they still have.',
  ],
];
const RIGHTS = 'Check warehouse.path in tenure.yaml and the rights on the file and its folder.';

export const warehouseUnreadable = (path: string, cause: unknown) => {
  const { message } = cause as Error;
  const [, meaning, advice] = UNREADABLE.find(([said]) => said.test(message)) ?? [];
  const why = meaning === undefined ? `could not open it: ${message}` : `${meaning} (${message})`;
  return new WarehouseError(
    'WAREHOUSE_UNREADABLE',
    `Expected a DuckDB 1.5 warehouse at ${path}, ${why.replace(/\.$/, '')}. ${advice ?? RIGHTS}`,
    { path },
    cause,
  );
};

const gibibytes = (bytes: number) =>
  `${(bytes / 2 ** 30).toLocaleString('en', { maximumFractionDigits: 2 })} GiB`;

export const queryTooLarge = (bytes: number, maximumBytes: number, sql: string) =>
  new WarehouseError(
    'QUERY_TOO_LARGE',
    `The statement would read ${gibibytes(bytes)}, and one may read ${gibibytes(maximumBytes)}; it was not run. ` +
      'Narrow it, or raise warehouse.maximum_bytes_billed in tenure.yaml.',
    { bytes, maximumBytes, sql },
  );

export const warehouseReadOnly = (sql: string) =>
  new WarehouseError(
    'WAREHOUSE_READ_ONLY',
    'Expected a statement that only reads (select …): the warehouse is open read-only here.',
    { sql },
  );

export const queryTimeout = (seconds: number, sql: string, cause?: unknown) =>
  new WarehouseError(
    'QUERY_TIMEOUT',
    `The statement was stopped after ${seconds} seconds. Narrow it, or give it longer with --timeout SECONDS (0: as long as it takes).`,
    { seconds, sql },
    cause,
  );

export const tooManyColumns = (table: string, count: number, most: number) =>
  new WarehouseError(
    'TOO_MANY_COLUMNS',
    `raw.${table} would have ${count.toLocaleString('en')} columns, and BigQuery takes ${most.toLocaleString('en')} in a table. ` +
      'Let the connector read fewer properties of the stream.',
    { table, count, most },
  );

export const landingIncomplete = (table: string, expected: number, read: number) =>
  new WarehouseError(
    'LANDING_INCOMPLETE',
    `Expected to read ${expected} records for raw.${table}, read ${read}. Nothing of them was landed; sync again.`,
    { table, expected, read },
  );

export const valueOutOfRange = (column: string, value: unknown) =>
  new WarehouseError(
    'VALUE_OUT_OF_RANGE',
    `Column ${column} holds ${String(value)}, which a JavaScript number cannot carry exactly. Cast it to text in the query.`,
    { column, value: String(value) },
  );
