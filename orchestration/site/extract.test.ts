import { expect, it } from 'vitest';
import { shownDays } from './extract.ts';

it('shows each of the last 90 days and before them one a week, counted from the last', () => {
  const days = shownDays('2026-03-01', '2026-06-30'); // 122 days
  expect(days.slice(0, 2)).toEqual(['2026-06-30', '2026-06-29']);
  // 89 days back is 2 April; the next multiples of 7 are 91 (31 March), 98, 105, 112 and 119 (3 March).
  expect(days.slice(89)).toEqual([
    '2026-04-02',
    '2026-03-31',
    '2026-03-24',
    '2026-03-17',
    '2026-03-10',
    '2026-03-03',
  ]);
  expect(shownDays('2026-06-30', '2026-06-30')).toEqual(['2026-06-30']);
  expect(shownDays('9999-12-31', '0001-01-01')).toEqual([]);
});
