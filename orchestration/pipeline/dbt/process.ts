import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { spawnTethered, tetherOf } from '../../../ingest/index.ts';
import { TenureError } from '../../errors.ts';
import { environmentRoot, projectRoot, SET_UP_AGAIN } from '../../project-root.ts';
import type { Reporter } from '../../runtime/reporter.ts';
import { DbtLog, type DbtResult } from './log.ts';

/** What one run of dbt left: its code, the nodes' results, and the last lines that were errors. */
export interface DbtRun {
  readonly exitCode: number | null;
  readonly results: readonly DbtResult[];
  /** How many tests were asked with their models. */
  readonly testCount: number;
  readonly tail: readonly string[];
}

export const dbtMissing = (cause: Error) =>
  new TenureError('DBT_MISSING', `dbt could not be started: ${cause.message}. ${SET_UP_AGAIN}`, { cause });

/** One run of dbt, and what its parsed project depends on: a run with the same `flags`, `project` and `environment` reads it no more. */
export interface DbtCall {
  /** Before the command: how dbt logs. */
  readonly flags: readonly string[];
  /** The command with its own options: `['build', '--select', 'marts']`. */
  readonly command: readonly string[];
  /** Where the project is, and its vars. */
  readonly project: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The environment of this run alone, the day in it: what is parsed is the same by any. */
  readonly told: Readonly<Record<string, string>>;
}

const endOfRun = z.object({ ended: z.number() });

/** The exit code, where the line tells that a run has ended. */
function endIn(text: string): number | undefined {
  return text.startsWith('{"ended"') ? endOfRun.parse(JSON.parse(text)).ended : undefined;
}

/** The program that runs dbt, and its script: what it is told comes by standard input, or as dbt's own arguments. */
export const dbtProgram = [
  join(environmentRoot, '.venv', 'bin', 'python'),
  join(projectRoot, 'orchestration', 'pipeline', 'dbt', 'ready.py'),
] as const;

/** A process that imports dbt and then runs what it is told, once or several times. Between two it keeps nobody alive. */
class DbtProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #held: readonly ({ ref(): void; unref(): void } | undefined)[];
  readonly #lines: readonly AsyncIterator<string>[];
  readonly #closed: Promise<number | null>;
  hasEnded = false;

  constructor() {
    const [program, script] = dbtProgram;
    const child = spawnTethered(program, [script], {
      cwd: join(projectRoot, 'models'),
      env: { PYTHONWARNINGS: 'ignore' },
      stdin: 'pipe',
      endedBy: 'INT', // it then takes back the queries that a warehouse still runs
    }) as ChildProcessWithoutNullStreams;
    this.#child = child;
    this.#closed = new Promise((resolve, reject) => {
      child.on('error', (error) => reject(dbtMissing(error)));
      child.on('close', resolve);
    });
    this.#closed
      .catch(() => {}) // told to who runs it
      .finally(() => {
        this.hasEnded = true;
      });
    child.stdin.on('error', () => {}); // it ended: its code and its last words say why
    this.#lines = [child.stdout, child.stderr].map((input) =>
      createInterface({ input })[Symbol.asyncIterator](),
    );
    // A pipe is a socket, which can be let go of.
    this.#held = [child, child.stdin, child.stdout, child.stderr, tetherOf(child)] as never;
    for (const each of this.#held) each?.unref();
  }

  /** Has it run dbt, and gives the exit code; null where the process itself ended, by a signal. */
  async run(call: DbtCall, listener: (text: string) => void): Promise<number | null> {
    for (const each of this.#held) each?.ref();
    this.#child.stdin.write(`${JSON.stringify(call)}\n`);
    const codes = await Promise.all(
      this.#lines.map(async (lines) => {
        for (;;) {
          const { value, done } = await lines.next();
          if (done) return undefined;
          const code = endIn(value);
          if (code !== undefined) return code;
          listener(value);
        }
      }),
    );
    const [code] = codes.filter((each) => each !== undefined);
    if (code === undefined) return this.#closed;
    for (const each of this.#held) each?.unref();
    return code;
  }

  async end(): Promise<void> {
    for (const each of this.#held) each?.ref();
    this.#child.stdin.end();
    this.#child.stdout.resume();
    this.#child.stderr.resume();
    await this.#closed.catch(() => {}); // told to who ran it
  }
}

let ready: DbtProcess | undefined;

/** Ends what `readyDbt` began, when no more run of dbt is to come soon. */
export async function endDbt(): Promise<void> {
  const ending = ready;
  ready = undefined;
  await ending?.end();
}

/** Has the next `runDbt` find dbt imported, if there is something else to do before it. Ends with us, or by `endDbt`. */
export function readyDbt(): DbtProcess {
  if (ready === undefined || ready.hasEnded) ready = new DbtProcess();
  return ready;
}

/** Runs dbt, which is asked for its log as JSON, and reports how far it is. One run at a time. Throws `DBT_MISSING`. */
export async function runDbt(call: DbtCall, reporter: Reporter): Promise<DbtRun> {
  const log = new DbtLog();
  const exitCode = await readyDbt().run(call, (text) => {
    const progress = log.read(text);
    if (progress !== undefined) reporter.progress(progress.howFar, progress.node);
  });
  return { exitCode, results: log.results, testCount: log.testCount, tail: log.tail };
}
