import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { projectRoot } from '../project-root.ts';

const { compared, csvOf, grouped, toneOf, written } = await import(
  pathToFileURL(join(projectRoot, 'reports/components/format.js')).href
);

it.each([
  [5676585.47, 'money', '5,676,585'],
  [-8253.72, 'money change', '−8,254'],
  [701130.15, 'money change', '+701,130'],
  [-0.2, 'whole points', '0'],
  [-0.04, 'points', '0.0'],
  [0.9034, 'percent', '90.3 %'],
  [0.0343, 'percent change', '+3.4 points'],
  [new Date('2026-11-29'), 'date', '29 Nov 2026'],
  ['2026-11-01', 'month', 'Nov 2026'],
  [false, 'yes or no', 'no'],
  [0, 'money', '0'],
  [12n, 'count', '12'],
  ['a name', undefined, 'a name'],
])('writes %s as %s: %s', (value, as, text) => {
  expect(written(value, as)).toBe(text);
});

it.each([null, undefined, Number.NaN, ''])('writes what is unknown (%s) as a dash, never 0', (value) => {
  expect(written(value, 'money')).toBe('–');
});

it('sorts what is unknown last, upwards and downwards', () => {
  const values = [2, null, 10, undefined, 1];
  expect([...values].sort((a, b) => compared(a, b, true))).toEqual([1, 2, 10, null, undefined]);
  expect([...values].sort((a, b) => compared(a, b, false))).toEqual([10, 2, 1, null, undefined]);
  expect(['b', 'A', 'c'].sort((a, b) => compared(a, b, true))).toEqual(['A', 'b', 'c']);
});

it('writes no formula into a CSV, and leaves empty what is unknown', () => {
  const rows = [
    { name: '=HYPERLINK("http://evil.test")', arr: -12.5 },
    { name: 'Ash, Birch', arr: null },
    { name: '@SUM(A1)', arr: 3 },
  ];
  expect(csvOf(rows, [{ id: 'name', title: 'Account' }, { id: 'arr' }]).split('\r\n')).toEqual([
    'Account,arr',
    `"'=HYPERLINK(""http://evil.test"")",-12.5`,
    '"Ash, Birch",',
    "'@SUM(A1),3",
  ]);
});

it('adds up by columns, in the order of the rows', () => {
  const rows = [
    { month: '2026-11', risk: 'At risk', arr: 5 },
    { month: '2026-12', risk: 'Expected', arr: 1 },
    { month: '2026-11', risk: 'At risk', arr: 2 },
    { month: '2026-11', risk: 'Expected', arr: null },
  ];
  expect(grouped(rows, ['month', 'risk'], 'arr')).toEqual([
    { month: '2026-11', risk: 'At risk', arr: 7 },
    { month: '2026-12', risk: 'Expected', arr: 1 },
    { month: '2026-11', risk: 'Expected', arr: 0 },
  ]);
});

it('colours words, and only those that it knows', () => {
  expect([toneOf('Overdue'), toneOf('Green'), toneOf('constructor')]).toEqual(['bad', 'good', 'none']);
});
