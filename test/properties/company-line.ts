import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfig } from '../../orchestration/config/load.ts';
import type { Config } from '../../orchestration/config/schema.ts';
import { withWarehouse } from '../../orchestration/pipeline/configured-warehouse.ts';
import type { Line } from '../../orchestration/pipeline/line.ts';
import { build, sync } from '../../orchestration/pipeline/steps.ts';
import { silentReporter } from '../../orchestration/runtime/reporter.ts';
import type { Company } from '../oracle/company.ts';
import { asCsvFiles } from '../oracle/random-company.ts';

/** A company's warehouse in a folder, landed and built as often as a test likes. dbt's own tests run elsewhere. */
export interface CompanyLine {
  /**
   * Lands the company, as the files that a source would hold on that day. With `appendsUsage`, usage that was there stays
   * as it was landed, as where a connector only adds rows.
   */
  land(company: Company, asOf: string, options?: { appendsUsage?: boolean }): Promise<void>;
  /** All models but dbt's tests and what scoring feeds. */
  build(
    asOf: string,
    options?: { fullRefresh?: boolean; acceptChanges?: boolean; select?: readonly string[] },
  ): Promise<void>;
  /** The history alone: spine, signals and scores; those of another preset are computed beside what is there. */
  buildHistory(asOf: string, signals?: Config['signals']): Promise<void>;
  /** Keeps a copy of tables as `kept.<name>_<table>`. */
  keep(name: string, tables: readonly string[]): Promise<void>;
}

const NOT_BUILT = ['source:scoring+', 'resource_type:test', 'path:marts/activation'];

const USAGE = ['account_id', 'user_id', 'event_at', 'feature', 'event_count', 'known_at'];
const numbered = (table: string) =>
  `(select *, row_number() over (partition by ${USAGE.join()}) as copy_number from raw.${table})`;
/** Gives each row of usage that was there before (raw.held) the load that it came with. */
const KEEP_LOADS = `
  create or replace table raw.book__usage_events as
  select sent.* exclude (copy_number)
    replace (coalesce(held._airbyte_extracted_at, sent._airbyte_extracted_at) as _airbyte_extracted_at)
  from ${numbered('book__usage_events')} as sent
  left join ${numbered('held')} as held
    on ${[...USAGE, 'copy_number'].map((name) => `sent.${name} is not distinct from held.${name}`).join(' and ')}`;

export async function openCompanyLine(
  folder: string,
  settings: { historyStart: string },
): Promise<CompanyLine> {
  const data = join(folder, 'data');
  const file = join(folder, 'tenure.yaml');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(
    file,
    stringify({
      warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
      tenant: { history_start_date: settings.historyStart },
      sources: [{ name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: './data' } } }],
    }),
  );
  const config = await loadConfig(file, {});
  const lineOf = (asOfDate: string, signals = config.signals): Line => ({
    config: { ...config, signals },
    asOfDate,
    reporter: silentReporter,
    now: () => new Date().toISOString(),
  });

  const run = (sql: string) => withWarehouse(config, (warehouse) => warehouse.query(sql));

  return {
    async land(company, asOf, { appendsUsage = false } = {}) {
      await rm(data, { recursive: true, force: true });
      await mkdir(data);
      for (const [name, text] of Object.entries(asCsvFiles(company))) await writeFile(join(data, name), text);
      if (appendsUsage) await run('create or replace table raw.held as from raw.book__usage_events');
      const { isComplete } = await sync(lineOf(asOf));
      if (!isComplete) throw new Error('the company did not land');
      const { rows } = await withWarehouse(config, (warehouse) =>
        warehouse.query('select reason, content from raw._rejected limit 3'),
      );
      if (rows.length > 0) throw new Error(`rows were rejected: ${JSON.stringify(rows)}`);
      if (appendsUsage) await run(KEEP_LOADS);
    },
    async build(asOf, options = {}) {
      await build(lineOf(asOf), { select: ['*'], exclude: NOT_BUILT, ...options });
    },
    async buildHistory(asOf, signals) {
      await build(lineOf(asOf, signals), { select: ['+path:intermediate/history'], exclude: NOT_BUILT });
    },
    async keep(name, tables) {
      await withWarehouse(config, async (warehouse) => {
        await warehouse.query('create schema if not exists kept');
        for (const table of tables) {
          const copy = `kept.${name}_${table.split('.')[1]}`;
          await warehouse.query(`create or replace table ${copy} as select * from ${table}`);
        }
      });
    },
  };
}
