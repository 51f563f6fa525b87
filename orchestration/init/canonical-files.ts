import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DESCRIPTIONS, type FileColumn, type FileTable, TABLES, VOCABULARIES } from '../../ingest/index.ts';
import { csvCell } from '../../warehouse/index.ts';
import { usage } from '../errors.ts';

/** A column of a canonical table, as `tenure files --json` gives it. */
export interface DescribedColumn {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly about: string;
  /** The words that it may hold; none where it is no vocabulary. */
  readonly words: readonly string[];
  readonly example: string;
}

export interface DescribedTable {
  readonly name: string;
  readonly about: string;
  readonly key: readonly string[];
  readonly columns: readonly DescribedColumn[];
}

const TYPES: Readonly<Record<FileColumn['type'], string>> = {
  string: 'text',
  date: 'day',
  timestamp: 'instant',
  decimal: 'number',
  number: 'number',
  integer: 'whole number',
  boolean: 'yes or no',
  json: 'list',
};

/** All canonical tables, in the order in which they land: accounts, rates, contracts, then the others. */
export const describedTables = (): readonly DescribedTable[] => TABLES.map(described);

function described({ name, columns, key, isKeyUnique }: FileTable): DescribedTable {
  const words = DESCRIPTIONS[name];
  return {
    name,
    about: words?.about ?? '',
    key: isKeyUnique ? key : [],
    columns: columns.map((column) => {
      const [about = '', example = ''] = words?.columns[column.name] ?? [];
      return {
        name: column.name,
        type: TYPES[column.type],
        required: column.isRequired === true,
        about: column.mayBeEmpty ? `${about} (the column must be there)` : about,
        words:
          column.vocabulary === undefined || column.type === 'boolean' ? [] : VOCABULARIES[column.vocabulary],
        example,
      };
    }),
  };
}

const meaning = ({ about, words }: DescribedColumn) =>
  words.length === 0 ? about : `${about}: ${words.join(', ')}`;

/** The tables for a terminal. */
export function tablesText(tables: readonly DescribedTable[]): string {
  const lines = tables.flatMap((table) => {
    const name = Math.max(...table.columns.map((each) => each.name.length + 1));
    const type = Math.max(...table.columns.map((each) => each.type.length));
    return [
      `${table.name}: ${table.about}`,
      ...table.columns.map(
        (each) =>
          `  ${`${each.name}${each.required ? '*' : ''}`.padEnd(name)}  ${each.type.padEnd(type)}  ${meaning(each)}`,
      ),
      '',
    ];
  });
  return [
    ...lines,
    '* is required. A table is a file of its name (.csv, .ndjson, .jsonl, .parquet) in the folder of the source; only accounts and',
    'contracts are needed. Write empty ones with "tenure files --templates DIR"; read exports with other headers by "tenure map FILE".',
  ].join('\n');
}

/** The tables as a part of docs/files.md. */
export const tablesMarkdown = (tables: readonly DescribedTable[]): string =>
  tables
    .map((table) =>
      [
        `## ${table.name}`,
        '',
        `A row is ${table.about}.${table.key.length === 0 ? ' Two rows alike are two facts.' : ` Its key: ${table.key.map((each) => `\`${each}\``).join(', ')}.`}`,
        '',
        '| column | holds | what |',
        '| --- | --- | --- |',
        ...table.columns.map(
          (each) => `| \`${each.name}\`${each.required ? ' *' : ''} | ${each.type} | ${meaning(each)} |`,
        ),
      ].join('\n'),
    )
    .join('\n\n');

/** A table as a CSV with its header and one row that a sync takes. */
export const templateOf = ({ columns }: DescribedTable): string =>
  `${columns.map(({ name }) => name).join(',')}\n${columns.map(({ example }) => csvCell(example)).join(',')}\n`;

/** Writes a template of each table into a folder; stops at the first that is there. */
export async function writeTemplates(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const files = describedTables().map((table) => ({
    path: join(folder, `${table.name}.csv`),
    text: templateOf(table),
  }));
  const written: string[] = [];
  for (const { path, text } of files) {
    await writeFile(path, text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      throw usage(`${path} is there already, and a template must not replace data.`, 'Name an empty folder.');
    });
    written.push(path);
  }
  return written;
}
