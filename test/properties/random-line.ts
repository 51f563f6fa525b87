import { join } from 'node:path';
import { projectRoot } from '../../orchestration/project-root.ts';
import { openWarehouse, type Row } from '../../warehouse/index.ts';
import { addDays, type Company } from '../oracle/company.ts';
import { knownBook } from '../oracle/known-book.ts';
import { randomBook } from '../oracle/random-book.ts';
import { randomCompany } from '../oracle/random-company.ts';
import { shippedSignals } from '../shipped-signals.ts';

// Several hundred random accounts in one warehouse: those of `randomCompany` (acc-…) have signals, those of `randomBook`
// (book-…) have contracts, and a few (known-…) were worked by hand. TENURE_PROPERTY_SIZE and TENURE_PROPERTY_SEED make the search longer, and another one.
const SIZE = Number(process.env.TENURE_PROPERTY_SIZE ?? 1);
const SEED = Number(process.env.TENURE_PROPERTY_SEED ?? 20_260_630);

export const START = '2025-01-01';
export const LAST = '2026-03-10';
const SIGNAL_DAYS = 150;
export const FOLDER = join(projectRoot, '.cache', 'test-company');

/** The days on which the history was built, each with what had come by then. */
export const BUILT_ON = [addDays(LAST, -41), addDays(LAST, -40), LAST] as const;
export const FIRST = BUILT_ON[0];
/** The first day from which the accounts with signals have them. */
export const SIGNALS_FROM = addDays(LAST, 1 - SIGNAL_DAYS);

export const HISTORY = [
  'intermediate.int_accounts__account_days',
  'marts.fct_signal_contributions_daily',
  'marts.fct_account_health_daily',
] as const;

/** Null in the first year of a history, and so of the random accounts; its unit test works a year by hand. */
const NEEDS_A_YEAR = ['usage_against_last_year'];
/** The signals that are there to be chosen, of which the oracle has a reading. */
export const OPTIONAL = shippedSignals('optional').filter((signal) => !NEEDS_A_YEAR.includes(signal));
/** What is computed beside the other preset without being scored. */
export const SHADOW = ['csm_sentiment', ...OPTIONAL];

/** Small tables that grow by what happened, so that no day's run reads the history for it. */
export const KEPT = ['intermediate.int_scores__kept_days', 'intermediate.int_scores__risk_changes'] as const;

/** What a table of history holds of the preset that grew, however many stand beside it. */
export const grownSeries = (table: string) =>
  table.includes('account_days')
    ? `(select * from ${table})`
    : `(select * from ${table} where model_version like 'standard_10@%')`;

/** Alerts that follow from the history alone. */
export const ALERTS = [
  'intermediate.int_alerts__health_decline',
  'intermediate.int_alerts__sponsor_left',
  'intermediate.int_alerts__notice_given',
  'intermediate.int_alerts__account_acquired',
] as const;

export function randomLine(): { company: Company; signals: Company } {
  const signals = randomCompany({
    seed: SEED,
    accounts: 80 * SIZE,
    start: SIGNALS_FROM,
    days: SIGNAL_DAYS,
  });
  const span = { start: START, days: 434 };
  const book = randomBook({ seed: SEED + 1, accounts: 150 * SIZE, ...span });
  const crowds = randomBook({ seed: SEED + 2, accounts: 20 * SIZE, inCrowds: true, ...span });
  const known = knownBook();
  const company = {
    ...signals,
    accounts: [...signals.accounts, ...book.accounts, ...crowds.accounts, ...known.accounts],
    contracts: [...signals.contracts, ...book.contracts, ...crowds.contracts, ...known.contracts],
    opportunities: [...book.opportunities, ...crowds.opportunities],
    rates: book.rates,
  };
  return { company, signals };
}

/** Asks the warehouse that `built-company.ts` built. */
export async function query(sql: string): Promise<Row[]> {
  const warehouse = await openWarehouse(
    { type: 'duckdb', path: join(FOLDER, 'warehouse.duckdb') },
    { readOnly: true },
  );
  try {
    return (await warehouse.query(sql)).rows;
  } finally {
    await warehouse.close();
  }
}
