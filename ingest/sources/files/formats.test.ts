import { describe, expect, it } from 'vitest';
import {
  currencyIn,
  type Formats,
  isBlankWord,
  markOf,
  monthsIn,
  orderOf,
  plainDay,
  plainNumber,
  timesAYear,
} from './formats.ts';

describe('a number as people write it', () => {
  it.each<[string, string, Formats?]>([
    ['$106,000.00', '106000.00'],
    ['106.000,00 €', '106000.00'],
    ['EUR 1.200,5', '1200.5'],
    ['US$ 5', '5'],
    ['12 EUR', '12'],
    ["CHF 1'200.00", '1200.00'],
    ['1 200,50', '1200.50'],
    ['1\u00a0200\u00a0000,50\u00a0€', '1200000.50'],
    ['($1,200.00)', '-1200.00'],
    ['$(1,200.00)', '-1200.00'],
    ['(1,200)', '-1200', { decimals: 'point' }],
    ['€ -5,00', '-5.00'],
    ['5-', '-5'],
    ['−5', '-5'],
    ['1.200', '1200', { decimals: 'comma' }],
    ['1.200', '1.200', { decimals: 'point' }],
    ['1,200', '1.200', { decimals: 'comma' }],
    ['120k', '120e3'],
    ['$1.2M', '1.2e6'],
    ['1,5 Mio €', '1.5e6'],
    ['$5', '5'],
    ['R$ 5', '5', { signs: { R$: 'BRL' } }],
  ])('%s is %s', (text, plain, formats = {}) => expect(plainNumber(text, formats)).toBe(plain));

  it.each<[string, Formats?]>([
    ['1,200'], // either
    ['1.200'],
    ['1.200,50', { decimals: 'point' }],
    ['1,200.50', { decimals: 'comma' }],
    ['1,20,000', { decimals: 'point' }],
    ['1.2.3'],
    ['12 %'],
    ['12 apples'],
    ['R$ 5'],
    ['$'],
    [''],
    ['abc'],
    ['3/4'],
    ['2026-01-01'],
  ])('%s is none', (text, formats = {}) => expect(plainNumber(text, formats)).toBeUndefined());

  it('says which mark stands before its decimals, where it shows', () => {
    expect(
      ['1,200.50', '1.200,50', '1.200.000', '1,200,000', '12,5', '12.5', '12', '1,200', '1.200'].map(markOf),
    ).toEqual([
      ...['point', 'comma', 'comma', 'point', 'comma', 'point', 'point'],
      ...[undefined, undefined],
    ]);
  });

  it('says its currency', () => {
    expect(
      ['$5', '5 €', 'EUR 5', '5 usd', '(£5)', 'A$ 5', '5k €', '5', '5 apples'].map((text) =>
        currencyIn(text),
      ),
    ).toEqual([...['USD', 'EUR', 'EUR', 'USD', 'GBP', 'AUD', 'EUR'], ...[undefined, undefined]]);
    expect(currencyIn('$5', { signs: { $: 'CAD' } })).toBe('CAD');
  });
});

describe('a day as people write it', () => {
  it.each<[string, string, Formats?]>([
    ['3/31/2026', '2026-03-31'],
    ['31/03/2026', '2026-03-31'],
    ['31.03.2026', '2026-03-31'],
    ['04.03.2026', '2026-03-04'],
    ['3/3/2026', '2026-03-03'],
    ['3/4/2026', '2026-03-04', { dates: 'month_first' }],
    ['3/4/2026', '2026-04-03', { dates: 'day_first' }],
    ['3/4/26', '2026-04-03', { dates: 'day_first' }],
    ['3/4/99', '1999-04-03', { dates: 'day_first' }],
    ['2026/03/31', '2026-03-31'],
    ['2026-03-31', '2026-03-31'],
    ['31-Mar-26', '2026-03-31'],
    ['Mar 31, 2026', '2026-03-31'],
    ['March 31st 2026', '2026-03-31'],
    ['31. März 2026', '2026-03-31'],
    ['31 de marzo de 2026', '2026-03-31'],
    ['Tue 3/31/2026', '2026-03-31'],
    ['2026-01-01 00:00:00', '2026-01-01T00:00:00'],
    ['3/31/2026 2:05 PM', '2026-03-31T14:05:00'],
    ['3/31/2026, 12:00:01 AM', '2026-03-31T00:00:01'],
    ['31.03.2026 14:05 UTC', '2026-03-31T14:05:00Z'],
    ['2026-03-31T10:00:00+02:00', '2026-03-31T10:00:00+02:00'],
  ])('%s is %s', (text, plain, formats = {}) => expect(plainDay(text, formats)).toBe(plain));

  it.each<[string, Formats?]>([
    ['3/4/2026'], // either
    ['31/03/2026', { dates: 'month_first' }],
    ['3/31/2026', { dates: 'day_first' }],
    ['32.01.2026'],
    ['1.13.2026'],
    ['soon'],
    ['31 Foo 2026'],
    ['45678'],
    ['1/2/3'],
    ['3/31/2026 13:05 PM'],
    ['Q1 2026'],
  ])('%s is none', (text, formats = {}) => expect(plainDay(text, formats)).toBeUndefined());

  it('says which comes first, where it shows', () => {
    expect(
      ['3/31/2026', '31/3/2026', '3/4/2026', '3/3/2026', '04.03.2026', '2026-03-04', 'Mar 4'].map(orderOf),
    ).toEqual([...['month_first', 'day_first', 'either', undefined, 'day_first'], ...[undefined, undefined]]);
  });
});

it('a term is a number of months, a number and its unit, or a period', () => {
  const terms = [
    '12',
    '12.0',
    '24 months',
    '24 month(s)',
    '2 years',
    'annual',
    '1 Jahr',
    '36 Monate',
    'quarterly',
    'monthly',
  ];
  expect(terms.map(monthsIn)).toEqual([12, 12, 24, 24, 24, 12, 12, 36, 3, 1]);
  expect(['', 'month', '0', '999', '1.5', 'weekly', 'long', '-12'].map(monthsIn)).toEqual(
    Array(8).fill(undefined),
  );
});

it('a period has a number of times a year', () => {
  expect(['Month', 'YEAR', 'week', 'quarterly', 'jährlich', '12'].map(timesAYear)).toEqual([
    12,
    1,
    52,
    4,
    1,
    undefined,
  ]);
});

it('a cell may say that it has no value; what is not known is no such thing', () => {
  expect(['-', 'N/A', '#N/A', 'null', 'TBD', 'unknown', '0', '?'].map(isBlankWord)).toEqual([
    ...[true, true, true, true],
    ...[false, false, false, false],
  ]);
});
