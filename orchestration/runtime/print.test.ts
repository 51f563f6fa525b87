import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText, oneLine, printable, table } from './print.ts';

/** What a terminal obeys: C0 but tab and newline, DEL, C1, and Unicode's bidirectional controls. */
const isObeyed = (code: number) =>
  (code < 0x20 && code !== 0x09 && code !== 0x0a) ||
  (code >= 0x7f && code <= 0x9f) ||
  [0x61c, 0x200e, 0x200f].includes(code) ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069);

const reachTerminal = (text: string) => [...text].filter((each) => isObeyed(each.codePointAt(0) ?? 0));
const anyText = () => fc.string({ unit: 'binary' });
const EVIL = 'a\u001b[31mred\u009b2J\u0007\u202egnp.exe\r\u0000';

describe('printable', () => {
  it('shows control characters instead of handing them on', () => {
    expect(printable(EVIL)).toBe('a\\u001b[31mred\\u009b2J\\u0007\\u202egnp.exe\\u000d\\u0000');
    expect(printable('Müller & Söhne\n\t日本 👍')).toBe('Müller & Söhne\n\t日本 👍');
  });

  it('leaves nothing that a terminal obeys, whatever the text', () => {
    fc.assert(fc.property(anyText(), (text) => reachTerminal(printable(text)).length === 0));
  });
});

describe('a table', () => {
  it('keeps each row in its line and shows what its values and names hold', () => {
    const shown = table(['na\u001bme', 'n'], [{ 'na\u001bme': `x\n(1 row)\u001b]0;title\u0007`, n: 1 }]);
    expect(shown.split('\n')).toHaveLength(3);
    expect(reachTerminal(shown)).toEqual([]);
    expect(shown).toContain('x\\n(1 row)\\u001b]0;title\\u0007');
  });

  it('has a line a row, whatever the values', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ value: anyText() })), (rows) => {
        expect(table(['value'], rows).split('\n')).toHaveLength(rows.length + 2);
      }),
    );
  });
});

describe('JSON text', () => {
  it('reads as the value and holds no control character', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(anyText(), anyText())), (value) => {
        const text = jsonText(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(reachTerminal(text)).toEqual([]);
      }),
    );
  });
});

it('puts a value in one line', () => {
  expect(oneLine('a\nb\tc')).toBe('a\\nb\\tc');
});
