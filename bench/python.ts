import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../orchestration/project-root.ts';

/** A Python with the pinned packages of a file of requirements, in an environment of its own under `.cache`. */
export function pythonWith(requirements: string, name: string, log: (text: string) => void): string {
  const environment = join(projectRoot, '.cache', name);
  const python = join(environment, 'bin', 'python');
  if (existsSync(python)) return python;
  log(`installing ${requirements} in .cache/${name}`);
  execFileSync('python3', ['-m', 'venv', environment]);
  const file = join(projectRoot, requirements);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--requirement', file]);
  return python;
}
