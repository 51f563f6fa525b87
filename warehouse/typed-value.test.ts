import { describe, expect, it } from 'vitest';
import { typedValue } from './typed-value.ts';
import type { LogicalType } from './values.ts';

const cases: Readonly<Partial<Record<LogicalType, readonly (readonly [string, unknown])[]>>> = {
  integer: [
    ['9223372036854775807', '9223372036854775807'],
    ['9223372036854775808', null],
    ['-9223372036854775808', '-9223372036854775808'],
    ['+7', '7'],
    ['5.0', '5'],
    ['1e3', '1000'],
    ['2.5', null],
    ['1e400', null],
    ['0x10', null],
    ['', null],
  ],
  number: [
    ['1e3', 1000],
    ['-.5', -0.5],
    ['NaN', null],
    ['1e400', null],
    ['0x10', null],
    ['', null],
  ],
  decimal: [
    // 38 digits, of which 9 after the point; the tenth rounds, half away from zero
    ['1234.56', '1234.560000000'],
    ['-0.0000000005', '-0.000000001'],
    ['0.0000000004', '0.000000000'],
    ['1.5e-3', '0.001500000'],
    ['2e3', '2000.000000000'],
    ['99999999999999999999999999999.999999999', '99999999999999999999999999999.999999999'],
    ['100000000000000000000000000000', null],
    ['ten', null],
  ],
  boolean: [
    ['TRUE', true],
    ['0', false],
    ['perhaps', null],
  ],
  date: [
    ['2024-02-29', '2024-02-29'],
    ['2024-2-9', '2024-02-09'],
    ['2024-02-29T10:00:00Z', '2024-02-29'],
    ['2023-02-29', null],
    ['20240229', null],
  ],
  timestamp: [
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000000Z'],
    ['2026-01-01 10:00', '2026-01-01T10:00:00.000000Z'],
    ['2026-01-01T10:00:00.1234567Z', '2026-01-01T10:00:00.123456Z'],
    ['2026-01-01T10:00:00-0330', '2026-01-01T13:30:00.000000Z'],
    ['2026-01-01T10:00:00 UTC', '2026-01-01T10:00:00.000000Z'],
    ['2026-01-01T24:00:00Z', null],
    ['2026-13-01', null],
    ['now', null],
  ],
};

describe.each(Object.entries(cases))('a value of type %s', (type, examples) => {
  it.each(examples)('reads %j as %j', (text, value) => {
    expect(typedValue(type as LogicalType, text)).toBe(value);
  });
});
