import { landingIncomplete } from '../errors.ts';
import {
  AIRBYTE_COLUMNS,
  type FieldPath,
  LAST_INSTANT,
  type Landing,
  type LandingColumn,
  type LandingResult,
  type LandingWrite,
  shapeOf,
  wider,
} from '../landing.ts';
import type { Column, LogicalType } from '../values.ts';
import type { Warehouse } from '../warehouse.ts';
import { literal, pointer, quote, SQL_TYPES } from './sql.ts';

/** What landing needs of the warehouse. */
export type Database = Pick<Warehouse, 'ensureTable' | 'query' | 'tableColumns'>;

/** The records of this landing, typed; their `rowid` grows with their lines (inside a transaction it starts at 2^55). */
const BATCH = 'temp.tenure_batch';
/** Bytes of a line that DuckDB makes room for at least: small, so that its threads share a file. */
const LEAST_OBJECT_SIZE = 1024 * 1024;
const MEGABYTE = 1024 * 1024;
/** Columns that a landing has room for in the memory that `tenure sync` gives; each more takes about 1 MB (`WIDE_FROM`). */
const FEW_COLUMNS = 64;
/**
 * The memory that a landing may need beyond what `tenure sync` gives, or undefined: DuckDB holds several times the
 * longest line, some bytes for each value, also of the columns that records leave out, and about 1 MB for each column.
 */
function memoryFor({ longestLine, lineCount, columns }: Landing): number | undefined {
  if (longestLine > 4 * MEGABYTE || lineCount * columns.length * 16 > 64 * MEGABYTE) return 4096;
  return columns.length > FEW_COLUMNS ? 128 + columns.length : undefined;
}

/** Lets DuckDB take so many megabytes, if it may not take more already. The commit needs them too, so they stay. */
export async function allow(database: Database, megabytes: number): Promise<void> {
  const { rows } = await database.query(`select current_setting('memory_limit') as allowed`);
  const [, amount = '0', unit = ''] = /^([\d.]+) (\w+)$/.exec(String(rows[0]?.allowed)) ?? [];
  const held = Number(amount) * 1024 ** (['bytes', 'KiB', 'MiB', 'GiB', 'TiB'].indexOf(unit) - 2);
  if (held < megabytes) await database.query(`set memory_limit = '${megabytes}MiB'`);
}
const NO_CHANGES = '{"changes":[]}';

/**
 * Lands record lines in a DuckDB table that has their columns; call it inside a transaction. DuckDB parses the lines itself: every
 * value is read as text and tried on its column's type, so that one that does not fit becomes null and is named in
 * `_airbyte_meta`, and 64-bit integers keep their digits.
 */
export async function landInDuckDB(database: Database, landing: Landing): Promise<LandingResult> {
  const columns = await tableOf(database, landing);
  const memory = memoryFor(landing);
  if (memory !== undefined) await allow(database, memory);
  await database.query(batchStatement(landing, columns));
  try {
    const read = await countOf(database, BATCH);
    if (read !== landing.lineCount) throw landingIncomplete(landing.table, landing.lineCount, read);
    const unreadableLines = await dropUnreadable(database, landing);
    const nulled = await countNulled(database);
    const merged = await merge(database, landing, columns);
    return { ...merged, unreadableLines, nulled };
  } finally {
    await database.query(`drop table if exists ${BATCH}`).catch(() => {}); // a failed transaction takes it along
  }
}

/** Creates the table, adds or widens columns; gives the columns as they are then. */
async function tableOf(database: Database, landing: Landing): Promise<readonly LandingColumn[]> {
  const present = await database.tableColumns('raw', landing.table);
  const typeOf = new Map(present?.map((column) => [column.name.toLowerCase(), column.type]));
  if (landing.write.kind === 'replace' && present !== undefined) return landing.columns; // made anew, if at all
  await database.ensureTable('raw', landing.table, [...landing.columns, ...AIRBYTE_COLUMNS]);
  const columns: LandingColumn[] = [];
  for (const column of landing.columns) {
    const held = typeOf.get(column.name.toLowerCase()) ?? column.type;
    const type = wider(held, column.type);
    if (type !== held) {
      await database.query(
        `alter table ${tableName(landing)} alter column ${quote(column.name)} set data type ${SQL_TYPES[type]}`,
      );
    }
    columns.push({ ...column, type });
  }
  return columns;
}

const tableName = (landing: Landing) => `raw.${quote(landing.table)}`;

/** Reads the lines into the batch table. */
function batchStatement(landing: Landing, columns: readonly LandingColumn[]): string {
  const properties = columns.flatMap(({ property }) => (property === undefined ? [] : [property]));
  const isStruct =
    properties.length > 0 && new Set(properties.map((name) => name.toLowerCase())).size === properties.length;
  const fieldType = (column: LandingColumn) => (column.type === 'json' ? 'JSON' : 'VARCHAR');
  const fields = columns.map((column) => `${quote(column.property ?? '')} ${fieldType(column)}`).join(', ');
  // Names of a struct ignore case; data whose names differ only by case is read as a map, which does not.
  const dataType = properties.length === 0 ? 'JSON' : isStruct ? `STRUCT(${fields})` : 'MAP(VARCHAR, JSON)';
  const recordType = `STRUCT(data ${dataType}, emitted_at DOUBLE, meta JSON)`;

  const given = (column: LandingColumn) => {
    if (column.property === undefined) return 'data';
    if (isStruct) return `data.${quote(column.property)}`;
    const value = `data[${literal(column.property)}]`;
    return column.type === 'json' ? `nullif(${value}, 'null')` : `json_extract_string(${value}, '$')`;
  };
  const typed = columns.flatMap((column, index) => [
    `${typedValue(column.type, given(column))} as v${index}`,
    ...(isTried(column.type) ? [`${given(column)} as t${index}`] : []),
  ]);
  const unfit = columns.flatMap((column, index) =>
    isTried(column.type)
      ? [{ name: column.name, condition: `(t${index} is not null and v${index} is null)` }]
      : [],
  );
  // A struct is also made of data that are no object: one of nulls, told apart from an empty object later.
  const isEmpty = columns
    .map((column) =>
      column.property === undefined ? `json_type(data) <> 'OBJECT'` : `${given(column)} is null`,
    )
    .join(' and ');
  const anyUnfit = ['meta is not null', ...unfit.map(({ condition }) => condition)].join(' or ');
  const changes = unfit.map(
    ({ name, condition }) =>
      `case when ${condition} then json_object('field', ${literal(name)}, 'change', 'NULLED', 'reason', 'DESTINATION_TYPECAST_ERROR') end`,
  );

  return `
    create or replace temp table tenure_batch as
    with lines as (
      select record.data as data, record.emitted_at as emitted_at, record.meta as meta
      from ${readLines(landing, recordType)}
    ),
    typed as (
      select ${[...typed, `(data is null or not coalesce(emitted_at >= 0 and emitted_at < ${LAST_INSTANT}, true)) as is_unreadable`, `(${isEmpty}) as is_empty`, 'emitted_at', 'meta'].join(', ')} from lines
    )
    select
      ${columns.map((column, index) => `v${index} as ${quote(column.name)},`).join('\n      ')}
      cast(uuid() as varchar) as _airbyte_raw_id,
      case when not is_unreadable then make_timestamp(cast(emitted_at * 1000 as bigint)) end as _airbyte_extracted_at,
      cast(
        case when ${anyUnfit} then json_object('changes', list_concat(
          coalesce(from_json(json_extract(meta, '$.changes'), '["JSON"]'), cast([] as json[])),
          list_filter(cast([${changes.join(', ')}] as json[]), lambda change: change is not null)
        )) else ${literal(NO_CHANGES)} end as json
      ) as _airbyte_meta,
      cast(${landing.generationId} as bigint) as _airbyte_generation_id,
      is_unreadable as _tenure_is_unreadable,
      is_empty as _tenure_is_empty
    from typed`;
}

/** Whether a value given as text may fail to become this type. */
const isTried = (type: LogicalType) => type !== 'string' && type !== 'json';

function typedValue(type: LogicalType, text: string): string {
  switch (type) {
    case 'string':
    case 'json':
      return text;
    case 'integer': // DuckDB would round 1.5 to 2
      return `case when try_cast(${text} as double) = try_cast(${text} as bigint) then try_cast(${text} as bigint) end`;
    case 'number':
      return `case when isfinite(try_cast(${text} as double)) then try_cast(${text} as double) end`;
    case 'timestamp': // a cast straight to TIMESTAMP drops the offset instead of applying it
      return `case when isfinite(try_cast(${text} as timestamptz)) then cast(try_cast(${text} as timestamptz) as timestamp) end`;
    case 'date':
      return `case when isfinite(try_cast(${text} as date)) then try_cast(${text} as date) end`;
    default:
      return `try_cast(${text} as ${SQL_TYPES[type]})`;
  }
}

export async function countOf(database: Database, relation: string): Promise<number> {
  const { rows } = await database.query(`select count(*) as n from ${relation}`);
  return Number(rows[0]?.n);
}

/** The lines as rows of one column `record`; null in a line that is no JSON. */
const readLines = (landing: Landing, recordType: string) =>
  `read_json(
        [${landing.files.map(literal).join(', ')}],
        format = 'newline_delimited',
        columns = {record: ${literal(recordType)}},
        ignore_errors = true,
        maximum_object_size = ${Math.max(LEAST_OBJECT_SIZE, landing.longestLine * 2)}
      )`;

/** Takes what is no record out of the batch; gives the numbers of its lines. */
async function dropUnreadable(database: Database, landing: Landing): Promise<number[]> {
  const { rows } = await database.query(
    `select rowid - first_value + 1 as line, _tenure_is_unreadable as is_unreadable
     from ${BATCH}, (select min(rowid) as first_value from ${BATCH})
     where _tenure_is_unreadable or _tenure_is_empty order by 1`,
  );
  const suspects = rows.filter((row) => row.is_unreadable !== true);
  const noObjects = new Set(suspects.length === 0 ? [] : await linesWithoutObject(database, landing));
  const bad = rows.filter((row) => row.is_unreadable === true || noObjects.has(Number(row.line)));
  const lines = bad.map((row) => Number(row.line));
  if (lines.length > 0) {
    const line = `rowid - (select min(rowid) from ${BATCH}) + 1`;
    await database.query(`delete from ${BATCH} where ${line} in (${lines.join(', ')})`);
  }
  return lines;
}

async function linesWithoutObject(database: Database, landing: Landing): Promise<number[]> {
  const { rows } = await database.query(
    `select line from (
       select row_number() over () as line, json_type(record.data) as type
       from ${readLines(landing, 'STRUCT(data JSON)')}
     ) where type <> 'OBJECT'`,
  );
  return rows.map((row) => Number(row.line));
}

async function countNulled(database: Database): Promise<Record<string, number>> {
  const { rows } = await database.query(`
    with changes as (
      select unnest(from_json(json_extract(_airbyte_meta, '$.changes'), '[{"field": "VARCHAR", "reason": "VARCHAR"}]')) as change
      from ${BATCH}
      where _airbyte_meta <> ${literal(NO_CHANGES)}
    )
    select change.field as field, count(*) as n from changes
    where change.reason = 'DESTINATION_TYPECAST_ERROR'
    group by change.field order by change.field`);
  return Object.fromEntries(rows.map((row) => [String(row.field), Number(row.n)]));
}

export type Merged = Pick<LandingResult, 'landed' | 'rowCount' | 'generationId'>;

async function merge(
  database: Database,
  landing: Landing,
  columns: readonly LandingColumn[],
): Promise<Merged> {
  const table = tableName(landing);
  if (landing.write.kind === 'replace') return replace(database, landing, columns);

  const before = await countOf(database, table);
  const names = [...columns, ...AIRBYTE_COLUMNS].map((column) => quote(column.name)).join(', ');
  const where = await meet(database, landing.write, { batch: BATCH, table, compared: columns });
  await database.query(
    `insert into ${table} (${names}) select ${names} from ${BATCH} as sent where ${where}`,
  );
  const rowCount = await countOf(database, table);
  return { landed: rowCount - before, rowCount, generationId: landing.generationId };
}

/** Rows that came, the table that they go to, and the columns that tell whether two rows say the same. */
export interface Meeting {
  readonly batch: string;
  readonly table: string;
  /** The tables that `table` is made of, when it is a query itself. */
  readonly tables?: readonly string[];
  readonly compared: readonly Column[];
}

/**
 * Drops the rows of the batch that are beaten by others and those of the table that the batch replaces; gives the
 * condition on the rows of the batch, named `sent`, that are to be inserted.
 */
export async function meet(database: Database, write: LandingWrite, meeting: Meeting): Promise<string> {
  if (write.kind === 'append' || write.kind === 'replace') return 'true';
  await dropBeaten(database, meeting.batch, write);
  if ((await keysInCommon(database, meeting, write.key)) === 0) return 'true';
  if (write.kind === 'snapshot') {
    await dropUnchanged(database, meeting, write.key);
    return 'true';
  }
  await deleteSuperseded(database, meeting, write);
  return `not exists (select 1 from ${meeting.table} as held where ${sameKey(write.key)})`;
}

type Upsert = Extract<Landing['write'], { kind: 'upsert' }>;

function field(relation: string, [column, ...names]: FieldPath): string {
  const value = `${relation}.${quote(column)}`;
  if (names.length === 0) return value;
  return `json_extract_string(${value}, ${literal(pointer(names))})`;
}

const ordered = (relation: string, order: FieldPath, type: Upsert['orderType']) =>
  type === undefined ? field(relation, order) : `try_cast(${field(relation, order)} as ${SQL_TYPES[type]})`;

const sameKey = (key: readonly FieldPath[]) =>
  key.map((path) => `${field('held', path)} is not distinct from ${field('sent', path)}`).join(' and ');

/** Rows of the table whose key the batch has too: mostly none, and then nothing but keys is read of the table. */
const keysInCommon = (database: Database, { table, batch }: Meeting, key: readonly FieldPath[]) =>
  countOf(database, `${table} as held semi join ${batch} as sent on ${sameKey(key)}`);

/** Leaves one record of the batch for each key. */
async function dropBeaten(
  database: Database,
  batch: string,
  { key, order, orderType }: Omit<Partial<Upsert>, 'kind'> & Pick<Upsert, 'key'>,
): Promise<void> {
  const keys = key.map((path) => field('sent', path)).join(', ');
  const keyCount = await countOf(database, `(select distinct ${keys} from ${batch} as sent)`);
  if (keyCount === (await countOf(database, batch))) return;
  const best = [
    ...(order === undefined ? [] : [ordered('sent', order, orderType)]),
    'sent._airbyte_extracted_at',
    'sent.rowid',
  ];
  await database.query(`
    delete from ${batch} where rowid in (
      select line from (
        select sent.rowid as line, row_number() over (
          partition by ${keys} order by ${best.map((value) => `${value} desc nulls last`).join(', ')}
        ) as place
        from ${batch} as sent
      ) where place > 1
    )`);
}

/** Deletes the rows of the table that a newer record of the batch replaces with other data. */
async function deleteSuperseded(
  database: Database,
  { batch, table, tables = [table], compared }: Meeting,
  { key, order, orderType }: Upsert,
): Promise<void> {
  const keyed = new Set(
    key.flatMap(([column, ...names]) => (names.length === 0 ? [column.toLowerCase()] : [])),
  );
  const others = compared.filter((column) => !keyed.has(column.name.toLowerCase()));
  if (others.length === 0) return;
  const differs = others
    .map(({ name }) => `held.${quote(name)} is distinct from sent.${quote(name)}`)
    .join(' or ');
  const extractedLater =
    'coalesce(sent._airbyte_extracted_at >= held._airbyte_extracted_at, held._airbyte_extracted_at is null)';
  const place = (relation: string) => (order === undefined ? '' : ordered(relation, order, orderType));
  const isNewer =
    order === undefined
      ? extractedLater
      : `coalesce(${place('sent')} > ${place('held')}, ${place('held')} is null and ${place('sent')} is not null)
         or (${place('sent')} is not distinct from ${place('held')} and ${extractedLater})`;
  for (const each of tables)
    await database.query(
      `delete from ${each} as held using ${batch} as sent
       where ${sameKey(key)} and (${isNewer}) and (${differs})`,
    );
}

/** Drops the records that say what the newest row of their key says already. */
async function dropUnchanged(
  database: Database,
  { batch, table, compared }: Meeting,
  key: readonly FieldPath[],
): Promise<void> {
  const read = new Set([...key.map(([name]) => name), ...compared.map(({ name }) => name)]);
  const same = compared
    .map(({ name }) => `held.${quote(name)} is not distinct from sent.${quote(name)}`)
    .join(' and ');
  await database.query(`
    delete from ${batch} as sent using (
      select ${[...read].map((name) => `kept.${quote(name)}`).join(', ')} from ${table} as kept
      qualify row_number() over (
        partition by ${key.map((path) => field('kept', path)).join(', ')}
        order by kept._airbyte_extracted_at desc nulls last, kept.rowid desc
      ) = 1
    ) as held
    where ${sameKey(key)} and ${same}`);
}

async function replace(
  database: Database,
  landing: Landing,
  columns: readonly LandingColumn[],
): Promise<Merged> {
  const table = tableName(landing);
  const present = await database.tableColumns('raw', landing.table);
  const rowCount = await countOf(database, BATCH);
  let landed = rowCount;
  if (present !== undefined && shapeOf(present) === shapeOf([...columns, ...AIRBYTE_COLUMNS])) {
    const names = columns.map((column) => quote(column.name)).join(', ');
    landed = await countOf(
      database,
      `(select ${names} from ${BATCH} except all select ${names} from ${table})`,
    );
    if (landed === 0 && rowCount === (await countOf(database, table))) {
      const { rows } = await database.query(`select max(_airbyte_generation_id) as generation from ${table}`);
      return { landed: 0, rowCount, generationId: Number(rows[0]?.generation ?? landing.generationId) };
    }
  }
  await database.query(`drop table if exists ${table}`);
  await database.query(
    `create table ${table} as select * exclude (_tenure_is_unreadable, _tenure_is_empty) from ${BATCH}`,
  );
  return { landed, rowCount, generationId: landing.generationId };
}
