import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Warehouse } from '../warehouse/index.ts';
import { BenchWarehouse, LAST_DAY, NEXT_DAY } from './bench-warehouse.ts';
import type { Size } from './measure.ts';

const ACCOUNTS = 40;

/** What the statements of one model read of one table that grows by the day. */
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

/** A company with so many days of history, built, and what the build of one more day reads of it. */
async function scansOfADay(days: number): Promise<Scan[]> {
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-scan-'));
  const bench = new BenchWarehouse(folder, ACCOUNTS, days);
  // without a limit, else the first statements roll away
  const logged = { DBT_LOG_LEVEL_FILE: 'debug', DBT_LOG_FORMAT_FILE: 'json', DBT_LOG_FILE_MAX_BYTES: '0' };
  try {
    await bench.prepare();
    await bench.tenure('build', LAST_DAY);
    await bench.tenure('score', LAST_DAY);
    await bench.fillNextDay();
    const log = join(folder, '.build', 'logs', 'dbt.log');
    await rm(log);
    await bench.tenure('build', NEXT_DAY, logged);
    await bench.tenure('score', NEXT_DAY, logged);
    const statements = statementsOf(await readFile(log, 'utf8'));
    return await bench.query((warehouse) => scansOf(warehouse, statements));
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

/** A table that grows by the day: its day, and the columns by which BigQuery finds what it need not read. */
interface Daily {
  readonly schema: string;
  readonly day: string;
  readonly pruned: RegExp;
}

/** By what the tables of a schema grow: histories have a partition a day; raw usage one a month, in which loads lie together. */
const GROWTH: Readonly<Record<string, Omit<Daily, 'schema'>>> = {
  raw: { day: 'event_at', pruned: /^(event_at|_airbyte_extracted_at)\b/ },
  intermediate: { day: 'as_of_date', pruned: /^as_of_date\b/ },
  marts: { day: 'as_of_date', pruned: /^as_of_date\b/ },
};

async function dailyTables(warehouse: Warehouse): Promise<ReadonlyMap<string, Daily>> {
  const daily = new Map<string, Daily>();
  for (const [schema, growth] of Object.entries(GROWTH)) {
    for (const table of await warehouse.listTables(schema)) {
      const columns = (await warehouse.tableColumns(schema, table)) ?? [];
      if (!columns.some(({ name }) => name === growth.day)) continue;
      if ((await daysOf(warehouse, `${schema}.${table}`, growth.day)) > 60)
        daily.set(table, { schema, ...growth });
    }
  }
  return daily;
}

async function daysOf(warehouse: Warehouse, relation: string, day: string, filter = 'true'): Promise<number> {
  const { rows } = await warehouse.query(
    `select count(distinct cast(${day} as date)) as n from ${relation} where ${filter}`,
  );
  return Number(rows[0]?.n);
}

async function scansOf(warehouse: Warehouse, statements: readonly Statement[]): Promise<Scan[]> {
  const daily = await dailyTables(warehouse);
  // A table that this company happens to have no rows for stays in the plan.
  await warehouse.query(`set disabled_optimizers = 'statistics_propagation,empty_result_pullup'`);
  const most = new Map<string, Scan>();
  for (const { model, sql } of statements) {
    // A statement whose tables the run has dropped again reads what another one wrote, and no history.
    const plan = await warehouse.query(`explain (format json) ${sql}`).catch(() => undefined);
    for (const node of plan === undefined
      ? []
      : tableScans(JSON.parse(String(plan.rows[0]?.explain_value)))) {
      const table = String(node.extra_info.Table).split('.').at(-1) ?? '';
      const found = daily.get(table);
      if (found === undefined) continue;
      // A list of days is given as "optional": it picks partitions, and the rows are compared once more above the scan.
      const filters = [node.extra_info.Filters ?? []]
        .flat()
        .map((filter) => filter.replace(/^optional: /, ''))
        .filter((filter) => found.pruned.test(filter));
      const relation = `${found.schema}.${table}`;
      const days = await daysOf(warehouse, relation, found.day, filters.join(' and ') || 'true');
      const columns = [node.extra_info.Projections ?? []].flat().length;
      const scan = { model, table, days, columns };
      const key = `${model} ${table}`;
      if ((most.get(key)?.days ?? -1) < scan.days) most.set(key, scan);
    }
  }
  return [...most.values()];
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
