import { describe, expect, it } from 'vitest';
import { frozenSentences } from './explain.ts';

const part = { measure: null, cut: null, signal_value: 50, weight: 10, contribution: 5 };

describe('frozenSentences', () => {
  it('says since when a signal is frozen, of those that are', () => {
    expect(
      frozenSentences([
        { signal: 'login_frequency', ...part, frozen_since: null },
        { signal: 'payment_timeliness', ...part, frozen_since: '2026-06-28' },
      ]),
    ).toEqual([
      'payment_timeliness is frozen since 2026-06-28: its source is stale, so it shows the value of the day before.',
    ]);
  });
});
