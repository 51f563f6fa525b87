import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays } from './calendar.ts';
import { anchorDate, renewalStage, type StagedRenewal } from './renewal-stage.ts';
import { DEFAULT_RENEWAL_RULES as RULES } from './rules.ts';

const RENEWAL: StagedRenewal = {
  renewal_date: '2026-06-30',
  auto_renew: false,
  notice_days: 60,
  renewal_outcome: null,
  outcome_known_date: null,
};

describe('anchorDate', () => {
  it('is the renewal date, or the last day to give notice of an auto-renewing contract', () => {
    expect(anchorDate(RENEWAL, RULES)).toBe('2026-06-30');
    expect(anchorDate({ ...RENEWAL, auto_renew: true }, RULES)).toBe('2026-05-01');
    expect(anchorDate({ ...RENEWAL, auto_renew: true, notice_days: null }, RULES)).toBe('2026-06-30');
  });

  it.each([
    ['2025-12-14', '2025-12-14'],
    ['2025-12-15', '2025-12-01'], // first day of the holidays
    ['2025-12-31', '2025-12-17'], // once, although still in the holidays
    ['2026-01-05', '2025-12-22'], // last day
    ['2026-01-06', '2026-01-06'],
  ])('moves an anchor on %s to %s', (renewal_date, expected) => {
    expect(anchorDate({ ...RENEWAL, renewal_date }, RULES)).toBe(expected);
  });

  it('moves the notice day, not the renewal, out of the holidays', () => {
    // 2026-02-28 − 60 days = 2025-12-30
    const renewal = { ...RENEWAL, renewal_date: '2026-02-28', auto_renew: true };
    expect(anchorDate(renewal, RULES)).toBe('2025-12-16');
  });

  it('takes holidays within one year too', () => {
    const rules = { ...RULES, holiday_start: '08-01', holiday_end: '08-31' };
    expect(anchorDate({ ...RENEWAL, renewal_date: '2026-08-20' }, rules)).toBe('2026-08-06');
    expect(anchorDate({ ...RENEWAL, renewal_date: '2025-12-20' }, rules)).toBe('2025-12-20');
  });
});

describe('renewalStage', () => {
  // Both sides of every boundary of section 5 of the definitions
  it.each([
    [271, 'scheduled'],
    [270, 'planning'],
    [181, 'planning'],
    [180, 'review'],
    [121, 'review'],
    [120, 'soft_question'],
    [91, 'soft_question'],
    [90, 'outreach'],
    [61, 'outreach'],
    [60, 'follow_up'],
    [31, 'follow_up'],
    [30, 'urgent'],
    [1, 'urgent'],
    [0, 'due'],
    [-1, 'late'],
    [-31, 'late'],
  ])('is, %i days before the anchor, %s', (days, stage) => {
    const asOfDate = addDays(RENEWAL.renewal_date, -days);
    expect(renewalStage(RENEWAL, asOfDate, RULES)).toEqual({
      anchor_date: '2026-06-30',
      days_to_anchor: days,
      renewal_stage: stage,
    });
  });

  it('is due from the notice day through the renewal date, then late', () => {
    const renewal = { ...RENEWAL, auto_renew: true };
    const stageOn = (day: string) => renewalStage(renewal, day, RULES).renewal_stage;
    expect(stageOn('2026-04-30')).toBe('urgent');
    expect(stageOn('2026-05-01')).toBe('due');
    expect(stageOn('2026-06-30')).toBe('due');
    expect(stageOn('2026-07-01')).toBe('late');
  });

  it('is closed from the day the outcome is known, early or late', () => {
    const renewal = { ...RENEWAL, renewal_outcome: 'churned', outcome_known_date: '2026-03-01' };
    expect(renewalStage(renewal, '2026-02-28', RULES).renewal_stage).toBe('review');
    expect(renewalStage(renewal, '2026-03-01', RULES).renewal_stage).toBe('closed');
    expect(renewalStage(renewal, '2026-08-01', RULES).renewal_stage).toBe('closed');
  });

  it('never goes back while the days pass', () => {
    const order = [
      'scheduled',
      'planning',
      'review',
      'soft_question',
      'outreach',
      'follow_up',
      'urgent',
      'due',
      'late',
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: -60, max: 400 }),
        fc.boolean(),
        fc.nat({ max: 120 }),
        (days, auto_renew, notice_days) => {
          const renewal = { ...RENEWAL, auto_renew, notice_days };
          const day = addDays(RENEWAL.renewal_date, -days);
          const rank = (date: string) => order.indexOf(renewalStage(renewal, date, RULES).renewal_stage);
          return rank(day) >= 0 && rank(addDays(day, 1)) >= rank(day);
        },
      ),
    );
  });
});
