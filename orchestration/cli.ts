import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { Argument, Command, CommanderError, Option } from 'commander';
import type { AcceptShrink } from '../ingest/index.ts';
import { type CalibrationRequest, calibration } from './calibration.ts';
import { checksText, isAnyRed, readChecks } from './checks.ts';
import { type Config, connectorsDirectory, loadConfig } from './config.ts';
import { connectorNames, installConnectors, listConnectors } from './connectors/install.ts';
import { demo } from './demo.ts';
import { doctor } from './doctor.ts';
import { usage } from './errors.ts';
import { explain, explanationText } from './explain.ts';
import { failureOf } from './failure.ts';
import { init, QUESTIONS } from './init/index.ts';
import { working } from './leftovers.ts';
import { betweenWarehouses, migratedText, migrateTables, placeOf, plannedTables } from './migrate.ts';
import {
  type Accepted,
  activate,
  activationIncomplete,
  build,
  incomplete,
  type Line,
  recordedVerb,
  report,
  runLine,
  type StepResult,
  score,
  sync,
} from './pipeline.ts';
import { jsonText, printable, table } from './print.ts';
import { NEW_KINDS, type NewRequest, newFilesText, writeNew } from './project/new.ts';
import { query, reading } from './query.ts';
import { consoleReporter } from './reporter.ts';
import { serveSite } from './reports.ts';
import { type ScheduledRun, schedule, scheduleMissing } from './schedule.ts';
import { STEPS, type Step } from './steps.ts';
import { stopOnSignals, stopped } from './stop.ts';
import { backtestTable } from './summary.ts';
import { diff, whatIfOfFiles } from './whatif.ts';

interface CommonOptions {
  readonly verb: string;
  readonly config: string;
  readonly json?: boolean;
  readonly asOf?: string;
}

/** What a verb answers: the value for `--json`, the text for people, and the exit code (0 done, 3 a check is red). */
interface Answer {
  readonly value: unknown;
  readonly text: string;
  readonly exitCode?: 0 | 3;
}

const isJson = process.argv.includes('--json');

/** Says how the command failed: in words on stderr, with --json also as one value, with what came of it all the same. */
function fail(error: unknown): void {
  const { failure, text, exitCode } = failureOf(error);
  if (text !== '') console.error(`\n${printable(text)}`);
  const value = error instanceof Error && 'value' in error ? { value: error.value } : {};
  if (isJson) process.stdout.write(`${jsonText({ error: failure, ...value })}\n`);
  process.exitCode = exitCode;
}

/** What a verb that has no end of its own has to show so far. */
let soFar: { readonly value: unknown } | undefined;

const stop = stopOnSignals(() => fail(Object.assign(stopped('tenure'), soFar)));

const now = () => new Date().toISOString();

/** Today in the tenant's time zone. */
const today = (timeZone: string) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date());

function parseDay(text: string): string {
  const day = new Date(`${text}T00:00:00Z`);
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(text) ||
    Number.isNaN(day.getTime()) ||
    day.toISOString().slice(0, 10) !== text
  ) {
    throw usage(`Expected a day such as 2026-06-30, got "${text}".`);
  }
  return text;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw usage(`Expected a whole number from 1, got "${text}".`);
  return count;
}

function parseCountOrNone(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usage(`Expected a whole number from 0, got "${text}".`);
  return Number(text);
}

const skipTestsOption = () =>
  new Option('--skip-tests', 'build without dbt’s tests of the data, which read what was built once more');

const lineOf = (config: Config, options: CommonOptions & { readonly skipTests?: boolean }): Line => ({
  config,
  skipTests: options.skipTests === true,
  asOfDate: options.asOf ?? today(config.tenant.time_zone),
  reporter: consoleReporter(),
  now,
  signal: stop.signal,
});

const answered = <T>(what: string, result: StepResult<T>): Answer => {
  if (!result.isComplete) throw Object.assign(incomplete(what), { value: result.value });
  return { value: result.value, text: '' };
};

const program = new Command('tenure')
  .description('Customer health and renewals as code, in your own warehouse.')
  .exitOverride()
  .showHelpAfterError();

/** Registers a verb with the options that every verb has, and prints its answer. */
function verb(
  name: string,
  description: string,
  configure: (command: Command) => Command = (command) => command,
) {
  const command = configure(program.command(name).description(description))
    .option('--config <file>', 'the configuration', 'tenure.yaml')
    .addOption(
      new Option('--as-of <date>', 'the day whose knowledge counts (default: today)').argParser(parseDay),
    )
    .option('--json', 'print one JSON value on stdout');
  return {
    does(act: (options: CommonOptions & Record<string, never>, args: string[]) => Promise<Answer>) {
      command.action(async (...given: unknown[]) => {
        const options = Object.assign(command.opts<CommonOptions & Record<string, never>>(), { verb: name });
        const args = given.slice(0, -2).flat() as string[];
        const answer = await act(options, args);
        if (options.json) process.stdout.write(`${jsonText(answer.value)}\n`);
        else if (answer.text !== '') process.stdout.write(`${printable(answer.text)}\n`);
        process.exitCode = answer.exitCode ?? 0;
      });
    },
  };
}

/** The configuration of a file; what the verb asks of the warehouse bears its name, unless it belongs to a step of a run. */
const configOf = async (file: string, verb: string): Promise<Config> =>
  Object.freeze({ ...(await loadConfig(file, process.env)), jobLabels: { tenure_step: verb } });
const config = (options: CommonOptions) => configOf(options.config, options.verb);

/** A verb that writes: one at a time on a warehouse, with its record in `ops.runs`. */
async function writing<T>(options: CommonOptions, step: Step, work: (line: Line) => Promise<StepResult<T>>) {
  const loaded = await config(options);
  const line = lineOf(loaded, options);
  return working(loaded, () => recordedVerb(line, step, work));
}

verb('init', 'ask what is needed, then write tenure.yaml and .env.example', (command) => {
  for (const { flag, ask, fallback } of Object.values(QUESTIONS))
    command.option(`--${flag} <answer>`, `${ask}${fallback === '' ? '' : ` (default: ${fallback})`}`);
  return command
    .option('--force', 'replace files that are there')
    .option('--yes', 'ask nothing, take the defaults');
}).does(async (options) => {
  const { force, yes, ...answers } = options as { force?: boolean; yes?: boolean };
  const person =
    process.stdin.isTTY && !yes
      ? createInterface({ input: process.stdin, output: process.stderr })
      : undefined;
  person?.on('SIGINT', () => process.kill(process.pid, 'SIGINT')); // the terminal gives it to who asks
  const ask =
    person && ((question: string, fallback: string) => person.question(`${question} [${fallback}] `));
  try {
    return await init({ file: options.config, answers, ask, force: Boolean(force) });
  } finally {
    person?.close();
  }
});

verb('new', 'write a working start of a signal, check or page of your own, with its test', (command) =>
  command
    .addArgument(new Argument('<kind>', 'what to write').choices([...NEW_KINDS]))
    .argument('<name>', 'its name: lower-case letters, digits and _')
    .option('--input <stream>', 'of a signal: the stream of a source of kind raw that it rests on'),
).does(async (options, [kind, name = '']) => {
  const { input } = options as { input?: string };
  const { directory, signals } = await config(options);
  const request = { kind: kind as NewRequest['kind'], name, preset: signals.preset, input };
  const written = writeNew(directory, request);
  return { value: written, text: newFilesText(written) };
});

verb(
  'doctor',
  'check Node, Python, dbt, the warehouse, sources and destinations; says how to mend each',
).does(async (options) => {
  const findings = await doctor(await config(options));
  const text = findings
    .map((each) => `${each.is_ok ? 'ok ' : 'BAD'}  ${each.check}: ${each.finding}`)
    .join('\n');
  return { value: findings, text, exitCode: findings.every((each) => each.is_ok) ? 0 : 3 };
});

verb('connectors', 'install connectors into private environments, or list them', (command) =>
  command
    .addArgument(new Argument('<action>', 'what to do').choices(['install', 'list']))
    .argument('[name...]', 'which to install'),
).does(async (options, [action, ...names]) => {
  const folder = connectorsDirectory(options.config, process.env);
  const states =
    action === 'list'
      ? await listConnectors(folder)
      : await installConnectors(folder, connectorNames(names), consoleReporter());
  return {
    value: states,
    text: table(
      ['name', 'kind', 'version', 'installed_version'],
      states.map((state) => ({ ...state })),
    ),
  };
});

const acceptShrinkOption = () =>
  new Option(
    '--accept-shrink [stream...]',
    'take tables although they shrink by more than max_shrink_share of their source; all, or these streams',
  );
const acceptLossOption = () =>
  new Option('--accept-loss', 'let published days of accounts vanish from the history');
const acceptChangesOption = () =>
  new Option('--accept-changes', 'let more published scores change than history.max_change_share');

verb('sync', 'land sources in raw', (command) =>
  command.argument('[source...]', 'only these sources').addOption(acceptShrinkOption()),
).does(async (options, names) => {
  const { acceptShrink } = options as { acceptShrink?: AcceptShrink };
  return answered(
    'Not all of the sources were synced.',
    await writing(options, 'sync', (line) => sync(line, names, acceptShrink)),
  );
});

verb('build', 'build raw → signals, scores, marts with dbt, and run its tests', (command) =>
  command
    .option('--select <selector...>', 'only these models, in dbt’s own syntax')
    .option('--full-refresh', 'rebuild the whole history')
    .addOption(acceptLossOption())
    .addOption(acceptChangesOption())
    .addOption(skipTestsOption()),
).does(async (options) => {
  const { select, fullRefresh, acceptLoss, acceptChanges } = options as {
    select?: string[];
    fullRefresh?: boolean;
  } & Accepted;
  return answered(
    '',
    await writing(options, 'build', (line) =>
      build(line, { select, fullRefresh, acceptLoss, acceptChanges }),
    ),
  );
});

verb('score', 'backtest, renewal stages, forecast, then the marts that read them', (command) =>
  command.addOption(skipTestsOption()),
).does(async (options) => answered('', await writing(options, 'score', score)));

verb('report', 'build the pages into .build/site').does(async (options) => {
  const result = await writing(options, 'report', report);
  return { value: result.value, text: `Open them with: tenure serve --config ${options.config}` };
});

verb('serve', 'serve the pages on this machine', (command) =>
  command.option('--port <number>', 'the port', (text) => {
    const port = Number(text);
    if (!Number.isInteger(port) || port < 0 || port > 65535)
      throw usage(`Expected a port from 0 to 65535, got "${text}".`);
    return port;
  }),
).does(async (options) => {
  const { buildDirectory } = await config(options);
  const { port } = options as { port?: number };
  const server = await serveSite({
    siteDir: `${buildDirectory}/site`,
    port: port ?? 3000,
    host: '127.0.0.1',
  });
  return { value: { url: server.url }, text: `The pages are at ${server.url} (stop with Ctrl+C)` };
});

verb('activate', 'show what would be written to the CRM; --apply writes it', (command) =>
  command
    .argument('[destination...]', 'only these destinations')
    .option('--apply', 'write, not only show')
    .option('--first', 'write although nothing was written before, or the ledger of it is lost')
    .option('--accept-many', 'write although more records change than max_change_share allows'),
).does(async (options, names) => {
  const { apply, first, acceptMany } = options as {
    apply?: boolean;
    first?: boolean;
    acceptMany?: boolean;
  };
  const asked = { apply: Boolean(apply), isFirst: Boolean(first), acceptsChanges: Boolean(acceptMany) };
  const result = await writing(options, 'activate', (line) => activate(line, { names, ...asked }));
  const text = result.value.map((each) => each.diff_text).join('\n\n');
  if (!result.isComplete) throw Object.assign(activationIncomplete(result.value), { value: result.value });
  return { value: result.value, text };
});

verb('run', 'sync, build, score, report, activate in order; goes on after a kill', (command) =>
  command
    .addOption(new Option('--until <step>', 'the last step').choices([...STEPS]))
    .option('--apply', 'let activate write, not only show')
    .option('--fresh', 'start over from sync, whatever a killed run had done')
    .addOption(acceptShrinkOption())
    .addOption(acceptLossOption())
    .addOption(acceptChangesOption())
    .addOption(skipTestsOption()),
).does(async (options) => {
  const { until, apply, fresh, acceptShrink, acceptLoss, acceptChanges } = options as {
    until?: Step;
    apply?: boolean;
    fresh?: boolean;
  } & Accepted;
  const loaded = await config(options);
  const result = await working(loaded, () =>
    runLine(lineOf(loaded, options), {
      until,
      apply: Boolean(apply),
      isFresh: Boolean(fresh),
      acceptShrink,
      acceptLoss,
      acceptChanges,
    }),
  );
  const steps = result.steps.map((each) => `${each.step}: ${each.status}`);
  if (result.isStopped) throw Object.assign(stopped(`The run (${steps.join(', ')})`), { value: result });
  if (!result.isComplete)
    throw Object.assign(incomplete(`Not all of the run went well (${steps.join(', ')}).`), { value: result });
  return { value: result, text: steps.join('\n') };
});

verb('schedule', 'keep running the line on the configured cron, until it is stopped', (command) =>
  command
    .option('--cron <pattern>', 'instead of the configured one: minute hour day month weekday')
    .addOption(new Option('--until <step>', 'the last step').choices([...STEPS]))
    .option('--apply', 'let activate write, not only show'),
).does(async (options) => {
  if (options.asOf !== undefined) throw usage('"schedule" runs for the day it is: leave --as-of out.');
  const { cron, until, apply } = options as { cron?: string; until?: Step; apply?: boolean };
  const first = await config(options);
  const pattern = cron ?? first.schedule?.cron;
  if (pattern === undefined) throw scheduleMissing(options.config);
  const runs: ScheduledRun[] = [];
  soFar = { value: runs };
  await schedule({
    cron: pattern,
    runs,
    timeZone: first.tenant.time_zone,
    signal: stop.signal,
    reporter: consoleReporter(),
    now,
    // Read anew for each run, so that a changed source or destination needs no restart.
    run: async () => {
      const loaded = await config(options);
      const last = until ?? loaded.schedule?.until;
      return working(loaded, () =>
        runLine(lineOf(loaded, options), {
          ...(last === undefined ? {} : { until: last }),
          apply: apply ?? loaded.schedule?.apply ?? false,
        }),
      );
    },
  });
  throw Object.assign(stopped('The schedule'), soFar);
});

verb('explain', 'the score of an account, its contributions, and what changed it', (command) =>
  command
    .argument('<account>', 'account id or exact name')
    .addOption(new Option('--date <date>', 'the day to explain (default: the latest)').argParser(parseDay))
    .addOption(
      new Option('--since <date>', 'the day to compare with (default: 30 days before)').argParser(parseDay),
    )
    .option('--since-version <version>', 'compare with the score under an earlier model version'),
).does(async (options, [account = '']) => {
  const { date, since, sinceVersion } = options as { date?: string; since?: string; sinceVersion?: string };
  const explanation = await explain(await config(options), {
    account,
    date: date ?? options.asOf,
    since,
    sinceVersion,
  });
  return { value: explanation, text: explanationText(explanation) };
});

verb('backtest', 'how well the score foretold what happened').does(async (options) => {
  const rows = await backtestTable(await config(options), options.asOf);
  return {
    value: rows,
    text: table(['unit', 'horizon_days', 'metric', 'value', 'ci_low', 'ci_high', 'n', 'verdict'], rows),
  };
});

const horizonOption = () =>
  new Option('--horizon <days>', 'days ahead in which a churn counts').argParser(parseCount).default(90);

verb('calibrate', 'propose weights from what happened; nothing is changed', (command) =>
  command
    .addOption(
      new Option('--unit <unit>', 'what is observed').choices(['account', 'renewal']).default('account'),
    )
    .addOption(horizonOption())
    .option('--segment <segment>', 'a segment that has weights of its own')
    .addOption(
      new Option('--samples <number>', 'resamples for the intervals').argParser(parseCount).default(1000),
    )
    .option(
      '--write [file]',
      'write the proposed weights, into rules/signal_definitions.csv unless a file is named',
    ),
).does(async (options) => {
  const { unit, horizon, segment, samples, write } = options as unknown as CalibrationRequest;
  const loaded = await config(options);
  return calibration(lineOf(loaded, options), { unit, horizon, segment, samples, write });
});

verb('whatif', 'replay history with other weights or category cuts', (command) =>
  command
    .option('--weights <file>', 'weights, laid out as the seed signal_definitions')
    .option('--cuts <file>', 'category cuts, laid out as the seed category_cuts')
    .addOption(horizonOption()),
).does(async (options) => {
  const { weights, cuts, horizon } = options as unknown as {
    weights?: string;
    cuts?: string;
    horizon: number;
  };
  return whatIfOfFiles(lineOf(await config(options), options), { weights, cuts, horizon });
});

verb('diff', 'what the weights and cuts of a git ref or file would change', (command) =>
  command
    .argument('<ref-or-file>', 'a git ref of this project, or a file of weights or cuts')
    .addOption(horizonOption()),
).does(async (options, [refOrFile = '']) => {
  const { horizon } = options as unknown as { horizon: number };
  return diff(lineOf(await config(options), options), refOrFile, horizon);
});

verb('check', 'the monthly and quarterly red flags, the sources and the data quality').does(
  async (options) => {
    const found = await readChecks(await config(options), options.asOf);
    return { value: found.checks, text: checksText(found), exitCode: isAnyRed(found) ? 3 : 0 };
  },
);

verb('migrate', 'carry what cannot be built again over to another, empty warehouse', (command) =>
  command
    .requiredOption(
      '--to <file>',
      'the configuration of the other warehouse; "bigquery" stands for tenure.bigquery.yaml beside this one',
    )
    .option('--dry-run', 'show the tables and their rows, change nothing'),
).does(async (options) => {
  const { to, dryRun } = options as unknown as { to: string; dryRun?: boolean };
  const here = await config(options);
  const file = /^[a-z]+$/.test(to) ? join(here.directory, `tenure.${to}.yaml`) : to;
  const there = await configOf(file, options.verb);
  if (dryRun) {
    const tables = await reading(here, plannedTables);
    return {
      value: tables,
      text: `${table(['table', 'rows'], tables)}\n\n${placeOf(here.warehouse)} → ${placeOf(there.warehouse)}; nothing was changed.`,
    };
  }
  const reporter = consoleReporter();
  reporter.step(`Migrating ${placeOf(here.warehouse)} to ${placeOf(there.warehouse)}`);
  const tables = await working(here, () =>
    betweenWarehouses(here, there, (from, target) =>
      migrateTables(from, target, { place: placeOf(here.warehouse), now, reporter }),
    ),
  );
  reporter.done('all is there');
  return { value: tables, text: migratedText(tables, there.file) };
});

verb('query', 'run a read-only query on the warehouse', (command) =>
  command
    .argument('<sql>', 'the query')
    .addOption(
      new Option('--limit <rows>', 'rows that are read at most; 0: all of them')
        .argParser(parseCountOrNone)
        .default(10_000),
    )
    .addOption(
      new Option('--timeout <seconds>', 'how long it may take; 0: as long as it takes')
        .argParser(parseCountOrNone)
        .default(300),
    ),
).does(async (options, [sql = '']) => {
  const { limit, timeout } = options as unknown as { limit: number; timeout: number };
  const { columns, rows, isCut } = await query(await config(options), sql, {
    maximumRows: limit || undefined,
    timeoutSeconds: timeout || undefined,
  });
  const cut = `only the first ${limit}: --limit ROWS gives more, --limit 0 all`;
  if (isCut && options.json) process.stderr.write(`There are more rows; here are ${cut}.\n`);
  const names = columns.map((column) => column.name);
  const count = `${rows.length} row${rows.length === 1 ? '' : 's'}${isCut ? `, ${cut}` : ''}`;
  return { value: rows, text: `${table(names, rows)}\n(${count})` };
});

program
  .command('demo')
  .description('simulate a company, run the whole line on it, and say what came of it')
  .option('--serve', 'serve the pages afterwards')
  .addOption(
    new Option('--as-of <date>', 'the day on which the demo stands (default: today)').argParser(parseDay),
  )
  .option('--json', 'print one JSON value on stdout')
  .action(async (options: { serve?: boolean; asOf?: string; json?: boolean }) => {
    const result = await demo({
      asOfDate: options.asOf ?? today('UTC'),
      reporter: consoleReporter(),
      now,
      signal: stop.signal,
    });
    process.stdout.write(options.json ? `${JSON.stringify(result.value)}\n` : `\n${result.text}\n`);
    if (!options.serve) return;
    const server = await serveSite({ siteDir: result.siteDir, port: 3000, host: '127.0.0.1' });
    process.stdout.write(`The pages are at ${server.url} (stop with Ctrl+C)\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  const isHelp = error instanceof CommanderError && error.exitCode === 0;
  if (isHelp) process.exitCode = 0;
  else if (stop.signal.aborted && !(error instanceof Error && 'code' in error && error.code === 'STOPPED'))
    fail(stopped('tenure'));
  else fail(error);
}
stop.answered();
