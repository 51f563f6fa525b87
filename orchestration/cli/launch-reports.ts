import type { Selectable } from 'kysely';
import { dateParameter, type IsoDate, type Tables } from '../../warehouse/index.ts';
import type { Config } from '../config/schema.ts';
import { usage } from '../errors.ts';
import { requireBuilt } from '../pipeline/built.ts';
import { reading } from '../pipeline/configured-warehouse.ts';
import { count, table } from '../runtime/print.ts';
import type { Answer } from './context.ts';

type Report = Selectable<Tables['marts.fct_launch_reports']>;
type Loss = Selectable<Tables['marts.fct_losses']>;

/** What came of the first cycle: its reports in order, and what was lost by each account that left, the latest first. */
export interface FirstCycle {
  readonly reports: readonly Report[];
  readonly churns: readonly Omit<Loss, 'is_account_churn'>[];
}

const REPORT_NAMES: Readonly<Record<string, string>> = {
  day_30: '30 days',
  day_60: '60 days',
  day_90: '90 days',
  first_cycle: 'First cycle',
};

/**
 * What the last run published of the first cycle after the launch.
 *
 * @param asOf refused where it lies within the cycle and is another day than that of the last run, which a build of its own would know
 * @throws usage error without `tenant.launch_date`, or before it
 */
export async function firstCycle(config: Config, asOf: IsoDate | undefined): Promise<FirstCycle> {
  if (config.tenant.launch_date === undefined)
    throw usage(
      `Expected tenant.launch_date in ${config.file}, the day from which people worked with the scores; found none.`,
      'Write it there, then run "tenure build".',
    );
  return reading(config, async (warehouse) => {
    await requireBuilt(warehouse, ['marts.fct_launch_reports', 'marts.fct_losses']);
    const reports = await warehouse.db
      .selectFrom('marts.fct_launch_reports')
      .selectAll()
      .orderBy('report_date')
      .execute();
    const last = reports.at(-1);
    if (last === undefined || last.launch_date !== config.tenant.launch_date)
      throw usage(
        `Expected reports since ${config.tenant.launch_date}, found ${last === undefined ? 'none' : `those since ${last.launch_date}`}: the warehouse was built with another launch date, or as of a day before it.`,
        'Run "tenure build".',
      );
    if (asOf !== undefined && asOf < last.report_date && asOf !== last.until_date)
      throw usage(
        `Expected the day of the last build, ${last.until_date}, got ${asOf}.`,
        'Leave --as-of out, or build that day first.',
      );
    const churns = await warehouse.db
      .selectFrom('marts.fct_losses')
      .select([
        ...(['contract_id', 'account_id', 'account_name', 'owner_name', 'churn_date', 'arr_lost'] as const),
        ...(['reason_said', 'reason_category', 'is_surprise', 'is_preventable'] as const),
        ...(['category_180d', 'category_90d', 'category_60d', 'category_30d'] as const),
      ])
      .where('is_account_churn', '=', true)
      .where('churn_date', '>', dateParameter(last.launch_date))
      .where('churn_date', '<=', dateParameter(last.until_date))
      .orderBy('churn_date', 'desc')
      .orderBy('account_id')
      .orderBy('contract_id')
      .execute();
    return { reports, churns };
  });
}

const percent = (share: number | null) => (share === null ? '–' : `${Math.round(100 * share)} %`);

/** What became of the accounts of a category, as `2 churned, 3 renewed, of 11`. */
const became = (churned: number, renewed: number, of: number) =>
  `${churned} churned, ${renewed} renewed, of ${of}`;

const STEP_TEXTS: Readonly<Record<string, string>> = {
  recalibrate:
    'No account that left had a red day in the time before: the score foretold nothing. Recalibrate ("tenure calibrate").',
  investigate:
    'Accounts left that nothing announced: look at what no signal sees, and connect a source that does.',
};

/** The reports as a table, the next step in words, and each churn by name with what was said before it. */
export function launchAnswer({ reports, churns }: FirstCycle): Answer {
  const last = reports.at(-1)!;
  const step = STEP_TEXTS[last.next_step];
  return {
    value: { reports, churns },
    text: [
      `Launched on ${last.launch_date}; known until ${last.until_date}.`,
      '',
      table(
        [
          'report',
          'until',
          'red then',
          'green then',
          'churns',
          'red 60 days before',
          'of their ARR',
          'surprises',
          'preventable',
        ],
        reports.map((one) => ({
          report: `${REPORT_NAMES[one.report] ?? one.report}${one.is_complete ? '' : ' (so far)'}`,
          until: one.until_date,
          'red then': became(one.red_churned_count, one.red_renewed_count, one.red_count),
          'green then': became(one.green_churned_count, one.green_renewed_count, one.green_count),
          churns: one.churn_count,
          'red 60 days before': percent(one.red_ahead_share),
          'of their ARR': percent(one.red_ahead_arr_share),
          surprises: one.surprise_count,
          preventable: one.preventable_count ?? '–',
        })),
      ),
      ...(step === undefined ? [] : ['', step]),
      '',
      churns.length === 0
        ? 'No account has left since.'
        : `${count(churns.length, 'contract')} of accounts that left, and the category 180, 90, 60 and 30 days before:`,
      ...(churns.length === 0
        ? []
        : [
            table(
              ['account', 'left', 'arr', 'reason', '180', '90', '60', '30', 'surprise', 'preventable'],
              churns.map((one) => ({
                account: one.account_name ?? one.account_id,
                left: one.churn_date,
                arr: one.arr_lost,
                reason: one.reason_said ?? one.reason_category.replaceAll('_', ' '),
                180: one.category_180d,
                90: one.category_90d,
                60: one.category_60d,
                30: one.category_30d,
                surprise: one.is_surprise === null ? '–' : one.is_surprise ? 'yes' : 'no',
                preventable: one.is_preventable === null ? '–' : one.is_preventable ? 'yes' : 'no',
              })),
            ),
          ]),
    ].join('\n'),
  };
}
