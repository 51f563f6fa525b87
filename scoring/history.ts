import { sql } from 'kysely';
import { z } from 'zod';
import { dateParameter, type IsoDate, type Warehouse } from '../warehouse/index.ts';
import { addDays, onDay } from './calendar.ts';
import { historyInvalid, historyMissing } from './errors.ts';
import {
  DEFAULT_EVALUATION_RULES,
  DEFAULT_RENEWAL_RULES,
  type EvaluationRules,
  parseEvaluationRules,
  parseRenewalRules,
  type RenewalRules,
} from './rules.ts';

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected YYYY-MM-DD');

const scoredDay = z.object({
  account_id: z.string(),
  as_of_date: date,
  score: z.number().min(0).max(100.000001),
  category: z.enum(['red', 'yellow', 'green']),
  flag: z.enum(['watch', 'at_risk_sustained', 'at_risk_renewal', 'critical']).nullable(),
  segment: z.string(),
  arr: z
    .number()
    .nullable()
    .transform((arr) => arr ?? 0), // an account without a contract
  is_leak_proof: z.boolean(),
});
/** An account with a score on a day, and what was known of it that day. `score` 0–100. */
export type ScoredDay = z.infer<typeof scoredDay>;

const renewal = z.object({
  contract_id: z.string(),
  renewal_date: date,
  account_id: z.string(),
  segment: z.string().nullable(),
  product: z.string().nullable(),
  owner_id: z.string().nullable(),
  arr: z.number(),
  auto_renew: z.boolean().nullable(),
  notice_days: z.number().int().nullable(),
  first_known_date: date.nullable(),
  renewal_outcome: z.enum(['renewed', 'expanded', 'contracted', 'churned']).nullable(),
  renewed_arr: z.number().nullable(),
  outcome_known_date: date.nullable(),
  churn_date: date.nullable(),
});
/** One contract and renewal date with its outcome, null while open; `arr` is what is due. */
export type Renewal = z.infer<typeof renewal>;

const OPEN = {
  renewal_outcome: null,
  renewed_arr: null,
  outcome_known_date: null,
  churn_date: null,
} as const;

const accountChurn = z.object({ account_id: z.string(), churn_date: date, outcome_known_date: date });
/** A churn of a whole account; known from `outcome_known_date`, which may be before or after it. */
export type AccountChurn = z.infer<typeof accountChurn>;

const accountArr = z.object({ account_id: z.string(), as_of_date: date, arr: z.number() });
/** ARR of an account as known on a day. */
export type AccountArr = z.infer<typeof accountArr>;

const riskChange = z.object({
  account_id: z.string(),
  as_of_date: date,
  is_red: z.boolean(),
  is_at_risk: z.boolean(),
});
/** The first day of a run of days on which an account was red or not, at risk or not. */
export type RiskChange = z.infer<typeof riskChange>;

/** Of an own signal it may be infinite (a share of nothing), which z.number refuses; what is told of it leaves that out. */
const anyNumber = z.custom<number>((value) => typeof value === 'number', 'expected a number');

const signalDay = z.object({
  account_id: z.string(),
  as_of_date: date,
  signal: z.string(),
  measure: anyNumber.nullable(),
  cut: z.string().nullable(),
  signal_value: z.number().nullable(),
  weight: z.number().min(0),
  is_frozen: z.boolean(),
});
/** A signal of an account on a day. `signal_value` 0–100, null without data. */
export type SignalDay = z.infer<typeof signalDay>;

const externalScore = z.object({
  account_id: z.string(),
  as_of_date: date,
  system: z.string(),
  score: z.number().min(0).max(100),
});
/** The latest score (0–100) of another platform that was known of an account on a day. */
export type ExternalScore = z.infer<typeof externalScore>;

const ownerCall = z.object({
  contract_id: z.string(),
  renewal_date: date,
  as_of_date: date,
  owner_call: z.string(),
  call_share: z.number().min(0).max(1),
});
/** What the owner of a renewal called it in the CRM's forecast, as known on a day; `call_share` 0–1 is what the word promises. */
export type OwnerCall = z.infer<typeof ownerCall>;

const modelVersionRow = z.object({ model_version: z.string() });

/** Flags of at least `at_risk_sustained`, in order of gravity. */
export const AT_RISK_FLAGS = ['at_risk_sustained', 'at_risk_renewal', 'critical'] as const;

export const isAtRisk = (flag: string | null): boolean => AT_RISK_FLAGS.some((grave) => grave === flag);

const HEALTH = 'marts.fct_account_health_daily';

/** Has the health of accounts on the days from which a backtest looks ahead to their renewals, out of scope too. */
const KEPT_DAYS = 'intermediate.int_scores__kept_days';

/** Has each day on which the category or the flag of an account changed, so that the history need not be read for it. */
const RISK_CHANGES = 'intermediate.int_scores__risk_changes';

/** Not there in a warehouse that an earlier release built. */
const EXTERNAL = 'intermediate.int_scores__external';

/** Not there in a warehouse that an earlier release built. */
const OWNER_CALLS = 'intermediate.int_renewals__owner_calls';

const RELATIONS = [
  ['intermediate', 'int_scores__model_version'],
  ['marts', 'fct_account_health_daily'],
  ['marts', 'fct_signal_contributions_daily'],
  ['intermediate', 'int_renewals__renewals'],
  ['intermediate', 'int_revenue__account_churns'],
  ['intermediate', 'int_accounts__account_days'],
  ['intermediate', 'int_scores__kept_days'],
  ['intermediate', 'int_scores__risk_changes'],
  ['intermediate', 'int_signals__index'],
] as const;

function parseRows<T>(relation: string, schema: z.ZodType<T, unknown>, rows: readonly unknown[]): T[] {
  const parsed = z.array(schema).safeParse(rows);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw historyInvalid(relation, `${issue.path.slice(1).join('.')}: ${issue.message}`, parsed.error);
}

/**
 * Reads from the warehouse what scoring judges: the score history on chosen days and the outcomes. It never
 * reads a whole history: month ends, the days H before renewals, and run starts of accounts that lost
 * something are enough.
 */
export interface History {
  /** All renewals, in order of date and contract; an outcome known after `asOfDate` is still open. */
  renewals(): Promise<Renewal[]>;
  /** The churns of accounts known by `asOfDate`, some still to come, in order of account and date. */
  accountChurns(): Promise<AccountChurn[]>;
  /** The first day in scope of any account, up to `asOfDate`; undefined without any. */
  firstDay(): Promise<IsoDate | undefined>;
  /** The scored accounts on each of the days. */
  scoredOn(days: readonly IsoDate[]): Promise<ScoredDay[]>;
  /** The scored accounts that many days before each of their renewals. */
  scoredBeforeRenewals(horizonDays: number): Promise<ScoredDay[]>;
  /** What other platforms scored accounts in scope, as known on each of the days. */
  externalOn(days: readonly IsoDate[]): Promise<ExternalScore[]>;
  /** What other platforms scored accounts, as known that many days before each of their renewals. */
  externalBeforeRenewals(horizonDays: number): Promise<ExternalScore[]>;
  /** What owners called open renewals on the days on which forecasts are frozen. */
  ownerCalls(): Promise<OwnerCall[]>;
  /** ARR on each of the days, as known on it. */
  arrOn(days: readonly IsoDate[]): Promise<AccountArr[]>;
  /**
   * Of accounts that churned, or lost a contract and live on: the days on which they turned red or at risk, or back;
   * leak-proof days only.
   */
  riskChangesOfChurned(): Promise<RiskChange[]>;
  /** Signals of all accounts, or of one, on each of the days. */
  signalsOn(days: readonly IsoDate[], accountId?: string): Promise<SignalDay[]>;
}

/**
 * Opens the history of one model version up to the end of `asOfDate`; nothing later is read.
 *
 * @throws ScoringError HISTORY_MISSING when a table is not there, HISTORY_INVALID when a row is not as
 * expected
 */
export function openHistory(
  warehouse: Warehouse,
  { asOfDate, modelVersion }: { readonly asOfDate: IsoDate; readonly modelVersion: string },
): History {
  const { db } = warehouse;

  const healthIn = (relation: typeof HEALTH | typeof KEPT_DAYS) =>
    db
      // the columns of a scored day are those of both
      .selectFrom(`${relation as typeof HEALTH} as health`)
      .select(Object.keys(scoredDay.shape).map((column) => `health.${column as keyof ScoredDay}` as const))
      .where('health.model_version', '=', modelVersion)
      .where('health.as_of_date', '<=', dateParameter(asOfDate))
      .orderBy('health.as_of_date')
      .orderBy('health.account_id');

  const healthBeforeRenewals = (relation: typeof HEALTH | typeof KEPT_DAYS, horizonDays: number) =>
    healthIn(relation).where(({ exists, selectFrom }) =>
      exists(
        selectFrom('intermediate.int_renewals__renewals as renewals')
          .select('renewals.contract_id')
          .whereRef('renewals.account_id', '=', 'health.account_id')
          .whereRef(
            'renewals.renewal_date',
            '=',
            // DuckDB and BigQuery both add whole days to a date this way.
            sql<IsoDate>`health.as_of_date + ${sql.lit(Math.trunc(horizonDays))}`,
          ),
      ),
    );

  const parseScored = (relation: string, rows: readonly { readonly score: number | null }[]) =>
    parseRows(
      relation,
      scoredDay,
      rows.filter(({ score }) => score !== null),
    );

  const renewals = async (): Promise<Renewal[]> => {
    const rows = await db
      .selectFrom('intermediate.int_renewals__renewals')
      .select(Object.keys(renewal.shape) as (keyof Renewal)[])
      .orderBy('renewal_date')
      .orderBy('contract_id')
      .execute();
    return parseRows('intermediate.int_renewals__renewals', renewal, rows).map((row) =>
      row.outcome_known_date !== null && row.outcome_known_date > asOfDate ? { ...row, ...OPEN } : row,
    );
  };

  const hasExternal = async () =>
    (await warehouse.tableColumns('intermediate', 'int_scores__external')) !== undefined;

  const firstDay = async (): Promise<IsoDate | undefined> => {
    const row = await db
      .selectFrom(RISK_CHANGES)
      .select(({ fn }) => fn.min<IsoDate | null>('as_of_date').as('first'))
      .where('model_version', '=', modelVersion)
      .where('as_of_date', '<=', dateParameter(asOfDate))
      .where('account_id', '<>', '')
      .executeTakeFirst();
    return row?.first ?? undefined;
  };

  return {
    renewals,
    firstDay,

    async accountChurns() {
      const rows = await db
        .selectFrom('intermediate.int_revenue__account_churns')
        .select(['account_id', 'churn_date', 'outcome_known_date'])
        .where('outcome_known_date', '<=', dateParameter(asOfDate))
        .orderBy('account_id')
        .orderBy('churn_date')
        .execute();
      return parseRows('intermediate.int_revenue__account_churns', accountChurn, rows);
    },

    async scoredOn(days) {
      if (days.length === 0) return [];
      const rows = await healthIn(HEALTH).where('health.as_of_date', 'in', days.map(dateParameter)).execute();
      return parseScored(HEALTH, rows);
    },

    async scoredBeforeRenewals(horizonDays) {
      const first = await firstDay();
      if (first === undefined) return [];
      const kept = await healthBeforeRenewals(KEPT_DAYS, horizonDays).execute();
      const looked = new Set(kept.map(({ account_id, as_of_date }) => onDay(account_id, as_of_date)));
      const days = new Set<IsoDate>();
      for (const { account_id, renewal_date } of await renewals()) {
        const day = addDays(renewal_date, -horizonDays);
        if (day >= first && day <= asOfDate && !looked.has(onDay(account_id, day))) days.add(day);
      }
      if (days.size === 0) return parseScored(KEPT_DAYS, kept);
      const read = await healthBeforeRenewals(HEALTH, horizonDays)
        // as constants, so that BigQuery reads no other days
        .where('health.as_of_date', 'in', [...days].sort().map(dateParameter))
        .execute();
      const rest = read.filter(({ account_id, as_of_date }) => !looked.has(onDay(account_id, as_of_date)));
      return [...parseScored(KEPT_DAYS, kept), ...parseScored(HEALTH, rest)];
    },

    async externalOn(days) {
      if (days.length === 0 || !(await hasExternal())) return [];
      const rows = await db
        .selectFrom('intermediate.int_accounts__account_days as days')
        .innerJoin(`${EXTERNAL} as scores`, (join) =>
          join
            .onRef('days.account_id', '=', 'scores.account_id')
            .onRef('scores.from_date', '<=', 'days.as_of_date')
            .onRef('scores.until_date', '>', 'days.as_of_date'),
        )
        .select(['days.account_id', 'days.as_of_date', 'scores.system', 'scores.score'])
        .where('days.as_of_date', 'in', days.map(dateParameter))
        .where('days.as_of_date', '<=', dateParameter(asOfDate))
        .execute();
      return parseRows(EXTERNAL, externalScore, rows);
    },

    async externalBeforeRenewals(horizonDays) {
      if (!(await hasExternal())) return [];
      // DuckDB and BigQuery both add whole days to a date this way.
      const later = (day: 'from_date' | 'until_date') =>
        sql<IsoDate>`${sql.ref(`scores.${day}`)} + ${sql.lit(Math.trunc(horizonDays))}`;
      const rows = await db
        .selectFrom('intermediate.int_renewals__renewals as renewals')
        .innerJoin(`${EXTERNAL} as scores`, (join) =>
          join
            .onRef('renewals.account_id', '=', 'scores.account_id')
            .on('renewals.renewal_date', '>=', later('from_date'))
            .on('renewals.renewal_date', '<', later('until_date')),
        )
        .select(['renewals.account_id', 'renewals.renewal_date', 'scores.system', 'scores.score'])
        .execute();
      const found = rows.map(({ renewal_date, ...row }) => ({
        ...row,
        as_of_date: addDays(renewal_date, -horizonDays),
      }));
      return parseRows(EXTERNAL, externalScore, found).filter(({ as_of_date }) => as_of_date <= asOfDate);
    },

    async ownerCalls() {
      if ((await warehouse.tableColumns('intermediate', 'int_renewals__owner_calls')) === undefined)
        return [];
      const rows = await db
        .selectFrom(OWNER_CALLS)
        .select(Object.keys(ownerCall.shape) as (keyof OwnerCall)[])
        .where('owner_call', 'is not', null)
        .where('as_of_date', '<=', dateParameter(asOfDate))
        .orderBy('as_of_date')
        .orderBy('contract_id')
        .orderBy('renewal_date')
        .execute();
      return parseRows(OWNER_CALLS, ownerCall, rows);
    },

    async arrOn(days) {
      if (days.length === 0) return [];
      const rows = await db
        .selectFrom('intermediate.int_accounts__account_days')
        .select(['account_id', 'as_of_date', 'arr'])
        .where('as_of_date', 'in', days.map(dateParameter))
        .where('as_of_date', '<=', dateParameter(asOfDate))
        .where('arr', 'is not', null)
        .execute();
      return parseRows('intermediate.int_accounts__account_days', accountArr, rows);
    },

    async riskChangesOfChurned() {
      const days = db
        .selectFrom(RISK_CHANGES)
        .select([
          'account_id',
          'as_of_date',
          sql<boolean>`category = 'red'`.as('is_red'),
          sql<boolean>`coalesce(flag, '') in (${sql.join(AT_RISK_FLAGS.map((flag) => sql.lit(flag)))})`.as(
            'is_at_risk',
          ),
        ])
        .where('model_version', '=', modelVersion)
        .where('as_of_date', '<=', dateParameter(asOfDate))
        .where('is_scored', '=', true)
        .where('is_leak_proof', '=', true)
        .where('account_id', 'in', ({ selectFrom }) =>
          selectFrom('intermediate.int_revenue__account_churns')
            .select('account_id')
            .unionAll(
              selectFrom('intermediate.int_renewals__renewals')
                .select('account_id')
                .where('renewal_outcome', '=', 'churned'),
            ),
        );
      const compared = db
        .selectFrom(days.as('days'))
        .select([
          'account_id',
          'as_of_date',
          'is_red',
          'is_at_risk',
          sql<boolean | null>`lag(is_red) over (partition by account_id order by as_of_date)`.as('was_red'),
          sql<boolean | null>`lag(is_at_risk) over (partition by account_id order by as_of_date)`.as(
            'was_at_risk',
          ),
        ]);
      const rows = await db
        .selectFrom(compared.as('compared'))
        .select(['account_id', 'as_of_date', 'is_red', 'is_at_risk'])
        .where(({ or, eb }) =>
          or([
            eb('was_red', 'is', null),
            eb('is_red', '<>', eb.ref('was_red')),
            eb('is_at_risk', '<>', eb.ref('was_at_risk')),
          ]),
        )
        .orderBy('account_id')
        .orderBy('as_of_date')
        .execute();
      return parseRows(RISK_CHANGES, riskChange, rows);
    },

    async signalsOn(days, accountId) {
      if (days.length === 0) return [];
      const rows = await db
        .selectFrom('marts.fct_signal_contributions_daily')
        .select(Object.keys(signalDay.shape) as (keyof SignalDay)[])
        .where('model_version', '=', modelVersion)
        .where('as_of_date', 'in', days.map(dateParameter))
        .$if(accountId !== undefined, (query) => query.where('account_id', '=', accountId!))
        .orderBy('account_id')
        .orderBy('as_of_date')
        .orderBy('signal')
        .execute();
      return parseRows('marts.fct_signal_contributions_daily', signalDay, rows);
    },
  };
}

/** @throws ScoringError HISTORY_MISSING for the first relation that scoring reads and that is not there */
export async function requireHistory(warehouse: Warehouse): Promise<void> {
  for (const [schema, table] of RELATIONS) {
    if ((await warehouse.tableColumns(schema, table)) === undefined)
      throw historyMissing(`${schema}.${table}`);
  }
}

/** The model version that scores now; rows of older ones stay beside its own. */
export async function presentModelVersion(warehouse: Warehouse): Promise<string> {
  const relation = 'intermediate.int_scores__model_version';
  const rows = await warehouse.db.selectFrom(relation).select('model_version').execute();
  const [row] = parseRows(relation, modelVersionRow, rows);
  if (row === undefined) throw historyMissing(relation);
  return row.model_version;
}

/** The renewal rules of the seed `intermediate.renewal_rules`, defaults where it has none. */
export async function readRenewalRules(warehouse: Warehouse): Promise<RenewalRules> {
  const rows = await readSeed(warehouse, 'renewal_rules');
  return rows === undefined ? DEFAULT_RENEWAL_RULES : parseRenewalRules(rows);
}

/** The numbers by which a backtest judges, of the seed `intermediate.backtest_rules`, defaults where it has none. */
export async function readEvaluationRules(warehouse: Warehouse): Promise<EvaluationRules> {
  const rows = await readSeed(warehouse, 'backtest_rules');
  return rows === undefined ? DEFAULT_EVALUATION_RULES : parseEvaluationRules(rows);
}

/** The rows of a seed of rules; undefined where it is not built yet. */
async function readSeed(warehouse: Warehouse, seed: 'renewal_rules' | 'backtest_rules') {
  if ((await warehouse.tableColumns('intermediate', seed)) === undefined) return undefined;
  return warehouse.db.selectFrom(`intermediate.${seed}`).select(['rule', 'value']).execute();
}
