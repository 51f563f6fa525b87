import { setTimeout as sleep } from 'node:timers/promises';
import { Cron } from 'croner';
import { TenureError, usage } from '../errors.ts';
import type { Reporter } from '../runtime/reporter.ts';
import type { RunResult } from './run.ts';

/** A run that the schedule began, and how it ended. */
export interface ScheduledRun {
  readonly started_at: string;
  readonly ended_at: string;
  /** null when the run could not begin */
  readonly run_id: string | null;
  readonly status: 'succeeded' | 'incomplete' | 'failed' | 'stopped';
  readonly error_code: string | null;
}

export interface ScheduleOptions {
  /** five fields (minute hour day month weekday), or six with seconds first */
  readonly cron: string;
  /** the zone in which the fields are read */
  readonly timeZone: string;
  /** Does one run, and ends it where it is when the signal comes. */
  readonly run: () => Promise<RunResult>;
  /** When sources are due that have a clock of their own, and which. */
  readonly due?: () => Promise<{ readonly at: Date; readonly names: readonly string[] } | undefined>;
  /** Syncs these sources and nothing more. */
  readonly sync?: (names: readonly string[]) => Promise<RunResult>;
  /** Ends the schedule, and the run that is on. */
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
  readonly now: () => string;
  /** Where the last runs are noted as each ends, for who cannot wait for the answer. */
  readonly runs?: ScheduledRun[];
}

/** The longest sleep: a machine that was suspended, or whose clock was set, is late by no more than this. */
const NAP_MS = 60_000;
/** Runs kept for the answer; all of them are in `ops.runs`. */
const KEPT_RUNS = 100;

/** The next time that a pattern gives after an instant, or a usage error that says what is expected. */
export function nextTime(cron: string, timeZone: string, after: string): Date {
  let next: Date | null;
  try {
    next = new Cron(cron, { timezone: timeZone, paused: true }).nextRun(
      after.endsWith('Z') ? new Date(after) : after,
    );
  } catch (error) {
    throw usage(
      `Expected a cron pattern such as "0 5 * * *" (each day at 05:00), got "${cron}": ${(error as Error).message}`,
    );
  }
  if (next === null) throw usage(`The cron pattern "${cron}" never comes again after ${after}.`);
  return next;
}

/**
 * Runs the line at each time of the pattern until the signal comes, and syncs sources in between that have a clock of their own. One run at a time: times that pass during
 * a run are left out. A run that fails is logged, and the next one starts over. Gives the last runs.
 */
export async function schedule(options: ScheduleOptions): Promise<ScheduledRun[]> {
  const { cron, timeZone, signal, reporter, now } = options;
  const { runs = [] } = options;
  while (!signal.aborted) {
    const next = nextTime(cron, timeZone, now());
    const due = await options.due?.();
    const isSync = due !== undefined && due.at < next;
    const what = isSync
      ? `sync of ${due.names.join(', ')} at ${due.at.toISOString()}`
      : `run at ${next.toISOString()} (${cron}, ${timeZone})`;
    reporter.step(`${now()} next ${what}`);
    await sleepUntil(isSync ? due.at : next, now, signal);
    if (signal.aborted) break;
    const run = isSync && options.sync ? () => options.sync!(due.names) : options.run;
    runs.push(await runOnce({ ...options, run }));
    if (runs.length > KEPT_RUNS) runs.shift();
  }
  reporter.step(`${now()} the schedule has ended`);
  return runs;
}

async function sleepUntil(time: Date, now: () => string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const left = time.getTime() - Date.parse(now());
    if (left <= 0 || signal.aborted) return;
    await sleep(Math.min(left, NAP_MS), undefined, { signal }).catch(() => {}); // woken by the signal
  }
}

async function runOnce({ run, reporter, now }: ScheduleOptions): Promise<ScheduledRun> {
  const started_at = now();
  reporter.step(`${started_at} run begins`);
  const ended = (rest: Omit<ScheduledRun, 'started_at' | 'ended_at'>): ScheduledRun => {
    const ended_at = now();
    reporter.step(
      `${ended_at} run ${rest.run_id ?? ''} ${rest.status}${rest.error_code ? `: ${rest.error_code}` : ''}`,
    );
    return { started_at, ended_at, ...rest };
  };
  try {
    const result = await run();
    const status = result.isStopped ? 'stopped' : result.isComplete ? 'succeeded' : 'incomplete';
    return ended({ run_id: result.runId, status, error_code: null });
  } catch (error) {
    // A mistake of ours must not pass for a failed run.
    if (!(error instanceof Error && 'code' in error)) throw error;
    reporter.warn(error.message);
    return ended({ run_id: null, status: 'failed', error_code: String(error.code) });
  }
}

export const scheduleMissing = (file: string) =>
  new TenureError(
    'SCHEDULE_MISSING',
    `${file} has no schedule. Add a line such as  schedule: { cron: "0 5 * * *" }  or name one with --cron.`,
    { exitCode: 2 },
  );
