import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse } from '../warehouse/index.ts';
import type { BenchResult, Size } from './measure.ts';

/** Records of the source, and how often its sync is killed. */
const SIZES: Readonly<Record<Size, readonly [number, number]>> = {
  S: [50_000, 10],
  M: [200_000, 50],
  L: [1_000_000, 200],
};
/** A killed sync lives so long at most after it has opened the warehouse. */
const LONGEST_LIFE_MS = 2_000;

/**
 * Kills (-9) an incremental sync that keeps one row a key, again and again at random instants, runs it to its end, and
 * compares every row with what the source holds. Not a measure of speed: it throws when a row is lost, doubled or old.
 */
export async function kill(size: Size, log: (text: string) => void): Promise<BenchResult[]> {
  const [count, kills] = SIZES[size];
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-soak-'));
  const started = performance.now();
  // Slow enough that the last kill still finds it at work.
  const pause = Math.ceil(((kills * LONGEST_LIFE_MS) / 2 / (count / 1_000)) * 1.2);
  const run = async (life: number | undefined): Promise<string> => {
    const child = spawn(process.execPath, [join(projectRoot, 'bench', 'kill-run.ts'), folder], {
      env: { ...process.env, COUNT: `${count}`, PAUSE_MS: life === undefined ? '0' : `${pause}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = once(child, 'close');
    let output = '';
    child.stdout.setEncoding('utf8').on('data', async (text: string) => {
      const isFirst = output === '';
      output += text;
      if (!isFirst || life === undefined) return;
      await sleep(life);
      child.kill('SIGKILL');
    });
    await gone;
    if (life !== undefined && child.signalCode !== 'SIGKILL')
      throw new Error(`the sync ended before it was killed: ${output.slice(-500)}`);
    return output;
  };
  try {
    let commits = 0;
    for (let i = 1; i <= kills; i += 1) {
      const output = await run(Math.random() * LONGEST_LIFE_MS);
      commits += output.split('records committed').length - 1;
      if (i % 10 === 0) log(`${i} kills, ${commits} commits between them`);
    }
    const last = await run(undefined);
    if (!last.includes('"status":"succeeded"')) throw new Error(last.slice(-1000));
    const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'warehouse.duckdb') });
    const { rows } = await warehouse.query(`
      with source as (
        select case when n % 10 = 0 then n // 3 + 1 else n end as id, max(n) as n
        from range(1, ${count} + 1) as numbers(n) group by 1
      ),
      wanted as (select id, n, 'row ' || id || ' as of ' || n as text from source),
      landed as (select id, n, text from raw.soak__rows)
      select
        (select count(*) from wanted) as wanted,
        (select count(*) from landed) as landed,
        (select count(*) from (from wanted except all from landed)) as lost,
        (select count(*) from (from landed except all from wanted)) as wrong`);
    await warehouse.close();
    const [found] = rows;
    log(`${kills} kills, ${commits} commits between them: ${JSON.stringify(found)}`);
    if (found?.lost !== 0 || found.wrong !== 0) throw new Error(`rows differ: ${JSON.stringify(found)}`);
    const seconds = Math.round((performance.now() - started) / 10) / 100;
    return [{ name: `${kills} kills`, seconds: [seconds], rows: Number(found.landed), peak_mb: 0 }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
