import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  type Audience,
  COMPANY_WIDE,
  decisionOf,
  everyAudience,
  findAudience,
  readersOf,
  SAME_FOR_ALL,
} from '../orchestration/site/audience.ts';
import { extractForPages, tablesIn } from '../orchestration/site/extract.ts';
import { PAGE_SETS, QUERY_WORDS } from '../orchestration/site/page-sets.ts';
import { type SiteServer, serveSite } from '../orchestration/site/serve.ts';
import { openWarehouse, type Row, type Schema, type Warehouse } from '../warehouse/index.ts';
import { barriers, chromiumPath, openBrowser, visit } from './browser.ts';
import { answer, tenure } from './tenure.ts';

const line = inject('line');

async function queriesOf(folder: string): Promise<readonly { name: string; text: string }[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql') && file !== 'initialize.sql');
  return Promise.all(
    files.map(async (file) => ({
      name: basename(file, '.sql'),
      text: await readFile(join(folder, file), 'utf8'),
    })),
  );
}
const queries = {
  book: await queriesOf(PAGE_SETS.book.sources),
  customer: await queriesOf(PAGE_SETS.customer.sources),
};

let folder: string;
let warehouse: Warehouse;
/** Names and ids of accounts by whose they are. */
let owner: Audience;

const openForPages = async (path: string) => {
  const opened = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
  await opened.query(await readFile(QUERY_WORDS, 'utf8'));
  return opened;
};

/** What must not be in a site of an audience: names, ids and page addresses of all other accounts. */
async function foreignWords({ kind, id }: Audience): Promise<string[]> {
  const { rows } = await warehouse.query(
    `select name, account_id, page_of(account_id) as page from marts.dim_accounts where account_id not in (
       select account_id from marts.dim_audiences where audience_kind = '${kind}' and audience_id = '${id}')`,
  );
  return [...new Set(rows.flatMap((row) => [String(row.name), String(row.account_id), String(row.page)]))];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-audience-'));
  warehouse = await openForPages(line.warehouse);
  // The owner of whom not all accounts with their renewals are their own: the hardest book.
  const { rows } = await warehouse.query(
    `select audiences.audience_id as id from marts.dim_audiences as audiences
     inner join marts.dim_accounts as accounts using (account_id)
     where audiences.audience_kind = 'csm'
     group by 1 order by count(case when accounts.owner_id <> audiences.audience_id then 1 end) desc, 1 limit 1`,
  );
  owner = await findAudience(warehouse, { kind: 'csm', id: String(rows[0]?.id) });
});
afterAll(async () => {
  await warehouse?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('what an audience sees', () => {
  it('is decided of each table that the pages read', async () => {
    const words = await readFile(QUERY_WORDS, 'utf8');
    const texts = [words, ...[...queries.book, ...queries.customer].map(({ text }) => text)];
    const tables = [...new Set(texts.flatMap(tablesIn))].sort();
    const undecided: string[] = [];
    for (const name of tables) {
      const [schema, table] = name.split('.') as [Schema, string];
      const columns = (await warehouse.tableColumns(schema, table)) ?? [];
      if (decisionOf(name, columns) === 'undecided') undecided.push(name);
    }
    expect(undecided).toEqual([]);
    expect([...SAME_FOR_ALL, ...COMPANY_WIDE].filter((name) => !tables.includes(name))).toEqual([]);
  });

  it('is nothing of a table without account_id of which nobody decided', () => {
    expect(decisionOf('marts.fct_news', [{ name: 'arr' }])).toBe('undecided');
    expect(decisionOf('marts.fct_news', [{ name: 'account_id' }])).toBe('its accounts');
  });

  it('is of an owner their accounts and those with work of theirs, of a manager both of theirs', async () => {
    const { rows } = await warehouse.query(
      `select count(*) as n from marts.dim_accounts
       where merged_into_account_id is null and owner_id = '${owner.id}' and account_id not in (
         select account_id from marts.dim_audiences where audience_kind = 'csm' and audience_id = '${owner.id}')`,
    );
    expect(Number(rows[0]?.n)).toBe(0);
    const every = await everyAudience(warehouse);
    expect(every.map(({ kind }) => kind)).toContain('manager');
    expect(every.map(({ kind }) => kind)).not.toContain('customer');
  });

  it('is asked for by an address, too, and names who may read', async () => {
    const [address] = await readersOf(warehouse, owner);
    expect(address).toMatch(/@/);
    expect(await findAudience(warehouse, { kind: 'csm', id: String(address).toUpperCase() })).toEqual(owner);
  });

  it('says who is not known', async () => {
    await expect(findAudience(warehouse, { kind: 'csm', id: 'nobody' })).rejects.toMatchObject({
      code: 'AUDIENCE_UNKNOWN',
      exitCode: 2,
    });
  });
});

describe('the copy for one owner', () => {
  let extract: Warehouse;
  beforeAll(async () => {
    const file = join(folder, 'book.duckdb');
    await extractForPages(warehouse, file, { audience: owner });
    extract = await openForPages(file);
  });
  afterAll(() => extract?.close());

  it.each(queries.book)('gives of $name no row of another account, and all of theirs', async ({ text }) => {
    const there = await extract.query(text);
    const here = await warehouse.query(text);
    expect(there.columns).toEqual(here.columns);
    const words = await foreignWords(owner);
    const told = JSON.stringify(there.rows);
    expect(words.filter((word) => told.includes(word))).toEqual([]);
    const key = ['account_page', 'account_id'].find((name) =>
      here.columns.some((each) => each.name === name),
    );
    if (key === undefined) return;
    const { rows } = await warehouse.query(
      `select account_id, page_of(account_id) as account_page from marts.dim_audiences
       where audience_kind = 'csm' and audience_id = '${owner.id}'`,
    );
    const theirs = new Set(rows.map((row) => row[key]));
    const bare = (row: Row) => row[key];
    expect(there.rows.map(bare)).toEqual(here.rows.map(bare).filter((each) => theirs.has(each)));
  });

  it('has what people wrote, and has it not when told so', async () => {
    const written = [
      'select count(note) as n from intermediate.int_canonical__sentiments',
      "select count(text) as n from marts.fct_notes where kind = 'note'",
      "select count(text) as n from marts.fct_notes where kind = 'meeting'",
    ];
    const counted = (from: Warehouse) =>
      Promise.all(written.map(async (sql) => Number((await from.query(sql)).rows[0]?.n)));
    for (const count of await counted(extract)) expect(count).toBeGreaterThan(0);
    const file = join(folder, 'without-notes.duckdb');
    await extractForPages(warehouse, file, { audience: owner, withoutNotes: true });
    const without = await openForPages(file);
    expect(await counted(without)).toEqual([0, 0, 0]);
    const page = queries.book.find(({ name }) => name === 'notes')?.text ?? '';
    expect((await extract.query(page)).rows.length).toBeGreaterThan(0);
    expect((await without.query(page)).rows).toEqual([]);
    await without.close();
  });

  it('says nothing of the whole company', async () => {
    for (const name of COMPANY_WIDE) {
      const { rows } = await extract.query(`select count(*) as n from ${name}`);
      expect([name, Number(rows[0]?.n)]).toEqual([name, 0]);
    }
  });
});

/** Everything that can be read in a site: files as they are, decompressed, and the values of Parquet files. */
async function readable(siteDir: string): Promise<readonly { file: string; text: string }[]> {
  const entries = await readdir(siteDir, { recursive: true, withFileTypes: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const texts: { file: string; text: string }[] = [];
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await readFile(file);
    const plain =
      extname(file) === '.gz'
        ? gunzipSync(bytes)
        : extname(file) === '.br'
          ? brotliDecompressSync(bytes)
          : bytes;
    texts.push({ file, text: `${file}\n${plain.toString('utf8')}\n${plain.toString('latin1')}` });
    if (extname(file) === '.parquet') {
      const result = await connection.runAndReadAll(`select * from read_parquet('${file}')`);
      texts.push({ file, text: JSON.stringify(result.getRowsJson()) });
    }
  }
  connection.closeSync();
  return texts;
}

const findings = (texts: readonly { file: string; text: string }[], words: readonly string[]) =>
  texts.flatMap(({ file, text }) =>
    words
      .filter((word) => text.includes(word))
      .map((word) => `${basename(dirname(file))}/${basename(file)}: ${word}`),
  );

describe('sites for some alone', () => {
  let config: string;
  let customer: Audience;
  let browser: Browser | undefined;
  let sites: readonly { for: string; siteDir: string; pages: number }[];

  beforeAll(async () => {
    // a copy: other tests read the line meanwhile
    await mkdir(join(folder, 'line'));
    config = join(folder, 'line', 'tenure.yaml');
    await copyFile(line.config, config);
    await copyFile(line.warehouse, join(folder, 'line', 'warehouse.duckdb'));
    const { rows } = await warehouse.query(
      `select account_id from marts.dim_accounts
       where not is_churned and score is not null and account_id in (select account_id from intermediate.int_canonical__tickets)
         and account_id in (
           select account_id from intermediate.int_canonical__usage_events
           where event_count > 0 and event_date between date '${line.asOfDate}' - 29 and date '${line.asOfDate}')
       order by score, account_id limit 1`,
    );
    customer = await findAudience(warehouse, { kind: 'customer', id: String(rows[0]?.account_id) });
    sites = await answer([
      ...['report', '--config', config, '--as-of', line.asOfDate],
      ...['--for', `csm=${owner.id}`, `customer=${customer.id}`],
    ]);
    if (chromiumPath !== undefined) browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it('are where the verb says', () => {
    expect(sites.map((site) => site.for)).toEqual([`csm=${owner.id}`, `customer=${customer.id}`]);
  });

  it('hold nothing of the accounts of others, in no byte of an owner’s', async () => {
    const texts = await readable(String(sites[0]?.siteDir));
    // that it finds what is there
    const { rows } = await warehouse.query(`select name from marts.dim_accounts where account_id in (
      select account_id from marts.dim_audiences where audience_kind = 'csm' and audience_id = '${owner.id}')`);
    const own = rows.map((row) => String(row.name));
    expect(own.filter((name) => findings(texts, [name]).length === 0)).toEqual([]);
    expect(texts.some(({ file }) => file.endsWith('.parquet'))).toBe(true);
    expect(findings(texts, await foreignWords(owner))).toEqual([]);
  });

  it('hold for a customer nothing of others, nobody’s name, and nothing internal', async () => {
    const texts = await readable(String(sites[1]?.siteDir));
    expect(findings(texts, [customer.name]).length).toBeGreaterThan(0);
    expect(findings(texts, await foreignWords(customer))).toEqual([]);
    const people = await warehouse.query(
      `select distinct name as word from intermediate.int_canonical__users where name is not null
       union select distinct email from intermediate.int_canonical__users where email is not null
       union select distinct email from intermediate.int_canonical__contacts where email is not null
       union select distinct note from intermediate.int_canonical__sentiments where length(note) > 8`,
    );
    expect(
      findings(
        texts,
        people.rows.map((row) => String(row.word)),
      ),
    ).toEqual([]);
    // The rows and what is rendered of them: scripts of the charts have words of their own.
    const data = texts.filter(({ file }) => /\.(html|arrow|parquet|json)$/.test(file));
    const internal = /at.risk|\bARR\b|likelihood|category_effective|csm.sentiment|renewal.stage|\bchurn/i;
    const told = data.flatMap(({ file, text }) =>
      internal.exec(text) === null ? [] : [`${file}: ${internal.exec(text)?.[0]}`],
    );
    expect(told).toEqual([]);
  });

  describe.skipIf(chromiumPath === undefined)('in a browser', () => {
    let server: SiteServer;
    const opened = async (siteDir: string | undefined, path: string) => {
      server = await serveSite({ siteDir: String(siteDir), port: 0 });
      const visited = await visit(browser!, new URL(path, server.url).href);
      return {
        ...visited,
        close: async () => {
          await visited.close();
          await server.close();
        },
      };
    };

    it('say of an owner whose they are, and lead to no page of the company', async () => {
      const { page, problems, close } = await opened(sites[0]?.siteDir, '/');
      const banner = await page.getByTestId('audience').first().textContent();
      expect(banner).toContain(owner.name);
      const { rows } = await warehouse.query(
        `select count(*) as n from marts.dim_audiences inner join marts.dim_accounts as accounts using (account_id)
         where audience_kind = 'csm' and audience_id = '${owner.id}' and not accounts.is_churned
           and accounts.as_of_date = (select max(as_of_date) from marts.dim_accounts)`,
      );
      expect(banner).toContain(`${Number(rows[0]?.n)} customer`);
      for (const left of PAGE_SETS.book.leftOut) {
        expect(await page.locator(`a[href*="/${left}"]`).count(), left).toBe(0);
        expect((await fetch(new URL(`/${left}/`, page.url()))).status, left).toBe(404);
      }
      expect(problems).toEqual([]);
      await close();
    });

    it('tell a customer how they are scored, what they use and what they got', async () => {
      const { page, problems, close } = await opened(sites[1]?.siteDir, '/');
      const { rows } = await warehouse.query(
        // the last day of the line is that of a month
        `select count(distinct lower(user_id)) as people from intermediate.int_canonical__usage_events
         where account_id = '${customer.id}' and event_count > 0
           and date_trunc('month', event_date) = date_trunc('month', date '${line.asOfDate}')`,
      );
      const heading = ((await page.locator('h1:visible').first().textContent()) ?? '').replaceAll(
        /[\u2068\u2069]/g,
        '',
      );
      expect(heading.startsWith(`${customer.name}: ${Number(rows[0]?.people)} `)).toBe(true);
      for (const words of ['How you are scored', 'features', 'requests'])
        expect(await page.getByText(words).count(), words).toBeGreaterThan(0);
      const scored = page.getByRole('region', { name: 'What we look at' }).locator('tbody tr');
      const told = await warehouse.query(
        `select count(*) as n from marts.fct_signal_contributions_daily as facts
         inner join intermediate.customer_signals using (signal)
         where facts.account_id = '${customer.id}' and facts.weight > 0 and facts.as_of_date = date '${line.asOfDate}'`,
      );
      expect(await scored.count()).toBe(Number(told.rows[0]?.n));
      expect(await barriers(page)).toEqual([]);
      expect(problems).toEqual([]);
      await close();
    });
  });

  it('are refused for nobody, and for what is no audience', async () => {
    for (const whom of ['csm=nobody', 'friend=u1', 'csm']) {
      const { code, stderr } = await tenure([
        'report',
        '--config',
        config,
        '--as-of',
        line.asOfDate,
        '--for',
        whom,
      ]);
      expect([whom, code]).toEqual([whom, 2]);
      expect(stderr).toContain('Expected');
    }
  });
});
