import { Command, Option } from '@commander-js/extra-typings';
import {
  type BacktestMetric,
  type ExternalComparison,
  judgeHistory,
  presentModelVersion,
  readSignalWords,
  type SignalOutcome,
} from '../../../scoring/index.ts';
import { dateParameter, type IsoDate, type Warehouse } from '../../../warehouse/index.ts';
import type { Config } from '../../config/schema.ts';
import { usage } from '../../errors.ts';
import { requireBuilt } from '../../pipeline/built.ts';
import { reading } from '../../pipeline/configured-warehouse.ts';
import { table } from '../../runtime/print.ts';
import { type Context, configOf, lineOf, parseCount, show, verb } from '../context.ts';
import { firstCycle, launchAnswer } from '../launch-reports.ts';

/** What is asked of the backtest. */
interface Asked {
  readonly unit?: 'renewal' | 'account' | undefined;
  readonly horizon?: number | undefined;
  readonly segment?: string | undefined;
  readonly asOf?: IsoDate | undefined;
}

type Row = Pick<
  BacktestMetric,
  'unit' | 'horizon_days' | 'metric' | 'value' | 'ci_low' | 'ci_high' | 'n' | 'verdict' | 'reason'
> & {
  readonly model_version: string;
  readonly segment: string;
  readonly is_in_sample: boolean | null;
  readonly launch_value: number | null;
  readonly launch_date: IsoDate | null;
};

/** The score of another platform beside ours. */
type External = Omit<ExternalComparison, 'unit' | 'verdict'> & {
  readonly unit: string;
  readonly verdict: string;
};

/** How a signal went with an outcome, with what the signal is called. */
interface Told extends SignalOutcome {
  readonly subject: string;
}

interface Found {
  readonly rows: readonly Row[];
  readonly external: readonly External[];
  readonly outcomes: readonly Told[];
}

/** What the last scoring run published of the day and horizon asked for; none when it judged another. */
const published = (config: Config, asked: Asked): Promise<Found> =>
  reading(config, async (warehouse) => {
    const { horizon, asOf } = asked;
    await requireBuilt(warehouse, ['marts.fct_backtest_metrics', 'intermediate.int_scores__model_version']);
    const rows = await warehouse.db
      .selectFrom('marts.fct_backtest_metrics')
      .selectAll()
      .where('model_version', '=', await presentModelVersion(warehouse))
      .$if(horizon !== undefined, (query) => query.where('horizon_days', '=', horizon!))
      .$if(asOf !== undefined, (query) => query.where('as_of_date', '=', dateParameter(asOf!)))
      .orderBy('unit')
      .orderBy('horizon_days')
      .orderBy('metric')
      .execute();
    return {
      rows: rows as Row[],
      external: [
        ...(await publishedExternal(warehouse, asked)),
        ...(await publishedLearned(warehouse, asked)),
      ],
      outcomes: await told(warehouse, await publishedOutcomes(warehouse, asked)),
    };
  });

/** None in a warehouse that an earlier release built. */
async function publishedExternal(warehouse: Warehouse, { horizon, asOf }: Asked): Promise<External[]> {
  if ((await warehouse.tableColumns('marts', 'fct_backtest_external')) === undefined) return [];
  return warehouse.db
    .selectFrom('marts.fct_backtest_external')
    .selectAll()
    .where('model_version', '=', await presentModelVersion(warehouse))
    .$if(horizon !== undefined, (query) => query.where('horizon_days', '=', horizon!))
    .$if(asOf !== undefined, (query) => query.where('as_of_date', '=', dateParameter(asOf!)))
    .orderBy('system')
    .orderBy('unit', 'desc')
    .orderBy('horizon_days')
    .execute();
}

/** What the last "tenure learn" found beside the score in force; none where nothing was learned. */
async function publishedLearned(warehouse: Warehouse, { horizon, asOf }: Asked): Promise<External[]> {
  if ((await warehouse.tableColumns('marts', 'fct_learned_comparisons')) === undefined) return [];
  const rows = await warehouse.db
    .selectFrom('marts.fct_learned_comparisons')
    .selectAll()
    .where('weighted_version', '=', await presentModelVersion(warehouse))
    .$if(horizon !== undefined, (query) => query.where('horizon_days', '=', horizon!))
    .$if(asOf !== undefined, (query) => query.where('as_of_date', '=', dateParameter(asOf!)))
    .orderBy('system')
    .orderBy('unit', 'desc')
    .orderBy('horizon_days')
    .execute();
  return rows.map((row) => ({
    ...row,
    auc_external: row.auc_learned,
    auc_external_ci_low: row.auc_learned_ci_low,
    auc_external_ci_high: row.auc_learned_ci_high,
    sentence: `${row.sentence} (Learned as of ${row.as_of_date}, walk-forward; in charge of nothing.)`,
  }));
}

/** None in a warehouse that an earlier release built. */
async function publishedOutcomes(warehouse: Warehouse, { horizon }: Asked): Promise<SignalOutcome[]> {
  if ((await warehouse.tableColumns('marts', 'fct_backtest_signal_outcomes')) === undefined) return [];
  return warehouse.db
    .selectFrom('marts.fct_backtest_signal_outcomes')
    .selectAll()
    .where('model_version', '=', await presentModelVersion(warehouse))
    .$if(horizon !== undefined, (query) => query.where('horizon_days', '=', horizon!))
    .execute();
}

async function told(warehouse: Warehouse, outcomes: readonly SignalOutcome[]): Promise<Told[]> {
  const words = await readSignalWords(warehouse);
  return outcomes.map((found) => ({ ...found, subject: words.subject(found.signal) }));
}

/** What went with staying, and with buying more: the strongest first, then what could not be told, a line each. */
export function outcomeTexts(outcomes: readonly Told[]): string[] {
  const strongest = [...outcomes].sort(
    (left, right) => Math.abs(right.correlation ?? 0) - Math.abs(left.correlation ?? 0),
  );
  return (['renewal', 'expansion'] as const).flatMap((outcome) => {
    const of = (...verdicts: SignalOutcome['verdict'][]) =>
      strongest.filter((found) => found.outcome === outcome && verdicts.includes(found.verdict));
    const [first] = of('goes_with', 'goes_against', 'not_told_apart', 'insufficient_evidence');
    if (first === undefined) return [];
    const what = outcome === 'renewal' ? 'staying' : 'buying more';
    const numbers = ({ subject, correlation, correlation_ci_low, correlation_ci_high, auc }: Told) =>
      `${subject} (correlation ${correlation?.toFixed(2)}, ${correlation_ci_low?.toFixed(2)} to ${correlation_ci_high?.toFixed(2)}; AUC ${auc?.toFixed(2)})`;
    const line = (lead: string, found: readonly Told[], text: (each: Told) => string) =>
      found.length === 0 ? [] : [`${lead}: ${found.map(text).join(', ')}.`];
    return [
      ...line(`Signals that go with ${what} within ${first.horizon_days} days`, of('goes_with'), numbers),
      ...line(`Signals that go against ${what}`, of('goes_against'), numbers),
      ...line(`Not told apart from chance, of ${what}`, of('not_told_apart'), ({ subject }) => subject),
      ...line(
        `Too few accounts to tell, of ${what}`,
        of('insufficient_evidence'),
        ({ subject, account_count }) => `${subject} (${account_count})`,
      ),
    ];
  });
}

/** As a row among the metrics, for a program. */
const outcomeRow = ({ outcome, outcome_count, correlation, auc, ci_low, ci_high, ...found }: Told) => ({
  ...found,
  segment: 'all',
  metric: `correlation_with_${outcome}`,
  value: correlation,
  ci_low: found.correlation_ci_low,
  ci_high: found.correlation_ci_high,
  auc,
  auc_ci_low: ci_low,
  auc_ci_high: ci_high,
  outcome_count,
});

/** The conditions of the gate that failed and what else has a reason, one line each. */
const inWords = (rows: readonly Row[]): string[] =>
  rows
    .filter(({ metric, unit }) => metric === 'auc' || (metric === 'go_live_gate' && unit === 'renewal'))
    .map(({ metric, unit, horizon_days, verdict, reason }) => {
      const what = `${metric === 'auc' ? 'AUC' : 'Go-live gate'} per ${unit}, ${horizon_days} days ahead`;
      return `${what}: ${(verdict ?? 'not judged').replaceAll('_', ' ')}${reason === null ? '' : `: ${reason}`}.`;
    });

const walkForwardText = ({ unit, horizon_days, value, ci_low, ci_high, n }: Row) =>
  `Walk-forward per ${unit}, ${horizon_days} days ahead, by weights fitted anew each quarter on what was known before it: ` +
  `AUC ${value?.toFixed(2) ?? '–'} (${ci_low?.toFixed(2) ?? '–'} to ${ci_high?.toFixed(2) ?? '–'}) on ${n} cases.`;

/** As a row among the metrics, for a program. */
const besideRow = (found: External) => ({
  ...found,
  metric: 'auc_difference_to_external',
  value: found.auc_difference,
  reason: found.sentence,
});

const COLUMNS = ['unit', 'horizon_days', 'metric', 'value', 'ci_low', 'ci_high', 'n', 'verdict'] as const;

export const backtestVerb = (context: Context) =>
  verb(
    new Command('backtest')
      .description('how well the score foretold what happened; of another day or horizon it is computed anew')
      .addOption(
        new Option('--unit <unit>', 'what is observed (default: both)').choices(['renewal', 'account']),
      )
      .addOption(
        new Option('--horizon <days>', 'days ahead in which a churn counts (default: 90 and 180)').argParser(
          parseCount,
        ),
      )
      .option('--segment <segment>', 'accounts of this segment (default: all together)')
      .addOption(
        new Option(
          '--since-launch',
          'what came of the first cycle since tenant.launch_date, with each churn',
        ).conflicts(['unit', 'horizon', 'segment']),
      ),
  ).action(async (options) => {
    const config = await configOf(options.config, 'backtest');
    if (options.sinceLaunch) return show(options, launchAnswer(await firstCycle(config, options.asOf)));
    const asked: Asked = options;
    const found = await published(config, asked);
    const {
      rows: all,
      external,
      outcomes: known,
    } = found.rows.length > 0 ? found : await judged(context, config, asked);
    const segment = asked.segment ?? 'all';
    const segments = new Set(all.map((row) => row.segment));
    if (!segments.has(segment))
      throw usage(`Expected a segment that was judged (${[...segments].join(', ')}), got "${segment}".`);
    const isAsked = (row: { readonly segment: string; readonly unit: string }) =>
      row.segment === segment && (asked.unit === undefined || row.unit === asked.unit);
    const rows = all.filter(isAsked);
    const beside = external.filter(isAsked);
    const outcomes = known.filter(({ unit }) => isAsked({ unit, segment: 'all' }));
    const isInSample = rows.some((row) => row.is_in_sample);
    show(options, {
      value: [...rows, ...beside.map(besideRow), ...outcomes.map(outcomeRow)],
      text: [
        table(COLUMNS, rows),
        '',
        ...inWords(rows),
        ...beside.map(({ sentence }) => sentence),
        ...(isInSample
          ? ['In sample: the weights were fitted on these outcomes, so that their figures prove nothing.']
          : []),
        ...rows.filter(({ metric }) => metric === 'auc_walk_forward').map(walkForwardText),
        ...(isInSample && !rows.some(({ metric }) => metric === 'auc_walk_forward')
          ? ['The method could not be tried walk-forward: no quarter had enough known churns before it.']
          : []),
        ...outcomeTexts(outcomes),
      ].join('\n'),
    });
  });

/** The backtest of a day or horizon that no run published. */
async function judged(context: Context, config: Config, asked: Asked): Promise<Found> {
  const line = lineOf(context, config, asked);
  line.reporter.step('Judging history anew; nothing is published');
  return reading(config, async (warehouse) => {
    const last = await warehouse.db
      .selectFrom('marts.fct_backtest_metrics')
      .select(({ fn }) => fn.max<IsoDate | null>('as_of_date').as('day'))
      .executeTakeFirst();
    const asOfDate = asked.asOf ?? last?.day ?? line.asOfDate;
    const { metrics, external, signalOutcomes, model_version } = await judgeHistory(warehouse, {
      asOfDate,
      ...(asked.unit === undefined ? {} : { units: [asked.unit] }),
      ...(asked.horizon === undefined ? {} : { horizons: [asked.horizon] }),
      onProgress: (howFar, what) => line.reporter.progress(howFar, what),
    });
    line.reporter.done(`as of ${asOfDate}`);
    const rows = metrics
      .map((metric): Row => ({ ...metric, model_version, launch_value: null, launch_date: null }))
      .sort(
        (left, right) =>
          left.unit.localeCompare(right.unit) ||
          left.horizon_days - right.horizon_days ||
          left.metric.localeCompare(right.metric),
      );
    const outcomes = signalOutcomes.filter(
      ({ horizon_days }) => asked.horizon === undefined || asked.horizon === horizon_days,
    );
    return { rows, external, outcomes: await told(warehouse, outcomes) };
  });
}
