import { describe, expect, it } from 'vitest';
import { readArguments } from './passed-on.ts';

describe('what is passed on to dbt', () => {
  it('is every argument as it is, but the vars, which go with those of Tenure', () => {
    const args = [
      '--quiet',
      'ls',
      '--vars',
      '{shadow_signals: [nps]}',
      '--select',
      '+fct_alerts',
      '--vars=currency: EUR',
    ];
    expect(readArguments(args)).toEqual({
      command: 'ls',
      writes: false,
      rest: ['--quiet', 'ls', '--select', '+fct_alerts'],
      vars: { shadow_signals: ['nps'], currency: 'EUR' },
    });
  });

  it.each(['build', 'run', 'seed', 'test', 'run-operation'])('writes with %s', (command) => {
    expect(readArguments([command]).writes).toBe(true);
  });

  it.each(['ls', 'compile', 'docs', 'show', 'parse'])('only reads with %s', (command) => {
    expect(readArguments([command]).writes).toBe(false);
  });

  it('is a question to dbt itself without a command', () => {
    expect(readArguments(['--version'])).toMatchObject({ command: undefined, rest: ['--version'] });
  });

  it.each([
    [['build', '--empty'], 'without a row'],
    [['run', '--sample=3 days'], 'from a part of its rows'],
    [['clone', '--state', 'x'], 'tenure migrate'],
    [['clean'], 'product’s own folder'],
    [['run', '--project-dir=elsewhere'], 'Tenure gives it'],
    [['run', '-t', 'bigquery'], 'the warehouse of tenure.yaml'],
    [['run', '--vars', '{raw_tables: {}}'], 'it would empty the history'],
    [['run', '--vars', '[1]'], 'got "[1]"'],
    [['run', '--vars'], 'got ""'],
    [['run', '--vars', '{a: '], 'got "{a: "'],
    [['hurry'], 'Expected a command of dbt (build, compile, debug,'],
  ])('is refused: %j', (args, why) => {
    expect(() => readArguments(args)).toThrow(
      expect.objectContaining({ code: 'USAGE', exitCode: 2, message: expect.stringContaining(why) }),
    );
  });
});
