import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../project-root.ts';
import { asTyped, VERBS } from './as-typed.ts';

describe('commands in a text', () => {
  const text = 'Run "tenure sync crm", then tenure run. tenure --help tells more; npx tenure doctor too.';
  const byNpx =
    'Run "npx tenure sync crm", then npx tenure run. npx tenure --help tells more; npx tenure doctor too.';

  it('are as a user of npx types them, or one whose script of npm runs Tenure', () => {
    for (const script of ["'tenure'", '"tenure"', 'tenure', 'tenure run --apply'])
      expect(asTyped(text, script)).toBe(byNpx);
  });

  it('stay where a shell knows the command', () => {
    for (const script of [undefined, 'node orchestration/tenure.mjs demo', 'vitest run', 'tenures'])
      expect(asTyped(text, script)).toBe(text);
  });

  it('are no words that only look like one', () => {
    for (const same of [
      'the champion has a tenure of two years',
      'see tenure.yaml and ./tenure run',
      'cd acme-tenure build',
    ])
      expect(asTyped(same, 'tenure')).toBe(same);
  });

  it('are all verbs of the command line', () => {
    const program = join(projectRoot, 'orchestration', 'cli', 'program.ts');
    const help = execFileSync(process.execPath, [program, '--help'], { encoding: 'utf8' });
    const [, list = ''] = help.split('Commands:\n');
    const verbs = list.split('\n').flatMap((line) => /^ {2}(\w+)/.exec(line)?.[1] ?? []);
    expect(verbs.filter((verb) => verb !== 'help').toSorted()).toEqual(VERBS.toSorted());
  });
});
