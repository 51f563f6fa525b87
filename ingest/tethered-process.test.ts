import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { releaseAll, spawnTethered } from './tethered-process.ts';

const parent = fileURLToPath(new URL('./fixtures/tethered-parent.ts', import.meta.url));

/** A process that has ended counts as gone, although nobody has asked for its exit code yet. */
const isAlive = (pid: number) =>
  /^[^Z]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim());

/** Those of the processes that still live after two seconds, or as soon as none does. */
async function leftOf(pids: readonly number[]): Promise<number[]> {
  for (let waited = 0; waited < 2_000 && pids.some(isAlive); waited += 50) await sleep(50);
  return pids.filter(isAlive);
}

/** Says its own number and that of a program which it started; a `trap` has it ignore what asks it to end. */
const PAIR = 'sleep 600 & echo $$ $!; wait; sleep 600';

async function output(child: ReturnType<typeof spawnTethered>) {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data) => {
      text += data;
    });
  const [code, signal] = await once(child, 'close');
  return { code, signal, text };
}

describe('spawnTethered', () => {
  it.each([PAIR, `trap '' TERM INT HUP; ${PAIR}`])(
    'ends the program and what it started when its parent is killed: %s',
    async (script) => {
      const killed = spawn(process.execPath, [parent, script], { stdio: ['ignore', 'pipe', 'inherit'] });
      const [said] = await once(killed.stdout, 'data');
      const pids = String(said).trim().split(' ').map(Number);
      expect(pids.map(isAlive)).toEqual([true, true]);
      killed.kill('SIGKILL');
      await once(killed, 'exit');
      expect(await leftOf(pids)).toEqual([]);
    },
  );

  it('ends what a program left behind, when that has ended by itself', async () => {
    const child = spawnTethered('sh', ['-c', 'sleep 600 & echo $!']);
    const { code, text } = await output(child);
    expect(code).toBe(0);
    expect(await leftOf([Number(text)])).toEqual([]);
  });

  it('ends all when asked to, by the signal that each wants', async () => {
    const asked = ['TERM', 'INT'] as const;
    const children = asked.map((endedBy) =>
      spawnTethered(
        'sh',
        [
          '-c',
          'trap "echo TERM; exit 3" TERM; trap "echo INT; exit 3" INT; echo up; while :; do sleep 0.05; done 2>/dev/null',
        ],
        { endedBy },
      ),
    );
    const ended = children.map(output);
    await Promise.all(children.map((child) => once(child.stdout!, 'data')));
    releaseAll();
    expect(await Promise.all(ended)).toEqual(
      asked.map((signal) => ({ code: 3, signal: null, text: `up\n${signal}\n` })),
    );
  });

  it('lets nothing begin once all is over', async () => {
    vi.resetModules(); // "for good" is for this process's whole life
    const own = await import('./tethered-process.ts');
    own.releaseAll({ isForGood: true });
    const began = performance.now();
    await output(own.spawnTethered('sleep', ['600']));
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('is as spawn is, in code, signal, output, folder, environment and input', async () => {
    const run = (script: string, options = {}) => output(spawnTethered('sh', ['-c', script], options));
    expect(await run('echo out; echo err >&2; exit 7')).toEqual({
      code: 7,
      signal: null,
      text: 'out\nerr\n',
    });
    expect(await run('kill -9 $$')).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(await run('pwd; echo $X; cat', { cwd: '/', env: { ...process.env, X: 'x' } })).toMatchObject({
      text: '/\nx\n',
    });
    const child = spawnTethered('cat', [], { stdin: 'pipe' });
    child.stdin?.end('given');
    expect(await output(child)).toMatchObject({ code: 0, text: 'given' });
  });

  it('says that there is no such program', async () => {
    for (const command of ['no-such-program', '/no/such/program', '/'])
      await expect(once(spawnTethered(command, []), 'close')).rejects.toMatchObject({
        code: expect.stringMatching(/ENOENT|EACCES/),
      });
  });
});
