import { mkdirSync, readdirSync, rmSync, type Stats, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Warehouse } from '../../../warehouse/index.ts';
import {
  columnsEmptied,
  errorReport,
  IngestError,
  landingFailed,
  rowsRejected,
  streamGone,
} from '../../errors.ts';
import { rawTableName } from '../../raw-table.ts';
import { acceptsShrink, refuseShrink, rejectedShare } from '../../shrink.ts';
import type { LogLevel, SourceSpec, StreamResult, SyncOptions, SyncResult } from '../../source.ts';
import { REJECTED, SourceMemory } from '../../state.ts';
import {
  configInvalid,
  FileFault,
  fileAmbiguous,
  fileUnreadable,
  folderEmpty,
  folderUnreadable,
  mappedFileMissing,
} from './errors.ts';
import { FaultGroups } from './fault-groups.ts';
import { type FileRecord, noNotes, type ReadNotes } from './file-record.ts';
import { type Layout, layoutOf } from './layout.ts';
import { filesConfig, isShared, type TableMappings } from './mapping.ts';
import { isNamed, newestOf } from './newest.ts';
import { RawFileTable, valuesOf } from './raw-file-table.ts';
import { CANONICAL_FORMATS, FORMATS, type ReadFile, readingOf } from './reading.ts';
import { type Reject, type RejectedRecord, RejectLog } from './reject-log.ts';
import { RowReader } from './row-reader.ts';
import { type Fault, type FileRow, type FileTable, TABLES } from './tables.ts';

const PROGRESS_ROWS = 20_000;
const TABLE_NAMES: readonly string[] = TABLES.map(({ name }) => name);

/** Tables of which a file of something finer repeats each record: an account in each line of its contracts. */
const REPEATED: readonly string[] = ['accounts', 'users'];

/**
 * Lands a folder of files, canonical or mapped, each as a whole, in `raw.<source>__<table>`. A row that cannot stand goes to
 * `raw._rejected` with its file, line and column; a value that cannot, in a column that is not required, is null and
 * goes there too, with severity `value`. A file that cannot be read as a whole, has lost too many rows or is gone fails
 * alone and leaves what was landed of it; a file that may be gone (`acceptShrink`) is no longer connected, and its table
 * is left alone. Nothing is thrown for any of it: the result says what became of each file.
 *
 * @example
 * await syncFiles({ name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: '/data' } } }, warehouse, options)
 * // { source: 'book', status: 'succeeded', streams: [{ stream: 'accounts', status: 'succeeded', rows_received: 3, … }] }
 */
export async function syncFiles(
  source: SourceSpec,
  warehouse: Warehouse,
  options: SyncOptions,
): Promise<SyncResult> {
  const scratch = join(options.workDir, 'sync', source.name);
  try {
    const config = filesConfig.safeParse(source.connector.config ?? {});
    if (!config.success) throw configInvalid(source.name, z.prettifyError(config.error));
    rmSync(scratch, { recursive: true, force: true }); // what a killed run left
    mkdirSync(scratch, { recursive: true, mode: 0o700 });
    return await new FilesSync(source.name, config.data, scratch, warehouse, options).run();
  } catch (error) {
    return { source: source.name, status: 'failed', streams: [], error: errorReport(error) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What one sync knows of a file while it lands. */
interface FileRun {
  readonly table: FileTable;
  readonly layout: Layout;
  readonly file: string;
  readonly rejects: RejectLog;
  readonly faults: FaultGroups;
  readonly notes: ReadNotes;
  received: number;
  /** Rows that cannot stand, but for those that a later line repeats. */
  lost: number;
  /** Rows that say again what another says. */
  repeats: number;
}

class FilesSync {
  readonly #source: string;
  readonly #folder: string;
  readonly #mappings: TableMappings;
  readonly #scratch: string;
  readonly #warehouse: Warehouse;
  readonly #options: SyncOptions;
  readonly #memory: SourceMemory;
  /** Files of which the lines that are no rows were told. */
  readonly #told = new Set<string>();

  constructor(
    source: string,
    { path, tables = {} }: z.infer<typeof filesConfig>,
    scratch: string,
    warehouse: Warehouse,
    options: SyncOptions,
  ) {
    this.#source = source;
    this.#folder = path;
    this.#mappings = tables;
    this.#scratch = scratch;
    this.#warehouse = warehouse;
    this.#options = options;
    this.#memory = new SourceMemory(warehouse, source, options.now);
  }

  async run(): Promise<SyncResult> {
    const files = this.#files();
    await this.#memory.prepare();
    const streams = await this.#disconnect(files);
    for (const [table, { file }] of Object.entries(this.#mappings))
      if (file !== undefined && !files.has(table) && !streams.some(({ stream }) => stream === table))
        streams.push(failedStream(table, mappedFileMissing(table, file, this.#folder)));
    for (const table of TABLES) {
      const names = files.get(table.name);
      if (names !== undefined) streams.push(await this.#syncTable(table, names));
    }
    const failed = streams.filter(({ status }) => status === 'failed').length;
    const status = failed === 0 ? 'succeeded' : failed === streams.length ? 'failed' : 'partial';
    return { source: this.#source, status, streams };
  }

  /** The files of each table that has any: the one that its mapping names, else those of its own name. */
  #files(): ReadonlyMap<string, readonly string[]> {
    const files = new Map<string, string[]>();
    const names = listing(this.#folder);
    const mapped = Object.values(this.#mappings).flatMap(({ file }) => file ?? []);
    for (const [table, { file }] of Object.entries(this.#mappings)) {
      const newest = file === undefined ? undefined : newestOf(this.#folder, names, file);
      if (newest !== undefined) files.set(table, [newest]);
    }
    const ignored: string[] = [];
    for (const name of names) {
      const [, stem = '', extension = ''] = /^(.*)\.([^.]*)$/.exec(name.toLowerCase()) ?? [];
      if (!FORMATS.includes(extension) || mapped.some((file) => isNamed(name, file))) continue;
      const isTable = CANONICAL_FORMATS.includes(extension) && TABLE_NAMES.includes(stem);
      if (isTable && this.#mappings[stem]?.file === undefined)
        files.set(stem, [...(files.get(stem) ?? []), name]);
      else if (extension !== 'txt') ignored.push(name);
    }
    if (ignored.length > 0)
      this.#log(
        'warn',
        `${listOf(ignored)} ${ignored.length === 1 ? 'is' : 'are'} ignored: no canonical table has a file of that name, ` +
          'and no mapping names it ("tenure map FILE" proposes one)',
      );
    if (files.size === 0 && mapped.length === 0) throw folderEmpty(this.#folder, TABLE_NAMES);
    return files;
  }

  /**
   * Looks after the tables whose file is gone: one that may shrink, or has no rows, is not connected any more and what was
   * rejected of it is forgotten; the others fail and stay.
   */
  async #disconnect(files: ReadonlyMap<string, unknown>): Promise<StreamResult[]> {
    const connected = await this.#connectedStreams();
    const gone = TABLE_NAMES.filter((name) => !files.has(name));
    const failed: StreamResult[] = [];
    for (const name of gone.filter((each) => connected.includes(each))) {
      const rows = await this.#memory.rowCount(name);
      if (rows > 0 && !acceptsShrink(name, this.#options))
        failed.push(failedStream(name, streamGone(name, rows, this.#folder)));
      else
        this.#log('warn', `the file of ${name} is gone from ${this.#folder}: it counts as not connected now`);
    }
    const kept = connected.filter((name) => files.has(name) || failed.some(({ stream }) => stream === name));
    await this.#warehouse.transaction(async () => {
      await this.#memory.connectOnly(kept);
      for (const name of gone.filter((each) => !kept.includes(each))) await this.#forgetRejects(name);
    });
    return failed;
  }

  async #syncTable(table: FileTable, files: readonly string[]): Promise<StreamResult> {
    const layout = layoutOf(table, this.#mappings[table.name], isShared(table.name, this.#mappings));
    const run: FileRun = {
      table,
      layout,
      file: files.join(', '),
      faults: new FaultGroups(this.#source, layout),
      rejects: new RejectLog(join(this.#scratch, `${table.name}-rejects.ndjson`)),
      notes: noNotes(),
      received: 0,
      lost: 0,
      repeats: 0,
    };
    try {
      if (files.length > 1) throw fileAmbiguous(table.name, files);
      const landed = await this.#landFile(run);
      this.#tell(run);
      const share = rejectedShare(run.lost, run.received, this.#options);
      return {
        stream: table.name,
        status: share === undefined ? 'succeeded' : 'failed',
        rows_received: run.received,
        rows_landed: landed,
        rows_rejected: run.rejects.rowCount,
        values_nulled: run.rejects.valueCount,
        ...faultsOf(run),
        ...(share !== undefined && {
          error: errorReport(rowsRejected(table.name, run.lost, run.received, share)),
        }),
      };
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      if (error instanceof FileFault) await this.#reportFault(run, error);
      const failure =
        error instanceof IngestError
          ? error
          : landingFailed(table.name, rawTableName(this.#source, table.name), error);
      return failedStream(table.name, failure, run);
    } finally {
      run.rejects.close();
    }
  }

  /** Lands one file with its rejects; gives the number of rows that were not there before. */
  async #landFile(run: FileRun): Promise<number> {
    const { table, file, rejects } = run;
    const path = join(this.#folder, file);
    refuseWhatIsNoFile(path);
    const version = versionOf(path);
    const read = await readingOf(path, run.layout, this.#scratch, run.notes);
    const reader = new RowReader(
      run.layout,
      this.#options.timeZone,
      await this.#references(table),
      this.#options.values,
    );
    const raw = new RawFileTable(this.#warehouse, table, rawTableName(this.#source, table.name));
    try {
      await raw.take(this.#rows(run, read, reader));
      const duplicates = await raw.dropDuplicates();
      if (this.#mayRepeat(run)) {
        for (const [line, isRepeat] of duplicates) if (isRepeat && duplicates.delete(line)) run.repeats += 1;
      }
      if (duplicates.size > 0) this.#rejectDuplicates(run, read, reader, duplicates);
      if (versionOf(path) !== version) throw fileUnreadable(file, 'it changed while it was read; sync again');

      const generation = (await this.#memory.generations()).get(table.name) ?? 0;
      const { heldCount, landed, rowCount, isSame, emptied } = await raw.compare();
      const share = rejectedShare(run.lost, run.received, this.#options);
      if (share !== undefined && rowCount === 0) {
        await this.#warehouse.transaction(async () => {
          await this.#forgetRejects(table.name);
          await this.#keepRejects(table.name, file, rejects.rows());
        });
        throw rowsRejected(table.name, run.lost, run.received, share);
      }
      refuseShrink(table.name, heldCount, rowCount, this.#options);
      if (emptied.length > 0 && !acceptsShrink(table.name, this.#options))
        throw columnsEmptied(table.name, emptied);
      await this.#warehouse.transaction(async () => {
        if (!isSame) await raw.replace(this.#options.now(), generation + 1);
        await this.#memory.keepStream({
          stream: table.name,
          syncMode: 'full_refresh',
          generationId: isSame ? generation : generation + 1,
          rowCount,
          rejectedCount: rejects.rowCount,
        });
        await this.#forgetRejects(table.name);
        await this.#keepRejects(table.name, file, rejects.rows());
      });
      return landed;
    } finally {
      await raw.discard();
    }
  }

  /** Whether the file has more than one line for a record of this table by its nature. */
  #mayRepeat({ table }: FileRun): boolean {
    return REPEATED.includes(table.name) && isShared(table.name, this.#mappings);
  }

  /** The rows that may land; what may not goes to the rejects on the way. */
  *#rows(run: FileRun, read: ReadFile, reader: RowReader): Generator<{ line: number; row: FileRow }> {
    for (const record of read(run.notes)) {
      run.received += 1;
      if (run.received % PROGRESS_ROWS === 0) this.#progress(run);
      const given = reader.read(record);
      for (const fault of given.values) run.faults.add(record.line, fault, 'value');
      if ('row' in given) {
        if (given.values.length > 0) run.rejects.addValues(rejected(record, given.key), given.values);
        yield { line: record.line, row: given.row };
      } else {
        run.lost += 1;
        run.rejects.addRow(rejected(record, given.key), given.faults, given.values);
        for (const fault of given.faults) run.faults.add(record.line, fault, 'row');
      }
    }
    this.#progress(run);
  }

  /** The file is read once more for what the lines said. */
  #rejectDuplicates(
    run: FileRun,
    read: ReadFile,
    reader: RowReader,
    lines: Pick<ReadonlySet<number>, 'has'>,
  ): void {
    for (const record of read(noNotes())) {
      if (!lines.has(record.line)) continue;
      const key = reader.keyOf(record);
      const fault: Fault = {
        column: run.table.key[0] ?? null,
        reason: 'duplicate_key',
        ...(key !== null && { given: key }),
      };
      run.rejects.addRow(rejected(record, key), [fault]);
      run.faults.add(record.line, fault, 'row');
    }
  }

  /** What a row of this table must find among what has landed. */
  async #references(table: FileTable): Promise<(row: FileRow) => readonly Fault[]> {
    if (table.name !== 'contracts') return () => [];
    const connected = await this.#connectedStreams();
    const valuesIn = (stream: string, column: string) =>
      connected.includes(stream)
        ? valuesOf(this.#warehouse, rawTableName(this.#source, stream), column)
        : undefined;
    const accounts = await valuesIn('accounts', 'account_id');
    if (accounts === undefined) {
      this.#log('warn', 'contracts are not held against accounts, of which this source has landed no file');
    }
    const rates = (await valuesIn('rates', 'currency_code')) ?? [];
    const { currency } = this.#options;
    const isAccount = accounts === undefined ? undefined : new Set(accounts);
    const isCurrency =
      currency === undefined ? undefined : new Set([currency, ...rates].map((code) => code.toUpperCase()));
    return ({ currency_code: code, account_id: account }) => [
      ...(code !== null && isCurrency?.has(String(code).toUpperCase()) === false
        ? [{ column: 'currency_code', reason: 'unknown_value', given: String(code) } as const]
        : []),
      ...(account !== null && isAccount?.has(String(account)) === false
        ? [{ column: 'account_id', reason: 'unknown_account', given: String(account) } as const]
        : []),
    ];
  }

  async #connectedStreams(): Promise<string[]> {
    const rows = await this.#warehouse.db
      .selectFrom('ops.streams')
      .select('stream')
      .where('source_name', '=', this.#source)
      .where('is_connected', '=', true)
      .execute();
    return rows.map((row) => row.stream);
  }

  /** A file that is not taken is reported once, in the place of what was rejected of it before. */
  async #reportFault({ table, file }: FileRun, fault: FileFault): Promise<void> {
    const { line, column, reason, content } = fault;
    await this.#warehouse.transaction(async () => {
      await this.#forgetRejects(table.name);
      await this.#keepRejects(table.name, file, [
        { line_number: line, column_name: column, reason, severity: 'row', record_key: null, content },
      ]);
    });
  }

  async #keepRejects(stream: string, file: string, rejects: Iterable<Reject>): Promise<void> {
    const source = this.#source;
    function* rows() {
      for (const reject of rejects) yield { source_name: source, stream, file_name: file, ...reject };
    }
    await this.#warehouse.loadRows('raw', '_rejected', REJECTED, rows());
  }

  /** Forgets what earlier syncs rejected of a table, in whatever file it came. */
  async #forgetRejects(table: string): Promise<void> {
    await this.#warehouse.db
      .deleteFrom('raw._rejected')
      .where('source_name', '=', this.#source)
      .where(({ and, eb, fn, or, val }) =>
        or([
          eb('stream', '=', table),
          // what an earlier version kept names only the file, which was the table's
          and([
            eb('stream', 'is', null),
            fn<boolean>('starts_with', [fn('lower', ['file_name']), val(`${table}.`)]),
          ]),
        ]),
      )
      .execute();
  }

  #tell({ table, file, notes, repeats, layout }: FileRun): void {
    if (notes.absent.size > 0)
      this.#log(
        'warn',
        `${file}: ${listOf([...notes.absent])} of the mapping of ${table.name} ${notes.absent.size === 1 ? 'is' : 'are'} not in its header; the columns are empty`,
      );
    const isFirst = !this.#told.has(file);
    this.#told.add(file);
    if (notes.totals.length > 0 && isFirst)
      this.#log(
        'warn',
        `${file}: ${notes.totals.length === 1 ? '1 line is' : `${notes.totals.length} lines are`} taken for totals or remarks, not for rows: ` +
          listOf(notes.totals.map(({ line, text }) => `line ${line} "${text.slice(0, 40)}"`)),
      );
    if (notes.others > 0) {
      const are = notes.others === 1 ? 'line is' : 'lines are';
      this.#log(
        'warn',
        `${file}: ${notes.others} ${are} none of ${table.name}, because all that is read for them is empty but the customer`,
      );
    }
    if (notes.leftOut > 0)
      this.#log(
        'info',
        `${file}: ${notes.leftOut} ${notes.leftOut === 1 ? 'line is' : 'lines are'} none of ${table.name} by only or without of its mapping`,
      );
    if (repeats > 0)
      this.#log('info', `${file}: ${repeats} lines say again what is known of ${table.name} already`);
    if (notes.strangers.size > 0 && !layout.isMapped) {
      this.#log(
        'warn',
        `${file}: columns that mean nothing to Tenure are ignored: ${listOf([...notes.strangers])}`,
      );
    }
    if (notes.shortLines > 0) {
      this.#log(
        'warn',
        `${file}: ${notes.shortLines} lines are shorter than the header; the cells they lack are empty`,
      );
    }
  }

  #progress({ table, received }: FileRun): void {
    this.#options.signal?.throwIfAborted();
    this.#options.onProgress?.({ source: this.#source, stream: table.name, rows: received });
  }

  #log(level: LogLevel, text: string): void {
    this.#options.log?.(level, `${this.#source}: ${text}`);
  }
}

const failedStream = (stream: string, error: Error, run?: FileRun): StreamResult => ({
  stream,
  status: 'failed',
  rows_received: run?.received ?? 0,
  rows_landed: 0,
  rows_rejected: run?.rejects.rowCount ?? 0,
  ...(run && faultsOf(run)),
  error: errorReport(error),
});

function faultsOf({ faults }: FileRun): Pick<StreamResult, 'faults'> {
  const report = faults.report();
  return report.length === 0 ? {} : { faults: report };
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    throw folderUnreadable(folder, error);
  }
}

/** Changes when a file is written to. */
function versionOf(path: string): string {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return 'gone'; // opening it says why
  }
}

const rejected = ({ line, text }: FileRecord, key: string | null): RejectedRecord => ({
  line_number: line,
  record_key: key,
  content: text,
});

function refuseWhatIsNoFile(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false }); // opening what is gone says why
  if (stats !== undefined && !stats.isFile())
    throw fileUnreadable(basename(path), `expected a file, found ${kindOf(stats)}`);
}

/** What is there in a file's place. Reading some of them would wait for ever. */
function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return stats.isCharacterDevice() || stats.isBlockDevice() ? 'a device' : 'something else';
}

const MOST_NAMES = 20;
const MOST_LETTERS = 60;

/** The first names of a list that may be of any length, each cut. */
function listOf(names: readonly string[]): string {
  const first = names.slice(0, MOST_NAMES).map((name) => name.slice(0, MOST_LETTERS));
  const more = names.length - first.length;
  return `${first.join(', ')}${more > 0 ? ` and ${more.toLocaleString('en')} more` : ''}`;
}
