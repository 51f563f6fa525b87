import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { literal, openWarehouse, quote, type Warehouse } from '../../warehouse/index.ts';
import { TenureError } from '../errors.ts';

/** Pages of one text, each with the rows of its key: one an account, one an owner. */
export interface KeyedPages {
  /** As `/accounts/[account_page]`. */
  readonly route: string;
  /** The parameter in it, which is also the column of the rows' key: `account_page`. */
  readonly key: string;
  /** The keys, in order. */
  readonly values: readonly string[];
}

/** Where the page of a key is: `/accounts/0015f0001`. */
export const addressOf = ({ route, key }: KeyedPages, value: string) => route.replace(`[${key}]`, value);

/** A query of a page, as Evidence gives it beside the page. */
interface PageQuery {
  readonly id: string;
  readonly inputQueryString: string;
}

/** Of so many keys a file holds the rows, on average: a visit reads one file, and a site has few of them. */
const KEYS_A_FILE = 32;

/** Where the tables of the pages are, one Parquet file each, and where what is made of them may lie meanwhile. */
export interface PageData {
  readonly dataDir: string;
  readonly workDir: string;
}

/** Opens the tables of the pages as `warehouse.<table>`. */
async function openTables({ dataDir, workDir }: PageData): Promise<Warehouse> {
  const opened = await openWarehouse({
    type: 'duckdb',
    path: join(workDir, 'keyed-pages.duckdb'),
    memory_limit: '1GB',
  });
  try {
    await opened.query('create schema if not exists warehouse');
    for (const file of await readdir(dataDir, { recursive: true }))
      if (file.endsWith('.parquet'))
        await opened.query(
          `create or replace view warehouse.${quote(basename(file, '.parquet'))} as
          select * from read_parquet(${literal(join(dataDir, file))})`,
        );
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/**
 * Which pages there are once for each key, and their keys: those of the tables that the page's `breadcrumb`, the
 * query of its name, reads.
 */
export async function keyedPages(pagesDir: string, data: PageData): Promise<KeyedPages[]> {
  const tables = await openTables(data);
  try {
    const found: KeyedPages[] = [];
    for (const file of (await readdir(pagesDir, { recursive: true })).sort()) {
      const key = /\[(\w+)\]\.md$/.exec(file)?.[1];
      if (key === undefined) continue;
      const named = /^breadcrumb: .*$/m.exec(await readFile(join(pagesDir, file), 'utf8'))?.[0] ?? '';
      const holders = [...new Set(named.match(/\bwarehouse\.\w+/g))];
      if (holders.length === 0)
        throw new TenureError(
          'REPORT_RENDER_FAILED',
          `Expected a breadcrumb in ${file}, a query of the name of a page by its key, got none: it says which pages there are.`,
        );
      const keys = holders.map((table) => `select ${quote(key)} as value from ${table}`).join(' union ');
      const { rows } = await tables.query(`select value from (${keys}) where value is not null order by 1`);
      found.push({
        route: `/${file.replace(/\.md$/, '').split(sep).join('/')}`,
        key,
        values: rows.map(({ value }) => String(value)),
      });
    }
    return found;
  } finally {
    await tables.close();
  }
}

/** Rows of one table that have the page's key. */
const OF_THE_KEY =
  /^select (?!distinct\b)([^()]+?)\s+from (warehouse\.\w+)\s+where (\w+) = '\$\{params\.(\w+)\}'(?:\s+order by ((?:(?!\blimit\b)[\s\S])+))?$/i;

/** Where a browser finds what pages of a route ask: as Evidence names it. */
const apiOf = (site: string, route: string) =>
  join(site, 'api', createHash('md5').update(route).digest('hex'));

/** Which of the files holds the rows of a key. The browser computes the same (build.ts). */
export const fileOfKey = (key: string, files: number): number =>
  Number.parseInt(createHash('md5').update(key).digest('hex').slice(0, 8), 16) % files;

/**
 * Writes the rows of all pages of a kind into a few files beside what the rendered pages ask, for pages that only the browser
 * renders: `keys-<build>-<n>.json`, key → query → rows, each an array of values, instants as milliseconds. What says so is in
 * `columns.json`, which each page reads: `by_key` has the build, how many files there are, the columns of each query, and the rows
 * of queries that are the same for every key. `build` is another for other data, so that no cache mixes two; `example` is a key
 * whose page has been rendered. Throws `REPORT_RENDER_FAILED` for a query that
 * cannot be read for all keys at once.
 */
export async function writeRowsByKey(
  { route, key, values }: KeyedPages,
  {
    data,
    site,
    example,
    build,
  }: {
    readonly data: PageData;
    readonly site: string;
    readonly example: string;
    readonly build: string;
  },
): Promise<void> {
  const api = apiOf(site, route);
  const json = async (path: string) => JSON.parse(await readFile(path, 'utf8'));
  const { queries } = (await json(join(site, 'api', route, 'evidencemeta.json'))) as {
    queries: readonly PageQuery[];
  };
  const asked = queries.map(({ id, inputQueryString }) => ({
    id: `${id}_data`,
    sql: inputQueryString.trim(),
  }));
  const breadcrumb = breadcrumbOf(await json(join(site, 'api/pagesManifest.json')), route);
  if (breadcrumb !== undefined) asked.push({ id: 'breadcrumb', sql: breadcrumb });

  const files = Math.max(1, Math.ceil(values.length / KEYS_A_FILE));
  const columns: Record<string, readonly KeyedColumn[]> = {};
  const tables = await openTables(data);
  try {
    const placed = values.map((value) => `(${fileOfKey(value, files)}, ${literal(value)})`);
    await tables.query(
      `create or replace temp table keys as select * from (values ${placed.join(', ')}) as placed (file, key)`,
    );
    await tables.query(
      'create or replace temp table rows_by_key (key varchar, query varchar, content varchar)',
    );
    for (const { id, sql } of asked) {
      if (!sql.includes('${')) continue;
      columns[id] = await readByKey(tables, { id, sql, key, route });
    }
    for (let file = 0; file < files; file++) {
      const { rows } = await tables.query(
        `select key, '{' || string_agg(to_json(query) || ':' || content, ',' order by query) || '}' as content
        from rows_by_key inner join keys using (key) where file = ${file} group by key order by key`,
      );
      await writeFile(
        join(api, `keys-${build}-${file}.json`),
        `{${rows.map((row) => `${JSON.stringify(row.key)}:${row.content}`).join(',')}}`,
      );
    }
  } finally {
    await tables.close();
  }
  const ofExample = (await json(
    join(api, createHash('md5').update(`${key}\x1F${example}`).digest('hex'), 'all-queries.json'),
  )) as Record<string, string>;
  const same = Object.fromEntries(Object.entries(ofExample).filter(([query]) => !(query in columns)));
  const known = await json(join(api, 'columns.json'));
  await writeFile(
    join(api, 'columns.json'),
    JSON.stringify({ ...known, by_key: { build, files, columns, same } }),
  );
}

interface KeyedColumn {
  readonly name: string;
  readonly isInstant: boolean;
}

/** Reads what a query gives for every key, and gives its columns in order. */
async function readByKey(
  tables: Warehouse,
  {
    id,
    sql,
    key,
    route,
  }: {
    readonly id: string;
    readonly sql: string;
    readonly key: string;
    readonly route: string;
  },
): Promise<readonly KeyedColumn[]> {
  const [, selected = '', from = '', column, parameter, order] = OF_THE_KEY.exec(sql) ?? [];
  if (column !== key || parameter !== key)
    throw new TenureError(
      'REPORT_RENDER_FAILED',
      `Expected of the query ${id.replace(/_data$/, '')} of the page ${route} the rows of its key in one table, as "select … from ` +
        `warehouse.… where ${key} = '\${params.${key}}' order by …", so that they can be read for all pages at once; got:\n${sql}`,
    );
  const { rows: described } = await tables.query(`describe select ${selected} from ${from}`);
  const columns = described.map((row) => ({
    name: String(row.column_name),
    isInstant: String(row.column_type) === 'TIMESTAMP',
    isNumber: String(row.column_type) === 'DOUBLE',
  }));
  const values = columns.map(({ name, isInstant, isNumber }) => {
    if (isInstant) return `epoch_ms(${quote(name)})`;
    return isNumber ? `if(isfinite(${quote(name)}), ${quote(name)}, null)` : quote(name); // JSON knows no infinity
  });
  await tables.query(
    `insert into rows_by_key
    select
      page_key, ${literal(id)},
      cast(to_json(list(json_array(${values.join(', ')}) order by place)) as varchar)
    from (
      select ${selected}, ${quote(key)} as page_key, row_number() over (order by ${order ?? quote(key)}) as place
      from ${from}
      where ${quote(key)} in (select key from keys)
    )
    group by page_key`,
  );
  return columns.map(({ name, isInstant }) => ({ name, isInstant }));
}

interface Manifest {
  readonly frontMatter?: { readonly breadcrumb?: string };
  readonly children?: Readonly<Record<string, Manifest>>;
}

/** The query of a page's name in the breadcrumbs, as the manifest of the pages has it. */
function breadcrumbOf(manifest: Manifest, route: string): string | undefined {
  let at: Manifest | undefined = manifest;
  for (const part of route.split('/').slice(1)) at = at?.children?.[part];
  return at?.frontMatter?.breadcrumb;
}
