import { z } from 'zod';
import type { Column, Warehouse } from '../warehouse/index.ts';
import { historyInvalid } from './errors.ts';

const wordsRow = z.object({
  signal: z.string(),
  cut: z.string().nullable(),
  part: z.enum(['subject', 'more', 'fewer', 'state', 'state_at_zero', 'state_without_measure', 'needs']),
  words: z.string(),
});
/** A row of the seed `signal_words`: a part of what is said of a signal, for one cut or (`cut` null) for all others. */
export type WordsRow = z.infer<typeof wordsRow>;

const cutRow = z.object({ signal: z.string(), cut: z.string(), threshold: z.number().nullable() });
/** A row of the seed `signal_cuts` for all segments: the threshold of a cut, in the unit of the measure, or days of a lookback. */
export type CutRow = z.infer<typeof cutRow>;

/** Where an account stood with a signal on a day. */
export interface SignalState {
  readonly signal: string;
  /** 0–100; null without data */
  readonly value: number | null;
  /** in the signal's own unit; null where it has none */
  readonly measure: number | null;
  /** the seed row that gave the value; null for signals without, and for days that an earlier release built */
  readonly cut: string | null;
  /** the value is an earlier day's, because the source is stale */
  readonly isFrozen: boolean;
  /** the thresholds of that day are those of the seed */
  readonly hasPresentRules: boolean;
}

const MEASURE = /\{measure(?:\|([^|}]*)\|([^}]*))?\}/g;
const BRACKETS = /\[([^\]]*)\]/g;
const THRESHOLD = /\{(\w+)\}/g;

/** A measure that can be told; not a number, or without an end, is none. */
export const toldMeasure = ({ measure }: Pick<SignalState, 'measure'>): number | null =>
  measure !== null && Number.isFinite(measure) ? measure : null;

/** What is said of signals, from the seeds `signal_words` and `signal_cuts`. */
export class SignalWords {
  readonly #words: ReadonlyMap<string, string>;
  readonly #thresholds: ReadonlyMap<string, number>;

  constructor(words: readonly WordsRow[], cuts: readonly CutRow[]) {
    this.#words = new Map(words.map(({ signal, cut, part, words }) => [keyOf(signal, cut, part), words]));
    this.#thresholds = new Map(
      cuts.flatMap(({ signal, cut, threshold }) =>
        threshold === null ? [] : [[`${signal} ${cut}`, threshold] as const],
      ),
    );
  }

  /** The signal's name in a sentence: `api_calls` is "Api calls" unless the seed says it better. */
  subject(signal: string): string {
    const name = signal.replaceAll('_', ' ');
    return this.#part(signal, null, 'subject') ?? name.charAt(0).toUpperCase() + name.slice(1);
  }

  /** That the measure rose (`more`) or fell; undefined where the seed has no words for it. */
  movement(signal: string, direction: 'more' | 'fewer'): string | undefined {
    return this.#part(signal, null, direction);
  }

  /**
   * What a state is told by, with the measure still to be filled (`withMeasure`): the words of its cut, else those of the
   * signal. Undefined when nothing fits, or it asks for a threshold that is not known.
   */
  state(state: SignalState): string | undefined {
    const measure = toldMeasure(state);
    const parts =
      measure === null
        ? (['state_without_measure'] as const)
        : measure <= 0
          ? (['state_at_zero', 'state'] as const)
          : (['state'] as const);
    for (const cut of state.cut === null ? [null] : [state.cut, null]) {
      for (const part of parts) {
        const words = this.#part(state.signal, cut, part);
        const filled = words === undefined ? undefined : this.#filled(words, state);
        if (filled !== undefined) return filled;
      }
    }
    return undefined;
  }

  #part(signal: string, cut: string | null, part: WordsRow['part']): string | undefined {
    return this.#words.get(keyOf(signal, cut, part));
  }

  /** Thresholds in, brackets resolved; undefined when one that is needed is not known. */
  #filled(words: string, { signal, isFrozen, hasPresentRules }: SignalState): string | undefined {
    const threshold = (name: string) =>
      hasPresentRules ? this.#thresholds.get(`${signal} ${name}`) : undefined;
    const isKnown = (text: string) =>
      [...text.replace(MEASURE, '').matchAll(THRESHOLD)].every(
        ([, name = '']) => threshold(name) !== undefined,
      );
    const open = words.replace(BRACKETS, (_, inner: string) => (!isFrozen && isKnown(inner) ? inner : ''));
    if (!isKnown(open)) return undefined;
    return open.replace(THRESHOLD, (found, name: string) =>
      name === 'measure' ? found : String(threshold(name)),
    );
  }
}

const keyOf = (signal: string, cut: string | null, part: string) => `${signal} ${cut ?? ''} ${part}`;

/** Puts a measure, already written as digits, into a template: `{measure|day|days}` of 1 is "1 day". */
export const withMeasure = (words: string, digits: string): string =>
  words.replace(MEASURE, (_, one?: string, many?: string) =>
    one === undefined ? digits : `${digits} ${digits === '1' ? one : many}`,
  );

/** Words for a warehouse whose seeds are not built: names and values only. */
export const NO_WORDS = new SignalWords([], []);

/** Whether the seed `signal_cuts` tells segments apart; an earlier release's does not before its next build. */
export const hasSegments = (columns: readonly Column[]): boolean =>
  columns.some(({ name }) => name === 'segment');

/** Reads the seeds; without them (a warehouse that an earlier release built) there are only names and values. */
export async function readSignalWords(warehouse: Warehouse): Promise<SignalWords> {
  const columns = await warehouse.tableColumns('intermediate', 'signal_cuts');
  if (columns === undefined) return NO_WORDS;
  if ((await warehouse.tableColumns('intermediate', 'signal_words')) === undefined) return NO_WORDS;
  const { db } = warehouse;
  const words = await db
    .selectFrom('intermediate.signal_words')
    .select(['signal', 'cut', 'part', 'words'])
    .execute();
  const cuts = await db
    .selectFrom('intermediate.signal_cuts')
    .select(['signal', 'cut', 'threshold'])
    .$if(hasSegments(columns), (query) => query.where('segment', 'is', null))
    .execute();
  return new SignalWords(
    parsed('intermediate.signal_words', wordsRow, words),
    parsed('intermediate.signal_cuts', cutRow, cuts),
  );
}

function parsed<T>(relation: string, schema: z.ZodType<T, unknown>, rows: readonly unknown[]): T[] {
  const result = z.array(schema).safeParse(rows);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw historyInvalid(relation, `${issue.path.slice(1).join('.')}: ${issue.message}`, result.error);
}
