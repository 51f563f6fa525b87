import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectRoot } from '../orchestration/project-root.ts';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');

it('the walk through the checklist names tests that are there', () => {
  const walk = read('docs/checklist-walk.md');
  const unitTests = globSync('models/**/*.yml', { cwd: projectRoot }).flatMap((path) => {
    const { unit_tests = [] } = parse(read(path)) as { unit_tests?: { name: string }[] };
    return unit_tests.map(({ name }) => name);
  });
  const named = [...walk.matchAll(/\*([a-z0-9]+(?:_[a-z0-9]+)+)\*/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !unitTests.includes(String(name)))).toEqual([]);
  const files = [...walk.matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, path]) => String(path));
  expect(files.length).toBeGreaterThan(10);
  expect(files.filter((path) => !existsSync(join(projectRoot, path)))).toEqual([]);
});
