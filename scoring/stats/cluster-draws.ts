import { seededRandom } from './seeded-random.ts';

export interface BootstrapOptions {
  readonly samples: number;
  readonly seed: number;
}

/**
 * How often each of so many clusters is drawn, with replacement, as many times as there are; once a resample. The array
 * is filled anew for the next one.
 *
 * @example [...clusterDraws(3, { samples: 2, seed: 1 })].length // 2
 */
export function* clusterDraws(
  clusterCount: number,
  { samples, seed }: BootstrapOptions,
): Generator<Float64Array> {
  const random = seededRandom(seed);
  const draws = new Float64Array(clusterCount);
  for (let sample = 0; sample < samples; sample += 1) {
    draws.fill(0);
    for (let draw = 0; draw < clusterCount; draw += 1) draws[Math.floor(random() * clusterCount)]! += 1;
    yield draws;
  }
}
