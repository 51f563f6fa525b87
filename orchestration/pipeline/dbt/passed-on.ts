import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { parse } from 'yaml';
import { spawnTethered } from '../../../ingest/index.ts';
import { ensureScoringTables } from '../../../scoring/index.ts';
import type { Warehouse } from '../../../warehouse/index.ts';
import { ensureLedger } from '../../activation/index.ts';
import type { Config } from '../../config/schema.ts';
import { usage } from '../../errors.ts';
import { dbtProject } from '../../project/lay-out.ts';
import { withWarehouse } from '../configured-warehouse.ts';
import { working } from '../leftovers.ts';
import type { Line } from '../line.ts';
import { ensureSyncLog } from '../sync-log.ts';
import { type DbtVars, dbtEnvironment, dbtVars } from './dbt.ts';
import { dbtMissing, dbtProgram } from './process.ts';
import { dbtTarget } from './target.ts';

/** dbt's commands, and what each does to the warehouse. */
const COMMANDS = {
  reads: ['compile', 'debug', 'docs', 'list', 'ls', 'parse', 'show', 'source'],
  writes: ['build', 'retry', 'run', 'run-operation', 'seed', 'snapshot', 'test'],
} as const;

/** What is refused, and why. */
const REFUSED: Readonly<Record<string, string>> = {
  clean: 'it would delete in the product’s own folder; "rm -r" the build folder',
  clone: 'it would replace the history by what another warehouse holds; "tenure migrate" carries one over',
  deps: 'the product needs no packages; yours go into a dbt project of your own (docs/dbt.md)',
  init: 'the project is there; docs/dbt.md says how one of your own reads it',
  '--empty': 'it would build every table, the history too, without a row',
  '--sample': 'it would build the history from a part of its rows',
  '--project-dir': 'Tenure gives it',
  '--profiles-dir': 'Tenure gives it',
  '--profile': 'Tenure gives it',
  '--target': 'Tenure gives it: the warehouse of tenure.yaml',
  '-t': 'Tenure gives it: the warehouse of tenure.yaml',
};

/** Vars that say what is connected and known: told wrong, they would empty the history. */
const TOLD_BY_TENURE = ['as_of_date', 'raw_tables', 'raw_columns', 'source_names'];

const nameOf = (arg: string) => (arg.startsWith('--') ? arg.replace(/=.*/s, '') : arg);

/** What the arguments of dbt ask for: the command, whether it writes, and the vars taken out of the rest. Throws `USAGE`. */
export function readArguments(args: readonly string[]): {
  readonly command: string | undefined;
  readonly writes: boolean;
  readonly rest: readonly string[];
  readonly vars: DbtVars;
} {
  for (const arg of args) {
    const why = REFUSED[nameOf(arg)];
    if (why !== undefined) throw usage(`tenure dbt does not pass "${nameOf(arg)}" on: ${why}.`);
  }
  const writing: readonly string[] = COMMANDS.writes;
  const known: readonly string[] = [...COMMANDS.reads, ...writing];
  const command = args.find((arg) => known.includes(arg));
  const isQuestion = args.every((arg) => arg.startsWith('-')); // --version, --help
  if (command === undefined && !isQuestion)
    throw usage(`Expected a command of dbt (${known.toSorted().join(', ')}), got "${args.join(' ')}".`);
  const rest: string[] = [];
  let vars: DbtVars = {};
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] as string;
    if (nameOf(arg) !== '--vars') rest.push(arg);
    else vars = { ...vars, ...varsIn(arg.includes('=') ? arg.slice('--vars='.length) : args[++index]) };
  }
  return { command, writes: command !== undefined && writing.includes(command), rest, vars };
}

function varsIn(text: string | undefined): DbtVars {
  const wrong = (why: string) => usage(`Expected YAML such as --vars '{shadow_signals: []}', ${why}.`);
  let vars: unknown;
  try {
    vars = parse(text ?? '');
  } catch (error) {
    throw wrong(`got "${text}": ${(error as Error).message.split('\n')[0]}`);
  }
  if (vars === null || typeof vars !== 'object' || Array.isArray(vars)) throw wrong(`got "${text ?? ''}"`);
  const told = TOLD_BY_TENURE.filter((name) => name in vars);
  if (told.length > 0)
    throw usage(
      `tenure dbt gives the var ${told.join(', ')} itself, from what was landed and --as-of: told wrong, it would empty the history. Take it out of --vars.`,
    );
  return vars as DbtVars;
}

/** Has all tables that the models read and dbt does not make. */
export async function ensureTablesBesideDbt(warehouse: Warehouse): Promise<void> {
  await warehouse.ensureSchemas();
  await ensureScoringTables(warehouse);
  await ensureLedger(warehouse);
  await ensureSyncLog(warehouse);
}

/**
 * Runs dbt with the arguments as they are, on the laid-out project and the configured warehouse, with the vars that
 * `tenure build` gives, and hands each piece of its output on. A command that writes does so under the run's lock. Gives
 * dbt's exit code. Throws `USAGE` for what would empty the history or write into the product.
 */
export async function passOnToDbt(
  line: Line,
  args: readonly string[],
  show: { readonly out: (text: Buffer) => void; readonly error: (text: Buffer) => void },
): Promise<number> {
  const { config } = line;
  const { command, writes, rest, vars } = readArguments(args);
  if (command === undefined) return start(config, [...rest], {}, show);
  const run = async () => {
    const told = await withWarehouse(
      config,
      async (warehouse) => {
        if (writes) await ensureTablesBesideDbt(warehouse);
        return dbtVars(config, warehouse, line.asOfDate, (text) => line.reporter.warn(text));
      },
      writes ? {} : { readOnly: true },
    );
    const { as_of_date, ...others } = { ...told, ...vars };
    const project = dbtProject(config);
    const places: Readonly<Record<string, string>> = {
      '--project-dir': project,
      '--profiles-dir': project,
      '--target': config.warehouse.type,
      '--target-path': dbtTarget(config, project, others),
      '--log-path': join(config.buildDirectory, 'logs'),
    };
    const given = Object.entries(places).filter(([option]) => !rest.some((arg) => nameOf(arg) === option));
    return start(
      config,
      [...rest, ...given.flat(), '--vars', JSON.stringify(others)],
      {
        TENURE_AS_OF_DATE: String(as_of_date),
        TENURE_REQUIRED_ENTITIES: command === 'run' || command === 'build' ? 'accounts contracts' : '',
      },
      show,
    );
  };
  return writes ? working(config, run) : run();
}

/** Runs dbt to its end and gives its exit code. */
function start(
  config: Config,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  show: Parameters<typeof passOnToDbt>[2],
): Promise<number> {
  return new Promise((resolve, reject) => {
    const [program, script] = dbtProgram;
    const child = spawnTethered(program, [script, ...args], {
      env: { ...dbtEnvironment(config), ...env },
      endedBy: 'INT', // it then takes back the queries that a warehouse still runs
    });
    (child.stdout as Readable).on('data', show.out);
    (child.stderr as Readable).on('data', show.error);
    child.on('error', (error) => reject(dbtMissing(error)));
    child.on('close', (code) => resolve(code ?? 1));
  });
}
