import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../orchestration/project-root.ts';

/** Starts a real BigQuery API on loopback; it lies beside the checkout, not in it, unless the environment names another. */
const START =
  process.env.TENURE_BIGQUERY_EMULATOR || join(projectRoot, '..', 'shared', 'bigquery-emulator', 'start');
export const hasEmulator = existsSync(START);

export interface Emulator {
  readonly url: string;
  stop(): void;
}

/** Starts an emulator of project `test`, without datasets, on ports of its own. */
export function startEmulator(): Emulator {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-emulator-'));
  const pidFile = join(folder, 'pid');
  const port = 20_000 + (process.pid % 20_000);
  const url = execFileSync(
    START,
    ['--project', 'test', '--port', String(port), '--grpc-port', String(port + 20_000), '--pidfile', pidFile],
    // It frees what each statement took of its parser's memory only when it collects garbage; else it takes 2 GB and dies.
    { encoding: 'utf8', env: { ...process.env, GOGC: '15' } },
  ).trim();
  const forgetting = setInterval(jobsForgetter(url), FORGET_MS);
  return {
    url,
    stop() {
      clearInterval(forgetting);
      spawnSync('kill', [readFileSync(pidFile, 'utf8').trim()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const FORGET_MS = 3_000;
/** More than clients begin while the emulator is not asked. */
const JOBS_KEPT = 60;

/**
 * Gives what deletes all jobs but the latest, each time that it is called: the emulator reads all that it knows at each
 * request, so it slows down with them.
 */
function jobsForgetter(url: string): () => Promise<void> {
  const jobs = `${url}/bigquery/v2/projects/test/jobs`;
  const known = new Set<string>();
  let isBusy = false;
  return async () => {
    if (isBusy) return;
    isBusy = true;
    try {
      const answer = await (await fetch(`${jobs}?maxResults=10000`)).json();
      const { jobs: listed = [] } = answer as { jobs?: { jobReference: { jobId: string } }[] };
      for (const { jobReference } of listed) known.add(jobReference.jobId);
      for (const id of [...known].slice(0, -JOBS_KEPT)) {
        await fetch(`${jobs}/${id}/delete`, { method: 'DELETE' });
        known.delete(id);
      }
    } catch {
      // the emulator is stopping; it is only slower with its jobs
    } finally {
      isBusy = false;
    }
  };
}
