import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { dateParameter, type IsoDate, type Warehouse } from '../warehouse/index.ts';
import { historyInvalid, ScoringError } from './errors.ts';
import { AT_RISK_FLAGS, type ScoredDay } from './history.ts';
import { type CutRow, type WeightRow, weightsOf } from './seed-weights.ts';

/**
 * The gravest flag raises an alert of its own when it comes newly on; the others when none of them was on. The rule is that
 * of models/intermediate/alerts/int_alerts__health_decline.sql.
 */
const GRAVEST_FLAG = 'critical';
const ALARMING_FLAGS = ['at_risk_renewal', GRAVEST_FLAG] as const;

const HEALTH = sql.table('marts.fct_account_health_daily');
const CONTRIBUTIONS = sql.table('marts.fct_signal_contributions_daily');

/** Rows of the seed `score_rules` by which days are flagged, and so alarmed about. */
export const FLAG_RULES = [
  'at_risk_score',
  'watch_score',
  'at_risk_rows',
  'at_risk_renewal_days',
  'min_weight_coverage',
] as const;
type Rules = Readonly<Record<(typeof FLAG_RULES)[number], number>>;

/** Weights and cuts to score history with; what is left out stays as published. */
export interface Setting {
  readonly weights: readonly WeightRow[];
  readonly cuts: readonly CutRow[];
  /** limits of flags; those of the warehouse where none are given */
  readonly flags?: Partial<Rules>;
}

const presentAccount = z.object({
  account_id: z.string(),
  name: z.string().nullable(),
  owner_id: z.string().nullable(),
  as_of_date: z.string(),
  arr: z.number().nullable(),
  score: z.number().nullable(),
  category: z.string().nullable(),
  category_effective: z.string().nullable(),
  is_at_risk: z.boolean(),
});
/** An account on the last day of history. */
export type PresentAccount = z.infer<typeof presentAccount>;

const dayAlerts = z.object({
  as_of_date: z.string(),
  alerts: z.number(),
  red: z.number(),
  accounts: z.number(),
});
/** Health alerts that a day raises, and how many of its accounts are red. */
export type DayAlerts = z.infer<typeof dayAlerts>;

/** A score history, published or replayed, read through the same questions. */
export interface ScoreSeries {
  /**
   * Each day's new health alerts, in order: definitions, section 5. A frozen day raises none and is not compared with, so
   * that what comes on meanwhile is raised on the first day without a frozen value.
   */
  alertsByDay(): Promise<DayAlerts[]>;
  /** The accounts on the last day up to the as-of date, in order of id. */
  presentAccounts(): Promise<PresentAccount[]>;
  /** The scored accounts on each of the days. */
  scoredOn(days: readonly IsoDate[]): Promise<ScoredDay[]>;
  /** The series as a relation: account_id, as_of_date, segment, arr, score, category, flag and the like. */
  readonly relation: RawBuilder<unknown>;
}

interface SeriesOptions {
  readonly asOfDate: IsoDate;
  readonly modelVersion: string;
}

/** The history that was published under a model version. */
export function publishedSeries(
  warehouse: Warehouse,
  { asOfDate, modelVersion }: SeriesOptions,
): ScoreSeries {
  return seriesOf(
    warehouse,
    sql`select account_id, as_of_date, segment, arr, is_leak_proof, is_frozen, score, weight_coverage, category,
      category_effective, flag
    from ${HEALTH}
    where model_version = ${modelVersion} and as_of_date <= ${dateParameter(asOfDate)}`,
  );
}

/**
 * The same history scored anew by other weights and category cuts from its kept signal values: definitions,
 * section 3. Overrides, frozen values, days to renewal and scope are those of each day. Scores are rounded to nine
 * decimals, so that the order in which a warehouse adds up is not seen. Runs in the warehouse, which gives back
 * aggregates only; writes nothing.
 *
 * @throws ScoringError SIGNAL_UNKNOWN when a weight is for a signal whose values are not in the history
 */
export async function replayedSeries(
  warehouse: Warehouse,
  options: SeriesOptions,
  { weights, cuts, flags }: Setting,
): Promise<ScoreSeries> {
  const { asOfDate, modelVersion } = options;
  await requireSignals(warehouse, options, weights);
  const rules = { ...(await scoreRules(warehouse)), ...flags };
  const weightSegments = ownSegments(weights);
  const cutSegments = ownSegments(cuts);
  const weightRows = [null, ...weightSegments].flatMap((segment) =>
    weightsOf(weights, segment).map(
      ({ signal, weight }) =>
        sql`select ${segment ?? 'all'} as segment, ${signal} as signal, ${sql.lit(weight)} as weight`,
    ),
  );
  const maxScore = (segment: string | null, category: string) =>
    sql.lit(cuts.find((row) => row.segment === segment && row.category === category)!.max_score);
  const cutRows = [null, ...cutSegments].map(
    (segment) =>
      sql`select ${segment ?? 'all'} as segment, ${maxScore(segment, 'red')} as red_max_score, ${maxScore(segment, 'yellow')} as yellow_max_score`,
  );
  const ownOrAll = (segments: readonly string[]) =>
    segments.length === 0
      ? sql`'all'`
      : sql`case when health.segment in (${sql.join(segments)}) then health.segment else 'all' end`;
  const union = sql` union all `;

  return seriesOf(
    warehouse,
    sql`with weights as (${sql.join(weightRows, union)}),
    cuts as (${sql.join(cutRows, union)}),
    health as (
      select account_id, as_of_date, segment, arr, is_leak_proof, is_frozen, override_direction, days_to_renewal
      from ${HEALTH}
      where model_version = ${modelVersion} and as_of_date <= ${dateParameter(asOfDate)}
    ),
    summed as (
      select
        health.account_id,
        health.as_of_date,
        sum(case when contributions.signal_value is not null then weights.weight * contributions.signal_value end) as points,
        sum(case when contributions.signal_value is not null then weights.weight else 0 end) as present_weight,
        sum(weights.weight) as total_weight
      from health
      inner join ${CONTRIBUTIONS} as contributions
        on health.account_id = contributions.account_id and health.as_of_date = contributions.as_of_date
      inner join weights
        on contributions.signal = weights.signal and weights.segment = ${ownOrAll(weightSegments)}
      where contributions.model_version = ${modelVersion}
      group by health.account_id, health.as_of_date
    ),
    scored as (
      select
        health.account_id,
        health.as_of_date,
        health.segment,
        health.arr,
        health.is_leak_proof,
        health.is_frozen,
        health.override_direction,
        health.days_to_renewal,
        cuts.red_max_score,
        cuts.yellow_max_score,
        round(case when summed.present_weight > 0 then summed.points / summed.present_weight end, 9) as score,
        case when summed.total_weight > 0 then summed.present_weight / summed.total_weight end as weight_coverage
      from health
      inner join summed
        on health.account_id = summed.account_id and health.as_of_date = summed.as_of_date
      inner join cuts
        on cuts.segment = ${ownOrAll(cutSegments)}
    ),
    categorised as (
      select
        scored.*,
        case
          when score is null then null
          when floor(score + 0.5) <= red_max_score then 'red'
          when floor(score + 0.5) <= yellow_max_score then 'yellow'
          else 'green'
        end as category,
        sum(case when score < ${sql.lit(rules.at_risk_score)} then 1 else 0 end) over (
          partition by account_id
          order by as_of_date
          rows between ${sql.lit(rules.at_risk_rows - 1)} preceding and current row
        ) as at_risk_rows
      from scored
    ),
    overridden as (
      select
        categorised.*,
        case
          when override_direction = 'up' and category = 'red' then 'yellow'
          when override_direction = 'up' and category = 'yellow' then 'green'
          when override_direction = 'down' and category = 'green' then 'yellow'
          when override_direction = 'down' and category = 'yellow' then 'red'
          else category
        end as category_effective
      from categorised
    )
    select
      account_id, as_of_date, segment, arr, is_leak_proof, is_frozen, score, weight_coverage, category,
      category_effective,
      case
        when round(weight_coverage, 9) < ${sql.lit(rules.min_weight_coverage)}
          then case when score < ${sql.lit(rules.watch_score)} then 'watch' end
        when category = 'red' then 'critical'
        when
          (score < ${sql.lit(rules.at_risk_score)} or category_effective = 'red')
          and days_to_renewal between 0 and ${sql.lit(rules.at_risk_renewal_days)}
          then 'at_risk_renewal'
        when at_risk_rows >= ${sql.lit(rules.at_risk_rows)} then 'at_risk_sustained'
        when score < ${sql.lit(rules.watch_score)} then 'watch'
      end as flag
    from overridden`,
  );
}

function seriesOf(warehouse: Warehouse, relation: RawBuilder<unknown>): ScoreSeries {
  const rows = async <T>(schema: z.ZodType<T, unknown>, statement: RawBuilder<unknown>): Promise<T[]> => {
    const parsed = z.array(schema).safeParse((await statement.execute(warehouse.db)).rows);
    if (parsed.success) return parsed.data;
    throw historyInvalid('marts.fct_account_health_daily', z.prettifyError(parsed.error), parsed.error);
  };
  const flags = (names: readonly string[]) => sql.join(names.map((flag) => sql.lit(flag)));
  const likeDays = sql`partition by account_id, is_frozen order by as_of_date`;
  return {
    relation,
    alertsByDay: () =>
      rows(
        dayAlerts,
        sql`with series as (${relation}),
        alarming as (
          select
            account_id,
            as_of_date,
            coalesce(is_frozen, false) as is_frozen,
            category_effective,
            coalesce(flag in (${flags(ALARMING_FLAGS)}), false) as is_alarming,
            coalesce(flag = ${sql.lit(GRAVEST_FLAG)}, false) as is_critical
          from series
        ),
        compared as (
          select
            alarming.*,
            coalesce(lag(is_alarming) over (${likeDays}), false) as was_alarming,
            coalesce(lag(is_critical) over (${likeDays}), false) as was_critical
          from alarming
        )
        select
          compared.as_of_date,
          sum(
            case
              when
                ((compared.is_alarming and not compared.was_alarming)
                or (compared.is_critical and not compared.was_critical))
                and not compared.is_frozen
                and not coalesce(days.is_acquired, false)
                then 1
              else 0
            end
          ) as alerts,
          sum(case when compared.category_effective = 'red' then 1 else 0 end) as red,
          count(*) as accounts
        from compared
        left join ${sql.table('intermediate.int_accounts__account_days')} as days
          on compared.account_id = days.account_id and compared.as_of_date = days.as_of_date
        group by compared.as_of_date
        order by compared.as_of_date`,
      ),
    presentAccounts: () =>
      rows(
        presentAccount,
        sql`with series as (${relation})
        select
          series.account_id,
          accounts.name,
          accounts.owner_id,
          series.as_of_date,
          series.arr,
          series.score,
          series.category,
          series.category_effective,
          coalesce(series.flag in (${flags(AT_RISK_FLAGS)}), false) as is_at_risk
        from series
        left join ${sql.table('marts.dim_accounts')} as accounts
          on series.account_id = accounts.account_id
        where series.as_of_date = (select max(as_of_date) from series)
        order by series.account_id`,
      ),
    scoredOn: async (days) => {
      if (days.length === 0) return [];
      const found = await sql<ScoredDay>`with series as (${relation})
        select account_id, as_of_date, score, category, flag, segment, coalesce(arr, 0) as arr, is_leak_proof
        from series
        where score is not null and as_of_date in (${sql.join(days.map(dateParameter))})
        order by as_of_date, account_id`.execute(warehouse.db);
      return found.rows;
    },
  };
}

const ownSegments = (rows: readonly { readonly segment: string | null }[]): string[] => [
  ...new Set(rows.flatMap(({ segment }) => (segment === null ? [] : [segment]))),
];

async function requireSignals(
  warehouse: Warehouse,
  { asOfDate, modelVersion }: SeriesOptions,
  weights: readonly WeightRow[],
): Promise<void> {
  const found = await sql<{ signal: string }>`select distinct signal from ${CONTRIBUTIONS}
    where model_version = ${modelVersion} and as_of_date <= ${dateParameter(asOfDate)}`.execute(warehouse.db);
  const kept = new Set(found.rows.map(({ signal }) => signal));
  const missing = [...new Set(weights.map(({ signal }) => signal))].filter((signal) => !kept.has(signal));
  if (missing.length === 0) return;
  throw new ScoringError(
    'SIGNAL_UNKNOWN',
    `Expected weights for signals whose values are in the history (${[...kept].sort().join(', ')}), got ${missing.join(', ')}. ` +
      'Give a new signal the weight 0 and run "tenure build" first: it then has values that can be weighed.',
    { missing },
  );
}

async function scoreRules(warehouse: Warehouse): Promise<Rules> {
  const table = 'intermediate.score_rules';
  const { rows } = await sql<{
    rule: string;
    value: number;
  }>`select rule, value from ${sql.table(table)}`.execute(warehouse.db);
  const byName = new Map(rows.map(({ rule, value }) => [rule, value]));
  return Object.fromEntries(
    FLAG_RULES.map((rule) => {
      const value = byName.get(rule);
      if (value === undefined) throw historyInvalid(table, `it has no row for ${rule}`, undefined);
      return [rule, value];
    }),
  ) as unknown as Rules;
}

/** The weights and category cuts that score now. */
export async function settingInForce(warehouse: Warehouse): Promise<Setting> {
  const weights = await sql<{
    segment: string;
    signal: string;
    weight: number;
  }>`select segment, signal, weight
    from ${sql.table('intermediate.int_signals__index')} order by segment, signal`.execute(warehouse.db);
  return {
    weights: weights.rows.map((row) => ({ ...row, segment: row.segment === 'all' ? null : row.segment })),
    cuts: await cutsInForce(warehouse),
  };
}

/** The category cuts that colour now. */
export async function cutsInForce(warehouse: Warehouse): Promise<CutRow[]> {
  const { rows } = await sql<CutRow>`select segment, category, max_score
    from ${sql.table('intermediate.category_cuts')} order by segment, max_score`.execute(warehouse.db);
  return rows;
}
