import { describe, expect, it } from 'vitest';
import { csvText } from './csv.ts';

describe('csvText', () => {
  it('quotes what must be, leaves null empty, and gives spreadsheets no formula', () => {
    const rows = [
      { name: 'Say "hi", Ltd', arr: 1200.5, note: null },
      { name: '=HYPERLINK("https://evil.example")', arr: -3, note: 'two\nlines' },
      { name: '-1', arr: 0, note: undefined },
    ];
    expect(csvText(['name', 'arr', 'note'], rows)).toBe(
      'name,arr,note\r\n"Say ""hi"", Ltd",1200.5,\r\n"\'=HYPERLINK(""https://evil.example"")",-3,"two\nlines"\r\n\'-1,0,\r\n',
    );
  });
});
