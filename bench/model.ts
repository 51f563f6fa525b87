import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { TABLES } from '../ingest/sources/files/tables.ts';
import { loadConfig } from '../orchestration/config.ts';
import { dbtEnvironment, dbtVars } from '../orchestration/dbt.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { type BenchResult, run, type Size } from './measure.ts';
import { type BenchCompany, fillCompany } from './model-company.ts';
import { type LimitRun, SIGNALS } from './model-limit.ts';

/** Accounts and days of history. */
const SIZES = { S: [1000, 365], M: [5000, 730], L: [50_000, 730] } as const;

/** How often each pair is run. */
export interface Repeats {
  readonly full: number;
  readonly day: number;
}

const LAST_DAY = '2025-12-30';
const MODELS = [...SIGNALS.map((signal) => `int_signals__${signal}`), 'int_scores__contributions'].concat([
  'int_scores__composites',
  'int_scores__scores',
]);

const addDays = (day: string, days: number) =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** A warehouse of the size whose tables stand as of the last day. */
class Bench {
  readonly folder: string;
  readonly company: BenchCompany;
  constructor(folder: string, accounts: number, days: number) {
    this.folder = folder;
    const start = addDays(LAST_DAY, 1 - days);
    this.company = { accounts, start, from: start, to: LAST_DAY };
  }
  get #config() {
    return join(this.folder, 'tenure.yaml');
  }
  get #warehouse() {
    return join(this.folder, 'warehouse.duckdb');
  }
  #tenure(verb: string, asOf: string, more: readonly string[] = []) {
    const cli = join(projectRoot, 'orchestration', 'cli.ts');
    return run(process.execPath, [cli, verb, '--config', this.#config, '--as-of', asOf, ...more]);
  }

  /** Lands nothing from empty files, so that all raw tables are there, and fills them. */
  async prepare(): Promise<void> {
    await mkdir(join(this.folder, 'data'), { recursive: true });
    for (const { name, columns } of TABLES) {
      const header = columns.map((column) => column.name).join(',');
      await writeFile(join(this.folder, 'data', `${name}.csv`), `${header}\n`);
    }
    const files = { builtin: 'files', config: { path: './data' } };
    await writeFile(
      this.#config,
      stringify({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb', memory_limit: '4GB' },
        tenant: { history_start_date: this.company.start },
        sources: [{ name: 'book', kind: 'files', connector: files }],
      }),
    );
    await this.#tenure('sync', LAST_DAY);
    await this.fill(this.company);
  }

  async fill(company: BenchCompany): Promise<void> {
    await this.query((warehouse) => fillCompany(warehouse, company));
  }

  async query<T>(work: (warehouse: Awaited<ReturnType<typeof openWarehouse>>) => Promise<T>): Promise<T> {
    const warehouse = await openWarehouse({ type: 'duckdb', path: this.#warehouse });
    try {
      return await work(warehouse);
    } finally {
      await warehouse.close();
    }
  }

  /** `tenure build` or `tenure score` as a user runs it: all models with their tests. */
  verb(name: 'build' | 'score', asOf: string) {
    return this.#tenure(name, asOf);
  }

  /** The models alone: the seconds of dbt's run, and those of starting dbt. */
  async models(asOf: string, select: readonly string[], fullRefresh: boolean) {
    const config = await loadConfig(this.#config, {});
    const { as_of_date, ...vars } = await this.query((warehouse) => dbtVars(config, warehouse, asOf));
    const models = join(projectRoot, 'models');
    const target = join(this.folder, 'target');
    const args = [
      '--no-use-colors', 'run', '--project-dir', models, '--profiles-dir', models, '--target', 'duckdb',
      '--target-path', target, '--log-path', target, '--vars', JSON.stringify(vars), '--select', ...select,
      ...(fullRefresh ? ['--full-refresh'] : []),
    ]; // biome-ignore format: a command line reads as one
    const { seconds, cpuSeconds, peakMb } = await run(join(projectRoot, '.venv', 'bin', 'dbt'), args, {
      ...dbtEnvironment(config),
      TENURE_AS_OF_DATE: String(as_of_date),
    });
    const { elapsed_time } = JSON.parse(await readFile(join(target, 'run_results.json'), 'utf8'));
    return { seconds: Number(elapsed_time), start: seconds - Number(elapsed_time), cpuSeconds, peakMb };
  }

  async limit(mode: 'create' | 'replace', runs: readonly LimitRun[]) {
    const script = join(projectRoot, 'bench', 'model-limit-run.ts');
    const hand = join(this.folder, 'hand.duckdb');
    const { output, cpuSeconds, peakMb } = await run(process.execPath, [
      script,
      this.#warehouse,
      hand,
      mode,
      JSON.stringify(runs),
    ]);
    return {
      ...(JSON.parse(output) as { seconds: number; rows: number; score: number }),
      cpuSeconds,
      peakMb,
    };
  }

  /** Rows and sum of the scores, by which both must agree. */
  scores() {
    return this.query(async (warehouse) => {
      const { rows } = await warehouse.query(
        'select count(*) as row_count, sum(score) as score from intermediate.int_scores__scores',
      );
      return { rows: Number(rows[0]?.row_count), score: Number(rows[0]?.score) };
    });
  }
}

/**
 * The history models against SQL written by hand for the same tables in the same engine with the same memory (4 GB),
 * interleaved: all of history, one more day, and rows that come a day late. Seconds of `ours` are those of dbt's run of
 * the models without its start, which `dbt start` gives; CPU has the start in it; `tenure build` is all of the verb with its tests. The same day is also run on a
 * history of 90 days.
 */
export async function model(
  size: Size,
  log: (text: string) => void,
  { full = 2, day = 5 }: Partial<Repeats> = {},
): Promise<BenchResult[]> {
  const [accounts, days] = SIZES[size];
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-bench-'));
  const results = new Map<string, BenchResult>();
  const add = (
    name: string,
    { seconds, cpuSeconds, peakMb }: { seconds: number; cpuSeconds: number; peakMb: number },
    rows: number,
  ) => {
    const { seconds: before = [], cpu_seconds = [], peak_mb = 0 } = results.get(name) ?? {};
    results.set(name, {
      name,
      seconds: [...before, Math.round(seconds * 100) / 100],
      cpu_seconds: [...cpu_seconds, Math.round(cpuSeconds * 100) / 100],
      rows,
      peak_mb: Math.max(peak_mb, peakMb),
    });
    log(`${name}: ${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of CPU, ${rows} rows, ${peakMb} MB`);
  };
  const nextDay = addDays(LAST_DAY, 1);
  const oneDay = async (bench: Bench, suffix: string) => {
    await bench.fill({ ...bench.company, from: nextDay, to: nextDay });
    const build = await bench.verb('build', nextDay);
    add(`tenure build, one more day${suffix}`, build, accounts);
    for (let i = 0; i < day; i++) {
      const ours = await bench.models(nextDay, MODELS, false);
      add(`ours, one more day${suffix}`, ours, accounts);
      const small = await bench.models(nextDay, ['int_signals__cuts_version'], false);
      add('dbt start, and one small model', { ...small, seconds: small.seconds + small.start }, 1);
      const limit = await bench.limit('replace', [{ from: nextDay, to: nextDay, accounts: 'true' }]);
      add(`limit, one more day${suffix}`, limit, accounts);
    }
  };
  try {
    const bench = new Bench(join(folder, 'full'), accounts, days);
    const pieces = Math.floor((accounts * days) / 1_500_000) + 1;
    const buckets = Array.from({ length: pieces }, (_, piece) => ({
      from: bench.company.start,
      to: LAST_DAY,
      accounts: pieces === 1 ? 'true' : `hash(account_id) % ${pieces} = ${piece}`,
    }));
    await bench.prepare();
    const build = await bench.verb('build', LAST_DAY);
    const built = await bench.scores();
    add('tenure build, full', build, built.rows);
    for (let i = 0; i < full; i++) {
      const ours = await bench.models(LAST_DAY, MODELS, true);
      add('ours, full', ours, built.rows);
      const limit = await bench.limit('create', buckets);
      add('limit, full', limit, limit.rows);
      if (limit.rows !== built.rows || Math.abs(limit.score / built.score - 1) > 1e-9)
        log(`NOT EQUAL: ours ${JSON.stringify(built)}, limit ${JSON.stringify(limit)}`);
    }
    await oneDay(bench, '');

    // Rows of the day before from one account in a hundred arrive on the next day.
    for (let i = 0; i < 2; i++) {
      await bench.query((warehouse) =>
        warehouse.query(
          `insert into raw.book__usage_events by name
           select account_id, 'late-${i}' as user_id, timestamp '${LAST_DAY} 12:00:00' as event_at, 'feature-1' as feature, 1 as event_count,
             timestamp '${addDays(nextDay, 1)} 0${3 + i}:00:00' as _airbyte_extracted_at
           from raw.book__accounts where hash(account_id, ${i}) % 100 = 0`,
        ),
      );
      const ours = await bench.models(nextDay, ['+int_scores__scores', 'path:intermediate/history'], false);
      add('ours, late rows (with all inputs)', ours, accounts);
      const limit = await bench.limit('replace', [
        { from: LAST_DAY, to: LAST_DAY, accounts: `hash(account_id, ${i}) % 100 = 0` },
        { from: nextDay, to: nextDay, accounts: 'true' },
      ]);
      add('limit, late rows', limit, accounts);
    }
    const score = await bench.verb('score', nextDay);
    add('tenure score', score, accounts);

    const short = new Bench(join(folder, 'short'), accounts, 90);
    await short.prepare();
    await short.verb('build', LAST_DAY);
    await short.limit('create', [{ from: short.company.start, to: LAST_DAY, accounts: 'true' }]);
    await oneDay(short, ', 90 days of history');
    return [...results.values()];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
