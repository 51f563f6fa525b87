// Where an installed package runs from. Node strips no types below `node_modules`, npm applies a package's patches, overrides
// and lock file only in its own checkout, and what others installed is not ours to write into. So a package that npm
// installed runs from a copy of its own in the user's cache, which looks like a checkout:
//
//   ~/.cache/tenure/<environment>/              node_modules, .venv: made from the package's own lock files
//   ~/.cache/tenure/<environment>/<product>/    the package's files; Node finds the packages in the folder above
//
// Imports nothing but Node, and runs on the machine's own (>= 20).
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { alone } from './alone.mjs';
import { setUp } from './environment.mjs';
import { markUsed, removeUnused, UNUSED_DAYS } from './unused-copies.mjs';

/** Whether a folder is a package that npm installed, and no checkout. */
export const isInstalled = (folder) => folder.split(sep).includes('node_modules');

const cacheFolder = ({ TENURE_CACHE, XDG_CACHE_HOME }) =>
  resolve(TENURE_CACHE || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'tenure'));

/** The folder from which an installed package runs; set up first, unless it is. Throws `SetupError`. */
export async function runningCopy(folder, variables) {
  const keys = JSON.parse(readFileSync(join(folder, '.package', 'keys.json'), 'utf8'));
  const cache = cacheFolder(variables);
  const environment = join(cache, keys.environment);
  const product = join(environment, keys.product);
  if (existsSync(product)) {
    markUsed(product);
    if (existsSync(product)) return product; // it comes last, and whole
  }
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
  markUsed(product);
  const removed = removeUnused(cache, product);
  if (removed.length > 0)
    console.error(`Removed what nothing had used for ${UNUSED_DAYS} days: ${removed.join(', ')}`);
  return product;
}
