// Sets up a checkout: `npm run setup`, and before each command of package.json.
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError, setUp } from './environment.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

try {
  await setUp(root);
  const bin = join(root, 'node_modules', '.bin', 'tenure'); // npm links no package into itself
  const made = `${bin}.${process.pid}`; // in one step: another command may be starting beside this one
  rmSync(made, { force: true });
  symlinkSync(join('..', '..', 'orchestration', 'tenure.mjs'), made);
  renameSync(made, bin);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\nSet-up stopped. ${error.message}`);
  process.exitCode = 1;
}
