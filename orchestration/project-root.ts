import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder that holds `models/`, `reports/` and the private environments. */
export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));
