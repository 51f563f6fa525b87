import type { Files } from './history-line.ts';

/** One thing that goes wrong with a company's inputs between two days. */
export interface Damage {
  readonly what: string;
  /** What a message about it must name: any of these. */
  readonly names: readonly string[];
  readonly files: Files;
  readonly sourceName?: string;
  /** The build is killed at this share of its usual time, and the files are whole again when it is run again. */
  readonly killedAt?: number;
}

type Lines = Readonly<Record<string, readonly string[]>>;
type Random = () => number;

const KINDS = ['rename', 'empty', 'halve', 'duplicate', 'reorder', 'blank a column', 'cut', 'kill'] as const;

/** A damage at random to files that are given whole: the same for the same numbers. */
export function randomDamage(whole: Lines, random: Random): Damage {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const kind = pick(KINDS);
  const file = pick(Object.keys(whole).sort());
  const [header = '', ...rows] = whole[file] ?? [];
  const table = file.replace('.csv', '');
  const columns = header.split(',');
  const column = pick(columns);
  const of = (what: string, lines: readonly string[] | string, ...names: string[]): Damage => ({
    what: `${kind}: ${what}`,
    names: [table, ...names],
    files: { ...whole, [file]: lines },
  });
  if (kind === 'empty')
    return random() < 0.3 ? of(`${file} to no byte`, '') : of(`${file} to its header`, [header]);
  if (kind === 'halve') return of(file, [header, ...rows.slice(0, Math.floor(rows.length / 2))]);
  if (kind === 'duplicate') return of(file, [header, ...rows, ...rows]);
  if (kind === 'reorder') return of(file, [header, ...shuffled(rows, random)]);
  if (kind === 'blank a column') {
    const place = columns.indexOf(column);
    const blanked = rows.map((row) =>
      row
        .split(',')
        .map((cell, at) => (at === place ? '' : cell))
        .join(','),
    );
    return of(`${column} of ${file}`, [header, ...blanked], column);
  }
  if (kind === 'cut') {
    const text = [header, ...rows, ''].join('\n');
    const at = Math.floor(random() * text.length);
    return of(`${file} at byte ${at} of ${text.length}`, text.slice(0, at));
  }
  if (kind === 'kill') {
    // So little of the file is gone that its source takes it, and the build begins.
    const kept = rows.filter((_, index) => index % 5 !== 0);
    const killedAt = random();
    return {
      ...of(`the build of ${file} without each fifth row at ${killedAt.toFixed(2)}`, [header, ...kept]),
      killedAt,
    };
  }
  const which = random();
  if (which < 0.4)
    return {
      ...of('the source', [header, ...rows], 'renamed_book'),
      files: whole,
      sourceName: 'renamed_book',
    };
  if (which < 0.7)
    return of(
      `${column} of ${file} to ${column}_x`,
      [header.replace(column, `${column}_x`), ...rows],
      column,
    );
  const { [file]: gone, ...others } = whole;
  return { ...of(`${file} to old_${file}`, []), files: { ...others, [`old_${file}`]: gone ?? [] } };
}

function shuffled(rows: readonly string[], random: Random): string[] {
  const list = [...rows];
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [list[at], list[other]] = [list[other] as string, list[at] as string];
  }
  return list;
}
