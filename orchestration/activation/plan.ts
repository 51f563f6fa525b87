import { createHash } from 'node:crypto';
import { repeatedKeys, tooManyChanges } from './errors.ts';

export type FieldValue = string | number | boolean | null;
export type Payload = Readonly<Record<string, FieldValue>>;

/** A record as the sync model wants it in the CRM. */
export interface WantedRecord {
  readonly record_key: string;
  readonly payload: Payload;
}

/** What was last written with success, from the ledger. */
export interface WrittenRecord {
  readonly record_key: string;
  readonly payload_hash: string;
  readonly payload: Payload;
}

export interface Change {
  readonly record_key: string;
  readonly kind: 'create' | 'update';
  readonly payload: Payload;
  readonly payload_hash: string;
  /** Field → what was last written and what would be; for a new record the first is null. */
  readonly fields: Readonly<Record<string, readonly [FieldValue, FieldValue]>>;
}

export interface Plan {
  readonly changes: readonly Change[];
  readonly unchanged: number;
}

/** The fingerprint of a payload: field order does not matter. */
export function payloadHash(payload: Payload): string {
  const sorted = Object.fromEntries(Object.entries(payload).sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

function changedFields(before: Payload, after: Payload): Change['fields'] {
  const fields: Record<string, readonly [FieldValue, FieldValue]> = {};
  for (const [field, value] of Object.entries(after)) {
    const old = before[field] ?? null;
    if (old !== value) fields[field] = [old, value];
  }
  return fields;
}

/**
 * What must be sent so that the CRM holds what the sync model says. Compares with the last **successful** write of
 * each record, so that a record that was rejected or never answered is sent again. A record that the model no longer
 * has is left alone. Throws on a key that comes twice, and when more than `maxChangeShare` (0–1) of the records in the
 * ledger would change; a first sync has an empty ledger and is never stopped.
 */
export function plan(
  object: string,
  wanted: readonly WantedRecord[],
  written: readonly WrittenRecord[],
  maxChangeShare: number,
): Plan {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const { record_key: key } of wanted) {
    if (seen.has(key)) repeated.add(key);
    seen.add(key);
  }
  if (repeated.size > 0) throw repeatedKeys(object, [...repeated].sort());

  const ledger = new Map(written.map((record) => [record.record_key, record]));
  const changes: Change[] = [];
  for (const { record_key, payload } of wanted) {
    const before = ledger.get(record_key);
    const hash = payloadHash(payload);
    if (before?.payload_hash === hash) continue;
    changes.push({
      record_key,
      kind: before === undefined ? 'create' : 'update',
      payload,
      payload_hash: hash,
      fields: changedFields(before?.payload ?? {}, payload),
    });
  }
  const updates = changes.filter((change) => change.kind === 'update').length;
  if (updates > written.length * maxChangeShare)
    throw tooManyChanges(object, updates, written.length, maxChangeShare);
  return { changes, unchanged: wanted.length - changes.length };
}

const show = (value: FieldValue) => (value === null ? '(empty)' : JSON.stringify(value));

/** The plan as a diff: `+` a record that the ledger does not know, `~` one that changes, with its fields. */
export function planText(object: string, { changes, unchanged }: Plan, most = 20): string {
  const lines = changes.slice(0, most).map(({ record_key, kind, fields }) => {
    const list = Object.entries(fields).map(([field, [old, value]]) =>
      kind === 'create' ? `${field} ${show(value)}` : `${field} ${show(old)} → ${show(value)}`,
    );
    return `  ${kind === 'create' ? '+' : '~'} ${record_key}  ${list.join(', ')}`;
  });
  const more = changes.length > most ? [`  … and ${changes.length - most} more`] : [];
  const created = changes.filter((change) => change.kind === 'create').length;
  const head = `${object}: ${created} new, ${changes.length - created} changed, ${unchanged} unchanged`;
  return [head, ...lines, ...more].join('\n');
}
