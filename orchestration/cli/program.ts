import { Command, CommanderError } from '@commander-js/extra-typings';
import { stopOnSignals, stopped } from '../pipeline/stop.ts';
import { productVersion } from '../project-root.ts';
import { jsonText, printable } from '../runtime/print.ts';
import { activateVerb } from './commands/activate.ts';
import { auditVerb } from './commands/audit.ts';
import { backtestVerb } from './commands/backtest.ts';
import { buildVerb } from './commands/build.ts';
import { calibrateVerb } from './commands/calibrate.ts';
import { checkVerb } from './commands/check.ts';
import { connectorsVerb } from './commands/connectors.ts';
import { dbtVerb } from './commands/dbt.ts';
import { demoVerb } from './commands/demo.ts';
import { diffVerb } from './commands/diff.ts';
import { doctorVerb } from './commands/doctor.ts';
import { eraseVerb } from './commands/erase.ts';
import { explainVerb } from './commands/explain.ts';
import { filesVerb } from './commands/files.ts';
import { initVerb } from './commands/init.ts';
import { learnVerb } from './commands/learn.ts';
import { mapVerb } from './commands/map.ts';
import { migrateVerb } from './commands/migrate.ts';
import { newVerb } from './commands/new.ts';
import { queryVerb } from './commands/query.ts';
import { reportVerb } from './commands/report.ts';
import { runVerb } from './commands/run.ts';
import { scheduleVerb } from './commands/schedule.ts';
import { scoreVerb } from './commands/score.ts';
import { serveVerb } from './commands/serve.ts';
import { sourcesVerb } from './commands/sources.ts';
import { syncVerb } from './commands/sync.ts';
import { whatIfVerb } from './commands/whatif.ts';
import type { Context } from './context.ts';
import { failureOf } from './failure.ts';

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

const context: Context = {
  signal: stop.signal,
  now: () => new Date().toISOString(),
  showSoFar: (value) => {
    soFar = { value };
  },
};

const program = new Command('tenure')
  .description('Customer health and renewals as code, in your own warehouse.')
  .version(productVersion())
  .enablePositionalOptions() // tenure dbt hands options on
  .exitOverride()
  .showHelpAfterError();

for (const command of [
  initVerb(),
  mapVerb(),
  filesVerb(),
  newVerb(),
  doctorVerb(),
  connectorsVerb(),
  syncVerb(context),
  buildVerb(context),
  scoreVerb(context),
  reportVerb(context),
  serveVerb(),
  activateVerb(context),
  runVerb(context),
  scheduleVerb(context),
  eraseVerb(context),
  explainVerb(),
  backtestVerb(context),
  calibrateVerb(context),
  learnVerb(context),
  whatIfVerb(context),
  diffVerb(context),
  sourcesVerb(),
  checkVerb(),
  auditVerb(),
  dbtVerb(context),
  migrateVerb(context),
  queryVerb(),
  demoVerb(context),
])
  program.addCommand(command.copyInheritedSettings(program));

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
