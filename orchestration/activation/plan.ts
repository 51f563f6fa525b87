import { createHash } from 'node:crypto';

export type FieldValue = string | number | boolean | null;
export type Payload = Readonly<Record<string, FieldValue>>;

/** A record as a sync model wants it in the CRM. */
export interface WantedRecord {
  readonly record_key: string;
  readonly payload: Payload;
  /** It changes only a record that Tenure wrote before; without one there is nothing to do. */
  readonly isOnlyForKnown: boolean;
  /** It came up too late for a new record; one that was written or refused before goes on. */
  readonly isBacklog: boolean;
}

/** What was last written with success, from the ledger. */
export interface WrittenRecord {
  readonly record_key: string;
  readonly payload_hash: string;
  readonly payload: Payload;
  readonly remote_id: string | null;
}

export interface Change {
  readonly record_key: string;
  readonly kind: 'create' | 'update' | 'close';
  readonly payload: Payload;
  readonly payload_hash: string;
  /** The record's id there, once it was written. */
  readonly remote_id: string | null;
  /** Field → what was last written and what would be; for a new record the first is null. */
  readonly fields: Readonly<Record<string, readonly [FieldValue, FieldValue]>>;
}

export interface Plan {
  readonly changes: readonly Change[];
  readonly unchanged: number;
  /** Records of the ledger that are still wanted and not empty. */
  readonly open: number;
  /** Wanted too late for a new record. */
  readonly backlog: readonly WantedRecord[];
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

/** A checkbox cannot be null: cleared it is false. */
const isEmpty = (payload: Payload) =>
  Object.values(payload).every((value) => value === null || value === false);

/**
 * What must be sent so that the CRM holds what the sync models say. Compares with the last **successful** write of
 * each record, so that a record that was rejected or never answered is sent again; `rejected` names those that were
 * refused before. A record that the models no longer have is left alone.
 */
export function plan(
  wanted: readonly WantedRecord[],
  written: readonly WrittenRecord[],
  rejected: ReadonlySet<string> = new Set(),
): Plan {
  const ledger = new Map(written.map((record) => [record.record_key, record]));
  const changes: Change[] = [];
  const backlog: WantedRecord[] = [];
  let unchanged = 0;
  let open = 0;
  for (const record of wanted) {
    const { record_key, payload } = record;
    const before = ledger.get(record_key);
    if (before === undefined && record.isOnlyForKnown) continue;
    if (before === undefined && record.isBacklog && !rejected.has(record_key)) {
      backlog.push(record);
      continue;
    }
    if (before !== undefined && !isEmpty(before.payload)) open += 1;
    const hash = payloadHash(payload);
    if (before?.payload_hash === hash) {
      unchanged += 1;
      continue;
    }
    changes.push({
      record_key,
      kind: record.isOnlyForKnown ? 'close' : before === undefined ? 'create' : 'update',
      payload,
      payload_hash: hash,
      remote_id: before?.remote_id ?? null,
      fields: changedFields(before?.payload ?? {}, payload),
    });
  }
  return { changes, unchanged, open, backlog };
}

const show = (value: FieldValue) => (value === null ? '(empty)' : JSON.stringify(value));
const SIGNS = { create: '+', update: '~', close: 'x' } as const;

/** The lines of the first of many, and how many more there are. */
const firstOf = <T>(all: readonly T[], most: number, line: (each: T) => string) => [
  ...all.slice(0, most).map(line),
  ...(all.length > most ? [`  … and ${all.length - most} more`] : []),
];

/**
 * The plan as a diff: `+` a record that the ledger does not know, `~` one that changes, `x` one that closes, each with
 * its fields, and `=` what came up too late to make one.
 */
export function planText(object: string, { changes, unchanged, backlog }: Plan, most = 20): string {
  const countOf = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
  const closed = countOf('close') > 0 ? `, ${countOf('close')} closed` : '';
  return [
    `${object}: ${countOf('create')} new, ${countOf('update')} changed${closed}, ${unchanged} unchanged`,
    ...firstOf(changes, most, ({ record_key, kind, fields }) => {
      const list = Object.entries(fields).map(([field, [old, value]]) =>
        kind === 'update' ? `${field} ${show(old)} → ${show(value)}` : `${field} ${show(value)}`,
      );
      return `  ${SIGNS[kind]} ${record_key}  ${list.join(', ')}`;
    }),
    ...(backlog.length > 0
      ? [`  Backlog: ${backlog.length} came up too late and make no ${object}; see to them from here`]
      : []),
    ...firstOf(backlog, most, ({ record_key, payload }) => {
      const list = Object.entries(payload).filter(([, value]) => value !== null);
      return `  = ${record_key}  ${list.map(([field, value]) => `${field} ${show(value)}`).join(', ')}`;
    }),
  ].join('\n');
}
