import { describe, expect, it } from 'vitest';
import { aucInterval } from './auc-interval.ts';

const BOOTSTRAP = { samples: 200, seed: 1 };

describe('aucInterval', () => {
  // The example of auc: of 2 × 2 pairs the churned one is lower in 3.
  const cases = [
    { account_id: 'D', isChurned: false, value: 40 },
    { account_id: 'A', isChurned: true, value: 10 },
    { account_id: 'C', isChurned: true, value: 30 },
    { account_id: 'B', isChurned: false, value: 20 },
  ];

  it('orders the cases itself', () => {
    expect(aucInterval(cases, BOOTSTRAP).value).toBe(0.75);
    expect(aucInterval([...cases].reverse(), BOOTSTRAP)).toEqual(aucInterval(cases, BOOTSTRAP));
  });

  it('keeps the cases of an account together: copies of them make the interval no narrower', () => {
    const copied = cases.flatMap((one) => Array.from({ length: 20 }, () => one));
    const { low, high } = aucInterval(copied, BOOTSTRAP);
    expect([low, high]).toEqual([aucInterval(cases, BOOTSTRAP).low, aucInterval(cases, BOOTSTRAP).high]);
  });

  it('gives null without both outcomes', () => {
    expect(aucInterval(cases.slice(0, 1), BOOTSTRAP)).toEqual({ value: null, low: null, high: null });
  });
});
