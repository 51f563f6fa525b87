import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { csvCell } from '../warehouse/index.ts';
import { ScoringError } from './errors.ts';

const POINTS = 'expected a number from 0 to 100';
const points = z
  .string()
  .min(1, POINTS)
  .transform(Number)
  .pipe(z.number(POINTS).min(0, POINTS).max(100, POINTS));
const definition = z.looseObject({
  preset: z.string().min(1),
  signal: z.string().min(1),
  segment: z.string().transform((segment) => segment || null),
  weight: points,
});

/** A row of the seed `signal_definitions`: a weight for all accounts, or (`segment`) for some. */
export type WeightRow = Pick<z.infer<typeof definition>, 'signal' | 'segment' | 'weight'>;

const cut = z.looseObject({
  segment: z.string().transform((segment) => segment || null),
  category: z.enum(['red', 'yellow', 'green']),
  max_score: points,
});

/** A row of the seed `category_cuts`: the highest score of a category. */
export type CutRow = Pick<z.infer<typeof cut>, 'segment' | 'category' | 'max_score'>;

const seedInvalid = (file: string, problem: string) =>
  new ScoringError('SEED_INVALID', `${file} cannot be used: ${problem}. Mend the row and try again.`, {
    file,
    problem,
  });

function rowsOf<T>(file: string, text: string, schema: z.ZodType<T>): T[] {
  let records: unknown;
  try {
    records = parse(text, { columns: true, skip_empty_lines: true, bom: true });
  } catch (error) {
    throw seedInvalid(file, `it is not CSV (${(error as Error).message})`);
  }
  const parsed = z.array(schema).min(1, 'expected at least one row').safeParse(records);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  const where = typeof path[0] === 'number' ? `line ${path[0] + 2}, column ${String(path[1])}: ` : '';
  throw seedInvalid(file, `${where}${message}`);
}

/**
 * The weights of a preset in a file laid out as the seed `signal_definitions` (other columns may be there).
 * They add to 100, for each segment with weights of its own, where signals that it does not name keep theirs.
 *
 * @throws ScoringError SEED_INVALID
 */
export function parseWeights(file: string, text: string, preset: string): WeightRow[] {
  const rows = rowsOf(file, text, definition)
    .filter((row) => row.preset === preset)
    .map(({ signal, segment, weight }): WeightRow => ({ signal, segment, weight }));
  if (rows.length === 0) throw seedInvalid(file, `expected rows of the preset ${preset}, found none`);
  for (const [key, same] of Map.groupBy(rows, (row) => `${row.signal} ${row.segment ?? ''}`))
    if (same.length > 1) throw seedInvalid(file, `two rows for ${key.trim()}`);
  for (const segment of new Set(rows.map((row) => row.segment))) {
    const total = weightsOf(rows, segment).reduce((sum, row) => sum + row.weight, 0);
    if (Math.abs(total - 100) > 1e-9)
      throw seedInvalid(
        file,
        `the weights ${segment === null ? 'of all accounts' : `of the segment ${segment}`} add to ${Number(total.toFixed(6))}, expected 100`,
      );
  }
  return rows;
}

/** Each signal with the weight that it has in a segment: its own there, else that of all accounts. */
export function weightsOf(rows: readonly WeightRow[], segment: string | null): WeightRow[] {
  return rows
    .filter((row) => row.segment === null)
    .map((row) => rows.find((own) => own.segment === segment && own.signal === row.signal) ?? row);
}

/**
 * The category cuts of a file laid out as the seed `category_cuts`: red and yellow for all accounts, and for
 * each segment named, red below yellow.
 *
 * @throws ScoringError SEED_INVALID
 */
export function parseCategoryCuts(file: string, text: string): CutRow[] {
  const rows = rowsOf(file, text, cut).map(
    ({ segment, category, max_score }): CutRow => ({ segment, category, max_score }),
  );
  for (const segment of new Set([null, ...rows.map((row) => row.segment)])) {
    const of = (category: string) =>
      rows.filter((row) => row.segment === segment && row.category === category);
    const [red, yellow] = [of('red'), of('yellow')];
    const whose = segment === null ? 'all accounts' : `the segment ${segment}`;
    if (red.length !== 1 || yellow.length !== 1)
      throw seedInvalid(file, `expected one row for red and one for yellow of ${whose}`);
    if (red[0]!.max_score >= yellow[0]!.max_score)
      throw seedInvalid(
        file,
        `expected red to end below yellow for ${whose}, got ${red[0]!.max_score} and ${yellow[0]!.max_score}`,
      );
  }
  return rows;
}

/** A change of one row of the seed: its weight, and why. */
export interface WeightChange {
  readonly signal: string;
  readonly weight: number;
  readonly status: 'assumed' | 'confirmed';
  readonly rationale: string;
  /** the last day whose outcomes a fitted weight rests on */
  readonly fittedOn?: string;
}

/**
 * The seed `signal_definitions` with the weights of one preset and segment changed, all other rows, columns
 * and their order as they were. Where it has the columns, a fitted weight says when it was fitted and what it was
 * assumed to be, and nobody has confirmed it.
 *
 * @throws ScoringError SEED_INVALID when a changed signal has no row, or weights no longer add to 100
 */
export function changeWeights(
  file: string,
  text: string,
  { preset, segment }: { readonly preset: string; readonly segment: string | null },
  changes: readonly WeightChange[],
): string {
  rowsOf(file, text, definition);
  const records: Record<string, string>[] = parse(text, { columns: true, skip_empty_lines: true, bom: true });
  const columns = Object.keys(records[0]!);
  const left = new Map(changes.map((change) => [change.signal, change]));
  const changed = records.map((record) => {
    const change = left.get(record.signal ?? '');
    if (change === undefined || record.preset !== preset || (record.segment || null) !== segment)
      return record;
    left.delete(change.signal);
    return changedRow(record, change);
  });
  // A segment may own only some of its weights; those that were fitted become its own.
  for (const change of left.values()) {
    const shared = records.find(
      (record) => record.preset === preset && !record.segment && record.signal === change.signal,
    );
    if (shared === undefined || segment === null)
      throw seedInvalid(file, `it has no row for the signal ${change.signal} of the preset ${preset}`);
    changed.push({ ...changedRow(shared, change), segment });
  }
  const lines = changed.map((record) => columns.map((column) => csvCell(record[column] ?? '')).join(','));
  const result = `${columns.join(',')}\n${lines.join('\n')}\n`;
  parseWeights(file, result, preset);
  return result;
}

function changedRow(
  record: Readonly<Record<string, string>>,
  { weight, status, rationale, fittedOn }: WeightChange,
): Record<string, string> {
  return {
    ...record,
    weight: String(weight),
    status,
    rationale,
    ...(fittedOn !== undefined && {
      assumed_weight: record.assumed_weight || (record.weight ?? ''),
      fitted_on: fittedOn,
      confirmed_by: '',
      confirmed_on: '',
    }),
  };
}
