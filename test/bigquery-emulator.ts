import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
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
  /** Ends it and starts it again over the same tables: it keeps memory of each statement for ever, up to 2 GB. */
  restart(): Promise<void>;
  stop(): void;
}

/** Starts an emulator of project `test`, without datasets, on ports of its own. */
export async function startEmulator(): Promise<Emulator> {
  const folder = mkdtempSync(join(MEMORY, 'tenure-emulator-'));
  const pidFile = join(folder, 'pid');
  const port = 20_000 + (process.pid % 20_000);
  const ports = ['--port', String(port), '--grpc-port', String(port + 20_000)];
  // It frees what each statement took of its parser's memory only when it collects garbage; else it takes 2 GB and dies.
  const env = { ...process.env, GOGC: '15', TMPDIR: folder };
  const address = execFileSync(START, ['--project', 'test', ...ports, '--pidfile', pidFile], {
    encoding: 'utf8',
    env,
  }).trim();
  // What it starts keeps its tables in a file that ends with it: the same program, with a file of ours.
  const first = Number(readFileSync(pidFile, 'utf8'));
  const program = readlinkSync(`/proc/${first}/exe`);
  process.kill(first);
  await gone(first);
  let running: ChildProcess;
  const start = async () => {
    const args = ['--project=test', `--port=${port}`, `--grpc-port=${port + 20_000}`];
    running = spawn(program, [...args, `--database=${join(folder, 'tables')}`], { env, stdio: 'ignore' });
    for (let tries = 0; tries < 300; tries += 1) {
      const answer = await fetch(`${address}/bigquery/v2/projects/test/datasets`).catch(() => undefined);
      if (answer?.ok) return;
      await wait(100);
    }
    throw new Error('the emulator did not answer');
  };
  const end = async () => {
    running.kill();
    if (running.exitCode === null && running.signalCode === null) await once(running, 'exit');
  };
  await start();
  const doorPort = 10_000 + (process.pid % 10_000);
  const door = spawn(process.execPath, [DOOR, String(doorPort), address], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(door.stdout, 'data');
  return {
    url: `http://127.0.0.1:${doorPort}`,
    async restart() {
      await end();
      await start();
    },
    stop() {
      door.stdin.end();
      running.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Comes back when a process is no more. */
async function gone(pid: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await wait(50);
  }
}
