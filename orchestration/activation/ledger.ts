import type { Column, IsoInstant, Row, Warehouse } from '../../warehouse/index.ts';
import type { Change, Payload, WrittenRecord } from './plan.ts';

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

/** How one record of a batch fared. */
export interface Outcome {
  readonly change: Change;
  readonly ok: boolean;
  readonly remoteId: string | null;
  readonly reason: string | null;
}

export async function ensureLedger(warehouse: Warehouse): Promise<void> {
  await warehouse.ensureTable('activation', 'ledger', LEDGER);
  await warehouse.ensureTable('activation', 'rejected_records', REJECTED);
}

/** The last successful write of each record of an object. Reads nothing when the ledger was never made. */
export async function readLedger(
  warehouse: Warehouse,
  destination: string,
  object: string,
): Promise<WrittenRecord[]> {
  if ((await warehouse.tableColumns('activation', 'ledger')) === undefined) return [];
  const rows = await warehouse.db
    .selectFrom('activation.ledger')
    .select(['record_key', 'payload_hash', 'payload'])
    .where('destination', '=', destination)
    .where('object', '=', object)
    .execute();
  return rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) as Payload }));
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
