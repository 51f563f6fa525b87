import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import { projectRoot } from '../../project-root.ts';

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/**
 * The folder of what dbt makes, `dbt` in the build folder. What dbt keeps there of the parsed models names the place of each
 * file: after a move or an upgrade of the product it would look where nothing is any more, so that it goes.
 *
 * @param project the folder of the dbt project that is run
 */
export function dbtTarget({ buildDirectory }: Pick<Config, 'buildDirectory'>, project: string): string {
  const target = join(buildDirectory, 'dbt');
  const stamp = join(target, 'parsed-from');
  const places = `${projectRoot}\n${project}\n`;
  mkdirSync(target, { recursive: true });
  if (read(stamp) === places) return target;
  rmSync(join(target, 'partial_parse.msgpack'), { force: true });
  writeFileSync(stamp, places);
  return target;
}
