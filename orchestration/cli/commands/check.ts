import { Command } from '@commander-js/extra-typings';
import { dateParameter, type IsoDate, type Row, type Warehouse } from '../../../warehouse/index.ts';
import type { Config } from '../../config/schema.ts';
import { usage } from '../../errors.ts';
import { requireBuilt, requireDay } from '../../pipeline/built.ts';
import { reading } from '../../pipeline/configured-warehouse.ts';
import { isRefused, type LastSync, lastSyncs } from '../../pipeline/sync-log.ts';
import { count, filled, percent, table } from '../../runtime/print.ts';
import { type Answer, configOf, show, verb } from '../context.ts';
import { writtenCsv } from '../written-csv.ts';

export interface Checks {
  /** Every check of the day, red ones first; those that a person must make have no value. */
  readonly checks: readonly Row[];
  readonly sources: readonly Row[];
  /** Sources whose last sync was refused for what it brought, whenever the checks were built. */
  readonly refused: readonly LastSync[];
  /** The checks of the day that have accounts behind their number. */
  readonly with_accounts: readonly string[];
  /** The data quality audit; the aspect `all` is the score. */
  readonly quality: readonly Row[];
  /** Customers of the sources that are no account, by source and reason. */
  readonly unmatched: readonly Row[];
  /** What cannot be read of the sources' records as they are now, by source, kind, column, reason and severity. */
  readonly rejected: readonly Row[];
  /** Signals that have a weight. */
  readonly signal_count: number;
}

/** What to say of so many signals; nothing of up to 7. Each further one says less and hides the others (R62). */
export function signalCountFinding(count: number): string | undefined {
  if (count >= 15)
    return `ERROR: ${count} signals are scored; 15 is where scores stop saying anything. Keep the best 5 to 7.`;
  if (count > 10)
    return `Warning: ${count} signals are scored; 8 to 10 are the most that pay. Keep the best 5 to 7.`;
  if (count > 7) return `Info: ${count} signals are scored; 5 to 7 are enough to start with.`;
  return undefined;
}

const CHECK_ACCOUNTS = 'marts.fct_check_accounts';

/** Nothing of a warehouse that an earlier version built, until the next build. */
async function checksWithAccounts(warehouse: Warehouse): Promise<readonly string[]> {
  if ((await warehouse.tableColumns('marts', 'fct_check_accounts')) === undefined) return [];
  const { db } = warehouse;
  const rows = await db
    .selectFrom(CHECK_ACCOUNTS)
    .select('check_id')
    .distinct()
    .orderBy('check_id')
    .execute();
  return rows.map((row) => row.check_id);
}

/** Nothing of a warehouse that an earlier version built, until the next build. */
async function rejectedRecords(warehouse: Warehouse): Promise<readonly Row[]> {
  if ((await warehouse.tableColumns('marts', 'fct_rejected_records')) === undefined) return [];
  const { db } = warehouse;
  return db
    .selectFrom('marts.fct_rejected_records')
    .select(({ fn }) => [
      'source_name',
      'entity',
      'column_name',
      'reason',
      'severity',
      fn.countAll().as('record_count'),
      fn.sum('arr').as('arr'),
      'currency_code',
      fn.min('given_value').as('given_value'),
      fn.min('record_key').as('for_example'),
    ])
    .where('is_current', '=', true)
    .groupBy(['source_name', 'entity', 'column_name', 'reason', 'severity', 'currency_code'])
    .orderBy('severity')
    .orderBy('source_name')
    .orderBy('entity')
    .orderBy('column_name')
    .orderBy('reason')
    .execute();
}

const READ = [
  'marts.fct_checks',
  'marts.fct_source_freshness',
  'marts.fct_data_quality',
  'marts.fct_unmatched_customers',
  'intermediate.int_signals__index',
] as const;

/**
 * What `tenure check` shows: the red flags of the latest day or of the day asked for, as they were found on it, and the sources,
 * the data quality and who is no account, as they are now.
 */
async function readChecks(config: Config, asOfDate?: IsoDate): Promise<Checks> {
  return reading(config, async (warehouse) => {
    await requireBuilt(warehouse, READ);
    if (asOfDate !== undefined) await requireDay(warehouse, 'marts.fct_checks', asOfDate);
    return {
      refused: (await lastSyncs(warehouse)).filter(
        (each) => isRefused(each) && config.sources.some(({ name }) => name === each.source_name),
      ),
      ...(await read(warehouse, asOfDate)),
    };
  });
}

async function read(warehouse: Warehouse, asOfDate: IsoDate | undefined): Promise<Omit<Checks, 'refused'>> {
  const { db } = warehouse;
  return {
    checks: await db
      .selectFrom('marts.fct_checks')
      .select([
        'check_id',
        'title',
        'as_of_date',
        'value',
        'unit',
        'red_line',
        'is_red',
        'n',
        'min_n',
        'cadence',
        'is_by_hand',
      ])
      .where('as_of_date', '=', ({ selectFrom }) =>
        asOfDate === undefined
          ? selectFrom('marts.fct_checks').select(({ fn }) => fn.max('as_of_date').as('last_date'))
          : dateParameter(asOfDate),
      )
      .orderBy('is_red', 'desc')
      .orderBy('is_by_hand')
      .orderBy('check_id')
      .execute(),
    sources: await db
      .selectFrom('marts.fct_source_freshness')
      .select([
        'source_name',
        'kind',
        'last_status',
        'last_error_code',
        'last_ok_at',
        'red_line_hours',
        'is_stale',
        'warn_hours',
        'is_late',
        'is_failing_again',
        'is_quiet',
        'failures_30d',
        'last_rejected_count',
      ])
      .orderBy('source_name')
      .execute(),
    quality: await db
      .selectFrom('marts.fct_data_quality')
      .select(['aspect', 'title', 'complete_share', 'complete_count', 'n', 'advice'])
      .orderBy(({ eb }) => eb.case().when('aspect', '=', 'all').then(1).else(0).end())
      .orderBy('weight', 'desc')
      .orderBy('aspect')
      .execute(),
    unmatched: await db
      .selectFrom('marts.fct_unmatched_customers')
      .select(({ fn }) => [
        'source_name',
        'reason',
        fn.countAll().as('customer_count'),
        fn.sum('record_count').as('record_count'),
        fn.min('customer_id').as('for_example'),
      ])
      .groupBy(['source_name', 'reason'])
      .orderBy('source_name')
      .orderBy('reason')
      .execute(),
    rejected: await rejectedRecords(warehouse),
    with_accounts: await checksWithAccounts(warehouse),
    signal_count: await db
      .selectFrom('intermediate.int_signals__index')
      .select(({ fn }) => fn.count('signal').distinct().as('n'))
      .where('weight', '>', 0)
      .executeTakeFirst()
      .then((found) => Number(found?.n)),
  };
}

/** Whether anything in it is red. */
const isAnyRed = ({ checks, refused }: Checks): boolean =>
  checks.some((row) => row.is_red === true) || refused.length > 0;

const finding = (row: Row): string => {
  if (row.is_by_hand) return 'by hand';
  if (row.value === null || row.n === null || row.n === 0) return 'no data';
  if (Number(row.n) < Number(row.min_n)) return 'too few';
  return row.is_red ? 'RED' : 'ok';
};

const sourceFinding = (row: Row): string => {
  if (row.is_failing_again) return `RED: failed twice in a row (${row.last_error_code ?? row.last_status})`;
  if (row.is_stale) return 'RED: past its red line';
  if (row.is_quiet) return 'RED: quiet';
  if (row.is_late) return `late: not read for ${row.warn_hours} h`;
  return row.last_status === 'succeeded' ? 'ok' : `last sync: ${row.last_status}`;
};

/** The same for the terminal. */
function checksText({
  checks,
  sources,
  refused,
  quality,
  unmatched,
  rejected,
  with_accounts,
  signal_count,
}: Checks): string {
  const red = checks.flatMap((row) =>
    row.is_red && with_accounts.includes(String(row.check_id)) ? String(row.check_id) : [],
  );
  const byHand = checks.filter((row) => row.is_by_hand).map((row) => row.check_id);
  const sections = [
    table(
      ['check_id', 'finding', 'value', 'red_line', 'n', 'title'],
      checks.filter((row) => !row.is_by_hand).map((row) => ({ ...row, finding: finding(row) })),
    ),
    ...(red.length === 0
      ? []
      : [
          `The accounts behind a red number: ${red.map((id) => `tenure check --accounts ${id}`).join(', ')}.`,
        ]),
    `For a person to look at: ${byHand.join(', ')}.`,
    'Data quality\n' +
      table(
        ['complete', 'accounts', 'of', 'what', 'what_to_do'],
        quality.map((row) => ({
          complete: percent(row.complete_share as number | null),
          accounts: row.complete_count,
          of: row.n,
          what: row.title,
          what_to_do: row.advice,
        })),
      ),
  ];
  if (sources.length > 0) {
    const rows = sources.map((row) => ({ ...row, finding: sourceFinding(row) }));
    sections.push(
      `Sources\n${table(['source_name', 'kind', 'finding', 'last_ok_at', 'failures_30d'], rows)}`,
    );
  }
  for (const { source_name, error_code } of refused)
    sections.push(
      `RED: what the last sync of ${source_name} brought was refused (${error_code}), and what was landed before is read. ` +
        `"tenure sync ${source_name}" says what was wrong.`,
    );
  if (unmatched.length > 0) {
    const columns = ['source_name', 'reason', 'customer_count', 'record_count', 'for_example'];
    sections.push(`Customers that are no account; nothing of them counts\n${table(columns, unmatched)}`);
  }
  const columns = [
    'source_name',
    'entity',
    'column_name',
    'reason',
    'record_count',
    'given_value',
    'for_example',
  ];
  const setAside = rejected.filter((row) => row.severity === 'row');
  if (setAside.length > 0) {
    const withArr = setAside.some((row) => row.arr !== null) ? [...columns, 'arr', 'currency_code'] : columns;
    sections.push(
      'Records that are set aside; see marts.fct_rejected_records for each with its content\n' +
        table(withArr, setAside),
    );
  }
  const values = rejected.filter((row) => row.severity !== 'row');
  if (values.length > 0) {
    sections.push(
      `Values that mean nothing to Tenure; their records count without them (words of your own: \`values\` of the source)\n${table(columns, values)}`,
    );
  }
  const ofSignals = signalCountFinding(signal_count);
  if (ofSignals !== undefined) sections.push(ofSignals);
  return sections.join('\n\n');
}

/** The columns of the list of accounts, as it is handed out. */
const LIST = ['check', 'account_id', 'account', 'owner', 'owner_email', 'arr', 'record', 'cases', 'why'];

/** The accounts behind the number of a check as it was last built, the largest ARR first; of no check it is a usage error. */
async function accountsBehind(warehouse: Warehouse, asked: string, csv?: string): Promise<Answer> {
  await requireBuilt(warehouse, ['marts.fct_checks', CHECK_ACCOUNTS]);
  const { db } = warehouse;
  const checks = await db
    .selectFrom('marts.fct_checks')
    .select(['check_id', 'title', 'value', 'unit', 'is_by_hand'])
    .where('as_of_date', '=', ({ selectFrom }) =>
      selectFrom('marts.fct_checks').select(({ fn }) => fn.max('as_of_date').as('last_date')),
    )
    .orderBy('check_id')
    .execute();
  const check = checks.find((row) => row.check_id === asked.toUpperCase());
  if (check === undefined)
    throw usage(
      `There is no check "${asked}"; expected one of ${checks.map((row) => row.check_id).join(', ')}.`,
    );
  const found = await db
    .selectFrom(CHECK_ACCOUNTS)
    .selectAll()
    .where('check_id', '=', check.check_id)
    .orderBy('arr', 'desc')
    .orderBy('account_id')
    .execute();
  const list = found.map((row) => ({
    check: row.check_id,
    account_id: row.account_id,
    account: row.name,
    owner: row.owner_name,
    owner_email: row.owner_email,
    arr: row.arr,
    record: row.crm_url,
    cases: row.case_count,
    why: row.detail,
  }));
  const title = `${check.check_id}: ${check.title}`;
  if (csv !== undefined) return { value: list, text: await writtenCsv(csv, LIST, list) };
  if (list.length === 0)
    return {
      value: list,
      text: `${title}. No account stands behind it: it is 0, or counts something else (${check.unit}).`,
    };
  const columns = filled(['account', 'owner', 'arr', 'record', 'cases', 'why', 'account_id'], list);
  return { value: list, text: `${title}. ${count(list.length, 'account')}.\n${table(columns, list)}` };
}

export const checkVerb = () =>
  verb(
    new Command('check')
      .description('the monthly and quarterly red flags, the sources and the data quality')
      .option('--accounts <check>', 'the accounts behind the number of a check (D1, M3, …), as last built')
      .option('--csv <file>', 'write them as a CSV file, which must not be there yet'),
  ).action(async (options) => {
    const { accounts, csv } = options;
    if (csv !== undefined && accounts === undefined)
      throw usage('Expected --accounts with --csv, got none.', 'tenure check --accounts D1 --csv FILE');
    if (accounts !== undefined && options.asOf !== undefined)
      throw usage(
        'Expected --accounts without --as-of: the accounts behind a check are those of the last build.',
        'tenure build --as-of DATE builds those of another day.',
      );
    const config = await configOf(options.config, 'check');
    if (accounts !== undefined)
      return show(options, await reading(config, (warehouse) => accountsBehind(warehouse, accounts, csv)));
    const found = await readChecks(config, options.asOf);
    show(options, { value: found.checks, text: checksText(found), exitCode: isAnyRed(found) ? 3 : 0 });
  });
