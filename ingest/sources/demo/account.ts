import { billingOf } from './billing.ts';
import { addMonths, instantOf } from './calendar.ts';
import { contactsOf } from './contacts.ts';
import { dealsOf } from './contracts.ts';
import { engagementOf } from './engagement.ts';
import type { AccountRecord, Facts } from './facts.ts';
import { healthOf } from './health.ts';
import { History } from './history.ts';
import { salesforceId } from './ids.ts';
import type { Contact, Life } from './life.ts';
import { type Profile, profileOf } from './profile.ts';
import { Random } from './random.ts';
import { supportOf } from './support.ts';
import type { Team } from './team.ts';

/** An account's whole history up to the last day. */
export interface Account {
  readonly id: string;
  readonly profile: Profile;
  readonly parentId: string | null;
  readonly facts: Facts;
  /** The first simulated day; the arrays below count from it. */
  readonly firstDay: number;
  readonly health: readonly number[];
  /** 0 on days on which it is no customer. */
  readonly seats: readonly number[];
  /** In its own currency; a renewal that is late counts. */
  readonly arr: readonly number[];
  readonly contacts: readonly Contact[];
  /** The first day on which it has the add-on's features. */
  readonly addOnFromDay: number;
  /** Days on which the account was lost. */
  readonly churnDays: readonly number[];
}

export interface Birth {
  readonly index: number;
  /** The first simulated day: that of the books, or the day before the first contract of a new account. */
  readonly firstDay: number;
  /** A customer from before the books begin. */
  readonly isOld: boolean;
  readonly parentId: string | null;
}

export function simulateAccount(seed: number, birth: Birth, team: Team, endDay: number): Account {
  const { index, firstDay, isOld, parentId } = birth;
  const random = new Random(seed, 'account', index);
  const profile = profileOf(seed, index);
  // Old customers are somewhere in their term; new ones sign within weeks.
  const firstTermDay = isOld ? firstDay - random.integer(0, 364) : firstDay + random.integer(3, 30);
  const createdDay = (isOld ? firstTermDay - 30 : firstDay) - random.integer(10, 80);
  const createdAt = instantOf(createdDay, random.between(8, 17));
  const owners = team.ownersOf(index, createdDay);
  const healthByDay: number[] = [];
  const seats: number[] = [];
  const arr: number[] = [];
  const life: Life = {
    profile,
    day: firstDay,
    health: 0,
    healthByDay,
    hasTroubleToday: false,
    doesChampionLeaveToday: false,
    doesSponsorLeaveToday: false,
    troubleUntilDay: 0,
    budgetCutUntilDay: 0,
    isAcquired: false,
    isCustomer: false,
    isLeaving: false,
    seats: 0,
    arr: 0,
    ownerId: null,
    champion: undefined,
    sponsor: undefined,
    contacts: [],
  };

  const id = salesforceId('Account', index, 0);
  const account = new History<AccountRecord>(id, createdAt, {
    ownerId: owners[0]?.ownerId ?? null,
    onboardedAt: null,
    isAcquired: false,
    sentiment: null,
    sentimentAt: null,
    sentimentBy: null,
    sentimentNote: null,
  });
  for (const { at, ownerId } of owners.slice(1)) account.change(at, { ownerId });
  const onboardedAt = instantOf(firstTermDay + random.integer(15, 100), 12);
  if (!random.chance(0.06)) account.change(onboardedAt + 60_000, { onboardedAt });
  // One account of the first customers is bought in the middle of the history, whatever chance has for the others.
  const acquiredDay = index === 9 ? addMonths(firstDay, 20) : Number.POSITIVE_INFINITY;

  const health = healthOf(seed, life);
  const contacts = contactsOf(seed, life, createdAt);
  const deals = dealsOf(seed, life, firstTermDay, team.aeIds);
  const engagement = engagementOf(seed, life, account);
  const support = supportOf(seed, life);
  const billing = billingOf(seed, life, deals.terms);
  for (; life.day <= endDay; life.day += 1) {
    life.ownerId = team.activeOwner(owners, life.day);
    const wasAcquired = life.isAcquired;
    if (life.day === acquiredDay) life.isAcquired = true;
    health();
    if (life.isAcquired && !wasAcquired) account.change(instantOf(life.day, 16), { isAcquired: true });
    contacts.step();
    deals.step();
    engagement.step();
    support.step();
    billing.step();
    seats.push(life.seats);
    arr.push(life.arr);
  }

  return {
    id,
    profile,
    parentId,
    facts: {
      account,
      contacts: contacts.records,
      contracts: deals.contracts,
      opportunities: deals.opportunities,
      features: deals.features,
      meetings: engagement.meetings,
      mails: engagement.mails,
      surveys: engagement.surveys,
      overrides: engagement.overrides,
      notes: engagement.notes,
      tickets: support.records,
      invoices: billing.records,
    },
    firstDay,
    health: healthByDay,
    seats,
    arr,
    contacts: life.contacts,
    addOnFromDay: deals.addOnFromDay(),
    churnDays: deals.churnDays,
  };
}
