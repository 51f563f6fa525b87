import { readFile } from 'node:fs/promises';
import { Command, Option } from '@commander-js/extra-typings';
import {
  keepTrial,
  parseCategoryCuts,
  parseWeights,
  type Setting,
  type WhatIf,
  whatIf,
} from '../../../scoring/index.ts';
import type { RuleTable } from '../../config/rule-tables.ts';
import { asCsv, ruleFiles, rulesOf } from '../../config/rules.ts';
import { usage } from '../../errors.ts';
import { withWarehouse } from '../../pipeline/configured-warehouse.ts';
import type { Line } from '../../pipeline/line.ts';
import { money, percent, table } from '../../runtime/print.ts';
import { type Context, configOf, lineOf, parseFile, show, verb } from '../context.ts';
import { horizon } from '../options.ts';

export interface WhatIfAnswer {
  readonly value: WhatIf & { readonly warnings: readonly string[] };
  readonly text: string;
}

const read = (file: string) =>
  readFile(file, 'utf8').catch(() => {
    throw usage(`Expected a file of weights or cuts at ${file}, found none.`);
  });

/** The weights and cuts of tables of rules. */
export const settingOf = (line: Line, tables: readonly RuleTable[], where: string): Setting => {
  const text = (name: string) => asCsv(tables.find((each) => each.name === name)!);
  return {
    weights: parseWeights(
      `signal_definitions ${where}`,
      text('signal_definitions'),
      line.config.signals.preset,
    ),
    cuts: parseCategoryCuts(`category_cuts ${where}`, text('category_cuts')),
  };
};

/**
 * Replays history with the weights or cuts of files laid out as `rules/signal_definitions.csv` and
 * `rules/category_cuts.csv`: rows that they do not name stay as they are in force.
 */
export async function whatIfOfFiles(
  line: Line,
  files: {
    readonly weights?: string | undefined;
    readonly cuts?: string | undefined;
    readonly horizon: number;
    /** why what is tried should be kept in `scoring.threshold_log` */
    readonly keep?: string | undefined;
  },
): Promise<WhatIfAnswer> {
  const { weights, cuts, keep } = files;
  if (weights === undefined && cuts === undefined)
    throw usage('Expected --weights FILE, --cuts FILE or both, got neither: there is nothing to try.');
  const tried = {
    ...(weights && { signal_definitions: await read(weights) }),
    ...(cuts && { category_cuts: await read(cuts) }),
  };
  const inForce = rulesOf(ruleFiles(line.config.directory));
  const named = [weights, cuts].filter((each) => each !== undefined).join(' and ');
  const setting = settingOf(line, rulesOf(tried, inForce), `with ${named}`);
  const answer = await replay(line, setting, files.horizon, []);
  if (keep === undefined) return answer;
  await withWarehouse(line.config, (warehouse) =>
    keepTrial(warehouse, { triedAt: line.now(), why: keep, setting, found: answer.value }),
  );
  return {
    ...answer,
    text: `${answer.text}\n\nKept in scoring.threshold_log; marts.fct_threshold_log has it.`,
  };
}

/** Replays history by a setting and sets it beside what was published; the warnings say what the figures leave out. */
export async function replay(
  line: Line,
  setting: Partial<Setting>,
  horizonDays: number,
  warnings: readonly string[],
): Promise<WhatIfAnswer> {
  const { config, reporter, asOfDate } = line;
  reporter.step('Replaying history');
  return withWarehouse(
    config,
    async (warehouse) => {
      const found = await whatIf(warehouse, {
        asOfDate,
        setting,
        horizonDays,
        onProgress: (howFar, what) => reporter.progress(howFar, what),
      });
      reporter.done(`${found.changes.length} accounts would change their category`);
      for (const warning of warnings) reporter.warn(warning);
      return { value: { ...found, warnings }, text: whatIfText(found, config.tenant.currency) };
    },
    { readOnly: true },
  );
}

const SHOWN_CHANGES = 25;
const oneDecimal = (value: number) => value.toFixed(1);
const score = (value: number | null) => (value === null ? null : Math.round(value * 10) / 10);

/** What would change, for the terminal. */
function whatIfText(found: WhatIf, currency: string): string {
  const { before, after, auc_gain: gain } = found;
  const figure = (what: string, of: (side: WhatIf['before']) => string) => ({
    what,
    'in force': of(before),
    'would be': of(after),
  });
  const rate = (name: string) => (side: WhatIf['before']) => {
    const metric = side.metrics.find(({ metric: each }) => each === name);
    if (metric === undefined || metric.value === null) return '–';
    const number = (value: number | null) => (name === 'auc' ? (value?.toFixed(3) ?? '–') : percent(value));
    return `${number(metric.value)} (${number(metric.ci_low)} to ${number(metric.ci_high)})`;
  };
  const figures = [
    figure('health alerts a week, all history', (side) => oneDecimal(side.alerts_per_week)),
    figure('health alerts a week, last 12 weeks', (side) => oneDecimal(side.alerts_per_week_recent)),
    figure('red accounts', (side) => String(side.red)),
    figure('yellow accounts', (side) => String(side.yellow)),
    figure('green accounts', (side) => String(side.green)),
    figure('ARR at risk', (side) => money(side.arr_at_risk, currency)),
    figure('AUC', rate('auc')),
    figure('missed churn (not red)', rate('missed_churn_rate')),
    figure('missed churn (not flagged at risk)', rate('missed_churn_rate_at_risk')),
    figure('false alarms (red, renewed)', rate('false_alarm_rate')),
    figure('false alarms (at risk, renewed)', rate('false_alarm_rate_at_risk')),
    figure('churned of green', rate('green_churn_rate')),
    figure('renewed of red', rate('red_renew_rate')),
  ];
  const churns = before.metrics.find(({ metric }) => metric === 'churn_count')?.value ?? 0;
  const changes = found.changes.slice(0, SHOWN_CHANGES).map((one) => ({
    account: one.account_id,
    name: one.name,
    owner: one.owner_id,
    arr: one.arr,
    from: one.category_before,
    to: one.category_after,
    'score from': score(one.score_before),
    'score to': score(one.score_after),
  }));
  const owners = found.owners.filter(({ red_before, red_after }) => red_before > 0 || red_after > 0);
  return [
    `As of ${found.as_of_date}, against ${found.model_version}. Rates per account, ${found.horizon_days} days ahead, 95 % intervals; ${churns} churns.`,
    '',
    table(['what', 'in force', 'would be'], figures),
    '',
    gain === null
      ? 'AUC cannot be compared: no churn, or no renewal, is known yet.'
      : `AUC gain ${gain.gain.toFixed(3)} (95 % interval ${gain.low?.toFixed(3) ?? '–'} to ${gain.high?.toFixed(3) ?? '–'}), in hindsight: ` +
        'weights fitted on these outcomes look better here than they are.',
    '',
    ...(found.changes.length === 0
      ? ['No account changes its category today.']
      : [
          `${found.changes.length} accounts change their category today${found.changes.length > SHOWN_CHANGES ? ` (the ${SHOWN_CHANGES} with the most ARR; --json has all)` : ''}:`,
          table(['account', 'name', 'owner', 'arr', 'from', 'to', 'score from', 'score to'], changes),
        ]),
    ...(owners.length === 0
      ? []
      : [
          '',
          'Red accounts per owner:',
          table(
            ['owner', 'accounts', 'red in force', 'red would be'],
            owners.map((one) => ({
              owner: one.owner_id ?? '(none)',
              accounts: one.accounts,
              'red in force': one.red_before,
              'red would be': one.red_after,
            })),
          ),
        ]),
  ].join('\n');
}

export const whatIfVerb = (context: Context) =>
  verb(
    new Command('whatif')
      .description('replay history with other weights or category cuts')
      .addOption(
        new Option('--weights <file>', 'weights, laid out as the seed signal_definitions').argParser(
          parseFile,
        ),
      )
      .addOption(
        new Option('--cuts <file>', 'category cuts, laid out as the seed category_cuts').argParser(parseFile),
      )
      .addOption(horizon())
      .option('--keep <why>', 'keep what was tried and found, and why, in marts.fct_threshold_log'),
  ).action(async (options) => {
    const line = lineOf(context, await configOf(options.config, 'whatif'), options);
    show(options, await whatIfOfFiles(line, options));
  });
