import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { projectRoot } from '../project-root.ts';
import { otherProduct } from './other-product.ts';

let folder: string;
const other = () => join(folder, 'package');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-other-'));
  for (const part of ['models', 'scoring'])
    cpSync(join(projectRoot, part), join(other(), part), { recursive: true });
  writeFileSync(join(other(), 'package.json'), '{ "name": "tenure", "version": "99.0.0" }');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function change(file: string, to: (text: string) => string): void {
  const text = readFileSync(join(other(), file), 'utf8');
  expect(to(text)).not.toBe(text);
  writeFileSync(join(other(), file), to(text));
}
function pack(): string {
  execFileSync('tar', ['-czf', 'other.tgz', 'package'], { cwd: folder });
  return join(folder, 'other.tgz');
}
const LOGINS = 'models/intermediate/signals/int_signals__login_frequency.sql';

describe('another version of the product', () => {
  it('is its version and its own rules', () => {
    change('models/seeds/category_cuts.csv', (text) => text.replace(',red,40,', ',red,41,'));
    const { version, rules, files } = otherProduct(folder, pack());
    const cuts = rules.find(({ name }) => name === 'category_cuts');
    expect({ version, red: cuts?.rows[0]?.max_score, files }).toEqual({
      version: '99.0.0',
      red: '41',
      files: { changed: [], added: [], removed: [] },
    });
  });

  it('names the files that compute otherwise, whatever their comments say', () => {
    change(LOGINS, (text) => text.replace('as from_date', 'as from_day'));
    change(
      'models/intermediate/signals/int_signals__qbr_attendance.sql',
      (text) => `-- A word more.\n${text}`,
    );
    change('scoring/calendar.ts', (text) => `${text}\nexport const more = 1;\n`);
    change('scoring/calendar.test.ts', (text) => `${text}\n`);
    writeFileSync(join(other(), 'models/marts/fct_more.sql'), 'select 1 as one');
    rmSync(join(other(), 'models/intermediate/signals/int_signals__escalations.sql'));
    expect(otherProduct(folder, pack()).files).toEqual({
      changed: [LOGINS, 'scoring/calendar.ts'],
      added: ['models/marts/fct_more.sql'],
      removed: ['models/intermediate/signals/int_signals__escalations.sql'],
    });
  });

  it('is fetched by npm, from where the project’s own settings say', () => {
    pack();
    mkdirSync(join(folder, 'bin'));
    writeFileSync(
      join(folder, 'bin', 'npm'),
      '#!/bin/sh\nif [ "$1 $2 $3" != "pack tenure@99.0.0 --pack-destination" ]; then echo "404: no $2" >&2; exit 1; fi\ncp other.tgz "$4/tenure-99.0.0.tgz"\n',
      { mode: 0o755 },
    );
    vi.stubEnv('PATH', `${join(folder, 'bin')}${delimiter}${process.env.PATH}`);
    expect(otherProduct(folder, '99.0.0').version).toBe('99.0.0');
    expect(() => otherProduct(folder, '98.0.0')).toThrow(/npm has no "98\.0\.0".*404: no tenure@98\.0\.0/s);
  });

  it('is refused when it is no package, no version, or somebody else’s', () => {
    const expected = (given: string, why: RegExp) => {
      expect(() => otherProduct(folder, given)).toThrow(why);
      expect(() => otherProduct(folder, given)).toThrow(expect.objectContaining({ exitCode: 2 }));
    };
    expected(
      join(folder, 'none.tgz'),
      /Expected a version of Tenure such as 1\.4\.0.*found no file .*none\.tgz/,
    );
    expected('none.tgz', /found no file none\.tgz/);
    expected(join(other(), 'package.json'), /which tar cannot read/);
    rmSync(join(other(), 'models'), { recursive: true });
    expected(pack(), /Expected the package of Tenure, got .*other\.tgz/);
  });
});
