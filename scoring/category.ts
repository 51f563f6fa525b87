import { historyInvalid } from './errors.ts';
import type { ScoredDay } from './history.ts';
import type { CutRow } from './seed-weights.ts';

/** The points (0–100) by which a score has its category, as `int_scores__composites` has them: nine places, then half up. */
export const wholePoints = (score: number) => Math.floor(Math.round(score * 1e9) / 1e9 + 0.5);

/**
 * The category of a score (0–100) by the cuts of the account's segment, else by those of all: definitions, section 3.
 *
 * @throws ScoringError HISTORY_INVALID without cuts of all accounts
 * @example categoryOf(40.4, 'smb', [{ segment: null, category: 'red', max_score: 40 }, …]) // 'red'
 */
export function categoryOf(score: number, segment: string, cuts: readonly CutRow[]): ScoredDay['category'] {
  const points = wholePoints(score);
  if (points <= cutOf('red', segment, cuts)) return 'red';
  return points <= cutOf('yellow', segment, cuts) ? 'yellow' : 'green';
}

/** The highest points of a category in a segment: its own cut, else that of all. Throws as `categoryOf`. */
export function cutOf(category: CutRow['category'], segment: string | null, cuts: readonly CutRow[]): number {
  const of = cuts.filter((row) => row.category === category);
  const row = of.find((own) => own.segment === segment) ?? of.find((own) => own.segment === null);
  if (row === undefined)
    throw historyInvalid('intermediate.category_cuts', `it has no row for ${category}`, undefined);
  return row.max_score;
}
