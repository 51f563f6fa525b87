import { describe, expect, it } from 'vitest';
import { cutText, frozenSentences, noiseSentences } from './explain.ts';

const part = {
  ...{ measure: null, cut: null, is_part_of_cut: false, signal_value: 50, weight: 10, contribution: 5 },
};

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

describe('noiseSentences', () => {
  it('says until when, of what, why, and who says so, on one line each', () => {
    expect(
      noiseSentences([
        {
          ...{ subject: 'csm_sentiment', reason: 'set once\na quarter' },
          ...{ until_date: '2026-09-30', confirmed_by: 'Uma' },
        },
        { subject: null, reason: 'its mail is not connected', until_date: null, confirmed_by: null },
      ]),
    ).toEqual([
      'known noise until 2026-09-30, csm_sentiment: set once\\na quarter (Uma)',
      'known noise, all data of the account: its mail is not connected',
    ]);
  });
});

describe('cutText', () => {
  it('says of a part of the seats that it is not all of them', () => {
    expect(cutText({ cut: 'full', is_part_of_cut: true })).toBe('part of full');
    expect(cutText({ cut: 'full', is_part_of_cut: false })).toBe('full');
    expect(cutText({ cut: null, is_part_of_cut: false })).toBeNull();
  });
});
