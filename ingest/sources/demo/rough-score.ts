import type { Account } from './account.ts';
import { DAY, dayOfInstant } from './calendar.ts';
import type { Company } from './company.ts';
import type { History, Version } from './history.ts';
import { usageOn } from './usage.ts';

/** An account at the end of a day, seen with all that is on record by then. */
export interface Observation {
  readonly account: Account;
  readonly day: number;
  readonly score: number;
  readonly category: 'red' | 'yellow' | 'green';
  readonly values: Readonly<Partial<Record<keyof typeof WEIGHTS, number>>>;
  /** In US dollars, by the first rate. */
  readonly arr: number;
}

const WEIGHTS = {
  login_frequency: 15,
  feature_adoption: 15,
  license_utilization: 10,
  qbr_attendance: 10,
  email_response: 8,
  exec_sponsor: 7,
  ticket_trend: 10,
  escalations: 5,
  payment_timeliness: 10,
  csm_sentiment: 10,
} as const;

type Versioned<T> = readonly { readonly id: string; readonly versions: readonly Version<T>[] }[];
const versioned = <T extends object>(histories: readonly History<T>[]): Versioned<T> =>
  histories.map((history) => ({ id: history.id, versions: history.versions() }));

/** What each record said at the end of a day. */
function knownOn<T>(
  records: Versioned<T>,
  day: number,
): { readonly id: string; readonly data: Readonly<T> }[] {
  const end = (day + 1) * DAY;
  return records.flatMap(({ id, versions }) => {
    const version = versions.findLast(({ at }) => at < end);
    return version === undefined ? [] : [{ id, data: version.data }];
  });
}

/**
 * The preset `standard_10` in its rough outline, straight from the simulation and without the warehouse: only there to
 * keep the simulated company honest. Late usage counts at once, grace days are left out.
 */
function roughScores(company: Company, days: readonly number[]): Observation[] {
  return company.accounts.flatMap((account) => scoresOf(company, account, days));
}

function scoresOf(company: Company, account: Account, days: readonly number[]): Observation[] {
  const { facts, firstDay } = account;
  const usage = account.seats.map((_, place) => usageOn(company.config.seed, account, firstDay + place));
  const accountVersions = versioned([facts.account]);
  const contacts = versioned(facts.contacts);
  const meetings = versioned(facts.meetings);
  const mails = versioned(facts.mails);
  const tickets = facts.tickets.map((ticket) => ({
    createdDay: dayOfInstant(ticket.createdAt),
    versions: ticket.versions(),
  }));
  const invoices = versioned(facts.invoices);
  const features = facts.features.map((feature) => feature.versions()[0]?.data);

  return days.flatMap((day) => {
    const seatsToday = account.seats[day - firstDay] ?? 0;
    if (seatsToday === 0) return [];
    const since = (length: number) => (instant: number) => {
      const happened = dayOfInstant(instant);
      return happened > day - length && happened <= day;
    };
    const recent = (length: number) =>
      usage.slice(Math.max(0, day - firstDay - length + 1), day - firstDay + 1);
    const values: Partial<Record<keyof typeof WEIGHTS, number>> = {};

    const hasUsage = recent(10_000).some((events) => events.length > 0);
    const month = recent(30);
    if (hasUsage) {
      const activeDays = month.filter((events) => events.length > 0).length;
      values.login_frequency = activeDays >= 20 ? 100 : activeDays >= 4 ? 70 : activeDays >= 1 ? 40 : 0;
      const used = new Set<string>(recent(90).flatMap((events) => events.map(({ feature }) => feature)));
      const licensed = features.flatMap((feature) =>
        feature !== undefined && feature.fromDay <= day ? [feature.feature] : [],
      );
      if (licensed.length > 0)
        values.feature_adoption =
          (100 * licensed.filter((feature) => used.has(feature)).length) / licensed.length;
    }
    const seats = account.profile.hasSeatsOnRecord ? seatsToday : 0;
    if (hasUsage && seats > 0) {
      const users = new Set(month.flatMap((events) => events.map(({ userId }) => userId)));
      values.license_utilization = Math.min(100, (100 * users.size) / seats);
    }

    const held = knownOn(meetings, day).map(({ data }) => data);
    const reviews = held
      .filter(
        ({ type, status, startsAt }) => type === 'qbr' && status !== 'cancelled' && since(180)(startsAt),
      )
      .toSorted((left, right) => left.startsAt - right.startsAt);
    const lastReview = reviews.at(-1)?.status;
    if (lastReview === 'attended') values.qbr_attendance = 100;
    else if (lastReview === 'recap') values.qbr_attendance = 50;
    else if (lastReview !== undefined)
      values.qbr_attendance = reviews.filter(({ status }) => status === 'missed').length === 1 ? 50 : 0;

    const mail = knownOn(mails, day).map(({ data }) => data);
    const sent = mail.filter(({ isIncoming, sentAt }) => !isIncoming && since(90)(sentAt));
    const hours = sent.flatMap(({ sentAt, repliedAt }) =>
      repliedAt === null ? [] : [(repliedAt - sentAt) / 3_600_000],
    );
    const meanHours = hours.reduce((sum, value) => sum + value, 0) / hours.length;
    if (sent.length > 0) values.email_response = meanHours < 24 ? 100 : meanHours <= 72 ? 60 : 20;

    const sponsors = knownOn(contacts, day).filter(
      ({ data }) => data.isSponsor && data.hasConsent && data.leftAt === null,
    );
    const ids = new Set(sponsors.map(({ id }) => id));
    const emails = new Set(sponsors.map(({ data }) => data.email));
    const met = held.some(
      ({ status, startsAt, contactIds }) =>
        status === 'attended' && since(90)(startsAt) && contactIds.some((id) => ids.has(id)),
    );
    const stirred =
      mail.some(
        ({ contactId, isIncoming, sentAt, repliedAt }) =>
          ids.has(contactId) && (isIncoming ? since(90)(sentAt) : repliedAt !== null && since(90)(repliedAt)),
      ) || recent(90).some((events) => events.some(({ userId }) => emails.has(userId)));
    values.exec_sponsor = met ? 100 : stirred ? 50 : 0;

    const opened = (length: number) =>
      tickets.filter(({ createdDay }) => createdDay > day - length && createdDay <= day).length;
    const ratio = opened(30) / (opened(90) / 3);
    values.ticket_trend = opened(90) === 0 ? 70 : ratio < 0.85 ? 100 : ratio > 1.15 ? 30 : 70;
    const escalations = tickets.filter(({ versions }) =>
      versions.some(
        ({ at, data }, place) => data.isEscalated && !versions[place - 1]?.data.isEscalated && since(90)(at),
      ),
    ).length;
    values.escalations = escalations === 0 ? 100 : escalations === 1 ? 60 : 20;

    const late = knownOn(invoices, day).flatMap(({ data }) => {
      const dueDay = dayOfInstant(data.dueAt);
      if (data.status === 'void' || dueDay > day || dueDay <= day - 180) return [];
      if (data.status === 'uncollectible') return [999];
      return [(data.paidAt === null ? day : dayOfInstant(data.paidAt)) - dueDay];
    });
    const worst = Math.max(...late);
    if (late.length > 0) values.payment_timeliness = worst <= 0 ? 100 : worst <= 30 ? 50 : 10;

    const sentiment = knownOn(accountVersions, day)[0]?.data.sentiment;
    if (sentiment) values.csm_sentiment = { green: 100, yellow: 50, red: 0 }[sentiment];

    const present = (Object.keys(values) as (keyof typeof WEIGHTS)[]).filter(
      (signal) => values[signal] !== undefined,
    );
    const weight = present.reduce((sum, signal) => sum + WEIGHTS[signal], 0);
    const score =
      present.reduce((sum, signal) => sum + WEIGHTS[signal] * (values[signal] as number), 0) / weight;
    const whole = Math.floor(score + 0.5);
    const rate = company.rates.find(({ currency }) => currency === account.profile.currency)?.rate ?? 1;
    return [
      {
        account,
        day,
        score,
        category: whole <= 40 ? 'red' : whole <= 70 ? 'yellow' : 'green',
        values,
        arr: (account.arr[day - firstDay] as number) / rate,
      },
    ];
  });
}

/** Figures by which the company is judged; shares, not percent. */
export interface Figures {
  readonly auc90: number;
  readonly auc180: number;
  readonly churns: number;
  readonly logoChurnRate: number;
  readonly grr: number;
  readonly nrr: number;
  readonly red: number;
  readonly yellow: number;
  readonly green: number;
  readonly greenChurnRate: number;
  readonly redRenewRate: number;
  readonly averageAccounts: number;
}

/** Month ends, the last of them the last day. */
export function monthEnds(company: Company): number[] {
  const { startDay, endDay } = company.config;
  const days: number[] = [];
  for (let day = startDay; day < endDay; day += 1)
    if (new Date((day + 1) * DAY).getUTCDate() === 1) days.push(day);
  return [...days, endDay];
}

export function figures(company: Company): Figures {
  const { startDay, endDay } = company.config;
  const days = monthEnds(company);
  const all = roughScores(company, days);
  const leaves = ({ account, day }: Observation, horizon: number) =>
    account.churnDays.some((churnDay) => churnDay > day && churnDay <= day + horizon);
  const auc = (horizon: number) => {
    const complete = all.filter(({ day }) => day + horizon <= endDay);
    const gone = complete.filter((each) => leaves(each, horizon));
    const stayed = complete.filter((each) => !leaves(each, horizon));
    let wins = 0;
    for (const lost of gone)
      for (const kept of stayed) wins += lost.score < kept.score ? 1 : lost.score === kept.score ? 0.5 : 0;
    return wins / gone.length / stayed.length;
  };
  const last = all.filter(({ day }) => day === endDay);
  const share = (category: Observation['category']) =>
    last.filter((each) => each.category === category).length / last.length;

  // Cohorts of each month end against twelve months later, all of them together.
  const byAccount = new Map(all.map((each) => [`${each.account.id} ${each.day}`, each.arr]));
  let [before, kept, after, logos, lost] = [0, 0, 0, 0, 0];
  for (const day of days) {
    const later = days.find((other) => other >= day + 364);
    if (later === undefined) continue;
    for (const { account, arr } of all.filter((each) => each.day === day && each.arr > 0)) {
      const arrLater = byAccount.get(`${account.id} ${later}`) ?? 0;
      before += arr;
      kept += Math.min(arr, arrLater);
      after += arrLater;
      logos += 1;
      lost += arrLater === 0 ? 1 : 0;
    }
  }
  const settled = all.filter(({ day }) => day + 180 <= endDay);
  const rateOf = (category: Observation['category']) => {
    const these = settled.filter((each) => each.category === category);
    return these.filter((each) => leaves(each, 180)).length / these.length;
  };
  return {
    auc90: auc(90),
    auc180: auc(180),
    churns: company.accounts.flatMap(({ churnDays }) => churnDays.filter((day) => day > startDay)).length,
    logoChurnRate: lost / logos,
    grr: kept / before,
    nrr: after / before,
    red: share('red'),
    yellow: share('yellow'),
    green: share('green'),
    greenChurnRate: rateOf('green'),
    redRenewRate: 1 - rateOf('red'),
    averageAccounts: all.length / days.length,
  };
}
