import type { Account } from './account.ts';
import { isHoliday, isWeekend, monthOf } from './calendar.ts';
import { CORE_FEATURES, FEATURES } from './profile.ts';
import { clamp, Random } from './random.ts';

/** A person used a feature: the first time that day. */
export interface UsageEvent {
  readonly userId: string;
  readonly feature: string;
  /** Second of the day. */
  readonly second: number;
  /** Days after which the event reached us. */
  readonly lateDays: 0 | 1 | 2;
}

/** What sets an account's use apart, whatever its health. */
interface Habits {
  /** Each user's threshold: they take part when the account's engagement is above it. */
  readonly userThresholds: Float32Array;
  readonly userActivity: Float32Array;
  readonly featureThresholds: Float32Array;
  readonly engagement: number;
  readonly adoption: number;
  readonly activity: number;
  readonly userIds: readonly string[];
}

const habitsByAccount = new WeakMap<Account, Habits>();
const MOST_USERS = 400;

function habitsOf(seed: number, account: Account): Habits {
  const known = habitsByAccount.get(account);
  if (known !== undefined) return known;
  const { index } = account.profile;
  const random = new Random(seed, 'habits', index);
  const engagement = random.normal(0.44, 0.08);
  const adoption = random.normal(0.36, 0.09);
  const activity = random.between(0.75, 1.2);
  const featureThresholds = Float32Array.from(FEATURES, (_, place) => (place === 0 ? 0 : random.uniform()));
  const users = Array.from(
    { length: MOST_USERS },
    () => [random.uniform(), random.between(0.12, 0.7)] as const,
  );
  const habits: Habits = {
    engagement,
    adoption,
    activity,
    featureThresholds,
    userThresholds: Float32Array.from(users, ([threshold]) => threshold),
    userActivity: Float32Array.from(users, ([, active]) => active),
    userIds: users.map(
      (_, number) => `usr_${index.toString(36).padStart(3, '0')}${number.toString(36).padStart(3, '0')}`,
    ),
  };
  habitsByAccount.set(account, habits);
  return habits;
}

/** How much of the usual work is done on a day. */
function workload(account: Account, day: number): number {
  const { seasonMonth } = account.profile;
  const month = monthOf(day);
  const apart =
    seasonMonth === undefined
      ? 0
      : Math.min((month - seasonMonth + 12) % 12, (seasonMonth - month + 12) % 12);
  const season = seasonMonth === undefined ? 1 : Math.max(0.08, 1.1 - 0.3 * apart);
  return season * (isWeekend(day) ? 0.06 : 1) * (isHoliday(day) ? 0.35 : 1) * (month === 8 ? 0.88 : 1);
}

/**
 * The day's events of an account: always the same ones, whichever days are asked for before.
 *
 * @param onlyIfLate gives nothing for a day of which all events came in time
 */
export function usageOn(seed: number, account: Account, day: number, onlyIfLate = false): UsageEvent[] {
  const place = day - account.firstDay;
  const seats = account.seats[place] ?? 0;
  if (seats === 0 || !account.profile.sendsUsage) return [];
  const random = new Random(seed, 'usage', account.profile.index, day);
  const lateness = random.uniform();
  const late = lateness < 0.004 ? 2 : lateness < 0.015 ? 1 : 0;
  if (onlyIfLate && late === 0) return [];
  const health = account.health[place] as number;
  const habits = habitsOf(seed, account);
  const work = workload(account, day) * habits.activity * clamp(0.9 + 0.35 * health, 0.15, 1.35);
  const engaged = clamp(habits.engagement + 0.24 * health, 0.03, 0.95);
  const adopted = clamp(habits.adoption + 0.23 * health, 0.08, 1);
  const used: number[] = [];
  for (let feature = 0; feature < FEATURES.length; feature += 1) {
    if (feature >= account.profile.featureCount && feature < CORE_FEATURES) continue;
    if (feature >= CORE_FEATURES && day < account.addOnFromDay) continue;
    if ((habits.featureThresholds[feature] as number) < adopted) used.push(feature);
  }

  const events: UsageEvent[] = [];
  const act = (userId: string) => {
    const first = Math.floor(random.between(6.5, 20) * 3600);
    const lateDays = late > 0 && random.chance(0.6) ? late : 0;
    const feature = used[Math.floor(random.uniform() ** 1.6 * used.length)] as number;
    events.push({ userId, feature: FEATURES[feature] as string, second: first, lateDays });
    if (!random.chance(0.25)) return;
    const next = used[random.integer(0, used.length - 1)] as number;
    if (next === feature) return;
    events.push({
      userId,
      feature: FEATURES[next] as string,
      second: first + random.integer(60, 5000),
      lateDays,
    });
  };
  const contacts = account.contacts.filter(({ fromDay, untilDay }) => fromDay <= day && day < untilDay);
  for (const { email, isSponsor, isChampion } of contacts) {
    const often = isSponsor ? 0.02 : isChampion ? 0.45 : 0.3;
    if (random.uniform() < often * engaged * work) act(email);
  }
  const others = Math.max(1, Math.min(seats, MOST_USERS) - contacts.length); // contacts take seats too
  for (let user = 0; user < others; user += 1) {
    const isEngaged = (habits.userThresholds[user] as number) < engaged;
    const active = isEngaged ? (habits.userActivity[user] as number) * work : 0.002 * work;
    if (random.uniform() < active) act(habits.userIds[user] as string);
  }
  return events;
}
