import { type Command, Option, type OptionValues } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import { usage } from '../errors.ts';
import { working } from '../pipeline/leftovers.ts';
import type { Line, Step, StepResult } from '../pipeline/line.ts';
import { incomplete, recordedVerb } from '../pipeline/run.ts';
import { asTyped } from '../runtime/as-typed.ts';
import { jsonText, printable } from '../runtime/print.ts';
import { consoleReporter } from '../runtime/reporter.ts';

/** What a verb gets from the process that it runs in. */
export interface Context {
  /** Aborted when the user asks to stop. */
  readonly signal: AbortSignal;
  /** The clock, as an ISO instant. */
  readonly now: () => string;
  /** Keeps what a verb without an end of its own has to show so far, for when it is given up. */
  readonly showSoFar: (value: unknown) => void;
}

/** What a verb answers: the value for `--json`, the text for people, and the exit code (0 done, 3 a check is red). */
export interface Answer {
  readonly value: unknown;
  readonly text: string;
  readonly exitCode?: 0 | 3;
}

/** What every verb can be told. */
export interface CommonOptions {
  readonly config: string;
  readonly json?: true | undefined;
  readonly asOf?: string | undefined;
}

/** Today in the tenant's time zone. */
export const today = (timeZone: string) => new Intl.DateTimeFormat('en-CA', { timeZone }).format(new Date());

export function parseDay(text: string): string {
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

export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw usage(`Expected a whole number from 1, got "${text}".`);
  return count;
}

/** The file that an option names: the option after it is none, which a command line would else take for it. */
export function parseFile(text: string): string {
  if (text.startsWith('-'))
    throw usage(
      `Expected the name of a file, got the option "${text}".`,
      'Name the file first; one that begins with - as ./-name.',
    );
  return text;
}

/** A command with the options that every verb has, after its own. */
export const verb = <Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) =>
  command
    .addOption(new Option('--config <file>', 'the configuration').default('tenure.yaml').argParser(parseFile))
    .addOption(
      new Option('--as-of <date>', 'the day whose knowledge counts (default: today)').argParser(parseDay),
    )
    .option('--json', 'print one JSON value on stdout');

/** A verb for which no day counts, and that says so when it is given one. `why` tells what it goes by instead. */
export const daylessVerb = <Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
  why: string,
) =>
  verb(command).hook('preAction', (it) => {
    if (it.getOptionValue('asOf') !== undefined)
      process.stderr.write(`--as-of changes nothing for "${it.name()}": ${why}.\n`);
  });

/** Prints an answer: one JSON value, or the text. */
export function show({ json }: Pick<CommonOptions, 'json'>, answer: Answer): void {
  if (json) process.stdout.write(`${jsonText(answer.value)}\n`);
  else if (answer.text !== '') process.stdout.write(`${printable(asTyped(answer.text))}\n`);
  process.exitCode = answer.exitCode ?? 0;
}

/** An error with what came of the verb all the same, for `--json`. */
export const withValue = (error: Error, value: unknown): Error => Object.assign(error, { value });

/** The configuration of a file; what the verb asks of the warehouse bears its name, unless it belongs to a step of a run. */
export const configOf = async (file: string, verbName: string): Promise<Config> =>
  Object.freeze({ ...(await loadConfig(file)), jobLabels: { tenure_step: verbName } });

export const lineOf = (
  { now, signal }: Context,
  config: Config,
  options: { readonly asOf?: string | undefined; readonly skipTests?: true | undefined },
): Line => ({
  config,
  skipTests: options.skipTests === true,
  asOfDate: options.asOf ?? today(config.tenant.time_zone),
  reporter: consoleReporter(),
  now,
  signal,
});

/** A step as a verb: it writes, one at a time on a warehouse, and leaves its record in `ops.runs`. */
export async function runStep<T>(
  context: Context,
  step: Step,
  options: CommonOptions & { readonly skipTests?: true | undefined },
  work: (line: Line) => Promise<StepResult<T>>,
): Promise<StepResult<T>> {
  const config = await configOf(options.config, step);
  return working(config, () => recordedVerb(lineOf(context, config, options), step, work));
}

/** The answer of a step, all of which went well; throws what its result is `incomplete` by otherwise. */
export function complete<T>(result: StepResult<T>, why: string): Answer {
  if (!result.isComplete) throw withValue(incomplete(why), result.value);
  return { value: result.value, text: '' };
}
