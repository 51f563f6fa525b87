import { describe, expect, it } from 'vitest';
import { DEFAULT_RENEWAL_RULES, parseRenewalRules } from './rules.ts';

describe('parseRenewalRules', () => {
  it('keeps the defaults for what the seed leaves out, and passes over what scoring does not use', () => {
    expect(parseRenewalRules([{ rule: 'reactivation_days', value: '90' }])).toEqual(DEFAULT_RENEWAL_RULES);
  });

  it('takes numbers as text', () => {
    const rules = parseRenewalRules([
      { rule: 'grace_days', value: '45' },
      { rule: 'stage_urgent_days', value: 21 },
      { rule: 'holiday_start', value: '12-20' },
    ]);
    expect(rules.grace_days).toBe(45);
    expect(rules.stage_days.urgent).toBe(21);
    expect(rules.holiday_start).toBe('12-20');
  });

  it.each([
    ['grace_days', 'soon'],
    ['holiday_end', '31-12'],
    ['stage_urgent_days', '75'],
  ])('refuses %s = %s', (rule, value) => {
    expect(() => parseRenewalRules([{ rule, value }])).toThrow(
      expect.objectContaining({ code: 'RENEWAL_RULES_INVALID' }),
    );
  });
});
