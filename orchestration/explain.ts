import { Temporal } from 'temporal-polyfill';
import { type ExplainedChange, explainChange } from '../scoring/index.ts';
import { type IsoDate, openWarehouse, type Warehouse } from '../warehouse/index.ts';
import type { Config } from './config.ts';
import { TenureError, usage } from './errors.ts';
import { table } from './print.ts';

interface DayHealth {
  readonly as_of_date: IsoDate;
  readonly score: number | null;
  readonly category: string | null;
  readonly category_effective: string | null;
  readonly flag: string | null;
  readonly weight_coverage: number;
  readonly model_version: string;
}

/** One signal's part of the score on the day. */
export interface Contribution {
  readonly signal: string;
  readonly measure: number | null;
  readonly signal_value: number | null;
  readonly weight: number;
  readonly contribution: number;
}

export interface Explanation {
  readonly account_id: string;
  readonly name: string;
  readonly health: DayHealth;
  readonly contributions: readonly Contribution[];
  /** What moved the score since an earlier day; null when the account was not scored then. */
  readonly change: ExplainedChange | null;
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

async function findAccount(
  warehouse: Warehouse,
  account: string,
): Promise<{ account_id: string; name: string }> {
  const { rows } = await warehouse.query(
    `select account_id, name from marts.dim_accounts
     where account_id = ${literal(account)} or lower(name) = lower(${literal(account)}) order by account_id`,
  );
  const [found] = rows;
  if (found === undefined) {
    throw usage(
      `No account has the id or name "${account}". Find it with: tenure query "select account_id, name from marts.dim_accounts"`,
    );
  }
  if (rows.length > 1) {
    throw usage(
      `${rows.length} accounts are named "${account}": use one of the ids ${rows.map((row) => row.account_id).join(', ')}.`,
    );
  }
  return { account_id: String(found.account_id), name: String(found.name) };
}

async function healthOn(
  warehouse: Warehouse,
  accountId: string,
  day: IsoDate | undefined,
  modelVersion?: string,
): Promise<DayHealth | undefined> {
  const version =
    modelVersion === undefined
      ? '(select model_version from intermediate.int_scores__model_version)'
      : literal(modelVersion);
  const { rows } = await warehouse.query(
    `select as_of_date, score, category, category_effective, flag, weight_coverage, model_version
     from marts.fct_account_health_daily
     where model_version = ${version}
       and account_id = ${literal(accountId)} ${day === undefined ? '' : `and as_of_date = ${literal(day)}`}
     order by as_of_date desc limit 1`,
  );
  return rows[0] as DayHealth | undefined;
}

async function requireVersion(warehouse: Warehouse, modelVersion: string): Promise<void> {
  const { rows } = await warehouse.query(
    'select distinct model_version from marts.fct_account_health_daily order by model_version',
  );
  const versions = rows.map((row) => String(row.model_version));
  if (!versions.includes(modelVersion))
    throw usage(`Expected a model version that has scored (${versions.join(', ')}), got "${modelVersion}".`);
}

async function signalsOn(
  warehouse: Warehouse,
  accountId: string,
  health: DayHealth,
): Promise<Contribution[]> {
  const { rows } = await warehouse.query(
    `select signal, measure, signal_value, weight, contribution from marts.fct_signal_contributions_daily
     where account_id = ${literal(accountId)} and as_of_date = ${literal(health.as_of_date)}
       and model_version = ${literal(health.model_version)}
     order by weight desc, signal`,
  );
  return rows as unknown as Contribution[];
}

/**
 * Why an account has its score on a day (the latest by default), and what moved it since another (30 days before by
 * default, or the same day under an earlier model version). Throws a usage error for an account that is not there or a day on which it was not scored.
 */
export async function explain(
  config: Config,
  asked: {
    account: string;
    date?: IsoDate | undefined;
    since?: IsoDate | undefined;
    sinceVersion?: string | undefined;
  },
): Promise<Explanation> {
  const warehouse = await openWarehouse(config.warehouse, { readOnly: true });
  try {
    const { account_id, name } = await findAccount(warehouse, asked.account);
    const health = await healthOn(warehouse, account_id, asked.date);
    if (health === undefined)
      throw usage(`${name} was not scored on ${asked.date ?? 'any day'}: it was out of scope.`);
    const contributions = await signalsOn(warehouse, account_id, health);
    const monthBefore = Temporal.PlainDate.from(health.as_of_date).subtract({ days: 30 }).toString();
    const day = asked.since ?? (asked.sinceVersion === undefined ? monthBefore : health.as_of_date);
    if (asked.sinceVersion !== undefined) await requireVersion(warehouse, asked.sinceVersion);
    const before = await healthOn(warehouse, account_id, day, asked.sinceVersion);
    if (before === undefined && (asked.since ?? asked.sinceVersion) !== undefined) {
      const under = asked.sinceVersion === undefined ? '' : ` under ${asked.sinceVersion}`;
      throw usage(`${name} was not scored on ${day}${under}: it was out of scope.`);
    }
    if (before === undefined) return { account_id, name, health, contributions, change: null };
    const change = explainChange(
      { date: before.as_of_date, signals: await signalsOn(warehouse, account_id, before) },
      { date: health.as_of_date, signals: contributions },
    );
    return { account_id, name, health, contributions, change };
  } finally {
    await warehouse.close();
  }
}

const points = (value: number | null) => (value === null ? 'no score' : value.toFixed(1));
/** The explanation for a terminal. */
export function explanationText({ account_id, name, health, contributions, change }: Explanation): string {
  if (contributions.length === 0)
    throw new TenureError('NOT_BUILT', `No contributions of ${name}: run "tenure build" first.`);
  const override =
    health.category === health.category_effective
      ? ''
      : `, shown as ${health.category_effective} by an override`;
  const head = [
    `${name} (${account_id}) on ${health.as_of_date}`,
    `Score ${points(health.score)}: ${health.category ?? 'no category'}${override}${health.flag ? `, flag ${health.flag}` : ''}`,
    `${Math.round(health.weight_coverage * 100)} % of the weight is known; model ${health.model_version}`,
    '',
    table(
      ['signal', 'measure', 'signal_value', 'weight', 'contribution'],
      contributions.map((row) => ({ ...row })),
    ),
  ];
  if (change === null)
    return [...head, '', 'It was not scored 30 days before, so there is nothing to compare with.'].join('\n');
  const moved = change.rows.filter((row) => Math.abs(row.effect) >= 0.05);
  return [...head, '', change.sentence, ...moved.slice(3).map((row) => `  also: ${row.sentence}`)].join('\n');
}
