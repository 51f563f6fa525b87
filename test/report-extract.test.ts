import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { projectRoot } from '../orchestration/project-root.ts';
import { extractForPages } from '../orchestration/report-extract.ts';
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

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-extract-'));
  warehouse = await openForPages(line.warehouse);
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

it('holds of the daily tables the days that the pages show', async () => {
  const days = 'select count(distinct as_of_date) as n from marts.fct_account_health_daily';
  const [all] = (await warehouse.query(days)).rows;
  const [shown] = (await extract.query(days)).rows;
  expect(Number(shown?.n)).toBeLessThan(Number(all?.n) / 2);
});
