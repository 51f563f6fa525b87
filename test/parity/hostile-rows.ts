import type { Column, LogicalType } from '../../warehouse/index.ts';

/** Two values of each type that no column of ours may hold: one below all ranges, one above; strings in no vocabulary. */
const SAMPLES: Readonly<Record<LogicalType, readonly [string, string]>> = {
  string: ["'no such value'", "'nor such a one'"],
  integer: ['-1000000000', '1000000000'],
  number: ['-1e9', '1e9'],
  decimal: ["numeric '-1000000000'", "numeric '1000000000'"],
  boolean: ['false', 'true'],
  date: ["date '1900-01-01'", "date '2300-01-01'"],
  timestamp: ["timestamp '1900-01-01 00:00:00+00'", "timestamp '2300-01-01 00:00:00+00'"],
  json: ["json '{}'", "json '[1]'"],
};

/**
 * Rows in GoogleSQL with these columns that break whatever a generic test can ask of them: one that is null in all
 * columns, for each column one that holds its low and one that holds its high sample and nothing else, and one that holds
 * the low samples of all columns; each twice.
 * So keys repeat, versions overlap, values lie outside of each range and vocabulary, and refer to nothing.
 */
export function hostileRows(columns: readonly Column[]): string {
  const last = 2 * columns.length + 1;
  const values = columns.map(({ name, type }, index) => {
    const [low, high] = SAMPLES[type];
    return `case when n in (${2 * index + 1}, ${last}) then ${low} when n = ${2 * index + 2} then ${high} end as \`${name}\``;
  });
  return `(select ${values.join(', ')} from unnest(generate_array(0, ${last})) as n cross join unnest([1, 2]) as twice)`;
}
