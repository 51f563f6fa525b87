import { releaseAll } from '../../ingest/index.ts';
import { TenureError } from '../errors.ts';

/** What is at work has so long to come to its end after it was asked to. */
const GRACE_MS = 1_000;
/** One Ctrl+C comes several times: from the terminal, and again from npx and the launcher, which pass it on. */
const ONE_PRESS_MS = 500;

export const stopped = (what: string) =>
  new TenureError('STOPPED', `${what} was stopped.`, {
    exitCode: 130,
    next: 'What was done before stays; run the same command again to go on.',
  });

export interface Stop {
  /** Aborted when the user (Ctrl+C) or the system (SIGTERM) asks this process to end. */
  readonly signal: AbortSignal;
  /** The verb has answered: from now on there is nothing to wait for. */
  answered(): void;
}

/**
 * Listens for being asked to end. Then every program that we started is ended, and `signal` tells what is at work here. What has
 * not ended in time, or at a second Ctrl+C, is given up as if it had been killed: `overdue` says so, and the
 * process ends with 130. SIGHUP stays the system's, so that `nohup` works: without it, it is a kill.
 */
export function stopOnSignals(overdue: () => void): Stop {
  const controller = new AbortController();
  let askedAt: number | undefined;
  let isAnswered = false;
  let timer: NodeJS.Timeout | undefined;
  const give = () => {
    if (!isAnswered) overdue();
    process.exit(130);
  };
  const ask = () => {
    if (isAnswered) give();
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > ONE_PRESS_MS) give();
      return;
    }
    askedAt = performance.now();
    controller.abort();
    releaseAll({ isForGood: true });
    timer = setTimeout(give, GRACE_MS); // keeps the process until then: a verb that waits for nothing more must not end it otherwise
  };
  process.on('SIGINT', ask).on('SIGTERM', ask);
  return {
    signal: controller.signal,
    answered: () => {
      isAnswered = true;
      clearTimeout(timer);
    },
  };
}
