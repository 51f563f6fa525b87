import { addDays, type Company, dayOf, daysBetween } from './company.ts';
import { addMonths } from './random-book.ts';

/**
 * Terms, renewals and ARR of one account computed the slow and obvious way from the definitions (sections 1, 4 and 5):
 * for each day anew from all rows that were known on it.
 */
type Contract = Company['contracts'][number];
type Opportunity = Company['opportunities'][number];

const GRACE = 30;
const EARLY = 90;

/** A stated term (cycle 0), or one by which a contract renewed itself. */
export interface Term {
  readonly contract: Contract;
  readonly cycle: number;
  readonly start: string;
  readonly end: string;
  readonly cancelled: string | null;
  readonly reason: 'successor' | 'cancellation' | 'auto_renewal' | 'lost_opportunity' | 'grace';
  /** the first day on which the outcome is known, by what is known; it may be to come */
  readonly closes: string;
  readonly churnDate: string | null;
  /** the first day on which its ARR no longer counts, grace included */
  readonly until: string;
  readonly successor: Contract | null;
}

interface Dated {
  readonly updated_at?: string | null;
  readonly known_at?: string | null;
}

/** Versions of one key in order, with the day from which each is known and whether that day is only a stand-in. */
function ordered<Row extends Dated>(rows: readonly Row[]) {
  return [...rows]
    .sort((a, b) => {
      const [x, y] = [a.updated_at ?? a.known_at ?? '', b.updated_at ?? b.known_at ?? ''];
      return x < y ? -1 : x > y ? 1 : 0;
    })
    .map((row, index) => {
      const dated = row.known_at ?? row.updated_at ?? null;
      const isStandIn = !row.known_at && index === 0;
      return { row, knownFrom: isStandIn || !dated ? '' : dayOf(dated), datedFrom: dated && dayOf(dated) };
    });
}

/** What stands in for the days before its date is an outcome only once it happened. */
const happened = (known: string, datedFrom: string | null, day: string) =>
  known >= day ? known : datedFrom !== null && datedFrom < day ? datedFrom : day;

const sameProduct = (a: Contract, b: Contract) => (a.product ?? '') === (b.product ?? '');

/** The n-th time that a contract runs; n = 0 is what it says. */
function cycle(contract: Contract, n: number): { start: string; end: string } {
  const { term_start_date: start, term_end_date: end } = contract;
  const months =
    12 * (Number(end.slice(0, 4)) - Number(start.slice(0, 4))) +
    (Number(end.slice(5, 7)) - Number(start.slice(5, 7)));
  const isWhole = months > 0 && addMonths(start, months) === end;
  const ahead = (times: number) =>
    isWhole ? addMonths(end, months * times) : addDays(end, daysBetween(start, end) * times);
  return n === 0 ? { start, end } : { start: ahead(n - 1), end: ahead(n) };
}

export class RevenueOracle {
  readonly #contracts: Map<string, Contract[]>;
  readonly #opportunities: Map<string, Opportunity[]>;
  readonly #company: Company;

  readonly #asOf: string;

  /** @param asOf the last day of which anything is known; it decides alone what continues what */
  constructor(company: Company, asOf: string) {
    this.#asOf = asOf;
    this.#company = company;
    this.#contracts = Map.groupBy(company.contracts, (row) => row.account_id);
    this.#opportunities = Map.groupBy(company.opportunities, (row) => row.account_id);
  }

  /**
   * In the tenant's currency, at the last rate before the term's start, else the first there is: of those on record on
   * the first day on which the contract counts, or from the day on which there are any.
   */
  arr({ contract_id, account_id, arr, currency_code, term_start_date }: Contract): number {
    if (!currency_code || currency_code === 'USD') return arr;
    const versions = (this.#contracts.get(account_id) ?? []).filter((row) => row.contract_id === contract_id);
    const said = ordered(versions)
      .map(({ knownFrom }) => knownFrom)
      .sort()[0];
    let day = [said ?? '', term_start_date].sort().at(-1) ?? '';
    if (day > this.#asOf) day = this.#asOf;
    for (; day <= this.#asOf; day = addDays(day, 1)) {
      const rates = this.#company.rates
        .filter(
          (rate) => rate.currency_code === currency_code && (!rate.known_at || dayOf(rate.known_at) <= day),
        )
        .sort((a, b) => (a.valid_from < b.valid_from ? -1 : 1));
      const rate = rates.findLast(({ valid_from }) => valid_from <= term_start_date) ?? rates[0];
      if (rate) return Math.round(arr * rate.rate * 100) / 100;
    }
    return Number.NaN;
  }

  /** The contracts of an account as they were known on a day. */
  #known(accountId: string, day: string): { contract: Contract; cancelled: string | null }[] {
    const all = this.#contracts.get(accountId) ?? [];
    return [...Map.groupBy(all, (row) => row.contract_id).values()].flatMap((rows) => {
      const versions = ordered(rows).map((version) => {
        const { row, knownFrom, datedFrom } = version;
        const continues =
          row.previous_contract_id !== null && row.previous_contract_id !== undefined
            ? true
            : all.some((old) => this.#couldContinue(row, old));
        return {
          ...version,
          knownFrom:
            knownFrom === '' && continues ? happened(knownFrom, datedFrom, row.term_start_date) : knownFrom,
        };
      });
      const present = versions.findLast(({ knownFrom }) => knownFrom <= day);
      if (!present) return [];
      const { row, knownFrom, datedFrom } = present;
      let cancelKnown: string | null = null;
      if (row.cancelled_at) cancelKnown = dayOf(row.cancelled_at);
      else if (row.cancel_effective_date)
        cancelKnown =
          knownFrom === '' ? happened(knownFrom, datedFrom, row.cancel_effective_date) : knownFrom;
      const isCancelled = cancelKnown !== null && cancelKnown <= day;
      const cancelled = isCancelled
        ? row.cancelled_at
          ? dayOf(row.cancelled_at)
          : (row.cancel_effective_date ?? null)
        : null;
      return [{ contract: row, cancelled }];
    });
  }

  #couldContinue(row: Contract, old: Contract): boolean {
    if (old.contract_id === row.contract_id || !sameProduct(row, old)) return false;
    for (let n = 0; ; n += 1) {
      const { start, end } = cycle(old, n);
      if (n > 0 && (!old.auto_renew || start > this.#asOf)) return false;
      if (
        row.term_start_date > start &&
        row.term_start_date <= addDays(end, GRACE) &&
        row.term_start_date >= addDays(end, -EARLY)
      ) {
        return true;
      }
    }
  }

  /** The terms of an account with their outcomes, by what was known on a day. */
  terms(accountId: string, day: string): Term[] {
    const known = this.#known(accountId, day);
    const olds = known.flatMap(({ contract, cancelled }) => {
      const cycles = [{ contract, cancelled, cycle: 0, ...cycle(contract, 0) }];
      if (!contract.auto_renew) return cycles;
      for (let n = 1; ; n += 1) {
        const next = { contract, cancelled, cycle: n, ...cycle(contract, n) };
        if (next.start > day || (cancelled !== null && cancelled <= next.start)) return cycles;
        cycles.push(next);
      }
    });
    type Old = (typeof olds)[number];

    const pairs = known.flatMap(({ contract: successor }) =>
      olds
        .filter((old) => {
          if (old.contract.contract_id === successor.contract_id) return false;
          const start = successor.term_start_date;
          if (start < old.start || start > addDays(old.end, GRACE)) return false;
          if (old.cycle > 0 && start <= addDays(old.start, GRACE)) return false;
          if (successor.previous_contract_id)
            return successor.previous_contract_id === old.contract.contract_id;
          return (
            sameProduct(successor, old.contract) && start > old.start && start >= addDays(old.end, -EARLY)
          );
        })
        .map((old) => ({ old, successor, isLinked: Boolean(successor.previous_contract_id) })),
    );
    // One after the other: whoever starts first chooses first, and what is taken is gone.
    const byDay = (day: string, id: string) => `${day} ${id}`;
    const isTaken = ({ contract, cycle }: Old, by: readonly { old: Old }[]) =>
      by.some(({ old }) => old.contract === contract && old.cycle <= cycle);
    const latestEnd = (choice: readonly (typeof pairs)[number][]) => {
      const last = choice
        .map(({ old }) => old.end)
        .sort()
        .at(-1);
      return choice
        .filter(({ old }) => old.end === last)
        .sort((a, b) => (a.old.contract.contract_id < b.old.contract.contract_id ? -1 : 1))[0];
    };
    const successors = [...new Set(pairs.map(({ successor }) => successor))].sort((a, b) =>
      byDay(a.term_start_date, a.contract_id) < byDay(b.term_start_date, b.contract_id) ? -1 : 1,
    );
    // A link names what it renews: of two that name one term the first has it, and the other renews nothing.
    const links: { old: Old; successor: Contract }[] = [];
    for (const successor of successors) {
      const wish = latestEnd(pairs.filter((pair) => pair.isLinked && pair.successor === successor));
      if (wish && !links.some(({ old }) => old === wish.old)) links.push(wish);
    }
    const matches = [...links];
    for (const successor of successors) {
      const wish = latestEnd(
        pairs.filter((pair) => !pair.isLinked && pair.successor === successor && !isTaken(pair.old, matches)),
      );
      if (wish) matches.push(wish);
    }
    const successorOf = (old: Old) => matches.find((match) => match.old === old)?.successor ?? null;
    const standing = olds.filter(
      (old) => !matches.some((match) => match.old.contract === old.contract && match.old.cycle < old.cycle),
    );

    const lost = new Set<Old>();
    for (const rows of Map.groupBy(
      this.#opportunities.get(accountId) ?? [],
      (row) => row.opportunity_id,
    ).values()) {
      for (const { row, knownFrom, datedFrom } of ordered(rows)) {
        if (row.type !== 'renewal' || !row.is_closed || row.is_won) continue;
        const from =
          knownFrom === '' ? happened('', datedFrom, row.close_date ?? datedFrom ?? '9') : knownFrom;
        const close = row.close_date ?? from;
        if (from > day) continue;
        const [first] = standing
          .filter(
            (old) =>
              (!row.contract_id || row.contract_id === old.contract.contract_id) &&
              addDays(old.end, GRACE) >= close &&
              old.start <= close,
          )
          .sort((a, b) => {
            const last = (old: Old) =>
              !row.contract_id && (successorOf(old) || old.contract.auto_renew) ? 1 : 0;
            const key = (old: Old) => `${last(old)} ${old.end} ${old.contract.contract_id}`;
            return key(a) < key(b) ? -1 : 1;
          });
        if (first) lost.add(first);
      }
    }

    return standing.map((old) => {
      const { contract, cancelled, end } = old;
      const successor = successorOf(old);
      const graceOver = addDays(end, GRACE + 1);
      const effective = contract.cancel_effective_date ?? end;
      const cancelEnd = effective < end ? effective : end;
      const opens = old.cycle > 0 ? old.start : '';
      const base = { contract, cancelled, cycle: old.cycle, start: old.start, end, successor };
      if (successor) {
        const start = successor.term_start_date;
        const until = cancelled !== null && cancelEnd < start ? cancelEnd : start;
        return { ...base, reason: 'successor', closes: opens, churnDate: null, until };
      }
      if (cancelled !== null && (!contract.auto_renew || cancelled <= end)) {
        return { ...base, reason: 'cancellation', closes: opens, churnDate: cancelEnd, until: cancelEnd };
      }
      if (contract.auto_renew)
        return {
          ...base,
          reason: 'auto_renewal',
          closes: end,
          churnDate: null,
          until: end,
          successor: contract,
        };
      if (lost.has(old))
        return { ...base, reason: 'lost_opportunity', closes: opens, churnDate: end, until: end };
      return { ...base, reason: 'grace', closes: graceOver, churnDate: end, until: graceOver };
    });
  }

  /** The account as the spine shows it on a day: null when no contract is in force. */
  onDay(accountId: string, day: string): { arr: number; contracts: number; daysToRenewal: number | null } {
    const terms = this.terms(accountId, day);
    const inForce = terms.filter((term) => term.start <= day && day < term.until);
    const open = terms.filter((term) => day < term.closes && (term.cycle === 0 || term.start <= day));
    const next = open
      .map((term) => term.end)
      .filter((end) => end >= day)
      .sort()[0];
    const late = open
      .map((term) => term.end)
      .filter((end) => end < day)
      .sort()
      .at(-1);
    const renewal = next ?? late;
    return {
      arr: inForce.reduce((sum, term) => sum + this.arr(term.contract), 0),
      contracts: new Set(inForce.map((term) => term.contract.contract_id)).size,
      daysToRenewal: renewal === undefined ? null : daysBetween(day, renewal),
    };
  }

  /** ARR of a term on a day by all that is known at `asOf`: amendments count from their day. */
  arrOn(contractId: string, accountId: string, day: string, asOf: string): number {
    const rows = (this.#contracts.get(accountId) ?? []).filter((row) => row.contract_id === contractId);
    const versions = ordered(rows).filter(({ knownFrom }) => knownFrom <= asOf);
    const version = versions.findLast(({ knownFrom }) => knownFrom <= day) ?? versions[0];
    return version ? this.arr(version.row) : 0;
  }

  /** Spans of a term's ARR restated at `asOf`: out of grace it ended with the term. */
  restated(accountId: string, asOf: string) {
    return this.terms(accountId, asOf).map((term) => ({
      ...term,
      restatedUntil: term.reason === 'grace' && term.closes <= asOf ? term.end : term.until,
      arrOn: (day: string) => this.arrOn(term.contract.contract_id, accountId, day, asOf),
    }));
  }

  /** The ARR of an account on any day, restated at `asOf`, and the first day on which it had some. */
  restatedArr(accountId: string, asOf: string) {
    const terms = this.restated(accountId, asOf);
    const on = (day: string) =>
      Math.round(
        terms.reduce(
          (sum, term) => sum + (term.start <= day && day < term.restatedUntil ? term.arrOn(day) : 0),
          0,
        ) * 100,
      ) / 100;
    const edges = terms.flatMap((term) => [
      term.start,
      ...(this.#contracts.get(accountId) ?? []).flatMap((row) => {
        const dated = row.known_at ?? row.updated_at;
        return dated ? [dayOf(dated)] : [];
      }),
    ]);
    const firstDay = edges.sort().find((day) => on(day) > 0) ?? null;
    return { on, firstDay };
  }

  /** The account's attributes as known on a day. */
  account(accountId: string, day: string) {
    const rows = this.#company.accounts.filter((row) => row.account_id === accountId);
    return ordered(rows).findLast(({ knownFrom }) => knownFrom <= day)?.row;
  }
}
