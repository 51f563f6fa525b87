import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { projectRoot } from '../project-root.ts';
import { asCsv, laidOver, ruleFiles } from './rules.ts';

const product = join(projectRoot, 'models');
const SEEDS = 'seeds';

/** Has a link lead to the target, whatever was there before. */
function link(target: string, path: string): void {
  const held = lstatSync(path, { throwIfNoEntry: false });
  if (held?.isSymbolicLink() && readlinkSync(path) === target) return;
  if (held) rmSync(path, { recursive: true });
  symlinkSync(target, path);
}

/** Has a file say this, and leaves it alone when it does: dbt parses again what changed. */
function write(path: string, text: string): void {
  const held = lstatSync(path, { throwIfNoEntry: false });
  if (held?.isFile() && readFileSync(path, 'utf8') === text) return;
  if (held) rmSync(path, { recursive: true });
  writeFileSync(path, text);
}

function removeOthers(folder: string, kept: readonly string[]): void {
  for (const name of readdirSync(folder))
    if (!kept.includes(name)) rmSync(join(folder, name), { recursive: true });
}

/**
 * Lays the product's dbt project and the rules of a company's project together, and gives the folder: the product's own
 * when the company changes no rule, else one in the build folder that links to the product's models and holds the seeds
 * that differ. Nothing is written into the product.
 *
 * @throws TenureError RULES_INVALID with each fault of the rules
 */
export function dbtProject(config: Pick<Config, 'directory' | 'buildDirectory'>): string {
  const files = ruleFiles(config.directory);
  if (Object.keys(files).length === 0) return product;
  const laid = laidOver(files);
  const folder = join(config.buildDirectory, 'project');
  mkdirSync(join(folder, SEEDS), { recursive: true });
  const names = readdirSync(product).filter(
    (name) => name !== SEEDS && name !== 'target' && !name.startsWith('.'),
  );
  for (const name of names) link(join(product, name), join(folder, name));
  removeOthers(folder, [...names, SEEDS]);
  const seeds = readdirSync(join(product, SEEDS));
  for (const name of seeds) {
    const own = laid.find((table) => `${table.name}.csv` === name);
    const path = join(folder, SEEDS, name);
    if (own) write(path, asCsv(own));
    else link(join(product, SEEDS, name), path);
  }
  removeOthers(join(folder, SEEDS), seeds);
  return folder;
}
