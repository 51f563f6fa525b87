import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/**
 * Run by `sh` as the leader of a process group of its own, so that a terminal's Ctrl+C reaches Tenure alone, which then
 * ends its children in good order. Before the program takes the shell's place, a second shell is left behind that waits for
 * the other end of file descriptor 3 to close: the kernel closes it when Tenure ends, however it ends. Then the whole group
 * is asked to end, by the signal in $0, and made to within a second. Being of the group, it keeps the group's number from
 * being given to others. Linux has a signal for the death of a parent, macOS has none; a closing pipe both have.
 */
const TETHER = `
( trap '' INT TERM HUP
  read -r _ <&3
  kill -s "$0" -- "-$$"
  sleep 0.5 || sleep 1
  kill -s KILL -- "-$$"
) </dev/null >/dev/null 2>&1 &
exec 3<&-
exec "$@"`;

const living = new Set<ChildProcess>();
let isOver = false;

export interface TetheredOptions {
  readonly cwd?: string;
  /** What the program sees in its environment beside what this process sees (PATH, proxies, certificates). */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: 'ignore' | 'pipe';
  /** How the program is asked to end: it then has a second. */
  readonly endedBy?: 'TERM' | 'INT';
}

/**
 * Starts a program that ends with this process, also when this process is killed (SIGKILL), and takes with it what it
 * started itself: all are gone a second later. Otherwise as `spawn`, with pipes for its output. A program that cannot be
 * started is told by the event `error`.
 */
export function spawnTethered(
  command: string,
  args: readonly string[],
  { cwd, env: added, stdin = 'ignore', endedBy = 'TERM' }: TetheredOptions = {},
): ChildProcess {
  const env: NodeJS.ProcessEnv = { ...process.env, ...added };
  const options = { env, ...(cwd === undefined ? {} : { cwd }) };
  // The shell would say in its own words that there is no such program.
  if (!isProgram(command, env.PATH ?? '', cwd ?? process.cwd()))
    return spawn(command, args, { ...options, stdio: [stdin, 'pipe', 'pipe'] });
  const child = spawn('sh', ['-c', TETHER, endedBy, command, ...args], {
    ...options,
    detached: true,
    stdio: [stdin, 'pipe', 'pipe', 'pipe'],
  });
  living.add(child);
  tetherOf(child)?.on('error', () => {}); // it ended first
  const letGo = () => {
    living.delete(child);
    release(child); // what it left behind ends too, and with it the last hold on its output
  };
  child.on('exit', letGo).on('error', letGo);
  if (isOver) release(child);
  return child;
}

/** The pipe whose closing ends the program. It keeps this process alive: `unref` it with the child. */
export const tetherOf = (child: ChildProcess) => child.stdio[3];

/** Has a program and all that it started end within a second. */
export function release(child: ChildProcess): void {
  tetherOf(child)?.destroy();
}

/** Has every program that was started here end within a second; `isForGood`, also each that is started from now on. */
export function releaseAll({ isForGood = false } = {}): void {
  isOver ||= isForGood;
  for (const child of living) release(child);
}

function isProgram(command: string, path: string, cwd: string): boolean {
  const places = command.includes('/')
    ? [resolve(cwd, command)]
    : path.split(delimiter).map((folder) => join(resolve(cwd, folder || '.'), command));
  return places.some((place) => {
    try {
      accessSync(place, constants.X_OK);
      return statSync(place).isFile();
    } catch {
      return false;
    }
  });
}
