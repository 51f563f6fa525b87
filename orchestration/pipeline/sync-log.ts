import type { SyncResult } from '../../ingest/index.ts';
import {
  type Column,
  type IsoInstant,
  instantParameter,
  type OpsSyncs,
  type Warehouse,
} from '../../warehouse/index.ts';

const COLUMNS: readonly Column[] = [
  { name: 'source_name', type: 'string' },
  { name: 'kind', type: 'string' },
  { name: 'started_at', type: 'timestamp' },
  { name: 'ended_at', type: 'timestamp' },
  { name: 'status', type: 'string' },
  { name: 'row_count', type: 'integer' },
  { name: 'rejected_count', type: 'integer' },
  { name: 'error_code', type: 'string' },
];

/** Creates `ops.syncs` when it is not there yet, so that dbt can read it before the first sync. */
export const ensureSyncLog = (warehouse: Warehouse): Promise<void> =>
  warehouse.ensureTable('ops', 'syncs', COLUMNS);

/** Notes that a source's sync has begun. One that never ends (the process was killed) stays `running`. */
export async function beginSync(
  warehouse: Warehouse,
  source: { name: string; kind: string; startedAt: IsoInstant },
): Promise<void> {
  await ensureSyncLog(warehouse);
  const row = {
    source_name: source.name,
    kind: source.kind,
    started_at: source.startedAt,
    status: 'running' satisfies OpsSyncs['status'],
  };
  await warehouse.loadRows('ops', 'syncs', COLUMNS, [row]);
}

/** Notes how it ended: what it landed and refused in all streams, and the first error's code. */
export async function endSync(
  warehouse: Warehouse,
  sync: { name: string; startedAt: IsoInstant; endedAt: IsoInstant },
  result: SyncResult,
): Promise<void> {
  const sum = (of: 'rows_landed' | 'rows_rejected') =>
    result.streams.reduce((total, stream) => total + stream[of], 0);
  const error = result.error ?? result.streams.find((stream) => stream.error !== undefined)?.error;
  await warehouse.db
    .updateTable('ops.syncs')
    .set({
      ended_at: instantParameter(sync.endedAt),
      status: result.status,
      row_count: sum('rows_landed'),
      rejected_count: sum('rows_rejected'),
      error_code: error?.code ?? null,
    })
    .where('source_name', '=', sync.name)
    .where('started_at', '=', instantParameter(sync.startedAt))
    .execute();
}

/** How a source's last sync ended. */
export interface LastSync {
  readonly source_name: string;
  readonly started_at: IsoInstant;
  readonly status: OpsSyncs['status'];
  readonly error_code: string | null;
}

/** The last sync of each source that was ever synced. */
export async function lastSyncs(warehouse: Warehouse): Promise<readonly LastSync[]> {
  if ((await warehouse.tableColumns('ops', 'syncs')) === undefined) return [];
  const rows = await warehouse.db
    .selectFrom('ops.syncs')
    .select(['source_name', 'started_at', 'status', 'error_code'])
    .orderBy('started_at')
    .execute();
  return [...new Map(rows.map((row) => [row.source_name, row])).values()];
}

/** Codes of data that were refused as they are: no new try mends them, a person must look. */
const REFUSED = [
  'TABLE_SHRANK',
  'COLUMN_EMPTIED',
  'STREAM_GONE',
  'ROWS_REJECTED',
  'MISSING_COLUMN',
  'MAPPED_FILE_MISSING',
  'FILE_UNREADABLE',
];

export const isRefused = ({ status, error_code }: Pick<LastSync, 'status' | 'error_code'>): boolean =>
  status !== 'succeeded' && REFUSED.includes(error_code ?? '');

const WORDS = { running: 'was killed', succeeded: 'brought no stream', partial: 'failed', failed: 'failed' };

/** How it ended, for a source of which nothing is landed. */
export const howItEnded = ({ status, error_code }: LastSync): string =>
  `${WORDS[status]}${error_code === null ? '' : ` (${error_code})`}`;
