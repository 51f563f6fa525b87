#!/usr/bin/env node
// The `tenure` command: starts the CLI on Tenure's own Node, whatever Node the machine has, and ends it when it is asked to
// end, or is ended, itself. The first command of an installed package sets Tenure up.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetupError } from './set-up/environment.mjs';
import { isInstalled, runningCopy } from './set-up/installed.mjs';
import { DAY_MS, markUsed } from './set-up/unused-copies.mjs';

/** A CLI that was asked to end does so within a second or two, unless it computes without a pause. */
const PATIENCE_MS = 3_000;

function giveUp(code, message) {
  console.error(`\n${message}`);
  if (process.argv.includes('--json')) console.log(JSON.stringify({ error: { code, message } }));
  process.exit(code === 'NOT_SET_UP' ? 2 : 1);
}

const folder = join(dirname(fileURLToPath(import.meta.url)), '..');
const product = !isInstalled(folder)
  ? folder
  : await runningCopy(folder, process.env).catch((error) => {
      if (!(error instanceof SetupError)) throw error;
      giveUp('SETUP_FAILED', `Set-up stopped. ${error.message}`);
    });
const environment = product === folder ? folder : dirname(product);
const node = join(environment, 'node_modules', '.bin', 'node');
if (!existsSync(node)) {
  giveUp(
    'NOT_SET_UP',
    product === folder
      ? 'Tenure is not set up yet. Run "npm run setup" in its folder, then the same command again.'
      : `Expected Tenure's own Node at ${node}, found none. Delete ${environment} and run the same command again.`,
  );
}

// A shell that takes on the CLI's process and leaves a second one behind, which ends the CLI when this process is gone without
// having said so (a line on file descriptor 3): see ingest/tethered-process.ts. No group of its own: the CLI asks
// questions at the terminal.
const tether = `
( trap '' INT TERM HUP
  if read -r _ <&3; then exit; fi
  kill -s TERM "$$"
  sleep 0.7 || sleep 1
  kill -s KILL "$$"
) </dev/null >/dev/null 2>&1 &
exec 3<&-
exec "$@"`;
const child = spawn(
  'sh',
  [
    '-c',
    tether,
    'tenure',
    node,
    join(product, 'orchestration', 'cli', 'program.ts'),
    ...process.argv.slice(2),
  ],
  {
    stdio: ['inherit', 'inherit', 'inherit', 'pipe'],
    env: {
      // glibc keeps what was freed for each thread; two pools are enough and a third less memory
      MALLOC_ARENA_MAX: '2',
      // Node strips types and compiles anew for each command otherwise, half of the time that a short one takes
      NODE_COMPILE_CACHE: join(environment, '.cache', 'compiled'),
      ...process.env,
    },
  },
);
child.stdio[3].on('error', () => {}); // it ended first

// A command that runs for months (schedule, serve) keeps its copy from being taken for unused.
if (product !== folder) setInterval(() => markUsed(product), DAY_MS).unref();

let isAsked = false;
function end(signal) {
  child.kill(signal);
  if (isAsked) return;
  isAsked = true;
  setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS).unref();
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => end(signal));

// npx that is asked to end goes without waiting for the command. What it started then has another parent; whoever leaves
// a command behind on purpose (nohup) starts it without npx, or leaves npx behind with it.
if (/tenure/.test(process.env.npm_lifecycle_script ?? '')) {
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && end('SIGTERM'), 250).unref();
}

child.on('exit', (code, signal) => {
  child.stdio[3].end('\n');
  if (code !== null) {
    process.exitCode = code;
    return;
  }
  const failure = isAsked
    ? {
        code: 'STOPPED',
        message: 'tenure was stopped. What was done before stays; run the same command again to go on.',
        next: 'What was done before stays; run the same command again to go on.',
      }
    : {
        code: 'KILLED',
        message: `tenure was killed (${signal}). What was done before stays; run the same command again to go on.`,
        next: 'Look whether the machine ran out of memory, then run the same command again.',
      };
  console.error(`\n${failure.message}`);
  // Of a signal that it listens for it dies only before it does so, or once it has answered.
  if (process.argv.includes('--json') && signal === 'SIGKILL')
    console.log(JSON.stringify({ error: failure }));
  process.exitCode = isAsked ? 130 : 1;
});
