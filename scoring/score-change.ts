/** A signal's part of a score on one day. `signal_value` (0–100) is null when there is no data. */
export interface SignalOnDay {
  readonly signal: string;
  readonly signal_value: number | null;
  readonly weight: number;
}

/** How one signal moved the score between two days, in points; the three effects add to `effect`. */
export interface SignalChange {
  readonly signal: string;
  readonly value_from: number | null;
  readonly value_to: number | null;
  /** the signal itself rose or fell */
  readonly value_effect: number;
  /** its weight was changed */
  readonly weight_effect: number;
  /** signals came or went, so that the weights present are shared out anew */
  readonly coverage_effect: number;
  readonly effect: number;
}

const share = (weight: number, total: number) => (total === 0 ? 0 : weight / total);

const isPresent = (
  signal: SignalOnDay | undefined,
): signal is SignalOnDay & { readonly signal_value: number } =>
  signal !== undefined && signal.signal_value !== null;

/**
 * The score (0–100) that the signals give: Σ wᵢ·vᵢ / Σ wᵢ over those with a value; null when none has.
 * Definitions, section 3.
 */
export function scoreOf(signals: readonly SignalOnDay[]): number | null {
  let weights = 0;
  let points = 0;
  for (const { signal_value, weight } of signals) {
    if (signal_value === null) continue;
    weights += weight;
    points += weight * signal_value;
  }
  return weights === 0 ? null : points / weights;
}

/**
 * Divides the change of a score between two days among its signals, exactly: all effects together are the
 * score difference (a day without score counts as 0). One row a signal known on either day, in the order of
 * the first day, then what is new. Definitions, section 3:
 *
 * p = w / Σ w(present), 0 if absent. Present on both days: value effect p0·(v1 − v0); weight effect (w1/Σ₀w1
 * − w0/Σ₀w0)·v1, where Σ₀ runs over the signals present on the first day; coverage effect the rest of p1·v1 −
 * p0·v0. Present on one day only: all of it is coverage effect.
 *
 * @param from signals of the first day, absent ones (value null) with their weight
 * @param to signals of the second day
 * @example
 * // one of two equal signals falls from 100 to 40: score 90 → 60
 * scoreChange(
 *   [{ signal: 'a', signal_value: 100, weight: 10 }, { signal: 'b', signal_value: 80, weight: 10 }],
 *   [{ signal: 'a', signal_value: 40, weight: 10 }, { signal: 'b', signal_value: 80, weight: 10 }],
 * )[0].value_effect // −30
 */
export function scoreChange(from: readonly SignalOnDay[], to: readonly SignalOnDay[]): SignalChange[] {
  const before = new Map(from.map((signal) => [signal.signal, signal]));
  const after = new Map(to.map((signal) => [signal.signal, signal]));
  const presentBefore = from.filter(isPresent);
  const sum0w0 = presentBefore.reduce((sum, { weight }) => sum + weight, 0);
  const sum0w1 = presentBefore.reduce((sum, { signal }) => sum + (after.get(signal)?.weight ?? 0), 0);
  const sum1w1 = to.filter(isPresent).reduce((sum, { weight }) => sum + weight, 0);

  return [...new Set([...before.keys(), ...after.keys()])].map((name) => {
    const s0 = before.get(name);
    const s1 = after.get(name);
    const points0 = isPresent(s0) ? share(s0.weight, sum0w0) * s0.signal_value : 0;
    const points1 = isPresent(s1) ? share(s1.weight, sum1w1) * s1.signal_value : 0;
    const effect = points1 - points0;
    let value_effect = 0;
    let weight_effect = 0;
    if (isPresent(s0) && isPresent(s1)) {
      const p0 = share(s0.weight, sum0w0);
      value_effect = p0 * (s1.signal_value - s0.signal_value);
      weight_effect = (share(s1.weight, sum0w1) - p0) * s1.signal_value;
    }
    return {
      signal: name,
      value_from: s0?.signal_value ?? null,
      value_to: s1?.signal_value ?? null,
      value_effect,
      weight_effect,
      coverage_effect: effect - value_effect - weight_effect,
      effect,
    };
  });
}
