import { sql } from 'kysely';
import type { IsoDate, Row, Warehouse } from '../../warehouse/index.ts';
import { type DestinationObject, isAllowed } from './destination.ts';
import { keyMissing, syncModelMissing, syncModelOfOtherVersion } from './errors.ts';
import type { FieldValue, WantedRecord } from './plan.ts';

/** What the sync models of an object want written. */
export interface Wanted {
  /** The fields of the object that may be written. */
  readonly fields: readonly string[];
  readonly records: readonly WantedRecord[];
  /** How many records are of accounts that did not come from the destination's source. */
  readonly leftOut: number;
  /** The days whose knowledge the rows hold, in order. */
  readonly days: readonly IsoDate[];
}

/**
 * Reads the sync models of an object: the rows of `source`, each with the fields that `allowed` names. Throws
 * `ACTIVATION_NOT_BUILT` when one is not there, or not as this version builds it.
 */
export async function readWanted(
  warehouse: Warehouse,
  { object, models }: DestinationObject,
  source: string,
  allowed: readonly string[],
): Promise<Wanted> {
  const allFields = new Set<string>();
  const records: WantedRecord[] = [];
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
    const { rows } = await sql<Row>`select * from ${sql.table(`activation.${each.model}`)}
      order by record_key`.execute(warehouse.db);
    const ofSource = new Set<unknown>();
    for (const row of rows) if (row.source_name === source) ofSource.add(row.record_key);
    for (const row of rows) {
      if (typeof row.record_key !== 'string' || row.record_key === '') throw keyMissing(each.model);
      if (row.source_name !== source) {
        if (!ofSource.has(row.record_key)) others.add(row.record_key);
        continue;
      }
      days.add(row.as_of_date as IsoDate);
      records.push({
        record_key: row.record_key,
        payload: Object.fromEntries(fields.map((field) => [field, (row[field] ?? null) as FieldValue])),
        isOnlyForKnown: each.isOnlyForKnown,
        isBacklog: row.is_backlog === true,
      });
    }
    for (const field of fields) allFields.add(field);
  }
  return { fields: [...allFields], records, leftOut: others.size, days: [...days].sort() };
}
