import type { IsoDate } from '../warehouse/index.ts';
import { addDays, daysBetween, monthEnds } from './calendar.ts';
import type { Observation } from './observations.ts';
import { seededRandom } from './stats/seeded-random.ts';
import type { CalibrationCase } from './weight-proposal.ts';

/** What is planted in a simulated company, for tests that know the truth. */
export interface CompanyOptions {
  readonly seed: number;
  /** default 300 */
  readonly accounts?: number;
  /** of history, default 30 */
  readonly months?: number;
  /**
   * log-odds of renewal that each signal gives from 0 to 100; 0 is noise, none at all random churn. What a fit should
   * find is their shares.
   */
  readonly strengths: readonly number[];
  /** log-odds of churn at a renewal where all signals are 0, default 1.5 */
  readonly intercept?: number;
  /** 0–1: how much of a signal stays from month to month, default 0.9 */
  readonly persistence?: number;
  /** 0–1: share of values without data, default 0 */
  readonly absent?: number;
  /** points by which all signals fall in July and August, default 0 */
  readonly season?: number;
  /** log-odds of churn more where the first two signals, or the next two, are both at most 40: what no weights say; default 0 */
  readonly pairsLow?: number;
  /** a signal more, last: 0 from a year before a churn on, else 50 to 100; default none */
  readonly hasLeak?: boolean;
}

/** A simulated company: what each account looked like at its renewals and month ends, and what became of it. */
export interface Company {
  /** one case a renewal, 90 days before it: the churn follows the signals of this very day */
  readonly renewals: readonly SimulatedCase[];
  /** one case an account and month end, 90 days ahead */
  readonly months: readonly SimulatedCase[];
}

export interface SimulatedCase extends CalibrationCase {
  readonly days_to_renewal: number;
  /** what the truth gives, 0–1; of a month end without a renewal within 90 days 0 */
  readonly churn_chance: number;
  readonly arr: number;
}

const START = '2023-01-01';
const HORIZON = 90;
const GRACE = 30;
const STEPS = [0, 40, 70, 100];
const LOW = 40;

const isPairLow = (values: readonly number[]) =>
  [0, 2].some((first) => values[first]! <= LOW && values[first + 1]! <= LOW);

/**
 * A company whose churn is known to follow its signals, or not to. Each account has a yearly contract with a date of its
 * own; its signals move slowly, half of them in steps (0, 40, 70, 100) as those of the product do, half smoothly. Ninety
 * days before a renewal the signals of that day decide by a logistic law whether it churns. The same seed gives the same
 * company.
 */
export function simulateCompany({
  seed,
  accounts = 300,
  months = 30,
  strengths,
  intercept = 1.5,
  persistence = 0.9,
  absent = 0,
  season = 0,
  pairsLow = 0,
  hasLeak = false,
}: CompanyOptions): Company {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const last = addDays(START, months * 30);
  const ends = monthEnds(START, last);
  const renewals: SimulatedCase[] = [];
  const monthCases: SimulatedCase[] = [];

  for (let account = 0; account < accounts; account += 1) {
    const account_id = `A${String(account).padStart(5, '0')}`;
    const latent = strengths.map(normal);
    const arr = Math.round(1000 * Math.exp(2 + normal()));
    let renewalDate = addDays(START, HORIZON + Math.floor(random() * 365));
    let churnDate: IsoDate | null = null;
    const seen: { day: IsoDate; due: IsoDate; values: number[] }[] = [];
    for (const day of ends) {
      for (const [index, before] of latent.entries())
        latent[index] = persistence * before + Math.sqrt(1 - persistence ** 2) * normal();
      while (churnDate === null && renewalDate <= day) renewalDate = addDays(renewalDate, 365);
      if (churnDate !== null && day >= churnDate) break;
      const low = ['07', '08'].includes(day.slice(5, 7)) ? season : 0;
      const values = latent.map((value, index) => signalValue(value, index % 2 === 0, low));
      const decides = addDays(renewalDate, -HORIZON);
      // the last month end up to the day that decides
      if (churnDate === null && day <= decides && addDays(day, 31) > decides) {
        const safety = values.reduce(
          (sum, value, index) => sum + (strengths[index]! * value) / 100,
          -intercept - (pairsLow !== 0 && isPairLow(values) ? pairsLow : 0),
        );
        const churn_chance = 1 / (1 + Math.exp(safety));
        const isChurned = random() < churn_chance;
        if (isChurned) churnDate = renewalDate;
        renewals.push({
          account_id,
          observed_date: day,
          resolved_date: addDays(renewalDate, GRACE),
          churn_date: isChurned ? renewalDate : null,
          values,
          days_to_renewal: HORIZON,
          churn_chance,
          arr,
        });
      }
      seen.push({ day, due: renewalDate, values });
    }
    for (const { day, due, values } of seen) {
      const days_to_renewal = daysBetween(day, due);
      const isDue = days_to_renewal <= HORIZON;
      monthCases.push({
        account_id,
        observed_date: day,
        resolved_date: addDays(day, HORIZON + GRACE),
        churn_date: isDue && due === churnDate ? churnDate : null,
        values,
        days_to_renewal,
        churn_chance: 0,
        arr,
      });
    }
  }

  const known = (one: SimulatedCase) => one.resolved_date <= last;
  const churnsOf = new Map(
    renewals.filter(({ churn_date }) => churn_date !== null).map((one) => [one.account_id, one.churn_date!]),
  );
  const finish = (one: SimulatedCase): SimulatedCase => {
    const churn = churnsOf.get(one.account_id);
    const leak = hasLeak
      ? [churn !== undefined && daysBetween(one.observed_date, churn) <= 365 ? 0 : 50 + random() * 50]
      : [];
    return { ...one, values: [...one.values.map((value) => (random() < absent ? null : value)), ...leak] };
  };
  return { renewals: renewals.filter(known).map(finish), months: monthCases.filter(known).map(finish) };
}

/** Φ(x) by the logistic curve that comes nearest: good enough to spread values over 0 to 100. */
const uniform = (latent: number) => 1 / (1 + Math.exp(-1.702 * latent));

function signalValue(latent: number, isStepped: boolean, low: number): number {
  const share = uniform(latent);
  const value = isStepped
    ? STEPS[Math.min(STEPS.length - 1, Math.floor(share * STEPS.length))]!
    : share * 100;
  return Math.max(0, value - low);
}

/** A simulated case as an observation of the backtest, with a score. */
export const asObservation = (one: SimulatedCase, unit: Observation['unit'], score: number): Observation => ({
  unit,
  horizon_days: HORIZON,
  account_id: one.account_id,
  contract_id: unit === 'renewal' ? one.account_id : null,
  product: null,
  observed_date: one.observed_date,
  score,
  category: score <= 40 ? 'red' : score <= 70 ? 'yellow' : 'green',
  flag: null,
  segment: 'smb',
  days_to_renewal: one.days_to_renewal,
  arr: one.arr,
  outcome: one.churn_date === null ? 'renewed' : 'churned',
  churn_date: one.churn_date,
  churn_known_date: one.churn_date,
  resolved_date: one.resolved_date,
});
