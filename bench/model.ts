import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../orchestration/config/load.ts';
import { dbtEnvironment, dbtVars } from '../orchestration/pipeline/dbt/dbt.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { BenchWarehouse, LAST_DAY, NEXT_DAY } from './bench-warehouse.ts';
import { type BenchResult, run, type Size } from './measure.ts';
import { type LimitRun, SIGNALS } from './model-limit.ts';

/** Accounts and days of history. */
const SIZES = { S: [1000, 365], M: [5000, 730], L: [50_000, 730] } as const;

/** How often each pair is run, and whether the models are all that is: no verbs with all marts and tests, no short history. */
export interface Repeats {
  readonly full: number;
  readonly day: number;
  readonly modelsOnly: boolean;
}

const MODELS = [...SIGNALS.map((signal) => `int_signals__${signal}`), 'int_scores__contributions'].concat([
  'int_scores__composites',
  'int_scores__scores',
]);

/** The models with all that they are made from, and what remembers from what they were made. */
const WITH_INPUTS = ['+int_scores__scores', 'path:intermediate/history'];

/** A warehouse of the size whose tables stand as of the last day. */
class ModelBench extends BenchWarehouse {
  constructor(folder: string, accounts: number, days: number) {
    super(folder, accounts, days, { memory_limit: '4GB' });
  }

  /** dbt without tests: the seconds that the measured models took, all that are selected or those named, and the rest. */
  async dbt(
    verb: 'run' | 'seed',
    asOf: string,
    select: readonly string[],
    { fullRefresh = false, measured }: { fullRefresh?: boolean; measured?: readonly string[] } = {},
  ) {
    const config = await loadConfig(this.config, {});
    const { as_of_date, ...vars } = await this.query((warehouse) => dbtVars(config, warehouse, asOf));
    const models = join(projectRoot, 'models');
    const target = join(this.folder, 'target');
    const args = [
      '--no-use-colors', verb, '--project-dir', models, '--profiles-dir', models, '--target', 'duckdb',
      '--target-path', target, '--log-path', target, '--vars', JSON.stringify(vars), '--select', ...select,
      ...(fullRefresh ? ['--full-refresh'] : []),
    ]; // biome-ignore format: a command line reads as one
    const { seconds, cpuSeconds, peakMb } = await run(join(projectRoot, '.venv', 'bin', 'dbt'), args, {
      ...dbtEnvironment(config),
      TENURE_AS_OF_DATE: String(as_of_date),
    });
    const { results } = JSON.parse(await readFile(join(target, 'run_results.json'), 'utf8')) as {
      results: { unique_id: string; execution_time: number }[];
    };
    // dbt runs one model at a time in DuckDB, so their times add up.
    const inModels = results
      .filter(({ unique_id }) => measured?.includes(unique_id.split('.').at(-1) ?? '') ?? true)
      .reduce((sum, { execution_time }) => sum + execution_time, 0);
    return { seconds: inModels, rest: seconds - inModels, cpuSeconds, peakMb };
  }

  async limit(mode: 'create' | 'replace', runs: readonly LimitRun[]) {
    const script = join(projectRoot, 'bench', 'model-limit-run.ts');
    const hand = join(this.folder, 'hand.duckdb');
    const { output, cpuSeconds, peakMb } = await run(process.execPath, [
      script,
      this.path,
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
 * interleaved: all of history, one more day, and rows that come a day late. Seconds of `ours` are those of the models,
 * without dbt's start, which `dbt start` gives; CPU has the start in it, and on a first full build of the models alone
 * their inputs. `tenure build` is all of the verb with its tests. The same day is also run on a history of 90 days.
 */
export async function model(
  size: Size,
  log: (text: string) => void,
  { full = 2, day = 5, modelsOnly = false }: Partial<Repeats> = {},
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
  const oneDay = async (bench: ModelBench, suffix: string) => {
    await bench.fillNextDay();
    if (modelsOnly) {
      const ours = await bench.dbt('run', NEXT_DAY, WITH_INPUTS);
      add(`ours, one more day (with all inputs)${suffix}`, ours, accounts);
    } else {
      const build = await bench.tenure('build', NEXT_DAY);
      add(`tenure build, one more day${suffix}`, build, accounts);
    }
    for (let i = 0; i < day; i++) {
      const ours = await bench.dbt('run', NEXT_DAY, MODELS);
      add(`ours, one more day${suffix}`, ours, accounts);
      const small = await bench.dbt('run', NEXT_DAY, ['int_signals__cuts_version']);
      add('dbt start, and one small model', { ...small, seconds: small.seconds + small.rest }, 1);
      const limit = await bench.limit('replace', [{ from: NEXT_DAY, to: NEXT_DAY, accounts: 'true' }]);
      add(`limit, one more day${suffix}`, limit, accounts);
    }
  };
  try {
    const bench = new ModelBench(join(folder, 'full'), accounts, days);
    const pieces = Math.floor((accounts * days) / 1_500_000) + 1;
    const buckets = Array.from({ length: pieces }, (_, piece) => ({
      from: bench.company.start,
      to: LAST_DAY,
      accounts: pieces === 1 ? 'true' : `hash(account_id) % ${pieces} = ${piece}`,
    }));
    await bench.prepare();
    if (modelsOnly) await bench.dbt('seed', LAST_DAY, ['*']);
    else {
      const build = await bench.tenure('build', LAST_DAY);
      add('tenure build, full', build, (await bench.scores()).rows);
    }
    for (let i = 0; i < full; i++) {
      const ours =
        modelsOnly && i === 0
          ? await bench.dbt('run', LAST_DAY, WITH_INPUTS, { fullRefresh: true, measured: MODELS })
          : await bench.dbt('run', LAST_DAY, MODELS, { fullRefresh: true });
      const built = await bench.scores();
      add('ours, full', ours, built.rows);
      log(`  with ${ours.rest.toFixed(2)} s of inputs and start`);
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
             timestamp '${NEXT_DAY}' + interval ${27 + i} hours as _airbyte_extracted_at
           from raw.book__accounts where hash(account_id, ${i}) % 100 = 0`,
        ),
      );
      const ours = await bench.dbt('run', NEXT_DAY, WITH_INPUTS);
      add('ours, late rows (with all inputs)', ours, accounts);
      const limit = await bench.limit('replace', [
        { from: LAST_DAY, to: LAST_DAY, accounts: `hash(account_id, ${i}) % 100 = 0` },
        { from: NEXT_DAY, to: NEXT_DAY, accounts: 'true' },
      ]);
      add('limit, late rows', limit, accounts);
    }
    if (modelsOnly) return [...results.values()];
    const score = await bench.tenure('score', NEXT_DAY);
    add('tenure score', score, accounts);

    const short = new ModelBench(join(folder, 'short'), accounts, 90);
    await short.prepare();
    await short.tenure('build', LAST_DAY);
    await short.limit('create', [{ from: short.company.start, to: LAST_DAY, accounts: 'true' }]);
    await oneDay(short, ', 90 days of history');
    return [...results.values()];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
