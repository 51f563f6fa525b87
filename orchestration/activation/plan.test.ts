import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { payloadHash, plan, planText, type WantedRecord, type WrittenRecord } from './plan.ts';

const wanted = (record_key: string, payload: WantedRecord['payload']): WantedRecord => ({
  record_key,
  payload,
});
const written = (record_key: string, payload: WantedRecord['payload']): WrittenRecord => ({
  record_key,
  payload,
  payload_hash: payloadHash(payload),
});

describe('plan', () => {
  it('sends what is new or changed and nothing else', () => {
    const result = plan(
      'Account',
      [wanted('a', { Score__c: 50 }), wanted('b', { Score__c: 60 }), wanted('c', { Score__c: null })],
      [written('a', { Score__c: 50 }), written('c', { Score__c: 7 }), written('gone', { Score__c: 1 })],
      0.5,
    );
    expect(result.unchanged).toBe(1);
    expect(result.changes.map(({ record_key, kind, fields }) => ({ record_key, kind, fields }))).toEqual([
      { record_key: 'b', kind: 'create', fields: { Score__c: [null, 60] } },
      { record_key: 'c', kind: 'update', fields: { Score__c: [7, null] } },
    ]);
    expect(planText('Account', result)).toBe(
      'Account: 1 new, 1 changed, 1 unchanged\n  + b  Score__c 60\n  ~ c  Score__c 7 → (empty)',
    );
  });

  it('stops on a key that comes twice', () => {
    expect(() => plan('Task', [wanted('a', {}), wanted('a', {})], [], 1)).toThrow(
      /keys more than once \(a\)/,
    );
  });

  it('stops when more than the allowed share would change, but never on a first sync', () => {
    const ten = Array.from({ length: 10 }, (_, index) => `k${index}`);
    const ledger = ten.map((key) => written(key, { x: 1 }));
    const next = (changed: number) => ten.map((key, index) => wanted(key, { x: index < changed ? 2 : 1 }));
    expect(plan('Account', next(3), ledger, 0.3).changes).toHaveLength(3);
    expect(() => plan('Account', next(4), ledger, 0.3)).toThrow(/4 of the 10/);
    expect(plan('Account', next(10), [], 0.3).changes).toHaveLength(10);
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
        return plan('Account', all, ledger, 0).changes.length === 0;
      }),
    );
  });
});
