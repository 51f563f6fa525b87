import { describe, expect, it } from 'vitest';
import { categoryOf } from './category.ts';

const CUTS = [
  { segment: null, category: 'red', max_score: 40 },
  { segment: null, category: 'yellow', max_score: 70 },
  { segment: null, category: 'green', max_score: 100 },
  { segment: 'enterprise', category: 'red', max_score: 55 },
] as const;

describe('categoryOf', () => {
  // half up to an integer: 40.5 is 41
  it.each([
    [0, 'red'],
    [40.4999, 'red'],
    [40.5, 'yellow'],
    [40.499_999_999_9, 'yellow'], // 40.5 after nine places
    [70.4, 'yellow'],
    [70.5, 'green'],
    [100, 'green'],
  ] as const)('%s is %s', (score, category) => {
    expect(categoryOf(score, 'smb', CUTS)).toBe(category);
  });

  it('goes by the cuts of a segment, where it has its own', () => {
    expect(categoryOf(50, 'enterprise', CUTS)).toBe('red');
    expect(categoryOf(60, 'enterprise', CUTS)).toBe('yellow');
    expect(categoryOf(50, 'smb', CUTS)).toBe('yellow');
  });

  it('needs cuts', () => {
    expect(() => categoryOf(50, 'smb', CUTS.slice(3))).toThrow(/category_cuts/);
  });
});
