import type { Column, Row, Warehouse } from '../warehouse/index.ts';
import { addDays } from './calendar.ts';
import { type CompanyOptions, type SimulatedCase, simulateCompany } from './test-company.ts';

/** Columns by their names and types, as `account_id string, as_of_date date`. */
const columns = (definition: string): Column[] =>
  definition.split(', ').map((column) => {
    const [name, type] = column.split(' ');
    return { name, type } as Column;
  });

const HEALTH = columns(
  'account_id string, as_of_date date, model_version string, score number, category string, flag string, segment string, arr decimal, is_leak_proof boolean',
);
const TABLES = {
  int_scores__model_version: columns('model_version string'),
  int_signals__index: columns(
    'segment string, signal string, weight number, assumed_weight number, fitted_on date',
  ),
  category_cuts: columns('segment string, category string, max_score number'),
  backtest_rules: columns('rule string, value number'),
  int_accounts__account_days: columns('account_id string, as_of_date date, arr decimal'),
  int_revenue__account_churns: columns(
    'account_id string, churn_date date, outcome_known_date date, arr_lost decimal',
  ),
  int_renewals__renewals: columns(
    'contract_id string, renewal_date date, account_id string, segment string, product string, owner_id string, arr decimal, auto_renew boolean, notice_days integer, first_known_date date, renewal_outcome string, renewed_arr decimal, outcome_known_date date, churn_date date',
  ),
  int_scores__kept_days: HEALTH,
  int_scores__risk_changes: columns(
    'account_id string, as_of_date date, model_version string, category string, flag string, is_leak_proof boolean, is_scored boolean',
  ),
};
const SIGNALS = columns(
  'account_id string, as_of_date date, model_version string, signal string, measure number, cut string, signal_value number, weight number, contribution number, is_frozen boolean',
);

const VERSION = 'v1';
const HORIZON = 90;
const GRACE = 30;

/**
 * What scoring reads of a simulated company (`simulateCompany`): its month ends and renewals, every signal with the same
 * weight, and a row of the rules for each of `rules`.
 *
 * @returns the last day of its history
 */
export async function fillSimulatedCompany(
  warehouse: Warehouse,
  options: CompanyOptions,
  rules: Readonly<Record<string, number>> = {},
): Promise<{ asOfDate: string; signals: readonly string[]; months: readonly SimulatedCase[] }> {
  const { renewals, months } = simulateCompany(options);
  const signals = Array.from({ length: months[0]!.values.length }, (_, index) => `signal_${index}`);
  const weight = 100 / signals.length;
  const scoreOf = ({ values }: SimulatedCase) => {
    const present = values.filter((value) => value !== null);
    return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
  };
  const health = (one: SimulatedCase, as_of_date: string) => {
    const score = scoreOf(one);
    return {
      account_id: one.account_id,
      as_of_date,
      model_version: VERSION,
      score,
      category: score === null ? null : score <= 40 ? 'red' : score <= 70 ? 'yellow' : 'green',
      flag: null,
      segment: 'smb',
      arr: one.arr,
      is_leak_proof: true,
    };
  };
  const values = (one: SimulatedCase, as_of_date: string) =>
    signals.map((signal, index) => ({
      account_id: one.account_id,
      as_of_date,
      model_version: VERSION,
      signal,
      measure: one.values[index]!,
      cut: null,
      signal_value: one.values[index]!,
      weight,
      contribution: 0,
      is_frozen: false,
    }));
  const dueOf = ({ resolved_date }: SimulatedCase) => addDays(resolved_date, -GRACE);
  const decidedOn = (one: SimulatedCase) => addDays(dueOf(one), -HORIZON);
  const monthRows = months.map((one) => health(one, one.observed_date));
  const ends = new Set(monthRows.map(({ account_id, as_of_date }) => `${account_id} ${as_of_date}`));
  const between = renewals.filter((one) => !ends.has(`${one.account_id} ${decidedOn(one)}`));
  const intermediate: Record<keyof typeof TABLES, Row[]> = {
    int_scores__model_version: [{ model_version: VERSION }],
    int_signals__index: signals.map((signal) => ({
      segment: 'all',
      signal,
      weight,
      assumed_weight: null,
      fitted_on: null,
    })),
    category_cuts: [
      { segment: null, category: 'red', max_score: 40 },
      { segment: null, category: 'yellow', max_score: 70 },
      { segment: null, category: 'green', max_score: 100 },
    ],
    backtest_rules: Object.entries(rules).map(([rule, value]) => ({ rule, value })),
    int_accounts__account_days: [],
    int_revenue__account_churns: renewals
      .filter(({ churn_date }) => churn_date !== null)
      .map((one) => ({
        account_id: one.account_id,
        churn_date: one.churn_date,
        outcome_known_date: addDays(one.churn_date!, GRACE),
        arr_lost: one.arr,
      })),
    int_renewals__renewals: renewals.map((one) => ({
      contract_id: one.account_id,
      renewal_date: dueOf(one),
      account_id: one.account_id,
      segment: 'smb',
      product: null,
      owner_id: null,
      arr: one.arr,
      auto_renew: false,
      notice_days: null,
      first_known_date: '2000-01-01',
      renewal_outcome: one.churn_date === null ? 'renewed' : 'churned',
      renewed_arr: one.churn_date === null ? one.arr : 0,
      outcome_known_date: one.churn_date === null ? dueOf(one) : addDays(dueOf(one), GRACE),
      churn_date: one.churn_date,
    })),
    int_scores__kept_days: between.map((one) => health(one, decidedOn(one))),
    int_scores__risk_changes: monthRows.map(({ score, segment: _, arr: __, ...row }) => ({
      ...row,
      is_scored: score !== null,
    })),
  };
  await warehouse.ensureSchemas();
  for (const [table, rows] of Object.entries(intermediate))
    await warehouse.replaceTable('intermediate', table, TABLES[table as keyof typeof TABLES], rows);
  await warehouse.replaceTable('marts', 'fct_account_health_daily', HEALTH, monthRows);
  await warehouse.replaceTable('marts', 'fct_signal_contributions_daily', SIGNALS, [
    ...months.flatMap((one) => values(one, one.observed_date)),
    ...between.flatMap((one) => values(one, decidedOn(one))),
  ]);
  const asOfDate = months.reduce((last, one) => (one.resolved_date > last ? one.resolved_date : last), '');
  return { asOfDate, signals, months };
}
