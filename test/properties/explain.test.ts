import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExplainedDay, explainChange, readSignalWords } from '../../scoring/index.ts';
import { openWarehouse } from '../../warehouse/index.ts';
import { asKnownOn } from '../oracle/as-known.ts';
import { addDays } from '../oracle/company.ts';
import { randomNumbers } from '../oracle/random-company.ts';
import { type OracleSignal, oracleSignals, type Preset } from '../oracle/signals.ts';
import { FOLDER, LAST, query, randomLine, SIGNALS_FROM } from './random-line.ts';

// What a sentence claims is read back out of its words and held against the oracle, which knows neither the words nor
// the cuts that the models published. A text that no claim reads fails, so that new words come with a claim.
const company = asKnownOn(randomLine().signals, LAST);
const accountIds = [...new Set(company.accounts.map((row) => row.account_id))];
const PAIRS = 500;

const number = (text: string | undefined) => Number((text ?? '').replace('−', '-'));
/** A number as it is written, with one digit or more, stands for the exact one. */
const isWritten = (text: string | undefined, exact: number | null) => {
  const digits = /\.(\d+)$/.exec(text ?? '')?.[1]?.length ?? 0;
  return exact !== null && Math.abs(number(text) - exact) <= 0.5 * 10 ** -Math.max(1, digits) + 1e-9;
};
type Claim = (day: OracleSignal, found: RegExpExecArray) => boolean;
const measured: Claim = ({ measure }, [, written]) => isWritten(written, measure);
const atMostZero: Claim = ({ measure }) => measure !== null && measure <= 0;
const byCut =
  (...cuts: string[]): Claim =>
  ({ cut }) =>
    cut !== null && cuts.includes(cut);
const both =
  (...claims: Claim[]): Claim =>
  (day, found) =>
    claims.every((claim) => claim(day, found));
const valued: Claim = ({ value }, [, written]) => isWritten(written, value);

/** Texts of where an account stands, by signal, and what must be so when they are said. */
const STATES: Readonly<Record<string, readonly (readonly [RegExp, Claim])[]>> = {
  login_frequency: [
    [/^(\d+) active days? in the last 30 days$/, measured],
    [/^nobody was active in the last 30 days$/, atMostZero],
  ],
  feature_adoption: [
    [/^([\d.]+) % of the licensed features used in the last 90 days$/, measured],
    [/^none of the licensed features used in the last 90 days$/, atMostZero],
  ],
  license_utilization: [
    [/^users for ([\d.]+) % of the seats in the last 30 days$/, measured],
    [/^no seat in use in the last 30 days$/, atMostZero],
  ],
  qbr_attendance: [
    [
      /^the last one was attended, (\d+) others? missed in the last 180 days$/,
      both(byCut('attended'), measured),
    ],
    [/^the last one was attended, none missed in the last 180 days$/, both(byCut('attended'), atMostZero)],
    [
      /^a recap took the place of the last one, (\d+) others? missed in the last 180 days$/,
      both(byCut('recap'), measured),
    ],
    [
      /^a recap took the place of the last one, none missed in the last 180 days$/,
      both(byCut('recap'), atMostZero),
    ],
    [
      /^the last one was missed, (\d+) in all within the last 180 days$/,
      both(byCut('missed_one', 'missed_more'), measured),
    ],
  ],
  email_response: [
    [/^([\d.]+) hours? to an answer on average, mails of the last 90 days$/, measured],
    [
      /^none of our mails of the last 90 days was answered$/,
      ({ measure, value }) => measure === null && value !== null,
    ],
  ],
  ticket_trend: [
    [/^([\d.]+) times the usual number, the last 30 days against the last 90$/, measured],
    [/^no recent ticket, none in the last 30 days$/, atMostZero],
    [/^no ticket in the last 90 days$/, ({ measure, value }) => measure === null && value !== null],
  ],
  escalations: [
    [/^(\d+) escalations? in the last 90 days$/, measured],
    [/^no escalation in the last 90 days$/, atMostZero],
  ],
  payment_timeliness: [
    [/^(\d+) days? late at worst, invoices due in the last 180 days$/, measured],
    [/^none late of those due in the last 180 days$/, both(atMostZero, byCut('on_time'))],
    [
      /^one was written off, (\d+) days? late at worst, invoices due in the last 180 days$/,
      both(byCut('uncollectible'), measured),
    ],
    [/^one was written off of those due in the last 180 days$/, both(byCut('uncollectible'), atMostZero)],
  ],
  csm_sentiment: [[/^(green|yellow|red)$/, ({ cut }, [, colour]) => cut === colour]],
  product_usage: [[/^([\d.]+) of 100$/, valued]],
  support_sentiment: [[/^([\d.]+) of 100$/, valued]],
  account_fit: [
    [/^the company is acquired$/, byCut('acquired')],
    [/^the company is not acquired$/, byCut('independent')],
  ],
  onboarding_time: [
    [/^(\d+) days? from the first term's start$/, measured],
    [/^at the first term's start or before$/, atMostZero],
  ],
  business_outcomes: [
    [/^a promoter with (\d+) of 10$/, both(byCut('promoter'), measured)],
    [/^passive with (\d+) of 10$/, both(byCut('passive'), measured)],
    [/^a detractor with (\d+) of 10$/, both(byCut('detractor'), measured)],
    [/^satisfaction ([\d.]+) of 5$/, both(byCut('csat_most'), measured)],
  ],
};
const CONTACT_STATES: (typeof STATES)[string] = [
  [/^one met us in the last 90 days$/, byCut('met')],
  [/^one wrote or logged in within the last 90 days, none met us$/, byCut('responded')],
  [/^none on record, or no sign of one in the last 90 days$/, byCut('absent')],
];

const MORE =
  /^(People logged in on more days|A larger part of the features is in use|A larger part of the seats is in use|Our mails are answered later on average|The trend of support tickets went up|More tickets were escalated|Invoices are later at worst)$/;
const FEWER =
  /^(People logged in on fewer days|A smaller part of the features is in use|A smaller part of the seats is in use|Our mails are answered sooner on average|The trend of support tickets went down|Fewer tickets were escalated|Invoices are less late at worst)$/;
const SUBJECT =
  /^(Logins|Use of features|Use of seats|Business reviews|Answers to our mails|The executive sponsor|The trend of support tickets|Escalated tickets|Payment of invoices|Our own view of how things stand|Product usage|Experience with support|The champion|Fit of the account|Time to onboard|The latest survey)$/;

const states = (signal: string) => STATES[signal] ?? CONTACT_STATES;
/** What is wrong with a text about a day; nothing when it is true. */
function untrue(text: string, day: OracleSignal): string | undefined {
  if (text === 'no data') return day.value === null ? undefined : 'there were data';
  for (const [pattern, claim] of states(day.signal)) {
    const found = pattern.exec(text);
    if (found) return claim(day, found) ? undefined : `"${text}" is not so`;
  }
  return `nobody knows what "${text}" claims`;
}

/** What is wrong with a sentence about two days; nothing when each of its claims is true. */
function wrongIn(sentence: string, effect: number, from: OracleSignal, to: OracleSignal): string[] {
  const wrong: string[] = [];
  const [, opening = '', said = '', points] =
    /^(.*?): (.*) \(([+−±][\d.]+) points?\)\.$/.exec(sentence) ?? [];
  if (!isWritten(points?.replace(/[+±]/, ''), effect)) wrong.push(`${effect} points`);
  if (from.value === null && to.value === null)
    return said === 'no data on either day' ? wrong : ['there are no data'];
  const [what = '', ...others] = said.split('; ');
  for (const reason of others) {
    const isCounts = /^it counts ([\d.]+) of 100, not ([\d.]+)$/.exec(reason);
    if (isCounts) wrong.push('the same state has one value');
    else if (!/^it counts differently as other signals came or went$/.test(reason)) wrong.push(reason);
  }
  const [before, after] = [from.measure, to.measure];
  const isMore = before !== null && after !== null && after > before;
  const isFewer = before !== null && after !== null && after < before;
  if (MORE.test(opening) ? !isMore : FEWER.test(opening) ? !isFewer : !SUBJECT.test(opening))
    wrong.push(`${opening}: ${before} to ${after}`);

  const moved = /^(.*), (up|down) from ([−\d.]+)$/.exec(what);
  if (moved) {
    const [, now = '', direction, then] = moved;
    const told = /(?<![\w.])(?:\d[\d.]*)/.exec(now)?.[0];
    const [was, is] = told !== undefined && /of 100$/.test(now) ? [from.value, to.value] : [before, after];
    if (!isWritten(then, was) || !isWritten(told, is)) wrong.push(`${what}: ${was} to ${is}`);
    if (direction === 'up' ? !(number(told) > number(then)) : !(number(told) < number(then)))
      wrong.push(what);
    return [...wrong, ...[untrue(now, to)].flatMap((each) => each ?? [])];
  }
  const same = /^(.*), as before$/.exec(what);
  const cut = what.lastIndexOf(', before: ');
  const [now, then] = same
    ? [same[1]!, same[1]!]
    : [what.slice(0, cut), what.slice(cut + ', before: '.length)];
  return [...wrong, ...[untrue(now, to), untrue(then, from)].flatMap((each) => each ?? [])];
}

describe.each(['standard_10', 'lean_6'] as const)(
  'each sentence about two days of an account (%s)',
  (preset: Preset) => {
    const random = randomNumbers(preset.length);
    const whole = (below: number) => Math.floor(random() * below);
    const pairs = Array.from({ length: PAIRS }, () => {
      const to = 1 + whole(149);
      return {
        account_id: accountIds[whole(accountIds.length)]!,
        // every other pair as far apart as the windows of the pages
        from: addDays(SIGNALS_FROM, random() < 0.5 ? whole(to) : Math.max(0, to - [7, 30, 90][whole(3)]!)),
        to: addDays(SIGNALS_FROM, to),
      };
    });
    const sentences: { text: string; effect: number; from: OracleSignal; to: OracleSignal; where: string }[] =
      [];

    beforeAll(async () => {
      const warehouse = await openWarehouse(
        { type: 'duckdb', path: join(FOLDER, 'warehouse.duckdb') },
        { readOnly: true },
      );
      const words = await readSignalWords(warehouse);
      await warehouse.close();
      const days = [...new Set(pairs.flatMap(({ from, to }) => [from, to]))]
        .map((day) => `date '${day}'`)
        .join();
      const rows = await query(
        `select account_id, as_of_date, signal, measure, cut, signal_value, weight, is_frozen
       from marts.fct_signal_contributions_daily where model_version like '${preset}@%' and as_of_date in (${days})
         and weight > 0`,
      );
      const byDay = Map.groupBy(rows, (row) => `${row.account_id} ${row.as_of_date}`);
      for (const { account_id, from, to } of pairs) {
        const on = (date: string) =>
          ({ date, signals: byDay.get(`${account_id} ${date}`) ?? [] }) as unknown as ExplainedDay;
        const facts = (date: string) =>
          new Map(oracleSignals(company, account_id, date, preset).map((each) => [each.signal, each]));
        const [then, now] = [facts(from), facts(to)];
        for (const { signal, sentence, effect } of explainChange(on(from), on(to), words).rows) {
          sentences.push({
            text: sentence,
            effect,
            from: then.get(signal)!,
            to: now.get(signal)!,
            where: `${account_id} ${from} ${to} ${signal}`,
          });
        }
      }
    });

    it('claims nothing that the data do not say', () => {
      expect(sentences).toHaveLength(PAIRS * (preset === 'lean_6' ? 6 : 10));
      const wrong = sentences.flatMap(({ text, effect, from, to, where }) =>
        wrongIn(text, effect, from, to).map((what) => `${where}: ${what}. ${text}`),
      );
      expect([wrong.length, ...wrong.slice(0, 8)]).toEqual([0]);
    });

    it('comes in enough forms to say something', () => {
      const count = (pattern: RegExp) => sentences.filter(({ text }) => pattern.test(text)).length;
      expect(count(/, (up|down) from /)).toBeGreaterThan(100);
      expect(count(/, as before/)).toBeGreaterThan(100);
      expect(count(/, before: /)).toBeGreaterThan(100);
      expect(count(/no data/)).toBeGreaterThan(10);
      if (preset === 'standard_10') expect(count(/no ticket in the last 90 days/)).toBeGreaterThan(5);
    });
  },
);
