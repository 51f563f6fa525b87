import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TenureError } from './errors.ts';

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/**
 * Runs `work` while no other Tenure process works on the same configuration. A lock whose process is gone (it was
 * killed) is taken over. Throws `RUN_LOCKED` when another one is at work.
 */
export async function withLock<T>(buildDirectory: string, work: () => Promise<T>): Promise<T> {
  await mkdir(buildDirectory, { recursive: true });
  const file = join(buildDirectory, 'lock');
  for (let attempt = 0; ; attempt += 1) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = Number(await readFile(file, 'utf8').catch(() => ''));
      if (attempt < 3 && (!Number.isInteger(pid) || pid <= 0 || pid === process.pid || !isAlive(pid))) {
        await rm(file, { force: true });
        continue;
      }
      throw new TenureError(
        'RUN_LOCKED',
        `Another tenure process (${pid}) is at work on this warehouse. Wait until it is done, or end it, then try again.`,
        { cause: error },
      );
    }
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
