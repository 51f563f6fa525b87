import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../project-root.ts';
import { inTurn, withLock } from './lock.ts';

/** More rounds search longer: TENURE_LOCK_ROUNDS=200. */
const ROUNDS = Number(process.env.TENURE_LOCK_ROUNDS ?? 2);

const folder = await mkdtemp(join(tmpdir(), 'tenure-lock-'));
afterAll(() => rm(folder, { recursive: true }));

function holder(place: string, milliseconds?: number) {
  const script = join(projectRoot, 'orchestration', 'runtime', 'fixtures', 'hold-lock.ts');
  const child = spawn(
    process.execPath,
    [script, place, ...(milliseconds === undefined ? [] : [String(milliseconds)])],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const said = new Promise<string>((resolve) =>
    child.stdout.once('data', (text) => resolve(String(text).trim())),
  );
  return { child, said, gone: once(child, 'close') };
}

describe('withLock', () => {
  it('refuses while another holds it, also in the same process, and names the holder and the file', async () => {
    const { child, said, gone } = holder(folder);
    expect(await said).toBe('held');
    await expect(withLock(folder, async () => 1)).rejects.toMatchObject({
      code: 'RUN_LOCKED',
      message: expect.stringMatching(new RegExp(`process ${child.pid} on .*${join(folder, 'run.lock')}`)),
    });
    child.kill('SIGKILL');
    await gone;
    await withLock(folder, () =>
      expect(withLock(folder, async () => 1)).rejects.toMatchObject({ code: 'RUN_LOCKED' }),
    );
  });

  it('is free as soon as its holder is gone, whatever it left and whoever has its number now', async () => {
    // The note of a killed holder whose number a living process has: our own.
    const note = { pid: process.pid, host: 'here', command: 'tenure run', since: '2026-01-01T00:00:00Z' };
    for (const text of [JSON.stringify(note), '', 'no JSON']) {
      await writeFile(join(folder, 'run.lock.holder'), text);
      await writeFile(join(folder, 'lock'), '1'); // an earlier release's lock, of a process that lives
      expect(await withLock(folder, async () => 'done')).toBe('done');
    }
    await rm(join(folder, 'lock'));
    expect((await readdir(folder)).sort()).toEqual(['run.lock']);
    expect((await stat(join(folder, 'run.lock'))).size).toBe(0);
  });

  it('is free again after a failure', async () => {
    await expect(withLock(folder, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await withLock(folder, async () => 2)).toBe(2);
  });

  it('says so when the file cannot be locked', async () => {
    const broken = await mkdtemp(join(folder, 'broken-'));
    await writeFile(join(broken, 'run.lock'), 'something else, and long enough to be looked at '.repeat(40));
    await expect(withLock(broken, async () => 1)).rejects.toMatchObject({ code: 'LOCK_FAILED' });
  });

  it(`has one holder when six start at once after a killed one (${ROUNDS} rounds)`, async () => {
    const place = await mkdtemp(join(folder, 'race-'));
    for (let round = 0; round < ROUNDS; round += 1) {
      const killed = holder(place);
      expect(await killed.said).toBe('held');
      killed.child.kill('SIGKILL');
      if (round % 2 === 0) await killed.gone; // the others start while it ends, too
      const six = Array.from({ length: 6 }, () => holder(place, 5));
      const said = await Promise.all(six.map((each) => each.said));
      await Promise.all(six.map((each) => each.gone));
      expect(said.filter((each) => each !== 'held' && each !== 'locked')).toEqual([]);
      expect(said).toContain('held');
    }
  }, 600_000);
});

describe('inTurn', () => {
  it('waits for who has the file, says so once, and goes on when that process is gone', async () => {
    const { child, said, gone } = holder(folder);
    expect(await said).toBe('held');
    const order: string[] = [];
    const waiting = inTurn(
      join(folder, 'run.lock'),
      async () => order.push('works'),
      () => order.push('waits'),
    );
    await setTimeout(600);
    expect(order).toEqual(['waits']);
    child.kill('SIGKILL');
    await gone;
    await waiting;
    expect(order).toEqual(['waits', 'works']);
  });

  it('lets one after the other work, after a failure too', async () => {
    let now = 0;
    let most = 0;
    const work = async () => {
      now += 1;
      most = Math.max(most, now);
      await setTimeout(20);
      now -= 1;
      throw new Error('x');
    };
    const turns = [1, 2, 3].map(() => inTurn(join(folder, 'turn.lock'), work, () => {}));
    for (const turn of await Promise.allSettled(turns)) expect(turn.status).toBe('rejected');
    expect(most).toBe(1);
  });
});
