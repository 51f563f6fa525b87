import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import {
  DEFAULT_EVALUATION_RULES,
  DEFAULT_RENEWAL_RULES,
  parseEvaluationRules,
  parseRenewalRules,
} from './rules.ts';

const seed = (name: string): { rule: string; value: string }[] =>
  parse(readFileSync(join(import.meta.dirname, '..', 'models', 'seeds', `${name}.csv`), 'utf8'), {
    columns: true,
  });

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

describe('parseEvaluationRules', () => {
  it('reads the shipped seed, which says what stands in where there is none', () => {
    expect(parseEvaluationRules(seed('backtest_rules'))).toEqual(DEFAULT_EVALUATION_RULES);
    const { chance: _, ...rules } = DEFAULT_EVALUATION_RULES;
    expect(seed('backtest_rules').map(({ rule }) => rule)).toEqual(Object.keys(rules));
  });

  it('lets nobody move what chance gives', () => {
    expect(parseEvaluationRules([{ rule: 'chance', value: 0.1 }]).chance).toBe(0.5);
  });

  it.each([
    ['error_rate', 30],
    ['minimum_churns', 0],
    ['far_horizon_days', 'half a year'],
  ])('refuses %s = %s', (rule, value) => {
    expect(() => parseEvaluationRules([{ rule, value }])).toThrow(
      expect.objectContaining({ code: 'BACKTEST_RULES_INVALID' }),
    );
  });
});
