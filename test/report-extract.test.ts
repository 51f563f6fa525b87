import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { projectRoot } from '../orchestration/project-root.ts';
import { extractForPages } from '../orchestration/site/extract.ts';
import { openWarehouse, type Row, type Warehouse } from '../warehouse/index.ts';

const line = inject('line');
const sources = join(projectRoot, 'reports', 'sources', 'warehouse');
const queries = (await readdir(sources)).filter((name) => name.endsWith('.sql') && name !== 'initialize.sql');

let folder: string;
let warehouse: Warehouse;
let extract: Warehouse;

/** Opens a file as the pages' queries find it, with their macros. */
async function openForPages(path: string): Promise<Warehouse> {
  const opened = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
  await opened.query(await readFile(join(sources, 'initialize.sql'), 'utf8'));
  return opened;
}

/** The last digit of a mean depends on the order in which it was added. */
const rounded = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'number' ? Number(value.toPrecision(12)) : value,
    ]),
  );

/** A copy of the line in which some values are frozen, for a day and for four, and some data known to be wrong. */
async function withFaults(path: string): Promise<string> {
  await copyFile(line.warehouse, path);
  const copy = await openWarehouse({ type: 'duckdb', path });
  await copy.query(
    `update intermediate.int_scores__contributions set is_frozen = true
     from (select account_id, as_of_date as last_date, row_number() over (order by account_id) as n from marts.dim_accounts) as ended
     where ended.account_id = int_scores__contributions.account_id and n % 40 = 1 and signal like '%a%'
       and as_of_date between last_date - (case when n % 80 = 1 then 3 else 0 end)::integer and last_date`,
  );
  await copy.query(
    `insert into marts.fct_account_noise (as_of_date, account_id, kind, subject, is_of_all, reason, until_date, confirmed_by)
     select as_of_date, account_id, 'signal', 'csm_sentiment', true, 'set once a quarter', date '2026-09-30', 'Uma'
     from marts.dim_accounts
     union all
     select as_of_date, account_id, 'account', null, false, 'its mail is elsewhere', null, null
     from (select * from marts.dim_accounts order by account_id limit 1)`,
  );
  await copy.close();
  return path;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-extract-'));
  warehouse = await openForPages(await withFaults(join(folder, 'warehouse.duckdb')));
  const file = join(folder, 'pages.duckdb');
  await extractForPages(warehouse, file);
  extract = await openForPages(file);
});
afterAll(async () => {
  await warehouse?.close();
  await extract?.close();
  await rm(folder, { recursive: true });
});

it.each(queries.map((name) => basename(name, '.sql')))(
  'gives the pages the rows of %s that the warehouse gives',
  async (name) => {
    const sql = await readFile(join(sources, `${name}.sql`), 'utf8');
    const [here, there] = [await warehouse.query(sql), await extract.query(sql)];
    expect(there.rows.map(rounded)).toEqual(here.rows.map(rounded));
    expect(there.columns).toEqual(here.columns);
  },
);

it('puts each open alert into the book of whom it belongs to', async () => {
  const sql = await readFile(join(sources, 'alerts.sql'), 'utf8');
  const { rows } = await extract.query(`select alert_key, owner_key from (${sql}) order by alert_key`);
  const owned = await warehouse.query(
    `select alert_key, md5(owner_label(owner_name, owner_id)) as owner_key from marts.fct_alerts
     where
       is_overdue
       or state in ('created', 'acknowledged')
       and (not is_silent or cast(due_at as date) >= (select max(as_of_date) from marts.fct_account_health_daily))
     order by alert_key`,
  );
  expect(rows).toEqual(owned.rows);
  expect(rows.length).toBeGreaterThan(10);
  const elsewhere = await warehouse.query(
    `select count(*) as n from marts.fct_alerts as alerts inner join marts.dim_accounts as accounts using (account_id)
     where alerts.owner_id <> accounts.owner_id and state in ('created', 'acknowledged')`,
  );
  expect(Number(elsewhere.rows[0]?.n)).toBeGreaterThan(0);
});

it('says what is known to be wrong in the data of an account, on its page alone', async () => {
  const sql = await readFile(join(sources, 'account_noise.sql'), 'utf8');
  const { rows } = await extract.query(sql);
  const [{ n, first }] = (
    await warehouse.query('select count(*) as n, min(account_id) as first from marts.dim_accounts')
  ).rows as [{ n: number; first: string }];
  expect(rows).toHaveLength(Number(n) + 1);
  const [page] = (await extract.query(`select page_of('${first}') as page`)).rows;
  expect(rows.filter(({ account_page }) => account_page === page?.page).map(({ what }) => what)).toEqual([
    'Known noise until 30 Sep 2026, CSM sentiment: \u2068set once a quarter\u2069 (\u2068Uma\u2069)',
    'Known noise, all data of the account: \u2068its mail is elsewhere\u2069',
  ]);
});

it('says since when values are frozen', async () => {
  const sql = await readFile(join(sources, 'contributions.sql'), 'utf8');
  const { rows } = await extract.query(
    `select distinct split_part(value_text, 'since ', 2) as day from (${sql}) where value_text like '%frozen%'`,
  );
  expect(rows.length).toBeGreaterThan(1);
});

it('holds of the daily tables the days that the pages show', async () => {
  const days = 'select count(distinct as_of_date) as n from marts.fct_account_health_daily';
  const [all] = (await warehouse.query(days)).rows;
  const [shown] = (await extract.query(days)).rows;
  expect(Number(shown?.n)).toBeLessThan(Number(all?.n) / 2);
});
