import { type Company, dayOf, inForce } from './company.ts';
import { usageOf, within } from './signals.ts';

/** What makes features those of a segment, as the seed `signal_cuts` has it. */
const SHARE_PERCENT = 25;
const LEAST_CUSTOMERS = 5;

const ARR_OF = { enterprise: 100_000, mid_market: 25_000 };

/** The segment of an account on a day: what its record in force says, else by the ARR of its contracts in force. */
export function segmentOf(company: Company, accountId: string, day: string): string {
  const mine = <Row extends { account_id: string }>(rows: readonly Row[]) =>
    rows.filter((row) => row.account_id === accountId);
  const said = inForce(mine(company.accounts), (row) => row.account_id, day)[0]?.segment;
  if (said) return said;
  const arr = inForce(mine(company.contracts), (row) => row.contract_id, day)
    .filter((row) => row.term_start_date <= day && day < (row.term_end_date ?? '9999-12-31'))
    .reduce((sum, row) => sum + row.arr, 0);
  return arr >= ARR_OF.enterprise ? 'enterprise' : arr >= ARR_OF.mid_market ? 'mid_market' : 'smb';
}

const usedFeatures = (company: Company, accountId: string, day: string, days: number) =>
  new Set(
    usageOf(company, accountId, day).events.flatMap((row) =>
      row.feature !== null && within(dayOf(row.event_at), day, days) ? [row.feature] : [],
    ),
  );

/**
 * Where nobody has a list of licensed features: of the features that the segment uses on the day, the share in percent that
 * each account used in so many days. A feature is the segment's when a quarter of its customers with usage used it, of five
 * at least. Null where nothing is known of the account's usage, or its segment has no feature. The slow and obvious way.
 */
export function segmentAdoption(company: Company, day: string, days: number): Map<string, number | null> {
  const accounts = [...new Set(company.accounts.map((row) => row.account_id))].map((account_id) => ({
    account_id,
    segment: segmentOf(company, account_id, day),
    used: usedFeatures(company, account_id, day, days),
  }));
  const features = new Map(
    [...Map.groupBy(accounts, ({ segment }) => segment)].map(([segment, members]) => {
      const users = members.filter(({ used }) => used.size > 0);
      const all = new Set(users.flatMap(({ used }) => [...used]));
      const isShared = (feature: string) =>
        100 * users.filter(({ used }) => used.has(feature)).length >= SHARE_PERCENT * users.length;
      return [segment, users.length < LEAST_CUSTOMERS ? [] : [...all].filter(isShared)] as const;
    }),
  );
  return new Map(
    accounts.map(({ account_id, segment, used }) => {
      const own = features.get(segment) ?? [];
      const isKnown = usageOf(company, account_id, day).isKnown && own.length > 0;
      return [
        account_id,
        isKnown ? (100 * own.filter((feature) => used.has(feature)).length) / own.length : null,
      ];
    }),
  );
}
