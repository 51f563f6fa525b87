const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a duration of the configuration looks like: a whole number of minutes, hours or days. */
export const DURATION = /^([1-9]\d{0,4})([mhd])$/;

/**
 * A duration of the configuration in milliseconds.
 *
 * @example durationMs('90m') // 5_400_000
 */
export function durationMs(text: string): number {
  const [, count = '', unit = ''] = DURATION.exec(text) ?? [];
  return Number(count) * (UNITS_MS[unit] ?? Number.NaN);
}
