// Sets up all that Tenure needs beside Node, npm and Python: npm packages (with a Node of their own), dbt in a
// private virtual environment. Runs on the machine's own Node (>= 20) before any package is there, so it
// imports nothing but Node. Each part is skipped while the files that it is made from are unchanged.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const UV_VERSION = '0.13.9';

class SetupError extends Error {}

const read = (path) => readFileSync(join(root, path), 'utf8');
const files = (folder) =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(root.length + 1))
        .sort()
    : [];
const fingerprint = (paths, ...more) =>
  createHash('sha256')
    .update(JSON.stringify([...paths.map((path) => [path, read(path)]), ...more]))
    .digest('hex');
const isDone = (stamp, print) => existsSync(stamp) && readFileSync(stamp, 'utf8') === print;

/** Runs a program, says every ten seconds that it still runs, and throws what it printed when it fails. */
function run(step, advice, command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
    const ticker = setInterval(() => console.error(`  ${step} … ${elapsed()}`), 10_000);
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
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

async function setUpPackages() {
  const stamp = join(root, 'node_modules', '.tenure-setup');
  const print = fingerprint([
    'package.json',
    'package-lock.json',
    'reports/package.json',
    ...files('patches'),
  ]);
  if (isDone(stamp, print)) return;
  console.error('Setting up npm packages (about a minute, this once)');
  await run(
    'npm packages',
    'Check that npm reaches its registry (npm ping) and run the same command again.',
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
  );
  const node = spawnSync(join(root, 'node_modules', '.bin', 'node'), ['--version'], { encoding: 'utf8' });
  if (node.status !== 0) {
    throw new SetupError(
      'npm packages: the private Node was not installed, most likely because npm is set to ignore install scripts. ' +
        'Run "npm config delete ignore-scripts" and the same command again.',
    );
  }
  if (files('patches').length > 0) {
    await run('patches', 'Delete node_modules and run the same command again.', process.execPath, [
      join(root, 'node_modules', 'patch-package', 'index.js'),
      '--error-on-fail',
    ]);
  }
  const bin = join(root, 'node_modules', '.bin', 'tenure');
  rmSync(bin, { force: true });
  symlinkSync(join('..', '..', 'orchestration', 'tenure.mjs'), bin);
  writeFileSync(stamp, print);
}

async function setUpDbt() {
  const venv = join(root, '.venv');
  const stamp = join(venv, '.tenure-setup');
  const print = fingerprint(['orchestration/requirements.txt'], UV_VERSION);
  if (isDone(stamp, print)) return;
  const python = findPython();
  console.error(
    `Setting up dbt in a private environment with Python ${python.version} (half a minute, this once)`,
  );
  const advice = 'Check that pip reaches its index and run the same command again.';
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(venv, { recursive: true });
  await run('virtual environment', advice, python.name, ['-m', 'venv', venv]);
  const inside = join(venv, 'bin', 'python');
  await run('installer', advice, inside, [
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
    await run('dbt', '', uv, [
      'pip',
      'install',
      '--quiet',
      '--system-certs',
      '--python',
      inside,
      ...requirements,
    ]);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // uv knows nothing of pip's own settings (an index or a certificate of the company): then pip takes its time
    await run('dbt, by pip', advice, inside, [
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

try {
  await setUpPackages();
  await setUpDbt();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`\nSet-up stopped. ${error.message}`);
  process.exitCode = 1;
}
