import { Command } from '@commander-js/extra-typings';
import { LEARNED_NAMES, LEARNED_TABLES, type Learned, learn } from '../../../scoring/index.ts';
import { TenureError } from '../../errors.ts';
import { withWarehouse } from '../../pipeline/configured-warehouse.ts';
import { builtText, dbtBuild, dbtVars } from '../../pipeline/dbt/dbt.ts';
import { endDbt, readyDbt } from '../../pipeline/dbt/process.ts';
import { working } from '../../pipeline/leftovers.ts';
import type { Line } from '../../pipeline/line.ts';
import { count, table } from '../../runtime/print.ts';
import { type Context, configOf, lineOf, parseCount, show, verb } from '../context.ts';
import { skipTests } from '../options.ts';

/** Learns scores beside the weighted one, publishes them and builds the marts that show them. */
async function learning(line: Line, samples: number): Promise<{ value: Learned; text: string }> {
  const { config, reporter } = line;
  reporter.step('Learning scores from what happened, beside the weighted one');
  readyDbt();
  const { found, vars } = await withWarehouse(config, async (warehouse) => ({
    found: await learn(warehouse, {
      asOfDate: line.asOfDate,
      bootstrapSamples: samples,
      onProgress: (howFar, what) => reporter.progress(howFar, what),
    }).catch((error: Error & { code?: string }) => {
      if (error.code !== 'NOT_ENOUGH_EVIDENCE') throw error;
      throw new TenureError(error.code, error.message, { cause: error });
    }),
    vars: await dbtVars(config, warehouse, line.asOfDate),
  }));
  reporter.done(`${found.churn_count} churns of ${found.account_count} accounts, ${found.case_count} cases`);
  reporter.step('Building the marts that show them');
  const select = Object.keys(LEARNED_TABLES).map((name) => `source:scoring.${name}+`);
  reporter.done(builtText(await dbtBuild(config, vars, { select, skipTests: line.skipTests }, reporter)));
  return { value: found, text: learnedText(found) };
}

const decimals = (value: number | null) => value?.toFixed(2) ?? null;
const tenths = (value: number | null | undefined) => (value == null ? null : Math.round(value * 10) / 10);
const range = (low: number | null, high: number | null) =>
  low === null || high === null ? null : `${decimals(low)} to ${decimals(high)}`;

/** What was learned, for the terminal. */
export function learnedText(found: Learned): string {
  const { models, comparisons, metrics } = found;
  const all = comparisons.filter(({ segment }) => segment === 'all');
  const figure = (one: (typeof all)[number], name: string) =>
    metrics.find(
      ({ method, unit, horizon_days, segment, metric }) =>
        method === one.method &&
        unit === one.unit &&
        horizon_days === one.horizon_days &&
        segment === 'all' &&
        metric === name,
    );
  const rows = all.map((one) => {
    const lift = figure(one, 'auc_lift_over_calendar');
    return {
      'learned score': one.method,
      unit: one.unit,
      days: one.horizon_days,
      cases: one.n,
      churns: one.churn_count,
      AUC: decimals(one.auc_external),
      '95 % interval': range(one.auc_external_ci_low, one.auc_external_ci_high),
      weighted: decimals(one.auc_own),
      'less learned': decimals(one.auc_difference),
      'its interval': range(one.ci_low, one.ci_high),
      'over the calendar': lift == null ? null : decimals(lift.value),
    };
  });
  const lines = models.map(({ method, present, quarter_count, judged_from }) =>
    present === null
      ? `${name(method)} found nothing in today's outcomes: every account would have the same score.`
      : `${name(method)}: ${present.setting} ${method === 'logistic' ? 'of penalty' : 'trees'} today, fitted on ${present.churn_count} churns known by ${present.fitted_on}; ` +
        (judged_from === null
          ? 'no quarter could be judged yet.'
          : `${count(quarter_count, 'quarter')} judged, from ${judged_from} on.`),
  );
  return [
    `As of ${found.as_of_date}, beside ${found.model_version}: ${count(found.account_count, 'account')}, ${found.churn_count} churns. Each quarter is scored by a fit of what was known before it.`,
    ...lines,
    '',
    ...(rows.length === 0
      ? ['Nothing could be compared: no quarter with a known outcome had enough churns before it.']
      : [table(Object.keys(rows[0]!), rows), '', ...all.map(({ sentence }) => sentence)]),
    ...signalsText(found),
    ...(found.suspected_leaks.length === 0
      ? []
      : ['', `Left out, as they know churns too early: ${found.suspected_leaks.join(', ')}.`]),
    '',
    'These scores are shadows: they colour no account, raise no alert and are written back nowhere. Who agrees with the logistic one copies weights as "tenure calibrate --write" proposes them, and signs for them.',
    'In the warehouse: marts.fct_learned_scores, fct_learned_points, fct_learned_signals, fct_learned_models, fct_learned_metrics, fct_learned_comparisons.',
  ].join('\n');
}

const name = (method: keyof typeof LEARNED_NAMES) => LEARNED_NAMES[method].replace(/^t/, 'T');

/** What each signal counts for, in the weighted score and in the learned ones. */
function signalsText({ models }: Learned): string[] {
  const fitted = models.filter(({ present }) => present !== null);
  const [first] = fitted;
  if (first === undefined) return [];
  const rows = first.signals.map(({ signal, weighted_share }) => ({
    signal,
    'weighted share': tenths(weighted_share),
    ...Object.fromEntries(
      fitted.flatMap(({ method, signals }) => {
        const one = signals.find((each) => each.signal === signal);
        return [
          [`${method} share`, tenths(one?.learned_share)],
          [`${method} points`, tenths(one?.mean_points)],
        ];
      }),
    ),
  }));
  return [
    '',
    'What each signal counts for, of 100, and the points by which it moves an account of today, up or down:',
    table(Object.keys(rows[0]!), rows),
  ];
}

export const learnVerb = (context: Context) =>
  verb(
    new Command('learn')
      .description(
        'scores learned from outcomes (logistic, boosted trees), judged walk-forward beside the weighted one, in charge of nothing',
      )
      .option('--samples <count>', 'resamples of the intervals', parseCount, 1000)
      .addOption(skipTests()),
  ).action(async (options) => {
    const config = await configOf(options.config, 'learn');
    show(
      options,
      await working(config, () =>
        learning(lineOf(context, config, options), options.samples).finally(endDbt),
      ),
    );
  });
