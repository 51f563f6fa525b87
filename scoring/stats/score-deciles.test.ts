import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreDeciles } from './score-deciles.ts';

describe('scoreDeciles', () => {
  it('gives ten cases a decile each, and twenty two each', () => {
    expect(scoreDeciles([5, 15, 25, 35, 45, 55, 65, 75, 85, 95])).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(scoreDeciles(Array.from({ length: 20 }, (_, index) => index)).slice(0, 5)).toEqual([
      1, 1, 2, 2, 3,
    ]);
  });

  it('keeps equal scores together, at their middle rank', () => {
    expect(scoreDeciles([1, 7, 7, 7])).toEqual([2, 7, 7, 7]); // middle ranks ½ / 4 and 2½ / 4
    expect(scoreDeciles([7])).toEqual([6]);
  });

  it('never falls and stays within 1 and 10', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 })), (scores) => {
        const deciles = scoreDeciles([...scores].sort((left, right) => left - right));
        return (
          deciles.length === scores.length &&
          deciles.every((decile, index) => decile >= 1 && decile <= 10 && decile >= (deciles[index - 1] ?? 1))
        );
      }),
    );
  });
});
