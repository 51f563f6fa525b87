import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Planner, payloadHash, planText, type WantedRecord, type WrittenRecord } from './plan.ts';

const wanted = (
  record_key: string,
  payload: WantedRecord['payload'],
  more: Partial<WantedRecord> = {},
): WantedRecord => ({ record_key, payload, isClosing: false, isBacklog: false, ...more });
const written = (record_key: string, payload: WantedRecord['payload']): WrittenRecord => ({
  record_key,
  payload: JSON.stringify(payload),
  payload_hash: payloadHash(payload),
  remote_id: `id-${record_key}`,
});

function plan(
  records: readonly WantedRecord[],
  ledger: readonly WrittenRecord[],
  rejected?: ReadonlySet<string>,
) {
  const planner = new Planner(rejected);
  for (const record of ledger) planner.know(record);
  for (const record of records) planner.add(record);
  const payloads = new Map(ledger.map(({ record_key, payload }) => [record_key, payload]));
  return planner.plan(new Map(planner.changed.map((key) => [key, payloads.get(key) ?? 'not in the ledger'])));
}

describe('plan', () => {
  it('sends what is new or changed and nothing else', () => {
    const result = plan(
      [wanted('a', { Score__c: 50 }), wanted('b', { Score__c: 60 }), wanted('c', { Score__c: null })],
      [written('a', { Score__c: 50 }), written('c', { Score__c: 7 }), written('gone', { Score__c: 1 })],
    );
    expect(result.unchanged).toBe(1);
    expect(
      result.changes.map(({ record_key, kind, remote_id, fields }) => ({
        record_key,
        kind,
        remote_id,
        fields,
      })),
    ).toEqual([
      { record_key: 'b', kind: 'create', remote_id: null, fields: { Score__c: [null, 60] } },
      { record_key: 'c', kind: 'update', remote_id: 'id-c', fields: { Score__c: [7, null] } },
    ]);
    expect(planText('Account', result)).toBe(
      'Account: 1 new, 1 changed, 1 unchanged\n  + b  Score__c 60\n  ~ c  Score__c 7 → (empty)',
    );
  });

  it('counts as open what is still wanted and holds a value', () => {
    const ledger = [
      written('a', { x: 1, review: false }),
      written('left', { x: null, review: false }),
      written('gone', { x: 1, review: true }),
    ];
    const now = [wanted('a', { x: 2, review: false }), wanted('left', { x: null, review: false })];
    expect(plan(now, ledger).open).toBe(1);
  });

  it('makes no record of a backlog, but goes on with one that was written or refused before', () => {
    const late = { isBacklog: true };
    const result = plan(
      [
        wanted('new', { Subject: 'Call A' }, late),
        wanted('refused', { Subject: 'Call B' }, late),
        wanted('written', { Subject: 'Call C' }, late),
      ],
      [written('written', { Subject: 'Call' })],
      new Set(['refused']),
    );
    expect(result.changes.map(({ record_key, kind }) => [record_key, kind])).toEqual([
      ['refused', 'create'],
      ['written', 'update'],
    ]);
    expect(planText('Task', result)).toContain(
      'Backlog: 1 came up too late and make no Task; see to them from here\n  = new  Subject "Call A"',
    );
  });

  it('closes what is there once, also what a run made and could not note', () => {
    const closing = { isClosing: true };
    const done = { Status: 'Completed' };
    const result = plan(
      [wanted('a', done, closing), wanted('b', done, closing), wanted('made', done, closing)],
      [written('a', { Subject: 'Call' }), written('b', done)],
    );
    expect(result.changes.map(({ record_key, kind, remote_id }) => [record_key, kind, remote_id])).toEqual([
      ['a', 'close', 'id-a'],
      ['made', 'close', null],
    ]);
    expect(planText('Task', result)).toBe(
      'Task: 0 new, 0 changed, 2 closed, 1 unchanged\n  x a  Status "Completed"\n  x made  Status "Completed"',
    );
  });

  it('plans the first of what is wanted twice, and names its key', () => {
    const result = plan([wanted('b', { x: 1 }), wanted('a', { x: 1 }), wanted('b', { x: 2 })], []);
    expect(result.repeated).toEqual(['b']);
    expect(result.changes.map(({ record_key, payload }) => [record_key, payload])).toEqual([
      ['b', { x: 1 }],
      ['a', { x: 1 }],
    ]);
    expect([...result.keys].sort()).toEqual(['a', 'b']);
  });

  it('has nothing to send once everything was written, whatever the order of fields', () => {
    const payload = fc.dictionary(
      fc.string(),
      fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.constant(null)),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), payload), (records) => {
        const all = Object.entries(records).map(([key, value]) => wanted(key, value));
        const ledger = all.map((each) =>
          written(each.record_key, Object.fromEntries(Object.entries(each.payload).reverse())),
        );
        return plan(all, ledger).changes.length === 0;
      }),
    );
  });
});
