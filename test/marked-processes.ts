import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * All processes, in whatever group, that have the mark in their environment, as "pid command": those that a command started,
 * they in turn, and it itself. One that has ended and waits for its parent does not count.
 */
export async function marked(mark: string): Promise<string[]> {
  if (!existsSync('/proc/self/environ')) {
    const { stdout } = spawnSync('ps', ['-Eaxwwo', 'pid=,stat=,command='], { encoding: 'utf8' });
    return stdout.split('\n').filter((line) => line.includes(mark) && !/^\s*\d+\s+Z/.test(line));
  }
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
    const environment = await readFile(join('/proc', pid, 'environ'), 'utf8').catch(() => '');
    if (!environment.includes(mark)) continue;
    const command = await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '');
    if (command !== '') found.push(`${pid} ${command.replaceAll('\0', ' ').slice(0, 120)}`);
  }
  return found;
}

/** Those that are left after so many milliseconds, or none as soon as all are gone. */
export async function markedAfter(milliseconds: number, mark: string): Promise<string[]> {
  const until = performance.now() + milliseconds;
  for (;;) {
    const left = await marked(mark);
    if (left.length === 0 || performance.now() >= until) return left;
    await sleep(50);
  }
}
