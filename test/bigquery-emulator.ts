import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../orchestration/project-root.ts';

/** Starts a real BigQuery API on loopback; it lies beside the checkout, not in it, unless the environment names another. */
const START =
  process.env.TENURE_BIGQUERY_EMULATOR || join(projectRoot, '..', 'shared', 'bigquery-emulator', 'start');
/** It keeps its tables in a file, and waits for the disk at each statement. */
const MEMORY = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const DOOR = join(import.meta.dirname, 'bigquery-emulator-door.mjs');
export const hasEmulator = existsSync(START);

export interface Emulator {
  readonly url: string;
  stop(): void;
}

/** Starts an emulator of project `test`, without datasets, on ports of its own. */
export async function startEmulator(): Promise<Emulator> {
  const folder = mkdtempSync(join(MEMORY, 'tenure-emulator-'));
  const pidFile = join(folder, 'pid');
  const port = 20_000 + (process.pid % 20_000);
  const address = execFileSync(
    START,
    ['--project', 'test', '--port', String(port), '--grpc-port', String(port + 20_000), '--pidfile', pidFile],
    // It frees what each statement took of its parser's memory only when it collects garbage; else it takes 2 GB and dies.
    { encoding: 'utf8', env: { ...process.env, GOGC: '15', TMPDIR: folder } },
  ).trim();
  const doorPort = 10_000 + (process.pid % 10_000);
  const door = spawn(process.execPath, [DOOR, String(doorPort), address], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(door.stdout, 'data');
  return {
    url: `http://127.0.0.1:${doorPort}`,
    stop() {
      door.stdin.end();
      spawnSync('kill', [readFileSync(pidFile, 'utf8').trim()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
