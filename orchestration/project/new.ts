import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isName, NAME_WORDS } from '../config/names.ts';
import { lineOfRow, ruleFiles, withRows } from '../config/rules.ts';
import { TenureError, usage } from '../errors.ts';
import { OWN_KINDS } from './own-models.ts';
import { ownPages } from './own-pages.ts';
import { ownProject } from './own-project.ts';
import { checkStart, inputFile, pageStart, playbookStart, signalStart } from './starts.ts';

export const NEW_KINDS = ['signal', 'check', 'page', 'playbook'] as const;

export interface NewRequest {
  readonly kind: (typeof NEW_KINDS)[number];
  readonly name: string;
  /** The preset that a signal belongs to. */
  readonly preset: string;
  /** Of a signal: the stream of a source of kind `raw` that it rests on; meetings without one. */
  readonly input?: string | undefined;
}

export interface NewFiles {
  /** What was written or added to, relative to the project. */
  readonly written: readonly string[];
  /** What to do with it, in order. */
  readonly next: readonly string[];
}

const taken = (what: string) =>
  new TenureError(
    'NAME_TAKEN',
    `${what} Nothing was written: choose another name, or change what is there.`,
    {
      exitCode: 2,
    },
  );

const textOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);

/**
 * Writes a working start of a signal, check, page or playbook into a project: its files, with a unit test where it is a model,
 * and its rows of rules.
 * What is there is never replaced; rows are added to files of rules.
 *
 * @throws TenureError USAGE for a name that cannot be, NAME_TAKEN for one that the project has, RULES_INVALID,
 *   PROJECT_INVALID or PAGES_INVALID for one that the product has, or when the project has faults of its own; then nothing
 *   is written
 */
export function writeNew(directory: string, { kind, name, preset, input }: NewRequest): NewFiles {
  for (const given of [name, ...(input === undefined ? [] : [input])])
    if (!isName(given)) throw usage(`Expected ${NAME_WORDS}, got "${given}".`);
  if (input !== undefined && kind !== 'signal')
    throw usage(`--input is what a signal rests on; a ${kind} reads what the line has built.`);
  const checkProject = () => {
    ownProject(directory);
    ownPages(directory);
  };
  checkProject();
  const start =
    kind === 'signal'
      ? signalStart(name, preset, input)
      : kind === 'check'
        ? checkStart(name)
        : kind === 'page'
          ? pageStart(name)
          : playbookStart(name);
  for (const file of Object.keys(start.files))
    if (existsSync(join(directory, file))) throw taken(`Expected no file ${file} yet, found one.`);
  const texts = ruleFiles(directory);
  for (const { table, key } of start.rules) {
    const line = lineOfRow(texts[table] ?? '', key);
    const id = Object.values(key).join(', ');
    if (line !== undefined)
      throw taken(`Expected no row of ${id} in rules/${table}.csv yet, found one in line ${line}.`);
  }
  // One input may serve several signals: one that is there stays as it is.
  const isNewInput =
    input !== undefined && !existsSync(join(directory, OWN_KINDS.input.folder, `${input}.sql`));
  const files = {
    ...start.files,
    ...(isNewInput ? inputFile(input) : {}),
    ...Object.fromEntries(
      start.rules.map(({ table, rows }) => [`rules/${table}.csv`, withRows(table, texts[table], rows)]),
    ),
  };
  const before = Object.keys(files).map(
    (file) => [join(directory, file), textOf(join(directory, file))] as const,
  );
  try {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), text);
    }
    checkProject();
  } catch (error) {
    for (const [path, text] of before)
      if (text === undefined) rmSync(path, { force: true });
      else writeFileSync(path, text);
    throw error;
  }
  return { written: Object.keys(files), next: start.next };
}

/** The same for the terminal. */
export const newFilesText = ({ written, next }: NewFiles): string =>
  [
    'Written:',
    ...written.map((file) => `  ${file}`),
    'Next:',
    ...next.map((step, index) => `  ${index + 1}. ${step}`),
  ].join('\n');
