import type { IsoDate, Row, Warehouse } from '../warehouse/index.ts';
import { openWarehouse } from '../warehouse/index.ts';
import type { Config } from './config.ts';
import { money, percent } from './print.ts';
import { query } from './query.ts';

/** The headline metrics of the backtest, all segments together. */
export async function backtestTable(config: Config): Promise<Row[]> {
  const { rows } = await query(
    config,
    `select model_version, unit, horizon_days, metric, value, n, ci_low, ci_high, verdict
     from marts.fct_backtest_metrics
     where segment = 'all' and model_version = (select model_version from intermediate.int_scores__model_version)
     order by unit, horizon_days, metric`,
  );
  return rows;
}

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
  readonly red_checks: readonly { check_id: string; title: string; value: number; unit: string }[];
  /** 0 to 100, null without accounts. */
  readonly data_quality: number | null;
  readonly auc: Readonly<Record<'90' | '180', Interval | null>>;
  readonly go_live_verdict: string | null;
}

const one = async (warehouse: Warehouse, sql: string): Promise<Row> =>
  (await warehouse.query(sql)).rows[0] ?? {};
const number = (value: unknown) => (typeof value === 'number' ? value : 0);
const maybe = <T>(value: unknown) => (value ?? null) as T | null;

/** Reads the summary from the marts. */
export async function summarize(config: Config): Promise<Summary> {
  const warehouse = await openWarehouse(config.warehouse, { readOnly: true });
  try {
    const health = await one(
      warehouse,
      `select max(as_of_date) as as_of_date, count(*) as account_count, coalesce(sum(arr), 0) as arr,
         count(case when category_effective = 'red' then 1 end) as red,
         count(case when category_effective = 'yellow' then 1 end) as yellow,
         count(case when category_effective = 'green' then 1 end) as green,
         coalesce(sum(case when flag in ('at_risk_sustained', 'at_risk_renewal', 'critical') then arr end), 0) as arr_at_risk
       from marts.fct_account_health_daily
       where as_of_date = (select max(as_of_date) from marts.fct_account_health_daily)
         and model_version = (select model_version from intermediate.int_scores__model_version)`,
    );
    const retention = await one(
      warehouse,
      `select period_end, grr, nrr, logo_churn_rate from marts.fct_retention
       where period = 'trailing_12m' and unit = 'account' and segment = 'all' order by period_end desc limit 1`,
    );
    const renewals = await one(
      warehouse,
      `select count(*) as n, coalesce(sum(arr), 0) as arr, count(case when is_orphan then 1 end) as orphans
       from marts.fct_renewals where renewal_outcome is null and days_to_renewal between 0 and 90`,
    );
    const alerts = await one(
      warehouse,
      `select count(*) as n from marts.fct_alerts where state in ('created', 'acknowledged')`,
    );
    const quality = await one(
      warehouse,
      `select 100 * complete_share as score from marts.fct_data_quality where aspect = 'all'`,
    );
    const checks = (
      await warehouse.query(
        `select check_id, title, value, unit from marts.fct_checks where is_red
         and as_of_date = (select max(as_of_date) from marts.fct_checks) order by check_id`,
      )
    ).rows;
    const metrics = (
      await warehouse.query(
        `select horizon_days, metric, value, n, ci_low, ci_high, verdict from marts.fct_backtest_metrics
       where unit = 'account' and segment = 'all' and metric in ('auc', 'go_live_gate')
         and model_version = (select model_version from intermediate.int_scores__model_version)`,
      )
    ).rows;
    const auc = (horizon: number) =>
      maybe<Interval>(metrics.find((row) => row.metric === 'auc' && row.horizon_days === horizon));
    return {
      as_of_date: String(health.as_of_date),
      currency: config.tenant.currency,
      account_count: number(health.account_count),
      arr: number(health.arr),
      grr: maybe(retention.grr),
      nrr: maybe(retention.nrr),
      logo_churn_rate: maybe(retention.logo_churn_rate),
      retention_period_end: maybe(retention.period_end),
      categories: { red: number(health.red), yellow: number(health.yellow), green: number(health.green) },
      arr_at_risk: number(health.arr_at_risk),
      renewals_90d: {
        count: number(renewals.n),
        arr: number(renewals.arr),
        orphans: number(renewals.orphans),
      },
      open_alerts: number(alerts.n),
      red_checks: checks as unknown as Summary['red_checks'],
      data_quality: maybe(quality.score),
      auc: { '90': auc(90), '180': auc(180) },
      go_live_verdict: maybe(
        metrics.find((row) => row.metric === 'go_live_gate' && row.horizon_days === 90)?.verdict,
      ),
    };
  } finally {
    await warehouse.close();
  }
}

const aucText = (horizon: string, auc: Interval | null) =>
  auc === null || auc.value === null
    ? `${horizon} days: not enough evidence yet`
    : `${horizon} days: AUC ${auc.value.toFixed(2)} (95 % interval ${auc.ci_low?.toFixed(2) ?? '–'}–${auc.ci_high?.toFixed(2) ?? '–'}, ${auc.n ?? '–'} observations)`;

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
    `  Data quality    ${summary.data_quality === null ? '–' : `${Math.round(summary.data_quality)} of 100`}`,
    `  Checks that are red      ${summary.red_checks.length === 0 ? 'none' : ''}`,
    ...summary.red_checks.map(
      ({ check_id, title, value, unit }) =>
        `    ${check_id}  ${title}: ${Math.round(value * 100) / 100} ${unit}`,
    ),
  ].join('\n');
}
