import { addDays, type Company } from './company.ts';

/** A seeded generator of numbers in [0, 1): mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * A company of accounts that have little in common but trouble: late rows, backdated versions, ties, empty cells, facts on
 * window edges, some sources silent. Days run from `start` for `days` days; each account has contracts over all of it.
 */
export function randomCompany(options: {
  seed: number;
  accounts: number;
  start: string;
  days: number;
}): Company {
  const { accounts, start, days } = options;
  const random = randomNumbers(options.seed);
  const chance = (probability: number) => random() < probability;
  // Of their own, so that what is drawn above stays what it is.
  const laterRandom = randomNumbers(options.seed + 7);
  const sometimes = (probability: number) => laterRandom() < probability;
  const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const day = (from = -200, to = days) => addDays(start, whole(from, to));
  const clock = () =>
    `${String(whole(0, 23)).padStart(2, '0')}:${pick(['00', '17', '59'])}:${pick(['00', '30'])}Z`;
  const instant = (on = day()) => `${on}T${clock()}`;
  const later = (from: string, most: number) => `${addDays(from.slice(0, 10), whole(0, most))}T23:59:59Z`;
  const many = <T>(most: number, make: (index: number) => T): T[] =>
    Array.from({ length: whole(0, most) }, (_, i) => make(i));

  const company: Company = {
    accounts: [],
    contracts: [],
    opportunities: [],
    rates: [],
    contacts: [],
    usage_events: [],
    licensed_features: [],
    meetings: [],
    emails: [],
    tickets: [],
    invoices: [],
    sentiments: [],
    surveys: [],
    engagements: [],
    outcomes: [],
    overrides: [],
  };
  for (let index = 0; index < accounts; index += 1) {
    const account_id = `acc-${String(index).padStart(3, '0')}`;
    const isDated = chance(0.7);
    for (let version = 0; version < 2; version += 1) {
      company.accounts.push({
        account_id,
        name: `Fictional ${index}`,
        created_at: null,
        is_acquired: chance(0.1),
        onboarded_at: chance(0.6) ? instant(addDays(start, whole(-420, -200))) : null,
        updated_at:
          isDated || version > 0
            ? `${addDays(start, version === 0 ? -410 : whole(-50, days))}T00:00:00Z`
            : null,
      });
      if (chance(0.5)) break;
    }
    for (const part of [0, 1].slice(0, whole(1, 2))) {
      company.contracts.push({
        contract_id: `${account_id}-c${part}`,
        account_id,
        term_start_date: addDays(start, -400),
        term_end_date: addDays(start, days + 400),
        arr: whole(0, 200_000),
        seats: chance(0.2) ? null : chance(0.1) ? 0 : whole(1, 12),
        ...(chance(0.95) ? { known_at: `${addDays(start, -401)}T08:00:00Z` } : {}),
      });
    }

    const contacts = many(3, (i) => `${account_id}-p${i}`);
    for (const contact_id of contacts) {
      const versions = whole(1, 2);
      for (let version = 0; version < versions; version += 1) {
        const at = `${day(-100)}T0${version}:00:00Z`;
        company.contacts.push({
          contact_id,
          account_id,
          email: chance(0.7) ? `${contact_id}@Fictional.example` : null,
          is_exec_sponsor: chance(0.7) ? true : chance(0.5) ? false : null,
          is_champion: chance(0.4) && versions > 1,
          has_consent: chance(0.1) ? false : chance(0.5) ? true : null,
          left_at: chance(0.25) ? instant() : null,
          updated_at: versions > 1 || chance(0.5) ? at : null,
        });
      }
    }

    // Nobody is a champion before a day: only the later of two versions may say so, when it is late enough.
    for (const contact_id of contacts) {
      const versions = company.contacts.filter((row) => row.contact_id === contact_id);
      const last =
        versions
          .map((row) => row.updated_at ?? '')
          .sort()
          .at(-1) ?? '';
      const isFirst = versions.length < 2 || versions.every((row) => row.updated_at === last);
      for (const row of versions) {
        if (isFirst || row.updated_at !== last || last < addDays(start, 40)) row.is_champion = false;
      }
    }

    const features = ['a', 'b', 'c', 'd'];
    for (const feature of features) {
      if (!chance(0.6)) continue;
      company.licensed_features.push({
        account_id,
        feature,
        valid_from: chance(0.6) ? day() : null,
        valid_to: chance(0.3) ? day(days - 60, days + 30) : null,
      });
      // An end that is learned later is another version; it changes nothing before the day on which it is known.
      const licence = company.licensed_features.at(-1)!;
      if (sometimes(0.3))
        licence.known_at = `${addDays(start, Math.floor(laterRandom() * days * 0.4))}T10:00:00Z`;
      if (sometimes(0.4)) {
        company.licensed_features.push({
          ...licence,
          // it ends after it began: else it is no row that counts
          valid_to: [
            addDays(start, Math.floor(laterRandom() * days)),
            addDays(licence.valid_from ?? start, 1),
          ]
            .sort()
            .at(-1)!,
          known_at: `${addDays(start, Math.floor((0.4 + laterRandom() * 0.6) * days))}T11:00:00Z`,
        });
      }
    }
    if (chance(0.85)) {
      const busy = random() * random();
      const userIds = [
        ...Array.from({ length: whole(1, 8) }, (_, i) => `${account_id}-u${i}`),
        ...contacts.filter(() => chance(0.3)),
        ...contacts.filter(() => chance(0.3)).map((id) => `${id}@fictional.EXAMPLE`.toLowerCase()),
      ];
      for (let offset = -120; offset <= days; offset += 1) {
        for (const user_id of userIds) {
          if (!chance(busy * 0.5)) continue;
          const event_at = instant(addDays(start, offset));
          company.usage_events.push({
            account_id,
            user_id,
            event_at,
            feature: chance(0.15) ? null : pick(features),
            event_count: chance(0.1) ? null : chance(0.1) ? 0 : whole(1, 9),
            known_at: chance(0.15) ? later(event_at, 12) : null,
          });
        }
      }
    }

    many(7, (i) => {
      const scheduled_at = instant();
      const base = {
        meeting_id: `${account_id}-m${i}`,
        account_id,
        type: pick(['qbr', 'qbr', 'sponsor', 'other'] as const),
        contact_ids: contacts.filter(() => chance(0.5)),
      };
      const status = () => pick(['attended', 'missed', 'recap', 'cancelled'] as const);
      company.meetings.push({
        ...base,
        scheduled_at,
        status: status(),
        updated_at: chance(0.5) ? scheduled_at : null,
      });
      if (chance(0.3)) {
        company.meetings.push({
          ...base,
          scheduled_at,
          status: status(),
          updated_at: later(scheduled_at, 40),
        });
      }
    });
    many(20, (i) => {
      const sent_at = instant();
      const replied = chance(0.5)
        ? new Date(Date.parse(sent_at) + whole(1, 120) * 3_600_000).toISOString()
        : null;
      company.emails.push({
        email_id: `${account_id}-e${i}`,
        account_id,
        contact_id: contacts.length > 0 && chance(0.7) ? pick(contacts) : null,
        sent_at,
        direction: pick(['out', 'out', 'out', 'in'] as const),
        replied_at: replied,
        known_at: chance(0.1) ? later(sent_at, 9) : null,
      });
      // Their source keeps no answers before a day.
      const mail = company.emails.at(-1)!;
      const answersFrom = addDays(start, 15);
      if (mail.direction === 'in' && sent_at < answersFrom) mail.direction = 'out';
      if (mail.replied_at !== null && mail.replied_at < answersFrom) mail.replied_at = null;
    });
    many(15, (i) => {
      const created_at = instant();
      const ticket = { ticket_id: `${account_id}-t${i}`, account_id, created_at };
      company.tickets.push({
        ...ticket,
        escalated_at: chance(0.2) ? later(created_at, 20) : null,
        csat: chance(0.2) ? whole(1, 5) : null,
        updated_at: created_at,
        merged_at: sometimes(0.15)
          ? `${addDays(created_at.slice(0, 10), Math.floor(laterRandom() * 40))}T22:00:00Z`
          : null,
      });
      if (chance(0.3)) {
        const at = later(created_at, 30);
        company.tickets.push({
          ...ticket,
          escalated_at: chance(0.5) ? later(created_at, 25) : null,
          csat: chance(0.6) ? whole(1, 5) : null,
          updated_at: at.replace('23:59:59', '23:59:58'),
        });
      }
    });
    many(9, (i) => {
      const due_date = day();
      const invoice = {
        invoice_id: `${account_id}-i${i}`,
        account_id,
        due_date,
        issued_at: chance(0.8) ? `${addDays(due_date, -whole(0, 30))}T09:00:00Z` : null,
      };
      const paid = `${addDays(due_date, whole(-10, 50))}T12:00:00Z`;
      company.invoices.push({
        ...invoice,
        paid_at: chance(0.7) ? paid : null,
        status: pick(['open', 'paid', 'paid', 'paid', 'void', 'uncollectible'] as const),
        is_auto_charged: sometimes(0.4) ? true : sometimes(0.5) ? false : null,
        first_failed_at: sometimes(0.4)
          ? `${addDays(due_date, Math.floor(laterRandom() * 40) - 5)}T06:00:00Z`
          : null,
      });
    });
    many(5, () => {
      const set_at = instant();
      const sentiment = { account_id, set_at, known_at: chance(0.2) ? later(set_at, 15) : null };
      company.sentiments.push({ ...sentiment, sentiment: pick(['green', 'yellow', 'red'] as const) });
    });
    many(5, (i) => {
      const answered_at = instant();
      const type = pick(['nps', 'csat'] as const);
      company.surveys.push({
        survey_id: `${account_id}-s${i}`,
        account_id,
        answered_at,
        type,
        score: type === 'nps' ? whole(0, 10) : whole(1, 5),
        known_at: chance(0.2) ? later(answered_at, 15) : null,
      });
    });
    many(3, (i) => {
      const set_at = `${day()}T1${i}:00:00Z`;
      company.overrides.push({
        account_id,
        direction: pick(['up', 'down', 'none'] as const),
        reason: 'a reason',
        author: 'someone',
        set_at,
        expires_at: chance(0.4) ? later(set_at, 60) : null,
      });
    });
  }
  addWhatWasAsked(company, options);
  addGoals(company, options);
  addSolutions(company, options);
  addColleagues(company, options);
  return company;
}

/** Draws of their own, so that what else is drawn stays what it is. */
function draws(seed: number) {
  const random = randomNumbers(seed);
  const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const pick = <T>(items: readonly T[]): T => items[whole(0, items.length - 1)] as T;
  return { chance: (probability: number) => random() < probability, whole, pick };
}

/** Webinars, betas and references of most accounts, of persons who consent or not; some changed or told late. */
function addWhatWasAsked(company: Company, options: { seed: number; start: string; days: number }): void {
  const { chance, whole, pick } = draws(options.seed + 11);
  const accounts = [...new Set(company.accounts.map((row) => row.account_id))];
  for (const account_id of accounts.filter(() => chance(0.8))) {
    const contacts = company.contacts.filter((row) => row.account_id === account_id);
    const status = () => pick(['attended', 'declined', 'silent', 'silent', null] as const);
    for (let index = whole(0, 5); index > 0; index -= 1) {
      const happened = addDays(options.start, whole(-150, options.days));
      const asked = {
        engagement_id: `${account_id}-g${index}`,
        account_id,
        contact_id: contacts.length > 0 && chance(0.7) ? pick(contacts).contact_id : null,
        type: pick(['webinar', 'beta', 'reference', 'community', 'other'] as const),
        happened_at: `${happened}T14:00:00Z`,
      };
      company.engagements.push({
        ...asked,
        status: status(),
        updated_at: chance(0.7) ? asked.happened_at : null,
        known_at: chance(0.2) ? `${addDays(happened, whole(0, 9))}T20:00:00Z` : null,
      });
      if (chance(0.3))
        company.engagements.push({
          ...asked,
          status: status(),
          updated_at: `${addDays(happened, whole(10, 40))}T20:00:00Z`,
        });
    }
  }
}

/** Goals of many accounts, measured up to three times: with and without a last day, a target, a value. */
function addGoals(company: Company, options: { seed: number; start: string; days: number }): void {
  const { chance, whole } = draws(options.seed + 12);
  const accounts = [...new Set(company.accounts.map((row) => row.account_id))];
  for (const account_id of accounts.filter(() => chance(0.7)))
    for (let index = whole(0, 4); index > 0; index -= 1) {
      const target = chance(0.1) ? null : whole(1, 20);
      const due_date = chance(0.3) ? null : addDays(options.start, whole(-400, options.days + 60));
      let measured = addDays(options.start, whole(-420, options.days));
      for (let count = whole(1, 3); count > 0; count -= 1) {
        company.outcomes.push({
          outcome_id: `${account_id}-o${index}`,
          account_id,
          goal: 'a goal',
          target,
          value: chance(0.1) ? null : whole(0, 24),
          due_date,
          measured_at: `${measured}T08:00:00Z`,
          known_at: chance(0.2) ? `${addDays(measured, whole(0, 20))}T08:00:00Z` : null,
        });
        measured = addDays(measured, whole(1, 120));
      }
    }
}

/** When tickets were solved, in the versions that there are; some are open again in one more version. */
function addSolutions(company: Company, options: { seed: number; start: string }): void {
  const { chance, whole } = draws(options.seed + 13);
  const later = (from: string, most: number) =>
    `${addDays(from.slice(0, 10), whole(0, most))}T${chance(0.5) ? '06' : '21'}:30:00Z`;
  const reopenedFrom = `${addDays(options.start, 25)}T00:00:00Z`;
  for (const versions of Map.groupBy(company.tickets, (row) => row.ticket_id).values()) {
    const [first, second] = versions;
    const last = second ?? first!;
    first!.solved_at = chance(0.5) ? later(first!.created_at, 6) : null;
    if (second) second.solved_at = chance(0.5) ? later(second.created_at, 30) : null;
    if (second && first!.solved_at && !second.solved_at && (second.updated_at ?? '') < reopenedFrom)
      second.solved_at = first!.solved_at;
    if (!last.solved_at || !chance(0.3)) continue;
    const updated_at = later([last.updated_at ?? '', last.solved_at, reopenedFrom].sort()[2]!, 30);
    company.tickets.push({ ...last, solved_at: chance(0.7) ? null : updated_at, updated_at });
  }
}

/** Of some accounts three more contacts, who come to many of the meetings. */
function addColleagues(company: Company, options: { seed: number }): void {
  const { chance } = draws(options.seed + 14);
  for (const account_id of new Set(company.accounts.map((row) => row.account_id))) {
    if (!chance(0.25)) continue;
    const ids = [1, 2, 3].map((each) => `${account_id}-q${each}`);
    for (const contact_id of ids)
      company.contacts.push({
        contact_id,
        account_id,
        email: null,
        is_exec_sponsor: null,
        has_consent: null,
        left_at: null,
        updated_at: null,
      });
    for (const meeting of company.meetings.filter((row) => row.account_id === account_id))
      if (chance(0.7)) meeting.contact_ids = [...meeting.contact_ids, ...ids];
  }
}

const cell = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join(';');
  return String(value);
};

/** A company as the folder of CSV files that the files source reads: file name → text. */
export function asCsvFiles(company: Partial<Company>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(company).flatMap(([name, rows]: [string, object[]]) => {
      if (rows.length === 0) return [];
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      const lines = rows.map((row) =>
        columns.map((column) => cell((row as Record<string, unknown>)[column])).join(','),
      );
      return [[`${name}.csv`, [columns.join(','), ...lines, ''].join('\n')]];
    }),
  );
}
