import { dayOfInstant } from './calendar.ts';
import type { Company } from './company.ts';

const nullable = (type: string, format?: string) =>
  format === undefined ? { type: ['null', type] } : { type: ['null', type], format };

/** JSON schemas of the values that the systems give. */
export const FIELD = {
  text: nullable('string'),
  boolean: nullable('boolean'),
  integer: nullable('integer'),
  number: nullable('number'),
  date: nullable('string', 'date'),
  instant: nullable('string', 'date-time'),
  object: nullable('object'),
  list: nullable('array'),
} as const;

type Field = (typeof FIELD)[keyof typeof FIELD];

/** The records of one day, as JSON texts. */
export interface DayOfRecords {
  readonly day: number;
  readonly records: readonly string[];
  /** Value of the cursor in the last of them. */
  readonly cursor: string | number;
}

/** A view on the company: one stream of one system. */
export interface DemoStream {
  readonly name: string;
  readonly primaryKey: string;
  readonly cursor: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** The day of a cursor's value. */
  readonly dayOfCursor: (cursor: string | number) => number;
  /**
   * The records that come to be known from a day on, day after day: a day is told once it is over and never again.
   * Days without records are left out.
   */
  readonly days: (company: Company, fromDay: number) => Iterable<DayOfRecords>;
}

/** A record as it was at an instant. */
export interface Change {
  readonly at: number;
  readonly record: Readonly<Record<string, unknown>>;
}

export const dayOfIsoInstant = (cursor: string | number) => dayOfInstant(Date.parse(String(cursor)));

/** A stream of versions: each change of a record gives the whole record anew. */
export function versionStream(
  stream: Pick<DemoStream, 'name' | 'primaryKey' | 'cursor' | 'fields'> & {
    readonly dayOfCursor?: DemoStream['dayOfCursor'];
    readonly changes: (company: Company) => Iterable<Change>;
  },
): DemoStream {
  const { changes, cursor, dayOfCursor = dayOfIsoInstant } = stream;
  return {
    ...stream,
    dayOfCursor,
    *days(company, fromDay) {
      const lastDay = company.config.endDay;
      const wanted: Change[] = [];
      for (const change of changes(company)) {
        const day = dayOfInstant(change.at);
        if (day >= fromDay && day <= lastDay) wanted.push(change);
      }
      wanted.sort((left, right) => left.at - right.at);
      for (let first = 0; first < wanted.length; ) {
        const day = dayOfInstant((wanted[first] as Change).at);
        const records: string[] = [];
        let last = first;
        for (; last < wanted.length && dayOfInstant((wanted[last] as Change).at) === day; last += 1)
          records.push(JSON.stringify((wanted[last] as Change).record));
        yield { day, records, cursor: wanted[last - 1]?.record[cursor] as string | number };
        first = last;
      }
    },
  };
}
