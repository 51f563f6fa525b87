import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { withLock } from './lock.ts';

const folder = await mkdtemp(join(tmpdir(), 'tenure-lock-'));
afterAll(() => rm(folder, { recursive: true }));

describe('withLock', () => {
  it('refuses while another living process holds it', async () => {
    await writeFile(join(folder, 'lock'), '1');
    await expect(withLock(folder, async () => 1)).rejects.toMatchObject({ code: 'RUN_LOCKED' });
    await rm(join(folder, 'lock'));
  });

  it('takes over from a process that is gone', async () => {
    await writeFile(join(folder, 'lock'), '4194305');
    expect(await withLock(folder, async () => 'done')).toBe('done');
  });

  it('is free again after a failure', async () => {
    await expect(withLock(folder, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await withLock(folder, async () => 2)).toBe(2);
  });
});
