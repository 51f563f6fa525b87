import { sql } from 'kysely';
import {
  dateParameter,
  type IsoDate,
  type IsoInstant,
  type Row,
  type Warehouse,
} from '../../warehouse/index.ts';
import type { DestinationConfig } from '../config.ts';
import { fieldMissing, staleScores, syncModelMissing } from './errors.ts';
import { ensureLedger, readLedger, writeOutcomes } from './ledger.ts';
import { type Change, type FieldValue, type Payload, plan, planText, type WantedRecord } from './plan.ts';
import { BATCH_SIZE, SALESFORCE_OBJECTS, type SalesforceClient, salesforceClient } from './salesforce.ts';

export { ensureLedger };

export interface ObjectResult {
  readonly object: string;
  readonly to_create: number;
  readonly to_update: number;
  readonly unchanged: number;
  readonly sent: number;
  readonly rejected: number;
  readonly changes: readonly Change[];
}

export interface ActivationResult {
  readonly destination: string;
  readonly applied: boolean;
  readonly objects: readonly ObjectResult[];
  readonly diff_text: string;
}

export interface ActivationOptions {
  readonly destination: DestinationConfig;
  readonly warehouse: Warehouse;
  readonly apply: boolean;
  readonly asOfDate: IsoDate;
  readonly now: () => IsoInstant;
  readonly onProgress?: (howFar: string, what: string) => void;
  /** The client to write with; tests give one of their own. */
  readonly client?: SalesforceClient;
}

/** A field may be allowed by its name, or for one object as `Account.Tenure_Score__c`. */
const isAllowed = (allowed: readonly string[], object: string, field: string) =>
  allowed.includes(field) || allowed.includes(`${object}.${field}`);

async function readSyncModel(
  warehouse: Warehouse,
  model: string,
  object: string,
  allowed: readonly string[],
): Promise<{ fields: string[]; wanted: WantedRecord[] }> {
  const columns = await warehouse.tableColumns('activation', model);
  if (columns === undefined) throw syncModelMissing(model);
  const fields = columns.map((column) => column.name).filter((name) => isAllowed(allowed, object, name));
  if (fields.length === 0) return { fields, wanted: [] }; // nothing of this object may be written
  const { rows } =
    await sql<Row>`select * from ${sql.table(`activation.${model}`)} order by record_key`.execute(
      warehouse.db,
    );
  const wanted = rows.map((row) => {
    if (typeof row.record_key !== 'string' || row.record_key === '') throw fieldMissing(model);
    const payload = Object.fromEntries(
      fields.map((field) => [field, (row[field] ?? null) as FieldValue]),
    ) as Payload;
    return { record_key: row.record_key, payload };
  });
  return { fields, wanted };
}

const DAY_MS = 86_400_000;

async function refuseStaleScores(warehouse: Warehouse, asOfDate: IsoDate): Promise<void> {
  const lastDay = warehouse.db
    .selectFrom('marts.fct_account_health_daily')
    .select(({ fn }) => fn.max<IsoDate | null>('as_of_date').as('scoredOn'));
  const dayBefore = new Date(Date.parse(asOfDate) - DAY_MS).toISOString().slice(0, 10);
  const fresh = await lastDay.where('as_of_date', '>=', dateParameter(dayBefore)).executeTakeFirstOrThrow();
  if (fresh.scoredOn !== null) return;
  const { scoredOn } = await lastDay.executeTakeFirstOrThrow();
  throw staleScores(scoredOn, asOfDate);
}

/**
 * Compares what the sync models want in the destination with what was last written there, and with `apply` sends the
 * difference: keyed upserts in batches, each batch's per-record success noted in the ledger before the next is sent.
 * All objects are planned before the first record is sent, so that a refusal (repeated keys, too many changes, old
 * scores) sends nothing at all.
 */
export async function activateDestination(options: ActivationOptions): Promise<ActivationResult> {
  const { destination, warehouse, apply, now, onProgress } = options;
  await refuseStaleScores(warehouse, options.asOfDate);
  const planned = [];
  for (const { model, object, key_field } of SALESFORCE_OBJECTS) {
    const { fields, wanted } = await readSyncModel(warehouse, model, object, destination.allow_fields);
    const written = await readLedger(warehouse, destination.name, object);
    planned.push({
      object,
      key_field,
      fields,
      ...plan(object, wanted, written, destination.max_change_share),
    });
  }

  const objects: ObjectResult[] = [];
  const client = apply ? (options.client ?? salesforceClient(destination)) : undefined;
  if (apply) await ensureLedger(warehouse);
  for (const { object, key_field, changes, unchanged } of planned) {
    let sent = 0;
    let rejected = 0;
    for (let start = 0; client !== undefined && start < changes.length; start += BATCH_SIZE) {
      const outcomes = await client.upsert(object, key_field, changes.slice(start, start + BATCH_SIZE));
      await writeOutcomes(warehouse, { destination: destination.name, object, at: now() }, outcomes);
      sent += outcomes.filter(({ ok }) => ok).length;
      rejected += outcomes.filter(({ ok }) => !ok).length;
      onProgress?.(`${start + outcomes.length} of ${changes.length}`, object);
    }
    const toCreate = changes.filter((change) => change.kind === 'create').length;
    objects.push({
      object,
      to_create: toCreate,
      to_update: changes.length - toCreate,
      unchanged,
      sent,
      rejected,
      changes,
    });
  }
  const diff = planned
    .map((each) =>
      each.fields.length === 0
        ? `${each.object}: nothing, because allow_fields of ${destination.name} names none of its fields`
        : planText(each.object, each),
    )
    .join('\n');
  return { destination: destination.name, applied: apply, objects, diff_text: diff };
}
