import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';
import type { Column, Warehouse } from '../../warehouse/index.ts';
import { TenureError, usage } from '../errors.ts';

const KINDS = ['csm', 'manager', 'team', 'customer'] as const;

/** For whom a site is: all of the company, or the accounts that `marts.dim_audiences` gives to one of it. */
export type Asked =
  | { readonly kind: 'all' }
  | {
      readonly kind: (typeof KINDS)[number];
      /** The id or address of a person, the name of a team, the id of an account. */
      readonly id: string;
    };

/** Someone for whom there are accounts. */
export interface Audience {
  readonly kind: (typeof KINDS)[number];
  readonly id: string;
  /** What people call it. */
  readonly name: string;
}

export type SiteFor = Audience | { readonly kind: 'all' };

/** `csm=u1` as it is asked for. Throws a usage error with what there is. */
export function parseAudience(text: string): Asked {
  if (text === 'all') return { kind: 'all' };
  const [, kind, id] = /^([a-z]+)=(.+)$/s.exec(text) ?? [];
  const known = KINDS.find((each) => each === kind);
  if (known === undefined || id === undefined)
    throw usage(
      `Expected csm=ID, manager=ID, team=NAME, customer=ACCOUNT or all, got "${text}".`,
      'ID is that of a user, or their address.',
    );
  return { kind: known, id };
}

/** As it is asked for. */
export const audienceText = (site: SiteFor): string =>
  site.kind === 'all' ? 'all' : `${site.kind}=${site.id}`;

/** The folder of its site below `sites`: a digest, because an id may hold anything, and differ by case alone. */
export const audienceFolder = ({ kind, id }: Audience): string =>
  `${kind}-${createHash('sha256').update(id).digest('hex').slice(0, 16)}`;

/** A row per audience and account. */
export const AUDIENCES = 'marts.dim_audiences';
const READERS = 'marts.dim_audience_readers';

/** The account, called `accounts`, has its row of the last day. */
const isCustomerToday = sql<boolean>`not accounts.is_churned
  and accounts.as_of_date = (select max(as_of_date) from ${sql.table('marts.dim_accounts')})`;

/**
 * The audience that is asked for, by its id or, of a person, the address. Throws `AUDIENCE_UNKNOWN` when no account is
 * theirs, and `AUDIENCE_EMPTY` when none of them is a customer today: of the day there would be nothing to say.
 */
export async function findAudience(
  { db }: Warehouse,
  { kind, id }: Exclude<Asked, { kind: 'all' }>,
): Promise<Audience> {
  const byAddress = await db
    .selectFrom(READERS)
    .select('audience_id')
    .where('audience_kind', '=', kind)
    .where('reader_email', '=', id.toLowerCase())
    .execute();
  const named = kind === 'team' ? [] : byAddress.map(({ audience_id }) => audience_id);
  const rows = await db
    .selectFrom(`${AUDIENCES} as audiences`)
    .leftJoin('marts.dim_accounts as accounts', 'audiences.account_id', 'accounts.account_id')
    .select(({ fn }) => [
      'audiences.audience_id',
      fn.max<string>('audiences.audience_name').as('name'),
      sql<number>`count(case when ${isCustomerToday} then 1 end)`.as('customers'),
    ])
    .where('audiences.audience_kind', '=', kind)
    .where('audiences.audience_id', 'in', [id, ...named])
    .groupBy('audiences.audience_id')
    .execute();
  const found = rows.find((row) => row.audience_id === id) ?? rows[0];
  if (found === undefined)
    throw new TenureError(
      'AUDIENCE_UNKNOWN',
      `Expected a ${WHO[kind]} with an account, got "${id}": marts.dim_audiences gives them none.`,
      { exitCode: 2, next: `"tenure query" lists them: ${listing(kind)}` },
    );
  if (Number(found.customers) === 0)
    throw new TenureError(
      'AUDIENCE_EMPTY',
      `None of the accounts of ${kind}=${id} is a customer today, so there is no site to make of them.`,
      { exitCode: 2, next: `Their accounts: ${listing(kind)}` },
    );
  return { kind, id: found.audience_id, name: found.name };
}

const WHO: Readonly<Record<Audience['kind'], string>> = {
  csm: 'user',
  manager: 'manager',
  team: 'team of rules/team_members.csv',
  customer: 'customer',
};
const listing = (kind: string) =>
  `select distinct audience_id, audience_name from ${AUDIENCES} where audience_kind = '${kind}' order by 2`;

/** Each owner, manager and team that has a customer today, in order of kind and id. */
export async function everyAudience({ db }: Warehouse): Promise<readonly Audience[]> {
  const rows = await db
    .selectFrom(`${AUDIENCES} as audiences`)
    .innerJoin('marts.dim_accounts as accounts', 'audiences.account_id', 'accounts.account_id')
    .select(({ fn }) => [
      'audiences.audience_kind as kind',
      'audiences.audience_id as id',
      fn.max<string>('audiences.audience_name').as('name'),
    ])
    .where('audiences.audience_kind', '<>', 'customer')
    .where(isCustomerToday)
    .groupBy(['audiences.audience_kind', 'audiences.audience_id'])
    .orderBy('audiences.audience_kind')
    .orderBy('audiences.audience_id')
    .execute();
  return rows.map(({ kind, id, name }) => ({ kind: kind as Audience['kind'], id, name }));
}

/** The addresses, in lower case, of those whose site it is; of a customer nobody here. */
export async function readersOf({ db }: Warehouse, site: SiteFor): Promise<readonly string[]> {
  const rows = await db
    .selectFrom(READERS)
    .select('reader_email')
    .distinct()
    .where('audience_kind', '=', site.kind)
    .$if(site.kind !== 'all', (query) => query.where('audience_id', '=', (site as Audience).id))
    .orderBy('reader_email')
    .execute();
  return rows.map((row) => row.reader_email);
}

/**
 * Of the tables that the pages read, what an audience gets: the rows of its accounts of each that has `account_id`. A table
 * without needs a decision here; so does one with it whose rows say more than of the account.
 */
export const SAME_FOR_ALL: readonly string[] = [
  'intermediate.category_cuts',
  'intermediate.customer_signals',
  'intermediate.int_canonical__users', // names of colleagues
  'intermediate.int_scores__model_version',
  'intermediate.int_signals__index',
  'intermediate.score_rules',
  'intermediate.signal_cuts',
  'intermediate.signal_definitions',
  'intermediate.signal_words',
];
export const COMPANY_WIDE: readonly string[] = [
  'marts.fct_arr_cohorts',
  'marts.fct_backtest_calibration',
  'marts.fct_backtest_external',
  'marts.fct_backtest_metrics',
  'marts.fct_backtest_signal_outcomes',
  'marts.fct_baseline_metrics',
  'marts.fct_checks',
  'marts.fct_data_quality',
  'marts.fct_forecast_calls',
  'marts.fct_known_noise',
  'marts.fct_launch_reports',
  'marts.fct_learned_comparisons',
  'marts.fct_loss_reasons',
  'marts.fct_reconciliation',
  'marts.fct_rejected_records', // what could not be read may name anybody
  'marts.fct_renewal_forecast',
  'marts.fct_reported_metrics',
  'marts.fct_retention',
  'marts.fct_source_freshness',
  'marts.fct_unmatched_customers',
];

/** What people wrote about accounts for each other: not for a customer, whatever a query of their page may come to read. */
export const NOT_FOR_CUSTOMERS: readonly string[] = [
  'intermediate.int_canonical__notes',
  'intermediate.int_canonical__overrides',
  'intermediate.int_canonical__sentiments',
  'marts.fct_account_noise',
  'marts.fct_notes',
];

export type Decision = 'its accounts' | 'the same for all' | 'left out' | 'undecided';

export function decisionOf(table: string, columns: readonly Pick<Column, 'name'>[]): Decision {
  if (SAME_FOR_ALL.includes(table)) return 'the same for all';
  if (COMPANY_WIDE.includes(table)) return 'left out';
  return columns.some(({ name }) => name === 'account_id') ? 'its accounts' : 'undecided';
}

/** Which rows of a table, called `copied`, an audience gets; undefined for all of them. What is undecided is left out. */
export function rowsFor(
  { kind, id }: Audience,
  table: string,
  columns: readonly Pick<Column, 'name'>[],
): RawBuilder<boolean> | undefined {
  if (kind === 'customer' && NOT_FOR_CUSTOMERS.includes(table)) return sql<boolean>`1 = 0`;
  switch (decisionOf(table, columns)) {
    case 'the same for all':
      return undefined;
    case 'its accounts':
      return sql<boolean>`copied.account_id in (
        select audiences.account_id
        from ${sql.table(AUDIENCES)} as audiences
        where audiences.audience_kind = ${kind} and audiences.audience_id = ${id}
      )`;
    default:
      return sql<boolean>`1 = 0`;
  }
}
