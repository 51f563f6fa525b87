import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type RawBuilder, sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import {
  copyTable,
  dateParameter,
  type IsoDate,
  openWarehouse,
  type Schema,
  type Warehouse,
} from '../../warehouse/index.ts';
import { TenureError } from '../errors.ts';
import type { OwnPage } from '../project/own-pages.ts';
import { AUDIENCES, type Audience, decisionOf, rowsFor } from './audience.ts';
import { PAGE_SETS, QUERY_WORDS, setFor } from './page-sets.ts';

const HEALTH = 'marts.fct_account_health_daily';
const CONTRIBUTIONS = 'marts.fct_signal_contributions_daily';
const ACCOUNTS = 'marts.dim_accounts';
/** Columns in which people wrote what they think. */
const NOTES: Readonly<Record<string, readonly string[]>> = {
  'intermediate.int_canonical__sentiments': ['note'],
  'marts.fct_notes': ['text'],
};
/** Of a table with versions, the pages show what is in force. */
const PRESENT = sql<boolean>`known_until_date = cast('9999-12-31' as date)`;

/**
 * Copies what the pages' queries read out of the warehouse into a DuckDB file: Evidence and its queries stay the same
 * on every warehouse, and a page never asks BigQuery. Of the daily tables it takes the days that the pages show.
 * Rows lie in the folder `scratch` on their way; `own` are pages and queries of a company's project; an `audience` gets the
 * rows of its accounts, of every table. Gives the number of rows.
 */
export async function extractForPages(
  warehouse: Warehouse,
  file: string,
  {
    own = [],
    audience,
    withoutNotes = false,
    scratch,
    onProgress = () => {},
    onLeftOut = () => {},
  }: {
    readonly own?: readonly OwnPage[];
    readonly audience?: Audience;
    /** Whether what people wrote of an account stays out. */
    readonly withoutNotes?: boolean;
    readonly scratch?: string;
    /** Called with each table that an audience gets nothing of because nobody decided what of it is theirs. */
    readonly onLeftOut?: (table: string) => void;
    readonly onProgress?: (howFar: string, what: string) => void;
  } = {},
): Promise<number> {
  await mkdir(dirname(file), { recursive: true });
  await rm(file, { force: true });
  await rm(`${file}.wal`, { force: true });
  const queries = [
    ...(await pageQueries(PAGE_SETS[setFor(audience)].sources)),
    ...own.filter(({ kind }) => kind === 'query').map(({ text }) => text),
  ];
  const tables = [...new Set(queries.flatMap(tablesIn))].sort();
  const narrowed = await narrowedTables(warehouse);
  const extract = await openWarehouse({ type: 'duckdb', path: file }, { scratch });
  let rows = 0;
  try {
    await extract.ensureSchemas();
    if (audience !== undefined) await copyAccountsOf(audience, warehouse, extract);
    for (const [index, name] of tables.entries()) {
      onProgress(`${index + 1} of ${tables.length}`, `reading ${name}`);
      const [schema, table] = name.split('.') as [Schema, string];
      const columns = await warehouse.tableColumns(schema, table);
      if (columns === undefined) throw tableMissing(name);
      const text = queries.filter((query) => tablesIn(query).includes(name)).join('\n');
      const theirs = audience === undefined ? undefined : rowsFor(audience, name, columns);
      if (audience !== undefined && decisionOf(name, columns) === 'undecided') onLeftOut(name);
      const conditions = [narrowed[name], theirs].filter((each) => each !== undefined);
      // A query that needs a column names it.
      const read = columns.filter((column) => new RegExp(`\\b${column.name}\\b`).test(text));
      rows += await copyTable(warehouse, extract, {
        schema,
        table,
        columns: read,
        ...(conditions.length === 0 ? {} : { where: sql<boolean>`${sql.join(conditions, sql` and `)}` }),
      });
      for (const note of withoutNotes ? (NOTES[name] ?? []) : [])
        await extract.query(`update ${name} set ${note} = null`);
      // A row of theirs may name another account, as a parent does.
      for (const column of audience === undefined ? [] : read)
        if (/_account_id$/.test(column.name))
          await extract.query(
            `update ${name} set ${column.name} = null where ${column.name} not in (select account_id from ${AUDIENCES})`,
          );
    }
  } finally {
    await extract.close();
  }
  return rows;
}

/** Copies which accounts are an audience's. */
async function copyAccountsOf(
  { kind, id }: Audience,
  warehouse: Warehouse,
  extract: Warehouse,
): Promise<void> {
  const [schema, table] = AUDIENCES.split('.') as [Schema, string];
  await copyTable(warehouse, extract, {
    schema,
    table,
    columns: [{ name: 'account_id', type: 'string' }],
    where: sql<boolean>`copied.audience_kind = ${kind} and copied.audience_id = ${id}`,
  });
}

/** The text of each query behind the pages, and of the words that they share. */
async function pageQueries(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql'));
  const paths = new Set([QUERY_WORDS, ...files.map((name) => join(folder, name))]);
  return Promise.all([...paths].map((path) => readFile(path, 'utf8')));
}

/** The tables that a query reads. */
export const tablesIn = (query: string): string[] =>
  [...query.matchAll(/\b(?:marts|intermediate)\.[a-z_]+/g)].map(([name]) => name);

/** Which rows of the large tables the pages read: the days are constants, so that BigQuery reads no others. */
async function narrowedTables({ db }: Warehouse): Promise<Readonly<Record<string, RawBuilder<boolean>>>> {
  const spans = await db
    .selectFrom('intermediate.int_accounts__account_spans')
    .select(({ fn }) => fn.min<IsoDate | null>('from_date').as('first'))
    .executeTakeFirstOrThrow();
  const endings = await db
    .selectFrom(ACCOUNTS)
    .select('as_of_date')
    .distinct()
    .where('as_of_date', 'is not', null)
    .orderBy('as_of_date')
    .execute();
  const rules = await sql<{ rule: string; days: number }>`select rule, value as days
    from ${sql.table('intermediate.score_rules')} where rule in ('frozen_days', 'at_risk_rows')`.execute(db);
  const daysOf = (name: string) => Number(rules.rows.find(({ rule }) => rule === name)?.days ?? 0);
  const ends = endings.flatMap(({ as_of_date }) => as_of_date ?? []);
  const first = spans.first ?? '9999-12-31';
  const last = ends.at(-1) ?? '0001-01-01';
  /** The rows of some days, and of each account those of its last day, which is earlier once it has left. */
  const onDays = (days: readonly IsoDate[]) => {
    const all = [...new Set([...days, ...ends])].sort();
    if (all.length === 0) return sql<boolean>`1 = 0`;
    return sql<boolean>`copied.as_of_date in (${sql.join(all.map(dateParameter))})
      and (
        copied.as_of_date in (${sql.join((days.length === 0 ? all : days).map(dateParameter))})
        or ${onLastDay}
      )`;
  };
  const monthEnds = monthEndsShown(first, last);
  return {
    [HEALTH]: onDays([...shownDays(first, last), ...monthEnds]),
    [CONTRIBUTIONS]: contributionsOf(ends, {
      frozenDays: daysOf('frozen_days'),
      replayed: [...daysUpTo(last, daysOf('at_risk_rows')), ...monthEnds],
    }),
    'marts.fct_restatements': sql<boolean>`copied.column_name = 'score'`,
    'intermediate.int_canonical__contacts': PRESENT,
    'intermediate.int_canonical__contracts': PRESENT,
    'intermediate.int_canonical__engagements': PRESENT,
    'intermediate.int_canonical__invoices': PRESENT,
    'intermediate.int_canonical__meetings': PRESENT,
    'intermediate.int_canonical__opportunities': PRESENT,
    'intermediate.int_canonical__sentiments': PRESENT,
    'intermediate.int_canonical__tickets': PRESENT,
    // a year and the running month, of one customer
    'intermediate.int_canonical__usage_events': sql<boolean>`copied.event_date >= ${dateParameter(usageFrom(last))}`,
    'intermediate.int_canonical__licensed_features': PRESENT,
  };
}

/** The row is of its account's last day. */
const onLastDay = sql`exists (
  select 1
  from ${sql.table(ACCOUNTS)} as ended
  where ended.account_id = copied.account_id and ended.as_of_date = copied.as_of_date
)`;

/**
 * The contributions of each account on its last day, and of what is frozen on it those of the days before: pages say since
 * when, and a value is frozen for `frozenDays` at most. And those of all accounts on the days that the page of what-if replays.
 */
function contributionsOf(
  ends: readonly IsoDate[],
  { frozenDays, replayed }: { readonly frozenDays: number; readonly replayed: readonly IsoDate[] },
): RawBuilder<boolean> {
  if (ends.length === 0) return sql<boolean>`1 = 0`;
  const frozen = ends.flatMap((end) => daysUpTo(end, frozenDays + 1));
  const days = [...new Set([...frozen, ...replayed])].sort();
  const signal = (relation: string) =>
    sql`concat(${sql.ref(relation)}.account_id, ' ', ${sql.ref(relation)}.signal)`;
  return sql<boolean>`copied.as_of_date in (${sql.join(days.map(dateParameter))})
    and (
      ${onLastDay}
      or copied.as_of_date in (${sql.join(replayed.map(dateParameter))})
      or ${signal('copied')} in (
        select ${signal('frozen')}
        from ${sql.table(CONTRIBUTIONS)} as frozen
        where frozen.as_of_date in (${sql.join(ends.map(dateParameter))}) and frozen.is_frozen
      )
    )`;
}

/** The first day of use that a page shows: of the month a year and a month before the last day. */
const usageFrom = (last: IsoDate): IsoDate =>
  last < '1000-01-01'
    ? last
    : Temporal.PlainDate.from(last).subtract({ months: 13 }).with({ day: 1 }).toString();

const DAILY_DAYS = 90;

/** Each of the last 90 days, and before them one day a week, counted from the last. */
export function shownDays(first: IsoDate, last: IsoDate): IsoDate[] {
  const days: IsoDate[] = [];
  if (first > last) return days;
  const end = Temporal.PlainDate.from(last);
  const count = Temporal.PlainDate.from(first).until(end, { largestUnit: 'days' }).days;
  for (let back = 0; back <= count; back += back < DAILY_DAYS - 1 ? 1 : 7 - (back % 7))
    days.push(end.subtract({ days: back }).toString());
  return days;
}

/** A day and those before it, that many in all. */
const daysUpTo = (last: IsoDate, count: number): IsoDate[] =>
  last < '1000-01-01'
    ? [last]
    : Array.from({ length: Math.max(1, count) }, (_, back) =>
        Temporal.PlainDate.from(last).subtract({ days: back }).toString(),
      );

const MONTHS_SHOWN = 12;

/** The month ends of the last twelve months, from the first day of history on. */
export function monthEndsShown(first: IsoDate, last: IsoDate): IsoDate[] {
  if (first > last) return [];
  const afterLast = Temporal.PlainDate.from(last).add({ days: 1 });
  return Array.from({ length: MONTHS_SHOWN }, (_, back) =>
    afterLast.with({ day: 1 }).subtract({ months: back }).subtract({ days: 1 }).toString(),
  )
    .filter((day) => day >= first)
    .sort();
}

const tableMissing = (name: string) =>
  new TenureError(
    'REPORT_SOURCES_FAILED',
    `The pages read ${name}, which is not there. Run "tenure build" and "tenure score", then "tenure report".`,
  );
