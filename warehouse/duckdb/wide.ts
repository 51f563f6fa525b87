import { createHash, randomUUID } from 'node:crypto';
import { DuckDBTimestampValue } from '@duckdb/node-api';
import { landingIncomplete } from '../errors.ts';
import { eachMember } from '../json-members.ts';
import {
  AIRBYTE_COLUMNS,
  type FieldPath,
  type Landing,
  type LandingColumn,
  type LandingResult,
  type LandingWrite,
  wider,
} from '../landing.ts';
import { bytesOfLines, type Change, isInstant } from '../record-file.ts';
import { typedValue } from '../typed-value.ts';
import type { Column } from '../values.ts';
import type { SharedConnection } from './connection.ts';
import { allow, countOf, type Database, type Merged, meet } from './landing.ts';
import { literal, pointer, quote, SQL_TYPES } from './sql.ts';

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
const BYTES_AT_ONCE = 2 * 1024 * 1024;
/**
 * Bytes of rows after which a part is full. DuckDB writes the last 122,880 rows of a table anew whenever some are added: in
 * one table, a stream of 2 GB would be written many times over, and what is written must fit in memory.
 */
const PART_BYTES = 32 * 1024 * 1024;
/** Megabytes that DuckDB needs for that: a piece is held several times, and what is not committed lies beside it. */
const MEMORY = 144;
/**
 * Every commit goes straight into the file: its log would be written 2,048 rows at a time, which are held twice and which
 * `memory_limit` does not bound.
 */
const CHECKPOINT_EACH_COMMIT = `set checkpoint_threshold = '1KB'`;

const parcelName = (index: number) => `_tenure_data_${index}`;
const PARCEL_COLUMNS: readonly LandingColumn[] = Array.from({ length: PARCELS }, (_, index) => ({
  name: parcelName(index),
  type: 'json',
  property: undefined,
}));
/** What a row is known by, and a digest of what it says: rows may be larger than what one wants to compare. */
const KEY: LandingColumn = { name: '_tenure_key', type: 'string', property: undefined };
const DIGEST: LandingColumn = { name: '_tenure_digest', type: 'string', property: undefined };
const COLUMNS = [...PARCEL_COLUMNS, KEY, DIGEST];
/** What is compared of the rows that came: keys, digests and where they lie. */
const BATCH = 'temp.tenure_wide_batch';

const namesOf = (columns: readonly Column[]) => columns.map(({ name }) => quote(name)).join(', ');
const typedNames = (columns: readonly Column[]) =>
  columns.map(({ name, type }) => `${quote(name)} ${SQL_TYPES[type]}`).join(', ');
const ROW_BYTES = PARCEL_COLUMNS.map(({ name }) => `strlen(${quote(name)})`).join(' + ');

/** The JSON column that holds a column: told by its name alone, so that it stays where it is when others come and go. */
const parcelOf = (name: string) => (createHash('md5').update(name.toLowerCase()).digest()[0] ?? 0) % PARCELS;

/** A table of a stream's rows: `<table>`, `<table>#1`, … No raw table has a `#` in its name. */
const partName = (table: string, number: number) => (number === 0 ? table : `${table}#${number}`);
const partTable = (table: string, number: number) =>
  `${quote(WIDE_SCHEMA)}.${quote(partName(table, number))}`;
/** The view of all parts, of which `raw.<table>` shows the columns. */
const allParts = (table: string) => `${quote(WIDE_SCHEMA)}.${quote(`${table}#all`)}`;

/** The numbers of the parts that the stream has. */
async function partsOf(database: Database, table: string): Promise<number[]> {
  const { rows } = await database.query(
    `select table_name as name from duckdb_tables()
     where database_name = current_database() and schema_name = ${literal(WIDE_SCHEMA)}`,
  );
  const opening = `${table.toLowerCase()}#`;
  return rows
    .flatMap(({ name }) => {
      const lower = String(name).toLowerCase();
      if (lower === table.toLowerCase()) return [0];
      return lower.startsWith(opening) ? [Number(lower.slice(opening.length))] : [];
    })
    .sort((one, other) => one - other);
}

/** Whether the stream has more columns than a table of DuckDB can take cheaply, or had when it landed before. */
export async function isWide(database: Database, landing: Landing): Promise<boolean> {
  if (landing.columns.length > WIDE_FROM) return true;
  return (await partsOf(database, landing.table)).length > 0;
}

/** A part, the rows that are there of a landing, and their bytes. */
interface Part {
  readonly part: number;
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Lands the records of a stream of very many columns as `landInDuckDB` does, in memory that grows neither with their
 * number nor with that of the rows: values are typed here, and kept as text in a few JSON columns of the parts of
 * `raw_wide.<table>`. `raw.<table>` is a view that shows them as columns of their types. Call it inside a transaction.
 */
export async function landWide(
  database: Database,
  connection: SharedConnection,
  landing: Landing,
): Promise<LandingResult> {
  const { table, write } = landing;
  const present = await database.tableColumns('raw', table);
  const columns = columnsOf(landing, write.kind === 'replace' ? undefined : present);
  const keyPaths = keyOf(write, columns);
  const key = keySql(keyPaths);
  await allow(database, MEMORY);
  await database.query(CHECKPOINT_EACH_COMMIT);
  await database.query(`create schema if not exists ${quote(WIDE_SCHEMA)}`);
  const found = await partsOf(database, table);
  if (found.length === 0) await makePart(database, table, 0);
  if (found.length === 0 && present !== undefined) await takeAlong(database, table, present, key);
  const held = found.length === 0 && present !== undefined ? [0] : found;
  await showColumns(database, table, columns, present); // first: thousands of expressions take memory of their own
  if (found.length > 0 && 'key' in write)
    for (const part of held) await keyAnew(database, partTable(table, part), key);

  const nulled: Record<string, number> = {};
  const unreadableLines: number[] = [];
  const reader = new LineReader(columns, keyPaths, nulled);
  const sent = await append(database, connection, landing, readRows(landing, reader, unreadableLines), held);
  const merged =
    write.kind === 'replace'
      ? await putInPlace(database, landing, held, sent)
      : await mergeIn(database, landing, writeInside(write, columns), held, sent);
  await showParts(database, table);
  return { ...merged, nulled, unreadableLines };
}

const makePart = (database: Database, table: string, part: number) =>
  database.query(
    `create table if not exists ${partTable(table, part)} (${typedNames([...COLUMNS, ...AIRBYTE_COLUMNS])})`,
  );

/** Writes the rows into parts that are new. */
async function append(
  database: Database,
  connection: SharedConnection,
  { table, generationId }: Landing,
  rows: AsyncGenerator<WideRow>,
  held: readonly number[],
): Promise<Part[]> {
  const sent: Part[] = [];
  let part = Math.max(-1, ...held);
  let next = await rows.next();
  while (!next.done) {
    let [count, bytes] = [0, 0];
    const filling = async function* () {
      while (!next.done && bytes < PART_BYTES) {
        count += 1;
        bytes += next.value.bytes;
        yield valuesOf(next.value, generationId);
        next = await rows.next();
      }
    };
    part += 1;
    await makePart(database, table, part);
    await connection.append(WIDE_SCHEMA, partName(table, part), filling(), BYTES_AT_ONCE);
    sent.push({ part, rows: count, bytes });
  }
  return sent;
}

/** The rows of parts as one relation; their `rowid` grows with part and row. */
const rowsOf = (table: string, parts: readonly number[], names: readonly string[]) =>
  parts
    .map((part) => {
      const row = `cast(${part} as bigint) * 1099511627776 + rowid as rowid`;
      return `select ${[...names.map(quote), row].join(', ')} from ${partTable(table, part)}`;
    })
    .join(' union all ');

const countIn = async (database: Database, table: string, parts: readonly number[]) => {
  let count = 0;
  for (const part of parts) count += await countOf(database, partTable(table, part));
  return count;
};

/** Lets the rows that came meet those that are there. */
async function mergeIn(
  database: Database,
  { table, generationId }: Landing,
  write: LandingWrite,
  held: readonly number[],
  sent: readonly Part[],
): Promise<Merged> {
  const before = await countIn(database, table, held);
  const isCompared = 'key' in write && sent.length > 0;
  if (isCompared) await meetParts(database, table, write, held, sent);
  await settle(database, table, held, sent, isCompared);
  const rowCount = await countIn(database, table, await partsOf(database, table));
  return { landed: rowCount - before, rowCount, generationId };
}

/** Leaves in `BATCH` those of the rows that came that are to stay, and deletes the rows that they replace. */
async function meetParts(
  database: Database,
  table: string,
  write: Exclude<LandingWrite, { kind: 'append' | 'replace' }>,
  held: readonly number[],
  sent: readonly Part[],
): Promise<void> {
  const order = write.kind === 'upsert' ? write.order : undefined;
  const names = [KEY.name, DIGEST.name, '_airbyte_extracted_at'];
  const batch = sent.map(({ part }) => {
    const ordered = order === undefined ? '' : `, ${orderAlone(order)} as ${quote(order[0])}`;
    return `select ${names.map(quote).join(', ')}${ordered}, ${part} as _tenure_part, rowid as _tenure_row
      from ${partTable(table, part)}`;
  });
  await database.query(`create or replace temp table tenure_wide_batch as ${batch.join(' union all ')}`);
  const read = order === undefined ? names : [...names, order[0]];
  const where = await meet(database, write, {
    batch: BATCH,
    table:
      held.length === 0 ? `(select *, rowid from ${BATCH} where false)` : `(${rowsOf(table, held, read)})`,
    tables: held.map((part) => partTable(table, part)),
    compared: [DIGEST],
  });
  await database.query(`delete from ${BATCH} as sent where not (${where})`);
}

/** The JSON column of the cursor with nothing in it but the cursor. */
const orderAlone = ([parcel, name = '']: FieldPath) =>
  `cast(json_object(${literal(name)}, json_extract(${quote(parcel)}, ${literal(pointer([name]))})) as json)`;

/**
 * Takes the rows that are not to stay out of the parts that came, and moves the rows of small parts together: of a landing
 * of few rows, and of parts that lost most of theirs.
 */
async function settle(
  database: Database,
  table: string,
  held: readonly number[],
  sent: readonly Part[],
  isCompared: boolean,
): Promise<void> {
  const came: Part[] = [];
  for (const { part, rows, bytes } of sent) {
    const staying = isCompared ? await countOf(database, `${BATCH} where _tenure_part = ${part}`) : rows;
    if (staying < rows)
      await database.query(`delete from ${partTable(table, part)}
        where rowid not in (select _tenure_row from ${BATCH} where _tenure_part = ${part})`);
    came.push({ part, rows: staying, bytes: (bytes * staying) / rows });
  }
  if (isCompared) await database.query(`drop table ${BATCH}`);
  if (came.length === 0) return;
  const [dense, sparse]: [Part[], Part[]] = [[], []];
  for (const part of held) {
    const { rows, isSparse } = await roomOf(database, partTable(table, part));
    // Only these may have room, and to look reads a piece of a part.
    const isMeasured = isSparse || part === held.at(-1);
    const bytes = isMeasured ? rows * (await bytesOfRow(database, partTable(table, part))) : PART_BYTES;
    (isSparse ? sparse : dense).push({ part, rows, bytes });
  }
  const parts: readonly Part[] = [...dense, ...came, ...sparse];
  let open: { part: number; bytes: number } | undefined;
  let left = parts.length;
  for (const { part, rows, bytes } of parts) {
    const isSmall = bytes < PART_BYTES / 2;
    if (rows > 0 && isSmall && open !== undefined) {
      await move(database, partTable(table, part), partTable(table, open.part));
      open.bytes += bytes;
      if (open.bytes >= PART_BYTES / 2) open = undefined;
    } else if (rows > 0) {
      if (isSmall) open = { part, bytes };
      continue;
    } else if (left === 1) continue; // a stream without rows has a part too
    await database.query(`drop table ${partTable(table, part)}`);
    left -= 1;
  }
}

/** Where the `rowid` of what is not committed begins (MAX_ROW_ID of DuckDB). */
const UNCOMMITTED_ROW = 36028797018960000n;

/** Rows, and whether most of the room is that of rows that are gone. */
async function roomOf(
  database: Database,
  name: string,
): Promise<{ readonly rows: number; readonly isSparse: boolean }> {
  const { rows } = await database.query(`select count(*) as rows_held,
    coalesce(count(*) * 2 < max(rowid % ${UNCOMMITTED_ROW}) + 1, false) as is_sparse from ${name}`);
  return { rows: Number(rows[0]?.rows_held), isSparse: rows[0]?.is_sparse === true };
}

/** How long the first rows of a part are. */
async function bytesOfRow(database: Database, name: string): Promise<number> {
  const { rows } = await database.query(
    `select avg(${ROW_BYTES}) as bytes from (select * from ${name} limit 100)`,
  );
  return Number(rows[0]?.bytes ?? 0);
}

/** Moves all rows of a part into another, so many at once as DuckDB should hold. */
async function move(database: Database, from: string, to: string): Promise<void> {
  const names = namesOf([...COLUMNS, ...AIRBYTE_COLUMNS]);
  // as text: see UNCOMMITTED_ROW
  const { rows: ends } = await database.query(`select cast(min(rowid) as varchar) as first_row,
    cast(max(rowid) as varchar) as last_row, max(${ROW_BYTES}) as longest from ${from}`);
  const [first, last] = [ends[0]?.first_row, ends[0]?.last_row].map((text) => BigInt(String(text ?? 0)));
  const step = BigInt(Math.ceil(BYTES_AT_ONCE / Math.max(1, Number(ends[0]?.longest ?? 1))));
  for (let row = first ?? 0n; row <= (last ?? -1n); row += step)
    await database.query(
      `insert into ${to} (${names}) select ${names} from ${from} where rowid >= ${row} and rowid < ${row + step}`,
    );
}

/** Puts the rows that came in the place of the table's, unless they say the same. */
async function putInPlace(
  database: Database,
  { table, generationId }: Landing,
  held: readonly number[],
  sent: readonly Part[],
): Promise<Merged> {
  const rowCount = sent.reduce((sum, { rows }) => sum + rows, 0);
  const numbers = sent.map(({ part }) => part);
  const digests = (parts: readonly number[]) =>
    parts.length === 0
      ? 'select null as digest where false'
      : parts
          .map((part) => `select _tenure_digest as digest from ${partTable(table, part)}`)
          .join(' union all ');
  const landed = await countOf(database, `((${digests(numbers)}) except all (${digests(held)}))`);
  const isSame = held.length > 0 && landed === 0 && (await countIn(database, table, held)) === rowCount;
  const gone = isSame ? numbers : held;
  if (!isSame && sent.length === 0) await makePart(database, table, Math.max(-1, ...held) + 1);
  const [kept] = isSame
    ? (await database.query(`select max(_airbyte_generation_id) as generation from ${allParts(table)}`)).rows
    : [];
  for (const part of gone) await database.query(`drop table ${partTable(table, part)}`);
  return { landed, rowCount, generationId: Number(kept?.generation ?? generationId) };
}

/** Puts the view of all parts in place. */
async function showParts(database: Database, table: string): Promise<void> {
  const names = namesOf([...COLUMNS, ...AIRBYTE_COLUMNS]);
  const parts = (await partsOf(database, table)).map(
    (part) => `select ${names} from ${partTable(table, part)}`,
  );
  await database.query(`create or replace view ${allParts(table)} as ${parts.join(' union all ')}`);
}

/** The places of what rows are known by; `all`: by everything they say. */
type KeyPaths = readonly FieldPath[] | 'all';

function keyOf(write: LandingWrite, columns: readonly LandingColumn[]): KeyPaths {
  if (!('key' in write)) return [];
  const isAll = write.key.length === columns.length && write.key.every((path) => path.length === 1);
  return isAll ? 'all' : write.key.map((path) => placeOf(path, columns));
}

/** What the text of a key begins with, so that keys of other paths are no keys of these. */
const keyOpening = (paths: readonly FieldPath[]) => JSON.stringify(paths.map(([, ...names]) => names));

/** The key of a row of the table, as `LineReader` makes it of a record. */
function keySql(paths: KeyPaths): string {
  if (paths === 'all') return `'*' || ${DIGEST_TEXT}`;
  const values = paths.map(
    ([parcel, ...names]) => `json_extract_string(${quote(parcel)}, ${literal(pointer(names))})`,
  );
  return `${literal(keyOpening(paths))} || cast(json_array(${values.join(', ')}) as varchar)`;
}

const DIGEST_TEXT = `md5(concat_ws('|', ${namesOf(PARCEL_COLUMNS)}))`;
const digestOf = (parcels: readonly string[]) => createHash('md5').update(parcels.join('|')).digest('hex');

/** Gives the rows that are there the key that the stream now has, where it is another. */
async function keyAnew(database: Database, part: string, key: string): Promise<void> {
  const { rows } = await database.query(`select ${key} <> _tenure_key as is_other from ${part} limit 1`);
  if (rows[0]?.is_other === true) await database.query(`update ${part} set _tenure_key = ${key}`);
}

/** A row as the columns of a part have it. */
const valuesOf = ({ parcels, key, emittedAt, meta }: WideRow, generationId: number) => [
  ...parcels,
  key,
  digestOf(parcels),
  randomUUID(),
  emittedAt === null ? null : new DuckDBTimestampValue(BigInt(Math.round(emittedAt * 1000))),
  meta,
  BigInt(generationId),
];

/** The stream's columns, widened to what is there, and those that are there and that it no longer has. */
function columnsOf(landing: Landing, present: readonly Column[] | undefined): LandingColumn[] {
  const held = new Map(present?.map((column) => [column.name.toLowerCase(), column]));
  return landing.columns.map((column): LandingColumn => {
    const before = held.get(column.name.toLowerCase());
    return before === undefined
      ? column
      : { ...column, name: before.name, type: wider(before.type, column.type) };
  });
}

/** Takes the rows of a table of columns that is there over into the first part. */
async function takeAlong(
  database: Database,
  table: string,
  present: readonly Column[],
  key: string,
): Promise<void> {
  const before = `raw.${quote(table)}`;
  const held = dataOf(present);
  const values = PARCEL_COLUMNS.map(({ name }, index) => {
    const members = sorted(held.filter((column) => parcelOf(column.name) === index)).map(
      (column) => `${literal(`${JSON.stringify(column.name)}:`)} || ${memberText(column)}`,
    );
    const text = members.length === 0 ? `''` : `concat_ws(',', ${members.join(', ')})`;
    return `cast('{' || ${text} || '}' as json) as ${quote(name)}`;
  });
  await database.query(`insert into ${partTable(table, 0)}
    select ${namesOf(PARCEL_COLUMNS)}, ${key}, ${DIGEST_TEXT}, ${namesOf(AIRBYTE_COLUMNS)}
    from (select ${values.join(', ')}, ${namesOf(AIRBYTE_COLUMNS)} from ${before})`);
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
    `select view_name from duckdb_views() where database_name = current_database() and
     (schema_name = 'raw' and view_name = ${literal(table)} or
      schema_name = ${literal(WIDE_SCHEMA)} and view_name = ${literal(`${table}#all`)})`,
  );
  if (rows.length === 2 && all.every(({ name, type }) => before.get(name) === type)) return;
  const shown = all.map((column) => `${shownValue(column)} as ${quote(column.name)}`);
  const loaded = AIRBYTE_COLUMNS.map(({ name }) => quote(name));
  await showParts(database, table);
  await database.query(
    `create or replace view ${view} as select ${[...shown, ...loaded].join(', ')} from ${allParts(table)}`,
  );
}

function shownValue({ name, type }: Column): string {
  const parcel = quote(parcelName(parcelOf(name)));
  const path = literal(pointer([name]));
  if (type === 'json') return `json_extract(${parcel}, ${path})`;
  const text = `json_extract_string(${parcel}, ${path})`;
  return type === 'string' ? text : `try_cast(${text} as ${SQL_TYPES[type]})`;
}

/** A path to a value of a record, inside the JSON column that holds it. */
function placeOf([column, ...names]: FieldPath, columns: readonly LandingColumn[]): FieldPath {
  const found = columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  if (found === undefined) throw new TypeError(`the key or cursor ${column} is no column of the stream`);
  return [parcelName(parcelOf(found.name)), found.name, ...names];
}

/** How records meet rows, said of the columns that rows have here. The texts of values tell them apart as they do. */
function writeInside(write: LandingWrite, columns: readonly LandingColumn[]): LandingWrite {
  const key: FieldPath[] = [[KEY.name]];
  if (write.kind === 'append' || write.kind === 'replace') return { kind: 'append' };
  if (write.kind === 'snapshot') return { kind: 'snapshot', key };
  const { order } = write;
  if (order === undefined) return { kind: 'upsert', key, order };
  const type = columns.find(({ name }) => name.toLowerCase() === order[0].toLowerCase())?.type;
  const isNumber = order.length === 1 && (type === 'integer' || type === 'number');
  return { kind: 'upsert', key, order: placeOf(order, columns), ...(isNumber && { orderType: type }) };
}

interface WideRow {
  /** The texts of the JSON columns. */
  readonly parcels: readonly string[];
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly emittedAt: number | null;
  readonly meta: string;
  /** Of the line that it came on. */
  readonly bytes: number;
}

/** The records as rows of the JSON columns. */
async function* readRows(
  landing: Landing,
  reader: LineReader,
  unreadableLines: number[],
): AsyncGenerator<WideRow> {
  let line = 0;
  for (const file of landing.files) {
    for await (const record of bytesOfLines(file)) {
      line += 1;
      const row = reader.read(record.toString('utf8'), record.length);
      if (row === undefined) unreadableLines.push(line);
      else yield row;
    }
  }
  if (line !== landing.lineCount) throw landingIncomplete(landing.table, landing.lineCount, line);
}

const TYPECAST = 'DESTINATION_TYPECAST_ERROR';
const NO_CHANGES = '{"changes":[]}';
const QUOTE = 0x22;
/** A text as JSON has it, of those without escapes. */
const JSON_TEXT = /^"[^"\\\p{Cc}]*"$/u;

/** A column of the stream: its JSON column, its rank among the columns of that, and what stands before its value. */
interface Place {
  readonly column: LandingColumn;
  readonly parcel: number;
  readonly rank: number;
  readonly opening: string;
}

/** Cuts the values of records out of their lines; only what must be typed is read. */
class LineReader {
  readonly #places = new Map<string, Place>();
  /** The column that takes the whole of the data, if one does. */
  #whole: Place | undefined;
  /** For each JSON column the members of the record, in the order of their names. */
  readonly #members: (string | undefined)[][];
  readonly #nulled: Record<string, number>;
  readonly #keyPaths: KeyPaths;

  constructor(columns: readonly LandingColumn[], keyPaths: KeyPaths, nulled: Record<string, number>) {
    this.#nulled = nulled;
    this.#keyPaths = keyPaths;
    this.#members = PARCEL_COLUMNS.map((_, parcel) => {
      const held = sorted(columns.filter(({ name }) => parcelOf(name) === parcel));
      for (const [rank, column] of held.entries()) {
        const opening = `${JSON.stringify(column.name)}:`;
        const place = { column, parcel, rank, opening };
        if (column.property === undefined) this.#whole = place;
        else this.#places.set(column.property, place);
      }
      return held.map(() => undefined);
    });
  }

  /** Undefined when the line is no record. */
  read(line: string, bytes: number): WideRow | undefined {
    const envelope: Record<string, [number, number] | undefined> = {};
    const isMessage = eachMember(line, 0, line.length, (name, start, end) => {
      if (name !== 'record') return;
      eachMember(line, start, end, (member, from, to) => {
        envelope[member] = [from, to];
      });
    });
    const { data, emitted_at, meta } = envelope;
    if (!isMessage || data === undefined) return undefined;
    const given = emitted_at === undefined ? 'null' : line.slice(...emitted_at);
    const emittedAt = given === 'null' ? null : Number(given.replaceAll('"', ''));
    if (emittedAt !== null && !isInstant(emittedAt)) return undefined;

    for (const members of this.#members) members.fill(undefined);
    const changes = changesOf(meta && line.slice(...meta));
    let isJson = true;
    const isObject = eachMember(line, ...data, (name, start, end) => {
      const place = this.#places.get(name);
      if (place !== undefined) isJson = this.#keep(place, line.slice(start, end), changes) && isJson;
    });
    if (!isObject) return undefined;
    if (this.#whole !== undefined) isJson = this.#keep(this.#whole, line.slice(...data), changes) && isJson;
    if (!isJson) return undefined;
    const parcels = this.#members.map(
      (members) => `{${members.filter((member) => member !== undefined).join(',')}}`,
    );
    return {
      parcels,
      key: this.#keyOf(parcels),
      emittedAt,
      meta: changes.length === 0 ? NO_CHANGES : JSON.stringify({ changes }),
      bytes,
    };
  }

  #keyOf(parcels: readonly string[]): string {
    if (this.#keyPaths === 'all') return `*${digestOf(parcels)}`;
    const texts = this.#keyPaths.map(([parcel, ...names]) => {
      const holder = parsed(parcels[PARCEL_COLUMNS.findIndex(({ name }) => name === parcel)] ?? '{}');
      const value = names.reduce<unknown>(
        (outer, name) => (outer as Record<string, unknown> | null)?.[name],
        holder,
      );
      if (value === undefined || value === null) return null;
      return typeof value === 'string' ? value : JSON.stringify(value);
    });
    return keyOpening(this.#keyPaths) + JSON.stringify(texts);
  }

  /** Puts a value among the members of its JSON column. False when it is copied as it stands and is no JSON. */
  #keep({ column, parcel, rank, opening }: Place, raw: string, changes: Change[]): boolean {
    const members = this.#members[parcel] ?? [];
    members[rank] = undefined;
    if (raw === 'null') return true;
    const isText = raw.charCodeAt(0) === QUOTE;
    if (column.type === 'json' || (column.type === 'string' && isText)) {
      members[rank] = opening + raw;
      return (isText && JSON_TEXT.test(raw)) || parsed(raw) !== undefined;
    }
    const value = typedValue(column.type, isText ? textOf(raw) : raw);
    if (value !== null) {
      members[rank] = opening + JSON.stringify(String(value));
      return true;
    }
    changes.push({ field: column.name, change: 'NULLED', reason: TYPECAST });
    this.#nulled[column.name] = (this.#nulled[column.name] ?? 0) + 1;
    return true;
  }
}

/** The value of a JSON text, undefined of what is none. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function textOf(json: string): string {
  if (JSON_TEXT.test(json)) return json.slice(1, -1);
  try {
    return JSON.parse(json);
  } catch {
    return json; // no JSON: DuckDB finds the line unreadable
  }
}

function changesOf(meta: string | undefined): Change[] {
  try {
    return [...((JSON.parse(meta ?? 'null') as { changes?: Change[] } | null)?.changes ?? [])];
  } catch {
    return [];
  }
}
