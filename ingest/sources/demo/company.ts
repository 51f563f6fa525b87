import { type Account, simulateAccount } from './account.ts';
import { addMonths, instantOf } from './calendar.ts';
import type { DemoConfig } from './config.ts';
import type { History } from './history.ts';
import { salesforceId } from './ids.ts';
import { type Prospect, prospectsOf } from './prospects.ts';
import { Random } from './random.ts';
import { readTaskWrites, type TaskRecord, tasksOf } from './tasks.ts';
import { type Team, teamOf } from './team.ts';

/** The books begin this long before the history that is scored, so that its first days have something to look back on. */
const DAYS_BEFORE_START = 180;
/** New customers a month, as a share of the first ones. */
const WINS_PER_MONTH = 0.011;

export interface Rate {
  readonly id: string;
  readonly currency: string;
  /** Units of the currency for one US dollar. */
  readonly rate: number;
  readonly fromDay: number;
  readonly at: number;
}

export interface Company {
  readonly config: DemoConfig;
  /** The first day of the books. */
  readonly firstDay: number;
  readonly team: Team;
  readonly accounts: readonly Account[];
  readonly prospects: readonly Prospect[];
  readonly rates: readonly Rate[];
  /** What a write-back asked the company's people to do, and what they did about it. */
  readonly tasks: readonly History<TaskRecord>[];
}

/**
 * Simulates the company up to the last day. What happens on a day depends on the seed, the number of accounts, that of
 * CSMs, the first day, and what was written to its CRM alone: a later last day adds to the same history.
 */
export function simulateCompany(config: DemoConfig): Company {
  const { seed, accounts: firstCount, csms, startDay, endDay, path } = config;
  const firstDay = startDay - DAYS_BEFORE_START;
  const team = teamOf(seed, csms, startDay);
  const accounts: Account[] = [];
  const join = (day: number, isOld: boolean) => {
    const index = accounts.length;
    const parentId = parentOf(seed, index, accounts);
    accounts.push(simulateAccount(seed, { index, firstDay: day, isOld, parentId }, team, endDay));
  };
  for (let count = 0; count < firstCount; count += 1) join(firstDay, true);
  for (let month = 0; addMonths(firstDay, month) <= endDay; month += 1) {
    const random = new Random(seed, 'wins', month);
    const begin = addMonths(firstDay, month);
    const wins = Array.from(
      { length: random.poisson(firstCount * WINS_PER_MONTH) },
      () => begin + random.integer(0, 27),
    );
    for (const day of wins.toSorted((left, right) => left - right)) if (day <= endDay) join(day, false);
  }
  return {
    config,
    firstDay,
    team,
    accounts,
    prospects: prospectsOf(seed, firstCount, firstDay, endDay, team.aeIds),
    rates: ratesOf(seed, firstDay, endDay),
    tasks: path === undefined ? [] : tasksOf(seed, team, readTaskWrites(path)),
  };
}

/** Accounts 5 to 7 belong to account 4; of the later ones a few belong to one of the first customers. */
function parentOf(seed: number, index: number, accounts: readonly Account[]): string | null {
  const random = new Random(seed, 'parent', index);
  if (index >= 5 && index <= 7) return accounts[4]?.id ?? null;
  if (index < 20 || !random.chance(0.03)) return null;
  return accounts[random.integer(10, 19)]?.id ?? null;
}

/** A rate a quarter for each foreign currency, from two years before the books on. */
function ratesOf(seed: number, firstDay: number, endDay: number): Rate[] {
  const rates: Rate[] = [];
  const starts = [
    ['EUR', 0.92],
    ['GBP', 0.79],
    ['USD', 1],
  ] as const;
  for (const [place, [currency, start]] of starts.entries()) {
    const random = new Random(seed, 'rate', currency);
    let rate: number = start;
    for (let quarter = 0; addMonths(firstDay, 3 * quarter - 24) <= endDay; quarter += 1) {
      const fromDay = addMonths(firstDay, 3 * quarter - 24);
      if (currency === 'USD' && quarter > 0) break;
      rates.push({
        id: salesforceId('DatedConversionRate', place, quarter),
        currency,
        rate: Math.round(rate * 10_000) / 10_000,
        fromDay,
        at: instantOf(fromDay, 0),
      });
      rate *= Math.exp(random.normal(0, 0.02));
    }
  }
  return rates;
}
