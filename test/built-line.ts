import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { stringify } from 'yaml';
import { projectRoot } from '../orchestration/project-root.ts';
import { tenure } from './tenure.ts';

/** A small demo company through the whole line, built once for all tests that read it. They must not change it. */
export interface BuiltLine {
  readonly config: string;
  readonly warehouse: string;
  readonly site: string;
  readonly asOfDate: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    line: BuiltLine;
  }
}

const AS_OF = '2026-06-30';
const START = '2024-12-31';

const system = (name: string, kind: string) => ({
  name,
  kind,
  connector: {
    builtin: 'demo',
    config: { system: kind, seed: 7, accounts: 60, months: 18, csms: 3, start_date: START },
  },
});

export default async function setup(project: TestProject): Promise<void> {
  const folder = join(projectRoot, '.cache', 'test-line');
  const line: BuiltLine = {
    config: join(folder, 'tenure.yaml'),
    warehouse: join(folder, 'warehouse.duckdb'),
    site: join(folder, '.build', 'site'),
    asOfDate: AS_OF,
  };
  project.provide('line', line);
  // While one works on tests or pages: the line that was built last, if it got as far as its site.
  if (process.env.TENURE_KEEP_LINE && existsSync(join(line.site, 'index.html'))) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const config = {
    warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
    tenant: { time_zone: 'UTC', currency: 'USD', history_start_date: START, launch_date: '2026-03-01' },
    sources: [
      system('crm', 'salesforce'),
      system('support', 'zendesk'),
      system('billing', 'stripe'),
      system('product', 'segment'),
    ],
  };
  await writeFile(line.config, stringify(config));
  process.stderr.write('Building the line that the tests read\n');
  const { code, stderr } = await tenure(
    ['run', '--until', 'report', '--config', line.config, '--as-of', AS_OF],
    { echo: true },
  );
  if (code !== 0) throw new Error(`The line did not run (code ${code}):\n${stderr}`);
}
