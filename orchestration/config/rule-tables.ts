import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../project-root.ts';
import { presetNamed } from './presets.ts';

const dataTest = z.union([
  z.string(),
  z.record(
    z.string(),
    z.looseObject({
      arguments: z
        .looseObject({
          columns: z.array(z.string()).optional(),
          values: z.array(z.string()).optional(),
          min_value: z.number().optional(),
          max_value: z.number().optional(),
        })
        .optional(),
    }),
  ),
]);
const SeedProperties = z.object({
  seeds: z.array(
    z.looseObject({
      name: z.string(),
      config: z.looseObject({ column_types: z.record(z.string(), z.string()).optional() }).optional(),
      data_tests: z.array(dataTest).default([]),
      columns: z
        .array(z.looseObject({ name: z.string(), data_tests: z.array(dataTest).default([]) }))
        .default([]),
    }),
  ),
});

/** Where a product keeps its rules, below its folder; and where this one does. */
const PLACE = join('models', 'seeds');
export const SEEDS = join(projectRoot, PLACE);

/** What a value of a rule may be. */
export interface RuleColumn {
  readonly name: string;
  readonly type: 'text' | 'integer' | 'number' | 'boolean' | 'date';
  readonly isRequired: boolean;
  /** The vocabulary, where it is closed. */
  readonly values?: readonly string[] | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

export type RuleRow = Readonly<Record<string, string>>;

/** A table of rules, as the product ships it: a seed of its dbt project, with what that says of it. */
export interface RuleTable {
  readonly name: string;
  /** The columns by which a row is told from the others. */
  readonly key: readonly string[];
  readonly columns: readonly RuleColumn[];
  readonly rows: readonly RuleRow[];
}

const argumentsOf = (tests: readonly z.infer<typeof dataTest>[], name: string) =>
  tests.flatMap((test) => (typeof test === 'string' ? [] : [test[name]?.arguments ?? []].flat()))[0];
const hasTest = (tests: readonly z.infer<typeof dataTest>[], name: string) =>
  tests.some((test) => test === name || (typeof test === 'object' && name in test));

const typeOf = (given: string | undefined, values: readonly string[]): RuleColumn['type'] => {
  if (given !== undefined) {
    if (/integer/.test(given)) return 'integer';
    if (given === 'date') return 'date';
    return /float64|numeric/.test(given) ? 'number' : 'text';
  }
  return values.some(Boolean) && values.every((value) => ['', 'true', 'false'].includes(value))
    ? 'boolean'
    : 'text';
};

/** What the product ships does not change while a program runs: it is read once. */
let shipped: readonly RuleTable[] | undefined;

/**
 * The tables of rules that the product ships, in `models/seeds`: each with its key, its columns' types, vocabularies and
 * ranges, as the properties beside them say, and its rows; `textOf` gives other rows than those of now. Throws when a seed
 * says of no key: then rows could not be told from each other.
 */
export function ruleTables(textOf?: (file: string) => string): readonly RuleTable[] {
  if (textOf !== undefined) return tablesOf(SEEDS, textOf);
  shipped ??= tablesOf(SEEDS, textIn(SEEDS));
  return shipped;
}

/** The tables of rules of another version of the product, by its folder. */
export function ruleTablesOf(product: string): readonly RuleTable[] {
  const folder = join(product, PLACE);
  return tablesOf(folder, textIn(folder));
}

const textIn = (folder: string) => (file: string) => readFileSync(join(folder, file), 'utf8');

function tablesOf(folder: string, textOf: (file: string) => string): readonly RuleTable[] {
  const files = readdirSync(folder).sort();
  const described = files
    .filter((file) => file.endsWith('.yml'))
    .flatMap((file) => SeedProperties.parse(parseYaml(textIn(folder)(file))).seeds);
  return files
    .filter((file) => file.endsWith('.csv'))
    .map((file) => {
      const name = file.slice(0, -'.csv'.length);
      const seed = described.find((each) => each.name === name);
      const records: string[][] = parseCsv(textOf(file), {
        skip_empty_lines: true,
        bom: true,
      });
      const [header = [], ...lines] = records;
      const rows = lines.map((line) =>
        Object.fromEntries(
          header.map((column, index) => [
            column,
            column === 'preset' ? presetNamed(line[index] ?? '') : (line[index] ?? ''),
          ]),
        ),
      );
      const columns = header.map((column): RuleColumn => {
        const tests = seed?.columns.find((each) => each.name === column)?.data_tests ?? [];
        const range = argumentsOf(tests, 'accepted_range');
        return {
          name: column,
          type: typeOf(
            seed?.config?.column_types?.[column],
            rows.map((row) => row[column] ?? ''),
          ),
          isRequired: hasTest(tests, 'not_null'),
          values: argumentsOf(tests, 'accepted_values')?.values,
          min: range?.min_value,
          max: range?.max_value,
        };
      });
      const unique = seed?.columns.filter((each) => hasTest(each.data_tests, 'unique')) ?? [];
      const key =
        argumentsOf(seed?.data_tests ?? [], 'unique_combination')?.columns ??
        unique.slice(0, 1).map((each) => each.name);
      if (key.length === 0)
        throw new Error(`models/seeds: expected a key of ${name} in its properties, found none`);
      return { name, key, columns, rows };
    });
}
