import { instantOf } from './calendar.ts';
import { History } from './history.ts';
import { salesforceId } from './ids.ts';
import { mailAddress, personName } from './names.ts';
import { Random } from './random.ts';

/** The simulated company sells software; these are its own people. */
const COMPANY_DOMAIN = 'lanternworks.example';

export interface UserRecord {
  readonly name: string;
  readonly email: string;
  readonly title: string;
  readonly role: 'csm' | 'csm_manager' | 'vp_cs' | 'ae';
  readonly managerId: string | null;
  readonly isActive: boolean;
}

/** Who owns an account, from an instant on. */
export interface Ownership {
  readonly at: number;
  readonly fromDay: number;
  readonly ownerId: string | null;
}

export interface Team {
  readonly users: readonly History<UserRecord>[];
  readonly aeIds: readonly string[];
  /** The owners of an account, first to last. */
  readonly ownersOf: (account: number, createdDay: number) => Ownership[];
  /** The owner on a day, when there is one who still works here. */
  readonly activeOwner: (owners: readonly Ownership[], day: number) => string | null;
}

/** Shares of accounts that nobody took over when a CSM left, and that never had an owner (account 11 is one always). */
const FORGOTTEN_SHARE = 0.15;
const OWNERLESS_SHARE = 0.01;
const DAYS_UNTIL_A_CSM_LEAVES = 420;

/** A VP, two managers, the CSMs, one more CSM who leaves after 14 months, and three account executives. */
export function teamOf(seed: number, csms: number, startDay: number): Team {
  const users: History<UserRecord>[] = [];
  const add = (role: UserRecord['role'], title: string, managerId: string | null) => {
    const number = users.length;
    const name = personName(seed * 7 + number * 3 + 11);
    const email = mailAddress(name, COMPANY_DOMAIN);
    const record = { name, email, title, role, managerId, isActive: true };
    const user = new History<UserRecord>(
      salesforceId('User', 0, number),
      instantOf(startDay - 900, 9),
      record,
    );
    users.push(user);
    return user.id;
  };
  const vpId = add('vp_cs', 'VP Customer Success', null);
  const managerIds = [0, 1].map(() => add('csm_manager', 'Customer Success Manager Lead', vpId));
  const addCsm = (number: number) => add('csm', 'Customer Success Manager', managerIds[number % 2] as string);
  const csmIds = Array.from({ length: csms }, (_, number) => addCsm(number));
  const leaverId = addCsm(csms);
  const aeIds = [0, 1, 2].map(() => add('ae', 'Account Executive', null));
  const leavingDay = startDay + DAYS_UNTIL_A_CSM_LEAVES;
  users.find(({ id }) => id === leaverId)?.change(instantOf(leavingDay, 17), { isActive: false });

  const ownersOf = (account: number, createdDay: number): Ownership[] => {
    const random = new Random(seed, 'owner', account);
    const since = { at: instantOf(createdDay, 0), fromDay: createdDay };
    const isOwnerless = random.chance(OWNERLESS_SHARE) || account === 11;
    const isLeaversBook = random.chance(1 / (csms + 1));
    const ownerId = csmIds[account % csms] as string;
    const takeoverDay = leavingDay + random.integer(4, 30);
    const isForgotten = random.chance(FORGOTTEN_SHARE);
    if (isOwnerless) return [{ ...since, ownerId: null }];
    if (!isLeaversBook || createdDay >= leavingDay) return [{ ...since, ownerId }];
    const first = { ...since, ownerId: leaverId };
    if (isForgotten) return [first];
    return [first, { at: instantOf(takeoverDay, 11), fromDay: takeoverDay, ownerId }];
  };
  const activeOwner = (owners: readonly Ownership[], day: number) => {
    const ownerId = owners.findLast(({ fromDay }) => fromDay <= day)?.ownerId ?? null;
    return ownerId === leaverId && day >= leavingDay ? null : ownerId;
  };
  return { users, aeIds, ownersOf, activeOwner };
}
