import { describe, expect, it } from 'vitest';
import type { Context } from '../context.ts';
import { calibrateVerb } from './calibrate.ts';

const context: Context = {
  signal: new AbortController().signal,
  now: () => '2026-06-30T12:00:00.000Z',
  showSoFar: () => {},
};

/** What is understood of a command line. */
function understood(...typed: string[]) {
  const command = calibrateVerb(context)
    .exitOverride()
    .action(() => {});
  command.parse(typed, { from: 'user' });
  return command.opts();
}

describe('tenure calibrate', () => {
  it('takes no option for the name of a file', () => {
    expect(understood('--worksheet', '--config', 'mine.yaml')).toMatchObject({
      worksheet: true,
      config: 'mine.yaml',
    });
    expect(understood('--write', '--worksheet', 'sheet.csv')).toMatchObject({
      write: true,
      worksheet: 'sheet.csv',
      config: 'tenure.yaml',
    });
    expect(() => understood('--config', '--worksheet')).toThrow(
      'Expected the name of a file, got the option "--worksheet".',
    );
  });
});
