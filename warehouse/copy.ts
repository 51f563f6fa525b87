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
  { schema, table, columns, where, name = table }: TableCopy,
  onProgress: (rows: number) => void = () => {},
): Promise<number> {
  const rows = untyped(from)
    .selectFrom(`${schema}.${table} as copied`)
    .select(columns.map(({ name, type }) => exact(sql.id(name), type).as(name)))
    .$if(where !== undefined, (query) => query.where(where!))
    .stream();
  let copied = 0;
  let held: Row[] = [];
  const load = async () => {
    if (copied === 0) await to.replaceTable(schema, name, columns, held);
    else await to.loadRows(schema, name, columns, held);
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

/** What a column holds: how many values, and a sum that tells of their content (of texts, their lengths). */
export interface ColumnFigures {
  readonly column: string;
  readonly count: number;
  /** Null for JSON, which warehouses write in their own ways. */
  readonly sum: number | null;
}

export interface TableFigures {
  readonly rows: number;
  readonly columns: readonly ColumnFigures[];
}

/** The figures of a table, the same on each kind of warehouse for the same rows. */
export async function tableFigures(
  warehouse: Warehouse,
  schema: Schema,
  table: string,
  columns: readonly Column[],
): Promise<TableFigures> {
  const figures = columns.flatMap(({ name, type }, index) => [
    sql<number>`count(${sql.id(name)})`.as(`count_${index}`),
    sql<number | null>`coalesce(sum(1e0 * ${content(sql.id(name), type)}), 0)`.as(`sum_${index}`),
  ]);
  const found = (await untyped(warehouse)
    .selectFrom(`${schema}.${table}`)
    .select([sql<number>`count(*)`.as('rows_there'), ...figures])
    .executeTakeFirstOrThrow()) as Record<string, number>;
  return {
    rows: Number(found.rows_there),
    columns: columns.map(({ name, type }, index) => ({
      column: name,
      count: Number(found[`count_${index}`]),
      sum: type === 'json' ? null : Number(found[`sum_${index}`]),
    })),
  };
}

function content(column: RawBuilder<unknown>, type: Column['type']): RawBuilder<unknown> {
  const part = (name: string) => sql`extract(${sql.raw(name)} from ${column})`;
  const day = sql`(${part('year')} * 372 + ${part('month')} * 31 + ${part('day')})`;
  switch (type) {
    case 'json':
      return sql`0`;
    case 'string':
      return sql`length(${column})`;
    case 'boolean':
      return sql`case when ${column} then 1 else 0 end`;
    case 'date':
      return day;
    case 'timestamp':
      return sql`(${day} * 86400 + ${part('hour')} * 3600 + ${part('minute')} * 60 + ${part('second')})`;
    default:
      return column;
  }
}

/** Sums of fractions depend on the order in which a warehouse adds. */
const TOLERANCE = 1e-9;

/** The columns in which two tables differ, `*` for the number of rows; none when they hold the same. */
export function differingColumns(here: TableFigures, there: TableFigures): string[] {
  const columns = here.columns.filter(({ column, count, sum }) => {
    const other = there.columns.find((each) => each.column === column);
    if (other?.count !== count) return true;
    if (sum === null || other.sum === null) return sum !== other.sum;
    return Math.abs(sum - other.sum) > TOLERANCE * Math.max(1, here.rows, Math.abs(sum));
  });
  return [...(here.rows === there.rows ? [] : ['*']), ...columns.map(({ column }) => column)];
}
