import { describe, expect, it } from 'vitest';
import { signalCountFinding } from './check.ts';

describe('signalCountFinding', () => {
  it('is quiet up to 7 signals, then info, a warning above 10, an error from 15 on', () => {
    const level = (count: number) => signalCountFinding(count)?.split(':')[0];
    expect([5, 7, 8, 10, 11, 14, 15, 20].map(level)).toEqual([
      undefined,
      undefined,
      'Info',
      'Info',
      'Warning',
      'Warning',
      'ERROR',
      'ERROR',
    ]);
  });
});
