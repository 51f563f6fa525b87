/** A draw from the gamma distribution of a shape above 0 and scale 1: Marsaglia & Tsang 2000. */
function gammaDraw(shape: number, random: () => number): number {
  // Below 1 by the draw of shape + 1 (their section 6).
  if (shape < 1) return gammaDraw(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const v = (1 + c * normal) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random()) < 0.5 * normal ** 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/**
 * A draw (0–1) from the beta distribution: what a share may be of which `hits` and `misses` were seen, or are believed.
 * Counts need not be whole; one of 0 gives a share of 0 or 1.
 *
 * @param random uniform on [0, 1), as `seededRandom` gives it
 * @example betaDraw(30, 10, random) // 0.72
 */
export function betaDraw(hits: number, misses: number, random: () => number): number {
  if (!(hits > 0)) return 0;
  if (!(misses > 0)) return 1;
  const one = gammaDraw(hits, random);
  return one / (one + gammaDraw(misses, random));
}
