import type { CsvLine, ReadNotes } from './file-record.ts';
import { isBelowTable, isTotal } from './footers.ts';

/** The sum of one group: `Total for Acme`, or `Total Acme`. */
const TOTAL_OF = /^total(?: for)?\s+(\S.*)$/i;

const filledOf = (cells: readonly string[]) => cells.map((cell) => cell.trim()).filter((cell) => cell !== '');

/**
 * The name of a group, where a line is nothing but that: its first cell, under a header without a name.
 *
 * @example groupOf({ cells: ['Acme', '', ''] }, 3) // 'Acme'
 */
export function groupOf({ cells }: Pick<CsvLine, 'cells'>, width: number): string | undefined {
  const filled = filledOf(cells);
  const [name] = filled;
  const isAlone = name !== undefined && filled.length === 1 && cells[0]?.trim() === name;
  return isAlone && !isTotal(filled, width) && !isBelowTable(filled, width) && !TOTAL_OF.test(name)
    ? name
    : undefined;
}

/**
 * The rows of a report whose rows stand in groups, below a line with the group's name and above one with its sum. Each row
 * gets the name as one more cell, after those of the header; of groups within groups (a customer's projects) that of the
 * outermost. Lines of names are no rows, sums go to `notes.totals`. `read` reads the file from its start: which groups have a
 * sum is looked up first, because only these can hold others.
 */
export function* ungrouped(
  read: () => Iterable<CsvLine>,
  header: CsvLine,
  notes: ReadNotes,
): Generator<CsvLine> {
  const width = header.cells.length;
  const totalOf = ({ cells }: CsvLine) => TOTAL_OF.exec(cells[0]?.trim() ?? '')?.[1];
  const summed = new Set<string>();
  for (const line of read()) {
    const name = totalOf(line);
    if (name !== undefined && line.line > header.line) summed.add(name);
  }
  let open: string[] = [];
  for (const line of read()) {
    if (line.line <= header.line) continue;
    const name = groupOf(line, width);
    if (name !== undefined) {
      open = [...open.filter((each) => summed.has(each)), name];
      continue;
    }
    const total = totalOf(line);
    if (total !== undefined && open.includes(total)) {
      open = open.slice(0, open.indexOf(total));
      notes.totals.push({ line: line.line, text: line.cells[0]?.trim() ?? '' });
      continue;
    }
    const cells = Array.from({ length: width }, (_, place) => line.cells[place] ?? '');
    yield { ...line, cells: [...cells, open[0] ?? '', ...line.cells.slice(width)] };
  }
}
