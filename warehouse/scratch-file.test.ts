import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { withRowFile } from './row-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'tenure-scratch-'));
afterAll(() => rm(folder, { recursive: true }));

it('keeps rows in a folder and a file that only their owner may read, and only while they are loaded', async () => {
  const scratch = join(folder, 'tmp');
  const modes = await withRowFile(scratch, [{ name: 'a', type: 'string' }], [{ a: 'x' }], async (file) => {
    expect(await readdir(scratch)).toHaveLength(1);
    return Promise.all([scratch, file].map(async (path) => (await stat(path)).mode & 0o777));
  });
  expect(modes).toEqual([0o700, 0o600]);
  expect(await readdir(scratch)).toEqual([]);
  const failing = withRowFile(scratch, [], [], () => Promise.reject(new Error('x')));
  await expect(failing).rejects.toThrow('x');
  expect(await readdir(scratch)).toEqual([]);
});
