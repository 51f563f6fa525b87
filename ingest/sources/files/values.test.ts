import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileColumn } from './tables.ts';
import { readerOf } from './values.ts';

const read = (type: FileColumn['type'], text: string, timeZone = 'UTC') =>
  readerOf({ name: 'x', type }, timeZone)(text);

describe('a decimal', () => {
  it.each([
    ['1200.10', '1200.1'],
    ['+5', '5'],
    ['-.5', '-0.5'],
    ['007', '7'],
    ['5.', '5'],
    ['1.25e3', '1250'],
    ['1e-2', '0.01'],
    ['-12E-1', '-1.2'],
    ['12345678901234567890123456789.12', '12345678901234567890123456789.12'],
  ])('%s is %s', (text, value) => expect(read('decimal', text)).toBe(value));

  it.each([
    '',
    '.',
    '-',
    'e5',
    '1,200',
    '1 200',
    '$5',
    '0x10',
    'NaN',
    'Infinity',
    '1e400',
    '١',
    '1.2.3',
    '--1',
  ])('"%s" is none', (text) => expect(read('decimal', text)).toBeUndefined());

  it('is exact to the cent', () =>
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (cents) => {
        const text = `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
        const [whole, fraction = ''] = String(read('decimal', text)).split('.');
        return BigInt(`${whole}${fraction.padEnd(2, '0')}`) === cents;
      }),
    ));
});

describe('an integer', () => {
  it('may be written as a whole float', () => expect(read('integer', '10.0')).toBe(10));
  it('has no fraction and does not lose digits', () => {
    expect(read('integer', '10.5')).toBeUndefined();
    expect(read('integer', '9007199254740993')).toBeUndefined();
  });
});

describe('a day', () => {
  it('is a day of the calendar, and nothing else', () => {
    const texts = [
      '2024-02-29',
      '2023-02-29',
      '1900-02-29',
      '2000-02-29',
      '2025-13-01',
      '2025-00-10',
      '2025-04-31',
    ];
    expect(texts.filter((text) => read('date', text) !== undefined)).toEqual(['2024-02-29', '2000-02-29']);
    for (const text of ['2025-1-1', '20250101', '2025-01-01T00:00:00Z', '0000-01-01', '12/31/2024', '45678'])
      expect(read('date', text)).toBeUndefined();
  });
});

describe('an instant', () => {
  it('agrees with Date for every offset', () =>
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01Z'), max: new Date('2090-01-01Z'), noInvalidDate: true }),
        fc.integer({ min: -14 * 60, max: 14 * 60 }),
        (date, offset) => {
          const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
          const size = Math.abs(offset);
          const zone = `${offset < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
          expect(new Date(String(read('timestamp', `${local}${zone}`))).getTime()).toBe(date.getTime());
        },
      ),
    ));

  it('at a midnight that summer time skips is the first instant of its day', () => {
    expect(read('timestamp', '2018-11-04', 'America/Sao_Paulo')).toBe('2018-11-04T03:00:00Z');
  });

  it.each([
    '2025-01-01T25:00',
    '2025-02-30T10:00:00Z',
    '2025-01-01T10:61:00Z',
    '2025-01-01T10:00:00 UTC',
    'today',
    '1735689600',
  ])('is not %s', (text) => expect(read('timestamp', text)).toBeUndefined());
});

describe('a boolean', () => {
  it('is true, false, 1, 0, yes, no, t, f, y, n, on or off in any case', () => {
    expect(
      ['TRUE', 'false', '1', '0', 'Yes', 'nO', 'y', 'T', 'on', 'N', 'f', 'OFF', '2', 'maybe'].map((text) =>
        read('boolean', text),
      ),
    ).toEqual([
      ...[true, false, true, false, true, false, true, true, true, false, false, false],
      ...[undefined, undefined],
    ]);
  });
});

describe('a list', () => {
  it('is a JSON array or separated by semicolons', () => {
    expect(read('json', 'P1; P2;;')).toEqual(['P1', 'P2']);
    expect(read('json', '["P1", 12345678901234567890]')).toEqual(['P1', '12345678901234567890']);
    expect(read('json', '[]')).toEqual([]);
    expect(read('json', '["P1"')).toBeUndefined();
    expect(read('json', '[["P1"]]')).toBeUndefined();
  });
});
