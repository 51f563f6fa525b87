import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
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

/** A process that imports dbt and then waits to be told what to run. Until then it keeps nobody alive. */
function startProcess() {
  const script = join(projectRoot, 'orchestration', 'pipeline', 'dbt', 'ready.py');
  const child = spawnTethered(join(environmentRoot, '.venv', 'bin', 'python'), [script], {
    cwd: join(projectRoot, 'models'),
    env: { PYTHONWARNINGS: 'ignore' },
    stdin: 'pipe',
    endedBy: 'INT', // it then takes back the queries that a warehouse still runs
  });
  const { stdin, stdout, stderr } = child as ChildProcessWithoutNullStreams;
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', (error) => reject(dbtMissing(error)));
    child.on('close', resolve);
  });
  ended.catch(() => {}); // told to who runs it
  stdin.on('error', () => {}); // it ended: its code and its last words say why
  // A pipe is a socket, which can be let go of.
  const held = [child, stdin, stdout, stderr, tetherOf(child)] as unknown as (
    | { ref(): void; unref(): void }
    | undefined
  )[];
  for (const each of held) each?.unref();
  return {
    ended,
    output: [stdout, stderr],
    tell(request: object) {
      for (const each of held) each?.ref();
      stdin.end(`${JSON.stringify(request)}\n`);
    },
  };
}

let ready: ReturnType<typeof startProcess> | undefined;

/** Has the next `runDbt` find dbt imported, if there is something else to do before it. Ends with us when nothing comes. */
export function readyDbt(): void {
  ready ??= startProcess();
}

/** Runs dbt with the arguments, which ask for its log as JSON, and reports how far it is. Throws `DBT_MISSING`. */
export async function runDbt(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  reporter: Reporter,
): Promise<DbtRun> {
  const process = ready ?? startProcess();
  ready = undefined;
  process.tell({ args, env });
  const log = new DbtLog();
  const listen = async (stream: Readable) => {
    for await (const text of createInterface({ input: stream })) {
      const progress = log.read(text);
      if (progress !== undefined) reporter.progress(progress.howFar, progress.node);
    }
  };
  const [exitCode] = await Promise.all([process.ended, ...process.output.map(listen)]);
  return { exitCode, results: log.results, testCount: log.testCount, tail: log.tail };
}
