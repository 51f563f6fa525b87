import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveSampleSize } from './effective-sample-size.ts';

describe('effectiveSampleSize', () => {
  it('takes two accounts of one mind each as one case', () => {
    // p = ½; clustered variance (2 / 1)·((2 − 1)² + (0 − 1)²) / 4² = ¼, binomial ¼ / 4: design effect 4
    expect(effectiveSampleSize(['a', 'a', 'b', 'b'], [true, true, false, false])).toBe(1);
  });

  it('leaves cases that vary within their cluster at n', () => {
    expect(effectiveSampleSize(['a', 'a', 'b', 'b'], [true, false, false, true])).toBe(4);
  });

  it('counts clusters where all cases agree', () => {
    expect(effectiveSampleSize(['a', 'a', 'b'], [false, false, false])).toBe(2);
    expect(effectiveSampleSize([], [])).toBe(0);
  });

  it('stays within 1 and n, and ignores how often a whole sample is copied', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.boolean()), { minLength: 1, maxLength: 40 }),
        (cases) => {
          const size = (list: typeof cases) =>
            effectiveSampleSize(
              list.map(([cluster]) => cluster),
              list.map(([, isHit]) => isHit),
            );
          const once = size(cases);
          expect(once).toBeGreaterThanOrEqual(1);
          expect(once).toBeLessThanOrEqual(cases.length);
          const tenTimes = Array.from({ length: 10 }, () => cases).flat();
          if (once < cases.length - 1e-9) expect(size(tenTimes)).toBeCloseTo(once, 6);
        },
      ),
    );
  });
});
