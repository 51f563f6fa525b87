import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { TABLES } from '../ingest/sources/files/tables.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import { run, type Size } from './measure.ts';
import { fillCompany } from './model-company.ts';

const LAST_DAY = '2025-12-30';
const NEXT_DAY = '2025-12-31';
const ACCOUNTS = 40;

/** What the statements of one model read of one table with a row per account and day. */
interface Scan {
  readonly model: string;
  readonly table: string;
  /** Days of the table that its constant filters leave: on BigQuery, the partitions that are read. */
  readonly days: number;
  readonly columns: number;
}

/** The same at two lengths of history: `of_101_days: 1` of 101 days one is read. */
export type ScanResult = Pick<Scan, 'model' | 'table' | 'columns'> &
  Readonly<Record<`of_${number}_days`, number>>;

const addDays = (day: string, days: number) =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** A company with so many days of history, built, and what the build of one more day reads of it. */
async function scansOfADay(days: number): Promise<Scan[]> {
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-scan-'));
  const path = join(folder, 'warehouse.duckdb');
  const query = async <T>(work: (warehouse: Warehouse) => Promise<T>): Promise<T> => {
    const warehouse = await openWarehouse({ type: 'duckdb', path });
    try {
      return await work(warehouse);
    } finally {
      await warehouse.close();
    }
  };
  const tenure = (verb: string, asOf: string) =>
    run(
      process.execPath,
      [
        join(projectRoot, 'orchestration', 'cli.ts'),
        verb,
        '--config',
        join(folder, 'tenure.yaml'),
        '--as-of',
        asOf,
      ],
      { DBT_LOG_LEVEL_FILE: 'debug' },
    );
  try {
    await mkdir(join(folder, 'data'), { recursive: true });
    for (const { name, columns } of TABLES)
      await writeFile(join(folder, 'data', `${name}.csv`), `${columns.map((each) => each.name).join(',')}\n`);
    const start = addDays(LAST_DAY, 1 - days);
    const connector = { builtin: 'files', config: { path: './data' } };
    const config = {
      warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
      tenant: { history_start_date: start },
      sources: [{ name: 'book', kind: 'files', connector }],
    };
    await writeFile(join(folder, 'tenure.yaml'), stringify(config));
    await tenure('sync', LAST_DAY);
    const company = { accounts: ACCOUNTS, start, from: start, to: LAST_DAY };
    await query((warehouse) => fillCompany(warehouse, company));
    await tenure('build', LAST_DAY);
    await tenure('score', LAST_DAY);
    await query((warehouse) => fillCompany(warehouse, { ...company, from: NEXT_DAY, to: NEXT_DAY }));
    const log = join(folder, '.build', 'logs', 'dbt.log');
    await rm(log);
    await tenure('build', NEXT_DAY);
    await tenure('score', NEXT_DAY);
    const statements = statementsOf(await readFile(log, 'utf8'));
    return await query((warehouse) => scansOf(warehouse, statements));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Statement {
  readonly model: string;
  readonly sql: string;
}

/** The statements of the models in dbt's log; those of tests are left out. */
function statementsOf(log: string): Statement[] {
  return log.split('\n').flatMap((line) => {
    if (!line.includes('"SQLQuery"')) return [];
    const { data } = JSON.parse(line);
    const model = /^model\.tenure\.(\w+)/.exec(data.node_info?.unique_id ?? '')?.[1];
    if (model === undefined) return [];
    const sql = String(data.sql).replace(/^\/\*.*?\*\//s, '');
    // Under a contract the table is created first and filled in the same request, from a query in brackets: that reads.
    const filling = /;\s*insert into [^(]*\([^)]*\)\s*\((.*)\)\s*;\s*$/s.exec(sql)?.[1];
    return [{ model, sql: filling ?? sql }];
  });
}

interface PlanNode {
  readonly name: string;
  readonly extra_info: Readonly<Record<string, string | readonly string[]>>;
  readonly children: readonly PlanNode[];
}

async function scansOf(warehouse: Warehouse, statements: readonly Statement[]): Promise<Scan[]> {
  const daily = new Set<string>();
  for (const schema of ['intermediate', 'marts']) {
    for (const table of await warehouse.listTables(schema)) {
      const columns = (await warehouse.tableColumns(schema, table)) ?? [];
      if (columns.some(({ name }) => name === 'as_of_date') && (await isLong(warehouse, schema, table)))
        daily.add(table);
    }
  }
  const most = new Map<string, Scan>();
  for (const { model, sql } of statements) {
    // A statement whose tables the run has dropped again reads what another one wrote, and no history.
    const plan = await warehouse.query(`explain (format json) ${sql}`).catch(() => undefined);
    for (const node of plan === undefined
      ? []
      : tableScans(JSON.parse(String(plan.rows[0]?.explain_value)))) {
      const table = String(node.extra_info.Table).split('.').at(-1) ?? '';
      if (!daily.has(table)) continue;
      const filters = [node.extra_info.Filters ?? []].flat().filter((filter) => /^as_of_date\b/.test(filter));
      const schema = (await warehouse.listTables('marts')).includes(table) ? 'marts' : 'intermediate';
      const { rows } = await warehouse.query(
        `select count(distinct as_of_date) as n from ${schema}.${table} ${filters.length === 0 ? '' : `where ${filters.join(' and ')}`}`,
      );
      const columns = [node.extra_info.Projections ?? []].flat().length;
      const scan = { model, table, days: Number(rows[0]?.n), columns };
      const key = `${model} ${table}`;
      if ((most.get(key)?.days ?? -1) < scan.days) most.set(key, scan);
    }
  }
  return [...most.values()];
}

async function isLong(warehouse: Warehouse, schema: string, table: string): Promise<boolean> {
  const { rows } = await warehouse.query(`select count(distinct as_of_date) as n from ${schema}.${table}`);
  return Number(rows[0]?.n) > 60;
}

function tableScans(nodes: readonly PlanNode[]): PlanNode[] {
  return nodes.flatMap((node) => [
    ...(node.extra_info.Table === undefined ? [] : [node]),
    ...tableScans(node.children),
  ]);
}

/** What the build of one day reads of each daily table, at 100 and at 1,000 days of history. */
export async function scan(size: Size, log: (text: string) => void): Promise<ScanResult[]> {
  const histories = size === 'S' ? [100, 200] : [100, 1_000];
  const found = new Map<string, ScanResult>();
  for (const days of histories) {
    log(`building ${days} days, and one more`);
    for (const { model, table, days: read, columns } of await scansOfADay(days)) {
      const result = found.get(`${model} ${table}`) ?? { model, table, columns };
      found.set(`${model} ${table}`, { ...result, [`of_${days + 1}_days`]: read });
    }
  }
  return [...found.values()];
}
