import type { IsoDate } from '../warehouse/index.ts';
import { LEAST_EFFECT, type MeasuredChange, points, sayChange } from './explain-words.ts';
import { type SignalOnDay, scoreChange, scoreOf } from './score-change.ts';
import { NO_WORDS, type SignalState, type SignalWords } from './signal-words.ts';

/** A signal of an account on one day, with what it was measured by; `cut` is the seed row that gave the value. */
export interface ExplainedSignalOnDay extends SignalOnDay {
  readonly measure: number | null;
  readonly cut?: string | null;
  readonly is_frozen?: boolean;
}

/** The signals of an account on one day. */
export interface ExplainedDay {
  readonly date: IsoDate;
  readonly signals: readonly ExplainedSignalOnDay[];
  /** the rules of that day's model version are the present ones, whose thresholds the words tell; default true */
  readonly hasPresentRules?: boolean;
}

export interface ExplainedSignal extends MeasuredChange {
  readonly sentence: string;
}

/** Why a score changed between two days. */
export interface ExplainedChange {
  readonly from_date: IsoDate;
  readonly to_date: IsoDate;
  /** 0–100; null without any signal */
  readonly score_from: number | null;
  readonly score_to: number | null;
  /** points; null without both scores */
  readonly score_change: number | null;
  /** the largest effect first, then by name */
  readonly rows: ExplainedSignal[];
  /** the change and its main reasons in plain words */
  readonly sentence: string;
}

const MAIN_REASONS = 3;

/**
 * Explains the change of one account's score between two days: one row a signal whose effects add to the
 * change exactly (`scoreChange`), each with a sentence, and the whole in words that a CSM can say to a
 * customer.
 *
 * @param words what is said of signals (`readSignalWords`); without it, names and values
 * @example
 * explainChange(on1June, on30June, words).sentence
 * // 'The score fell from 90 to 60 (−30 points) between 2026-06-01 and 2026-06-30. People logged in on fewer days: …'
 */
export function explainChange(
  from: ExplainedDay,
  to: ExplainedDay,
  words: SignalWords = NO_WORDS,
): ExplainedChange {
  const hasPresentRules = [from, to].every((day) => day.hasPresentRules ?? true);
  const [then, now] = [from, to].map(({ signals }) => statesOf(signals, hasPresentRules)) as [States, States];
  const rows = scoreChange(from.signals, to.signals)
    .map((change): ExplainedSignal => {
      const [before, after] = [then.get(change.signal) ?? null, now.get(change.signal) ?? null];
      const measured: MeasuredChange = {
        ...change,
        measure_from: before?.measure ?? null,
        measure_to: after?.measure ?? null,
        cut_from: before?.cut ?? null,
        cut_to: after?.cut ?? null,
      };
      return { ...measured, sentence: sayChange({ ...measured, from: before, to: after }, words) };
    })
    .sort(
      (left, right) =>
        Math.abs(right.effect) - Math.abs(left.effect) || left.signal.localeCompare(right.signal),
    );
  const score_from = scoreOf(from.signals);
  const score_to = scoreOf(to.signals);
  const reasons = rows
    .filter(({ effect }) => Math.abs(effect) >= LEAST_EFFECT)
    .slice(0, MAIN_REASONS)
    .map(({ sentence }) => sentence);
  return {
    from_date: from.date,
    to_date: to.date,
    score_from,
    score_to,
    score_change: score_from === null || score_to === null ? null : score_to - score_from,
    rows,
    sentence: [headline(from.date, to.date, score_from, score_to), ...reasons].join(' '),
  };
}

type States = ReadonlyMap<string, SignalState>;

/** The state of each signal that has a row. */
const statesOf = (signals: readonly ExplainedSignalOnDay[], hasPresentRules: boolean): States =>
  new Map(
    signals.map(({ signal, signal_value, measure, cut = null, is_frozen = false }) => [
      signal,
      { signal, value: signal_value, measure, cut, isFrozen: is_frozen, hasPresentRules },
    ]),
  );

const rounded = (score: number) => Math.round(score * 10) / 10;

function headline(
  fromDate: IsoDate,
  toDate: IsoDate,
  scoreFrom: number | null,
  scoreTo: number | null,
): string {
  const when = `between ${fromDate} and ${toDate}`;
  if (scoreFrom === null && scoreTo === null) return `There is no score on ${fromDate} or ${toDate}.`;
  if (scoreFrom === null)
    return `The score is ${rounded(scoreTo!)} on ${toDate}; there was none on ${fromDate}.`;
  if (scoreTo === null) return `There is no score on ${toDate}; it was ${rounded(scoreFrom)} on ${fromDate}.`;
  const change = scoreTo - scoreFrom;
  if (Math.abs(change) < LEAST_EFFECT) return `The score stayed at ${rounded(scoreTo)} ${when}.`;
  const verb = change < 0 ? 'fell' : 'rose';
  return `The score ${verb} from ${rounded(scoreFrom)} to ${rounded(scoreTo)} (${points(change)}) ${when}.`;
}
