import { z } from 'zod';
import { formatsConfig } from './formats.ts';
import { type FileTable, TABLES } from './tables.ts';

const header = z.string().trim().min(1);
const months = z.union([z.int().positive(), header]);

/** How a column is made that no header gives as it is. */
const derived = z.union([
  z.strictObject({ id_of: z.union([header, z.array(header).min(1)]) }),
  z.strictObject({ from: header, plus: months }),
  z.strictObject({ from: header, minus: months }),
  z.strictObject({
    from: header,
    times: z.union([z.number().positive(), header, z.array(z.union([z.number().positive(), header])).min(1)]),
    divided_by: header.optional(),
  }),
  z.strictObject({ from: header, subtracted_from: z.number() }),
  z.strictObject({ from: header, means: z.record(header, z.union([z.string().min(1), z.number()])) }),
  z.strictObject({ currency_of: header }),
  z.strictObject({ value: z.union([z.string().min(1), z.number(), z.boolean()]) }),
]);

/** Where the values of one canonical column come from. */
const columnMapping = z.union([header, derived], {
  error:
    'expected a header, or one of { id_of: header or list }, { from: header, plus: months }, { from: header, minus: months }, ' +
    '{ from: header, times: number, header or list, divided_by: header }, { from: header, subtracted_from: number }, ' +
    '{ from: header, means: { word: value } }, { currency_of: header }, { value: … }',
});

/** Words, or numbers, by header. */
const rowWords = z.record(header, z.array(z.union([z.string().min(1), z.number()])).min(1));

/** One table of a source of files, as `tenure.yaml` maps it. */
const tableMapping = z.strictObject({
  /**
   * Its name in the folder, in which `*` stands for anything (of several files the one written last); the table's own name
   * unless given. Several tables may read one file.
   */
  file: z.string().min(1).optional(),
  /** The sheet of an Excel file; the first unless given. */
  sheet: z.string().min(1).optional(),
  /**
   * What the name of a customer is called that stands in a row of its own above its rows, as reports have it that are grouped by
   * customer; columns name it like a header.
   */
  grouped_as: header.optional(),
  /** The header of each canonical column, or how it is made; a column that is not named here stays empty. */
  columns: z.record(z.string(), columnMapping).optional(),
  /** Rows that are of the table: those with one of the words under the header. Others are passed over. */
  only: rowWords.optional(),
  /** Rows that are none of it. */
  without: rowWords.optional(),
  formats: formatsConfig.optional(),
});

export type TableMapping = z.infer<typeof tableMapping>;
export type ColumnMapping = z.infer<typeof columnMapping>;
export type TableMappings = Readonly<Record<string, TableMapping>>;

/** `connector.config` of a source of files. */
export const filesConfig = z
  .strictObject({ path: z.string().min(1), tables: z.record(z.string(), tableMapping).optional() })
  .superRefine(({ tables = {} }, context) => {
    for (const [name, mapping] of Object.entries(tables)) {
      const table = TABLES.find((each) => each.name === name);
      const issue = (path: string[], message: string) =>
        context.addIssue({ code: 'custom', path: ['tables', name, ...path], message });
      if (table === undefined)
        issue([], `expected one of ${TABLES.map((each) => each.name).join(', ')}, got "${name}"`);
      else
        for (const [column, message] of columnProblems(table, mapping))
          issue(['columns', ...column], message);
    }
  });

/** What is wrong with the columns of a mapping. */
function columnProblems(table: FileTable, { columns }: TableMapping): [string[], string][] {
  if (columns === undefined) return [];
  const names = table.columns.map(({ name }) => name);
  const problems = Object.keys(columns)
    .filter((name) => !names.includes(name))
    .map((name): [string[], string] => [
      [name],
      `${table.name} has no such column; expected some of ${names.join(', ')}`,
    ]);
  const missing = table.columns.filter(({ name, isRequired }) => isRequired && !Object.hasOwn(columns, name));
  if (missing.length > 0)
    problems.push([
      [],
      `${table.name} needs ${missing.map(({ name }) => name).join(', ')}: name the header of each, or how it is made`,
    ]);
  return problems;
}

/** The headers that a column is read from. */
export function headersOf(mapping: ColumnMapping): string[] {
  if (typeof mapping === 'string') return [mapping];
  if ('id_of' in mapping) return [mapping.id_of].flat();
  if ('currency_of' in mapping) return [mapping.currency_of];
  if ('value' in mapping) return [];
  if ('means' in mapping || 'subtracted_from' in mapping) return [mapping.from];
  const others =
    'times' in mapping
      ? [mapping.times, mapping.divided_by ?? []].flat()
      : ['plus' in mapping ? mapping.plus : mapping.minus];
  return [mapping.from, ...others.filter((each) => typeof each === 'string')];
}

/** Whether other tables read the file of this one, too. */
export function isShared(table: string, mappings: TableMappings): boolean {
  const own = mappings[table];
  return (
    own?.file !== undefined &&
    Object.entries(mappings).some(
      ([name, other]) => name !== table && other.file === own.file && other.sheet === own.sheet,
    )
  );
}
