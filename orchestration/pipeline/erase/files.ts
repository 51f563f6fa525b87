import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../../config/schema.ts';
import { isDistinct, namePattern, patternOf, standingIn, type Terms } from './terms.ts';

/** A file in which a person is found, how often, and whether it is made anew from the warehouse and so taken away whole. */
export interface FoundFile {
  readonly path: string;
  readonly count: number;
}

/** Folders with what Tenure keeps in files: logs, what dbt ran, states of connectors, outboxes. */
const foldersOf = ({ buildDirectory, workDirectory, channels }: Config): string[] => [
  buildDirectory,
  workDirectory,
  ...channels.flatMap((channel) => (channel.kind === 'file' ? [channel.path] : [])),
];

/** What is built from the warehouse and holds its rows packed, so that no search finds them: taken away, and built again. */
export const builtFiles = ({ buildDirectory }: Config): string[] =>
  ['site', 'pages.duckdb'].map((name) => join(buildDirectory, name)).filter((path) => existsSync(path));

const MOST_BYTES = 256 * 2 ** 20;

async function* filesOf(folder: string, built: readonly string[]): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    if (built.includes(path)) continue;
    if (entry.isDirectory()) yield* filesOf(path, built);
    else if (entry.isFile()) yield path; // links lead to the product
  }
}

/** Names as whole words, for JavaScript. */
const namesOf = (terms: Terms): RegExp | undefined => {
  const names = namePattern(terms)?.replace('(?i)', '').replaceAll('\\pL', '\\p{L}').replaceAll('\\-', '-');
  return names === undefined ? undefined : new RegExp(names, 'giu');
};

const patternsOf = (terms: Terms): RegExp[] => {
  const distinct = { ...terms, ids: terms.ids.filter(isDistinct) };
  const found = patternOf(distinct, { column: '' })?.replaceAll('(?i:', '(?:');
  const names = namesOf(terms);
  return [...(found === undefined ? [] : [new RegExp(found, 'gi')]), ...(names === undefined ? [] : [names])];
};

/** The files in which a person stands. Names count only beside the account, as in tables. */
export async function findInFiles(config: Config, terms: Terms): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const distinct = [...terms.ids.filter(isDistinct), ...terms.emails];
  for (const path of await allFiles(config)) {
    const text = (await readFile(path).catch(() => Buffer.alloc(0))).toString('utf8');
    const isBeside = terms.accounts.some((account) => text.includes(account));
    const names = isBeside ? text.matchAll(namesOf(terms) ?? /$^/g) : [];
    const count = standingIn(text, distinct) + [...names].length;
    if (count > 0) found.push({ path, count });
  }
  return found;
}

async function allFiles(config: Config): Promise<string[]> {
  const built = builtFiles(config);
  const paths: string[] = [];
  for (const folder of foldersOf(config))
    for await (const path of filesOf(folder, built))
      if ((await lstat(path)).size <= MOST_BYTES) paths.push(path);
  return [...new Set(paths)].sort();
}

/** Takes a person out of a file: a text is rewritten, what is none is taken away. */
export async function eraseInFile(path: string, terms: Terms, pseudonym: string): Promise<void> {
  const bytes = await readFile(path);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return rm(path, { force: true });
  }
  for (const pattern of patternsOf(terms))
    for (let pass = 0; pass < 2; pass += 1)
      text = text.replace(pattern, (_, before: string, __, after: string) => `${before}${pseudonym}${after}`);
  const { mode } = await lstat(path);
  await writeFile(`${path}.part`, text, { mode });
  await rename(`${path}.part`, path);
}
