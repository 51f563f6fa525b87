import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type ExplainedDay, type ExplainedSignalOnDay, explainChange } from './explain.ts';
import { digitsOf, points, sayChange, type ToldChange } from './explain-words.ts';
import { type CutRow, NO_WORDS, type SignalState, SignalWords, type WordsRow } from './signal-words.ts';

const seed = (name: string) =>
  parse(readFileSync(join(import.meta.dirname, '..', 'models', 'seeds', `${name}.csv`), 'utf8'), {
    columns: true,
  }) as Record<string, string>[];
const WORDS_ROWS = seed('signal_words').map((row) => ({ ...row, cut: row.cut || null })) as WordsRow[];
const CUT_ROWS = seed('signal_cuts').map(({ signal, cut, threshold }) => ({
  signal,
  cut,
  threshold: threshold ? Number(threshold) : null,
})) as CutRow[];
/** The words as they are shipped. */
const WORDS = new SignalWords(WORDS_ROWS, CUT_ROWS);

type Row = [
  signal: string,
  signal_value: number | null,
  weight: number,
  measure: number | null,
  cut?: string,
];
const day = (date: string, ...rows: Row[]): ExplainedDay => ({
  date,
  signals: rows.map(
    ([signal, signal_value, weight, measure, cut = null]): ExplainedSignalOnDay => ({
      signal,
      signal_value,
      weight,
      measure,
      cut,
    }),
  ),
});

describe('explainChange', () => {
  it('says what changed in words for a customer, the gravest first', () => {
    const explained = explainChange(
      day(
        '2026-06-01',
        ['csm_sentiment', 50, 10, null, 'yellow'],
        ['login_frequency', 100, 15, 21, 'high'],
        ['escalations', 100, 5, 0, 'none'],
      ),
      day(
        '2026-06-30',
        ['csm_sentiment', 100, 10, null, 'green'],
        ['login_frequency', 70, 15, 12, 'medium'],
        ['escalations', 20, 5, 3, 'several'],
      ),
      WORDS,
    );
    // 2500 / 30 = 83.33 → 2150 / 30 = 71.67; logins −15, escalations −13.33, sentiment +16.67
    expect(explained.sentence).toMatchInlineSnapshot(
      `"The score fell from 83.3 to 71.7 (−11.7 points) between 2026-06-01 and 2026-06-30. Our own view of how things stand: green, before: yellow (+16.7 points). People logged in on fewer days: 12 active days in the last 30 days, down from 21 (−15 points). More tickets were escalated: 3 escalations in the last 90 days, before: no escalation in the last 90 days (−13.3 points)."`,
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
    const today = day('2026-06-30', ['login_frequency', 70, 15, 12, 'medium']);
    expect(explainChange({ ...today, date: '2026-06-01' }, today, WORDS).sentence).toBe(
      'The score stayed at 70 between 2026-06-01 and 2026-06-30.',
    );
    expect(explainChange(day('2026-06-01', ['login_frequency', null, 15, null]), today, WORDS)).toMatchObject(
      { score_from: null, score_change: null },
    );
    expect(explainChange(day('2026-06-01'), day('2026-06-30'), WORDS).sentence).toBe(
      'There is no score on 2026-06-01 or 2026-06-30.',
    );
  });

  it('tells no threshold and compares no count of a day that other rules measured', () => {
    const was = { ...day('2026-06-30', ['login_frequency', 40, 15, 12]), hasPresentRules: false };
    const [row] = explainChange(
      was,
      day('2026-06-30', ['login_frequency', 70, 15, 12, 'medium']),
      WORDS,
    ).rows;
    expect(row?.sentence).toBe(
      'Logins: 12 active days, as before; it counts 70 of 100, not 40 (+30 points).',
    );
  });
});

describe('sayChange', () => {
  interface Side {
    value: number | null;
    measure?: number | null;
    cut?: string | null;
    isFrozen?: boolean;
  }
  const state = (signal: string, { value, measure = null, cut = null, isFrozen = false }: Side) =>
    ({ signal, value, measure, cut, isFrozen, hasPresentRules: true }) satisfies SignalState;
  const change = (signal: string, from: Side, to: Side, effects: Partial<ToldChange> = {}): ToldChange => ({
    signal,
    from: state(signal, from),
    to: state(signal, to),
    value_from: from.value,
    value_to: to.value,
    value_effect: -5,
    weight_effect: 0,
    coverage_effect: 0,
    effect: -5,
    ...effects,
  });
  const say = (...parts: Parameters<typeof change>) => sayChange(change(...parts), WORDS);

  it('says up and down of the same count, and else what stood before', () => {
    expect(
      say(
        'license_utilization',
        { value: 82.4, measure: 82.4, cut: 'full' },
        { value: 60.62, measure: 60.62, cut: 'full' },
      ),
    ).toBe(
      'A smaller part of the seats is in use: users for 60.6 % of the seats in the last 30 days, down from 82.4 (−5 points).',
    );
    expect(
      say('escalations', { value: 60, measure: 1, cut: 'one' }, { value: 20, measure: 2, cut: 'several' }),
    ).toBe('More tickets were escalated: 2 escalations in the last 90 days, up from 1 (−5 points).');
    expect(
      say(
        'payment_timeliness',
        { value: 100, measure: -2, cut: 'on_time' },
        { value: 50, measure: 12, cut: 'late' },
      ),
    ).toBe(
      'Invoices are later at worst: 12 days late at worst, invoices due in the last 180 days, before: none late of those due in the last 180 days (−5 points).',
    );
  });

  it('says of no ticket that there is none, not that there are more', () => {
    expect(
      say('ticket_trend', { value: 100, measure: 0, cut: 'falling' }, { value: 70, cut: 'no_ticket' }),
    ).toBe(
      'The trend of support tickets: no ticket in the last 90 days, before: no recent ticket, none in the last 30 days (−5 points).',
    );
  });

  it('tells reviews by the last one when as many were missed', () => {
    expect(
      say(
        'qbr_attendance',
        { value: 0, measure: 2, cut: 'missed_more' },
        { value: 100, measure: 2, cut: 'attended' },
        { effect: 10 },
      ),
    ).toBe(
      'Business reviews: the last one was attended, 2 others missed in the last 180 days, before: the last one was missed, 2 in all within the last 180 days (+10 points).',
    );
  });

  it('tells a value of another cut by its seed row, whatever it is worth', () => {
    const words = sayChange(
      change('exec_sponsor', { value: 40, cut: 'responded' }, { value: 90, cut: 'met' }, { effect: 3.5 }),
      WORDS,
    );
    expect(words).toBe(
      'The executive sponsor: one met us in the last 90 days, before: one wrote or logged in within the last 90 days, none met us (+3.5 points).',
    );
  });

  it('takes the window from the cuts', () => {
    const longer = new SignalWords(
      WORDS_ROWS,
      CUT_ROWS.map((row) => (row.cut === 'lookback_days' ? { ...row, threshold: 60 } : row)),
    );
    expect(
      sayChange(change('login_frequency', { value: 70, measure: 31 }, { value: 40, measure: 1 }), longer),
    ).toBe('People logged in on fewer days: 1 active day in the last 60 days, down from 31 (−5 points).');
  });

  it('says what changed when the account stands where it stood', () => {
    const here = { value: 100, measure: 21, cut: 'high' };
    expect(say('login_frequency', here, { ...here, value: 90 })).toBe(
      'Logins: 21 active days in the last 30 days, as before; it counts 90 of 100, not 100 (−5 points).',
    );
    expect(say('login_frequency', here, here, { value_effect: 0, weight_effect: 3, effect: 3 })).toBe(
      'Logins: 21 active days in the last 30 days, as before; the weights changed (+3 points).',
    );
    expect(say('login_frequency', here, here, { value_effect: 0, coverage_effect: 1, effect: 1 })).toBe(
      'Logins: 21 active days in the last 30 days, as before; it counts differently as other signals came or went (+1 point).',
    );
  });

  it('says of which day there are no data', () => {
    expect(
      say('email_response', { value: 60, measure: 30, cut: 'fair' }, { value: null }, { effect: 1.04 }),
    ).toBe(
      'Answers to our mails: no data, before: 30 hours to an answer on average, mails of the last 90 days (+1 point).',
    );
    expect(say('email_response', { value: null }, { value: 20, cut: 'unanswered' })).toBe(
      'Answers to our mails: none of our mails of the last 90 days was answered, before: no data (−5 points).',
    );
    expect(say('email_response', { value: null }, { value: null }, { effect: 0 })).toBe(
      'Answers to our mails: no data on either day (±0 points).',
    );
  });

  it('says of a frozen value that it is an earlier day’s, and compares nothing with it', () => {
    expect(
      say(
        'login_frequency',
        { value: 100, measure: 21, cut: 'high' },
        { value: 70, measure: 12, cut: 'medium', isFrozen: true },
      ),
    ).toBe(
      'Logins: 12 active days (of an earlier day, because the source is late), before: 21 active days in the last 30 days (−5 points).',
    );
  });

  it('goes by the measure alone without a cut, and by the value without either', () => {
    expect(say('qbr_attendance', { value: 0, measure: 2 }, { value: 100, measure: 2 })).toBe(
      'Business reviews: 2 reviews missed in the last 180 days, as before; it counts 100 of 100, not 0 (−5 points).',
    );
    expect(say('exec_sponsor', { value: 100 }, { value: 50 })).toBe(
      'The executive sponsor: 50 of 100, down from 100 (−5 points).',
    );
    expect(
      say('api_calls', { value: 100, measure: Number.POSITIVE_INFINITY }, { value: 50, measure: 3 }),
    ).toBe('Api calls: 50 of 100, down from 100 (−5 points).');
  });

  it('has names and values where the seeds are not built', () => {
    expect(
      sayChange(change('login_frequency', { value: 100, measure: 21 }, { value: 70, measure: 12 }), NO_WORDS),
    ).toBe('Login frequency: 70 of 100, down from 100 (−5 points).');
  });

  it('writes as many digits as tell two numbers apart', () => {
    expect([digitsOf(23.97, null), digitsOf(23.97, 24.04), digitsOf(-5, 3), digitsOf(2, 2)]).toEqual([
      '24',
      '23.97',
      '−5',
      '2',
    ]);
    expect([digitsOf(23.999_7, 24.000_4), digitsOf(24.000_4, 23.999_7)]).toEqual(['23.9997', '24.0004']);
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

describe('the words that are shipped', () => {
  it('tell each signal and cut that has a value, with and without what it is measured by', () => {
    const lacking = seed('signal_cuts')
      .filter(({ cut = '', signal_value }) => signal_value !== '' && !cut.endsWith('_days'))
      .flatMap(({ signal = '', cut = '' }) => {
        const of = (measure: number | null) =>
          WORDS.state({ signal, value: 50, measure, cut, isFrozen: false, hasPresentRules: true });
        return [of(2), of(0), of(null)].some((words) => words !== undefined) ? [] : [`${signal} ${cut}`];
      });
    // satisfaction with tickets and the trend of users are parts of a mean, which has no cut
    expect(lacking).toEqual([
      'support_sentiment csat_least',
      'support_sentiment csat_most',
      'expansion_readiness rising',
      'expansion_readiness steady',
      'expansion_readiness falling',
    ]);
  });

  it('ask for cuts that there are', () => {
    const names = new Set(CUT_ROWS.map(({ signal, cut }) => `${signal} ${cut}`));
    const unknown = WORDS_ROWS.flatMap(({ signal, cut, words }) => [
      ...(cut === null || names.has(`${signal} ${cut}`) ? [] : [`${signal} ${cut}`]),
      ...[...words.matchAll(/\{(\w+)/g)].flatMap(([, name = '']) =>
        name === 'measure' || names.has(`${signal} ${name}`) ? [] : [`${signal} {${name}}`],
      ),
    ]);
    expect(unknown).toEqual([]);
  });
});
