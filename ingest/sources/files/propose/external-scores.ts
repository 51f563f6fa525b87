import { plainNumber } from '../formats.ts';
import type { ColumnMapping } from '../mapping.ts';
import type { FileTable } from '../tables.ts';
import type { Headers } from './headers.ts';
import type { ColumnProfile } from './profile.ts';
import { words } from './synonyms.ts';

/** Platforms whose exports are known by the name of the file. */
const SYSTEMS = ['gainsight', 'churnzero', 'vitally', 'totango', 'planhat', 'catalyst'];

/** Names of files that hold scores of health, and not of surveys. */
const HEALTH = new RegExp(`health|scorecard|${SYSTEMS.join('|')}`);

/** What colours, ranks and grades are worth where an export has no number, by their words. */
const WORTH: ReadonlyMap<string, number> = new Map([
  ...['green', 'good', 'healthy', 'grün', 'gut'].map((word) => [word, 100] as const),
  ...['yellow', 'average', 'amber', 'neutral', 'gelb', 'mittel'].map((word) => [word, 50] as const),
  ...['red', 'poor', 'at risk', 'unhealthy', 'rot', 'schlecht'].map((word) => [word, 0] as const),
  ...Object.entries({ a: 100, b: 75, c: 50, d: 25, f: 0 }),
]);

/** Whole scales that are not 0 to 100: their highest value, and what brings it to 100. */
const SCALES = [
  { most: 1, times: 100 },
  { most: 5, times: 20 },
  { most: 10, times: 10 },
] as const;

/** Whether a file holds what another platform scored accounts, each on a day; `file` is what the file is called. */
export function holdsExternalScores(headers: Headers, table: FileTable, file: string): boolean {
  const find = (column: string) => headers.find(table, column, new Set(), ['name'])?.column;
  if (find('scored_on') === undefined) return false;
  const score = headers.find(table, 'score')?.column;
  const isNamed = HEALTH.test(file.toLowerCase());
  if (score !== undefined) return isNamed || words(score.header) !== 'score';
  const category = find('category');
  return isNamed && category !== undefined && isWorthKnown(category);
}

const isWorthKnown = ({ distinct }: ColumnProfile) =>
  distinct.size > 1 && [...distinct].every((word) => WORTH.has(words(word)));

/**
 * Completes the columns of external scores that no header gives as they are: a score on 0 to 100 of one on another scale
 * or of words, and the platform, by the name of the file. What is taken though it is not certain goes to `doubts`.
 */
export function completeExternalScores(
  headers: Headers,
  columns: Record<string, ColumnMapping>,
  doubts: string[],
): void {
  const file = headers.profile.file.toLowerCase();
  const score = headers.column(columns.score);
  const category = headers.column(columns.category);
  if (score !== undefined) {
    const scale = scaleOf(headers, score);
    if (/\brisk\b/.test(words(score.header))) {
      columns.score = { from: score.header, subtracted_from: 100 };
      doubts.push(`score is 100 less "${score.header}", because it counts risk`);
    } else if (scale !== undefined) {
      columns.score = { from: score.header, times: scale.times };
      doubts.push(
        `score is "${score.header}" × ${scale.times}, because its values end at ${scale.most}: scores are 0 to 100`,
      );
    } else if (/\bchurn ?score\b/.test(words(score.header)) || /churnzero/.test(file))
      doubts.push(
        `the higher "${score.header}", the healthier: where it counts risk, write { from: ${score.header}, subtracted_from: 100 }`,
      );
  } else if (category !== undefined && isWorthKnown(category)) {
    const means = Object.fromEntries(
      [...category.distinct].sort().map((word) => [word, WORTH.get(words(word))!] as const),
    );
    columns.score = { from: category.header, means };
    doubts.push(`score is made of the words in "${category.header}", which have no number of their own`);
  }
  if (columns.system === undefined) {
    const system = SYSTEMS.find((name) => file.includes(name)) ?? file.replace(/\.[^.]*$/, '');
    columns.system = { value: system };
    doubts.push(`system is "${system}", by the name of the file`);
  }
}

function scaleOf({ profile }: Headers, score: ColumnProfile) {
  const place = profile.columns.indexOf(score);
  const numbers = profile.rows.flatMap((row) => {
    const text = row[place] ?? '';
    const plain = plainNumber(text, { decimals: 'point' }) ?? plainNumber(text, { decimals: 'comma' });
    return text === '' || plain === undefined ? [] : [Number(plain)];
  });
  const highest = numbers.reduce((most, each) => Math.max(most, each), 0);
  return highest === 0 ? undefined : SCALES.find(({ most }) => highest <= most);
}
