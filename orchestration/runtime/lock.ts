import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { TenureError } from '../errors.ts';

/** Who holds a lock: told to who waits, and nothing else. */
const holder = z.object({ pid: z.int(), host: z.string(), command: z.string(), since: z.string() });

const SQLITE_BUSY = 5;
/** A process that was killed a moment ago may hold its lock until the system has taken it apart. */
const WAIT_MS = 2_000;

/**
 * Runs `work` while no other Tenure process works in the same build folder. The lock is one of the operating system's
 * on the file `run.lock`, taken by SQLite, which comes with Node and knows each system's rules: it ends with the process
 * that holds it, so none is ever left behind, and no process number is asked about. The file is empty and stays. Throws
 * `RUN_LOCKED`, with the holder, when another one is at work.
 */
export async function withLock<T>(buildDirectory: string, work: () => Promise<T>): Promise<T> {
  await mkdir(buildDirectory, { recursive: true });
  const file = join(buildDirectory, 'run.lock');
  const note = `${file}.holder`;
  const lock = await take(file, note);
  try {
    await say(note);
    return await work();
  } finally {
    await rm(note, { force: true }).catch(() => {}); // still ours: nobody writes it without the lock
    lock.close();
  }
}

/**
 * Runs `work` once no other process has the file: waits as long as one has it, and says so once by `onWait`. The lock is one
 * of the operating system's, as `withLock`'s.
 */
export async function inTurn<T>(file: string, work: () => Promise<T>, onWait: () => void): Promise<T> {
  await mkdir(dirname(file), { recursive: true });
  let lock = lockOf(file, 0);
  if (lock === undefined) onWait();
  while (lock === undefined) {
    await wait(250);
    lock = lockOf(file, 0);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function take(file: string, note: string): Promise<DatabaseSync> {
  const lock = lockOf(file, WAIT_MS);
  if (lock === undefined) throw locked(file, await holderOf(note));
  return lock;
}

/** The lock on a file, or undefined when another process has it for longer than `timeout` (ms, for which all of this one waits). */
function lockOf(file: string, timeout: number): DatabaseSync | undefined {
  const lock = new DatabaseSync(file, { timeout });
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive'); // no second file beside it
    return lock;
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw new TenureError(
      'LOCK_FAILED',
      `Expected to lock ${file}, which keeps two runs apart; the system says: ${(error as Error).message}. ` +
        'Put the project on a disk whose file system has locks (not every network share has), and delete the file if it is not empty.',
      { cause: error },
    );
  }
}

async function say(note: string): Promise<void> {
  const [, , verb = '', ...rest] = process.argv;
  const command = ['tenure', verb, ...rest.filter((each) => /^--?[a-z-]+$/.test(each))].join(' ');
  const text = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    command,
    since: new Date().toISOString(),
  });
  await writeFile(note, text);
}

const holderOf = async (note: string) => {
  try {
    return holder.parse(JSON.parse(await readFile(note, 'utf8')));
  } catch {
    return undefined; // it has not said so yet, or it just ended
  }
};

function locked(file: string, found: z.infer<typeof holder> | undefined): TenureError {
  const who =
    found === undefined
      ? 'Another tenure process'
      : `Another tenure process ("${found.command}", process ${found.pid} on ${found.host}, since ${found.since})`;
  return new TenureError('RUN_LOCKED', `${who} is at work on this warehouse and holds the lock ${file}.`, {
    next: 'Wait until it is done, or stop it, then try again. The lock ends with its process; there is no need to delete the file.',
  });
}
