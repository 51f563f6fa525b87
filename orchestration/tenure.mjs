#!/usr/bin/env node
// The `tenure` command: starts the CLI on the project's own Node, whatever Node the machine has.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const node = join(here, '..', 'node_modules', '.bin', 'node');
if (!existsSync(node)) {
  console.error('Tenure is not set up yet. Run "npm run setup" in its folder, then the same command again.');
  process.exit(2);
}
const child = spawn(node, [join(here, 'cli.ts'), ...process.argv.slice(2)], {
  stdio: 'inherit',
  // glibc keeps what was freed for each thread; two pools are enough and a third less memory
  env: { MALLOC_ARENA_MAX: '2', ...process.env },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('close', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
