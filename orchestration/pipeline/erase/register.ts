import { randomBytes } from 'node:crypto';
import {
  type Column,
  type IsoInstant,
  instantParameter,
  type OpsErasures,
  type Warehouse,
} from '../../../warehouse/index.ts';

const COLUMNS: readonly Column[] = [
  { name: 'pseudonym', type: 'string' },
  { name: 'key_hash', type: 'string' },
  { name: 'term_hashes', type: 'string' },
  { name: 'salt', type: 'string' },
  { name: 'begun_at', type: 'timestamp' },
  { name: 'done_at', type: 'timestamp' },
  { name: 'row_count', type: 'integer' },
];

/** Who was erased, oldest first; nobody where nobody ever was. */
export async function readRegister(warehouse: Warehouse): Promise<OpsErasures[]> {
  if ((await warehouse.tableColumns('ops', 'erasures')) === undefined) return [];
  return warehouse.db
    .selectFrom('ops.erasures')
    .selectAll()
    .orderBy('begun_at')
    .orderBy('pseudonym')
    .execute();
}

/** The register has one salt, so that a sync looks for all who were erased at once. */
export const saltOf = (register: readonly OpsErasures[]) =>
  register[0]?.salt ?? randomBytes(16).toString('hex');

export const newPseudonym = () => `erased-${randomBytes(6).toString('hex')}`;

/** Notes an erasure that begins, before anything is changed; or again, with more terms, that of the same person. */
export async function noteBegun(
  warehouse: Warehouse,
  entry: Pick<OpsErasures, 'pseudonym' | 'key_hash' | 'term_hashes' | 'salt' | 'begun_at'>,
): Promise<void> {
  await warehouse.ensureTable('ops', 'erasures', COLUMNS);
  await warehouse.transaction(async () => {
    await warehouse.db.deleteFrom('ops.erasures').where('pseudonym', '=', entry.pseudonym).execute();
    await warehouse.loadRows('ops', 'erasures', COLUMNS, [{ ...entry, done_at: null, row_count: 0 }]);
  });
}

export async function noteDone(
  warehouse: Warehouse,
  pseudonym: string,
  done: { readonly at: IsoInstant; readonly rows: number },
): Promise<void> {
  await warehouse.db
    .updateTable('ops.erasures')
    .set({ done_at: instantParameter(done.at), row_count: done.rows })
    .where('pseudonym', '=', pseudonym)
    .execute();
}
