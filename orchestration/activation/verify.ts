import type { Warehouse } from '../../warehouse/index.ts';
import type { Config, DestinationConfig } from '../config/schema.ts';
import type { Destination } from './destination.ts';
import { openDestination } from './destinations.ts';
import { readLedger } from './ledger.ts';
import type { FieldValue, Payload, WrittenRecord } from './plan.ts';

/** A record that is not as Tenure last wrote it. */
export interface Deviation {
  readonly object: string;
  readonly record_key: string;
  readonly remote_id: string;
  readonly kind: 'deleted' | 'changed';
  /** Field → what was last written, and what is there now. */
  readonly fields: Readonly<Record<string, readonly [FieldValue, FieldValue]>>;
}

export interface VerifyResult {
  readonly destination: string;
  /** How many records of the ledger were looked at. */
  readonly verified: number;
  readonly deviations: readonly Deviation[];
}

/** A value in the one spelling in which two systems agree: 55 and "55.0", true and "true", an empty text and none. */
function plain(value: FieldValue): string {
  if (value === null || value === '') return '';
  const text = String(value);
  if (/^-?\d+(\.\d+)?$/.test(text)) return String(Number(text));
  if (/^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text)))
    return new Date(text).toISOString();
  return text;
}

type Verifiable = Omit<WrittenRecord, 'payload' | 'remote_id'> & {
  readonly remote_id: string;
  readonly payload: Payload;
};

/** The records whose id there is known, so many at a time. */
async function* batches(
  records: AsyncIterable<WrittenRecord>,
  size: number,
): AsyncGenerator<readonly Verifiable[]> {
  let batch: Verifiable[] = [];
  for await (const { remote_id, payload, ...record } of records) {
    if (remote_id === null) continue;
    batch.push({ ...record, remote_id, payload: JSON.parse(payload) as Payload });
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/**
 * Compares each record that Tenure wrote with what stands in the destination now: one that was deleted there, and fields
 * that somebody changed by hand. Nothing is written. A field that Tenure never clears is not compared when it wrote none.
 */
export async function verifyDestination({
  config,
  destination,
  warehouse,
  client = openDestination(config, destination),
}: {
  readonly config: Pick<Config, 'file' | 'sources'>;
  readonly destination: DestinationConfig;
  readonly warehouse: Warehouse;
  readonly client?: Destination;
}): Promise<VerifyResult> {
  const deviations: Deviation[] = [];
  let verified = 0;
  for (const at of client.objects) {
    const { object, neverNull } = at;
    for await (const batch of batches(readLedger(warehouse, destination.name, object), client.batchSize)) {
      const fields = [...new Set(batch.flatMap(({ payload }) => Object.keys(payload)))];
      const there = await client.read(
        at,
        batch.map(({ remote_id }) => remote_id),
        fields,
      );
      for (const { record_key, remote_id, payload } of batch) {
        verified += 1;
        const record = there.get(remote_id);
        if (record === undefined) {
          deviations.push({ object, record_key, remote_id, kind: 'deleted', fields: {} });
          continue;
        }
        const changed = Object.entries(payload).flatMap(([field, ours]) => {
          const theirs = record[field];
          if (theirs === undefined || (ours === null && neverNull.includes(field))) return [];
          return plain(ours) === plain(theirs) ? [] : [[field, [ours, theirs] as const] as const];
        });
        if (changed.length > 0)
          deviations.push({
            object,
            record_key,
            remote_id,
            kind: 'changed',
            fields: Object.fromEntries(changed),
          });
      }
    }
  }
  const placeOf = ({ object }: Deviation) => client.objects.findIndex((each) => each.object === object);
  deviations.sort(
    (one, other) => placeOf(one) - placeOf(other) || (one.record_key < other.record_key ? -1 : 1),
  );
  return { destination: destination.name, verified, deviations };
}

const show = (value: FieldValue) => (value === null || value === '' ? '(empty)' : JSON.stringify(value));

/** What was found, in lines; the first of many. */
export function verifyText({ destination, verified, deviations }: VerifyResult, most = 50): string {
  const countOf = (kind: Deviation['kind']) => deviations.filter((each) => each.kind === kind).length;
  return [
    `${destination}: ${verified} records looked at, ${countOf('changed')} changed by hand, ${countOf('deleted')} deleted`,
    ...deviations.slice(0, most).map(({ object, record_key, remote_id, kind, fields }) =>
      kind === 'deleted'
        ? `  - ${object} ${record_key} (${remote_id}) is gone, and is not made anew`
        : `  ~ ${object} ${record_key} (${remote_id})  ${Object.entries(fields)
            .map(([field, [ours, theirs]]) => `${field} ${show(ours)} → ${show(theirs)}`)
            .join(', ')}`,
    ),
    ...(deviations.length > most ? [`  … and ${deviations.length - most} more`] : []),
    ...(countOf('changed') > 0
      ? ['  What was changed by hand stays until its value changes here; then ours is written.']
      : []),
  ].join('\n');
}
