import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CONNECTOR_NAMES,
  CONNECTORS,
  type ConnectorName,
  isConnectorName,
  spawnTethered,
} from '../../ingest/index.ts';
import { TenureError, usage } from '../errors.ts';
import { environmentRoot } from '../project-root.ts';
import { withLock } from '../runtime/lock.ts';
import type { Reporter } from '../runtime/reporter.ts';
import { installedVersion, pinOf, placeOf } from './installed.ts';

export interface ConnectorState {
  readonly name: ConnectorName;
  readonly kind: string;
  /** The version that Tenure installs. */
  readonly version: string;
  /** The version that is there; null when it is not installed as a whole. */
  readonly installed_version: string | null;
}

/** Runs a program and gives its exit code and the end of what it printed. */
export type Runner = (
  command: string,
  args: readonly string[],
) => Promise<{ code: number | null; output: string }>;

const OUTPUT_KEPT = 4_000;

const runProgram: Runner = (command, args) =>
  new Promise((resolve) => {
    const child = spawnTethered(command, args);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data) => {
        output = (output + data).slice(-OUTPUT_KEPT);
      });
    }
    child.on('error', (error) => resolve({ code: null, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });

/** Every connector that Tenure knows, with what is installed in the folder. */
export const listConnectors = (folder: string): Promise<ConnectorState[]> =>
  Promise.all(CONNECTOR_NAMES.map((name) => stateOf(folder, name)));

const stateOf = async (folder: string, name: ConnectorName): Promise<ConnectorState> => ({
  name,
  kind: CONNECTORS[name].kind,
  version: CONNECTORS[name].version,
  installed_version: (await installedVersion(folder, name)) ?? null,
});

/** The names, checked: an unknown one is said before anything is installed. */
export function connectorNames(names: readonly string[]): ConnectorName[] {
  const unknown = names.filter((name) => !isConnectorName(name));
  if (unknown.length > 0 || names.length === 0) {
    throw usage(
      `Expected the name of a connector (${CONNECTOR_NAMES.join(', ')}), got ${unknown.join(', ') || 'none'}. ` +
        'For any other Airbyte connector give its program as connector.exec, or its image as connector.image.',
    );
  }
  return [...new Set(names)].filter(isConnectorName);
}

/**
 * Installs connectors, each in the pinned version and into a private environment below `folder`. One that is there in
 * that version is left alone; one that is there in part, or in another version, is made anew. Throws
 * `CONNECTOR_NOT_INSTALLABLE` for the first that fails, after the others were tried.
 */
export async function installConnectors(
  folder: string,
  names: readonly ConnectorName[],
  reporter: Reporter,
  run: Runner = runProgram,
): Promise<ConnectorState[]> {
  const failures: TenureError[] = [];
  for (const name of names) {
    reporter.step(`Installing ${pinOf(name)}`);
    if ((await installedVersion(folder, name)) === CONNECTORS[name].version) {
      reporter.done('already there');
      continue;
    }
    try {
      await withLock(join(folder, '.locks', name), () => install(folder, name, run));
      reporter.done(placeOf(folder, name).program);
    } catch (error) {
      if (!(error instanceof TenureError)) throw error;
      reporter.warn(error.message);
      failures.push(error);
    }
  }
  if (failures[0] !== undefined) throw failures[0];
  return Promise.all(names.map((name) => stateOf(folder, name)));
}

async function install(folder: string, name: ConnectorName, run: Runner): Promise<void> {
  const { environment, python, program, stamp } = placeOf(folder, name);
  await rm(environment, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const uv = join(environmentRoot, '.venv', 'bin', 'uv');
  const byUv = existsSync(uv) ? await installByUv(uv) : 'uv is not installed';
  if (byUv !== undefined) {
    // uv knows nothing of pip's own settings (an index or a certificate of the company): then pip takes its time
    await rm(environment, { recursive: true, force: true });
    const byPip = await installByPip();
    if (byPip !== undefined) {
      await rm(environment, { recursive: true, force: true });
      throw notInstallable(name, existsSync(uv) ? `uv: ${byUv}\npip: ${byPip}` : byPip);
    }
  }
  if (!existsSync(program)) throw notInstallable(name, `the package did not bring the program ${program}`);
  await writeFile(stamp, `${pinOf(name)}\n`, { flush: true });

  /** What went wrong, if anything. */
  async function installByUv(command: string): Promise<string | undefined> {
    const range = CONNECTORS[name].python;
    const made = await run(command, ['venv', '--quiet', '--system-certs', '--python', range, environment]);
    if (made.code !== 0) return made.output.trim();
    const installed = await run(command, [
      // compiled now, a connector starts faster on each sync
      ...['pip', 'install', '--quiet', '--system-certs', '--compile-bytecode', '--python', python],
      pinOf(name),
    ]);
    return installed.code === 0 ? undefined : installed.output.trim();
  }

  async function installByPip(): Promise<string | undefined> {
    const command = await pythonFor(name, run);
    if (command === undefined) return `no Python ${CONNECTORS[name].python} was found`;
    const made = await run(command, ['-m', 'venv', environment]);
    if (made.code !== 0) return made.output.trim();
    const installed = await run(python, [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
      pinOf(name),
    ]);
    return installed.code === 0 ? undefined : installed.output.trim();
  }
}

/** The first Python of the machine that the connector accepts. */
async function pythonFor(name: ConnectorName, run: Runner): Promise<string | undefined> {
  const [, least = '', below = ''] = />=3\.(\d+),<3\.(\d+)/.exec(CONNECTORS[name].python) ?? [];
  const probe = `import sys, venv, ensurepip; sys.exit(not (3, ${least}) <= sys.version_info[:2] < (3, ${below}))`;
  const own = join(environmentRoot, '.venv', 'bin', 'python');
  for (const command of [own, 'python3.11', 'python3', 'python3.12', 'python3.13', 'python3.10', 'python']) {
    if ((await run(command, ['-c', probe])).code === 0) return command;
  }
  return undefined;
}

const notInstallable = (name: ConnectorName, reason: string) =>
  new TenureError(
    'CONNECTOR_NOT_INSTALLABLE',
    `${pinOf(name)} could not be installed: ${reason}\n` +
      `It needs Python ${CONNECTORS[name].python} and the Python package index (check: python3 -m pip download --no-deps ${pinOf(name)}). ` +
      `Then run: tenure connectors install ${name}`,
  );
