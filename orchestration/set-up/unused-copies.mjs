// Copies of the product that nothing runs from any more, in the user's cache (`installed.mjs`): each has the day of its last
// use as the time of a mark, and goes when that is long ago. Imports nothing but Node.
import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { take } from './alone.mjs';

export const DAY_MS = 86_400_000;
export const UNUSED_DAYS = 90;
const MARK = '.used';
/** The name of what is being removed; it goes the next time when a removal is killed. */
const GOING = '.unused';

/** Marks a copy as used now. One that may not be written to has no mark, and then stays. */
export function markUsed(copy, now = new Date()) {
  const mark = join(copy, MARK);
  try {
    writeFileSync(mark, '', { flag: 'a' });
    utimesSync(mark, now, now);
  } catch {}
}

/**
 * Removes the copies of a cache that were marked as used and not for `UNUSED_DAYS`, but for the one in use, and each
 * environment of which the last copy went. Gives their paths. What bears no mark stays: an older Tenure sets none. So does
 * what is nothing of Tenure, or may not be removed.
 */
export function removeUnused(cache, inUse, now = Date.now()) {
  const isOld = (copy) => {
    const mark = statSync(join(copy, MARK), { throwIfNoEntry: false });
    return mark !== undefined && mark.mtimeMs < now - UNUSED_DAYS * DAY_MS;
  };
  const halfGone = foldersIn(cache).filter((folder) => /^[0-9a-f]{12}\.unused$/.test(basename(folder)));
  const environments = foldersIn(cache).filter(isEnvironment);
  return [
    ...halfGone.filter(takeAway),
    ...environments.flatMap((environment) => {
      const folders = foldersIn(environment);
      const removed = [
        ...folders.filter((folder) => folder.endsWith(GOING)).filter(takeAway),
        ...folders
          .filter((folder) => folder !== inUse && isCopy(folder) && isOld(folder))
          .filter((copy) => setAside(copy, isOld)),
      ];
      const isEmpty = removed.length > 0 && !foldersIn(environment).some(isCopy);
      const isFree = isEmpty && attempt(() => take(join(environment, '.setting-up')));
      return isFree && setAside(environment, () => true) ? [environment] : removed;
    }),
  ];
}

/** Removes a folder under another name, and puts it back where somebody has begun to use it meanwhile. */
function setAside(folder, isStillOld) {
  const going = `${folder}${GOING}`;
  return attempt(() => {
    renameSync(folder, going);
    if (isStillOld(going)) return takeAway(going);
    renameSync(going, folder);
    return false;
  });
}

const takeAway = (folder) =>
  attempt(() => {
    rmSync(folder, { recursive: true, force: true });
    return true;
  });

function attempt(work) {
  try {
    return work();
  } catch {
    return false;
  }
}

const foldersIn = (folder) =>
  attempt(() =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(folder, entry.name)),
  ) || [];

const jsonOf = (file) => attempt(() => JSON.parse(readFileSync(file, 'utf8')));

const isEnvironment = (folder) => jsonOf(join(folder, 'package.json'))?.name === 'tenure-environment';

/** Whether a folder is a copy of a package of Tenure, in the place that its own keys name. */
function isCopy(folder) {
  const keys = jsonOf(join(folder, '.package', 'keys.json'));
  return keys?.product === basename(folder) && keys.environment === basename(dirname(folder));
}
