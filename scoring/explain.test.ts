import { describe, expect, it } from 'vitest';
import { type ExplainedDay, explainChange } from './explain.ts';
import { type MeasuredChange, points, sayChange } from './explain-words.ts';

const day = (date: string, ...signals: [string, number | null, number, number | null][]): ExplainedDay => ({
  date,
  signals: signals.map(([signal, signal_value, weight, measure]) => ({
    signal,
    signal_value,
    weight,
    measure,
  })),
});

describe('explainChange', () => {
  it('says what changed in words for a customer, the gravest first', () => {
    const explained = explainChange(
      day(
        '2026-06-01',
        ['csm_sentiment', 50, 10, null],
        ['login_frequency', 100, 15, 21],
        ['escalations', 100, 5, 0],
      ),
      day(
        '2026-06-30',
        ['csm_sentiment', 100, 10, null],
        ['login_frequency', 70, 15, 12],
        ['escalations', 20, 5, 3],
      ),
    );
    // 2500 / 30 = 83.33 → 2150 / 30 = 71.67; logins −15, escalations −13.33, sentiment +16.67
    expect(explained.sentence).toMatchInlineSnapshot(
      `"The score fell from 83.3 to 71.7 (−11.7 points) between 2026-06-01 and 2026-06-30. Our own view of how things stand is brighter: green, before: yellow (+16.7 points). People logged in on fewer days: 12 active days in the last 30, down from 21 (−15 points). More tickets were escalated: 3 escalations in the last 90 days, up from 0 (−13.3 points)."`,
    );
    expect(explained.score_change).toBeCloseTo(-350 / 30, 9);
    expect(explained.rows.map(({ signal }) => signal)).toEqual([
      'csm_sentiment',
      'login_frequency',
      'escalations',
    ]);
    expect(explained.rows.reduce((sum, { effect }) => sum + effect, 0)).toBeCloseTo(
      explained.score_change!,
      9,
    );
  });

  it('says that nothing changed, or that there was no score', () => {
    const today = day('2026-06-30', ['login_frequency', 70, 15, 12]);
    expect(explainChange({ ...today, date: '2026-06-01' }, today).sentence).toBe(
      'The score stayed at 70 between 2026-06-01 and 2026-06-30.',
    );
    expect(explainChange(day('2026-06-01', ['login_frequency', null, 15, null]), today)).toMatchObject({
      score_from: null,
      score_change: null,
    });
    expect(explainChange(day('2026-06-01'), day('2026-06-30')).sentence).toBe(
      'There is no score on 2026-06-01 or 2026-06-30.',
    );
  });
});

describe('sayChange', () => {
  const change = (values: Partial<MeasuredChange>): MeasuredChange => ({
    signal: 'payment_timeliness',
    value_from: 100,
    value_to: 50,
    measure_from: 0,
    measure_to: 12,
    value_effect: -5,
    weight_effect: 0,
    coverage_effect: 0,
    effect: -5,
    ...values,
  });

  it.each([
    [
      {},
      'Invoices are paid later: 12 days late at worst, before: none late in the last 180 days (−5 points).',
    ],
    [
      { signal: 'license_utilization', measure_from: 82.4, measure_to: 60.6 },
      'Fewer of the seats are in use: 61 % of seats active in the last 30 days, down from 82 % (−5 points).',
    ],
    [
      { signal: 'escalations', measure_from: 1, measure_to: 2 },
      'More tickets were escalated: 2 escalations in the last 90 days, up from 1 (−5 points).',
    ],
    [
      { signal: 'email_response', value_to: null, measure_to: null, effect: 1.04 },
      'Answers to our mails: no data any more (+1 point).',
    ],
    [
      {
        signal: 'exec_sponsor',
        value_from: null,
        value_to: 50,
        measure_from: null,
        measure_to: null,
        effect: 2.5,
      },
      'The executive sponsor: first data, replied or logged in, but did not meet us (+2.5 points).',
    ],
    [
      { value_to: 100, measure_to: 0, value_effect: 0, weight_effect: 3, effect: 3 },
      'Payment of invoices: unchanged, none late in the last 180 days; its weight was changed (+3 points).',
    ],
    [
      { signal: 'api_calls', measure_from: null, measure_to: null },
      'Api calls went down: 50 of 100, down from 100 (−5 points).',
    ],
  ] satisfies [Partial<MeasuredChange>, string][])('says %j', (values, sentence) => {
    expect(sayChange(change(values))).toBe(sentence);
  });

  it('writes points with one digit and a true minus', () => {
    expect([points(-4.54), points(1), points(0.01), points(12.25)]).toEqual([
      '−4.5 points',
      '+1 point',
      '±0 points',
      '+12.3 points',
    ]);
  });
});
