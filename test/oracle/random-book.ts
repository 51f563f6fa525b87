import { addDays, type Company } from './company.ts';
import { randomNumbers } from './random-company.ts';

type Contract = Company['contracts'][number];

/** The same day so many months later, or the month's last day when it has fewer. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, lastDay))).toISOString().slice(0, 10);
}

/**
 * Rates of pounds were always there, those of euros came whenever, one of them after nearly all of the history; those of
 * francs came late, the first after the second.
 */
function ratesOf(random: () => number, other: () => number, start: string): Company['rates'] {
  const whole = (from: number, to: number) => from + Math.floor(other() * (to - from + 1));
  const drawn = { EUR: [null, whole(-20, 40), whole(0, 60)], GBP: [null, null, null] };
  const late = { CHF: [whole(360, 380), whole(20, 30), whole(-10, 20)] };
  const rates = (currencies: Record<string, (number | null)[]>, by: () => number) =>
    Object.entries(currencies).flatMap(([currency_code, knownAfter]) =>
      [-300, 20, 200].map((offset, index) => {
        const after = knownAfter[index] ?? null;
        const valid_from = addDays(start, offset);
        return {
          currency_code,
          valid_from,
          rate: Math.round((0.8 + by() * 0.6) * 10_000) / 10_000,
          known_at: after === null ? null : `${addDays(valid_from, after)}T11:30:00Z`,
        };
      }),
    );
  const afterAll = {
    currency_code: 'EUR',
    valid_from: addDays(start, 100),
    rate: 3,
    known_at: `${addDays(start, 410)}T11:30:00Z`,
  };
  return [...rates(drawn, random), afterAll, ...rates(late, other)];
}

/**
 * A book of contracts with all the ways in which one ends: renewed early, on the day, late within grace and after it,
 * linked or not, by itself, cancelled, lost, let go; several at once, in four currencies, amended, with parents and segments, known by dates or by none. Nothing else is known of these accounts. In crowds, each
 * account has five to eight contracts of one product at a time, on the same days or not, that choose among each other.
 */
export function randomBook(options: {
  seed: number;
  accounts: number;
  start: string;
  days: number;
  inCrowds?: boolean;
}): Pick<Company, 'accounts' | 'contracts' | 'opportunities' | 'rates'> {
  const { accounts, start, days } = options;
  const name = options.inCrowds ? 'book-crowd' : 'book';
  const random = randomNumbers(options.seed);
  const chance = (probability: number) => random() < probability;
  const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const last = addDays(start, days - 1);
  const at = (day: string) => `${day}T${pick(['00:00:00', '11:30:00', '23:59:59'])}Z`;

  const book: ReturnType<typeof randomBook> = {
    accounts: [],
    contracts: [],
    opportunities: [],
    rates: ratesOf(random, randomNumbers(options.seed + 1000), start),
  };

  for (let index = 0; index < accounts; index += 1) {
    const account_id = `${name}-${String(index).padStart(3, '0')}`;
    const created_at = chance(0.4) ? at(addDays(start, whole(-300, 200))) : null;
    const dated = chance(0.6);
    const versions = dated ? whole(1, 3) : 1;
    const parent =
      chance(0.3) && index > 0 ? `${name}-${String(whole(0, index - 1)).padStart(3, '0')}` : null;
    const changed = Array.from({ length: versions }, () => addDays(start, whole(-60, days))).sort();
    for (let version = 0; version < versions; version += 1) {
      book.accounts.push({
        account_id,
        name: `Fictional book ${index}`,
        created_at,
        owner_id: pick(['owner-1', 'owner-2', null]),
        parent_account_id: parent,
        segment: chance(0.3) ? pick(['enterprise', 'mid_market', 'smb', 'public_sector']) : null,
        is_acquired: chance(0.1),
        updated_at: dated ? `${changed[version]}T0${version}:00:00Z` : null,
      });
    }

    const currency_code = pick(['USD', 'USD', null, 'EUR', 'GBP', 'CHF']);
    const crowd = options.inCrowds
      ? {
          size: whole(5, 8),
          spread: pick([0, 0, 10, 60, 300]),
          from: addDays(start, whole(-400, 0)),
          months: pick([3, 6, 12]),
        }
      : null;
    for (let chain = crowd?.size ?? whole(1, 2); chain > 0; chain -= 1) {
      const product = crowd ? 'seat' : pick(['suite', 'add-on', null]);
      let termStart = crowd ? addDays(crowd.from, whole(0, crowd.spread)) : addDays(start, whole(-400, 250));
      let previous: Contract | undefined;
      for (let step = 0; step < 8 && termStart <= addDays(last, 60); step += 1) {
        const months = crowd && chance(0.8) ? crowd.months : pick([1, 3, 3, 6, 12, 12]);
        const termEnd = chance(crowd ? 0.95 : 0.8)
          ? addMonths(termStart, months)
          : addDays(termStart, whole(20, 250));
        const contract: Contract = {
          contract_id: `${account_id}-${chain}${step}`,
          account_id,
          term_start_date: termStart,
          term_end_date: termEnd,
          arr: chance(0.05) ? 0 : whole(100, 15_000_000) / 100,
          seats: chance(0.3) ? null : whole(0, 50),
          currency_code,
          product,
          auto_renew: chance(crowd ? 0.1 : 0.25),
          notice_days: chance(0.5) ? whole(0, 90) : null,
          previous_contract_id: previous && chance(crowd ? 0.1 : 0.5) ? previous.contract_id : null,
          cancelled_at: null,
          cancel_effective_date: null,
          ...(chance(0.3) ? { known_at: at(addDays(termStart, whole(-60, 30))) } : {}),
        };
        if (contract.known_at === undefined && chance(0.6)) {
          contract.updated_at = at(addDays(termStart, whole(-60, 30)));
        }
        book.contracts.push(contract);

        let present = contract;
        const amends = (change: Partial<Contract>, day: string) => {
          present = { ...present, ...change };
          present.updated_at = at(day);
          if (contract.known_at) present.known_at = present.updated_at;
          book.contracts.push(present);
        };
        if (chance(0.3)) amends({ arr: whole(100, 15_000_000) / 100 }, addDays(termStart, whole(31, 90)));
        const ending = random();
        if (ending < 0.15) {
          const cancelled = addDays(termEnd, -whole(1, 60));
          const day = cancelled > addDays(termStart, 91) ? cancelled : addDays(termStart, 91);
          amends(
            {
              cancelled_at: at(day),
              cancel_effective_date: chance(0.5) ? addDays(day, whole(0, 90)) : null,
            },
            day,
          );
        } else if (ending < 0.25) {
          const close = addDays(termEnd, whole(-30, 20));
          book.opportunities.push({
            opportunity_id: `${contract.contract_id}-o`,
            account_id,
            contract_id: chance(0.7) ? contract.contract_id : null,
            type: 'renewal',
            close_date: close,
            is_closed: true,
            is_won: chance(0.2),
            updated_at: chance(0.7) ? at(close) : null,
          });
        }
        if (chance(crowd ? 0.1 : 0.2)) break;
        previous = contract;
        const offset = crowd && chance(0.6) ? 0 : random();
        termStart =
          offset < 0.45
            ? termEnd
            : offset < 0.6
              ? addDays(termEnd, -whole(1, 60))
              : offset < 0.85
                ? addDays(termEnd, whole(1, 30))
                : addDays(termEnd, whole(31, 120));
      }
    }
  }
  return book;
}
