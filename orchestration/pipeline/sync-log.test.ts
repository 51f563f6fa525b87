import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWarehouse, type Warehouse } from '../../warehouse/index.ts';
import { beginSync, endSync, howItEnded, isRefused, lastSyncs } from './sync-log.ts';

let warehouse: Warehouse;
beforeEach(async () => {
  warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await warehouse.ensureSchemas();
});
afterEach(() => warehouse.close());

const rows = () => warehouse.db.selectFrom('ops.syncs').selectAll().orderBy('started_at').execute();

describe('the sync log', () => {
  it('keeps what each sync landed and the first thing that went wrong', async () => {
    const startedAt = '2026-06-30T06:00:00.000Z';
    await beginSync(warehouse, { name: 'crm', kind: 'salesforce', startedAt });
    await endSync(
      warehouse,
      { name: 'crm', startedAt, endedAt: '2026-06-30T06:02:00.000Z' },
      {
        source: 'crm',
        status: 'partial',
        streams: [
          { stream: 'Account', status: 'succeeded', rows_received: 9, rows_landed: 7, rows_rejected: 2 },
          {
            stream: 'Contract',
            status: 'failed',
            rows_received: 5,
            rows_landed: 4,
            rows_rejected: 0,
            error: { code: 'STREAM_INCOMPLETE', message: 'it stopped' },
          },
        ],
      },
    );
    expect(await rows()).toEqual([
      {
        source_name: 'crm',
        kind: 'salesforce',
        started_at: startedAt,
        ended_at: '2026-06-30T06:02:00.000Z',
        status: 'partial',
        row_count: 11,
        rejected_count: 2,
        error_code: 'STREAM_INCOMPLETE',
      },
    ]);
  });

  it('leaves a killed sync running, beside the next one', async () => {
    await beginSync(warehouse, { name: 'crm', kind: 'salesforce', startedAt: '2026-06-29T06:00:00.000Z' });
    const startedAt = '2026-06-30T06:00:00.000Z';
    await beginSync(warehouse, { name: 'crm', kind: 'salesforce', startedAt });
    await endSync(
      warehouse,
      { name: 'crm', startedAt, endedAt: startedAt },
      { source: 'crm', status: 'succeeded', streams: [] },
    );
    expect((await rows()).map((row) => row.status)).toEqual(['running', 'succeeded']);
  });
});

describe('the last sync of a source', () => {
  const syncOf = async (hour: string, status: 'succeeded' | 'failed', code?: string) => {
    const startedAt = `2026-06-30T${hour}:00:00.000Z`;
    await beginSync(warehouse, { name: 'book', kind: 'files', startedAt });
    const error = code === undefined ? {} : { error: { code, message: 'why' } };
    await endSync(
      warehouse,
      { name: 'book', startedAt, endedAt: startedAt },
      { source: 'book', status, streams: [], ...error },
    );
    return (await lastSyncs(warehouse))[0];
  };

  it('is red while what it brought is refused, and not for a source that could not be reached', async () => {
    expect(await lastSyncs(warehouse)).toEqual([]);
    const shrank = await syncOf('06', 'failed', 'TABLE_SHRANK');
    expect(shrank && [isRefused(shrank), howItEnded(shrank)]).toEqual([true, 'failed (TABLE_SHRANK)']);
    const unreachable = await syncOf('07', 'failed', 'CONNECTOR_FAILED');
    expect(unreachable && isRefused(unreachable)).toBe(false);
    const good = await syncOf('08', 'succeeded');
    expect(good && isRefused(good)).toBe(false);
    expect(await lastSyncs(warehouse)).toHaveLength(1);
  });
});
