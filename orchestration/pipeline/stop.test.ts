import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { marked, markedAfter } from '../../test/marked-processes.ts';
import { openWarehouse } from '../../warehouse/index.ts';
import { projectRoot } from '../project-root.ts';
import { withLock } from '../runtime/lock.ts';

const launcher = join(projectRoot, 'orchestration', 'tenure.mjs');
const root = await mkdtemp(join(tmpdir(), 'tenure-stop-'));
afterAll(() => rm(root, { recursive: true }));

/** A source that never answers, started by a shell that does not want to end. */
const HANGING = `[sh, -c, "trap '' TERM INT HUP; echo hangs >&2; sleep 600; sleep 600"]`;
const BOOK = '{ name: book, kind: files, connector: { builtin: files, config: { path: ./data } } }';

async function company(name: string, sources: string): Promise<string> {
  const folder = join(root, name);
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(join(folder, 'data', 'accounts.csv'), 'account_id,name\nA1,One\n');
  await writeFile(
    join(folder, 'data', 'contracts.csv'),
    'contract_id,account_id,term_start_date,term_end_date,arr\nC1,A1,2025-01-01,2027-01-01,1000\n',
  );
  const file = join(folder, 'tenure.yaml');
  await writeFile(
    file,
    `warehouse: { type: duckdb, path: warehouse.duckdb }\nsources: [${sources}]\ntenant: { history_start_date: 2026-06-01 }\n`,
  );
  return folder;
}

class Command {
  readonly child: ChildProcess;
  readonly mark: string;
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  /** Starts a command as a terminal does: as the leader of a group of its own. */
  constructor(command: string, args: readonly string[], env: Record<string, string> = {}) {
    this.mark = `stop-${process.pid}-${Math.random()}`;
    this.child = spawn(command, args, {
      env: { ...process.env, npm_lifecycle_script: '', ...env, TENURE_KILL_MARK: this.mark },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout?.on('data', (data) => {
      this.stdout += data;
    });
    this.child.stderr?.on('data', (data) => {
      this.stderr += data;
    });
    this.ended = once(this.child, 'close').then(([code]) => code as number | null);
  }

  get pid() {
    return this.child.pid as number;
  }

  /** Waits until one of its processes has a word in its command. */
  async has(word: RegExp): Promise<void> {
    while (!(await marked(this.mark)).some((line) => word.test(line))) {
      await sleep(100);
    }
  }

  async says(word: string): Promise<void> {
    while (!this.stderr.includes(word)) {
      if (this.child.exitCode !== null) throw new Error(`it never said ${word}: ${this.stderr}`);
      await sleep(50);
    }
  }
}

const tenure = (...args: string[]) => new Command(process.execPath, [launcher, ...args]);

async function runsOf(folder: string) {
  const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'warehouse.duckdb') });
  const { rows } = await warehouse.query(
    'select step, status from ops.runs order by started_at desc limit 1',
  );
  await warehouse.close();
  return rows;
}

describe('a command that is stopped or killed', async () => {
  const hanging = await company('hanging', `{ name: crm, kind: raw, connector: { exec: ${HANGING} } }`);
  const config = ['--config', join(hanging, 'tenure.yaml')];

  it.each([
    ['SIGINT', 'group', ['sync']], // Ctrl+C
    ['SIGINT', 'group', ['schedule', '--cron', '* * * * * *', '--until', 'sync']],
    ['SIGTERM', 'launcher', ['run']],
    ['SIGTERM', 'group', ['schedule', '--cron', '* * * * * *', '--until', 'sync']],
  ] as const)(
    'ends with 130 on %s to its %s during %j, says so, and leaves nothing at work',
    async (signal, whom, args) => {
      const command = tenure(...args, '--json', ...config);
      await command.has(/sleep 600/);
      process.kill(whom === 'group' ? -command.pid : command.pid, signal);
      expect(await command.ended).toBe(130);
      expect(await markedAfter(2_000, command.mark)).toEqual([]);
      expect(command.stderr).toMatch(/was stopped\. What was done before stays; run the same command again/);
      expect(command.stderr).not.toMatch(/Mend|Traceback|failed/);
      expect(JSON.parse(command.stdout)).toMatchObject({ error: { code: 'STOPPED' } });
      await withLock(join(hanging, '.build'), async () => {});
      // On a slow machine there is no time to write it: then it stands there as a kill would leave it.
      expect(await runsOf(hanging)).toEqual([
        { step: 'sync', status: expect.stringMatching(/^(stopped|running)$/) },
      ]);
    },
  );

  it('ends a schedule that waits with 130 and no run', async () => {
    const command = tenure('schedule', '--cron', '0 5 1 1 *', '--json', ...config);
    await command.says('next run at');
    process.kill(-command.pid, 'SIGINT');
    expect(await command.ended).toBe(130);
    expect(JSON.parse(command.stdout)).toMatchObject({ error: { code: 'STOPPED' }, value: [] });
  });

  it.each(['launcher', 'command', 'group'])(
    'leaves no process and no lock when its %s is killed',
    async (who) => {
      const command = tenure('sync', ...config);
      await command.has(/sleep 600/);
      const cli = (await marked(command.mark)).find((line) => /^\d+ \S*node \S*program\.ts/.test(line));
      const pid =
        { launcher: command.pid, command: Number(cli?.split(' ')[0]), group: -command.pid }[who] ?? 0;
      process.kill(pid, 'SIGKILL');
      expect(await markedAfter(2_000, command.mark)).toEqual([]);
      await withLock(join(hanging, '.build'), async () => {});
    },
  );

  it('ends with the npx that it was started by', async () => {
    const command = new Command(
      'sh',
      [
        '-c',
        `"${process.execPath}" "${launcher}" schedule --cron "* * * * * *" --until sync --config "${config[1]}"; true`,
      ],
      {
        npm_lifecycle_script: 'tenure',
      },
    );
    await command.has(/sleep 600/);
    process.kill(command.pid, 'SIGTERM');
    expect(await markedAfter(3_000, command.mark)).toEqual([]);
  });

  it('does not end with a shell that only left it behind', async () => {
    const command = new Command('sh', [
      '-c',
      `nohup "${process.execPath}" "${launcher}" schedule --cron "0 5 1 1 *" ${config.join(' ')} & sleep 1`,
    ]);
    const gone = once(command.child, 'exit');
    await command.has(/^\d+ \S*node \S*program\.ts schedule/);
    await gone;
    expect(await markedAfter(1_500, command.mark)).not.toEqual([]);
    for (const line of await marked(command.mark)) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
  });

  it('says nothing of models when dbt is stopped by Ctrl+C, and goes on afterwards', async () => {
    const folder = await company('built', BOOK);
    const file = join(folder, 'tenure.yaml');
    const command = tenure(
      'run',
      '--until',
      'build',
      '--skip-tests',
      '--as-of',
      '2026-06-30',
      '--config',
      file,
    );
    await command.says('Building signals');
    await sleep(1_000); // dbt has begun
    process.kill(-command.pid, 'SIGINT');
    expect({ code: await command.ended, said: command.stderr }).toEqual({
      code: 130,
      said: expect.stringContaining('was stopped'),
    });
    expect(command.stderr).not.toMatch(/Mend|Traceback|KeyboardInterrupt|ended with code/);
    expect(await markedAfter(2_000, command.mark)).toEqual([]);
    const again = tenure(
      'run',
      '--until',
      'build',
      '--skip-tests',
      '--as-of',
      '2026-06-30',
      '--config',
      file,
    );
    await again.says('Building signals');
    process.kill(again.pid, 'SIGTERM');
    expect(await again.ended).toBe(130);
    expect(again.stderr).toMatch(
      /Going on with run-\S+, (stopped|killed) in build: sync skipped, because nothing that it reads has changed/,
    );
  });
}, 600_000);
