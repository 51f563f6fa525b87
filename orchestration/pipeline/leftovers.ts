import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, scratchOf } from '../config/schema.ts';
import { withLock } from '../runtime/lock.ts';
import { pagesWorkDirectory } from '../site/build.ts';

/** Runs `work` under the lock of the configuration's build folder, once what a killed run left behind is gone. */
export const working = <T>(config: Config, work: () => Promise<T>): Promise<T> =>
  withLock(config.buildDirectory, async () => {
    await clearLeftovers(config);
    return work();
  });

/**
 * Deletes what a run that was killed had no time to: rows on their way into the warehouse, what connectors were handed and had said,
 * the data of half-built pages. Call it under the lock, so that it is nobody's.
 */
async function clearLeftovers(config: Config): Promise<void> {
  const { buildDirectory, workDirectory } = config;
  const left = [scratchOf(config), join(workDirectory, 'sync'), pagesWorkDirectory(buildDirectory)];
  for (const folder of left) await rm(folder, { recursive: true, force: true });
}
