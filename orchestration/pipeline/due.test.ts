import { describe, expect, it } from 'vitest';
import type { SourceConfig } from '../config/schema.ts';
import { dueNow, nextDue } from './due.ts';
import type { LastSync } from './sync-log.ts';

const source = (name: string, every?: string) =>
  ({ name, every, connector: { builtin: 'files' } }) as unknown as SourceConfig;
const synced = (source_name: string, started_at: string): LastSync => ({
  source_name,
  started_at,
  status: 'succeeded',
  error_code: null,
});
const sources = [source('crm', '1h'), source('billing', '7d'), source('book'), source('new', '1h')];
const last = [
  synced('crm', '2026-06-30T05:00:07.000Z'),
  synced('billing', '2026-06-24T05:00:07.000Z'),
  synced('book', '2026-06-30T05:00:07.000Z'),
];

describe('nextDue', () => {
  it('is an interval after the last sync of the first that is due; never of one without a clock or without a sync', () => {
    expect(nextDue(sources, last)).toEqual({ at: new Date('2026-06-30T06:00:07Z'), names: ['crm'] });
    expect(nextDue([source('book'), source('new', '1h')], last)).toBeUndefined();
  });

  it('goes by when a sync began, however it ended, so that a broken source is not tried without end', () => {
    const failed = [{ ...synced('crm', '2026-06-30T09:00:00.000Z'), status: 'failed' as const }];
    expect(nextDue([source('crm', '15m')], failed)?.at).toEqual(new Date('2026-06-30T09:15:00Z'));
  });
});

describe('dueNow', () => {
  it('leaves out only what is not due, and takes a daily run for a day', () => {
    expect(dueNow(sources, last, '2026-06-30T05:30:00.000Z')).toEqual(['book', 'new']);
    expect(dueNow(sources, last, '2026-06-30T06:00:00.000Z')).toEqual(['crm', 'book', 'new']);
    expect(dueNow(sources, last, '2026-07-01T04:59:59.000Z')).toContain('billing'); // seven days but eight seconds
    expect(
      dueNow([source('a', '1d')], [synced('a', '2026-06-29T05:00:10.000Z')], '2026-06-30T05:00:00.000Z'),
    ).toEqual(['a']);
  });
});
