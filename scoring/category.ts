import { historyInvalid } from './errors.ts';
import type { ScoredDay } from './history.ts';
import type { CutRow } from './seed-weights.ts';

/** As `int_scores__composites` has it: rounded to nine places first, then half up. */
const wholePoints = (score: number) => Math.floor(Math.round(score * 1e9) / 1e9 + 0.5);

/**
 * The category of a score (0–100) by the cuts of the account's segment, else by those of all: definitions, section 3.
 *
 * @throws ScoringError HISTORY_INVALID without cuts of all accounts
 * @example categoryOf(40.4, 'smb', [{ segment: null, category: 'red', max_score: 40 }, …]) // 'red'
 */
export function categoryOf(score: number, segment: string, cuts: readonly CutRow[]): ScoredDay['category'] {
  const most = (category: CutRow['category']) => {
    const of = cuts.filter((row) => row.category === category);
    const row = of.find((own) => own.segment === segment) ?? of.find((own) => own.segment === null);
    if (row === undefined)
      throw historyInvalid('intermediate.category_cuts', `it has no row for ${category}`, undefined);
    return row.max_score;
  };
  const points = wholePoints(score);
  if (points <= most('red')) return 'red';
  return points <= most('yellow') ? 'yellow' : 'green';
}
