import { createHash, randomUUID } from 'node:crypto';
import type { SharedConnection } from './duckdb-connection.ts';
import { allow, BATCH, type Database, type Merged, merge } from './duckdb-landing.ts';
import { literal, pointer, quote, SQL_TYPES } from './duckdb-sql.ts';
import { landingIncomplete } from './errors.ts';
import { eachMember } from './json-members.ts';
import {
  AIRBYTE_COLUMNS,
  type FieldPath,
  type Landing,
  type LandingColumn,
  type LandingResult,
  type LandingWrite,
  wider,
} from './landing.ts';
import { bytesOfLines, type Change, isInstant } from './record-file.ts';
import { typedValue } from './typed-value.ts';
import type { Column } from './values.ts';

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
const LINES = 'tenure_lines';
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
  const key = keyText(write, columns);
  await allow(database, MEMORY);
  await database.query(`create schema if not exists ${quote(WIDE_SCHEMA)}`);
  if (!isThere) await makeTable(database, table, present, key);
  await showColumns(database, table, columns, present); // first: thousands of expressions take memory of their own
  const inside = writeInside(write, columns);
  if (isThere && 'key' in inside) await keyAnew(database, table, key);

  const target = write.kind === 'replace' ? `${table}${INCOMING}` : table;
  if (write.kind === 'replace') {
    await database.query(`drop table if exists ${tableName(target)}`);
    await database.query(`create table ${tableName(target)} as from ${tableName(table)} limit 0`);
  }
  const nulled: Record<string, number> = {};
  const unreadableLines: number[] = [];
  let merged: Merged = { landed: 0, rowCount: 0, generationId: landing.generationId };
  for await (const piece of piecesOf(landing, columns, nulled, unreadableLines)) {
    unreadableLines.push(...(await makeBatch(database, connection, piece, key, landing.generationId)));
    const step = { ...landing, table: target, write: inside };
    const { landed, rowCount } = await merge(database, step, COLUMNS, WIDE_SCHEMA, [DIGEST]);
    merged = { ...merged, landed: merged.landed + landed, rowCount };
    await database.query(`drop table ${BATCH}`);
  }
  if (write.kind === 'replace') merged = await putInPlace(database, landing, merged.rowCount);
  return { ...merged, nulled, unreadableLines: unreadableLines.toSorted((left, right) => left - right) };
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

/** A text of the JSON columns that tells the rows apart that the landing must: the key's paths, then its values. */
function keyText(write: LandingWrite, columns: readonly LandingColumn[]): string {
  if (!('key' in write)) return `''`;
  const isAll = write.key.length === columns.length && write.key.every((path) => path.length === 1);
  if (isAll) return `'*' || ${DIGEST_TEXT}`;
  const values = write.key.map((path) => {
    const [parcel, ...names] = placeOf(path, columns);
    return `json_extract_string(${quote(parcel)}, ${literal(pointer(names))})`;
  });
  return `${literal(JSON.stringify(write.key))} || cast(json_array(${values.join(', ')}) as varchar)`;
}

const DIGEST_TEXT = `md5(concat_ws('|', ${namesOf(PARCEL_COLUMNS)}))`;

/** Gives the rows that are there the key that the stream now has, where it is another. */
async function keyAnew(database: Database, table: string, key: string): Promise<void> {
  const { rows } = await database.query(
    `select ${key} <> _tenure_key as is_other from ${tableName(table)} limit 1`,
  );
  if (rows[0]?.is_other === true) await database.query(`update ${tableName(table)} set _tenure_key = ${key}`);
}

/** The batch of the rows of a piece; gives the numbers of the lines that are no JSON. */
async function makeBatch(
  database: Database,
  connection: SharedConnection,
  { rows, numbers }: Piece,
  key: string,
  generationId: number,
): Promise<number[]> {
  const texts = PARCEL_COLUMNS.map(({ name }) => `${quote(name)} varchar`).join(', ');
  await database.query(
    `create or replace temp table ${LINES} (${texts}, number bigint, id varchar, emitted_at double, meta varchar)`,
  );
  await connection.appendTemporary(LINES, withNumbers(rows, numbers));
  const isJson = PARCEL_COLUMNS.map(({ name }) => `json_valid(${quote(name)})`).join(' and ');
  await database.query(`create or replace temp table tenure_batch as
    select ${PARCEL_COLUMNS.map(({ name }) => `cast(${quote(name)} as json) as ${quote(name)}`).join(', ')},
      ${key} as _tenure_key,
      ${DIGEST_TEXT} as _tenure_digest,
      id as _airbyte_raw_id,
      make_timestamp(cast(emitted_at * 1000 as bigint)) as _airbyte_extracted_at,
      cast(meta as json) as _airbyte_meta,
      cast(${generationId} as bigint) as _airbyte_generation_id
    from temp.${LINES} where ${isJson}`);
  const { rows: bad } = await database.query(`select number from temp.${LINES} where not (${isJson})`);
  await database.query(`drop table temp.${LINES}`);
  return bad.map(({ number }) => Number(number));
}

function* withNumbers(rows: Piece['rows'], numbers: readonly number[]) {
  for (const [index, { parcels, emittedAt, meta }] of rows.entries())
    yield [...parcels, BigInt(numbers[index] ?? 0), randomUUID(), emittedAt, meta];
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

interface Piece {
  readonly rows: readonly WideRow[];
  /** The number that each row's line has among all that came. */
  readonly numbers: readonly number[];
}

interface WideRow {
  /** The texts of the JSON columns. */
  readonly parcels: readonly string[];
  /** Milliseconds since 1970, as text. */
  readonly emittedAt: string | null;
  readonly meta: string;
  readonly bytes: number;
}

/** The records as rows of the JSON columns, so many at once as DuckDB should hold; at least one piece. */
async function* piecesOf(
  landing: Landing,
  columns: readonly LandingColumn[],
  nulled: Record<string, number>,
  unreadableLines: number[],
): AsyncGenerator<Piece> {
  const reader = new LineReader(columns, nulled);
  let rows: WideRow[] = [];
  let numbers: number[] = [];
  let bytes = 0;
  let line = 0;
  let pieceCount = 0;
  for (const file of landing.files) {
    for await (const record of bytesOfLines(file)) {
      line += 1;
      const row = reader.read(record);
      if (row === undefined) {
        unreadableLines.push(line);
        continue;
      }
      rows.push(row);
      numbers.push(line);
      bytes += row.bytes;
      if (bytes < BYTES_AT_ONCE) continue;
      pieceCount += 1;
      yield { rows, numbers };
      rows = [];
      numbers = [];
      bytes = 0;
    }
  }
  if (line !== landing.lineCount) throw landingIncomplete(landing.table, landing.lineCount, line);
  if (rows.length > 0 || pieceCount === 0) yield { rows, numbers };
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

  constructor(columns: readonly LandingColumn[], nulled: Record<string, number>) {
    this.#nulled = nulled;
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

  /** Undefined when it is no record, as far as one sees without parsing it. */
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
    const emittedAt = given === 'null' ? null : given.replaceAll('"', '');
    if (emittedAt !== null && !isInstant(Number(emittedAt))) return undefined;

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
    return {
      parcels,
      emittedAt,
      meta: changes.length === 0 ? NO_CHANGES : JSON.stringify({ changes }),
      bytes: line.length,
    };
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
