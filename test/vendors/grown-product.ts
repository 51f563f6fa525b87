import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { projectRoot } from '../../orchestration/project-root.ts';

/** What the product is made of; the rest is for those who work on it. */
const PRODUCT = ['ingest', 'models', 'orchestration', 'scoring', 'warehouse', 'package.json'];

/** A line that a file of the product gets, before the only place with the text given. */
export interface AddedLine {
  readonly file: string;
  readonly before: string;
  readonly line: string;
}

/** A source of the files of a fixture. */
export const bookOf = (fixture: string) => ({
  name: 'book',
  kind: 'files',
  connector: {
    builtin: 'files',
    config: { path: join(projectRoot, 'test', 'fixtures', fixture) },
  },
});

/** A copy of the product that has grown: with the files of a fixture, and lines in files that were there. */
export interface GrownProduct {
  readonly folder: string;
  /** Runs a verb on the configuration in the folder, and gives its JSON. */
  tenure(...args: readonly string[]): Promise<unknown>;
}

/** Makes the copy in a new folder, with the configuration given. Throws where a text is not there just once. */
export function growProduct(
  fixture: string,
  lines: readonly AddedLine[],
  asOfDate: string,
  configuration: (folder: string) => object,
  env: Readonly<Record<string, string>> = {},
): GrownProduct {
  // below the project, so that Node finds its packages
  const cache = join(projectRoot, '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, `${fixture}-`));
  const product = join(folder, 'product');
  for (const part of PRODUCT)
    cpSync(join(projectRoot, part), join(product, part), {
      recursive: true,
      filter: (path) => !/\/(target|logs|node_modules|__pycache__)$/.test(path),
    });
  for (const part of ['node_modules', '.venv'])
    symlinkSync(join(projectRoot, part), join(product, part), 'junction');
  cpSync(join(projectRoot, 'test', 'fixtures', fixture), product, { recursive: true });
  for (const { file, before, line } of lines) {
    const text = readFileSync(join(product, file), 'utf8');
    const places = text.split(before).length - 1;
    if (places !== 1) throw new Error(`Expected "${before}" once in ${file}, found it ${places} times`);
    writeFileSync(join(product, file), text.replace(before, line + before));
  }
  const config = join(folder, 'tenure.yaml');
  writeFileSync(config, stringify(configuration(folder)));
  return {
    folder,
    async tenure(...args) {
      const program = join(product, 'orchestration', 'cli', 'program.ts');
      const ended = promisify(execFile)(
        process.execPath,
        [program, ...args, '--config', config, '--as-of', asOfDate, '--json'],
        { maxBuffer: 1e8, env: { ...process.env, ...env } },
      );
      const { stdout } = await ended.catch((error) => {
        if (error.code === 3) return error as { stdout: string }; // it found something
        throw error;
      });
      return JSON.parse(stdout);
    },
  };
}
