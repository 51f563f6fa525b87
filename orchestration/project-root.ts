import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the product: `models/`, `reports/` and the code. Nothing is ever written into it. */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The folder of what set-up made: `node_modules` and `.venv`. In a checkout it is the product's own; an installed package
 * runs from a copy whose environment is the folder above (set-up/installed.mjs).
 */
export const environmentRoot = existsSync(join(projectRoot, 'node_modules'))
  ? projectRoot
  : dirname(projectRoot);

/** What to do when a part of the environment is not there. */
export const SET_UP_AGAIN =
  environmentRoot === projectRoot
    ? 'Run "npm run setup" and try again.'
    : `Delete ${environmentRoot} and run the same command again.`;

/** The version of the product in a folder; of this one when none is named. */
export const productVersion = (folder: string = projectRoot): string =>
  (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
