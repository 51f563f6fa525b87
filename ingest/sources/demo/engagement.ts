import { HOUR, instantOf, isHoliday, isWeekend } from './calendar.ts';
import type {
  AccountRecord,
  Colour,
  MailRecord,
  MeetingRecord,
  NoteRecord,
  OverrideRecord,
  SurveyRecord,
} from './facts.ts';
import { History } from './history.ts';
import { salesforceId } from './ids.ts';
import { type Contact, type Life, pastHealth } from './life.ts';
import { clamp, logistic, Random } from './random.ts';

const NOTES: Readonly<Record<Colour, readonly string[]>> = {
  green: ['Good call, asked about the roadmap', 'Rolling out to a second team', 'Happy with support'],
  yellow: ['Slower than planned', 'New lead still finding their feet', 'Open questions about value'],
  red: ['Talks about alternatives', 'No answer for weeks', 'Unhappy with the last incident'],
};

/** What a CSM writes down at greater length, by what they note beside the sentiment. */
const WRITTEN: Readonly<Record<string, string>> = {
  'Good call, asked about the roadmap':
    'Half an hour with the project lead. They asked when the next release comes and what it means for their own planning. I promised the dates by the end of the week.',
  'Rolling out to a second team':
    'The second team starts next month; they want a training for twelve people.',
  'Happy with support':
    'Praised how the last two requests were handled. Would talk to other customers about it.',
  'Slower than planned':
    'The rollout is behind: two integrations are still open on their side, and nobody there is named for them. Agreed to look at it together in two weeks. If it slips again, I will ask the sponsor.',
  'New lead still finding their feet':
    'First talk with the new lead, who knows the product little. Sent the recording of the introduction.',
  'Open questions about value':
    'They cannot yet say what it brings. Next step: count the hours saved in one team, with numbers they trust, before the review.',
  'Talks about alternatives':
    'Mentioned that another vendor was there. Price is not the point, as I understood it: they miss reports for their own management. Told the account executive on the same day.',
  'No answer for weeks': 'Three mails and two calls without an answer. Will try the sponsor next.',
  'Unhappy with the last incident':
    'The outage hit them at the end of a quarter. They expect a written account of what was done since, and somebody to explain it.',
};

/** What the CSM sees and does: meetings, mail, surveys, sentiment, overrides, notes. */
export function engagementOf(seed: number, life: Life, account: History<AccountRecord>) {
  const meetings = meetingsOf(seed, life);
  const mails = mailsOf(seed, life);
  const surveys = surveysOf(seed, life);
  const judgement = judgementOf(seed, life, account);
  return {
    meetings: meetings.records,
    mails: mails.records,
    surveys: surveys.records,
    overrides: judgement.records,
    notes: judgement.notes,
    step: () => {
      meetings.step();
      mails.step();
      surveys.step();
      judgement.step();
    },
  };
}

function meetingsOf(seed: number, life: Life) {
  const { profile } = life;
  const random = new Random(seed, 'meetings', profile.index);
  const records: History<MeetingRecord>[] = [];
  const isSmall = profile.segment === 'smb';
  const kinds = [
    { type: 'qbr', everyDays: isSmall ? 120 : 90, isHeld: profile.hasQbrs, ease: 0.4 },
    { type: 'sponsor', everyDays: isSmall ? 240 : 110, isHeld: profile.hasSponsor, ease: 0.2 },
    { type: 'other', everyDays: isSmall ? 50 : 32, isHeld: true, ease: 1.7 },
  ] as const;
  const next = kinds.map(({ everyDays }) => life.day + random.integer(3, everyDays));

  const attendees = (type: MeetingRecord['type']): string[] => {
    const comes = (contact: Contact | undefined, probability: number) =>
      random.chance(probability) && contact !== undefined ? [contact.id] : [];
    const sponsorComes =
      type === 'sponsor' ? 0.95 : type === 'qbr' ? logistic(-0.4 + 1.1 * life.health) : 0.05;
    const present = [...comes(life.champion, 0.85), ...comes(life.sponsor, sponsorComes)];
    if (type === 'sponsor') return present;
    const others = life.contacts.filter(
      ({ isSponsor, isChampion, untilDay }) => !isSponsor && !isChampion && untilDay > life.day,
    );
    return [...present, ...others.flatMap((contact) => comes(contact, 0.4))];
  };

  const hold = ({ type, ease }: (typeof kinds)[number]): MeetingRecord['status'] => {
    const startsAt = instantOf(life.day, random.integer(14, 31) / 2);
    const ways = random.uniform();
    const status = random.chance(logistic(ease + 1.3 * life.health))
      ? 'attended'
      : ways < 0.2
        ? 'recap'
        : ways < 0.92
          ? 'missed'
          : 'cancelled';
    const loggedAt = startsAt + Math.round(random.between(1, 30) * 3600) * 1000;
    const meeting = new History<MeetingRecord>(
      salesforceId('Event', profile.index, records.length),
      loggedAt,
      { type, startsAt, status, contactIds: status === 'attended' ? attendees(type) : [] },
    );
    if (status === 'missed' && random.chance(0.15))
      meeting.change(loggedAt + random.integer(1, 4) * 24 * HOUR, { status: 'recap' });
    records.push(meeting);
    return status;
  };

  const step = () => {
    kinds.forEach((kind, index) => {
      if (life.day < (next[index] as number) || isWeekend(life.day) || isHoliday(life.day)) return;
      const isMet = life.isCustomer && kind.isHeld;
      const again = isMet && hold(kind) === 'missed' && random.chance(0.7);
      next[index] = life.day + (again ? random.integer(20, 45) : kind.everyDays + random.integer(-10, 10));
    });
  };
  return { records, step };
}

function mailsOf(seed: number, life: Life) {
  const { profile } = life;
  const random = new Random(seed, 'mails', profile.index);
  const records: History<MailRecord>[] = [];

  const write = (isIncoming: boolean) => {
    const others = life.contacts.filter(({ untilDay }) => untilDay > life.day);
    const who = random.uniform();
    const chosen = who < 0.5 ? life.champion : who < 0.65 ? life.sponsor : undefined;
    const any = random.pick(others.length > 0 ? others : life.contacts);
    // A mail to somebody who has left unnoticed finds nobody.
    const contact = chosen ?? (isIncoming && others.length === 0 ? undefined : any);
    const sentAt = instantOf(life.day, random.between(7.5, 18));
    const mood = life.health + random.normal(0, 0.4);
    const replies = random.chance(logistic(0.6 + 0.9 * mood)) && !isIncoming;
    const hours = random.logNormal(25 * Math.exp(-0.7 * mood), 0.7);
    if (contact === undefined) return;
    const mail = new History<MailRecord>(
      salesforceId('EmailMessage', profile.index, records.length),
      sentAt + 30_000,
      {
        contactId: contact.id,
        contactEmail: contact.email,
        ownerId: life.ownerId,
        sentAt,
        isIncoming,
        repliedAt: null,
      },
    );
    const repliedAt = sentAt + Math.max(60, Math.round(hours * 3600)) * 1000;
    if (replies && contact.untilDay > life.day) mail.change(repliedAt + 5_000, { repliedAt });
    records.push(mail);
  };

  const step = () => {
    if (isWeekend(life.day)) return;
    const sent = random.poisson((isHoliday(life.day) ? 1 : 3.2) / 21);
    const received = random.poisson((0.5 * Math.exp(0.3 * life.health)) / 21);
    if (!life.isCustomer) return;
    for (let count = 0; count < sent; count += 1) write(false);
    for (let count = 0; count < received; count += 1) write(true);
  };
  return { records, step };
}

function surveysOf(seed: number, life: Life) {
  const { profile } = life;
  const random = new Random(seed, 'surveys', profile.index);
  const records: History<SurveyRecord>[] = [];
  let nextDay = life.day + random.integer(1, 120);
  const step = () => {
    if (life.day < nextDay) return;
    nextDay = life.day + random.integer(100, 140);
    const type = random.chance(0.7) ? 'nps' : 'csat';
    const feeling = life.health + random.normal(0, 0.7);
    const answers = random.chance(logistic(-0.2 + 0.4 * life.health));
    const hour = random.between(8, 18);
    if (!answers || !life.isCustomer) return;
    const score =
      type === 'nps'
        ? clamp(Math.round(7.4 + 1.7 * feeling), 0, 10)
        : clamp(Math.round(3.8 + 0.8 * feeling), 1, 5);
    records.push(
      new History<SurveyRecord>(
        salesforceId('Survey_Response__c', profile.index, records.length),
        instantOf(life.day, hour),
        { type, score },
      ),
    );
  };
  return { records, step };
}

/** The CSM's view: noisy, and of some weeks ago. */
function judgementOf(seed: number, life: Life, account: History<AccountRecord>) {
  const { profile } = life;
  const random = new Random(seed, 'judgement', profile.index);
  const records: History<OverrideRecord>[] = [];
  const notes: History<NoteRecord>[] = [];
  const everyDays = random.integer(25, 65);
  const optimism = random.normal(0.1, 0.2);
  let nextDay = life.day + random.integer(1, everyDays);

  const override = (
    direction: OverrideRecord['direction'],
    reason: string,
    day: number,
    expiresAt: number | null,
  ) => {
    if (life.ownerId === null) return;
    records.push(
      new History<OverrideRecord>(
        salesforceId('Health_Override__c', profile.index, records.length),
        instantOf(day, 15),
        { direction, reason, authorId: life.ownerId, expiresAt },
      ),
    );
  };

  const step = () => {
    if (life.day < nextDay || isWeekend(life.day)) return;
    nextDay = life.day + everyDays + random.integer(-8, 8);
    const seen = pastHealth(life, 10, 15) + random.normal(optimism, 0.5);
    const sentiment = seen > 0.5 ? 'green' : seen > -0.5 ? 'yellow' : 'red';
    const at = instantOf(life.day, random.between(9, 17));
    const note = random.chance(0.5) ? random.pick(NOTES[sentiment]) : null;
    const overrides = random.uniform();
    const hasEnd = random.chance(0.3);
    if (!life.isCustomer || life.ownerId === null) return;
    if (note !== null)
      notes.push(
        new History<NoteRecord>(salesforceId('Note', profile.index, notes.length), at + HOUR, {
          title: note,
          body: WRITTEN[note] ?? note,
          ownerId: life.ownerId,
        }),
      );
    if (profile.isSentimentSet)
      account.change(at, { sentiment, sentimentAt: at, sentimentBy: life.ownerId, sentimentNote: note });
    if (overrides < 0.015) {
      const expiresAt = hasEnd ? instantOf(life.day + 60, 15) : null;
      if (seen > life.health)
        override('up', 'Usage is low because of a planned migration', life.day, expiresAt);
      else override('down', 'The sponsor told us about a cost review', life.day, expiresAt);
    } else if (overrides < 0.019 && records.length > 0) {
      override('none', 'The reason is gone', life.day, null);
    }
  };
  return { records, notes, step };
}
