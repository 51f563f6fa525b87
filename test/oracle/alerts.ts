import { ALWAYS, addDays, type Company, dayOf, inForce, type Versioned } from './company.ts';
import { RevenueOracle, type Term } from './revenue.ts';

/**
 * Which alerts fire on which day, by when they are due and who is told besides the owner, found the slow and obvious way
 * from the definitions (sections 5 and 7): each day anew, by what was known on it. The flags of accounts are given.
 */
export interface AlertInputs {
  readonly historyStart: string;
  readonly company: Company;
  readonly users: readonly UserVersion[];
  readonly rules: readonly AlertRule[];
  readonly escalations: readonly Escalation[];
  readonly holidays: ReadonlySet<string>;
}

export interface UserVersion extends Versioned {
  readonly user_id: string;
  readonly role: string | null;
  readonly manager_id: string | null;
  readonly is_active: boolean | null;
}

export interface AlertRule {
  readonly rule: string;
  readonly milestone_days: number | null;
  readonly segment: string | null;
  readonly severity: string;
  readonly is_silent: boolean;
  readonly due_days: number;
  readonly owner_role: string | null;
}

export interface Escalation {
  readonly rule: string;
  readonly milestone_days: number | null;
  readonly level: string;
  readonly after_days: number;
  readonly requires: string | null;
  readonly min_arr: number | null;
  readonly stops_when: string;
}

/** What the daily history says of an account on a day. */
export interface HealthDay {
  readonly account_id: string;
  readonly as_of_date: string;
  readonly flag: string | null;
  readonly is_frozen: boolean;
  readonly arr: number | null;
  readonly segment: string | null;
}

export interface OracleAlert {
  readonly rule: string;
  readonly account_id: string;
  readonly contract_id: string | null;
  readonly milestone: string;
  readonly milestone_days: number | null;
  readonly renewal_date: string | null;
  readonly created: string;
  readonly due: string;
  readonly rules: AlertRule;
}

/** The name by which an alert is known, of what its key is made. */
export const nameOf = (alert: {
  rule: unknown;
  account_id: unknown;
  contract_id: unknown;
  milestone: unknown;
}): string => [alert.rule, alert.account_id, alert.contract_id ?? '', alert.milestone].join(' ');

const GRAVITY = ['critical', 'urgent', 'warning', 'notice', 'info'];
/** How far an alert is from the gravest: 0 is critical. */
export const gravityOf = ({ rules }: OracleAlert): number => GRAVITY.indexOf(rules.severity);

const ALARMING = ['at_risk_renewal', 'critical'];
export const AT_RISK = ['at_risk_sustained', ...ALARMING];

export class AlertOracle {
  readonly #inputs: AlertInputs;
  readonly #revenue: RevenueOracle;
  readonly #accounts: readonly string[];
  readonly #health = new Map<string, Map<string, HealthDay>>();
  /** The alerts of renewals, contacts and accounts that fired so far, which later days do not take back. */
  readonly #fired = new Map<string, OracleAlert>();
  readonly #seen = new Set<string>();
  #day: string;

  /** @param asOf the last day of which anything is known */
  constructor(inputs: AlertInputs, asOf: string) {
    this.#inputs = inputs;
    this.#revenue = new RevenueOracle(inputs.company, asOf);
    this.#accounts = [...new Set(inputs.company.accounts.map(({ account_id }) => account_id))].sort();
    this.#day = addDays(inputs.historyStart, -1);
    // what was known before the history begins is no news
    for (const account of this.#accounts) {
      for (const term of this.#cancelled(account, this.#day)) this.#seen.add(this.#noticeOf(account, term));
      for (const { contact_id } of this.#sponsorsWhoLeft(account, this.#day))
        this.#seen.add(`${account} sponsor ${contact_id}`);
    }
  }

  /** Takes the daily history as it stands, in the place of what it said of these days before. */
  learn(rows: readonly HealthDay[]): void {
    for (const row of rows) {
      const days = this.#health.get(row.account_id) ?? new Map<string, HealthDay>();
      this.#health.set(row.account_id, days);
      days.set(row.as_of_date, row);
    }
  }

  /** An account on a day; undefined when it was out of scope. */
  healthOf(account: string, day: string): HealthDay | undefined {
    return this.#health.get(account)?.get(day);
  }

  isAcquired(account: string, day: string): boolean {
    return this.#version(this.#inputs.company.accounts, 'account_id', account, day)?.is_acquired === true;
  }

  #version<Row extends Versioned>(
    rows: readonly Row[],
    key: keyof Row,
    id: string,
    day: string,
  ): Row | undefined {
    const own = rows.filter((row) => row[key] === id);
    return inForce(own, () => id, day)[0];
  }

  isWorkday(day: string): boolean {
    const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
    return weekday !== 0 && weekday !== 6 && !this.#inputs.holidays.has(day);
  }

  #workdayFrom(day: string, step: 1 | -1): string {
    let found = day;
    while (!this.isWorkday(found)) found = addDays(found, step);
    return found;
  }

  /** Due on a workday, and about a renewal that is still to come not after it. */
  #dueOf(created: string, dueDays: number, renewal: string | null): string {
    const due = this.#workdayFrom(addDays(created, dueDays), 1);
    if (renewal === null || renewal < created || due <= renewal) return due;
    const last = this.#workdayFrom(renewal, -1);
    return last > created ? last : created;
  }

  /** Fires an alert, unless its account is being acquired: then nothing of it is said, nor later. */
  #alert(
    rule: string,
    account: string,
    contract: string | null,
    milestone: string,
    created: string,
    renewal: string | null,
    days: number | null = null,
  ): OracleAlert | undefined {
    if (rule !== 'account_acquired' && this.isAcquired(account, created)) return undefined;
    const rules = this.#inputs.rules.find((each) => each.rule === rule && each.milestone_days === days);
    if (rules === undefined) return undefined;
    return {
      ...{ rule, account_id: account, contract_id: contract, milestone, milestone_days: days },
      ...{ renewal_date: renewal, created, due: this.#dueOf(created, rules.due_days, renewal), rules },
    };
  }

  #fire(alert: OracleAlert | undefined): void {
    if (alert !== undefined && !this.#fired.has(nameOf(alert))) this.#fired.set(nameOf(alert), alert);
  }

  #once(name: string): boolean {
    if (this.#seen.has(name)) return false;
    this.#seen.add(name);
    return true;
  }

  /** The terms that are to be renewed and not decided yet, on a day. */
  openTerms(account: string, day: string): Term[] {
    return this.#revenue
      .terms(account, day)
      .filter(
        ({ end, closes, cycle, start, reason }) =>
          end !== null && reason !== 'amendment' && day < closes && (cycle === 0 || start <= day),
      );
  }

  /** The day to which notices count. */
  anchorOf({ contract, end }: Term): string {
    const renewal = String(end);
    const anchor = contract.auto_renew ? addDays(renewal, -(contract.notice_days ?? 0)) : renewal;
    const monthDay = anchor.slice(5);
    return monthDay >= '12-15' || monthDay <= '01-05' ? addDays(anchor, -14) : anchor;
  }

  #renewalNotices(account: string, day: string): void {
    const segment = this.healthOf(account, day)?.segment ?? null;
    for (const term of this.openTerms(account, day)) {
      const anchor = this.anchorOf(term);
      if (day > anchor) continue;
      const reached = this.#inputs.rules
        .filter(
          (rule) =>
            rule.rule === 'renewal_notice' &&
            (rule.segment === null || rule.segment === segment) &&
            addDays(anchor, -Number(rule.milestone_days)) <= day,
        )
        .map(({ milestone_days }) => Number(milestone_days));
      if (reached.length === 0) continue;
      const days = Math.min(...reached);
      const { contract_id } = term.contract;
      const milestone = `${term.end}:${days}`;
      // of what was missed only the latest fires, and none again
      if (reached.some((each) => each < days) || !this.#once(`${contract_id} ${milestone}`)) continue;
      this.#fire(this.#alert('renewal_notice', account, contract_id, milestone, day, String(term.end), days));
    }
  }

  #cancelled(account: string, day: string): Term[] {
    return this.#revenue
      .terms(account, day)
      .filter(({ reason, cycle, start }) => reason === 'cancellation' && (cycle === 0 || start <= day));
  }

  #noticeOf = (account: string, { contract, end, churnDate }: Term) =>
    nameOf({
      rule: 'notice_given',
      account_id: account,
      contract_id: contract.contract_id,
      milestone: end ?? churnDate,
    });

  #notices(account: string, day: string): void {
    for (const term of this.#cancelled(account, day)) {
      if (!this.#once(this.#noticeOf(account, term))) continue;
      const milestone = String(term.end ?? term.churnDate);
      this.#fire(this.#alert('notice_given', account, term.contract.contract_id, milestone, day, term.end));
    }
  }

  /** The account's next renewal on a day: the earliest open one that is not past, else the latest late one. */
  nextRenewal(account: string, day: string): Term | undefined {
    const open = this.openTerms(account, day).sort((a, b) =>
      `${a.end} ${a.contract.contract_id}` < `${b.end} ${b.contract.contract_id}` ? -1 : 1,
    );
    return open.find(({ end }) => String(end) >= day) ?? open.at(-1);
  }

  #sponsorsWhoLeft(account: string, day: string): Company['contacts'] {
    const contacts = this.#inputs.company.contacts.filter((row) => row.account_id === account);
    return inForce(contacts, ({ contact_id }) => contact_id, day).filter(
      ({ is_exec_sponsor, has_consent, left_at }) =>
        is_exec_sponsor && has_consent !== false && left_at !== null && dayOf(left_at) <= day,
    );
  }

  #sponsors(account: string, day: string): void {
    for (const row of this.#sponsorsWhoLeft(account, day)) {
      if (!this.#once(`${account} sponsor ${row.contact_id}`)) continue;
      if (this.healthOf(account, day) === undefined) continue;
      const next = this.nextRenewal(account, day);
      this.#fire(
        this.#alert(
          'sponsor_left',
          account,
          next?.contract.contract_id ?? null,
          row.contact_id,
          day,
          next?.end ?? null,
        ),
      );
    }
  }

  #acquisitions(account: string, day: string): void {
    if (this.healthOf(account, day) === undefined || !this.isAcquired(account, day)) return;
    if (this.#once(`${account} acquired`))
      this.#fire(this.#alert('account_acquired', account, null, 'acquired', day, null));
  }

  /** Flags that came newly on, days with a frozen value left out. */
  #declines(account: string, until: string): OracleAlert[] {
    const rows = [...(this.#health.get(account)?.values() ?? [])]
      .filter(({ as_of_date, is_frozen }) => as_of_date <= until && !is_frozen)
      .sort((a, b) => (a.as_of_date < b.as_of_date ? -1 : 1));
    let before: string | null = null;
    return rows.flatMap(({ as_of_date: day, flag }) => {
      const isNew =
        ALARMING.includes(flag ?? '') &&
        (!ALARMING.includes(before ?? '') || (flag === 'critical' && before !== 'critical'));
      before = flag;
      if (!isNew) return [];
      const next = this.nextRenewal(account, day);
      const alert = this.#alert(
        flag === 'critical' ? 'health_decline_critical' : 'health_decline',
        account,
        next?.contract.contract_id ?? null,
        day,
        day,
        next?.end ?? null,
      );
      return alert === undefined ? [] : [alert];
    });
  }

  /** All that fired by the end of a day, by what was known on it. Days are asked for in their order. */
  firedBy(day: string): ReadonlyMap<string, OracleAlert> {
    while (this.#day < day) {
      this.#day = addDays(this.#day, 1);
      for (const account of this.#accounts) {
        this.#renewalNotices(account, this.#day);
        this.#notices(account, this.#day);
        this.#sponsors(account, this.#day);
        this.#acquisitions(account, this.#day);
      }
    }
    const declines = this.#accounts.flatMap((account) => this.#declines(account, day));
    return new Map([...this.#fired, ...declines.map((each) => [nameOf(each), each] as const)]);
  }

  /** Whether what an alert is about still holds on a day. */
  isOpen(alert: OracleAlert, day: string): boolean {
    const { rule, account_id: account, contract_id, milestone, milestone_days, created } = alert;
    if (this.healthOf(account, day) === undefined && rule !== 'notice_given') return false;
    if (rule === 'account_acquired') return true;
    if (rule === 'renewal_notice') {
      const term = this.openTerms(account, day).find(
        ({ contract, end }) => contract.contract_id === contract_id && milestone.startsWith(`${end}:`),
      );
      if (term === undefined) return false;
      const anchor = this.anchorOf(term);
      const later = this.#inputs.rules.some(
        (each) =>
          each.rule === rule &&
          Number(each.milestone_days) < Number(milestone_days) &&
          (each.segment === null || each.segment === this.healthOf(account, day)?.segment) &&
          addDays(anchor, -Number(each.milestone_days)) <= day,
      );
      return !later;
    }
    if (rule === 'notice_given') {
      const term = this.#cancelled(account, day).find(
        (each) =>
          each.contract.contract_id === contract_id && String(each.end ?? each.churnDate) === milestone,
      );
      return term !== undefined && day < String(term.churnDate);
    }
    if (rule === 'sponsor_left') {
      const contacts = this.#inputs.company.contacts.filter((row) => row.account_id === account);
      return !contacts.some((row) => {
        const known = row.known_at ?? row.updated_at;
        const from = known ? dayOf(known) : ALWAYS;
        return (
          row.contact_id !== milestone &&
          row.is_exec_sponsor &&
          row.has_consent !== false &&
          from > created &&
          from <= day &&
          (row.left_at === null || dayOf(row.left_at) > from)
        );
      });
    }
    // a flag that goes off ends it, and the next one that comes newly on takes its place
    const rows = [...(this.#health.get(account)?.values() ?? [])]
      .filter((row) => row.as_of_date >= created && row.as_of_date <= day && !row.is_frozen)
      .sort((a, b) => (a.as_of_date < b.as_of_date ? -1 : 1));
    return rows.every(
      ({ flag }, index) =>
        ALARMING.includes(flag ?? '') &&
        (index === 0 || flag !== 'critical' || rows[index - 1]?.flag === 'critical'),
    );
  }

  #user(id: string | null | undefined, day: string): UserVersion | undefined {
    if (!id) return undefined;
    const user = this.#version(this.#inputs.users, 'user_id', id, day);
    return user?.is_active ? user : undefined;
  }

  /** The VP of customer success: of several the first by id. */
  vpCs(day: string): string | null {
    const ids = [...new Set(this.#inputs.users.map(({ user_id }) => user_id))].sort();
    return ids.find((id) => this.#user(id, day)?.role === 'vp_cs') ?? null;
  }

  /** Who answers for an alert on a day: the renewal's owner, else the account's; an inactive one is none. */
  ownerOf({ account_id, contract_id, rules }: OracleAlert, day: string): string | null {
    const vpCs = this.vpCs(day);
    if (rules.owner_role === 'vp_cs' && vpCs !== null) return vpCs;
    const contract =
      contract_id === null
        ? undefined
        : this.#version(this.#inputs.company.contracts, 'contract_id', contract_id, day);
    const account = this.#version(this.#inputs.company.accounts, 'account_id', account_id, day);
    const renewalOwner = (contract as { renewal_owner_id?: string | null } | undefined)?.renewal_owner_id;
    return this.#user(renewalOwner, day)?.user_id ?? this.#user(account?.owner_id, day)?.user_id ?? null;
  }

  /** Who is told of an escalation to a level: the owner's manager, else the VP. */
  escalatedTo(alert: OracleAlert, level: string, day: string): string | null {
    if (level !== 'manager') return this.vpCs(day);
    const owner = this.#user(this.ownerOf(alert, day), day);
    return this.#user(owner?.manager_id, day)?.user_id ?? this.vpCs(day);
  }

  /**
   * The steps of an alert's escalation that happened by a day, with their days. `stops` is the first day on which the
   * alert is over, or somebody acts on it.
   */
  escalationsBy(
    alert: OracleAlert,
    day: string,
    stops: { readonly over: string | null; readonly acted: string | null },
  ): { readonly level: string; readonly after: number; readonly on: string }[] {
    const { rule, milestone_days, account_id: account, created } = alert;
    return this.#inputs.escalations
      .filter((each) => each.rule === rule && each.milestone_days === milestone_days)
      .flatMap(({ level, after_days: after, requires, min_arr, stops_when }) => {
        if (min_arr !== null && !(Number(this.healthOf(account, created)?.arr) > min_arr)) return [];
        let on: string | undefined = addDays(created, after);
        if (requires === 'at_risk') {
          const isAtRisk = (each: string) => {
            let asked = each;
            let row = this.healthOf(account, asked);
            // a frozen day says nothing: the last one before it that is not does
            while (row?.is_frozen) {
              asked = addDays(asked, -1);
              row = this.healthOf(account, asked);
            }
            return AT_RISK.includes(row?.flag ?? '');
          };
          while (on <= day && !isAtRisk(on)) on = addDays(on, 1);
        }
        if (on > day || this.isAcquired(account, on)) return [];
        const stop = [stops.over, stops_when === 'acted' ? stops.acted : null]
          .filter((each) => each !== null)
          .sort()[0];
        const isStopped = stop !== undefined && (stop < on || (stop === on && after > 0));
        return isStopped ? [] : [{ level, after, on }];
      });
  }
}
