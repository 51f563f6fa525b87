import { AT_RISK_FLAGS, presentModelVersion } from '../../scoring/index.ts';
import { dateParameter, type IsoDate } from '../../warehouse/index.ts';
import type { Config } from '../config/schema.ts';
import { reading } from '../pipeline/configured-warehouse.ts';
import { money, percent } from '../runtime/print.ts';

export interface Interval {
  readonly value: number | null;
  readonly ci_low: number | null;
  readonly ci_high: number | null;
  readonly n: number | null;
  readonly verdict: string | null;
}

/** What a RevOps lead wants to know after a run, each number as the marts have it. */
export interface Summary {
  readonly as_of_date: IsoDate;
  readonly currency: string;
  readonly account_count: number;
  readonly arr: number;
  readonly grr: number | null;
  readonly nrr: number | null;
  readonly logo_churn_rate: number | null;
  readonly retention_period_end: IsoDate | null;
  readonly categories: Readonly<Record<'red' | 'yellow' | 'green', number>>;
  readonly arr_at_risk: number;
  readonly renewals_90d: { readonly count: number; readonly arr: number; readonly orphans: number };
  readonly open_alerts: number;
  readonly red_checks: readonly { check_id: string; title: string; value: number | null; unit: string }[];
  /** 0 to 100, null without accounts. */
  readonly data_quality: number | null;
  readonly auc: Readonly<Record<'90' | '180', Interval | null>>;
  /** What the calendar alone tells of churn per account, 90 days ahead, and what the score adds to it. */
  readonly calendar: { readonly auc: Interval | null; readonly lift: Interval | null };
  readonly go_live_verdict: string | null;
  /** The conditions of the go-live gate that failed, in words. */
  readonly go_live_reason: string | null;
}

/** Reads the summary from the marts. */
export const summarize = (config: Config): Promise<Summary> =>
  reading(config, async (warehouse) => {
    const { db } = warehouse;
    const modelVersion = await presentModelVersion(warehouse);
    const { as_of_date } = await db
      .selectFrom('marts.dim_accounts')
      .select(({ fn }) => fn.max<IsoDate>('as_of_date').as('as_of_date'))
      .executeTakeFirstOrThrow();
    const health = await db
      .selectFrom('marts.fct_account_health_daily')
      .select(({ eb, fn }) => {
        const arr = fn.coalesce('arr', eb.lit(0));
        const having = <Name extends string>(category: Name) =>
          fn.count<number>(eb.case().when('category_effective', '=', category).then(1).end()).as(category);
        return [
          fn.countAll<number>().as('account_count'),
          fn.sum<number | null>(arr).as('arr'),
          having('red'),
          having('yellow'),
          having('green'),
          fn
            .sum<number | null>(eb.case().when('flag', 'in', AT_RISK_FLAGS).then(arr).end())
            .as('arr_at_risk'),
        ];
      })
      .where('as_of_date', '=', dateParameter(as_of_date))
      .where('model_version', '=', modelVersion)
      .executeTakeFirstOrThrow();
    const retention = await db
      .selectFrom('marts.fct_retention')
      .select(['period_end', 'grr', 'nrr', 'logo_churn_rate'])
      .where('period', '=', 'trailing_12m')
      .where('unit', '=', 'account')
      .where('segment', '=', 'all')
      .orderBy('period_end', 'desc')
      .limit(1)
      .executeTakeFirst();
    const renewals = await db
      .selectFrom('marts.fct_renewals')
      .select(({ eb, fn }) => [
        fn.countAll<number>().as('n'),
        fn.sum<number | null>('arr').as('arr'),
        fn.count<number>(eb.case().when('is_orphan', '=', true).then(1).end()).as('orphans'),
      ])
      .where('renewal_outcome', 'is', null)
      .where('days_to_renewal', '>=', 0)
      .where('days_to_renewal', '<=', 90)
      .executeTakeFirstOrThrow();
    const alerts = await db
      .selectFrom('marts.fct_alerts')
      .select(({ fn }) => fn.countAll<number>().as('n'))
      .where('state', 'in', ['created', 'acknowledged'])
      .executeTakeFirstOrThrow();
    const quality = await db
      .selectFrom('marts.fct_data_quality')
      .select('complete_share')
      .where('aspect', '=', 'all')
      .executeTakeFirst();
    const checks = await db
      .selectFrom('marts.fct_checks')
      .select(['check_id', 'title', 'value', 'unit'])
      .where('is_red', '=', true)
      .where('as_of_date', '=', ({ selectFrom }) =>
        selectFrom('marts.fct_checks').select(({ fn }) => fn.max('as_of_date').as('last_date')),
      )
      .orderBy('check_id')
      .execute();
    const metrics = await db
      .selectFrom('marts.fct_backtest_metrics')
      .select(['unit', 'horizon_days', 'metric', 'value', 'n', 'ci_low', 'ci_high', 'verdict', 'reason'])
      .where('segment', '=', 'all')
      .where('metric', 'in', ['auc', 'auc_calendar', 'auc_lift_over_calendar', 'go_live_gate'])
      .where('model_version', '=', modelVersion)
      .execute();
    const share = quality?.complete_share ?? null;
    const found = (unit: 'renewal' | 'account', name: string, horizon: number) =>
      metrics.find((row) => row.unit === unit && row.metric === name && row.horizon_days === horizon);
    const metric = (unit: 'renewal' | 'account', name: string, horizon: number): Interval | null => {
      const row = found(unit, name, horizon);
      if (row === undefined) return null;
      const { value, n, ci_low, ci_high, verdict } = row;
      return { value, n, ci_low, ci_high, verdict };
    };
    return {
      as_of_date,
      currency: config.tenant.currency,
      account_count: health.account_count,
      arr: health.arr ?? 0,
      grr: retention?.grr ?? null,
      nrr: retention?.nrr ?? null,
      logo_churn_rate: retention?.logo_churn_rate ?? null,
      retention_period_end: retention?.period_end ?? null,
      categories: { red: health.red, yellow: health.yellow, green: health.green },
      arr_at_risk: health.arr_at_risk ?? 0,
      renewals_90d: { count: renewals.n, arr: renewals.arr ?? 0, orphans: renewals.orphans },
      open_alerts: alerts.n,
      red_checks: checks,
      data_quality: share === null ? null : 100 * share,
      auc: { '90': metric('renewal', 'auc', 90), '180': metric('renewal', 'auc', 180) },
      calendar: {
        auc: metric('account', 'auc_calendar', 90),
        lift: metric('account', 'auc_lift_over_calendar', 90),
      },
      go_live_verdict: found('renewal', 'go_live_gate', 90)?.verdict ?? null,
      go_live_reason: found('renewal', 'go_live_gate', 90)?.reason ?? null,
    };
  });

const aucText = (horizon: string, auc: Interval | null) =>
  auc === null || auc.value === null
    ? `${horizon} days: not enough evidence yet`
    : `${horizon} days: AUC ${auc.value.toFixed(2)} (95 % interval ${auc.ci_low?.toFixed(2) ?? '–'}–${auc.ci_high?.toFixed(2) ?? '–'}, ${auc.n ?? '–'} renewals)`;

const calendarText = ({ auc, lift }: Summary['calendar']) =>
  auc?.value == null || lift?.value == null
    ? 'beside the calendar: not enough evidence yet'
    : `beside the calendar, per account and month: AUC ${auc.value.toFixed(2)} by the days to renewal alone, ` +
      `${lift.value < 0 ? '' : '+'}${lift.value.toFixed(2)} with the score (${lift.ci_low?.toFixed(2) ?? '–'} to ${lift.ci_high?.toFixed(2) ?? '–'})`;

const gateText = ({ go_live_verdict, go_live_reason }: Summary) =>
  `${(go_live_verdict ?? 'not judged yet').replaceAll('_', ' ')}${go_live_reason === null ? '' : `: ${go_live_reason}`}`;

/** The summary in words and figures, for the terminal. */
export function summaryText(summary: Summary): string {
  const { categories, currency } = summary;
  const share = (n: number) => percent(summary.account_count === 0 ? null : n / summary.account_count, 0);
  return [
    `As of ${summary.as_of_date}`,
    '',
    `  Accounts        ${summary.account_count} with ${money(summary.arr, currency)} ARR`,
    `  Health          ${categories.green} green (${share(categories.green)}), ${categories.yellow} yellow (${share(categories.yellow)}), ${categories.red} red (${share(categories.red)})`,
    `  ARR at risk     ${money(summary.arr_at_risk, currency)} in accounts flagged at risk or critical`,
    `  Retention       GRR ${percent(summary.grr)}, NRR ${percent(summary.nrr)}, logo churn ${percent(summary.logo_churn_rate)} in the 12 months to ${summary.retention_period_end ?? '–'}`,
    `  Next 90 days    ${summary.renewals_90d.count} renewals worth ${money(summary.renewals_90d.arr, currency)}; ${summary.renewals_90d.orphans} without an owner`,
    `  Open alerts     ${summary.open_alerts}`,
    `  Does it foretell churn?  ${aucText('90', summary.auc['90'])}`,
    `                           ${aucText('180', summary.auc['180'])}`,
    `                           ${calendarText(summary.calendar)}`,
    `  Go-live gate    ${gateText(summary)}`,
    `  Data quality    ${summary.data_quality === null ? '–' : `${Math.round(summary.data_quality)} of 100`}`,
    `  Checks that are red      ${summary.red_checks.length === 0 ? 'none' : ''}`,
    ...summary.red_checks.map(
      ({ check_id, title, value, unit }) =>
        `    ${check_id}  ${title}: ${Math.round((value ?? 0) * 100) / 100} ${unit}`,
    ),
  ].join('\n');
}
