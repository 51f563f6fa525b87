import type { IsoDate } from '../../warehouse/index.ts';
import type { Config } from '../config/schema.ts';
import type { Reporter } from '../runtime/reporter.ts';

/** The steps of the line, in order. */
export const STEPS = ['sync', 'build', 'score', 'report', 'activate'] as const;
export type Step = (typeof STEPS)[number];

/** What every step needs: the configuration, the day whose knowledge counts, and where to report. */
export interface Line {
  readonly config: Config;
  readonly asOfDate: IsoDate;
  readonly reporter: Reporter;
  /** Whether models are built without the tests of their data. */
  readonly skipTests?: boolean;
  /** The clock, as an ISO instant: only the outside of the product asks for the time. */
  readonly now: () => string;
  /** Aborted when the user asks to stop. */
  readonly signal?: AbortSignal;
}

/** What a step gives: its answer, the rows it wrote, and whether all of it went well. */
export interface StepResult<T> {
  readonly value: T;
  readonly rowCount: number | null;
  readonly isComplete: boolean;
}
