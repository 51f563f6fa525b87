/**
 * A stream of numbers in [0, 1) that depends on the seed alone, so that a rerun gives the same intervals.
 * Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, period 2³², passes gjrand; enough to draw
 * resamples, not for secrets.
 *
 * @example seededRandom(1)() // 0.6270739405881613
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 4_294_967_296;
  };
}
