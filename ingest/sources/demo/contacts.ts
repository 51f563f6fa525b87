import { instantOf } from './calendar.ts';
import type { ContactRecord } from './facts.ts';
import { History } from './history.ts';
import { salesforceId } from './ids.ts';
import type { Contact, Life } from './life.ts';
import { mailAddress, personName } from './names.ts';
import { Random } from './random.ts';

type Role = 'champion' | 'sponsor' | 'user';
const TITLES: Readonly<Record<Role, readonly string[]>> = {
  champion: ['Operations Lead', 'Head of Analytics', 'Programme Manager'],
  sponsor: ['Chief Operating Officer', 'VP Operations', 'Chief Financial Officer'],
  user: ['Analyst', 'Coordinator', 'Team Lead'],
};

/** Champion, sponsor and others; who leaves is followed by somebody new, later or not at all. */
export function contactsOf(
  seed: number,
  life: Life,
  createdAt: number,
): { readonly records: History<ContactRecord>[]; readonly step: () => void } {
  const { profile } = life;
  const random = new Random(seed, 'contacts', profile.index);
  const records: History<ContactRecord>[] = [];
  const contacts: Contact[] = [];
  const successions: { readonly day: number; readonly role: Role }[] = [];

  const hire = (role: Role, day: number, at: number) => {
    const number = contacts.length;
    const name = personName(profile.index * 37 + number * 5 + 3);
    const contact: Contact = {
      id: salesforceId('Contact', profile.index, number),
      email: mailAddress(name, profile.domain),
      fromDay: day,
      untilDay: Number.POSITIVE_INFINITY,
      isSponsor: role === 'sponsor',
      isChampion: role === 'champion',
    };
    const record = new History<ContactRecord>(contact.id, at, {
      name,
      email: contact.email,
      title: random.pick(TITLES[role]),
      isSponsor: contact.isSponsor,
      isChampion: contact.isChampion,
      hasConsent: !random.chance(0.03),
      leftAt: null,
    });
    contacts.push(contact);
    records.push(record);
    if (role === 'champion') life.champion = contact;
    if (role === 'sponsor') life.sponsor = contact;
  };

  const leave = (contact: Contact | undefined, role: Role, likelySuccession: number) => {
    if (contact === undefined) return;
    contact.untilDay = life.day;
    if (role === 'champion') life.champion = undefined;
    if (role === 'sponsor') life.sponsor = undefined;
    const leftAt = instantOf(life.day, random.between(8, 17));
    const noticedAt = random.chance(0.4) ? leftAt + 60_000 : instantOf(life.day + random.integer(1, 25), 10);
    records.find(({ id }) => id === contact.id)?.change(noticedAt, { leftAt });
    if (random.chance(likelySuccession)) successions.push({ day: life.day + random.integer(25, 130), role });
  };

  hire('champion', life.day, createdAt);
  if (profile.hasSponsor) hire('sponsor', life.day, createdAt);
  for (let others = random.integer(1, 3); others > 0; others -= 1) hire('user', life.day, createdAt);
  life.contacts = contacts;

  const step = () => {
    if (life.doesChampionLeaveToday) leave(life.champion, 'champion', 0.85);
    if (life.doesSponsorLeaveToday) leave(life.sponsor, 'sponsor', 0.7);
    for (const { day, role } of successions)
      if (day === life.day) hire(role, day, instantOf(day, random.between(8, 17)));
  };
  return { records, step };
}
