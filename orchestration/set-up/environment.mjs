// Sets up what Tenure needs beside Node, npm and Python: npm packages (with a Node of their own) and dbt in a private
// virtual environment. Runs on the machine's own Node (>= 20) before any package is there, so it imports nothing but
// Node. Each part is skipped while the files that it is made from are unchanged.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const UV_VERSION = '0.13.9';

/** A part that could not be set up: what was expected, what came, what to do. */
export class SetupError extends Error {}

/** The files below a folder of the root, by their paths from the root, sorted. */
const filesIn = (root, folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
        .sort()
    : [];
const fingerprint = (root, paths, ...more) =>
  createHash('sha256')
    .update(JSON.stringify([...paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]), ...more]))
    .digest('hex');
const isDone = (stamp, print) => existsSync(stamp) && readFileSync(stamp, 'utf8') === print;

/** Runs a program, says every ten seconds that it still runs, and throws what it printed when it fails. */
function run(root, step, advice, command, args) {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
    const ticker = setInterval(() => console.error(`  ${step} … ${elapsed()}`), 10_000);
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output = (output + data).slice(-4000);
      });
    }
    const fail = (reason) => reject(new SetupError(`${step} failed: ${reason}\n${output.trim()}\n${advice}`));
    child.on('error', (error) => {
      clearInterval(ticker);
      fail(error.message);
    });
    child.on('close', (code) => {
      clearInterval(ticker);
      if (code !== 0) return fail(`${command} ended with code ${code}`);
      console.error(`  ${step}: done in ${elapsed()}`);
      resolve(undefined);
    });
  });
}

function findPython() {
  const probe = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
  const found = [];
  for (const name of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']) {
    const { status, stdout } = spawnSync(name, ['-c', probe], { encoding: 'utf8' });
    if (status !== 0) continue;
    const version = stdout.trim();
    const minor = Number(version.split('.')[1]);
    if (version.startsWith('3.') && minor >= 10 && minor <= 13) return { name, version };
    found.push(`${name} ${version}`);
  }
  throw new SetupError(
    `Expected Python 3.10 to 3.13 with its venv module, found ${found.join(', ') || 'none'}. ` +
      'Install it (on Debian or Ubuntu: apt-get install python3 python3-venv) and run the same command again.',
  );
}

async function setUpPackages(root, isForUse) {
  const stamp = join(root, 'node_modules', '.tenure-setup');
  const patches = filesIn(root, 'patches');
  const print = fingerprint(
    root,
    ['package.json', 'package-lock.json', 'orchestration/package.json', 'reports/package.json', ...patches],
    isForUse,
  );
  if (isDone(stamp, print)) return;
  console.error('Setting up npm packages (about a minute, this once)');
  await run(
    root,
    'npm packages',
    'Check that npm reaches its registry (npm ping) and run the same command again.',
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(isForUse ? ['--omit=dev'] : [])],
  );
  const node = spawnSync(join(root, 'node_modules', '.bin', 'node'), ['--version'], { encoding: 'utf8' });
  if (node.status !== 0) {
    throw new SetupError(
      'npm packages: the private Node was not installed, most likely because npm is set to ignore install scripts. ' +
        'Run "npm config delete ignore-scripts" and the same command again.',
    );
  }
  if (patches.length > 0) {
    await run(
      root,
      'patches',
      `Delete ${join(root, 'node_modules')} and run the same command again.`,
      process.execPath,
      [join(root, 'node_modules', 'patch-package', 'index.js'), '--error-on-fail'],
    );
  }
  writeFileSync(stamp, print);
}

async function setUpDbt(root) {
  const venv = join(root, '.venv');
  const stamp = join(venv, '.tenure-setup');
  const print = fingerprint(root, ['orchestration/requirements.txt'], UV_VERSION);
  if (isDone(stamp, print)) return;
  const python = findPython();
  console.error(
    `Setting up dbt in a private environment with Python ${python.version} (half a minute, this once)`,
  );
  const advice = 'Check that pip reaches its index and run the same command again.';
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(venv, { recursive: true });
  await run(root, 'virtual environment', advice, python.name, ['-m', 'venv', venv]);
  const inside = join(venv, 'bin', 'python');
  await run(root, 'installer', advice, inside, [
    '-m',
    'pip',
    'install',
    '-q',
    '--disable-pip-version-check',
    `uv==${UV_VERSION}`,
  ]);
  const requirements = ['--require-hashes', '-r', 'orchestration/requirements.txt'];
  try {
    const uv = join(venv, 'bin', 'uv');
    await run(root, 'dbt', '', uv, [
      'pip',
      'install',
      '--quiet',
      '--system-certs',
      '--compile-bytecode',
      '--python',
      inside,
      ...requirements,
    ]);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // uv knows nothing of pip's own settings (an index or a certificate of the company): then pip takes its time
    await run(root, 'dbt, by pip', advice, inside, [
      '-m',
      'pip',
      'install',
      '-q',
      '--disable-pip-version-check',
      ...requirements,
    ]);
  }
  writeFileSync(stamp, print);
}

/**
 * Sets up the environment of a folder, as its `package.json`, `package-lock.json`, `orchestration/package.json`,
 * `orchestration/requirements.txt`, `reports/package.json` and `patches/` say: `node_modules` and `.venv` in it. What is only
 * for those who work on Tenure is left out when it `isForUse`. Says on stderr what it does; throws `SetupError`.
 */
export async function setUp(root, { isForUse = false } = {}) {
  await setUpPackages(root, isForUse);
  await setUpDbt(root);
}
