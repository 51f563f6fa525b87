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
  readonly term: number;
  readonly cycle: number;
  readonly start: string;
  readonly end: string | null;
  readonly reason:
    | 'successor'
    | 'amendment'
    | 'cancellation'
    | 'auto_renewal'
    | 'lost_opportunity'
    | 'grace'
    | 'evergreen';
  /** the first day on which the outcome is known, by what is known; it may be to come */
  readonly closes: string;
  readonly churnDate: string | null;
  /** the first day on which its ARR no longer counts, grace included */
  readonly until: string;
  readonly successors: readonly { id: string; term: number; start: string; row: Contract }[];
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
const later = (a: string, b: string) => (a > b ? a : b);
const earlier = (a: string, b: string) => (a < b ? a : b);
const FAR = '9999-12-31';

/** What a contract names as renewed by it. */
const namesOf = (row: Contract) =>
  (row.previous_contract_id ?? '')
    .split(';')
    .map((id) => id.trim())
    .filter((id) => id !== '');

/** A version of a contract as the sources hold it: from when it is known, and the day that it gives itself. */
interface Version {
  readonly row: Contract;
  readonly day: string;
  readonly isStandIn: boolean;
  readonly datedFrom: string | null;
  readonly cancelKnown: string | null;
  readonly notice: string | null;
}

function versionsOf(rows: readonly Contract[]): Version[] {
  const all = ordered(rows);
  return all.flatMap(({ row, knownFrom, datedFrom }, index) => {
    const isReplaced = all.slice(index + 1).some((other) => other.knownFrom <= knownFrom);
    if (isReplaced) return [];
    const isStandIn = knownFrom === '';
    const cancelled = row.cancelled_at ? dayOf(row.cancelled_at) : null;
    const effective = row.cancel_effective_date ?? null;
    const lastDay = effective && addDays(effective, -1);
    const said = cancelled ?? (isStandIn ? lastDay : knownFrom);
    let cancelKnown: string | null = null;
    if (cancelled) cancelKnown = later(knownFrom, cancelled);
    else if (effective) cancelKnown = isStandIn ? happened(knownFrom, datedFrom, effective) : knownFrom;
    return [
      {
        row,
        day: knownFrom,
        isStandIn,
        datedFrom,
        cancelKnown,
        notice: lastDay && said ? earlier(said, lastDay) : cancelled,
      },
    ];
  });
}

/** The versions of each term of a contract, in order. A start moved before its term began, or back, makes no other term. */
function termsOf(versions: readonly Version[]): Version[][] {
  const terms: Version[][] = [];
  let last: Version | undefined;
  for (const version of versions) {
    const start = version.row.term_start_date;
    const isNew =
      !last ||
      (last.row.term_end_date !== null && start >= last.row.term_end_date) ||
      (start > last.row.term_start_date && version.day > last.row.term_start_date);
    if (isNew) terms.push([version]);
    else terms.at(-1)?.push(version);
    last = version;
  }
  return terms;
}

interface Span {
  readonly start: string;
  readonly end: string | null;
  readonly hasRenewed: boolean;
}

/** The n-th day after an anchor on which terms of a length begin. */
type Schedule = (n: number) => string;

function scheduleOf(start: string, end: string): Schedule | null {
  if (end <= start) return null;
  const day = (date: string) => Number(date.slice(8));
  const onFirst = (months: number) => {
    const moved = addMonths(start, months);
    return day(moved) < day(start) ? addDays(moved, 1) : moved;
  };
  for (let months = 1; addMonths(start, months) <= end; months += 1) {
    if (addMonths(start, months) === end) return (n) => addMonths(start, months * n);
    if (onFirst(months) === end) return (n) => onFirst(months * n);
  }
  const days = daysBetween(start, end);
  return (n) => addDays(start, days * n);
}

/** A term's runs one after the other, told version by version: what has renewed itself stays. */
function runsOf(versions: readonly Version[], until: string): Span[] {
  let done: { start: string; end: string }[] = [];
  let stated = { start: '', end: null as string | null };
  let signed = { start: '', end: null as string | null };
  let current = { start: '', end: null as string | null };
  let next: (end: string) => string | null = () => null;
  let hasShifted = false;
  /** the last day on which a run began because the one before it renewed itself */
  let lastBegun = '';

  const follow = (end: string | null) => {
    const schedule = signed.end === null ? null : scheduleOf(signed.start, signed.end);
    if (!schedule || end === null) {
      next = () => null;
      return;
    }
    const isOn = (() => {
      for (let n = 1; schedule(n) <= end; n += 1) if (schedule(n) === end) return true;
      return false;
    })();
    if (isOn) {
      next = (day) => {
        let n = 1;
        while (schedule(n) <= day) n += 1;
        return schedule(n);
      };
      return;
    }
    // counted from a day of its own, by the length that was signed
    const first = signed.start;
    const months = (() => {
      for (let n = 1; ; n += 1) {
        if (addMonths(first, n) >= (schedule(1) ?? '')) {
          if (addMonths(first, n) === schedule(1)) return n;
          return addDays(addMonths(first, n - 1), 1) === schedule(1) && n > 1 ? n - 1 : null;
        }
      }
    })();
    const days = daysBetween(first, schedule(1));
    const at = (n: number) => (months ? addMonths(end, months * n) : addDays(end, days * n));
    next = (day) => {
      let n = 1;
      while (at(n) <= day) n += 1;
      return at(n);
    };
  };
  const advance = (isAllowed: (end: string) => boolean) => {
    while (current.end !== null && isAllowed(current.end)) {
      const end = next(current.end);
      if (end === null) return;
      done.push({ start: current.start, end: current.end });
      lastBegun = later(lastBegun, current.end);
      current = { start: current.end, end };
    }
  };
  const catchUp = () => {
    const day = lastBegun;
    advance((end) => end <= day);
  };

  versions.forEach((version, index) => {
    const before = versions[index - 1];
    if (before?.row.auto_renew)
      advance((end) => end <= version.day && (before.notice === null || end <= before.notice));
    const { term_start_date: start, term_end_date: end } = version.row;
    if (!before || start !== before.row.term_start_date) {
      signed = { start, end };
      stated = { start, end };
      done = [];
      hasShifted = false;
      current = { start, end };
      follow(end);
      catchUp();
    } else if (end !== before.row.term_end_date) {
      const isOn = end === null || (before.row.term_end_date !== null && end > before.row.term_end_date);
      const hasRenewed = hasShifted || done.length > 0;
      if (hasRenewed && isOn) {
        const runs = [...done, current];
        const running = runs.findLast((run) => end === null || run.start < end) ?? runs[0] ?? current;
        done = done.filter((run) => run.start < running.start);
        hasShifted ||= true;
        stated = { start: running.start, end };
      } else if (hasShifted) {
        // moved back behind the start of the term that runs: that says nothing of it
        if (end !== null && end <= stated.start) return;
        const first = stated.start;
        done = done.filter((run) => run.start < first);
        stated = { start: first, end };
      } else {
        signed = { start, end };
        stated = { start, end };
        done = [];
      }
      current = { ...stated };
      follow(end);
      catchUp();
    }
  });
  const last = versions.at(-1);
  const settled = done.length;
  if (last?.row.auto_renew) advance((end) => end <= until);
  const isOpen = Boolean(last?.row.auto_renew) && current.end !== null && next(current.end) !== null;
  return [
    ...done.map((run, index) => ({ ...run, hasRenewed: index < settled || Boolean(last?.row.auto_renew) })),
    { ...current, hasRenewed: isOpen },
  ];
}

/** A term of a contract as known on a day, with each time that it runs. */
interface Known {
  readonly id: string;
  readonly term: number;
  readonly row: Contract;
  readonly start: string;
  readonly runs: readonly Run[];
}

interface Run {
  readonly known: Known;
  readonly cycle: number;
  readonly start: string;
  readonly end: string | null;
  readonly renewsItself: boolean;
  readonly cancelEnd: string | null;
}

interface Match {
  readonly old: Run;
  readonly successor: Known;
}

export class RevenueOracle {
  readonly #contracts: Map<string, Contract[]>;
  readonly #byId: Map<string, Contract[]>;
  readonly #naming = new Map<string, Set<string>>();
  readonly #opportunities: Map<string, Opportunity[]>;
  readonly #company: Company;
  readonly #continuing = new Map<string, Set<string>>();

  readonly #asOf: string;

  /** @param asOf the last day of which anything is known; it decides alone what continues what */
  constructor(company: Company, asOf: string) {
    this.#asOf = asOf;
    this.#company = company;
    this.#contracts = Map.groupBy(company.contracts, (row) => row.account_id);
    this.#byId = Map.groupBy(company.contracts, (row) => row.contract_id);
    this.#opportunities = Map.groupBy(company.opportunities, (row) => row.account_id);
    for (const row of company.contracts)
      for (const id of namesOf(row))
        this.#naming.set(id, (this.#naming.get(id) ?? new Set()).add(row.contract_id));
  }

  #termVersions(contractId: string): Version[][] {
    return termsOf(versionsOf(this.#byId.get(contractId) ?? []));
  }

  /**
   * In the tenant's currency, at the last rate before the term's start, else the first there is: of those on record on
   * the first day on which the term counts, or from the day on which there are any.
   */
  arr(row: Contract): number {
    const { contract_id, arr, currency_code, term_start_date } = row;
    if (!currency_code || currency_code === 'USD') return arr;
    const term = this.#termVersions(contract_id).find((versions) =>
      versions.some((version) => version.row === row),
    );
    let day = later(term?.[0]?.day ?? '', term_start_date);
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

  /** The terms of contracts by the versions that `isKnown`, with each time that they have run or run by a day. */
  #known(contractIds: readonly string[], day: string, isKnown: (version: Version) => boolean): Known[] {
    return contractIds.flatMap((id) => {
      const found = this.#termVersions(id).flatMap((versions, index) => {
        const last = versions.findLastIndex(isKnown);
        const version = versions[last];
        if (!version) return [];
        const { row } = version;
        const noticeIsKnown = version.cancelKnown !== null && version.cancelKnown <= day;
        const notice = noticeIsKnown ? (version.notice ?? null) : null;
        const known = { id, term: index + 1, row, start: row.term_start_date, runs: [] as Run[] };
        runsOf(versions.slice(0, last + 1), day).forEach(({ start, end, hasRenewed }, cycle) => {
          if (cycle > 0 && (start > day || (notice !== null && start > notice))) return;
          const isCancelled = notice !== null && (!hasRenewed || end === null || notice < end);
          const effective = row.cancel_effective_date ?? null;
          const cancelEnd = !isCancelled
            ? null
            : end === null
              ? (effective ?? dayOf(row.cancelled_at ?? ''))
              : earlier(effective ?? FAR, end);
          known.runs.push({ known, cycle, start, end, renewsItself: hasRenewed && !isCancelled, cancelEnd });
        });
        return [known as Known];
      });
      return found.map((known, index) => {
        const next = found[index + 1];
        if (!next) return known;
        const runs = known.runs as Run[];
        runs.splice(0, runs.length, ...runs.filter((run) => run.start < next.start));
        return known;
      });
    });
  }

  /** Whatever of the contracts of an account, and of those that name them, is known on a day. */
  #knownOf(accountId: string, day: string, isKnown: (version: Version) => boolean) {
    const own = [...new Set((this.#contracts.get(accountId) ?? []).map((row) => row.contract_id))];
    const elsewhere = [...new Set(own.flatMap((id) => [...(this.#naming.get(id) ?? [])]))].filter(
      (id) => !own.includes(id),
    );
    return {
      own: this.#known(own, day, isKnown),
      elsewhere: this.#known(elsewhere, day, isKnown),
    };
  }

  /** Contracts without a date that renew another by all that is known: nobody knew them before they began. */
  #continuingOf(accountId: string): Set<string> {
    const found = this.#continuing.get(accountId);
    if (found) return found;
    const { own, elsewhere } = this.#knownOf(accountId, this.#asOf, () => true);
    const firsts = this.#matches(own, elsewhere).filter(({ successor }) => successor.term === 1);
    const ids = new Set(firsts.map(({ successor }) => successor.id));
    this.#continuing.set(accountId, ids);
    return ids;
  }

  #knownOn(accountId: string, day: string) {
    return this.#knownOf(accountId, day, (version) => {
      if (!version.isStandIn) return version.day <= day;
      const { row } = version;
      const continues =
        Boolean(row.previous_contract_id) || this.#continuingOf(row.account_id).has(row.contract_id);
      return !continues || happened('', version.datedFrom, row.term_start_date) <= day;
    });
  }

  /** What renews what, of an account's terms; those of other accounts only by a link. */
  #matches(own: readonly Known[], elsewhere: readonly Known[]): Match[] {
    const olds = own.flatMap(({ runs }) => runs);
    const fits = (old: Run, start: string) =>
      start >= old.start &&
      (old.end === null || start <= addDays(old.end, GRACE)) &&
      (old.cycle === 0 || start > addDays(old.start, GRACE));
    const isStanding = (known: Known) => known.runs.length > 0;

    // A link names what it renews; a later term of a contract renews the one before it. Of a contract the last run counts.
    const links: Match[] = [];
    for (const successor of [...own, ...elsewhere].filter(isStanding)) {
      const names = successor.term === 1 ? namesOf(successor.row) : [successor.id];
      for (const name of new Set(names)) {
        const wish = olds
          .filter(
            (old) =>
              old.known.id === name &&
              (successor.term === 1 ? name !== successor.id : old.known.term === successor.term - 1) &&
              fits(old, successor.start),
          )
          .sort((a, b) => (a.start < b.start ? 1 : -1))[0];
        if (wish) links.push({ old: wish, successor });
      }
    }
    const matches = links.filter(
      ({ old }) => !links.some((other) => other.old.known === old.known && other.old.cycle < old.cycle),
    );

    // One after the other: whoever starts first chooses first, and what is taken is gone.
    const isTaken = (old: Run) =>
      matches.some((match) => match.old.known === old.known && match.old.cycle <= old.cycle);
    const unlinked = own
      .filter((known) => isStanding(known) && known.term === 1 && namesOf(known.row).length === 0)
      .sort((a, b) => (`${a.start} ${a.id}` < `${b.start} ${b.id}` ? -1 : 1));
    for (const successor of unlinked) {
      const wish = olds
        .filter(
          (old) =>
            old.known.id !== successor.id &&
            old.end !== null &&
            sameProduct(successor.row, old.known.row) &&
            successor.start > old.start &&
            successor.start >= addDays(old.end, -EARLY) &&
            fits(old, successor.start) &&
            !isTaken(old),
        )
        .sort((a, b) => {
          if (a.end !== b.end) return (a.end ?? '') < (b.end ?? '') ? 1 : -1;
          return `${a.known.id} ${a.known.term}` < `${b.known.id} ${b.known.term}` ? -1 : 1;
        })[0];
      if (wish) matches.push({ old: wish, successor });
    }

    // The only one that ends on a day is renewed by the only one that begins on it.
    const endOf = (old: Run) => old.cancelEnd ?? (old.renewsItself ? null : old.end);
    const begins = Map.groupBy(own.filter(isStanding), ({ start }) => start);
    const starts = (old: Run) =>
      matches.filter((match) => match.old === old).map(({ successor }) => successor.start);
    const standing = olds.filter(
      (old) => !matches.some((match) => match.old.known === old.known && match.old.cycle < old.cycle),
    );
    const sameDay: Match[] = [];
    for (const [day, [successor, ...others]] of begins) {
      if (!successor || others.length > 0 || !unlinked.includes(successor)) continue;
      if (matches.some((match) => match.successor === successor)) continue;
      const ending = standing.filter(
        (old) => endOf(old) === day && starts(old).every((start) => start >= day),
      );
      const [old] = ending;
      if (!old || new Set(ending.map(({ known }) => known.id)).size > 1) continue;
      if (starts(old).length > 0 || old.known.id === successor.id || old.start >= day) continue;
      sameDay.push({ old, successor });
    }
    return [...matches, ...sameDay];
  }

  /** The terms of an account with their outcomes, by what was known on a day. */
  terms(accountId: string, day: string): Term[] {
    const { own, elsewhere } = this.#knownOn(accountId, day);
    const matches = this.#matches(own, elsewhere);
    const successorsOf = (old: Run) =>
      matches
        .filter((match) => match.old === old)
        .map(({ successor }) => successor)
        .sort((a, b) => (`${a.start} ${a.id}` < `${b.start} ${b.id}` ? -1 : 1));
    const standing = own
      .flatMap(({ runs }) => runs)
      .filter(
        (old) => !matches.some((match) => match.old.known === old.known && match.old.cycle < old.cycle),
      );

    const lost = new Set<Run>();
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
              (!row.contract_id || row.contract_id === old.known.id) &&
              old.end !== null &&
              addDays(old.end, GRACE) >= close &&
              old.start <= close,
          )
          .sort((a, b) => {
            const last = (old: Run) =>
              !row.contract_id && (successorsOf(old).length > 0 || old.renewsItself) ? 1 : 0;
            const key = (old: Run) => `${last(old)} ${old.end} ${old.known.id} ${old.known.term}`;
            return key(a) < key(b) ? -1 : 1;
          });
        if (first) lost.add(first);
      }
    }

    return standing.map((old) => {
      const { end, cancelEnd, cycle, start } = old;
      const successors = successorsOf(old);
      const [first] = successors;
      const opens = cycle > 0 ? start : '';
      const base = { contract: old.known.row, term: old.known.term, cycle, start, end, successors };
      if (first) {
        const isInside = first.id === old.known.id && (end === null || first.start < end);
        const isBridged = cancelEnd === null || first.start <= addDays(cancelEnd, GRACE);
        const until = isBridged ? first.start : cancelEnd;
        const reason = isInside ? 'amendment' : 'successor';
        return { ...base, reason, closes: opens, churnDate: null, until };
      }
      if (cancelEnd !== null)
        return { ...base, reason: 'cancellation', closes: opens, churnDate: cancelEnd, until: cancelEnd };
      if (end === null) return { ...base, reason: 'evergreen', closes: FAR, churnDate: null, until: FAR };
      if (old.renewsItself)
        return { ...base, reason: 'auto_renewal', closes: end, churnDate: null, until: end };
      if (lost.has(old))
        return { ...base, reason: 'lost_opportunity', closes: opens, churnDate: end, until: end };
      const graceOver = addDays(end, GRACE + 1);
      return { ...base, reason: 'grace', closes: graceOver, churnDate: end, until: graceOver };
    });
  }

  /** The account as the spine shows it on a day: null when no contract is in force. */
  onDay(accountId: string, day: string): { arr: number; contracts: number; daysToRenewal: number | null } {
    const terms = this.terms(accountId, day);
    const inForce = terms.filter((term) => term.start <= day && day < term.until);
    const open = terms
      .filter((term) => day < term.closes && (term.cycle === 0 || term.start <= day))
      .flatMap(({ end }) => (end === null ? [] : [end]))
      .sort();
    const renewal = open.find((end) => end >= day) ?? open.findLast((end) => end < day);
    return {
      arr: inForce.reduce((sum, term) => sum + this.arr(term.contract), 0),
      contracts: new Set(inForce.map((term) => term.contract.contract_id)).size,
      daysToRenewal: renewal === undefined ? null : daysBetween(day, renewal),
    };
  }

  /** ARR of a term on a day by all that is known at `asOf`: amendments count from their day. */
  arrOn(contractId: string, term: number, day: string, asOf: string): number {
    const versions = (this.#termVersions(contractId)[term - 1] ?? []).filter(
      (version) => version.day <= asOf,
    );
    const version = versions.findLast((one) => one.day <= day) ?? versions[0];
    return version ? this.arr(version.row) : 0;
  }

  /** Spans of a term's ARR restated at `asOf`: out of grace it ended with the term. */
  restated(accountId: string, asOf: string) {
    return this.terms(accountId, asOf).map((term) => ({
      ...term,
      restatedUntil: term.reason === 'grace' && term.closes <= asOf ? (term.end ?? FAR) : term.until,
      arrOn: (day: string) => this.arrOn(term.contract.contract_id, term.term, day, asOf),
    }));
  }

  /** The ARR due at the end of a term: that of its last day, or of the as-of day while it runs. */
  due(term: Term, asOf: string): number {
    const last = addDays([term.until, term.end ?? FAR, addDays(asOf, 1)].sort()[0] ?? '', -1);
    return this.arrOn(term.contract.contract_id, term.term, last, asOf);
  }

  /** What renews a term is worth on its first day; one that renews several is shared among them by what they were due. */
  renewed(term: Term, asOf: string): number {
    return term.successors.reduce((sum, successor) => {
      const arr = this.arrOn(successor.id, successor.term, earlier(successor.start, asOf), asOf);
      const names = successor.term === 1 ? namesOf(successor.row) : [successor.id];
      const accounts = new Set(
        [term.contract.contract_id, ...names].flatMap((id) =>
          (this.#byId.get(id) ?? []).map((row) => row.account_id),
        ),
      );
      const together = [...accounts]
        .flatMap((accountId) => this.terms(accountId, asOf))
        .filter((other) =>
          other.successors.some((one) => one.id === successor.id && one.term === successor.term),
        );
      const total = together.reduce((all, other) => all + this.due(other, asOf), 0);
      return sum + arr * (total > 0 ? this.due(term, asOf) / total : 1 / together.length);
    }, 0);
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
