import { createHash } from 'node:crypto';
import { type Dirent, existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FILE_FORMATS } from '../../ingest/index.ts';
import type { Warehouse } from '../../warehouse/index.ts';
import type { Config } from '../config/schema.ts';
import { projectRoot } from '../project-root.ts';
import type { Step } from './line.ts';

const inputs = z.record(z.string(), z.string());
/** What a step reads beside the steps before it, as digests by name. */
export type StepInputs = z.infer<typeof inputs>;

/** What the names stand for, as a run says it. */
export const INPUT_WORDS: Readonly<Record<string, string>> = {
  configuration: 'the configuration',
  files: 'a file of a source',
  connectors: 'what a connector keeps between syncs',
  models: 'a model, a rule or a seed',
  pages: 'a page',
  options: '--skip-tests',
};

const READ_BY: Readonly<Record<Step, readonly string[]>> = {
  sync: ['configuration', 'files', 'connectors'],
  build: ['configuration', 'models', 'options'],
  score: ['configuration', 'models', 'options'],
  report: ['configuration', 'pages'],
  activate: ['configuration'],
};

/** Folders of a company's project that lay over the product's models. */
const OWN_FOLDERS = ['rules', 'signals', 'checks', 'playbooks'];

/** Digests of what a step is about to read, files by name, size and time of change. Holds no content and no secret. */
export async function stepInputs(config: Config, step: Step, skipTests: boolean): Promise<StepInputs> {
  const { directory, sources, workDirectory } = config;
  const readers: Readonly<Record<string, () => Promise<string>>> = {
    configuration: async () =>
      digest([await readFile(config.file, 'utf8').catch(() => ''), await entry(join(directory, '.env'))]),
    files: () => filesIn(sources.flatMap(folderOf)),
    connectors: () => listing([join(workDirectory, 'connector-configs')]),
    models: () =>
      listing([join(projectRoot, 'models'), ...OWN_FOLDERS.map((folder) => join(directory, folder))]),
    pages: () => listing([join(projectRoot, 'reports', 'pages'), join(directory, 'pages')]),
    options: async () => String(skipTests),
  };
  const found = await Promise.all(
    READ_BY[step].map(async (name) => [name, await readers[name]?.()] as const),
  );
  return inputs.parse(Object.fromEntries(found));
}

/** The inputs as they are once the step is done: a sync itself changes what connectors keep. */
export async function inputsAfter(
  warehouse: Warehouse,
  config: Config,
  step: Step,
  before: StepInputs,
): Promise<StepInputs> {
  if (step !== 'sync') return before;
  const { connectors = '' } = await stepInputs(config, step, false);
  return { ...before, connectors: digest([connectors, await statesOf(warehouse)]) };
}

/** The name of the first input that is not as it was, if any. */
export function changedInput(kept: string | null, now: StepInputs): string | undefined {
  const before = parsed(kept);
  return Object.keys(now).find((name) => before?.[name] !== now[name]);
}

function parsed(kept: string | null): StepInputs | undefined {
  try {
    return inputs.safeParse(JSON.parse(kept ?? '')).data;
  } catch {
    return undefined; // a run of an earlier release kept none
  }
}

/** The states that connectors go on from. */
async function statesOf(warehouse: Warehouse): Promise<string> {
  if ((await warehouse.tableColumns('ops', 'sync_states')) === undefined) return '';
  const rows = await warehouse.db
    .selectFrom('ops.sync_states')
    .select(['source_name', 'stream', 'state', 'updated_at'])
    .orderBy('source_name')
    .orderBy('stream')
    .execute();
  return JSON.stringify(rows);
}

function folderOf({ connector }: Config['sources'][number]): string[] {
  if (connector === undefined || !('builtin' in connector)) return [];
  const { path } = (connector.config ?? {}) as { path?: unknown };
  return typeof path === 'string' ? [path] : [];
}

/** What sources of files may read: what lies in their folders not what lies deeper. */
async function filesIn(folders: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const folder of folders) {
    const names: string[] = await readdir(folder).catch(() => []);
    for (const name of names.filter((each) => READABLE.test(each)))
      lines.push(await entry(join(folder, name)));
  }
  return digest(lines.sort());
}

const READABLE = new RegExp(`\\.(${FILE_FORMATS.join('|')})$`, 'i');

async function listing(folders: readonly string[]): Promise<string> {
  const lines: string[] = [];
  for (const folder of folders.filter((each) => existsSync(each))) await list(folder, lines);
  return digest(lines.sort());
}

async function list(path: string, lines: string[]): Promise<void> {
  const entries: Dirent[] | undefined = await readdir(path, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) {
    lines.push(await entry(path));
    return;
  }
  for (const each of entries) {
    if (each.isDirectory()) await list(join(path, each.name), lines);
    else lines.push(await entry(join(path, each.name)));
  }
}

const entry = (path: string): Promise<string> =>
  stat(path).then(
    ({ size, mtimeMs, ctimeMs }) => [path, size, mtimeMs, ctimeMs].join(' '),
    () => `${path} is not there`,
  );

const digest = (parts: readonly string[]) =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
