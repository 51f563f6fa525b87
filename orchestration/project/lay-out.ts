import { join } from 'node:path';
import { asCsv } from '../config/rules.ts';
import type { Config } from '../config/schema.ts';
import { projectRoot } from '../project-root.ts';
import { overlay } from './overlay.ts';
import { laidOutModels } from './own-models.ts';
import { ownProject } from './own-project.ts';

const product = join(projectRoot, 'models');

/**
 * Lays the product's dbt project and a company's own project together, and gives the folder: the product's own when the
 * company has no rule, signal or check, else one in the build folder that links to the product's models and holds the seeds
 * that differ and the models that are added. Nothing is written into the product.
 *
 * @throws TenureError RULES_INVALID or PROJECT_INVALID with each fault
 */
export function dbtProject(config: Pick<Config, 'directory' | 'buildDirectory'>): string {
  const { laid, models } = ownProject(config.directory);
  if (laid.length === 0 && models.length === 0) return product;
  const folder = join(config.buildDirectory, 'project');
  const files = new Map([
    ...laid.map((table) => [`seeds/${table.name}.csv`, asCsv(table)] as const),
    ...laidOutModels(models),
  ]);
  overlay(product, folder, files, (name) => name === 'target' || name.startsWith('.'));
  return folder;
}
