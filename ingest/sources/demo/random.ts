/** 32 well-mixed bits of a list of keys (MurmurHash3's mixing steps). */
function hashOf(keys: readonly (number | string)[]): number {
  let hash = 0x9e3779b9;
  const add = (value: number) => {
    let block = Math.imul(value, 0xcc9e2d51);
    block = (block << 15) | (block >>> 17);
    hash ^= Math.imul(block, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  };
  for (const key of keys) {
    if (typeof key === 'number') add(key | 0);
    else for (let index = 0; index < key.length; index += 1) add(key.charCodeAt(index));
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/**
 * Chance that depends on its keys alone: two generators with the same keys give the same numbers, whatever else is
 * drawn in between. So each concern of each account has its own, and an account's day of usage can be drawn by itself.
 * Mulberry32 (Tommy Ettinger, public domain).
 */
export class Random {
  #state: number;

  constructor(...keys: readonly (number | string)[]) {
    this.#state = hashOf(keys);
  }

  /** In [0, 1). */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.uniform();
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.uniform() * list.length)] as T;
  }

  normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform());
  }

  logNormal(median: number, sigma: number): number {
    return median * Math.exp(this.normal(0, sigma));
  }

  /** A count of events that come at a mean rate (Knuth's method: for small rates). */
  poisson(rate: number): number {
    const limit = Math.exp(-rate);
    let count = 0;
    for (let product = this.uniform(); product > limit; product *= this.uniform()) count += 1;
    return count;
  }
}

/** The logistic curve: a log-odds as a probability. */
export const logistic = (logOdds: number) => 1 / (1 + Math.exp(-logOdds));

export const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
