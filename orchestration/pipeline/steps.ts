import type { AcceptShrink, SyncResult } from '../../ingest/index.ts';
import { ALL_CALLS, runScoring, type ScoringSummary } from '../../scoring/index.ts';
import type { Warehouse } from '../../warehouse/index.ts';
import {
  type ActivationResult,
  activateDestination,
  checkDestination,
  holdTexts,
  notAllSent,
  type VerifyResult,
  verifyDestination,
} from '../activation/index.ts';
import { MESSAGE, tellPeople, toldText } from '../activation/people/index.ts';
import { requireEnvironment } from '../config/load.ts';
import { usage } from '../errors.ts';
import { count } from '../runtime/print.ts';
import { reading, withWarehouse } from './configured-warehouse.ts';
import {
  builtText,
  type DbtOptions,
  dbtBuild,
  dbtVars,
  requireLanded,
  threadsOfADay,
  warnings,
} from './dbt/dbt.ts';
import { ensureTablesBesideDbt } from './dbt/passed-on.ts';
import { readyDbt } from './dbt/process.ts';
import { eraseAgain } from './erase/erase.ts';
import type { Line, StepResult } from './line.ts';
import { runnable, syncSources } from './sync-sources.ts';

export const complete = <T>(value: T, rowCount: number | null): StepResult<T> => ({
  value,
  rowCount,
  isComplete: true,
});

export function chosen<T extends { name: string }>(
  all: readonly T[],
  names: readonly string[],
  what: string,
): readonly T[] {
  const unknown = names.filter((name) => !all.some((each) => each.name === name));
  if (unknown.length > 0) {
    throw usage(
      `Expected the name of a ${what} of the configuration (${all.map((each) => each.name).join(', ') || 'it has none'}), ` +
        `got ${unknown.join(', ')}.`,
    );
  }
  return names.length === 0 ? all : all.filter((each) => names.includes(each.name));
}

/** Sources → `raw`: those of these names, all of them when none is named. A source that fails does not stop the others; the result is then not complete. */
export async function sync(
  line: Line,
  names: readonly string[] = [],
  acceptShrink?: AcceptShrink,
): Promise<StepResult<SyncResult[]>> {
  const { config } = line;
  const asked = chosen(config.sources, names, 'source');
  const sources = asked.filter((source) => source.connector !== undefined);
  for (const source of sources) {
    requireEnvironment(config, source);
    runnable(config, source);
  }
  const land = async (warehouse: Warehouse) => {
    await warehouse.ensureSchemas();
    const results = await syncSources(line, warehouse, sources, acceptShrink);
    const again = await eraseAgain(config, warehouse);
    if (again > 0)
      line.reporter.note(`${count(again, 'row')} of persons who were erased came again and went again`);
    return results;
  };
  const results = await withWarehouse(config, land, { isLanding: true });
  const streams = results.flatMap((result) => result.streams);
  return {
    value: results,
    rowCount: streams.reduce((sum, stream) => sum + stream.rows_landed, 0),
    isComplete: results.every((result) => result.status === 'succeeded'),
  };
}

/** `raw` → signals, scores, marts, with their tests; all but what reads scoring's tables. */
export async function build(line: Line, options: DbtOptions = {}): Promise<StepResult<{ nodes: number }>> {
  const { config, reporter } = line;
  reporter.step('Building signals, scores and marts');
  readyDbt();
  const { vars, threads } = await withWarehouse(config, async (warehouse) => {
    await ensureTablesBesideDbt(warehouse);
    const told = await dbtVars(config, warehouse, line.asOfDate, (text) => reporter.warn(text));
    await requireLanded(told, warehouse);
    return { vars: told, threads: options.fullRefresh ? undefined : await threadsOfADay(config, warehouse) };
  });
  const selection = options.select?.length
    ? options
    : { ...options, exclude: ['source:scoring+'], requires: ['accounts', 'contracts'] };
  const built = await dbtBuild(config, vars, { ...selection, skipTests: line.skipTests, threads }, reporter);
  const { results } = built;
  // A test with a file of its own (models/tests) is of the rules, the others that warn are of what sources say.
  const { true: ofRules = [], false: found = [] } = Object.groupBy(warnings(results), (each) =>
    String(each.startsWith('assert_')),
  ) as Partial<Record<string, string[]>>;
  if (ofRules.length > 0)
    reporter.warn(`the rules are not as is advised (models/tests says why): ${ofRules.join(', ')}`);
  if (found.length > 0) {
    reporter.warn(
      `${count(found.length, 'test')} of what the sources say found something; the numbers do without it ` +
        `(tenure check lists the records, marts.fct_rejected_records each of them):\n${found.map((each) => `    ${each}`).join('\n')}`,
    );
  }
  reporter.done(builtText(built));
  return complete({ nodes: results.length }, results.length);
}

/** Backtest, renewal stages and forecast, then the marts that read them. */
export async function score(line: Line): Promise<StepResult<ScoringSummary>> {
  const { config, reporter } = line;
  reporter.step('Scoring: backtest, renewal stages, forecast');
  readyDbt();
  const { summary, vars, threads } = await withWarehouse(config, async (warehouse) => ({
    summary: await runScoring(warehouse, {
      asOfDate: line.asOfDate,
      onProgress: (howFar: string, what: string) => reporter.progress(howFar, what),
    }),
    vars: await dbtVars(config, warehouse, line.asOfDate),
    threads: await threadsOfADay(config, warehouse),
  }));
  reporter.done('judged against what happened');
  for (const { owner_call, sentence } of summary.calls) if (owner_call === ALL_CALLS) reporter.note(sentence);
  reporter.step('Building the marts that read it');
  const built = await dbtBuild(
    config,
    vars,
    { select: ['source:scoring+'], skipTests: line.skipTests, threads },
    reporter,
  );
  reporter.done(builtText(built));
  return complete(summary, built.results.length);
}

/** The diff of what would be written to each destination; `apply` writes it. */
export async function activate(
  line: Line,
  options: {
    names?: readonly string[];
    apply: boolean;
    /** Whether a first sync, or one whose ledger is lost, is meant. */
    isFirst?: boolean;
    /** Whether so many changes are meant. */
    acceptsChanges?: boolean;
  },
): Promise<StepResult<ActivationResult[]>> {
  const { config, reporter } = line;
  const places = chosen(
    [...config.destinations, ...config.channels],
    options.names ?? [],
    'destination or channel',
  );
  const off = places.filter(({ enabled }) => !enabled);
  const destinations = config.destinations.filter((each) => each.enabled && places.includes(each));
  const channels = config.channels.filter((each) => each.enabled && places.includes(each));
  for (const destination of destinations) checkDestination(config, destination);
  if (options.apply) for (const place of [...destinations, ...channels]) requireEnvironment(config, place);
  const results = await withWarehouse(config, async (warehouse) => {
    const all: ActivationResult[] = off.map(({ name }) => ({
      destination: name,
      applied: false,
      objects: [],
      diff_text: `${name}: switched off (enabled: false)`,
    }));
    for (const { name } of off) reporter.note(`${name} is switched off (enabled: false)`);
    for (const text of await holdTexts(warehouse)) reporter.note(text);
    const common = {
      warehouse,
      apply: options.apply,
      asOfDate: line.asOfDate,
      now: line.now,
      onProgress: (howFar: string, what: string) => reporter.progress(howFar, what),
    };
    const said = (result: ActivationResult, next: string) => {
      for (const object of result.objects) {
        reporter.note(
          (object.object === MESSAGE
            ? toldText(object)
            : `${object.object}: ${object.to_create} to create, ${object.to_update} to change, ${object.to_close} to close, ` +
              `${object.unchanged} unchanged, ${object.left_out} left out, ${object.backlog} in backlog`) +
            (options.apply ? `; ${object.sent} sent, ${object.rejected} rejected` : ''),
        );
        for (const { reason, count: times } of object.reasons.slice(0, 5))
          reporter.note(`  ${times} × ${reason}`);
        if (options.apply && object.refused !== null) reporter.note(`  ${object.refused.message}`);
      }
      reporter.done(options.apply ? 'done' : `nothing was sent: add --apply to ${next}`);
      all.push(result);
    };
    for (const destination of destinations) {
      reporter.step(
        `${options.apply ? 'Writing to' : 'Comparing with'} ${destination.name} (${destination.kind})`,
      );
      said(
        await activateDestination({
          ...common,
          config,
          destination,
          isFirst: options.isFirst ?? false,
          acceptsChanges: options.acceptsChanges ?? false,
        }),
        'write',
      );
    }
    const style = { currency: config.tenant.currency, siteUrl: config.site_url };
    for (const channel of channels) {
      reporter.step(
        `${options.apply ? 'Telling' : 'What would be told'} by ${channel.name} (${channel.kind})`,
      );
      said(
        await tellPeople({
          ...common,
          channel,
          style,
          timeZone: config.tenant.time_zone,
          people: config.people,
        }),
        'tell',
      );
    }
    return all;
  });
  const objects = results.flatMap((result) => result.objects);
  return {
    value: results,
    rowCount: objects.reduce((sum, object) => sum + object.sent, 0),
    isComplete: !options.apply || objects.every((object) => object.rejected === 0 && object.refused === null),
  };
}

/** What was changed or deleted by hand in each destination, of all that was written there. Nothing is written. */
export async function verify(config: Line['config'], names: readonly string[]): Promise<VerifyResult[]> {
  const destinations = chosen(config.destinations, names, 'destination');
  for (const destination of destinations) {
    checkDestination(config, destination);
    requireEnvironment(config, destination);
  }
  return reading(config, async (warehouse) => {
    const all: VerifyResult[] = [];
    for (const destination of destinations)
      all.push(await verifyDestination({ config, destination, warehouse }));
    return all;
  });
}

/** The error of destinations that did not take all: why, of each object. */
export const activationIncomplete = (results: readonly ActivationResult[]) =>
  notAllSent(
    results.flatMap(({ destination, objects }) =>
      objects.flatMap(({ object, rejected, reasons, refused }) => [
        ...(refused === null ? [] : [`${destination}, ${object}: ${refused.message}`]),
        ...(rejected === 0
          ? []
          : [
              `${destination}, ${object}: ${count(rejected, 'record')} rejected (${reasons
                .slice(0, 3)
                .map((each) => `${each.count} × ${each.reason}`)
                .join(
                  '; ',
                )}); they are in activation.${object === MESSAGE ? 'messages' : 'rejected_records'}`,
            ]),
      ]),
    ),
  );
