import { createHash } from 'node:crypto';
import {
  constants,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { databaseOf } from '../../../warehouse/index.ts';
import type { Config } from '../../config/schema.ts';
import { environmentRoot, projectRoot } from '../../project-root.ts';

/** Parses of other build folders, so that the first run in a new one need not read all models again; 6 MB each. */
const SHARED = join(environmentRoot, '.cache', 'parsed');
const SHARED_AT_MOST = 32;
const PARSE = 'partial_parse.msgpack';

function orUndefined<Value>(get: () => Value): Value | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}

const wasCopied = (from: string, to: string) =>
  orUndefined(() => copyFileSync(from, to, constants.COPYFILE_FICLONE) ?? true) ?? false;

/** What tells parses apart that dbt would not take for each other: the places of the files, the vars, the relations' names. */
function keyOf(
  { warehouse }: Pick<Config, 'warehouse'>,
  project: string,
  vars: Readonly<Record<string, unknown>>,
): string {
  const { file } = databaseOf(warehouse);
  const named = { ...warehouse, ...(file && { path: basename(file) }), emulator: undefined };
  const text = JSON.stringify([projectRoot, project, named, vars]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/**
 * The folder of what dbt makes, `dbt` in the build folder, with what dbt keeps there of the parsed models. That holds for one
 * place of the product and its vars: for others it goes, and what another build folder had of the same is taken. Whether
 * it is still true, dbt asks itself, by the digest of each file.
 *
 * @param project the folder of the dbt project that is run
 */
export function dbtTarget(
  config: Pick<Config, 'buildDirectory' | 'warehouse'>,
  project: string,
  vars: Readonly<Record<string, unknown>>,
  shared = SHARED,
): string {
  const target = join(config.buildDirectory, 'dbt');
  const stamp = join(target, 'parsed-from');
  const key = keyOf(config, project, vars);
  mkdirSync(target, { recursive: true });
  if (orUndefined(() => readFileSync(stamp, 'utf8')) === key) return target;
  rmSync(join(target, PARSE), { force: true });
  wasCopied(join(shared, key), join(target, PARSE));
  writeFileSync(stamp, key);
  return target;
}

/**
 * Lets other build folders have the parse of a target that was run; one that was taken from there counts as used anew. Where
 * it cannot be written, they do without.
 */
export function shareParse(target: string, shared = SHARED): void {
  const parse = join(target, PARSE);
  const key = orUndefined(() => readFileSync(join(target, 'parsed-from'), 'utf8'));
  const writtenAt = (file: string) => orUndefined(() => statSync(file).mtimeMs) ?? 0;
  if (key === undefined || writtenAt(parse) <= writtenAt(join(shared, key))) return;
  orUndefined(() => {
    mkdirSync(shared, { recursive: true });
    // Another process may read it meanwhile.
    const written = join(shared, `.${key}.${process.pid}`);
    if (wasCopied(parse, written)) renameSync(written, join(shared, key));
    const oldestLast = readdirSync(shared)
      .map((name) => join(shared, name))
      .sort((one, other) => writtenAt(other) - writtenAt(one));
    for (const file of oldestLast.slice(SHARED_AT_MOST)) rmSync(file, { force: true });
  });
}
