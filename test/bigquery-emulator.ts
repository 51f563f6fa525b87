import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../orchestration/project-root.ts';

/** Starts a real BigQuery API on loopback; it lies beside the checkout, not in it. */
const START = join(projectRoot, '..', 'shared', 'bigquery-emulator', 'start');
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
    { encoding: 'utf8', env: { ...process.env, GOGC: '10' } },
  ).trim();
  return {
    url,
    stop() {
      spawnSync('kill', [readFileSync(pidFile, 'utf8').trim()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
