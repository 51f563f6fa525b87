import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dbtTarget, shareParse } from './target.ts';

describe('what dbt keeps of the models', () => {
  let folder: string;
  let shared: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenure-target-'));
    shared = join(folder, 'shared');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const product = '/cache/1.0.0/models';
  const vars = { currency: 'EUR' };
  const target = (of = 'acme', project = product, told: object = vars, file = 'warehouse.duckdb') =>
    dbtTarget(
      { buildDirectory: join(folder, of), warehouse: { type: 'duckdb', path: join('/data', of, file) } },
      project,
      told as Record<string, unknown>,
      shared,
    );
  const parse = (of = 'acme') => join(folder, of, 'dbt', 'partial_parse.msgpack');
  /** A run of dbt, which parses what is not there and may find it out of date. */
  const run = (text = 'parsed', ...where: Parameters<typeof target>) => {
    const place = target(...where);
    writeFileSync(join(place, 'partial_parse.msgpack'), text);
    shareParse(place, shared);
  };

  it('stays while product and project lie where they lay, and the vars are the same', () => {
    expect(target()).toBe(join(folder, 'acme', 'dbt'));
    run();
    target();
    expect(existsSync(parse())).toBe(true);
  });

  const others: [string, Parameters<typeof target>][] = [
    ['the project lies elsewhere', ['acme', '/cache/1.1.0/models']],
    ['other vars are told', ['acme', product, { currency: 'USD' }]],
    ['relations have other names', ['acme', product, vars, 'other.duckdb']],
  ];
  it.each(others)('goes when %s', (_, where) => {
    run();
    target(...where);
    expect(existsSync(parse())).toBe(false);
  });

  it('goes when nobody says of what it is', () => {
    const place = target();
    writeFileSync(parse(), 'parsed');
    rmSync(join(place, 'parsed-from'));
    target();
    expect(existsSync(parse())).toBe(false);
  });

  it('is taken by another build folder of the same vars, as it was last', () => {
    run();
    target('globex');
    expect(readFileSync(parse('globex'), 'utf8')).toBe('parsed');
    utimesSync(join(shared, readdirSync(shared)[0] as string), 1, 1);
    run('parsed again');
    target('initech');
    expect(readFileSync(parse('initech'), 'utf8')).toBe('parsed again');
    target('hooli', product, {});
    expect(existsSync(parse('hooli'))).toBe(false);
  });

  it('is kept of so many vars, of those that were used last', () => {
    for (let n = 0; n < 40; n += 1) {
      run(String(n), `company-${n}`, product, { n });
      for (const name of readdirSync(shared)) {
        const file = join(shared, name);
        const at = statSync(file).mtimeMs / 1000 - 10;
        utimesSync(file, at, at);
      }
      run('first', 'first', product, { n: 'first' });
    }
    expect(readdirSync(shared).length).toBe(32);
    target('another', product, { n: 'first' });
    expect(readFileSync(parse('another'), 'utf8')).toBe('first');
    target('earliest', product, { n: 0 });
    expect(existsSync(parse('earliest'))).toBe(false);
  });
});
