import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../project-root.ts';
import { dbtProject } from './lay-out.ts';

describe('a project beside the product', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tenure-project-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const project = () => dbtProject({ directory, buildDirectory: join(directory, '.build') });

  it('is the product itself while no rule differs', () => {
    expect(project()).toBe(join(projectRoot, 'models'));
  });

  it('holds the tables that differ, and leads to the product in all else', () => {
    mkdirSync(join(directory, 'rules'));
    const write = (text: string) => writeFileSync(join(directory, 'rules', 'category_cuts.csv'), text);
    write('segment,category,max_score\n,red,33\n');
    const folder = project();
    expect(readFileSync(join(folder, 'seeds', 'category_cuts.csv'), 'utf8')).toContain(',red,33,');
    expect(lstatSync(join(folder, 'seeds', 'segments.csv')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'seeds', 'segments.csv'), 'utf8')).toContain('enterprise');
    expect(lstatSync(join(folder, 'marts')).isSymbolicLink()).toBe(true);
    write('segment,category,max_score\n,red,34\n');
    expect(readFileSync(join(project(), 'seeds', 'category_cuts.csv'), 'utf8')).toContain(',red,34,');
    expect(readFileSync(join(projectRoot, 'models', 'seeds', 'category_cuts.csv'), 'utf8')).toContain(
      ',red,40,',
    );
  });
});
