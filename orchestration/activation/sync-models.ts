import type { Kysely } from 'kysely';
import type { IsoDate, Row, Warehouse } from '../../warehouse/index.ts';
import { type DestinationObject, isAllowed } from './destination.ts';
import { keyMissing, syncModelMissing, syncModelOfOtherVersion } from './errors.ts';
import type { FieldValue, WantedRecord } from './plan.ts';

/** What the sync models of an object want written, but for the records themselves. */
export interface Wanted {
  /** The fields of the object that may be written. */
  readonly fields: readonly string[];
  /** How many records are of accounts that did not come from the destination's source. */
  readonly leftOut: number;
  /** The days whose knowledge the rows hold, in order. */
  readonly days: readonly IsoDate[];
}

/**
 * Reads the sync models of an object and gives `take` the rows of `source` as they come, each with the fields that
 * `allowed` names. Throws `ACTIVATION_NOT_BUILT` when one is not there, or not as this version builds it.
 */
export async function readWanted(
  warehouse: Warehouse,
  { object, models }: DestinationObject,
  source: string,
  allowed: readonly string[],
  take: (record: WantedRecord) => void,
): Promise<Wanted> {
  const allFields = new Set<string>();
  const others = new Set<string>();
  const days = new Set<IsoDate>();
  for (const each of models) {
    const fields = each.fields.filter((field) => isAllowed(allowed, object, field));
    if (fields.length === 0 || !each.required.every((field) => fields.includes(field))) continue;
    const columns = (await warehouse.tableColumns('activation', each.model))?.map((column) => column.name);
    if (columns === undefined) throw syncModelMissing(each.model);
    const missing = ['record_key', 'source_name', 'as_of_date', ...fields].filter(
      (column) => !columns.includes(column),
    );
    if (missing.length > 0) throw syncModelOfOtherVersion(each.model, missing);
    const rows = (warehouse.db as unknown as Kysely<Record<string, Row>>)
      .selectFrom(`activation.${each.model}`)
      .select([
        'record_key',
        'source_name',
        'as_of_date',
        ...(columns.includes('is_backlog') ? ['is_backlog'] : []),
        ...fields,
      ])
      .orderBy('record_key')
      .stream();
    const ofSource = new Set<string>();
    const ofOthers = new Set<string>();
    for await (const row of rows) {
      const { record_key } = row;
      if (typeof record_key !== 'string' || record_key === '') throw keyMissing(each.model);
      if (row.source_name !== source) {
        ofOthers.add(record_key);
        continue;
      }
      ofSource.add(record_key);
      days.add(row.as_of_date as IsoDate);
      take({
        record_key,
        payload: Object.fromEntries(fields.map((field) => [field, (row[field] ?? null) as FieldValue])),
        isClosing: each.isClosing,
        isBacklog: row.is_backlog === true,
      });
    }
    for (const key of ofOthers) if (!ofSource.has(key)) others.add(key);
    for (const field of fields) allFields.add(field);
  }
  return { fields: [...allFields], leftOut: others.size, days: [...days].sort() };
}
