import { describe, expect, it } from 'vitest';
import { leadDays } from './lead-days.ts';

const CHURN = '2025-06-01';
const runs = (...starts: [string, boolean][]) => starts.map(([date, isOn]) => ({ date, isOn }));

describe('leadDays', () => {
  it('counts from the first day of a run that lasts to the churn', () => {
    expect(leadDays(runs(['2025-01-01', false], ['2025-03-01', true]), CHURN, 60)).toBe(92);
  });

  it('takes the last run, not the first', () => {
    const starts = runs(['2025-01-01', true], ['2025-04-01', false], ['2025-05-22', true]);
    expect(leadDays(starts, CHURN, 60)).toBe(10);
  });

  it('does not take the same state again as a new run', () => {
    expect(leadDays(runs(['2025-03-01', true], ['2025-05-01', true]), CHURN, 60)).toBe(92);
  });

  it('keeps a run that ended in the 60 days before, not one that ended earlier', () => {
    expect(leadDays(runs(['2025-03-01', true], ['2025-04-03', false]), CHURN, 60)).toBe(92); // red on 2 April, 60 days before
    expect(leadDays(runs(['2025-03-01', true], ['2025-04-02', false]), CHURN, 60)).toBeNull();
  });

  it('passes over what came on the day of the churn or after', () => {
    expect(leadDays(runs(['2025-01-01', false], ['2025-06-01', true]), CHURN, 60)).toBeNull();
    expect(leadDays([], CHURN, 60)).toBeNull();
  });
});
