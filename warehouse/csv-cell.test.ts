import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvCell } from './csv-cell.ts';

it.each([
  ['plain', 'plain'],
  ['', ''],
  ['Say "hi", Ltd', '"Say ""hi"", Ltd"'],
  ['two\nlines', '"two\nlines"'],
  ['a\rb', '"a\rb"'],
])('writes %j as %s', (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});

it('is read back as it was, whatever stands in it', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('"', '""', ',', '\n', '\r\n', '\r', ' x '));
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (cells) => {
      const line = `${['first', ...cells].map(csvCell).join(',')}\n`;
      expect(parse(line, { record_delimiter: '\n' })).toEqual([['first', ...cells]]);
    }),
  );
});
