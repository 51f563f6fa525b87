import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Column } from './values.ts';
import type { Row, Schema, Warehouse } from './warehouse.ts';

/** Rows that are held, and then loaded, at once. */
const ROWS_AT_ONCE = 250_000;

export interface TableCopy {
  readonly schema: Schema;
  readonly table: string;
  /** The columns to copy, of those that the table has. */
  readonly columns: readonly Column[];
  /** The rows to copy of the table, which it may call `copied`; all of them unless it is given. */
  readonly where?: RawBuilder<boolean>;
  /** The name of the copy; the table's own unless it is given. */
  readonly name?: string;
  /** The names of columns in the copy, of those that are called otherwise there. */
  readonly columnNames?: ReadonlyMap<string, string>;
}

const untyped = ({ db }: Warehouse) => db as unknown as Kysely<Record<string, Row>>;

/**
 * Replaces a table of one warehouse by the rows of the same table of another and gives their number. Integers and
 * decimals go as text, so that none is rounded.
 *
 * @example await copyTable(from, to, { schema: 'ops', table: 'runs', columns }) // 12
 */
export async function copyTable(
  from: Warehouse,
  to: Warehouse,
  { schema, table, columns, where, name = table, columnNames }: TableCopy,
  onProgress: (rows: number) => void = () => {},
): Promise<number> {
  const named = columns.map((column) => ({ ...column, name: columnNames?.get(column.name) ?? column.name }));
  const rows = untyped(from)
    .selectFrom(`${schema}.${table} as copied`)
    .select(columns.map(({ name, type }, index) => exact(sql.id(name), type).as(named[index]?.name ?? name)))
    .$if(where !== undefined, (query) => query.where(where!))
    .stream();
  let copied = 0;
  let held: Row[] = [];
  const load = async () => {
    if (copied === 0) await to.replaceTable(schema, name, named, held);
    else await to.loadRows(schema, name, named, held);
    copied += held.length;
    held = [];
    onProgress(copied);
  };
  for await (const row of rows) {
    held.push(row);
    if (held.length === ROWS_AT_ONCE) await load();
  }
  if (held.length > 0 || copied === 0) await load();
  return copied;
}

const exact = (column: RawBuilder<unknown>, type: Column['type']) =>
  type === 'integer' || type === 'decimal' ? sql`cast(${column} as string)` : column;

/** What a column holds: how many values, and a sum that tells of their content. */
export interface ColumnFigures {
  readonly column: string;
  readonly count: number;
  /**
   * An exact sum as text: of integers, decimals, booleans, days since 1970, microseconds since 1970, the lengths of texts.
   * A number for fractions, whose sum depends on the order of adding.
   */
  readonly sum: number | string;
}

export interface TableFigures {
  readonly rows: number;
  readonly columns: readonly ColumnFigures[];
}

/**
 * What is summed of JSON. Each kind of warehouse writes it in its own way, so that two of a kind can compare the lengths
 * of its `text`, others only the `kind` of each value: a JSON text in an object's place shows.
 */
export type JsonFigure = 'text' | 'kind';

/** The figures of a table, the same on each kind of warehouse for the same rows. */
export async function tableFigures(
  warehouse: Warehouse,
  schema: Schema,
  table: string,
  columns: readonly Column[],
  json: JsonFigure = 'kind',
): Promise<TableFigures> {
  const sumOf = (column: RawBuilder<unknown>, type: Column['type']): RawBuilder<number | string | null> =>
    type === 'number'
      ? sql`sum(1e0 * ${column})`
      : sql`cast(${total(warehouse.type, content(warehouse.type, column, type, json))} as string)`;
  const figures = columns.flatMap(({ name, type }, index) => [
    sql<number>`count(${sql.id(name)})`.as(`count_${index}`),
    sumOf(sql.id(name), type).as(`sum_${index}`),
  ]);
  const found = (await untyped(warehouse)
    .selectFrom(`${schema}.${table}`)
    .select([sql<number>`count(*)`.as('rows_there'), ...figures])
    .executeTakeFirstOrThrow()) as Record<string, number | string | null>;
  return {
    rows: Number(found.rows_there),
    columns: columns.map(({ name, type }, index) => {
      const sum = found[`sum_${index}`] ?? 0; // null: there is no value
      return {
        column: name,
        count: Number(found[`count_${index}`]),
        sum: type === 'number' ? Number(sum) : withoutZeros(String(sum)),
      };
    }),
  };
}

/** A sum without overflow: DuckDB adds integers in 128 bits; BigQuery would in 64, and takes 76 digits when told to. */
const total = (warehouse: Warehouse['type'], value: RawBuilder<unknown>) =>
  warehouse === 'bigquery' ? sql`sum(cast(${value} as bignumeric))` : sql`sum(${value})`;

/** `1.50` as `1.5`: warehouses print decimals with or without the zeros of their scale. */
const withoutZeros = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** A whole number, or a decimal, that tells of a value. */
function content(
  warehouse: Warehouse['type'],
  column: RawBuilder<unknown>,
  type: Column['type'],
  json: JsonFigure,
): RawBuilder<unknown> {
  const isBigQuery = warehouse === 'bigquery';
  switch (type) {
    case 'json':
      if (json === 'kind') return jsonKind(column);
      return isBigQuery ? sql`length(to_json_string(${column}))` : sql`length(cast(${column} as string))`;
    case 'string':
      return sql`length(${column})`;
    case 'boolean':
      return sql`cast(${column} as ${sql.raw(isBigQuery ? 'int64' : 'integer')})`;
    case 'date':
      return isBigQuery ? sql`unix_date(${column})` : sql`date_diff('day', date '1970-01-01', ${column})`;
    case 'timestamp':
      return isBigQuery ? sql`unix_micros(${column})` : sql`epoch_us(${column})`;
    default:
      return column;
  }
}

/** A number for each kind of JSON; DuckDB says varchar for a text and has several kinds of numbers. */
const jsonKind = (column: RawBuilder<unknown>) =>
  sql`case when ${column} is not null then
    case lower(json_type(${column})) when 'object' then 1 when 'array' then 2 when 'string' then 3
    when 'varchar' then 3 when 'boolean' then 4 when 'null' then 5 else 6 end end`;

/** Sums of fractions depend on the order in which a warehouse adds. */
const TOLERANCE = 1e-9;

/** The columns in which two tables differ, `*` for the number of rows; none when they hold the same. */
export function differingColumns(here: TableFigures, there: TableFigures): string[] {
  const columns = here.columns.filter(({ column, count, sum }) => {
    const other = there.columns.find((each) => each.column === column);
    if (other?.count !== count) return true;
    if (typeof sum === 'string' || typeof other.sum === 'string') return sum !== other.sum;
    return Math.abs(sum - other.sum) > TOLERANCE * Math.max(1, here.rows, Math.abs(sum));
  });
  return [...(here.rows === there.rows ? [] : ['*']), ...columns.map(({ column }) => column)];
}
