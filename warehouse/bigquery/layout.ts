import type { Column } from '../values.ts';
import { quote } from './sql.ts';

/** What usage sources call the instant of an event. */
const EVENT_INSTANTS = ['event_at', 'event_time', 'timestamp', 'time'];

/** How the rows of a table lie, as the API describes it. */
export interface Layout {
  /** TABLE, VIEW and the like; unknown of one that is not made yet. */
  readonly type?: string;
  readonly timePartitioning?: { readonly type: string; readonly field?: string };
  readonly clustering?: { readonly fields: readonly string[] };
}

/**
 * How a new raw table lies: one of events has a partition a month of when they happened, in which what landed together lies
 * together. A signal then reads the months that it looks back on, a search for late rows what landed since, whatever the
 * table's length. Months, because BigQuery changes at most 4,000 partitions at once. Other tables lie as they come.
 */
export function rawLayout(columns: readonly Column[]): Layout {
  const instants = columns.filter(({ type }) => type === 'timestamp').map(({ name }) => name);
  const field = EVENT_INSTANTS.find((name) => instants.includes(name));
  if (field === undefined || !instants.includes('_airbyte_extracted_at')) return {};
  return { timePartitioning: { type: 'MONTH', field }, clustering: { fields: ['_airbyte_extracted_at'] } };
}

/**
 * The clauses of a `create table` for a layout. A table can only be replaced by one that lies as it does.
 *
 * @example layoutClauses(rawLayout(events)) // ' partition by timestamp_trunc(`event_at`, MONTH) cluster by `_airbyte_extracted_at`'
 */
export function layoutClauses({ timePartitioning, clustering }: Layout): string {
  const partition =
    timePartitioning?.field === undefined
      ? ''
      : ` partition by timestamp_trunc(${quote(timePartitioning.field)}, ${timePartitioning.type})`;
  return clustering === undefined
    ? partition
    : `${partition} cluster by ${clustering.fields.map(quote).join(', ')}`;
}
