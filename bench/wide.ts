import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../orchestration/project-root.ts';
import { type BenchResult, run, type Size } from './measure.ts';

const COLUMNS = [100, 350, 1_000, 3_000];
/** Rows of each stream, beside one of a single row. L takes half an hour. */
const ROWS: Readonly<Record<Size, number>> = { S: 500, M: 5_000, L: 20_000 };
/** What a landing may take, of the process that lands and of all that it starts. */
const MOST_MB = 600;

/** Landing streams of very many columns, all filled; throws when one takes more memory than a landing may. */
export async function wide(size: Size, log: (text: string) => void): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const rows of [1, ROWS[size]]) {
    for (const columns of COLUMNS) {
      const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-bench-'));
      try {
        const { output, cpuSeconds, peakMb } = await run(
          process.execPath,
          [join(projectRoot, 'bench', 'wide-run.ts'), `${columns}`, `${rows}`, folder],
          { MALLOC_ARENA_MAX: '2' }, // as tenure.mjs sets it
        );
        const landed = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
          seconds: number;
          rows: number;
        };
        const name = `${columns} columns, ${rows} rows`;
        if (landed.rows !== rows) throw new Error(`${name}: expected ${rows} rows, got ${landed.rows}`);
        const seconds = Math.round(landed.seconds * 100) / 100;
        results.push({ name, seconds: [seconds], cpu_seconds: [cpuSeconds], rows, peak_mb: peakMb });
        log(`${name}: ${seconds} s, ${cpuSeconds.toFixed(1)} s of CPU, ${peakMb} MB`);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }
  const large = results.filter(({ peak_mb }) => peak_mb > MOST_MB);
  if (large.length > 0)
    throw new Error(`more than ${MOST_MB} MB: ${large.map(({ name }) => name).join('; ')}`);
  return results;
}
