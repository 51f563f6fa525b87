import { tooManyColumns } from '../errors.ts';
import {
  AIRBYTE_COLUMNS,
  type FieldPath,
  type Landing,
  type LandingColumn,
  type LandingResult,
  type LandingWrite,
  shapeOf,
  wider,
} from '../landing.ts';
import { withRecordFile } from '../record-file.ts';
import type { Column } from '../values.ts';
import type { Row, Schema, WarehouseConfig } from '../warehouse.ts';
import { literal, quote } from './sql.ts';

/** Rows loaded beside the table they go to. */
export interface Stage {
  readonly name: string;
  /** Expressions that give the rows' values as their columns' types, in the order of the columns. */
  readonly values: string;
}

/** What landing needs of the warehouse. */
export interface LandingDatabase {
  tableName(schema: Schema, table: string): string;
  tableColumns(schema: Schema, table: string): Promise<Column[] | undefined>;
  ensureTable(schema: Schema, table: string, columns: readonly Column[]): Promise<void>;
  stage(schema: Schema, columns: readonly Column[], file: string): Promise<Stage>;
  replace(schema: Schema, table: string, columns: readonly Column[], stage: Stage | undefined): Promise<void>;
  /** The clauses of a `create or replace table` by which the table lies as it does. */
  layout(schema: Schema, table: string, columns: readonly Column[]): Promise<string>;
  /** Throws `QUERY_TOO_LARGE` when the statement would read more than one may; runs nothing. */
  check(sql: string): Promise<void>;
  /** Runs a statement now. */
  run(sql: string): Promise<Row[]>;
  /** Runs a statement with the others of the transaction. */
  write(sql: string): Promise<void>;
}

/** Columns of a table (cloud.google.com/bigquery/quotas, "Standard tables"). */
const MOST_COLUMNS = 10_000;

type Merged = Pick<LandingResult, 'landed' | 'rowCount' | 'generationId'>;

/**
 * Lands record lines in a BigQuery table; call it inside a transaction. The records come in by one load job, into a
 * stage; one statement then moves them. It runs when the transaction ends, so what the landing will change is counted
 * before: no other writer may be at the table.
 */
export async function landInBigQuery(
  database: LandingDatabase,
  landing: Landing,
  scratch?: string,
): Promise<LandingResult> {
  const { write } = landing;
  const columnCount = landing.columns.length + AIRBYTE_COLUMNS.length;
  if (columnCount > MOST_COLUMNS) throw tooManyColumns(landing.table, columnCount, MOST_COLUMNS);
  const nameOf = columnNames(landing.columns);
  const named = (path: FieldPath): FieldPath => [nameOf.get(path[0]) ?? path[0], ...path.slice(1)];
  const sent = landing.columns.map((column) => ({ ...column, name: nameOf.get(column.name) ?? column.name }));
  const present = await database.tableColumns('raw', landing.table);
  const columns = write.kind === 'replace' ? sent : widened(sent, present);
  return withRecordFile(scratch, landing, columns, async (file) => {
    const all = [...columns, ...AIRBYTE_COLUMNS];
    const target: Target = {
      database,
      table: landing.table,
      generationId: landing.generationId,
      columns: all,
      present,
      stage: file.rowCount === 0 ? undefined : await database.stage('raw', all, file.path),
      sentCount: file.rowCount,
    };
    const merged =
      write.kind === 'replace'
        ? await replace(target)
        : await merge(target, {
            ...write,
            ...('key' in write && { key: write.key.map(named) }),
            ...('order' in write && { order: write.order && named(write.order) }),
          });
    const nulled = landing.columns.flatMap(({ name }) => {
      const count = file.nulled[nameOf.get(name) ?? name];
      return count === undefined ? [] : [[name, count] as const];
    });
    return { ...merged, unreadableLines: file.unreadableLines, nulled: Object.fromEntries(nulled) };
  });
}

/** A landing on its way: what the table has and what comes to it. */
interface Target {
  readonly database: LandingDatabase;
  readonly table: string;
  readonly generationId: number;
  readonly columns: readonly Column[];
  readonly present: readonly Column[] | undefined;
  /** Undefined when no record came. */
  readonly stage: Stage | undefined;
  readonly sentCount: number;
}

/** Begins what BigQuery keeps to itself. */
const RESERVED = /^(_TABLE_|_FILE_|_PARTITION|_ROW_TIMESTAMP|__ROOT__|_COLIDENTIFIER|_CHANGE_)/i;
const NAME_LENGTH = 300;

/** The names that columns have on BigQuery, where only letters, digits and `_` are sure, and case does not tell apart. */
export function columnNames(columns: readonly Column[]): ReadonlyMap<string, string> {
  const taken = new Set(AIRBYTE_COLUMNS.map(({ name }) => name));
  const names = new Map<string, string>();
  for (const { name } of columns) {
    const plain = name.replace(/[^A-Za-z0-9_]/g, '_').slice(0, NAME_LENGTH - 10);
    const safe = /^\d/.test(plain) || RESERVED.test(plain) ? `c_${plain}` : plain;
    let free = safe;
    for (let suffix = 1; taken.has(free.toLowerCase()); suffix += 1) free = `${safe}_${suffix}`;
    taken.add(free.toLowerCase());
    names.set(name, free);
  }
  return names;
}

/**
 * The names that the columns of a raw table of DuckDB, where any name goes, have on another type of warehouse: those
 * under which the next sync looks for them.
 *
 * @example rawColumnNames('bigquery', [{ name: 'Plan Name', type: 'string' }]) // Map { 'Plan Name' → 'Plan_Name' }
 */
export function rawColumnNames(
  type: WarehouseConfig['type'],
  columns: readonly Column[],
): ReadonlyMap<string, string> {
  return type === 'bigquery' ? columnNames(dataOf(columns)) : new Map();
}

/** The columns with types that hold both what the table has and what its stream now sends. */
function widened(
  columns: readonly LandingColumn[],
  present: readonly Column[] | undefined,
): readonly LandingColumn[] {
  const typeOf = new Map(present?.map((column) => [column.name.toLowerCase(), column.type]));
  return columns.map((column) => ({
    ...column,
    type: wider(typeOf.get(column.name.toLowerCase()) ?? column.type, column.type),
  }));
}

/** The statements that widen columns of the table; a text takes what was something else in by writing the table anew. */
async function widenings({ database, table, columns, present }: Target): Promise<string[]> {
  const name = database.tableName('raw', table);
  const typeOf = new Map(columns.map((column) => [column.name.toLowerCase(), column.type]));
  const retyped = (present ?? []).flatMap((held) => {
    const type = typeOf.get(held.name.toLowerCase()) ?? held.type;
    return type === held.type ? [] : [{ column: quote(held.name), type }];
  });
  const isWrittenAnew = retyped.some(({ type }) => type !== 'number');
  const layout = isWrittenAnew ? await database.layout('raw', table, columns) : '';
  return retyped.map(({ column, type }) =>
    type === 'number'
      ? `alter table ${name} alter column ${column} set data type FLOAT64`
      : `create or replace table ${name}${layout} as select * replace (cast(${column} as STRING) as ${column}) from ${name}`,
  );
}

/**
 * Creates the table, adds or widens columns. None of it is part of a transaction, and none of it loses anything. What it
 * and the merge after it would read is checked before: the merge itself names columns that are not there yet, so that all
 * of the table stands for it.
 */
async function reshape(target: Target, write: MergeWrite): Promise<void> {
  const { database, table, columns, present } = target;
  const statements = await widenings(target);
  const known = new Set(present?.map(({ name }) => name.toLowerCase()));
  const isWider = statements.length > 0 || columns.some(({ name }) => !known.has(name.toLowerCase()));
  const isWrittenAnew = statements.some((statement) => statement.startsWith('create'));
  if (present !== undefined && (isWrittenAnew || (isWider && write.kind !== 'append')))
    await database.check(`select * from ${database.tableName('raw', table)}`);
  await database.ensureTable('raw', table, columns);
  for (const statement of statements) await database.run(statement);
}

async function merge(target: Target, write: MergeWrite): Promise<Merged> {
  const { database, table, columns, present, stage, generationId, sentCount } = target;
  const name = database.tableName('raw', table);
  const sql = stage && new LandingSql(name, columns, stage);
  const statement = sql?.statement(write);
  await reshape(target, write);
  const count = async (text: string) => Number((await database.run(text))[0]?.n);
  const held = present === undefined ? 0 : await count(`select count(*) as n from ${name}`);
  if (sql === undefined || statement === undefined) return { landed: 0, rowCount: held, generationId };
  await database.check(statement);
  const landed = write.kind === 'append' ? sentCount : await count(sql.count(write));
  await database.write(statement);
  return { landed, rowCount: held + landed, generationId };
}

async function replace(target: Target): Promise<Merged> {
  const { database, table, columns, present, stage, generationId, sentCount: rowCount } = target;
  let landed = rowCount;
  if (present !== undefined && shapeOf(present) === shapeOf(columns)) {
    const name = database.tableName('raw', table);
    const data = (relation: string) => `to_json_string(${struct(relation, dataOf(columns))})`;
    const fresh =
      stage &&
      `select coalesce(sum(greatest(fresh.n - coalesce(old.n, 0), 0)), 0) from
         (select ${data('sent')} as data, count(*) as n from ${rowsOf(stage)} as sent group by data) as fresh
         left join (select ${data('held')} as data, count(*) as n from ${name} as held group by data) as old
         on old.data = fresh.data`;
    const comparison = `select (${fresh ?? 'select 0'}) as landed, count(*) as held, max(_airbyte_generation_id) as generation from ${name}`;
    await database.check(comparison);
    const [found] = await database.run(comparison);
    landed = Number(found?.landed);
    if (landed === 0 && Number(found?.held) === rowCount) {
      return { landed, rowCount, generationId: Number(found?.generation ?? generationId) };
    }
  }
  await database.replace('raw', table, columns, stage);
  return { landed, rowCount, generationId };
}

/** The columns' values as one; its JSON text tells rows apart whatever their types, null being a value like others. */
const struct = (relation: string, columns: readonly Column[]) =>
  `struct(${columns.map(({ name }, index) => `${relation}.${quote(name)} as c${index}`).join(', ')})`;

const dataOf = (columns: readonly Column[]) =>
  columns.filter(({ name }) => !AIRBYTE_COLUMNS.some((ours) => ours.name === name));

/** The rows of a stage, typed. */
const rowsOf = (stage: Stage) => `(select ${stage.values} from ${stage.name})`;

type MergeWrite = Exclude<LandingWrite, { kind: 'replace' }>;
type Upsert = Extract<LandingWrite, { kind: 'upsert' }>;
type Key = readonly FieldPath[];

/** The statements of a landing: `held` are the rows of the table, `sent` those of the stage. */
class LandingSql {
  readonly #table: string;
  readonly #columns: readonly Column[];
  readonly #data: readonly Column[];
  readonly #sent: string;

  constructor(table: string, columns: readonly Column[], stage: Stage) {
    this.#table = table;
    this.#columns = columns;
    this.#data = dataOf(columns);
    this.#sent = rowsOf(stage);
  }

  statement(write: MergeWrite): string {
    if (write.kind === 'upsert') return this.#upsert(write);
    const rows =
      write.kind === 'append'
        ? `select ${this.#names()} from ${this.#sent} as sent`
        : this.#unseen(write.key);
    return `insert into ${this.#table} (${this.#names()}) ${rows}`;
  }

  /** A query for the number of rows that the statement adds. */
  count(write: Exclude<MergeWrite, { kind: 'append' }>): string {
    if (write.kind === 'snapshot') return `select count(*) as n from (${this.#unseen(write.key)})`;
    return `select count(distinct ${this.#keyOf('sent', write.key)}) as n from ${this.#sent} as sent
      where ${this.#keyOf('sent', write.key)} not in (select ${this.#keyOf('held', write.key)} from ${this.#table} as held)`;
  }

  #upsert({ key, order }: Upsert): string {
    const keyed = new Set(
      key.flatMap(([column, ...names]) => (names.length === 0 ? [column.toLowerCase()] : [])),
    );
    const others = this.#data.filter((column) => !keyed.has(column.name.toLowerCase()));
    const extractedLater =
      'coalesce(sent._airbyte_extracted_at >= held._airbyte_extracted_at, held._airbyte_extracted_at is null)';
    const [before, after] =
      order === undefined ? [] : [this.#field('held', order), this.#field('sent', order)];
    const isNewer =
      before === undefined
        ? extractedLater
        : `(coalesce(${after} > ${before}, ${before} is null and ${after} is not null)
            or (coalesce(${after} = ${before}, ${before} is null and ${after} is null) and ${extractedLater}))`;
    const update =
      others.length === 0
        ? ''
        : `when matched and ${isNewer} and ${differs(others)} then update set ${this.#columns
            .map(({ name }) => `${quote(name)} = sent.${quote(name)}`)
            .join(', ')}`;
    return `merge into ${this.#table} as held
      using (${this.#best(key, order)}) as sent
      on ${this.#keyOf('held', key)} = ${this.#keyOf('sent', key)}
      ${update}
      when not matched then insert (${this.#names()}) values (${this.#names('sent.')})`;
  }

  /** Records of the stage that say something else than the newest row of their key. */
  #unseen(key: Key): string {
    const newest = `select * from ${this.#table} as kept qualify row_number() over (
      partition by ${this.#keyOf('kept', key)} order by kept._airbyte_extracted_at desc, kept._airbyte_raw_id desc) = 1`;
    return `select ${this.#names('sent.')} from (${this.#best(key, undefined)}) as sent left join (${newest}) as held
      on ${this.#keyOf('held', key)} = ${this.#keyOf('sent', key)}
      where held._airbyte_raw_id is null or ${differs(this.#data)}`;
  }

  /** One record of the stage for each key. */
  #best(key: Key, order: FieldPath | undefined): string {
    const best = [
      ...(order === undefined ? [] : [this.#field('one', order)]),
      'one._airbyte_extracted_at',
      'one._airbyte_raw_id', // grows with the lines
    ];
    return `select * from ${this.#sent} as one qualify row_number() over (
      partition by ${this.#keyOf('one', key)} order by ${best.map((value) => `${value} desc`).join(', ')}) = 1`;
  }

  #names(relation = ''): string {
    return this.#columns.map(({ name }) => `${relation}${quote(name)}`).join(', ');
  }

  #keyOf(relation: string, key: Key): string {
    const values = key.map((path, index) => `${this.#field(relation, path)} as k${index}`);
    return `to_json_string(struct(${values.join(', ')}))`;
  }

  #field(relation: string, [column, ...names]: FieldPath): string {
    const type = this.#columns.find(({ name }) => name.toLowerCase() === column.toLowerCase())?.type;
    if (type === undefined) throw new TypeError(`the key or cursor ${column} is no column of ${this.#table}`);
    const value = `${relation}.${quote(column)}`;
    if (names.length > 0) {
      const path = names.map((name) => `.${JSON.stringify(name)}`).join('');
      return `json_value(${value}, ${literal(`$${path}`)})`;
    }
    return type === 'json' ? `to_json_string(${value})` : value;
  }
}

const differs = (columns: readonly Column[]) =>
  `to_json_string(${struct('sent', columns)}) <> to_json_string(${struct('held', columns)})`;
