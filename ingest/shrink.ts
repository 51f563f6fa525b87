import { tableShrank } from './errors.ts';
import type { SyncOptions } from './source.ts';

const MOST_SHRINK_SHARE = 0.3;
const MOST_REJECTED_SHARE = 0.3;

type Limits = Pick<SyncOptions, 'acceptShrink' | 'maxShrinkShare' | 'maxRejectedShare'>;

/** Whether the user asked that this stream may shrink. */
export const acceptsShrink = (stream: string, { acceptShrink }: Limits): boolean =>
  acceptShrink === true || (acceptShrink?.includes(stream) ?? false);

/**
 * Throws `TABLE_SHRANK` when a table of `before` rows is to become one of `now` rows and loses more than the source's
 * share of them (0.3 unless given), two rows at least: one record never stops a source.
 *
 * @example
 * refuseShrink('accounts', 20, 0, {}) // throws: accounts would shrink from 20 to 0 rows
 */
export function refuseShrink(stream: string, before: number, now: number, limits: Limits): void {
  const share = limits.maxShrinkShare ?? MOST_SHRINK_SHARE;
  const lost = before - now;
  if (lost > share * before && (lost > 1 || now === 0) && !acceptsShrink(stream, limits))
    throw tableShrank(stream, before, now, share);
}

/** The share of a stream's rows that may be rejected, when these are more: undefined otherwise. */
export function rejectedShare(rejected: number, received: number, limits: Limits): number | undefined {
  const share = limits.maxRejectedShare ?? MOST_REJECTED_SHARE;
  return rejected > share * received && (rejected > 1 || rejected === received) && rejected > 0
    ? share
    : undefined;
}
