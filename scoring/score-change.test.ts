import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SignalOnDay, scoreChange, scoreOf } from './score-change.ts';

const signal = (name: string, signal_value: number | null, weight = 10): SignalOnDay => ({
  signal: name,
  signal_value,
  weight,
});
const rounded = (changes: ReturnType<typeof scoreChange>) =>
  changes.map(({ signal, value_effect, weight_effect, coverage_effect, effect }) => [
    signal,
    ...[value_effect, weight_effect, coverage_effect, effect].map((points) => Number(points.toFixed(6)) + 0),
  ]);

describe('scoreChange', () => {
  it('gives a fallen signal its share of the fall', () => {
    // 90 → 60: p0 = ½, ½ · (40 − 100) = −30
    expect(
      rounded(scoreChange([signal('a', 100), signal('b', 80)], [signal('a', 40), signal('b', 80)])),
    ).toEqual([
      ['a', -30, 0, 0, -30],
      ['b', 0, 0, 0, 0],
    ]);
  });

  it('gives a changed weight its effect at the new value', () => {
    // 90 → 85: weights 10:10 → 10:30. a: (¼ − ½)·100 = −25; b: (¾ − ½)·80 = +20
    expect(
      rounded(scoreChange([signal('a', 100), signal('b', 80)], [signal('a', 100, 10), signal('b', 80, 30)])),
    ).toEqual([
      ['a', 0, -25, 0, -25],
      ['b', 0, 20, 0, 20],
    ]);
  });

  it('gives coverage what a signal without data takes with it', () => {
    // 90 → 80: a leaves with ½·100, b carries all: (1 − ½)·80
    expect(
      rounded(scoreChange([signal('a', 100), signal('b', 80)], [signal('a', null), signal('b', 80)])),
    ).toEqual([
      ['a', 0, 0, -50, -50],
      ['b', 0, 0, 40, 40],
    ]);
  });

  it('keeps the three apart when all happen at once', () => {
    // Day 0: a 50·½ + b 100·½ = 75. Day 1: a 80·30/60 + b 60·20/60 + c 90·10/60 = 40 + 20 + 15 = 75.
    // a: value ½·30 = 15; weight (30/50 − ½)·80 = 8; coverage 40 − 25 − 23 = −8
    // b: value ½·(−40) = −20; weight (20/50 − ½)·60 = −6; coverage 20 − 50 + 26 = −4
    expect(
      rounded(
        scoreChange(
          [signal('a', 50), signal('b', 100), signal('c', null)],
          [signal('a', 80, 30), signal('b', 60, 20), signal('c', 90, 10)],
        ),
      ),
    ).toEqual([
      ['a', 15, 8, -8, 15],
      ['b', -20, -6, -4, -30],
      ['c', 0, 0, 15, 15],
    ]);
  });

  it('adds to the difference of the scores within 1e-9, whatever changes', () => {
    const onDay = fc.uniqueArray(
      fc.record({
        signal: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'),
        signal_value: fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: null }),
        weight: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.double({ min: 0.01, max: 40, noNaN: true })),
      }),
      { selector: ({ signal }) => signal, maxLength: 10 },
    );
    fc.assert(
      fc.property(onDay, onDay, (from, to) => {
        const changes = scoreChange(from, to);
        const total = changes.reduce((sum, { effect }) => sum + effect, 0);
        const difference = (scoreOf(to) ?? 0) - (scoreOf(from) ?? 0);
        expect(Math.abs(total - difference)).toBeLessThan(1e-9);
        for (const { value_effect, weight_effect, coverage_effect, effect } of changes) {
          expect(Math.abs(value_effect + weight_effect + coverage_effect - effect)).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('has no weight or coverage effect while weights and coverage stay', () => {
    const days = fc.array(
      fc.tuple(
        fc.integer({ min: 1, max: 30 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
      ),
      { minLength: 1, maxLength: 10 },
    );
    fc.assert(
      fc.property(days, (signals) => {
        const changes = scoreChange(
          signals.map(([weight, value], index) => signal(`s${index}`, value, weight)),
          signals.map(([weight, , value], index) => signal(`s${index}`, value, weight)),
        );
        return changes.every(
          ({ weight_effect, coverage_effect }) =>
            Math.abs(weight_effect) < 1e-9 && Math.abs(coverage_effect) < 1e-9,
        );
      }),
    );
  });
});
