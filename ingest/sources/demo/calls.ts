import { type Life, pastHealth } from './life.ts';
import { Random } from './random.ts';

/** The categories of Salesforce's forecast, as its API writes them, before a deal is closed. */
export type ForecastCategory = 'Pipeline' | 'BestCase' | 'Forecast' | 'Omitted';

/** Days before the end of a term on which its owner says anew what becomes of it. */
const CALL_DAYS = [105, 78, 50, 28] as const;
/** How much better than it is an owner takes an account to be, and how far one is off from another. */
const HOPE = { mean: 0.7, owner: 0.6, moment: 0.3 };

export interface Caller {
  /** What the owner calls the renewal from this day on; undefined on days on which they say nothing new. */
  readonly callOn: (life: Life) => ForecastCategory | undefined;
}

/**
 * What the owner of a renewal writes into the forecast: by the health of the last month, which they see through rose-tinted
 * glasses. Chance has a stream of its own, so that nothing else of the company depends on it.
 */
export function callerOf(seed: number, index: number, place: number, endDay: number): Caller {
  const random = new Random(seed, 'calls', index, place);
  const hope = random.normal(HOPE.mean, HOPE.owner);
  const days = new Map(
    CALL_DAYS.map((before) => [endDay - before - random.integer(0, 6), random.normal(0, HOPE.moment)]),
  );
  return {
    callOn: (life) => {
      const doubt = days.get(life.day);
      if (doubt === undefined) return undefined;
      const seen = pastHealth(life, 30) + hope + doubt;
      return seen > 0.2 ? 'Forecast' : seen > -0.8 ? 'BestCase' : seen > -1.8 ? 'Pipeline' : 'Omitted';
    },
  };
}
