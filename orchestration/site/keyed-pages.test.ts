import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWarehouse } from '../../warehouse/index.ts';
import { fileOfKey, keyedPages, writeRowsByKey } from './keyed-pages.ts';

const ROUTE = '/shops/[shop]';
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const KEYS = ['constructor', '__proto__', "o'hara", 'a"b', ...Array.from({ length: 60 }, (_, n) => `s${n}`)];

let folder: string;
let data: { dataDir: string; workDir: string };
let site: string;
let api: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-keyed-'));
  data = { dataDir: join(folder, 'data'), workDir: folder };
  site = join(folder, 'site');
  api = join(site, 'api', md5(ROUTE));
  await mkdir(join(folder, 'pages', 'shops'), { recursive: true });
  await mkdir(join(data.dataDir, 'warehouse', 'shops'), { recursive: true });
  await mkdir(join(data.dataDir, 'warehouse', 'sales'), { recursive: true });
  await mkdir(join(site, 'api', ROUTE), { recursive: true });
  await mkdir(join(api, md5('shop\x1Fs0')), { recursive: true });
  await page(`select name from warehouse.shops where shop = '\${params.shop}'`);
  const list = KEYS.map((key) => `('${key.replaceAll("'", "''")}')`).join(', ');
  const made = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await made.query(`copy (select shop, 'Shop ' || shop as name from (values ${list}) as v(shop))
    to '${data.dataDir}/warehouse/shops/shops.parquet'`);
  await made.query(`copy (
      select shop, n, if(n = 1, 'infinity'::double, n + 0.1) as worth, timestamp '2026-01-01' + interval (n) day as day
      from (values ${list}, ('in no shop')) as v(shop) cross join range(3) as r(n)
    ) to '${data.dataDir}/warehouse/sales/sales.parquet'`);
  await made.close();
});
afterEach(() => rm(folder, { recursive: true }));

const page = (breadcrumb: string) =>
  writeFile(join(folder, 'pages', 'shops', '[shop].md'), `---\nbreadcrumb: "${breadcrumb}"\n---\n`);

async function write(sales: string) {
  const asked = [
    { id: 'facts', inputQueryString: 'select 1' },
    { id: 'sales', inputQueryString: sales },
  ];
  await writeFile(join(site, 'api', ROUTE, 'evidencemeta.json'), JSON.stringify({ queries: asked }));
  await writeFile(join(site, 'api', 'pagesManifest.json'), JSON.stringify({ children: {} }));
  await writeFile(join(api, 'columns.json'), JSON.stringify({ sales_columns: 'x' }));
  await writeFile(
    join(api, md5('shop\x1Fs0'), 'all-queries.json'),
    JSON.stringify({ facts_data: 'same', sales_data: 'its own' }),
  );
  const [kind] = await keyedPages(join(folder, 'pages'), data);
  await writeRowsByKey(kind!, { data, site, example: 's0', build: 'b1' });
  return JSON.parse(await readFile(join(api, 'columns.json'), 'utf8'));
}

describe('pages of a key', () => {
  it('are those of which the breadcrumb finds a name', async () => {
    const kinds = await keyedPages(join(folder, 'pages'), data);
    expect(kinds).toEqual([{ route: ROUTE, key: 'shop', values: KEYS.toSorted() }]);
    await page('select 1');
    await expect(keyedPages(join(folder, 'pages'), data)).rejects.toThrow(/Expected a breadcrumb/);
  });

  it('have their rows in the file of their key, whatever it is called, and no infinity', async () => {
    const { by_key, sales_columns } = await write(
      `select n, worth, day from warehouse.sales where shop = '\${params.shop}' order by n desc`,
    );
    expect(sales_columns).toBe('x');
    expect(by_key).toEqual({
      build: 'b1',
      files: 2,
      columns: {
        sales_data: [
          { name: 'n', isInstant: false },
          { name: 'worth', isInstant: false },
          { name: 'day', isInstant: true },
        ],
      },
      same: { facts_data: 'same' },
    });
    const files = await Promise.all(
      [0, 1].map(async (n) => JSON.parse(await readFile(join(api, `keys-b1-${n}.json`), 'utf8'))),
    );
    const first = Date.parse('2026-01-01');
    for (const key of KEYS) {
      const mine = files[fileOfKey(key, 2)];
      expect(Object.hasOwn(mine, key), key).toBe(true);
      expect(mine[key].sales_data).toEqual([
        [2, 2.1, first + 2 * 86_400_000],
        [1, null, first + 86_400_000],
        [0, 0.1, first],
      ]);
    }
    expect(files.flatMap((file) => Object.keys(file))).toHaveLength(KEYS.length);
  });

  it('refuse a query that is not of rows of the key', async () => {
    await expect(
      write(`select count(*) as n from warehouse.sales where shop = '\${params.shop}'`),
    ).rejects.toThrow(/Expected of the query sales of the page .* the rows of its key in one table/);
  });
});
