import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { projectRoot } from '../orchestration/project-root.ts';

export type Size = 'S' | 'M' | 'L';

/** What one contender needed for one case, once a repeat. */
export interface BenchResult {
  readonly name: string;
  readonly seconds: number[];
  /** Of the process and all that it started: what a busy machine does not change. */
  readonly cpu_seconds?: number[];
  readonly rows: number;
  readonly peak_mb: number;
}

/** The greatest memory so far, in MB, of a process or any that it started, and the CPU of all; 0 where /proc does not tell. */
async function usageOf(pid: number | undefined): Promise<{ peakMb: number; cpuSeconds: number }> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const own = Number(/VmHWM:\s+(\d+)/.exec(await read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
  // User and system time, of the process and of its children that have ended, in hundredths (proc(5), fields 14 to 17).
  const stat = await read(`/proc/${pid}/stat`);
  const ticks = /\) (.*)/.exec(stat)?.[1]?.split(' ').slice(11, 15) ?? [];
  const children = (await read(`/proc/${pid}/task/${pid}/children`)).trim().split(' ').filter(Boolean);
  const theirs = await Promise.all(children.map((child) => usageOf(Number(child))));
  const cpus = [...ticks.map((tick) => Number(tick) / 100), ...theirs.map((each) => each.cpuSeconds)];
  return {
    peakMb: Math.max(own, ...theirs.map((each) => each.peakMb)),
    cpuSeconds: cpus.reduce((sum, each) => sum + each, 0),
  };
}

/**
 * Runs a program, gives what it printed, its seconds, its CPU and its greatest memory (where /proc tells). One that has a limit is
 * ended there, and is then not done.
 */
export async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
  { cwd, limitSeconds }: { readonly cwd?: string; readonly limitSeconds?: number } = {},
) {
  const started = performance.now();
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
    ...(limitSeconds === undefined ? {} : { timeout: limitSeconds * 1000, killSignal: 'SIGKILL' as const }),
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
  let cpuSeconds = 0;
  while (code === undefined) {
    const usage = await usageOf(child.pid);
    peakMb = Math.max(peakMb, usage.peakMb);
    cpuSeconds = Math.max(cpuSeconds, usage.cpuSeconds);
    await wait(50);
  }
  const seconds = (performance.now() - started) / 1000;
  const isDone = limitSeconds === undefined || seconds < limitSeconds;
  if (code !== 0 && isDone)
    throw new Error(`${program} ${args[0]} ended with ${code}:\n${output.slice(-3000)}`);
  return { output, seconds, cpuSeconds, peakMb: Math.round(peakMb), isDone };
}

/** A verb as a user runs it, measured as any program. */
export const tenure = (args: readonly string[], env: Record<string, string> = {}) =>
  run(process.execPath, [join(projectRoot, 'orchestration', 'cli', 'program.ts'), ...args], env);
