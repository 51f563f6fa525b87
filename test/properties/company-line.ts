import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type Config, loadConfig } from '../../orchestration/config.ts';
import { build, type Line, sync, withWarehouse } from '../../orchestration/pipeline.ts';
import { silentReporter } from '../../orchestration/reporter.ts';
import type { Company } from '../oracle/company.ts';
import { asCsvFiles } from '../oracle/random-company.ts';

/** A company's warehouse in a folder, landed and built as often as a test likes. dbt's own tests run elsewhere. */
export interface CompanyLine {
  /** Lands the company, as the files that a source would hold on that day. */
  land(company: Company, asOf: string): Promise<void>;
  /** All models but dbt's tests and what scoring feeds. */
  build(asOf: string, options?: { fullRefresh?: boolean }): Promise<void>;
  /** The history alone: spine, signals and scores; those of another preset are computed beside what is there. */
  buildHistory(asOf: string, signals?: Config['signals']): Promise<void>;
  /** Keeps a copy of tables as `kept.<name>_<table>`. */
  keep(name: string, tables: readonly string[]): Promise<void>;
}

const NOT_BUILT = ['source:scoring+', 'resource_type:test', 'path:marts/activation'];

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

  return {
    async land(company, asOf) {
      await rm(data, { recursive: true, force: true });
      await mkdir(data);
      for (const [name, text] of Object.entries(asCsvFiles(company))) await writeFile(join(data, name), text);
      const { isComplete } = await sync(lineOf(asOf));
      if (!isComplete) throw new Error('the company did not land');
      const { rows } = await withWarehouse(config, (warehouse) =>
        warehouse.query('select reason, content from raw._rejected limit 3'),
      );
      if (rows.length > 0) throw new Error(`rows were rejected: ${JSON.stringify(rows)}`);
    },
    async build(asOf, options = {}) {
      await build(lineOf(asOf), { select: ['*'], exclude: NOT_BUILT, ...options });
    },
    async buildHistory(asOf, signals) {
      await build(lineOf(asOf, signals), { select: ['+int_history__built_inputs'], exclude: NOT_BUILT });
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
