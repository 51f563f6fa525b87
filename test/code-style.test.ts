import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../orchestration/project-root.ts';

const run = (program: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(join(projectRoot, 'node_modules', '.bin', program), args, {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  return { status, output: status === 0 ? '' : `${stdout}${stderr}`.slice(-4000) };
};

it('the types hold', () => {
  expect(run('tsc', '--noEmit')).toEqual({ status: 0, output: '' });
});

it('the code is formatted and linted', () => {
  expect(run('biome', 'check', '.')).toEqual({ status: 0, output: '' });
});
