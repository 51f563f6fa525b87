import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { csvCell } from '../../warehouse/index.ts';
import { TenureError } from '../errors.ts';
import { presetNamed } from './presets.ts';
import { type RuleColumn, type RuleRow, type RuleTable, ruleTables } from './rule-tables.ts';

/** Columns that a file of rules may have beside those of the product's table: who agreed to it, and whether it holds. */
const ENABLED = 'enabled';
const CONFIRMATION = ['confirmed_by', 'confirmed_on'] as const;

/** A fault of a file of rules: where it stands, what was expected there and what came. */
export interface RuleFault {
  readonly file: string;
  readonly line: number;
  readonly column: string | null;
  readonly expected: string;
  readonly got: string;
}

const rulesInvalid = (faults: readonly RuleFault[]) =>
  new TenureError(
    'RULES_INVALID',
    `The rules of this project cannot be used:\n${faults
      .map(
        ({ file, line, column, expected, got }) =>
          `  - ${file} line ${line}${column === null ? '' : `, column ${column}`}: expected ${expected}, got ${got}`,
      )
      .join('\n')}\nMend them and run the same command again; nothing was started.`,
    { exitCode: 2 },
  );

const shown = (value: string) => (value === '' ? 'nothing' : `"${value}"`);
const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text));
const isDay = (text: string) =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(text)) &&
  new Date(text).toISOString().startsWith(text);

/** What a value should have been, or undefined when it is right. */
function expectation(column: RuleColumn, value: string): string | undefined {
  if (value === '') return column.isRequired ? 'a value' : undefined;
  if (column.values && !column.values.includes(value)) return `one of ${column.values.join(', ')}`;
  if (column.type === 'boolean' && !['true', 'false'].includes(value)) return 'true or false';
  if (column.type === 'integer' && !/^-?\d+$/.test(value)) return 'a whole number';
  if (column.type === 'number' && !isNumber(value)) return 'a number';
  if (column.type === 'date' && !isDay(value)) return 'a day such as 2026-01-31';
  const { min, max } = column;
  if (min !== undefined && Number(value) < min) return `at least ${min}`;
  if (max !== undefined && Number(value) > max) return `at most ${max}`;
  return undefined;
}

/** The names in a folder of a project, in order; none when it is not there. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The files of a project's rules: name of the product's table → text. */
export type RuleFiles = Readonly<Record<string, string>>;

/** The rules of a project in `rules/` beside its configuration; none when there is no such folder. */
export function ruleFiles(directory: string): RuleFiles {
  const folder = join(directory, 'rules');
  return Object.fromEntries(
    namesIn(folder)
      .filter((name) => name.endsWith('.csv'))
      .map((name) => [name.slice(0, -'.csv'.length), readFileSync(join(folder, name), 'utf8')]),
  );
}

/**
 * The product's tables of rules with those of a project laid over them, row by row: a row of the same key replaces the
 * product's (a column that the file leaves out keeps the product's value), a new key adds a row, and `enabled` false takes
 * one out. Gives the tables that differ.
 *
 * @throws TenureError RULES_INVALID with each fault: file, line, column, expected and got
 */
export function laidOver(
  files: RuleFiles,
  tables: readonly RuleTable[] = ruleTables(),
): readonly RuleTable[] {
  const faults: RuleFault[] = [];
  const laid = Object.entries(files).map(([name, text]) => {
    const file = `rules/${name}.csv`;
    const table = tables.find((each) => each.name === name);
    if (table === undefined) {
      const known = tables.map((each) => `${each.name}.csv`).join(', ');
      faults.push({ file, line: 1, column: null, expected: `a file named as one of ${known}`, got: file });
      return undefined;
    }
    return overlay(table, file, text, faults);
  });
  if (faults.length > 0) throw rulesInvalid(faults);
  return laid.filter((each) => each !== undefined);
}

/** How a file of rules is read: each row with its line, whatever number of values it has. */
const WITH_LINES = {
  bom: true,
  info: true,
  relax_column_count: true,
  skip_empty_lines: true,
  trim: true,
} as const;

interface Given {
  readonly line: number;
  readonly row: RuleRow;
}

/** The rows of a file, with their lines; faults of its header end it. */
function read(table: RuleTable, file: string, text: string, faults: RuleFault[]): readonly Given[] {
  const wrong = (line: number, column: string | null, expected: string, got: string) => {
    faults.push({ file, line, column, expected, got });
    return [];
  };
  let records: { record: string[]; info: { lines: number } }[];
  try {
    const parsed: unknown = parse(text, WITH_LINES);
    records = parsed as typeof records;
  } catch (error) {
    return wrong(1, null, 'CSV', (error as Error).message);
  }
  const [head, ...rest] = records;
  const header = head?.record ?? [];
  const known = [...new Set([...table.columns.map((column) => column.name), ...CONFIRMATION, ENABLED])];
  for (const column of header)
    if (!known.includes(column)) wrong(1, column, `one of ${known.join(', ')}`, shown(column));
  for (const column of header.filter((each, index) => header.indexOf(each) !== index))
    wrong(1, column, 'each column once', 'it twice');
  for (const column of table.key) {
    const isAlwaysEmpty = table.rows.every((row) => (row[column] ?? '') === '');
    if (!header.includes(column) && !isAlwaysEmpty)
      wrong(1, column, 'the column, which is of the key', 'none');
  }
  if (faults.some((fault) => fault.file === file)) return [];
  return rest.flatMap(({ record, info }) => {
    if (record.length !== header.length)
      return wrong(info.lines, null, `${header.length} values, as in the header`, String(record.length));
    const row = Object.fromEntries(header.map((each, index) => [each, record[index] ?? '']));
    if (row.preset !== undefined) row.preset = presetNamed(row.preset);
    return [{ line: info.lines, row }];
  });
}

/** The line of a file of rules that first has these values; undefined when none has. */
export function lineOfRow(text: string, values: RuleRow): number | undefined {
  const rows: { record: RuleRow; info: { lines: number } }[] = parse(text, {
    ...WITH_LINES,
    columns: true,
  }) as never;
  return rows.find(({ record }) =>
    Object.entries(values).every(([column, value]) => record[column] === value),
  )?.info.lines;
}

function overlay(table: RuleTable, file: string, text: string, faults: RuleFault[]): RuleTable {
  const keyOf = (row: RuleRow) => JSON.stringify(table.key.map((column) => row[column] ?? ''));
  const rows = new Map(table.rows.map((row) => [keyOf(row), row]));
  const lineOfKey = new Map<string, number>();
  for (const { line, row } of read(table, file, text, faults)) {
    const wrong = (column: string | null, expected: string, got: string) =>
      faults.push({ file, line, column, expected, got });
    const key = keyOf(row);
    const before = lineOfKey.get(key);
    if (before !== undefined) wrong(table.key.join(', '), 'each key once', `that of line ${before} again`);
    lineOfKey.set(key, line);
    const { [ENABLED]: enabled = 'true', ...given } = row;
    if (!['true', 'false', ''].includes(enabled)) wrong(ENABLED, 'true or false', shown(enabled));
    if (enabled === 'false') {
      if (!rows.delete(key))
        wrong(
          table.key.join(', '),
          'the key of a row of the product to take out',
          shown(table.key.map((each) => row[each]).join(', ')),
        );
      continue;
    }
    const confirmedOn = given.confirmed_on ?? '';
    const isTyped = table.columns.some(({ name }) => name === 'confirmed_on');
    if (confirmedOn !== '' && !isTyped && !isDay(confirmedOn))
      wrong('confirmed_on', 'a day such as 2026-01-31', shown(confirmedOn));
    const merged: RuleRow = { ...rows.get(key), ...given };
    for (const column of table.columns) {
      const expected = expectation(column, merged[column.name] ?? '');
      if (expected !== undefined) wrong(column.name, expected, shown(merged[column.name] ?? ''));
    }
    rows.set(key, merged);
  }
  const all = [...rows.values()];
  const confirmation = CONFIRMATION.filter(
    (name) => !table.columns.some((column) => column.name === name) && all.some((row) => name in row),
  ).map((name): RuleColumn => ({ name, type: 'text', isRequired: false }));
  return { ...table, columns: [...table.columns, ...confirmation], rows: all };
}

/** A table of rules as a seed of dbt. */
export const asCsv = ({ columns, rows }: RuleTable): string =>
  [
    columns.map((column) => column.name).join(','),
    ...rows.map((row) => columns.map((column) => csvCell(row[column.name] ?? '')).join(',')),
    '',
  ].join('\n');

/**
 * A file of rules with rows more. Columns that it lacks are added; rows that it has say in them what they said so far, which
 * is the product's value. The rows have every column of the table that they need.
 *
 * @param text the file, undefined when there is none yet
 */
export function withRows(name: string, text: string | undefined, rows: readonly RuleRow[]): string {
  const needed = Object.keys(rows[0] ?? {});
  const line = (columns: readonly string[]) => (row: RuleRow) =>
    columns.map((column) => csvCell(row[column] ?? '')).join(',');
  if (text === undefined || text.trim() === '')
    return [needed.join(','), ...rows.map(line(needed)), ''].join('\n');
  const [header = [], ...records]: string[][] = parse(text, {
    bom: true,
    skip_empty_lines: true,
    trim: true,
  });
  const added = needed.filter((column) => !header.includes(column));
  const columns = [...header, ...added];
  if (added.length === 0) return `${text.replace(/\n*$/, '\n')}${rows.map(line(columns)).join('\n')}\n`;
  const table = rulesOf({ [name]: text }).find((each) => each.name === name);
  const inForce = (row: RuleRow) =>
    table?.rows.find((each) => table.key.every((column) => (each[column] ?? '') === (row[column] ?? '')));
  const kept = records.map((record): RuleRow => {
    const row = Object.fromEntries(header.map((column, index) => [column, record[index] ?? '']));
    return { ...inForce({ ...row, ...(row.preset && { preset: presetNamed(row.preset) }) }), ...row };
  });
  return [columns.join(','), ...[...kept, ...rows].map(line(columns)), ''].join('\n');
}

/** The rows of a file of rules that make the product's table this one: those that differ, and those taken out. */
export function overlayOf(product: RuleTable, table: RuleTable): string {
  const keyOf = (row: RuleRow) => JSON.stringify(product.key.map((column) => row[column] ?? ''));
  const shipped = new Map(product.rows.map((row) => [keyOf(row), row]));
  const kept = new Set(table.rows.map(keyOf));
  const differs = (row: RuleRow) => {
    const theirs = shipped.get(keyOf(row));
    return table.columns.some(({ name }) => (theirs?.[name] ?? '') !== (row[name] ?? ''));
  };
  const out = product.rows
    .filter((row) => !kept.has(keyOf(row)))
    .map((row) => ({ ...row, [ENABLED]: 'false' }));
  const columns =
    out.length === 0
      ? table.columns
      : [...table.columns, { name: ENABLED, type: 'boolean', isRequired: false } as const];
  return asCsv({ ...table, columns, rows: [...table.rows.filter(differs), ...out] });
}

/** The tables of rules that differ (`laidOver`), and all of them as a project has them. */
export function rulesLaid(
  files: RuleFiles,
  tables: readonly RuleTable[] = ruleTables(),
): { laid: readonly RuleTable[]; rules: readonly RuleTable[] } {
  const laid = laidOver(files, tables);
  return { laid, rules: tables.map((table) => laid.find((each) => each.name === table.name) ?? table) };
}

/** All tables of rules as a project has them: the product's, with the project's laid over. */
export const rulesOf = (
  files: RuleFiles,
  tables: readonly RuleTable[] = ruleTables(),
): readonly RuleTable[] => rulesLaid(files, tables).rules;
