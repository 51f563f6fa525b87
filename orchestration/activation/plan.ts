import { createHash } from 'node:crypto';

export type FieldValue = string | number | boolean | null;
export type Payload = Readonly<Record<string, FieldValue>>;

/** A record as a sync model wants it in the CRM. */
export interface WantedRecord {
  readonly record_key: string;
  readonly payload: Payload;
  /**
   * It closes a record that is there, and makes none. One that the ledger does not know was made by a run that was ended
   * before it could note it: it is found by its key.
   */
  readonly isClosing: boolean;
  /** It came up too late for a new record; one that was written or refused before goes on. */
  readonly isBacklog: boolean;
}

/** What was last written with success, from the ledger; its payload as the ledger has it, a JSON object in a text. */
export interface WrittenRecord {
  readonly record_key: string;
  readonly payload_hash: string;
  readonly payload: string;
  readonly remote_id: string | null;
}

export interface Change {
  readonly record_key: string;
  readonly kind: 'create' | 'update' | 'close';
  readonly payload: Payload;
  readonly payload_hash: string;
  /** The record's id there, once it was written. */
  readonly remote_id: string | null;
  /** Field → what was last written and what would be; for a new record the first is null. Worked out when it is asked for. */
  readonly fields: Readonly<Record<string, readonly [FieldValue, FieldValue]>>;
}

export interface Plan {
  readonly changes: readonly Change[];
  readonly unchanged: number;
  /** Records of the ledger that are still wanted and not empty. */
  readonly open: number;
  /** Wanted too late for a new record. */
  readonly backlog: readonly WantedRecord[];
  /** The keys of all that is wanted. */
  readonly keys: ReadonlySet<string>;
  /** The keys that are wanted more than once, sorted; the first record of each is planned. */
  readonly repeated: readonly string[];
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

/** What is kept of a record of the ledger. */
interface Known extends Pick<WrittenRecord, 'payload_hash' | 'remote_id'> {
  readonly isOpen: boolean;
}

/**
 * Finds what must be sent so that the CRM holds what the sync models say. Compares with the last **successful** write of
 * each record, so that a record that was rejected or never answered is sent again; `rejected` names those that were
 * refused before. A record that the models no longer have is left alone. Records are added one by one, and only those
 * that change are kept; of the ledger no payload is.
 */
export class Planner {
  readonly #ledger = new Map<string, Known>();
  readonly #rejected: ReadonlySet<string>;
  readonly #keys = new Set<string>();
  readonly #repeated = new Set<string>();
  readonly #changes: Omit<Change, 'fields'>[] = [];
  readonly #backlog: WantedRecord[] = [];
  #unchanged = 0;
  #open = 0;

  constructor(rejected: ReadonlySet<string> = new Set()) {
    this.#rejected = rejected;
  }

  /** Takes what was last written of a record; of all of them, before any record is added. */
  know({ record_key, payload_hash, payload, remote_id }: WrittenRecord): void {
    const isOpen = !isEmpty(JSON.parse(payload) as Payload);
    this.#ledger.set(record_key, { payload_hash, remote_id, isOpen });
  }

  add(record: WantedRecord): void {
    const { record_key, payload, isClosing } = record;
    if (this.#keys.has(record_key)) {
      this.#repeated.add(record_key);
      return;
    }
    this.#keys.add(record_key);
    const before = this.#ledger.get(record_key);
    if (before === undefined && record.isBacklog && !this.#rejected.has(record_key)) {
      this.#backlog.push(record);
      return;
    }
    const payload_hash = payloadHash(payload);
    if (before?.isOpen) this.#open += 1;
    if (before?.payload_hash === payload_hash) {
      this.#unchanged += 1;
      return;
    }
    this.#changes.push({
      record_key,
      kind: isClosing ? 'close' : before === undefined ? 'create' : 'update',
      payload,
      payload_hash,
      remote_id: before?.remote_id ?? null,
    });
  }

  /** The keys of the records of the ledger that change. */
  get changed(): string[] {
    return this.#changes.map(({ record_key }) => record_key).filter((key) => this.#ledger.has(key));
  }

  /** The plan, with what was last written of the records that change: their payloads in the ledger by their keys. */
  plan(payloads: ReadonlyMap<string, string>): Plan {
    return {
      changes: this.#changes.map((change) => ({
        ...change,
        get fields() {
          const before = payloads.get(change.record_key);
          return changedFields(before === undefined ? {} : (JSON.parse(before) as Payload), change.payload);
        },
      })),
      unchanged: this.#unchanged,
      open: this.#open,
      backlog: this.#backlog,
      keys: this.#keys,
      repeated: [...this.#repeated].sort(),
    };
  }
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
export function planText(
  object: string,
  { changes, unchanged, backlog }: Pick<Plan, 'changes' | 'unchanged' | 'backlog'>,
  most = 20,
): string {
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
