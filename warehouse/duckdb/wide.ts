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
import { allow, countOf, type Database, type Meeting, type Merged, meet } from './landing.ts';
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
/** Megabytes that DuckDB needs for that: a piece is held several times, and what is not committed lies beside it. */
const MEMORY = 144;

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
const INCOMING = '__incoming';

const tableName = (table: string) => `${quote(WIDE_SCHEMA)}.${quote(table)}`;
const namesOf = (columns: readonly Column[]) => columns.map(({ name }) => quote(name)).join(', ');
const typedNames = (columns: readonly Column[]) =>
  columns.map(({ name, type }) => `${quote(name)} ${SQL_TYPES[type]}`).join(', ');

/** The JSON column that holds a column: told by its name alone, so that it stays where it is when others come and go. */
const parcelOf = (name: string) => (createHash('md5').update(name.toLowerCase()).digest()[0] ?? 0) % PARCELS;

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
export async function landWide(
  database: Database,
  connection: SharedConnection,
  landing: Landing,
): Promise<LandingResult> {
  const { table, write } = landing;
  const present = await database.tableColumns('raw', table);
  const isThere = (await database.tableColumns(WIDE_SCHEMA, table)) !== undefined;
  const columns = columnsOf(landing, write.kind === 'replace' ? undefined : present);
  const keyPaths = keyOf(write, columns);
  const key = keySql(keyPaths);
  await allow(database, MEMORY);
  await database.query(`create schema if not exists ${quote(WIDE_SCHEMA)}`);
  if (!isThere) await makeTable(database, table, present, key);
  await showColumns(database, table, columns, present); // first: thousands of expressions take memory of their own
  if (isThere && write.kind !== 'append' && write.kind !== 'replace') await keyAnew(database, table, key);

  const [held, incoming] = [tableName(table), `${table}${INCOMING}`];
  const sent = tableName(incoming);
  await database.query(`drop table if exists ${sent}`);
  await database.query(`create table ${sent} (${typedNames([...COLUMNS, ...AIRBYTE_COLUMNS])})`);
  const nulled: Record<string, number> = {};
  const unreadableLines: number[] = [];
  const reader = new LineReader(columns, keyPaths, nulled);
  for await (const rows of piecesOf(landing, reader, unreadableLines))
    await connection.append(WIDE_SCHEMA, incoming, rowsOf(rows, landing.generationId));
  const merged =
    write.kind === 'replace'
      ? await putInPlace(database, landing, await countOf(database, sent))
      : await mergeIn(database, landing, writeInside(write, columns), { batch: sent, table: held });
  return { ...merged, nulled, unreadableLines };
}

/** Lets the rows that came meet those of the table. */
async function mergeIn(
  database: Database,
  { table, generationId }: Landing,
  write: LandingWrite,
  { batch, table: held }: Pick<Meeting, 'batch' | 'table'>,
): Promise<Merged> {
  const before = await countOf(database, held);
  const where = await meet(database, write, { batch, table: held, compared: [DIGEST] });
  if (before === 0) {
    await database.query(`drop table ${held}`);
    await database.query(`alter table ${batch} rename to ${quote(table)}`);
  } else {
    const names = namesOf([...COLUMNS, ...AIRBYTE_COLUMNS]);
    // as text: the places of rows of a transaction begin at 2^55
    const { rows: ends } = await database.query(`select cast(min(rowid) as varchar) as first_row,
      cast(max(rowid) as varchar) as last_row,
      max(${PARCEL_COLUMNS.map(({ name }) => `strlen(${quote(name)})`).join(' + ')}) as longest from ${batch}`);
    const [first, last] = [ends[0]?.first_row, ends[0]?.last_row].map((text) => BigInt(String(text ?? 0)));
    const step = BigInt(Math.ceil(BYTES_AT_ONCE / Math.max(1, Number(ends[0]?.longest ?? 1))));
    for (let from = first ?? 0n; from <= (last ?? -1n); from += step) {
      const range = `sent.rowid >= ${from} and sent.rowid < ${from + step}`;
      await database.query(
        `insert into ${held} (${names}) select ${names} from ${batch} as sent where ${range} and ${where}`,
      );
    }
    await database.query(`drop table ${batch}`);
  }
  const rowCount = await countOf(database, before === 0 ? tableName(table) : held);
  return { landed: rowCount - before, rowCount, generationId };
}

/** Puts the rows that came in the place of the table's, unless they say the same. */
async function putInPlace(
  database: Database,
  { table, generationId }: Landing,
  rowCount: number,
): Promise<Merged> {
  const [held, sent] = [tableName(table), tableName(`${table}${INCOMING}`)];
  const { rows: found } = await database.query(`select
    (select count(*) from (select _tenure_digest from ${sent} except all select _tenure_digest from ${held})) as landed,
    (select count(*) from ${held}) as held,
    (select max(_airbyte_generation_id) from ${held}) as generation`);
  const landed = Number(found[0]?.landed);
  if (landed === 0 && Number(found[0]?.held) === rowCount) {
    await database.query(`drop table ${sent}`);
    return { landed, rowCount, generationId: Number(found[0]?.generation ?? generationId) };
  }
  await database.query(`drop table ${held}`);
  await database.query(`alter table ${sent} rename to ${quote(table)}`);
  return { landed, rowCount, generationId };
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
async function keyAnew(database: Database, table: string, key: string): Promise<void> {
  const { rows } = await database.query(
    `select ${key} <> _tenure_key as is_other from ${tableName(table)} limit 1`,
  );
  if (rows[0]?.is_other === true) await database.query(`update ${tableName(table)} set _tenure_key = ${key}`);
}

/** Rows as the columns of the table have them. */
function* rowsOf(rows: readonly WideRow[], generationId: number) {
  for (const { parcels, key, emittedAt, meta } of rows)
    yield [
      ...parcels,
      key,
      digestOf(parcels),
      randomUUID(),
      emittedAt === null ? null : new DuckDBTimestampValue(BigInt(Math.round(emittedAt * 1000))),
      meta,
      BigInt(generationId),
    ];
}

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

/** The table under the view; a table of columns that is there goes over into it with its rows. */
async function makeTable(
  database: Database,
  table: string,
  present: readonly Column[] | undefined,
  key: string,
): Promise<void> {
  await database.query(`create table ${tableName(table)} (${typedNames([...COLUMNS, ...AIRBYTE_COLUMNS])})`);
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
  await database.query(`insert into ${tableName(table)}
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
}

/** The records as rows of the JSON columns, so many at once as DuckDB should hold. */
async function* piecesOf(
  landing: Landing,
  reader: LineReader,
  unreadableLines: number[],
): AsyncGenerator<readonly WideRow[]> {
  let rows: WideRow[] = [];
  let bytes = 0;
  let line = 0;
  for (const file of landing.files) {
    for await (const record of bytesOfLines(file)) {
      line += 1;
      const row = reader.read(record);
      if (row === undefined) {
        unreadableLines.push(line);
        continue;
      }
      rows.push(row);
      bytes += record.length;
      if (bytes < BYTES_AT_ONCE) continue;
      yield rows;
      rows = [];
      bytes = 0;
    }
  }
  if (line !== landing.lineCount) throw landingIncomplete(landing.table, landing.lineCount, line);
  if (rows.length > 0) yield rows;
}

const TYPECAST = 'DESTINATION_TYPECAST_ERROR';
const NO_CHANGES = '{"changes":[]}';
const [QUOTE, LETTER_N] = [0x22, 0x6e];

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
  read(line: Buffer): WideRow | undefined {
    const envelope: Record<string, [number, number] | undefined> = {};
    const isMessage = eachMember(line, 0, line.length, (name, start, end) => {
      if (name !== 'record') return;
      eachMember(line, start, end, (member, from, to) => {
        envelope[member] = [from, to];
      });
    });
    const { data, emitted_at, meta } = envelope;
    if (!isMessage || data === undefined) return undefined;
    const given = emitted_at === undefined ? 'null' : line.toString('utf8', ...emitted_at);
    const emittedAt = given === 'null' ? null : Number(given.replaceAll('"', ''));
    if (emittedAt !== null && !isInstant(emittedAt)) return undefined;

    for (const members of this.#members) members.fill(undefined);
    const changes = changesOf(meta && line.toString('utf8', ...meta));
    const isObject = eachMember(line, ...data, (name, start, end) => {
      const place = this.#places.get(name);
      if (place !== undefined) this.#keep(place, line, start, end, changes);
    });
    if (!isObject) return undefined;
    if (this.#whole !== undefined) this.#keep(this.#whole, line, ...data, changes);
    const parcels = this.#members.map(
      (members) => `{${members.filter((member) => member !== undefined).join(',')}}`,
    );
    const values = parcels.map(parsed);
    if (values.includes(undefined)) return undefined; // what was copied is no JSON
    return {
      parcels,
      key: this.#keyOf(parcels, values),
      emittedAt,
      meta: changes.length === 0 ? NO_CHANGES : JSON.stringify({ changes }),
    };
  }

  #keyOf(parcels: readonly string[], values: readonly unknown[]): string {
    if (this.#keyPaths === 'all') return `*${digestOf(parcels)}`;
    const texts = this.#keyPaths.map(([parcel, ...names]) => {
      const holder: unknown = values[PARCEL_COLUMNS.findIndex(({ name }) => name === parcel)];
      const value = names.reduce<unknown>(
        (outer, name) => (outer as Record<string, unknown> | null)?.[name],
        holder,
      );
      if (value === undefined || value === null) return null;
      return typeof value === 'string' ? value : JSON.stringify(value);
    });
    return keyOpening(this.#keyPaths) + JSON.stringify(texts);
  }

  #keep(
    { column, parcel, rank, opening }: Place,
    line: Buffer,
    start: number,
    end: number,
    changes: Change[],
  ) {
    const members = this.#members[parcel] ?? [];
    const first = line[start];
    members[rank] = undefined;
    if (first === LETTER_N) return; // null
    const raw = line.toString('utf8', start, end);
    if (column.type === 'json' || (column.type === 'string' && first === QUOTE)) {
      members[rank] = opening + raw;
      return;
    }
    const value = typedValue(column.type, first === QUOTE ? textOf(raw) : raw);
    if (value !== null) {
      members[rank] = opening + JSON.stringify(String(value));
      return;
    }
    changes.push({ field: column.name, change: 'NULLED', reason: TYPECAST });
    this.#nulled[column.name] = (this.#nulled[column.name] ?? 0) + 1;
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
