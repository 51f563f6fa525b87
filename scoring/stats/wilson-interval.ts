import { statisticUndefined } from '../errors.ts';

/** The 97.5 % point of the standard normal distribution: a two-sided 95 % interval. */
const Z_95 = 1.959963984540054;

export interface Interval {
  /** lower end */
  readonly low: number;
  /** upper end */
  readonly high: number;
}

/**
 * The Wilson score interval of a proportion, by default at 95 %; both ends lie in 0–1. `n` may be a fraction:
 * an effective sample size. Gives null for n = 0.
 *
 * Wilson 1927, "Probable inference, the law of succession, and statistical inference"; no continuity
 * correction (method 3 of Newcombe 1998).
 *
 * @throws ScoringError STATISTIC_UNDEFINED for a proportion outside 0–1 or a negative n
 * @example wilsonInterval(81 / 263, 263) // { low: 0.2553, high: 0.3662 }
 */
export function wilsonInterval(proportion: number, n: number, z: number = Z_95): Interval | null {
  if (!(n >= 0) || (n > 0 && !(proportion >= 0 && proportion <= 1))) {
    throw statisticUndefined('wilsonInterval', `got a proportion of ${proportion} of ${n} cases`);
  }
  if (n === 0) return null;
  const centre = proportion + (z * z) / (2 * n);
  const spread = z * Math.sqrt((proportion * (1 - proportion)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return {
    low: proportion === 0 ? 0 : Math.max(0, (centre - spread) / scale),
    high: proportion === 1 ? 1 : Math.min(1, (centre + spread) / scale),
  };
}
