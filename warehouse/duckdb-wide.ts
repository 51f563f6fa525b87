import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, landInDuckDB } from './duckdb-landing.ts';
import { literal, pointer, quote, SQL_TYPES } from './duckdb-sql.ts';
import { landingIncomplete } from './errors.ts';
import {
  AIRBYTE_COLUMNS,
  type FieldPath,
  type Landing,
  type LandingColumn,
  type LandingResult,
  type LandingWrite,
  wider,
} from './landing.ts';
import { linesOf, type RowOfRecord, rowOf } from './record-file.ts';
import type { Column, LogicalType } from './values.ts';

/**
 * Columns from which a stream lands wide. A column of a DuckDB table costs a landing about 1 MB, however few rows come:
 * two blocks of 256 KB to append to (values and nulls), two more when they are written to the file, and 32 KB in each
 * operator that a batch goes through. 200 of them leave two thirds of 600 MB.
 */
export const WIDE_FROM = 200;
/** The schema of the tables that lie under the views of wide streams. */
const WIDE_SCHEMA = 'raw_wide';
/** JSON columns among which the columns of a wide stream are shared out: reading some columns parses a part of the rest. */
const PARCELS = 16;
/** Bytes of rows that go through DuckDB at once: it holds 2,048 rows in a piece, however long they are. */
const BYTES_AT_ONCE = 8 * 1024 * 1024;

const parcelName = (index: number) => `_tenure_data_${index}`;
const PARCEL_COLUMNS: readonly LandingColumn[] = Array.from({ length: PARCELS }, (_, index) => ({
  name: parcelName(index),
  type: 'json',
  property: parcelName(index),
}));
const tableName = (table: string) => `${quote(WIDE_SCHEMA)}.${quote(table)}`;

/** The JSON column that holds a column: told by its name alone, so that it stays where it is when others come and go. */
const parcelOf = (name: string) =>
  (createHash('md5').update(name.toLowerCase()).digest()[0] ?? 0) % PARCELS;

/** Whether the stream has more columns than a table of DuckDB can take cheaply, or had when it landed before. */
export async function isWide(database: Database, landing: Landing): Promise<boolean> {
  if (landing.columns.length > WIDE_FROM) return true;
  return (await database.tableColumns(WIDE_SCHEMA, landing.table)) !== undefined;
}

/**
 * Lands the records of a stream of very many columns as `landInDuckDB` does, in memory that does not grow with their
 * number: values are typed here, and kept as text in a few JSON columns of `raw_wide.<table>`. `raw.<table>` is a view
 * that shows them as columns of their types. Call it inside a transaction.
 */
export async function landWide(database: Database, landing: Landing): Promise<LandingResult> {
  const { table } = landing;
  const present = await database.tableColumns('raw', table);
  const isThere = (await database.tableColumns(WIDE_SCHEMA, table)) !== undefined;
  const columns = columnsOf(landing, landing.write.kind === 'replace' ? undefined : present);
  await database.query(`create schema if not exists ${quote(WIDE_SCHEMA)}`);
  if (!isThere) await makeTable(database, table, present);

  const folder = await mkdtemp(join(tmpdir(), 'tenure-wide-'));
  try {
    const pieces = new Pieces(folder);
    const lands = (piece: Piece, write: LandingWrite, to: string) =>
      landInDuckDB(
        database,
        {
          table: to,
          files: [piece.path],
          lineCount: piece.rowCount,
          longestLine: piece.longestLine,
          columns: PARCEL_COLUMNS,
          generationId: landing.generationId,
          write,
        },
        WIDE_SCHEMA,
      );
    const result =
      landing.write.kind === 'replace'
        ? await replaced(database, landing, pieces.of(landing, columns), lands)
        : await merged(landing, columns, pieces.of(landing, columns), lands);
    await showColumns(database, table, columns, present);
    return { ...result, unreadableLines: pieces.unreadableLines, nulled: pieces.nulled };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Land = (piece: Piece, write: LandingWrite, table: string) => Promise<LandingResult>;
type Merged = Pick<LandingResult, 'landed' | 'rowCount' | 'generationId'>;

async function merged(
  landing: Landing,
  columns: readonly LandingColumn[],
  pieces: AsyncIterable<Piece>,
  lands: Land,
): Promise<Merged> {
  const write = writeInside(landing.write, columns);
  let landed = 0;
  let rowCount = 0;
  for await (const piece of pieces) {
    const result = await lands(piece, write, landing.table);
    landed += result.landed;
    rowCount = result.rowCount;
  }
  return { landed, rowCount, generationId: landing.generationId };
}

/** Lands the records beside the table and puts them in its place, unless it holds the same. */
async function replaced(
  database: Database,
  landing: Landing,
  pieces: AsyncIterable<Piece>,
  lands: Land,
): Promise<Merged> {
  const held = tableName(landing.table);
  const next = `${landing.table}${INCOMING}`;
  const sent = tableName(next);
  await database.query(`drop table if exists ${sent}`);
  await database.query(`create table ${sent} as from ${held} limit 0`);
  let rowCount = 0;
  for await (const piece of pieces) rowCount = (await lands(piece, { kind: 'append' }, next)).rowCount;

  const data = PARCEL_COLUMNS.map(({ name }) => quote(name)).join(', ');
  // A digest of each row: the rows themselves may be larger than memory.
  const digests = (table: string) => `select md5(concat_ws('|', ${data})) as digest from ${table}`;
  const { rows: found } = await database.query(`select
    (select count(*) from (${digests(sent)} except all ${digests(held)})) as landed,
    (select count(*) from ${held}) as held,
    (select max(_airbyte_generation_id) from ${held}) as generation`);
  const landed = Number(found[0]?.landed);
  if (landed === 0 && Number(found[0]?.held) === rowCount) {
    await database.query(`drop table ${sent}`);
    return { landed, rowCount, generationId: Number(found[0]?.generation ?? landing.generationId) };
  }
  await database.query(`drop table ${held}`);
  await database.query(`alter table ${sent} rename to ${quote(landing.table)}`);
  return { landed, rowCount, generationId: landing.generationId };
}

const INCOMING = '__incoming';

/** The stream's columns, widened to what is there, and those that are there and that it no longer has. */
function columnsOf(landing: Landing, present: readonly Column[] | undefined): LandingColumn[] {
  const held = new Map(present?.map((column) => [column.name.toLowerCase(), column]));
  const columns = landing.columns.map((column): LandingColumn => {
    const before = held.get(column.name.toLowerCase());
    return before === undefined
      ? column
      : { ...column, name: before.name, type: wider(before.type, column.type) };
  });
  return columns;
}

/** The table under the view; a table of columns that is there goes over into it with its rows. */
async function makeTable(
  database: Database,
  table: string,
  present: readonly Column[] | undefined,
): Promise<void> {
  const columns = [...PARCEL_COLUMNS, ...AIRBYTE_COLUMNS];
  const list = columns.map(({ name, type }) => `${quote(name)} ${SQL_TYPES[type]}`).join(', ');
  await database.query(`create table ${tableName(table)} (${list})`);
  if (present === undefined) return;
  const before = `raw.${quote(table)}`;
  const held = dataOf(present);
  const values = PARCEL_COLUMNS.map(({ name }, index) => {
    const members = sorted(held.filter((column) => parcelOf(column.name) === index)).map(
      (column) => `${literal(`${JSON.stringify(column.name)}:`)} || ${memberText(column)}`,
    );
    const text = members.length === 0 ? `''` : `concat_ws(',', ${members.join(', ')})`;
    return `cast('{' || ${text} || '}' as json) as ${quote(name)}`;
  });
  const loaded = AIRBYTE_COLUMNS.map(({ name }) => quote(name));
  await database.query(`insert into ${tableName(table)} select ${[...values, ...loaded].join(', ')} from ${before}`);
  await database.query(`drop table ${before}`);
}

const dataOf = (columns: readonly Column[]) =>
  columns.filter(({ name }) => !AIRBYTE_COLUMNS.some((ours) => ours.name === name));

const sorted = <T extends Column>(columns: readonly T[]) =>
  columns.toSorted((left, right) => (left.name < right.name ? -1 : 1));

/** The text of a column's value as a member of its JSON column has it; null of null. */
function memberText({ name, type }: Column): string {
  const value = quote(name);
  switch (type) {
    case 'json':
      return `cast(${value} as varchar)`;
    case 'timestamp':
      return `to_json(strftime(${value}, '%Y-%m-%dT%H:%M:%S.%fZ'))`;
    case 'number': // as JavaScript writes it, 5 and not 5.0
      return `to_json(case when ${value} = trunc(${value}) and abs(${value}) < 1e15 then cast(cast(${value} as bigint) as varchar) else cast(${value} as varchar) end)`;
    default:
      return `to_json(cast(${value} as varchar))`;
  }
}

/** Puts the view that shows the columns in place, when it does not show them already. */
async function showColumns(
  database: Database,
  table: string,
  columns: readonly LandingColumn[],
  present: readonly Column[] | undefined,
): Promise<void> {
  const view = `raw.${quote(table)}`;
  const now = new Set(columns.map(({ name }) => name.toLowerCase()));
  const others = dataOf(present ?? []).filter(({ name }) => !now.has(name.toLowerCase()));
  const all: readonly Column[] = [...others, ...columns];
  const before = new Map(present?.map(({ name, type }) => [name, type]));
  const { rows } = await database.query(
    `select 1 from duckdb_views() where database_name = current_database() and schema_name = 'raw' and view_name = ${literal(table)}`,
  );
  if (rows.length > 0 && all.every(({ name, type }) => before.get(name) === type)) return;
  const shown = all.map((column) => `${shownValue(column)} as ${quote(column.name)}`);
  const loaded = AIRBYTE_COLUMNS.map(({ name }) => quote(name));
  await database.query(
    `create or replace view ${view} as select ${[...shown, ...loaded].join(', ')} from ${tableName(table)}`,
  );
}

function shownValue({ name, type }: Column): string {
  const parcel = quote(parcelName(parcelOf(name)));
  const path = literal(pointer([name]));
  if (type === 'json') return `json_extract(${parcel}, ${path})`;
  const text = `json_extract_string(${parcel}, ${path})`;
  return type === 'string' ? text : `try_cast(${text} as ${SQL_TYPES[type]})`;
}

/** How records meet rows, said of values inside the JSON columns. Their texts tell them apart as their values do. */
function writeInside(write: LandingWrite, columns: readonly LandingColumn[]): LandingWrite {
  const inside = ([column, ...names]: FieldPath): FieldPath => {
    const found = columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
    if (found === undefined) throw new TypeError(`the key or cursor ${column} is no column of the stream`);
    return [parcelName(parcelOf(found.name)), found.name, ...names];
  };
  if (write.kind === 'append' || write.kind === 'replace') return write;
  const isAll = write.key.length === columns.length && write.key.every((path) => path.length === 1);
  const key = isAll ? PARCEL_COLUMNS.map(({ name }): FieldPath => [name]) : write.key.map(inside);
  if (write.kind === 'snapshot') return { kind: 'snapshot', key };
  const { order } = write;
  if (order === undefined) return { kind: 'upsert', key, order };
  const type = columns.find(({ name }) => name.toLowerCase() === order[0].toLowerCase())?.type;
  const isNumber = order.length === 1 && (type === 'integer' || type === 'number');
  return { kind: 'upsert', key, order: inside(order), ...(isNumber && { orderType: type }) };
}

interface Piece {
  readonly path: string;
  readonly rowCount: number;
  readonly longestLine: number;
}

/** Turns record lines into lines of the JSON columns, in files of bounded size. */
class Pieces {
  readonly #folder: string;
  readonly unreadableLines: number[] = [];
  readonly nulled: Record<string, number> = {};

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** One file after the other, at least one; each is deleted when the next is asked for. */
  async *of(landing: Landing, columns: readonly LandingColumn[]): AsyncGenerator<Piece> {
    const parcels = PARCEL_COLUMNS.map((_, index) =>
      sorted(columns.filter(({ name }) => parcelOf(name) === index)),
    );
    let lines: string[] = [];
    let bytes = 0;
    let longestLine = 0;
    let line = 0;
    let pieceCount = 0;
    const piece = async (): Promise<Piece> => {
      pieceCount += 1;
      const path = join(this.#folder, `${pieceCount}.ndjson`);
      const file = await open(path, 'w', 0o600);
      await file.appendFile(lines.join('')).finally(() => file.close());
      const rowCount = lines.length;
      const longest = longestLine;
      lines = [];
      bytes = 0;
      longestLine = 0;
      return { path, rowCount, longestLine: longest };
    };
    for (const source of landing.files) {
      for await (const record of linesOf(source)) {
        line += 1;
        const row = rowOf(record, columns);
        if (row === undefined) {
          this.unreadableLines.push(line);
          continue;
        }
        for (const { field, reason } of row.changes)
          if (reason === TYPECAST) this.nulled[field] = (this.nulled[field] ?? 0) + 1;
        const text = lineOf(row, parcels);
        const length = Buffer.byteLength(text);
        lines.push(text);
        bytes += length;
        longestLine = Math.max(longestLine, length);
        if (bytes < BYTES_AT_ONCE) continue;
        const whole = await piece();
        yield whole;
        await rm(whole.path, { force: true });
      }
    }
    if (line !== landing.lineCount) throw landingIncomplete(landing.table, landing.lineCount, line);
    if (lines.length > 0 || pieceCount === 0) yield await piece();
  }
}

const TYPECAST = 'DESTINATION_TYPECAST_ERROR';

/** A record whose data are the JSON columns, each value a text; what is null is left out. */
function lineOf({ values, changes, emittedAt }: RowOfRecord, parcels: readonly (readonly LandingColumn[])[]): string {
  const data = parcels.map((columns, index) => {
    const members = columns.flatMap(({ name, type }) => {
      const value = values[name];
      if (value === undefined || value === null) return [];
      return [`${JSON.stringify(name)}:${memberJson(type, value)}`];
    });
    return `${JSON.stringify(parcelName(index))}:{${members.join(',')}}`;
  });
  const meta = changes.length === 0 ? 'null' : JSON.stringify({ changes });
  return `{"record":{"data":{${data.join(',')}},"emitted_at":${emittedAt ?? null},"meta":${meta}}}\n`;
}

const memberJson = (type: LogicalType, value: unknown) =>
  type === 'json' ? String(value) : JSON.stringify(String(value));
