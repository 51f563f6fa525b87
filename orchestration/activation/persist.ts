import { setTimeout as sleep } from 'node:timers/promises';
import pRetry, { AbortError } from 'p-retry';
import { timedOut, waitTooLong } from './errors.ts';

/** How long is waited, in milliseconds; tests wait less. */
export interface Patience {
  /** Before the first repetition; it doubles with each. */
  readonly firstWaitMs: number;
  /** For one answer. */
  readonly timeoutMs: number;
  /** The longest Retry-After that is waited for. */
  readonly longestWaitMs: number;
}

export const PATIENCE: Patience = { firstWaitMs: 1000, timeoutMs: 60_000, longestWaitMs: 120_000 };
/** All repetitions of one request together. */
const MOST_RETRY_MS = 300_000;
/** A CRM that did not answer twice is not asked a third time. */
const MOST_TIME_OUTS = 2;

/** What a failure means: it may pass, the CRM did not answer at all, or trying again is no use. */
export type Failing = 'passing' | 'no answer' | 'final';

/**
 * Does `work` until it is done: again while its failure may pass, not before the wait that the CRM asked for, and not for
 * longer than some minutes. Throws `ACTIVATION_TIMED_OUT` and `ACTIVATION_BUSY`, else the last failure.
 */
export async function persist<T>(
  name: string,
  { firstWaitMs, timeoutMs, longestWaitMs }: Patience,
  work: () => Promise<T>,
  judge: (error: unknown) => Failing,
  /** The wait that the last answer asked for, in milliseconds. */
  askedWaitMs: () => number,
): Promise<T> {
  let timeOuts = 0;
  return pRetry(
    async () => {
      try {
        return await work();
      } catch (error) {
        const failing = judge(error);
        if (failing === 'no answer') {
          timeOuts += 1;
          if (timeOuts >= MOST_TIME_OUTS) throw new AbortError(timedOut(name, timeoutMs / 1000));
          throw new Error('no answer', { cause: error });
        }
        if (failing === 'final') throw new AbortError(error as Error);
        throw error;
      }
    },
    {
      retries: 5,
      minTimeout: firstWaitMs,
      maxTimeout: 60_000,
      maxRetryTime: MOST_RETRY_MS,
      randomize: true,
      onFailedAttempt: async () => {
        const waitMs = askedWaitMs();
        if (waitMs > longestWaitMs) throw waitTooLong(name, waitMs / 1000);
        await sleep(waitMs);
      },
    },
  );
}
