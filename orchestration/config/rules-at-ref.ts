import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { usage } from '../errors.ts';
import { projectRoot } from '../project-root.ts';
import { type RuleTable, ruleTables, SEEDS } from './rule-tables.ts';
import { rulesOf } from './rules.ts';

function git(directory: string, ...args: string[]): string | undefined {
  try {
    return execFileSync('git', args, {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return undefined;
  }
}

const repositoryOf = (directory: string) => {
  const top = git(directory, 'rev-parse', '--show-toplevel');
  return top === undefined ? undefined : realpathSync(top.trim());
};

/**
 * All tables of rules as a project had them at a git ref: its own files of rules then, laid over the product's. The
 * product's are those of the ref too where it lies in the same repository, as for those who work on it; else those of now.
 *
 * @throws TenureError USAGE when the ref is none of the project's repository; RULES_INVALID when its rules had faults
 */
export function rulesAtRef(directory: string, ref: string): readonly RuleTable[] {
  const ofProject = repositoryOf(directory);
  const ofProduct = repositoryOf(projectRoot);
  const repository = ofProject === undefined ? projectRoot : directory;
  const commit = git(
    repository,
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  )?.trim();
  if (!commit)
    throw usage(
      `Expected a file of rules or a git ref of this project, got "${ref}". Name a branch, tag, commit or file.`,
    );
  const isProducts = ofProject === undefined || ofProject === ofProduct;
  const tables = ruleTables((file) => {
    const then = isProducts ? git(projectRoot, 'show', `${commit}:./models/seeds/${file}`) : undefined;
    return then ?? readFileSync(join(SEEDS, file), 'utf8');
  });
  const names = git(repository, 'ls-tree', '--name-only', commit, 'rules/')?.split('\n') ?? [];
  const files = names
    .filter((name) => name.endsWith('.csv'))
    .map((name) => [
      name.replace(/^.*\//, '').slice(0, -'.csv'.length),
      git(repository, 'show', `${commit}:./rules/${name.replace(/^.*\//, '')}`) ?? '',
    ]);
  return rulesOf(Object.fromEntries(files), tables);
}
