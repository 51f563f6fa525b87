import type { IsoInstant } from '../../warehouse/index.ts';
import { durationMs } from '../config/duration.ts';
import type { SourceConfig } from '../config/schema.ts';
import type { LastSync } from './sync-log.ts';

/** A source is not too early by this share of its interval, at most an hour: a daily run is never exactly a day after the last. */
const SLACK = 0.1;
const MOST_SLACK_MS = 3_600_000;

/** When sources with a clock of their own (`every`) are to be synced next, by when their last sync began. */
const dueTimes = (sources: readonly SourceConfig[], last: readonly LastSync[]) =>
  sources.flatMap(({ name, every, connector }) => {
    const began = last.find((each) => each.source_name === name)?.started_at;
    if (every === undefined || connector === undefined || began === undefined) return [];
    return [{ name, at: Date.parse(began) + durationMs(every), every: durationMs(every) }];
  });

/**
 * The next time at which a source is due between two runs of the line, and those that are due then. One that was never
 * synced waits for the line, and one whose interval is that of the line or longer needs no sync in between.
 */
export function nextDue(
  sources: readonly SourceConfig[],
  last: readonly LastSync[],
): { readonly at: Date; readonly names: readonly string[] } | undefined {
  const times = dueTimes(sources, last);
  if (times.length === 0) return undefined;
  const at = Math.min(...times.map((each) => each.at));
  return { at: new Date(at), names: times.filter((each) => each.at <= at).map(({ name }) => name) };
}

/** The sources that a run of the line at an instant syncs: all but those that are not due yet by a clock of their own. */
export function dueNow(
  sources: readonly SourceConfig[],
  last: readonly LastSync[],
  now: IsoInstant,
): readonly string[] {
  const early = new Set(
    dueTimes(sources, last)
      .filter(({ at, every }) => at - Math.min(SLACK * every, MOST_SLACK_MS) > Date.parse(now))
      .map(({ name }) => name),
  );
  return sources.map(({ name }) => name).filter((name) => !early.has(name));
}
