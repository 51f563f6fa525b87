import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dbtTarget } from './target.ts';

describe('what dbt keeps of the models', () => {
  let buildDirectory: string;
  beforeEach(() => {
    buildDirectory = mkdtempSync(join(tmpdir(), 'tenure-target-'));
  });
  afterEach(() => rmSync(buildDirectory, { recursive: true }));

  /** Whether a kept parse is still there for a project, and for the product that the stamp names. */
  const isKept = (project: string) => {
    const parse = join(buildDirectory, 'dbt', 'partial_parse.msgpack');
    writeFileSync(parse, 'parsed');
    dbtTarget({ buildDirectory }, project);
    return existsSync(parse);
  };

  it('stays while product and project lie where they lay', () => {
    expect(dbtTarget({ buildDirectory }, '/acme/.build/project')).toBe(join(buildDirectory, 'dbt'));
    expect(isKept('/acme/.build/project')).toBe(true);
  });

  it('goes when the project lies elsewhere, or the product did', () => {
    dbtTarget({ buildDirectory }, '/cache/1.0.0/models');
    expect(isKept('/cache/1.1.0/models')).toBe(false);
    writeFileSync(join(buildDirectory, 'dbt', 'parsed-from'), '/cache/1.0.0\n/acme/.build/project\n');
    expect(isKept('/acme/.build/project')).toBe(false);
  });

  it('goes when nobody says where it was made', () => {
    dbtTarget({ buildDirectory }, '/acme/.build/project');
    rmSync(join(buildDirectory, 'dbt', 'parsed-from'));
    expect(isKept('/acme/.build/project')).toBe(false);
  });
});
