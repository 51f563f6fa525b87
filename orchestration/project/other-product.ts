import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type RuleTable, ruleTablesOf } from '../config/rule-tables.ts';
import { TenureError, usage } from '../errors.ts';
import { productVersion, projectRoot } from '../project-root.ts';
import { spokenSql } from './own-models.ts';

/** What computes the numbers that rules are laid over: by another text they may be other numbers. */
const COMPUTING = ['models', 'scoring'];

/** Another version of the product, beside the one that runs. */
export interface OtherProduct {
  readonly version: string;
  /** Its tables of rules, as it ships them. */
  readonly rules: readonly RuleTable[];
  /** Files of `models/` and `scoring/` that say something else there; comments of SQL aside. */
  readonly files: {
    readonly changed: readonly string[];
    readonly added: readonly string[];
    readonly removed: readonly string[];
  };
}

/**
 * Another version of the product: of a tarball (`npm pack`), or one that npm finds by a version or a tag. It is unpacked in a
 * folder that goes again; nothing of it runs.
 *
 * @param directory the company's project, whose `.npmrc` says where npm looks
 * @throws TenureError USAGE when it is neither, or no package of Tenure; PRODUCT_UNREADABLE when it cannot be unpacked
 */
export function otherProduct(directory: string, versionOrTarball: string): OtherProduct {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-product-'));
  try {
    const product = unpack(tarballOf(directory, versionOrTarball, folder), folder);
    return { version: productVersion(product), rules: ruleTablesOf(product), files: differing(product) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a program said before it failed. */
const saidBy = (error: unknown) => {
  const { stderr, message } = error as Error & { stderr?: string };
  return stderr?.trim() || message;
};
const start = (program: string, args: readonly string[], cwd: string) =>
  execFileSync(program, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

function tarballOf(directory: string, versionOrTarball: string, folder: string): string {
  const expected =
    'Expected a version of Tenure such as 1.4.0, or the file of its package (tenure-1.4.0.tgz)';
  if (existsSync(versionOrTarball)) return resolve(versionOrTarball);
  if (!/^[\w.^~+-]+$/.test(versionOrTarball) || versionOrTarball.endsWith('.tgz'))
    throw usage(`${expected}, found no file ${versionOrTarball}.`);
  const packed = join(folder, 'packed');
  mkdirSync(packed);
  try {
    start('npm', ['pack', `tenure@${versionOrTarball}`, '--pack-destination', packed], directory);
  } catch (error) {
    throw usage(`${expected}; npm has no "${versionOrTarball}", or cannot reach it:\n${saidBy(error)}`);
  }
  return join(packed, readdirSync(packed)[0] ?? '');
}

/** Unpacks a package and gives its folder. */
function unpack(tarball: string, folder: string): string {
  const product = join(folder, 'package');
  try {
    start('tar', ['-xzf', tarball, '-C', folder], folder);
  } catch (error) {
    throw new TenureError(
      'PRODUCT_UNREADABLE',
      `Expected a package as "npm pack" writes it, got ${tarball}, which tar cannot read:\n${saidBy(error)}`,
      { exitCode: 2 },
    );
  }
  if (!existsSync(join(product, 'models', 'seeds')))
    throw usage(
      `Expected the package of Tenure, got ${tarball}, which holds no rules (package/models/seeds).`,
    );
  return product;
}

/** What the files that compute say, by their paths; tests aside. */
function computing(product: string): ReadonlyMap<string, string> {
  const paths = COMPUTING.filter((folder) => existsSync(join(product, folder))).flatMap((folder) =>
    readdirSync(join(product, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
      join(folder, name),
    ),
  );
  const counts = (path: string) =>
    /\.(sql|ts)$|dbt_project\.yml$/.test(path) &&
    !/\.(test|contract)\.ts$|fixtures|^models\/(target|tests)\//.test(path);
  return new Map(
    paths
      .filter(counts)
      .sort()
      .map((path) => {
        const text = readFileSync(join(product, path), 'utf8');
        return [path, path.endsWith('.sql') ? spokenSql(text) : text];
      }),
  );
}

function differing(product: string): OtherProduct['files'] {
  const here = computing(projectRoot);
  const there = computing(product);
  return {
    changed: [...here].filter(([path, text]) => (there.get(path) ?? text) !== text).map(([path]) => path),
    added: [...there.keys()].filter((path) => !here.has(path)),
    removed: [...here.keys()].filter((path) => !there.has(path)),
  };
}
