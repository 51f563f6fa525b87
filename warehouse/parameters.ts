import { type RawBuilder, sql } from 'kysely';
import type { IsoDate, IsoInstant } from './values.ts';

/** A day to compare a column with: BigQuery compares no date with a parameter that is text. */
export const dateParameter = (day: IsoDate): RawBuilder<IsoDate> => sql`cast(${day} as date)`;

/** An instant to compare a column with, or to set it to. Columns hold UTC, on DuckDB without a zone. */
export const instantParameter = (instant: IsoInstant): RawBuilder<IsoInstant> =>
  sql`cast(${instant.replace(/Z$/, '')} as timestamp)`;
