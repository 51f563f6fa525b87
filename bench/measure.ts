import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

export type Size = 'S' | 'M' | 'L';

/** What one contender needed for one case, once a repeat. */
export interface BenchResult {
  readonly name: string;
  readonly seconds: number[];
  readonly rows: number;
  readonly peak_mb: number;
}

/** The greatest memory so far of a process or any that it started, in MB; 0 where /proc does not tell. */
async function memoryOf(pid: number | undefined): Promise<number> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const own = Number(/VmHWM:\s+(\d+)/.exec(await read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
  const children = (await read(`/proc/${pid}/task/${pid}/children`)).trim().split(' ').filter(Boolean);
  const theirs = await Promise.all(children.map((child) => memoryOf(Number(child))));
  return Math.max(own, ...theirs);
}

/** Runs a program, gives what it printed, its seconds and its greatest memory (where /proc tells). */
export async function run(program: string, args: readonly string[], env: Record<string, string> = {}) {
  const started = performance.now();
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    output += data;
  });
  let code: number | null | undefined;
  child.on('close', (value) => {
    code = value;
  });
  let peakMb = 0;
  while (code === undefined) {
    peakMb = Math.max(peakMb, await memoryOf(child.pid));
    await wait(50);
  }
  if (code !== 0) throw new Error(`${program} ${args[0]} ended with ${code}:\n${output.slice(-3000)}`);
  return { output, seconds: (performance.now() - started) / 1000, peakMb: Math.round(peakMb) };
}
