import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A new file for rows that are on their way into the warehouse, which nobody else may read. Its folder is private too, and it is the
 * caller's to empty after a kill; without one, the system's.
 */
export async function scratchFile(folder: string = tmpdir()): Promise<{ path: string; handle: FileHandle }> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `rows-${process.pid}-${randomUUID()}.ndjson`);
  return { path, handle: await open(path, 'wx', 0o600) };
}
