import { addMonths, instantOf } from './calendar.ts';
import { History } from './history.ts';
import { salesforceId } from './ids.ts';
import { companyName, domainOf, mailAddress, personName } from './names.ts';
import { Random } from './random.ts';

/** Companies that sales talks to, as a share of the first customers. */
const SHARE = 0.2;
/** Their ids come after those of all customers that there can be. */
const FIRST_OWNER = 60_000;

export interface Prospect {
  readonly id: string;
  readonly name: string;
  readonly website: string;
  readonly industry: string;
  /** The account executive who works on it, and from when the CRM has it; it changes no more. */
  readonly record: History<{ readonly ownerId: string }>;
  readonly contact: History<{ readonly name: string; readonly email: string }>;
}

/** Companies in the CRM that have bought nothing: what the CRM has of them counts nowhere. */
export function prospectsOf(
  seed: number,
  firstCount: number,
  firstDay: number,
  endDay: number,
  ownerIds: readonly string[],
): Prospect[] {
  const prospects = Array.from({ length: Math.ceil(firstCount * SHARE) }, (_, number) => {
    const random = new Random(seed, 'prospect', number);
    const name = `${companyName(number * 7 + 3)} Group`;
    const at = instantOf(addMonths(firstDay, random.integer(0, 36)) + random.integer(0, 27), 10);
    const person = personName(seed * 11 + number * 5 + 2);
    return {
      id: salesforceId('Account', FIRST_OWNER + number, 0),
      name,
      website: `https://${domainOf(name)}`,
      industry: random.pick(['Manufacturing', 'Retail', 'Logistics', 'Media']),
      record: new History(salesforceId('Account', FIRST_OWNER + number, 0), at, {
        ownerId: random.pick(ownerIds),
      }),
      contact: new History(salesforceId('Contact', FIRST_OWNER + number, 0), at, {
        name: person,
        email: mailAddress(person, domainOf(name)),
      }),
    };
  });
  return prospects.filter(({ record }) => record.createdAt < instantOf(endDay + 1, 0));
}
