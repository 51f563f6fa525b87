import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../project-root.ts';

const { DAY_MS, markUsed, removeUnused, UNUSED_DAYS } = (await import(
  pathToFileURL(join(projectRoot, 'orchestration', 'set-up', 'unused-copies.mjs')).href
)) as {
  DAY_MS: number;
  UNUSED_DAYS: number;
  markUsed: (copy: string, now?: Date) => void;
  removeUnused: (cache: string, inUse: string) => string[];
};

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'tenure-cache-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

/** A copy of the product in an environment, last used so many days ago; without a mark where none is known. */
function copy(environment: string, product: string, daysAgo?: number): string {
  const folder = join(cache, environment, product);
  mkdirSync(join(folder, '.package'), { recursive: true });
  mkdirSync(join(cache, environment, 'node_modules', 'some-package'), { recursive: true });
  writeFileSync(join(folder, '.package', 'keys.json'), JSON.stringify({ environment, product }));
  writeFileSync(join(cache, environment, 'package.json'), '{ "name": "tenure-environment" }');
  if (daysAgo !== undefined) markUsed(folder, new Date(Date.now() - daysAgo * DAY_MS));
  return folder;
}

describe('copies of the product', () => {
  it('go when nothing has used them for 90 days', () => {
    const old = copy('env', '1.0.0-a', UNUSED_DAYS + 1);
    const recent = copy('env', '1.1.0-b', UNUSED_DAYS - 1);
    const now = copy('env', '1.2.0-c', 0);
    expect(removeUnused(cache, now)).toEqual([old]);
    expect([old, recent, now].map(existsSync)).toEqual([false, true, true]);
    expect(existsSync(join(cache, 'env', 'node_modules'))).toBe(true);
  });

  it('stay while one runs, which marks its copy each day, and when it is the one that asks', () => {
    const running = copy('env', '1.0.0-a', UNUSED_DAYS + 1);
    const asking = copy('env', '1.1.0-b', UNUSED_DAYS + 1);
    markUsed(running);
    expect(removeUnused(cache, asking)).toEqual([]);
  });

  it('stay without a mark, as an older Tenure leaves them, and when they are nothing of Tenure', () => {
    copy('env', '1.0.0-a');
    const other = join(cache, 'somebody', 'elses');
    mkdirSync(other, { recursive: true });
    markUsed(other, new Date(0));
    const moved = copy('env', '1.1.0-b', UNUSED_DAYS + 1);
    writeFileSync(join(moved, '.package', 'keys.json'), '{ "environment": "env", "product": "another" }');
    const unreadable = copy('env', '1.2.0-c', UNUSED_DAYS + 1);
    writeFileSync(join(unreadable, '.package', 'keys.json'), 'no JSON');
    expect(removeUnused(cache, join(cache, 'env', '2.0.0-d'))).toEqual([]);
    expect([other, moved, unreadable].map(existsSync)).toEqual([true, true, true]);
  });

  it('take their environment with them when they were the last, and nobody sets it up', () => {
    copy('old', '1.0.0-a', UNUSED_DAYS + 2);
    copy('old', '1.0.1-b', UNUSED_DAYS + 1);
    const going = copy('busy', '1.0.0-a', UNUSED_DAYS + 1);
    writeFileSync(join(cache, 'busy', '.setting-up'), String(process.pid));
    const unmarked = copy('held', '1.0.0-a');
    const beside = copy('held', '1.0.1-b', UNUSED_DAYS + 1);
    const now = copy('new', '2.0.0-c', 0);
    expect(removeUnused(cache, now).sort()).toEqual([going, beside, join(cache, 'old')].sort());
    expect(
      [join(cache, 'old'), join(cache, 'busy', 'node_modules'), unmarked, now].map((path) =>
        existsSync(path),
      ),
    ).toEqual([false, true, true, true]);
  });

  it('go at the next time when a removal was killed', () => {
    const half = copy('env', '1.0.0-a.unused');
    rmSync(join(half, '.package'), { recursive: true });
    const environment = join(cache, '0123456789ab.unused');
    mkdirSync(join(environment, 'node_modules'), { recursive: true });
    const others = [join(cache, 'somebody', 'b.unused'), join(cache, 'notes.unused')];
    for (const folder of others) mkdirSync(folder, { recursive: true });
    const now = copy('env', '2.0.0-c', 0);
    expect(removeUnused(cache, now)).toEqual([environment, half]);
    expect(others.map((folder) => existsSync(folder))).toEqual([true, true]);
  });

  it('are none where there is no cache', () => {
    expect(removeUnused(join(cache, 'none'), 'anything')).toEqual([]);
  });
});
