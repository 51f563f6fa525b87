import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { literal, openWarehouse, quote, type Warehouse } from '../../warehouse/index.ts';
import { TenureError } from '../errors.ts';

/** As Evidence calls it; its pages read the queries of one source. */
const SOURCE = 'warehouse';
const WORDS = 'initialize.sql';

export interface PageTables {
  /** The folder of the queries, `<table>.sql`, and of the words that they share, `initialize.sql`. */
  readonly queriesDir: string;
  /** The DuckDB file that they read. */
  readonly file: string;
  /** Where the tables go: `warehouse/<table>/<table>.parquet`, its columns beside it, and `manifest.json`. */
  readonly dataDir: string;
  /** What stands for `${name}` in a query. */
  readonly variables: Readonly<Record<string, string>>;
  readonly onProgress: (table: string, count: number, total: number) => void;
}

/** What Evidence calls the type of a column, and how it is written: a page knows numbers, instants, booleans and texts. */
function typeOf(type: string): { readonly evidenceType: string; readonly written: string } {
  if (type.endsWith(']')) return { evidenceType: 'string', written: 'varchar' };
  if (/^(DECIMAL|DOUBLE|FLOAT|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER)/.test(type))
    return { evidenceType: 'number', written: 'double' };
  if (/^(DATE|TIMESTAMP)/.test(type)) return { evidenceType: 'date', written: 'timestamp' };
  if (type === 'BOOLEAN') return { evidenceType: 'boolean', written: 'boolean' };
  return { evidenceType: 'string', written: 'varchar' };
}

/**
 * Runs the queries of the pages and writes a Parquet file each, where Evidence's pages look for them. Evidence's own command does
 * the same through rows in JavaScript, each query three times: of 10,000 accounts in 2 GB and half a minute. Throws
 * `REPORT_SOURCES_FAILED` with the query that fails.
 */
export async function readPageTables(asked: PageTables): Promise<void> {
  const { queriesDir, file, dataDir, onProgress } = asked;
  const names = (await readdir(queriesDir))
    .filter((name) => name.endsWith('.sql') && name !== WORDS)
    .map((name) => basename(name, '.sql'))
    .sort();
  const opened = await openWarehouse({ type: 'duckdb', path: file, memory_limit: '1GB' });
  try {
    await run(opened, WORDS, await readFile(join(queriesDir, WORDS), 'utf8'));
    for (const [index, name] of names.entries()) {
      await readTable(opened, name, asked);
      onProgress(name, index + 1, names.length);
    }
  } finally {
    await opened.close();
  }
  const renderedFiles = { [SOURCE]: names.map((name) => `static/data/${SOURCE}/${name}/${name}.parquet`) };
  await writeFile(join(dataDir, 'manifest.json'), JSON.stringify({ renderedFiles }));
}

async function readTable(
  opened: Warehouse,
  name: string,
  { queriesDir, dataDir, variables }: PageTables,
): Promise<void> {
  const written = await readFile(join(queriesDir, `${name}.sql`), 'utf8');
  const query = written
    .replaceAll(/\$\{(\w+)\}/g, (all, variable: string) => variables[variable] ?? all)
    .replace(/;\s*$/, '');
  // Through a table, which keeps the order of the rows.
  await run(opened, name, `create or replace temp table page_table as ${query}`);
  const { rows } = await opened.query('describe page_table');
  const columns = rows.map((row) => ({ name: String(row.column_name), ...typeOf(String(row.column_type)) }));
  const folder = join(dataDir, SOURCE, name);
  await mkdir(folder, { recursive: true });
  const selected = columns.map(
    (each) => `cast(${quote(each.name)} as ${each.written}) as ${quote(each.name)}`,
  );
  const target = literal(join(folder, `${name}.parquet`));
  await run(
    opened,
    name,
    `copy (select ${selected.join(', ')} from page_table) to ${target} (format parquet, compression zstd)`,
  );
  const schema = columns.map((each) => ({
    name: each.name,
    evidenceType: each.evidenceType,
    typeFidelity: 'precise',
  }));
  await writeFile(join(folder, `${name}.schema.json`), JSON.stringify(schema));
}

async function run(opened: Warehouse, name: string, text: string): Promise<void> {
  try {
    await opened.query(text);
  } catch (error) {
    throw new TenureError(
      'REPORT_SOURCES_FAILED',
      `The query ${name} of the pages failed: ${(error as Error).message}\n` +
        'A missing table means that a step has not run: run "tenure build" and "tenure score", then "tenure report".',
      { cause: error },
    );
  }
}
