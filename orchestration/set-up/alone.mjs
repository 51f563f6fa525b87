// One process at a time, on one machine. Imports nothing but Node.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from './environment.mjs';

/** Does the work while no other process of this machine does work under the same name. */
export async function alone(lock, work) {
  for (let isTold = false; !take(lock); isTold = true) {
    if (!isTold) console.error('  Another process is at it: waiting for it');
    await sleep(1000);
  }
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Takes a lock unless a process that is alive has it. */
export function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EACCES' || error.code === 'EROFS') {
      throw new SetupError(
        `Expected to write into ${lock}, got ${error.code}. Name a folder that may be written to by TENURE_CACHE.`,
      );
    }
    if (error.code !== 'EEXIST') throw error;
  }
  let holder;
  try {
    holder = Number(readFileSync(lock, 'utf8'));
    if (holder > 0) process.kill(holder, 0); // asks, ends nothing
    return false;
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(lock, { force: true }); // it ended without having let go
    return false;
  }
}
