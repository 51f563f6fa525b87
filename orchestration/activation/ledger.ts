import type { Column, IsoDate, IsoInstant, Row, Warehouse } from '../../warehouse/index.ts';
import type { Outcome } from './destination.ts';
import type { History } from './guards.ts';
import type { WrittenRecord } from './plan.ts';

const LEDGER: readonly Column[] = [
  { name: 'destination', type: 'string' },
  { name: 'object', type: 'string' },
  { name: 'record_key', type: 'string' },
  { name: 'payload_hash', type: 'string' },
  { name: 'payload', type: 'string' },
  { name: 'remote_id', type: 'string' },
  { name: 'last_ok_at', type: 'timestamp' },
];

/** Records that the destination refused, with its own words; a record leaves when it is taken. */
const REJECTED: readonly Column[] = [
  { name: 'destination', type: 'string' },
  { name: 'object', type: 'string' },
  { name: 'record_key', type: 'string' },
  { name: 'payload', type: 'string' },
  { name: 'reason', type: 'string' },
  { name: 'last_rejected_at', type: 'timestamp' },
];

/** Each time that an object was written to its end, with the day whose rows it got. */
const APPLIES: readonly Column[] = [
  { name: 'destination', type: 'string' },
  { name: 'object', type: 'string' },
  { name: 'as_of_date', type: 'date' },
  { name: 'applied_at', type: 'timestamp' },
  { name: 'sent', type: 'integer' },
  { name: 'rejected', type: 'integer' },
];

/** A statement names so many keys at most. */
const KEYS_AT_ONCE = 5000;

export async function ensureLedger(warehouse: Warehouse): Promise<void> {
  await warehouse.ensureTable('activation', 'ledger', LEDGER);
  await warehouse.ensureTable('activation', 'rejected_records', REJECTED);
  await warehouse.ensureTable('activation', 'applies', APPLIES);
}

/** The last successful write of each record of an object, one after the other. Nothing when the ledger was never made. */
export async function* readLedger(
  warehouse: Warehouse,
  destination: string,
  object: string,
): AsyncGenerator<WrittenRecord> {
  if ((await warehouse.tableColumns('activation', 'ledger')) === undefined) return;
  yield* warehouse.db
    .selectFrom('activation.ledger')
    .select(['record_key', 'payload_hash', 'payload', 'remote_id'])
    .where('destination', '=', destination)
    .where('object', '=', object)
    .stream();
}

/** What was last written of these records of an object, a JSON object in a text each, by their keys. */
export async function readPayloads(
  warehouse: Warehouse,
  destination: string,
  object: string,
  keys: readonly string[],
): Promise<Map<string, string>> {
  const payloads = new Map<string, string>();
  for (let start = 0; start < keys.length; start += KEYS_AT_ONCE) {
    const rows = await warehouse.db
      .selectFrom('activation.ledger')
      .select(['record_key', 'payload'])
      .where('destination', '=', destination)
      .where('object', '=', object)
      .where('record_key', 'in', keys.slice(start, start + KEYS_AT_ONCE))
      .execute();
    for (const { record_key, payload } of rows) payloads.set(record_key, payload);
  }
  return payloads;
}

/** The records of an object that were refused when they were last sent. */
export async function readRejectedKeys(
  warehouse: Warehouse,
  destination: string,
  object: string,
): Promise<Set<string>> {
  if ((await warehouse.tableColumns('activation', 'rejected_records')) === undefined) return new Set();
  const rows = await warehouse.db
    .selectFrom('activation.rejected_records')
    .select('record_key')
    .where('destination', '=', destination)
    .where('object', '=', object)
    .execute();
  return new Set(rows.map((row) => row.record_key));
}

/** What came before in an object of a destination. */
export async function readHistory(
  warehouse: Warehouse,
  destination: string,
  object: string,
): Promise<History> {
  const has = async (table: string) => (await warehouse.tableColumns('activation', table)) !== undefined;
  const ofObject = { destination, object };
  const last = (await has('applies'))
    ? await warehouse.db
        .selectFrom('activation.applies')
        .select(({ fn }) => fn.max<IsoDate | null>('as_of_date').as('day'))
        .where('destination', '=', ofObject.destination)
        .where('object', '=', ofObject.object)
        .executeTakeFirst()
    : undefined;
  const ledger = (await has('ledger'))
    ? await warehouse.db
        .selectFrom('activation.ledger')
        .select(({ fn }) => fn.max<IsoInstant | null>('last_ok_at').as('at'))
        .where('destination', '=', ofObject.destination)
        .where('object', '=', ofObject.object)
        .executeTakeFirst()
    : undefined;
  const lastOk = ledger?.at ?? null;
  return {
    lastDay: last?.day ?? null,
    lastSuccess: lastOk?.slice(0, 10) ?? null,
    hasLedger: lastOk !== null,
  };
}

/** Notes that an object was written to its end, and forgets refused records that nobody wants any more. */
export async function writeApply(
  warehouse: Warehouse,
  apply: {
    destination: string;
    object: string;
    as_of_date: IsoDate;
    applied_at: IsoInstant;
    sent: number;
    rejected: number;
  },
  noLongerWanted: readonly string[],
): Promise<void> {
  await warehouse.transaction(async () => {
    if (noLongerWanted.length > 0) {
      await warehouse.db
        .deleteFrom('activation.rejected_records')
        .where('destination', '=', apply.destination)
        .where('object', '=', apply.object)
        .where('record_key', 'in', noLongerWanted)
        .execute();
    }
    await warehouse.loadRows('activation', 'applies', APPLIES, [apply]);
  });
}

/** No payload has it. */
const UNDER_WAY = 'under way';

/**
 * Notes, before they are sent, that records are under way: should nobody hear how it went, what stands there is unknown,
 * and the next run sends them again, also where their last values in the ledger are wanted once more.
 */
export async function writeUnderWay(
  warehouse: Warehouse,
  { destination, object }: { destination: string; object: string },
  keys: readonly string[],
): Promise<void> {
  for (let start = 0; start < keys.length; start += KEYS_AT_ONCE)
    await warehouse.db
      .updateTable('activation.ledger')
      .set({ payload_hash: UNDER_WAY })
      .where('destination', '=', destination)
      .where('object', '=', object)
      .where('record_key', 'in', keys.slice(start, start + KEYS_AT_ONCE))
      .execute();
}

/** Notes a batch's outcomes in one transaction: success in the ledger, refusal in `activation.rejected_records`. */
export async function writeOutcomes(
  warehouse: Warehouse,
  target: { destination: string; object: string; at: IsoInstant },
  outcomes: readonly Outcome[],
): Promise<void> {
  const { destination, object, at } = target;
  const keys = outcomes.map(({ change }) => change.record_key);
  const taken = outcomes.filter(({ ok }) => ok);
  const common = ({ change }: Outcome): Row => ({
    destination,
    object,
    record_key: change.record_key,
    payload: JSON.stringify(change.payload),
  });
  await warehouse.transaction(async () => {
    await warehouse.db
      .deleteFrom('activation.rejected_records')
      .where('destination', '=', destination)
      .where('object', '=', object)
      .where('record_key', 'in', keys)
      .execute();
    if (taken.length > 0) {
      await warehouse.db
        .deleteFrom('activation.ledger')
        .where('destination', '=', destination)
        .where('object', '=', object)
        .where(
          'record_key',
          'in',
          taken.map(({ change }) => change.record_key),
        )
        .execute();
    }
    await warehouse.loadRows(
      'activation',
      'ledger',
      LEDGER,
      taken.map((outcome) => ({
        ...common(outcome),
        payload_hash: outcome.change.payload_hash,
        remote_id: outcome.remoteId,
        last_ok_at: at,
      })),
    );
    await warehouse.loadRows(
      'activation',
      'rejected_records',
      REJECTED,
      outcomes
        .filter(({ ok }) => !ok)
        .map((outcome) => ({ ...common(outcome), reason: outcome.reason, last_rejected_at: at })),
    );
  });
}
