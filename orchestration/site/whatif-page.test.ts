import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../project-root.ts';

const {
  accountBy,
  accountsOf,
  categoryOf,
  compared,
  effectiveOf,
  inForceOf,
  monthBy,
  monthsOf,
  scoreOf,
  valuesOf,
} = await import(pathToFileURL(join(projectRoot, 'reports/components/whatif.js')).href);

const RULES = { at_risk_score: 60, at_risk_rows: 14, at_risk_renewal_days: 90, min_weight_coverage: 0.6 };
const SETTING = { weights: [50, 30, 20], own: {}, cuts: { red: 40, yellow: 70 }, ownCuts: {} };

const account = (values_text: string, more: object = {}) =>
  accountsOf([
    {
      account_id: 'A',
      segment: 'smb',
      arr: 100,
      score: 50,
      category: 'yellow',
      is_at_risk: false,
      override_direction: null,
      days_to_renewal: 200,
      row_count: 14,
      values_text,
      highest_text: values_text,
      ...more,
    },
  ])[0];

describe('the score of a day by other weights', () => {
  it('is the mean of what has data; what was not computed counts for nothing', () => {
    expect(scoreOf(valuesOf('100,40,0'), [50, 30, 20])).toEqual({ score: 62, coverage: 1 });
    // without the second: 5000 / 70
    expect(scoreOf(valuesOf('100,,0'), [50, 30, 20])).toEqual({ score: 5000 / 70, coverage: 0.7 });
    expect(scoreOf(valuesOf('100,x,0'), [50, 30, 20])).toEqual({ score: 5000 / 70, coverage: 1 });
    expect(scoreOf(valuesOf(',,'), [50, 30, 20])).toEqual({ score: null, coverage: 0 });
    expect(scoreOf(valuesOf('100,40,0'), [0, 0, 0])).toEqual({ score: null, coverage: null });
  });

  it('is half up a category, whatever the last digit', () => {
    expect(
      [40.4, 40.5, 40.49999999999, 70.4, 70.5, null].map((score) => categoryOf(score, SETTING.cuts)),
    ).toEqual([...['red', 'yellow', 'yellow', 'yellow', 'green', null]]);
  });

  it('is moved by an override, by one and never beyond', () => {
    expect(effectiveOf('red', 'up')).toBe('yellow');
    expect(effectiveOf('green', 'up')).toBe('green');
    expect(effectiveOf('red', 'down')).toBe('red');
    expect(effectiveOf('green', 'none')).toBe('green');
    expect(effectiveOf(null, 'up')).toBe(null);
  });
});

describe('what is at risk by other weights', () => {
  const isAtRisk = (values: string, more?: object, setting = SETTING) =>
    accountBy(account(values, more), setting, RULES).isAtRisk;

  it('is red, near its renewal below 60, or two weeks below 60', () => {
    expect(isAtRisk('40,40,40', { row_count: 1 })).toBe(true);
    expect(isAtRisk('55,55,55', { days_to_renewal: 90, row_count: 1 })).toBe(true);
    expect(isAtRisk('55,55,55', { days_to_renewal: 91, row_count: 13 })).toBe(false);
    expect(isAtRisk('55,55,55', { days_to_renewal: -1, row_count: 13 })).toBe(false);
    expect(isAtRisk('55,55,55')).toBe(true);
    // on one of the days it was 61
    expect(isAtRisk('55,55,55', { highest_text: '55,55,55 61,61,61' })).toBe(false);
    // near its renewal red by an override alone
    expect(isAtRisk('65,65,65', { days_to_renewal: 10, override_direction: 'down' })).toBe(true);
  });

  it('is nothing where too little is known', () => {
    expect(isAtRisk(',0,0')).toBe(false);
    expect(isAtRisk('0,,0', { row_count: 1 })).toBe(true);
  });

  it('follows the weights of a segment where it has its own', () => {
    const own = { ...SETTING, own: { smb: { 0: 0 } } };
    expect(accountBy(account('0,100,100'), own, RULES).score).toBe(100);
    expect(accountBy(account('0,100,100', { segment: 'enterprise' }), own, RULES).score).toBe(50);
    const cuts = { ...SETTING, ownCuts: { smb: { red: 60, yellow: 70 } } };
    expect(accountBy(account('55,55,55'), cuts, RULES).category).toBe('red');
  });
});

it('sets today beside it, the largest account that changes first', () => {
  const accounts = [
    account('100,0,0', { account_id: 'A', category: 'yellow', arr: 10 }),
    account('100,100,0', { account_id: 'B', category: 'green', arr: 20 }),
    account('100,0,0', { account_id: 'C', category: 'yellow', arr: 30, is_at_risk: true }),
    account(',,', { account_id: 'D', category: null, arr: null }),
  ];
  // 10 of the first signal: 100·10 / 60 is red, 4000 / 60 is yellow
  const found = compared(accounts, { ...SETTING, weights: [10, 30, 20] }, RULES);
  expect(found.before).toEqual({ red: 0, yellow: 2, green: 1, arrAtRisk: 30 });
  expect(found.after).toEqual({ red: 2, yellow: 1, green: 0, arrAtRisk: 40 });
  expect(found.changes.map((one: Record<string, unknown>) => [one.account_id, one.category_after])).toEqual([
    ['C', 'red'],
    ['B', 'yellow'],
    ['A', 'red'],
  ]);
});

it('counts a month end with alike accounts together', () => {
  const [month] = monthsOf([
    {
      as_of_date: '2026-05-31',
      cases_text:
        '[["smb",null,"green",3,"100,100,0"],["smb","up","yellow",1,"100,0,0"],["smb",null,null,1,",,"]]',
    },
  ]);
  expect(monthBy(month, { ...SETTING, weights: [10, 30, 20] })).toEqual({
    as_of_date: '2026-05-31',
    before: { red: 0, yellow: 1, green: 3 },
    after: { red: 0, yellow: 4, green: 0 },
  });
});

it('reads what is in force, and takes for a segment’s own what differs', () => {
  const row = (
    kind: string,
    segment: string,
    name: string,
    setting: number,
    place: number | null = null,
  ) => ({
    ...{ kind, segment, name, title: name, place, setting },
  });
  expect(
    inForceOf([
      row('cut', 'all', 'red', 40),
      row('cut', 'all', 'yellow', 70),
      row('cut', 'smb', 'red', 30),
      row('cut', 'smb', 'yellow', 60),
      row('rule', 'all', 'at_risk_score', 60),
      row('weight', 'all', 'b', 40, 2),
      row('weight', 'all', 'a', 60, 1),
      row('weight', 'smb', 'a', 60, 1),
      row('weight', 'smb', 'b', 10, 2),
    ]),
  ).toEqual({
    signals: [
      { name: 'a', title: 'a', place: 0, weight: 60 },
      { name: 'b', title: 'b', place: 1, weight: 40 },
    ],
    setting: {
      weights: [60, 40],
      own: { smb: { 1: 10 } },
      cuts: { red: 40, yellow: 70 },
      ownCuts: { smb: { red: 30, yellow: 60 } },
    },
    rules: { at_risk_score: 60 },
  });
});
