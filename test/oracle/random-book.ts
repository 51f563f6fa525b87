import { addDays, type Company, daysBetween } from './company.ts';
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
 * linked or not, by one paper or by two, alone or together with others, under another account, by itself, cancelled, lost, let
 * go, or not at all; several at once, in four currencies, with parents and segments, known by dates or by none. Versions
 * change the ARR, begin a term anew, move its end on, give notice in any year, take it back, switch auto-renewal off and on.
 * Nothing else is known of these accounts. In crowds, each account has five to eight contracts of one product at a time, on
 * the same days or not, that choose among each other.
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

  // What people change in a contract's record once it runs, and when.
  const changesOf = (contract: Contract, isCrowd: boolean) => {
    const { term_start_date: from, term_end_date: to } = contract;
    const changes: { day: string; change: (present: Contract) => Partial<Contract> }[] = [];
    const some = (probability: number) => chance(isCrowd ? probability / 5 : probability);
    const runDay = () => addDays(from, whole(31, 420));
    const arr = () => whole(100, 15_000_000) / 100;
    if (chance(0.3)) changes.push({ day: addDays(from, whole(31, 90)), change: () => ({ arr: arr() }) });
    if (some(0.1)) {
      const start = runDay();
      const end = addMonths(start, pick([1, 3, 6, 12]));
      changes.push({
        day: addDays(start, whole(-10, 10)),
        change: () => ({
          term_start_date: start,
          term_end_date: end,
          arr: chance(0.5) ? arr() : contract.arr,
        }),
      });
    }
    if (some(contract.auto_renew ? 0.4 : 0.05)) {
      const day = runDay();
      changes.push({ day, change: ({ auto_renew }) => ({ auto_renew: !auto_renew }) });
      if (chance(0.3))
        changes.push({
          day: addDays(day, whole(1, 120)),
          change: ({ auto_renew }) => ({ auto_renew: !auto_renew }),
        });
    }
    if (to !== null && some(contract.auto_renew ? 0.3 : 0.05)) {
      // to the end of a later run, or to any day
      const months = Math.max(1, Math.round(daysBetween(from, to) / 30.4));
      for (let times = whole(1, 2); times > 0; times -= 1) {
        const moved = chance(0.7) ? addMonths(to, months * whole(1, 3)) : addDays(to, whole(-20, 300));
        changes.push({
          day: addDays(to, whole(-20, 300)),
          change: (present) => ({ term_end_date: moved > present.term_start_date ? moved : to }),
        });
      }
    }
    if (contract.auto_renew && some(0.25)) {
      const day = runDay();
      changes.push({
        day: addDays(day, chance(0.3) ? whole(0, 60) : 0),
        change: () => ({
          cancelled_at: chance(0.8) ? at(day) : null,
          cancel_effective_date: chance(0.5) ? addDays(day, whole(-20, 200)) : null,
        }),
      });
      if (chance(0.15))
        changes.push({
          day: addDays(day, whole(61, 120)),
          change: () => ({ cancelled_at: null, cancel_effective_date: null }),
        });
    }
    if (to !== null && some(0.03)) changes.push({ day: runDay(), change: () => ({ term_end_date: null }) });
    return changes;
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
    const others: string[] = [];
    for (let chain = crowd?.size ?? whole(1, 2); chain > 0; chain -= 1) {
      const usual = crowd ? 'seat' : pick(['suite', 'add-on', null]);
      let termStart = crowd ? addDays(crowd.from, whole(0, crowd.spread)) : addDays(start, whole(-400, 250));
      if (chance(0.1)) termStart = pick(['2024-02-29', '2024-08-31', '2024-12-30', '2025-01-31']);
      let previous: Contract | undefined;
      for (let step = 0; step < 8 && termStart <= addDays(last, 60); step += 1) {
        const months = crowd && chance(0.8) ? crowd.months : pick([1, 3, 3, 6, 12, 12]);
        const clipped = addMonths(termStart, months);
        const isClipped = clipped.slice(8) < termStart.slice(8);
        const termEnd = chance(crowd ? 0.95 : 0.8)
          ? isClipped && chance(0.5)
            ? addDays(clipped, 1)
            : clipped
          : addDays(termStart, whole(20, 250));
        const isEvergreen = chance(crowd ? 0.01 : 0.05);
        const elsewhere = chance(0.04) && index > 0 ? whole(0, index - 1) : index;
        const contract: Contract = {
          contract_id: `${account_id}-${chain}${step}`,
          account_id: previous ? `${name}-${String(elsewhere).padStart(3, '0')}` : account_id,
          term_start_date: termStart,
          term_end_date: isEvergreen ? null : termEnd,
          arr: chance(0.05) ? 0 : whole(100, 15_000_000) / 100,
          seats: chance(0.3) ? null : whole(0, 50),
          currency_code,
          product: !crowd && chance(0.1) ? 'other' : usual,
          auto_renew: chance(crowd ? 0.1 : 0.35),
          notice_days: chance(0.5) ? whole(0, 90) : null,
          previous_contract_id: previous && chance(crowd ? 0.1 : 0.5) ? previous.contract_id : null,
          cancelled_at: null,
          cancel_effective_date: null,
          ...(chance(0.3) ? { known_at: at(addDays(termStart, whole(-60, 30))) } : {}),
        };
        if (contract.previous_contract_id && others.length > 0 && chance(0.3))
          contract.previous_contract_id += `;${pick(others)}`;
        if (contract.known_at === undefined && chance(0.6)) {
          contract.updated_at = at(addDays(termStart, whole(-60, 30)));
        }
        book.contracts.push(contract);
        if (contract.previous_contract_id && chance(0.15))
          book.contracts.push({
            ...contract,
            contract_id: `${contract.contract_id}s`,
            term_start_date: addDays(termStart, pick([0, 0, 5, 40])),
            term_end_date: addDays(termEnd, 45),
            arr: whole(100, 15_000_000) / 100,
          });
        others.push(contract.contract_id);

        let present = contract;
        let lastDay = '';
        const instants = new Set([contract.updated_at ?? contract.known_at]);
        const amends = (change: Partial<Contract>, day: string) => {
          const changed = { ...present, ...change };
          if (changed.term_end_date !== null && changed.term_end_date <= changed.term_start_date) return;
          // what has no end gets none, but for a term that begins anew
          const isSameTerm = changed.term_start_date === present.term_start_date;
          if (isSameTerm && present.term_end_date === null && changed.term_end_date !== null) return;
          const updated_at = at(day);
          if (instants.has(updated_at) || day < lastDay) return;
          lastDay = day;
          instants.add(updated_at);
          present = { ...changed, updated_at };
          if (contract.known_at) present.known_at = present.updated_at;
          book.contracts.push(present);
        };
        const changes = changesOf(contract, crowd !== null);
        for (const { day, change } of changes.sort((a, b) => (a.day < b.day ? -1 : 1)))
          amends(change(present), day);
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
