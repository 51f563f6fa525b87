import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../orchestration/project-root.ts';
import { clusterDraws } from '../scoring/stats/cluster-draws.ts';
import { readColumns, writeColumns } from './backtest-cases.ts';
import { type BenchResult, run, type Size } from './measure.ts';
import { pythonWith } from './python.ts';

/** Account-months. */
const SIZES: Readonly<Record<Size, number>> = { S: 2_000_000, M: 4_000_000, L: 8_000_000 };
const SAMPLES = 1000;
/** How far the figures of both may lie apart. */
const EQUAL = 1e-6;
/** How far, of 100 points, a weight by one step may lie from that of a fit to the end. */
const STEP_POINTS = 0.05;

/** What every contender prints. */
interface Answer {
  readonly parts: Readonly<Record<string, { readonly seconds: number; readonly cpuSeconds: number }>>;
  readonly rows: number;
}

/** What each contender prints of learned scores. */
export interface LearnedAnswer extends Answer {
  /** log-odds of renewal of the first thousand cases, by the trees */
  readonly margins: readonly number[];
}

/** What each contender prints of the backtest. */
export interface BacktestAnswer extends Answer {
  /** the intercept of churn, then the strengths */
  readonly fit: readonly number[];
  readonly auc: number;
  readonly brier: number;
  /** shares of churned and of renewed at or below each of 1,000 cuts */
  readonly churnedBelow: readonly number[];
  readonly renewedBelow: readonly number[];
  /** strengths in the first resamples of accounts */
  readonly firstResamples: readonly (readonly number[])[];
}

/**
 * What a backtest, a proposal of weights and learned scores compute of two million account-months of ten signals, beside scikit-learn:
 * each in a process of its own that reads the same columns, in turn. Throws where both do not say the same.
 *
 * The fit of scikit-learn is taken to the same precision as ours (newton-cholesky, tolerance 1e-12) and, beside it, with
 * the tolerance it comes with, whose weights are off in the third digit. A thousand refits by scikit-learn would take half an
 * hour: it refits the first two resamples, by which the step that stands in for ours is judged.
 */
export async function backtest(size: Size, log: (text: string) => void, repeats = 3): Promise<BenchResult[]> {
  const python = process.env.TENURE_PEERS ?? pythonWith('test/peers/requirements.txt', 'peers-python', log);
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-bench-'));
  const results = new Map<string, BenchResult>();
  const measure = async <T extends Answer>(name: string, program: string, args: readonly string[]) => {
    const { output, peakMb } = await run(program, args);
    const answer = JSON.parse(output.trim().split('\n').at(-1) ?? '') as T;
    for (const [part, { seconds, cpuSeconds }] of Object.entries(answer.parts)) {
      const key = `${name}, ${part}`;
      const before = results.get(key) ?? {
        name: key,
        seconds: [],
        cpu_seconds: [],
        rows: answer.rows,
        peak_mb: 0,
      };
      results.set(key, {
        ...before,
        seconds: [...before.seconds, seconds],
        cpu_seconds: [...(before.cpu_seconds ?? []), cpuSeconds],
        peak_mb: Math.max(before.peak_mb, peakMb),
      });
      log(`${key}: ${seconds.toFixed(3)} s, ${cpuSeconds.toFixed(3)} s of CPU, ${peakMb} MB`);
    }
    return answer;
  };
  try {
    const script = (name: string) => join(projectRoot, 'bench', name);
    log(`writing ${SIZES[size]} account-months`);
    await writeColumns(folder, SIZES[size], 1);
    const files = await writeDraws(folder, 2);
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const ours = await measure<BacktestAnswer>('ours', process.execPath, [
        script('backtest-run.ts'),
        folder,
        `${SAMPLES}`,
      ]);
      const draws = repeat === 0 ? files : [];
      const theirs = await measure<BacktestAnswer>('scikit-learn', python, [
        script('backtest-sklearn.py'),
        folder,
        ...draws,
      ]);
      compare(ours, theirs, log);
      const learned = await measure<LearnedAnswer>('ours, learned', process.execPath, [
        script('learned-run.ts'),
        folder,
      ]);
      const trees = await measure<LearnedAnswer>('scikit-learn', python, [
        script('learned-sklearn.py'),
        folder,
      ]);
      const by = apart(learned.margins, trees.margins);
      log(`apart: boosted trees ${by.toExponential(1)}`);
      if (!(by <= EQUAL))
        throw new Error(`boosted trees: expected the same within ${EQUAL}, got ${by} apart`);
    }
    return [...results.values()];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How often each account is in the first resamples, a file each. */
async function writeDraws(folder: string, count: number): Promise<string[]> {
  const { accounts } = await readColumns(folder);
  const files: string[] = [];
  for (const draws of clusterDraws(accounts.at(-1)! + 1, { samples: count, seed: 1 })) {
    const file = join(folder, `draws-${files.length}`);
    await writeFile(file, new Uint8Array(draws.buffer));
    files.push(file);
  }
  return files;
}

const apart = (left: readonly number[], right: readonly number[]) =>
  left.length === right.length
    ? Math.max(...left.map((value, index) => Math.abs(value - right[index]!)))
    : Number.POSITIVE_INFINITY;

function compare(ours: BacktestAnswer, theirs: BacktestAnswer, log: (text: string) => void): void {
  const found = {
    fit: apart(ours.fit, theirs.fit),
    AUC: apart([ours.auc], [theirs.auc]),
    Brier: apart([ours.brier], [theirs.brier]),
    sweep: Math.max(
      apart(ours.churnedBelow, theirs.churnedBelow),
      apart(ours.renewedBelow, theirs.renewedBelow),
    ),
  };
  log(
    `apart: ${Object.entries(found)
      .map(([part, by]) => `${part} ${by.toExponential(1)}`)
      .join(', ')}`,
  );
  for (const [part, by] of Object.entries(found))
    if (!(by <= EQUAL)) throw new Error(`${part}: expected the same within ${EQUAL}, got ${by} apart`);
  const shares = (strengths: readonly number[]) => {
    const total = strengths.reduce((sum, each) => sum + each, 0);
    return strengths.map((each) => (100 * each) / total);
  };
  for (const [index, strengths] of theirs.firstResamples.entries()) {
    const by = apart(shares(ours.firstResamples[index]!), shares(strengths));
    log(
      `apart: weights in resample ${index + 1}, by one step and by a fit to the end, ${by.toFixed(4)} of 100`,
    );
    if (!(by <= STEP_POINTS))
      throw new Error(
        `resample ${index + 1}: expected weights within ${STEP_POINTS} points, got ${by} apart`,
      );
  }
}
