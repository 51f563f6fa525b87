// Where an installed package runs from. Node strips no types below `node_modules`, npm applies a package's patches, overrides
// and lock file only in its own checkout, and what others installed is not ours to write into. So a package that npm
// installed runs from a copy of its own in the user's cache, which looks like a checkout:
//
//   ~/.cache/tenure/<environment>/              node_modules, .venv: made from the package's own lock files
//   ~/.cache/tenure/<environment>/<product>/    the package's files; Node finds the packages in the folder above
//
// Imports nothing but Node, and runs on the machine's own (>= 20).
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError, setUp } from './environment.mjs';

/** Whether a folder is a package that npm installed, and no checkout. */
export const isInstalled = (folder) => folder.split(sep).includes('node_modules');

const cacheFolder = ({ TENURE_CACHE, XDG_CACHE_HOME }) =>
  resolve(TENURE_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'tenure'));

/** The folder from which an installed package runs; set up first, unless it is. Throws `SetupError`. */
export async function runningCopy(folder) {
  const keys = JSON.parse(readFileSync(join(folder, '.package', 'keys.json'), 'utf8'));
  const environment = join(cacheFolder(process.env), keys.environment);
  const product = join(environment, keys.product);
  if (existsSync(product)) return product; // it comes last, and whole
  console.error(`Setting up Tenure in ${environment}`);
  mkdirSync(environment, { recursive: true });
  await alone(join(environment, '.setting-up'), async () => {
    cpSync(join(folder, '.package', 'environment'), environment, { recursive: true });
    await setUp(environment, { isForUse: true });
    if (existsSync(product)) return; // another one was faster
    rmSync(`${product}.part`, { recursive: true, force: true });
    cpSync(folder, `${product}.part`, {
      recursive: true,
      filter: (path) => path === folder || !path.slice(folder.length).includes(`${sep}node_modules`),
    });
    renameSync(`${product}.part`, product);
  });
  return product;
}

/** Does the work while no other process of this machine does work under the same name. */
async function alone(lock, work) {
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
function take(lock) {
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
