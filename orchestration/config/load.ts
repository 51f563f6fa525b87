import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import type { z } from 'zod';
import { databaseOf, type WarehouseConfig } from '../../warehouse/index.ts';
import { configInvalid, configMissing, configUnreadable, environmentMissing } from '../errors.ts';
import { playProblems } from './playbooks.ts';
import { type Config, type ConfigFile, configFile } from './schema.ts';
import { signalProblems } from './signals.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\{([A-Z][A-Z0-9_]*)\}/g;

/** Replaces `${NAME}` by its value; a name that is not set stays as it is, for `requireEnvironment` to find. */
function fillIn(value: unknown, environment: Environment): unknown {
  if (typeof value === 'string')
    return value.replace(REFERENCE, (text, key: string) => environment[key] || text);
  if (Array.isArray(value)) return value.map((item) => fillIn(item, environment));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillIn(item, environment)]));
  }
  return value;
}

const referencesIn = (part: unknown) =>
  [...(JSON.stringify(part) ?? '').matchAll(REFERENCE)].map((match) => String(match[1]));

/**
 * Throws `ENVIRONMENT_MISSING` when a part of the configuration refers to a variable that is not set. Asked only of the
 * source or destination that is about to be used, so that reading needs no secrets. The value of a variable is taken as
 * it is, whatever it looks like.
 */
export function requireEnvironment({ file, unset }: Pick<Config, 'file' | 'unset'>, part: unknown): void {
  const names = referencesIn(part).filter((name) => unset.includes(name));
  if (names.length > 0) throw environmentMissing(file, [...new Set(names)].sort());
}

/** The folder of connectors for a configuration file, whether that file is there or not. */
export const connectorsDirectory = (file: string, environment: Environment = process.env): string =>
  resolve(environment.TENURE_CONNECTORS || resolve(dirname(resolve(file)), '.tenure', 'connectors'));

const absolute = (directory: string, path: string) => (isAbsolute(path) ? path : resolve(directory, path));

/** A program given by path is relative to the configuration; a bare name is looked up on the PATH. */
const program = (directory: string, [command, ...rest]: [string, ...string[]]): [string, ...string[]] => [
  command.includes('/') ? absolute(directory, command) : command,
  ...rest,
];

function withAbsolutePaths(parsed: ConfigFile, directory: string): ConfigFile {
  const sources = parsed.sources.map((each) => {
    if (each.connector === undefined) return each;
    if ('exec' in each.connector) {
      return { ...each, connector: { ...each.connector, exec: program(directory, each.connector.exec) } };
    }
    const config = (each.connector.config ?? {}) as { path?: unknown };
    if (!('builtin' in each.connector)) return each;
    if (typeof config.path !== 'string') return each;
    return {
      ...each,
      connector: { ...each.connector, config: { ...config, path: absolute(directory, config.path) } },
    };
  });
  const channels = parsed.channels.map((each) =>
    each.kind === 'file' ? { ...each, path: absolute(directory, each.path) } : each,
  );
  return { ...parsed, sources, channels };
}

/** Where the data live: paths absolute, and the emulator that the environment names in Google's place. */
function warehouseOf(
  store: ConfigFile['warehouse'],
  directory: string,
  environment: Environment,
): WarehouseConfig {
  if ('path' in store) return { ...store, path: absolute(directory, store.path) };
  const emulator = environment.BIGQUERY_EMULATOR_HOST;
  return {
    ...store,
    ...(store.keyfile === undefined ? {} : { keyfile: absolute(directory, store.keyfile) }),
    ...(emulator ? { emulator: emulator.includes('://') ? emulator : `http://${emulator}` } : {}),
  };
}

const DAY = 86_400_000;

/** What is wrong with a history that the warehouse would refuse to write. */
function historyProblems({ warehouse: store, tenant }: ConfigFile, now: Date): string[] {
  const { history_start_date: start } = tenant;
  const most = databaseOf(store).mostHistoryDays;
  if (most === undefined || start === undefined) return [];
  const today = Math.floor(now.getTime() / DAY);
  const days = today - Date.parse(start) / DAY + 1;
  if (days <= most.days) return [];
  const earliest = new Date((today - most.days + 1) * DAY).toISOString().slice(0, 10);
  const count = (number: number) => number.toLocaleString('en');
  return [
    `tenant.history_start_date: expected at most ${count(most.days)} days of history, because ${most.because}; got ${start}, which makes ${count(days)}. ` +
      `Set ${earliest} or later, with some room: the history grows by a day each day`,
  ];
}

/** Keys of a destination's `auth` that are secret for longer than a session. */
const LASTING_SECRETS = ['client_secret', 'private_key', 'refresh_token'];

/** Lasting secrets that stand in the file itself, which goes into a repository. */
function writtenSecrets(document: unknown): string[] {
  const { destinations } = (document ?? {}) as { destinations?: unknown };
  if (!Array.isArray(destinations)) return [];
  return destinations.flatMap((each, place) => {
    const auth = ((each ?? {}) as { auth?: Readonly<Record<string, unknown>> | null }).auth ?? {};
    return LASTING_SECRETS.filter(
      (key) => auth[key] !== undefined && !/^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(String(auth[key])),
    ).map(
      (key) =>
        `destinations[${place}].auth.${key}: expected a variable of the environment such as "\${SALESFORCE_${key.toUpperCase()}}", got a value: put ` +
        'it into .env, which stays out of the repository',
    );
  });
}

const describeIssue = (issue: z.core.$ZodIssue): string => {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : String(part)))
    .join('.')
    .replaceAll('.[', '[');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
};

/**
 * Reads, completes and checks `tenure.yaml`. `${NAME}` comes from the environment, then from a `.env` beside the
 * file. Throws a `TenureError` with exit code 2 that names each key at fault; never prints a value from the environment.
 */
export async function loadConfig(
  file: string,
  environment: Environment = process.env,
  now: Date = new Date(),
): Promise<Config> {
  const path = resolve(file);
  const directory = dirname(path);
  const text = await readFile(path, 'utf8').catch(() => {
    throw configMissing(file);
  });
  const dotenv = await readFile(resolve(directory, '.env'), 'utf8').then(parseEnv, () => ({}));
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    throw configUnreadable(file, (error as Error).message.split('\n')[0] ?? '', error);
  }
  const given: Environment = { ...dotenv, ...environment };
  const unset = referencesIn(document).filter((key) => !given[key]);
  const written = writtenSecrets(document);
  if (written.length > 0) throw configInvalid(file, written);
  const parsed = configFile.safeParse(fillIn(document, given));
  if (!parsed.success) throw configInvalid(file, parsed.error.issues.map(describeIssue));
  const problems = [
    ...historyProblems(parsed.data, now),
    ...signalProblems(parsed.data.signals, directory),
    ...playProblems(parsed.data.plays, directory),
  ];
  if (problems.length > 0) throw configInvalid(file, problems);
  requireEnvironment({ file, unset }, [parsed.data.warehouse, parsed.data.tenant]);
  return Object.freeze({
    ...withAbsolutePaths(parsed.data, directory),
    warehouse: warehouseOf(parsed.data.warehouse, directory, given),
    file: path,
    unset,
    directory,
    buildDirectory: resolve(directory, '.build'),
    connectorsDirectory: connectorsDirectory(path, given),
    searchPath: environment.PATH ?? '',
    workDirectory: resolve(directory, '.tenure'),
  });
}
