import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { SOURCE_KINDS } from '../../ingest/index.ts';
import { loadConfig } from '../../orchestration/config/load.ts';
import { withWarehouse } from '../../orchestration/pipeline/configured-warehouse.ts';
import type { DbtOptions } from '../../orchestration/pipeline/dbt/dbt.ts';
import type { Line } from '../../orchestration/pipeline/line.ts';
import { build, sync } from '../../orchestration/pipeline/steps.ts';
import { type Reporter, silentReporter } from '../../orchestration/runtime/reporter.ts';
import type { Row } from '../../warehouse/index.ts';
import { START } from './small-company.ts';

export type Files = Readonly<Record<string, readonly string[] | string>>;

/** The published history and what keeps its past, without pages, checks and tests of the data. */
export const HISTORY = [
  '+fct_account_health_daily',
  '+fct_signal_contributions_daily',
  '+fct_restatements',
  '+int_history__completed',
];

/** What the first build leaves as it is for the next ones: seeds, and views of kinds that this company has not. */
const STAYS = [
  'resource_type:seed',
  ...SOURCE_KINDS.filter((kind) => kind !== 'files' && kind !== 'raw').map((kind) => `path:staging/${kind}`),
];

/** A small company's line in a folder: its files, its configuration, its warehouse. */
export class HistoryLine {
  readonly folder: string;
  readonly #store: object;
  #sourceName = 'book';
  #historyStart = START;
  #isBuilt = false;

  constructor(folder: string, store: object = { type: 'duckdb', path: 'warehouse.duckdb' }) {
    this.folder = folder;
    this.#store = store;
  }

  get sourceName(): string {
    return this.#sourceName;
  }

  get config(): string {
    return join(this.folder, 'tenure.yaml');
  }

  /** The same line in another folder, as it is now. */
  async copy(folder: string): Promise<HistoryLine> {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    for (const name of ['warehouse.duckdb', 'data', '.build']) {
      await cp(join(this.folder, name), join(folder, name), { recursive: true });
    }
    const line = new HistoryLine(folder, this.#store);
    line.#isBuilt = this.#isBuilt;
    await line.configure({});
    return line;
  }

  async configure(settings: { sourceName?: string; historyStart?: string }): Promise<void> {
    this.#sourceName = settings.sourceName ?? this.#sourceName;
    this.#historyStart = settings.historyStart ?? this.#historyStart;
    await mkdir(this.folder, { recursive: true });
    const source = { kind: 'files', connector: { builtin: 'files', config: { path: './data' } } };
    await writeFile(
      this.config,
      stringify({
        warehouse: this.#store,
        tenant: { history_start_date: this.#historyStart },
        sources: [{ name: this.#sourceName, ...source }],
      }),
    );
  }

  async write(files: Files): Promise<void> {
    await rm(join(this.folder, 'data'), { recursive: true, force: true });
    await mkdir(join(this.folder, 'data'), { recursive: true });
    for (const [name, lines] of Object.entries(files))
      await writeFile(
        join(this.folder, 'data', name),
        typeof lines === 'string' ? lines : lines.map((line) => `${line}\n`).join(''),
      );
  }

  async #line(asOfDate: string, reporter: Reporter = silentReporter): Promise<Line> {
    const config = await loadConfig(this.config, process.env);
    return { config, asOfDate, reporter, skipTests: true, now: () => new Date().toISOString() };
  }

  /** Syncs and gives why each failed stream, or the source, was refused. */
  async sync(asOfDate: string, accept?: true): Promise<string[]> {
    const { value } = await sync(await this.#line(asOfDate), [], accept);
    return value.flatMap((result) =>
      [result.error, ...result.streams.map(({ error }) => error)].flatMap((error) =>
        error === undefined ? [] : [`${error.code}: ${error.message}`],
      ),
    );
  }

  /** Builds the history and gives why it was refused. */
  async build(asOfDate: string, options: DbtOptions = {}): Promise<string[]> {
    const warnings: string[] = [];
    const line = await this.#line(asOfDate, { ...silentReporter, warn: (text) => warnings.push(text) });
    try {
      await build(line, { select: HISTORY, ...(this.#isBuilt && { exclude: STAYS }), ...options });
      this.#isBuilt = true;
      return [];
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return [`${code}: ${message}`];
    }
  }

  async query(sql: string): Promise<Row[]> {
    const config = await loadConfig(this.config, process.env);
    return withWarehouse(config, async (warehouse) => (await warehouse.query(sql)).rows);
  }

  /** Every published cell of the days up to one, in order: scores and contributions. */
  async published(until: string): Promise<Row[]> {
    return this.query(
      `select account_id, as_of_date, model_version, 'score' as what, score as value, weight_coverage as more, category,
         flag, days_to_renewal, arr
       from marts.fct_account_health_daily where as_of_date <= date '${until}'
       union all
       select account_id, as_of_date, model_version, signal, signal_value, contribution, cast(null as string), cast(null as string),
         cast(null as ${(this.#store as { type: string }).type === 'bigquery' ? 'int64' : 'bigint'}),
         cast(null as numeric)
       from marts.fct_signal_contributions_daily where as_of_date <= date '${until}'
       order by 1, 2, 3, 4`,
    );
  }
}
