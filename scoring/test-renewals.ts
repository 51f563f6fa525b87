import { addDays, monthEnds } from './calendar.ts';
import { forecastDays } from './forecast.ts';
import type { Renewal, ScoredDay } from './history.ts';
import { seededRandom } from './stats/seeded-random.ts';
import { lapsed, renewalOf, renewed, scoredDay } from './test-history.ts';

/** Churn of a renewal by the category that the account has all its life. */
const CHURN = { red: 0.4, yellow: 0.15, green: 0.04 } as const;
const SCORES = { red: 30, yellow: 60, green: 85 } as const;
const SEGMENTS = ['smb', 'mid_market'] as const;

/** A simulated book of renewals for tests that know the law behind it. */
export interface SimulatedRenewals {
  readonly renewals: readonly Renewal[];
  readonly scored: readonly ScoredDay[];
  readonly firstScored: string;
  readonly asOfDate: string;
}

/**
 * Accounts with yearly contracts over three and a half years whose renewals are lost by chance, more often the redder the account; who
 * renews says so up to 90 days before, one of ten of those for 60 to 95 % of the ARR, who leaves says nothing until the
 * grace of 30 days is over. Ends 31 days after the last quarter that is judged.
 */
export function simulateRenewals(seed: number, accounts = 300): SimulatedRenewals {
  const random = seededRandom(seed);
  const firstScored = '2022-01-31';
  const asOfDate = '2025-07-31';
  const renewals: Renewal[] = [];
  const life = Array.from({ length: accounts }, (_, index) => {
    const draw = random();
    const category = draw < 0.15 ? 'red' : draw < 0.5 ? 'yellow' : 'green';
    const account_id = `A${index}`;
    const segment = SEGMENTS[index % 2]!;
    const owner_id = `u${index % 5}`;
    const arr = Math.round(1000 * Math.exp(3 * random()));
    let date = addDays('2022-01-31', Math.floor(random() * 365));
    let isLost = false;
    for (let term = 0; !isLost; term += 1) {
      const values = {
        contract_id: `${account_id}-${term}`,
        account_id,
        segment,
        owner_id,
        arr,
        renewal_date: date,
      };
      isLost = random() < CHURN[category];
      const known = isLost ? addDays(date, 31) : addDays(date, -Math.floor(random() * 90));
      const keeps = random() < 0.1 ? 0.6 + 0.35 * random() : 1;
      if (known > asOfDate) {
        renewals.push(renewalOf(values));
        break;
      }
      renewals.push(
        isLost
          ? lapsed({ ...values, outcome_known_date: known })
          : renewed({ ...values, outcome_known_date: known, renewed_arr: arr * keeps }),
      );
      date = addDays(date, 365);
    }
    return { account_id, category, segment, arr, until: renewals.at(-1)!.renewal_date, isLost } as const;
  });
  const days = [...new Set([...forecastDays(firstScored, asOfDate), ...monthEnds(firstScored, asOfDate)])];
  const scored = days.flatMap((as_of_date) =>
    life
      .filter(({ until, isLost }) => !isLost || as_of_date <= addDays(until, 31))
      .map(({ account_id, category, segment, arr }) =>
        scoredDay({ account_id, as_of_date, category, score: SCORES[category], segment, arr }),
      ),
  );
  return { renewals, scored, firstScored, asOfDate };
}
