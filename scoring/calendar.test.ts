import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, daysBetween, monthEnds, monthStartAfter, quarterAfter, quarterOf } from './calendar.ts';

describe('calendar', () => {
  it('knows leap years and the ends of months', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
    expect(addDays('2025-03-01', -1)).toBe('2025-02-28');
    expect(monthStartAfter('2024-11-30', 2)).toBe('2025-01-01');
    expect(monthEnds('2024-01-31', '2024-03-30')).toEqual(['2024-01-31', '2024-02-29']);
    expect(monthEnds('2024-02-01', '2024-02-28')).toEqual([]);
  });

  it('knows quarters', () => {
    expect(quarterOf('2025-12-31')).toEqual({
      period: '2025-Q4',
      start: '2025-10-01',
      lastDay: '2025-12-31',
    });
    expect(quarterAfter(quarterOf('2025-12-31')).period).toBe('2026-Q1');
  });

  it('takes back what it added', () => {
    fc.assert(
      fc.property(fc.integer({ min: -3000, max: 3000 }), (days) => {
        const day = addDays('2024-02-29', days);
        return (
          daysBetween('2024-02-29', day) === days &&
          quarterOf(day).start <= day &&
          day <= quarterOf(day).lastDay
        );
      }),
    );
  });
});
