import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildReports } from '../orchestration/site/build.ts';
import { extractForPages } from '../orchestration/site/extract.ts';
import { fileOfKey } from '../orchestration/site/keyed-pages.ts';
import { type SiteServer, serveSite } from '../orchestration/site/serve.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { chromiumPath, openBrowser, visit } from './browser.ts';

const { tableFromIPC } = createRequire(import.meta.url)('apache-arrow') as typeof import('apache-arrow');

const line = inject('line');
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const ACCOUNTS = join('api', md5('/accounts/[account_page]'));
const json = async (...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8'));

let folder: string;
let site: string;
let accounts: readonly string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-keyed-pages-'));
  const file = join(folder, 'pages.duckdb');
  const warehouse = await openWarehouse({ type: 'duckdb', path: line.warehouse });
  try {
    await extractForPages(warehouse, file);
  } finally {
    await warehouse.close();
  }
  await mkdir(join(folder, 'build'));
  const built = await buildReports({ warehousePath: file, buildDir: join(folder, 'build'), mostRendered: 5 });
  site = built.siteDir;
  accounts = (await readdir(join(line.site, 'accounts'))).filter((each) => each !== 'index.html');
  expect(built.pages).toBe((await htmlOf(line.site)).length);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const htmlOf = async (where: string) =>
  (await readdir(where, { recursive: true })).filter((file) => file.endsWith('index.html'));

/** What a rendered page asks: query → its rows, as arrays of values in the order of the columns. */
async function rowsOfRendered(account: string): Promise<Record<string, unknown[][]>> {
  const queries: Record<string, string> = await json(
    line.site,
    ACCOUNTS,
    md5(`account_page\x1F${account}`),
    'all-queries.json',
  );
  const rows: Record<string, unknown[][]> = {};
  for (const [query, result] of Object.entries(queries)) {
    if (result.startsWith('#')) continue;
    const table = tableFromIPC(Buffer.from(result, 'base64'));
    rows[query] = table.toArray().map((row) => table.schema.fields.map(({ name }) => row[name] as unknown));
  }
  return rows;
}

describe('accounts of which there are too many to render each', () => {
  it('have no file of their own, but for one', async () => {
    expect(accounts.length).toBeGreaterThan(50);
    expect((await readdir(join(site, 'accounts'))).sort()).toEqual(
      [accounts[0], '404.html', 'index.html'].sort(),
    );
    const files = (await readdir(join(site, ACCOUNTS))).filter((name) => name.startsWith('keys-'));
    expect(files).toHaveLength(Math.ceil(accounts.length / 32));
  });

  it('have the rows that their rendered pages ask, each in the file that the browser looks in', async () => {
    const { by_key } = await json(site, ACCOUNTS, 'columns.json');
    let compared = 0;
    for (const account of accounts) {
      const rendered = await rowsOfRendered(account);
      const file = await json(
        site,
        ACCOUNTS,
        `keys-${by_key.build}-${fileOfKey(account, by_key.files)}.json`,
      );
      for (const [query, rows] of Object.entries(rendered)) {
        if (query in by_key.same) continue;
        expect(file[account][query] ?? [], `${query} of ${account}`).toEqual(rows);
        compared += rows.length;
      }
    }
    expect(compared).toBeGreaterThan(accounts.length * 20);
  });
});

describe.skipIf(chromiumPath === undefined)('an account that the browser renders', () => {
  let browser: Browser;
  let servers: SiteServer[];
  beforeAll(async () => {
    browser = await openBrowser();
    servers = await Promise.all([line.site, site].map((siteDir) => serveSite({ siteDir, port: 0 })));
  });
  afterAll(async () => {
    await browser.close();
    for (const server of servers) await server.close();
  });

  const textOf = async (url: string) => {
    const { page, problems, close } = await visit(browser, url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const seen = {
      text: await page.locator('main').innerText(),
      title: await page.title(),
      problems: [...problems],
    };
    await close();
    return seen;
  };

  it('looks as one that is rendered', async () => {
    const account = accounts.at(-1) as string;
    const [rendered, inBrowser] = await Promise.all(
      servers.map(({ url }) => textOf(`${url}accounts/${account}/`)),
    );
    expect(inBrowser).toEqual(rendered);
    expect(inBrowser?.problems).toEqual([]);
    expect(inBrowser?.text).toContain('What the score is made of');
  });

  it('is reached from the list, and says so when nobody has its address', async () => {
    const { url } = servers[1] as SiteServer;
    const { page, problems, close } = await visit(browser, `${url}accounts/`);
    const link = page.locator('main a[href^="/accounts/"]').nth(3);
    const name = await link.innerText();
    await link.click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    expect(problems).toEqual([]);
    await close();
    const nobody = await textOf(`${url}accounts/nobody/`);
    expect(nobody.text).toContain('No account has this address');
    expect(nobody.problems).toEqual([]);
  });

  it('answers 404 where no page of a kind could be', async () => {
    const { url } = servers[1] as SiteServer;
    for (const path of ['nowhere', 'csm/nobody', 'accounts/x.js', 'accounts/x/y', 'api/nothing'])
      expect((await fetch(`${url}${path}`)).status, path).toBe(404);
  });
});
