import { spawnSync } from 'node:child_process';
import { access, constants, readdir, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { CONNECTORS, checkSource, newestOf, type TableMappings } from '../../../ingest/index.ts';
import { bad, databaseOf, ok, type WarehouseCheck } from '../../../warehouse/index.ts';
import { destinationProblems } from '../../activation/index.ts';
import { channelProblem } from '../../activation/people/index.ts';
import { requireEnvironment } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { installedVersion } from '../../connectors/installed.ts';
import { TenureError } from '../../errors.ts';
import { reading } from '../../pipeline/configured-warehouse.ts';
import { lastSyncs } from '../../pipeline/sync-log.ts';
import { runnable } from '../../pipeline/sync-sources.ts';
import { ownPages } from '../../project/own-pages.ts';
import { ownProject } from '../../project/own-project.ts';
import { environmentRoot, SET_UP_AGAIN } from '../../project-root.ts';
import { count } from '../../runtime/print.ts';
import { configOf, daylessVerb, show } from '../context.ts';

/** What was looked at and found and, when it is not well, what to do. */
export type Finding = WarehouseCheck;

const exists = (path: string, mode = constants.F_OK) =>
  access(path, mode).then(
    () => true,
    () => false,
  );

function node(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 22
    ? ok('Node', `${process.versions.node}`)
    : bad('Node', `expected 22 or newer, runs on ${process.versions.node}: start it with "npx tenure"`);
}

async function dbt(): Promise<Finding> {
  const program = join(environmentRoot, '.venv', 'bin', 'dbt');
  if (!(await exists(program))) return bad('dbt', `not installed. ${SET_UP_AGAIN}`);
  const { status, stdout } = spawnSync(join(environmentRoot, '.venv', 'bin', 'python'), [
    '-c',
    'import sys, importlib.metadata as m; print(sys.version.split()[0], *(p + " " + m.version(p) for p in ("dbt-core", "dbt-duckdb", "dbt-bigquery", "duckdb")), sep=", ")',
  ]);
  return status === 0
    ? ok('Python and dbt', String(stdout).trim())
    : bad(
        'Python and dbt',
        `the private environment is broken. Delete ${join(environmentRoot, '.venv')}. ${SET_UP_AGAIN}`,
      );
}

/** What the company's project adds to the product; nothing when it adds nothing. */
function project({ directory }: Config): Finding[] {
  const check = 'Rules, signals, checks and pages';
  try {
    const { laid, models } = ownProject(directory);
    const parts = [
      laid.length === 1 ? '1 table of rules' : `${laid.length} tables of rules`,
      count(models.length, 'model'),
      count(ownPages(directory).filter(({ kind }) => kind === 'page').length, 'page'),
    ].filter((part) => !part.startsWith('0 '));
    return parts.length === 0 ? [] : [ok(check, `${parts.join(', ')} of your own`)];
  } catch (error) {
    if (!(error instanceof TenureError)) throw error;
    return [bad(check, error.message)];
  }
}

function warehouse(config: Config): Promise<Finding[]> {
  const read = config.sources.flatMap(({ tables }) => (tables === undefined ? [] : [tables]));
  return databaseOf(config.warehouse).check(read);
}

async function source(config: Config, each: Config['sources'][number]): Promise<Finding> {
  const check = `Source ${each.name}`;
  try {
    requireEnvironment(config, each);
  } catch (error) {
    return bad(check, (error as Error).message);
  }
  if (each.connector === undefined) return ok(check, `reads the tables of schema ${each.tables}`);
  if ('builtin' in each.connector) {
    const { path, tables = {} } = (each.connector.config ?? {}) as { path?: unknown; tables?: TableMappings };
    if (each.connector.builtin !== 'files') return ok(check, `built in: ${each.connector.builtin}`);
    const isFolder =
      typeof path === 'string' &&
      (await stat(path).then(
        (found) => found.isDirectory(),
        () => false,
      ));
    if (!isFolder) return bad(check, `expected a folder at ${String(path)}: mend connector.config.path`);
    const names = await readdir(path);
    for (const [table, { file }] of Object.entries(tables))
      if (file !== undefined && newestOf(path, names, file) === undefined)
        return bad(check, `expected ${file} in ${path}, from which ${table} is read: put it there`);
    return ok(check, `folder ${path}`);
  }
  if ('airbyte' in each.connector) {
    const wanted = CONNECTORS[each.connector.airbyte].version;
    const there = await installedVersion(config.connectorsDirectory, each.connector.airbyte);
    return there === wanted
      ? tried(config, each, `connector ${each.connector.airbyte} ${there}`)
      : bad(
          check,
          `expected the connector ${each.connector.airbyte} ${wanted}, found ${there ?? 'none'}: ` +
            `run "tenure connectors install ${each.connector.airbyte}"`,
        );
  }
  const program = 'image' in each.connector ? ['docker', 'podman'] : each.connector.exec.slice(0, 1);
  const places = program.flatMap((command) =>
    command.includes('/')
      ? [command]
      : config.searchPath.split(delimiter).map((folder) => join(folder, command)),
  );
  for (const place of places)
    if (await exists(place, constants.X_OK)) return tried(config, each, `connector ${place}`);
  return bad(
    check,
    `expected the program ${program.join(' or ')}, found none that can be run: install the connector or give its full path`,
  );
}

/** Seconds that a connector may take to say whether it gets in. */
const CHECK_SECONDS = 60;

/** Asks the connector whether its configuration lets it in; `what` says which connector it is. Nothing is read. */
async function tried(config: Config, each: Config['sources'][number], what: string): Promise<Finding> {
  const check = `Source ${each.name}`;
  const connector = runnable(config, each);
  if (connector === undefined) return ok(check, what);
  try {
    const answer = await checkSource(
      { name: each.name, kind: each.kind, connector },
      {
        workDir: config.workDirectory,
        now: () => new Date().toISOString(),
        timeZone: config.tenant.time_zone,
        cwd: config.directory,
        timeoutSeconds: CHECK_SECONDS,
      },
    );
    return answer.ok
      ? ok(check, `${what}, which gets in`)
      : bad(check, `${what} does not get in: ${answer.message ?? 'it does not say why'}`);
  } catch (error) {
    return bad(check, `${what} cannot be asked: ${(error as Error).message}`);
  }
}

/** What became of the sources so far, by what the warehouse knows; nothing before it is there. */
async function landedSources(config: Config): Promise<Finding[]> {
  const { file } = databaseOf(config.warehouse);
  if (file !== undefined && !(await exists(file))) return [];
  try {
    return await reading(config, async (opened) => {
      const tables = await opened.listTables('raw');
      const syncs = await lastSyncs(opened);
      return config.sources
        .filter(({ connector }) => connector !== undefined)
        .flatMap(({ name }): Finding[] => {
          const check = `Last sync of ${name}`;
          const last = syncs.find(({ source_name }) => source_name === name);
          if (last === undefined && !tables.some((table) => !table.startsWith('_'))) return [];
          if (last === undefined)
            return [
              bad(
                check,
                `nothing of it was ever landed; raw holds ${tables.join(', ')}: run "tenure sync ${name}", or give a ` +
                  'renamed source its name back',
              ),
            ];
          if (last.status === 'succeeded') return [ok(check, 'succeeded')];
          const why = last.error_code === null ? last.status : `${last.status}, ${last.error_code}`;
          return [bad(check, `${why}: "tenure sync ${name}" says what was wrong`)];
        });
    });
  } catch {
    return []; // the warehouse has a finding of its own
  }
}

/** Whether a channel could tell people something; nobody is told anything. */
async function channel(config: Config, each: Config['channels'][number]): Promise<Finding> {
  const check = `Channel ${each.name}`;
  try {
    requireEnvironment(config, each);
    const problem = await channelProblem(each, {
      currency: config.tenant.currency,
      siteUrl: config.site_url,
    });
    if (problem !== undefined) return bad(check, problem);
    const links = config.site_url === undefined ? '; without site_url its messages have no links' : '';
    return ok(check, `${each.kind}, tells ${each.tells.join(', ')}${links}`);
  } catch (error) {
    return bad(check, (error as Error).message);
  }
}

/** Logs in, and asks for each field that may be written whether it is there and may be. */
async function destination(config: Config, each: Config['destinations'][number]): Promise<Finding[]> {
  const check = `Destination ${each.name}`;
  try {
    requireEnvironment(config, each);
    if (each.allow_fields.length === 0)
      return [
        bad(
          check,
          'allow_fields is empty, so nothing could be written: list the fields that Tenure may write',
        ),
      ];
    const problems = await destinationProblems(config, each);
    return problems.length > 0
      ? problems.map((problem) => bad(check, problem))
      : [ok(check, `logged in; may write ${each.allow_fields.join(', ')}`)];
  } catch (error) {
    return [bad(check, (error as Error).message)];
  }
}

/** Looks at all that a run needs, and says of each what is there or how to mend it. Changes nothing. */
export async function doctor(config: Config): Promise<Finding[]> {
  return [
    node(),
    await dbt(),
    ...project(config),
    ...(await warehouse(config)),
    ...(await Promise.all(config.sources.map((each) => source(config, each)))),
    ...(await landedSources(config)),
    ...(await Promise.all(config.destinations.map((each) => destination(config, each)))).flat(),
    ...(await Promise.all(config.channels.map((each) => channel(config, each)))),
  ];
}

export const doctorVerb = () =>
  daylessVerb(
    new Command('doctor').description(
      'check Node, Python, dbt, the warehouse, sources, destinations and channels; says how to mend each',
    ),
    'it looks at what is there now',
  ).action(async (options) => {
    const findings = await doctor(await configOf(options.config, 'doctor'));
    const text = findings
      .map((each) => `${each.is_ok ? 'ok ' : 'BAD'}  ${each.check}: ${each.finding}`)
      .join('\n');
    show(options, { value: findings, text, exitCode: findings.every((each) => each.is_ok) ? 0 : 3 });
  });
