import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memberTexts, replaceUnreadable, stringValue } from './json-text.ts';

describe('memberTexts', () => {
  test('keeps the digits of a 64-bit integer', () => {
    expect(memberTexts('{"id": 9223372036854775807}')?.get('id')).toBe('9223372036854775807');
  });

  test('keeps the spaces, the order and the escapes of a value', () => {
    const state = '{ "b" : [1, {"}": "]\\""}],"a":1.50 }';
    expect(memberTexts(`{"type":"STATE" , "state" : ${state} }\r`)?.get('state')).toBe(state);
  });

  test('gives undefined for what is no whole object', () => {
    for (const text of [
      '',
      'hello',
      '[1]',
      '{"a":1',
      '{"a":"x}',
      '{"a"}',
      '{"a":}',
      '{"a":1} tail',
      '{a:1}',
    ]) {
      expect(memberTexts(text), text).toBeUndefined();
    }
  });

  test('cuts any object into the members JSON.parse sees', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2), (value, indent) => {
        const members = memberTexts(JSON.stringify(value, null, indent));
        const read = Object.fromEntries([...(members ?? [])].map(([name, text]) => [name, JSON.parse(text)]));
        expect(read).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

test('stringValue reads a string and nothing else', () => {
  expect(stringValue('"a\\nb"')).toBe('a\nb');
  expect([stringValue('1'), stringValue('"a'), stringValue(undefined)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

describe('replaceUnreadable', () => {
  test('replaces halves and leaves pairs and escaped backslashes', () => {
    expect(replaceUnreadable('"\\ud83d\\ude00 \\ud83d x \\ude00 \\\\ud83d \\u00e9"')).toBe(
      '"\\ud83d\\ude00 \\ufffd x \\ufffd \\\\ud83d \\u00e9"',
    );
  });

  test('gives text that is well formed once read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const text = JSON.stringify(value).replace(
          /[\u0080-\uffff]/g,
          (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
        );
        expect(JSON.parse(replaceUnreadable(text))).toBe(value.toWellFormed().replaceAll('\0', '\ufffd'));
      }),
    );
  });
});
