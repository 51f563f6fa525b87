import type { IsoDate } from '../warehouse/index.ts';
import { type MeasuredChange, points, sayChange } from './explain-words.ts';
import { type SignalOnDay, scoreChange, scoreOf } from './score-change.ts';

/** The signals of an account on one day, with their measures. */
export interface ExplainedDay {
  readonly date: IsoDate;
  readonly signals: readonly (SignalOnDay & { readonly measure: number | null })[];
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
/** Below this an effect rounds to nothing. */
const LEAST_EFFECT = 0.05;

/**
 * Explains the change of one account's score between two days: one row a signal whose effects add to the
 * change exactly (`scoreChange`), each with a sentence, and the whole in words that a CSM can say to a
 * customer.
 *
 * @example
 * explainChange(on1June, on30June).sentence
 * // 'The score fell from 90 to 60 (−30 points) between 2026-06-01 and 2026-06-30. People logged in on fewer days: …'
 */
export function explainChange(from: ExplainedDay, to: ExplainedDay): ExplainedChange {
  const measureOn = (day: ExplainedDay, signal: string) =>
    day.signals.find((candidate) => candidate.signal === signal)?.measure ?? null;
  const rows = scoreChange(from.signals, to.signals)
    .map(
      (change): MeasuredChange => ({
        ...change,
        measure_from: measureOn(from, change.signal),
        measure_to: measureOn(to, change.signal),
      }),
    )
    .map((change): ExplainedSignal => ({ ...change, sentence: sayChange(change) }))
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
