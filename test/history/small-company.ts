import { addDays } from '../oracle/company.ts';
import { randomNumbers } from '../oracle/random-company.ts';

/** The first day of history, the day on which it is first built, and the one on which it is built again. */
export const START = '2026-05-01';
export const FIRST = '2026-06-14';
export const SECOND = '2026-06-15';

type Row = Readonly<Record<string, string | number | null>>;

/**
 * The files of a small company as they are at the end of a day, each as its header and lines: everything has an id, no two
 * rows tie, and what a later day brings is of that day, so that whole files leave each published day as it was.
 */
export function filesOn(day: string, accounts = 6): Readonly<Record<string, readonly string[]>> {
  const random = randomNumbers(11);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const tables: Record<string, Row[]> = {
    accounts: [], contracts: [], users: [], contacts: [], usage_events: [], licensed_features: [],
    meetings: [], emails: [], tickets: [], invoices: [], sentiments: [],
  }; // biome-ignore format: a list reads as one
  const put = (table: string, on: string, row: Row) => {
    if (on <= day) tables[table]?.push(row);
  };
  for (const number of [1, 2])
    put('users', START, { user_id: `u${number}`, email: `u${number}@tenure.example` });
  for (let index = 0; index < accounts; index += 1) {
    const account_id = `a${index}`;
    const contact_id = `${account_id}-p`;
    put('accounts', START, {
      account_id,
      name: `Fictional ${index}`,
      owner_id: `u${1 + (index % 2)}`,
      created_at: `${addDays(START, -90 + index)}T00:00:00Z`,
      onboarded_at: `${addDays(START, -60)}T00:00:00Z`,
    });
    put('contracts', START, {
      contract_id: `${account_id}-c`,
      account_id,
      term_start_date: addDays(START, -80 - index),
      term_end_date: addDays(START, 280 - index),
      arr: 10_000 * (index + 1),
      seats: 3 + index,
    });
    put('contacts', START, {
      contact_id,
      account_id,
      email: `${contact_id}@tenure.example`,
      is_exec_sponsor: 'true',
    });
    for (const feature of ['reports', 'search'])
      put('licensed_features', START, { account_id, feature, valid_from: addDays(START, -80) });
    const busy = random();
    for (let at = -60; at <= 60; at += 1) {
      const on = addDays(START, at);
      for (const user of ['x', 'y', 'z'])
        if (random() < busy)
          put('usage_events', on, {
            account_id,
            user_id: `${account_id}-${user}`,
            event_at: `${on}T09:00:00Z`,
            feature: pick(['reports', 'search', 'export']),
            event_count: 1 + Math.floor(random() * 5),
          });
      const instant = `${on}T10:00:00Z`;
      if (random() < 0.06)
        put('tickets', on, {
          ticket_id: `${account_id}-t${at}`,
          account_id,
          created_at: instant,
          priority: 'high',
        });
      if (random() < 0.05)
        put('emails', on, {
          email_id: `${account_id}-e${at}`,
          account_id,
          contact_id,
          sent_at: instant,
          direction: 'out',
          replied_at: `${on}T1${Math.floor(random() * 9)}:30:00Z`,
        });
      if (random() < 0.03)
        put('meetings', on, {
          meeting_id: `${account_id}-m${at}`,
          account_id,
          type: pick(['qbr', 'sponsor']),
          scheduled_at: instant,
          status: pick(['attended', 'missed']),
          contact_ids: contact_id,
        });
      if (random() < 0.03)
        put('invoices', on, {
          invoice_id: `${account_id}-i${at}`,
          account_id,
          due_date: on,
          issued_at: instant,
          paid_at: `${on}T18:00:00Z`,
          amount: 100,
          status: 'paid',
        });
      if (random() < 0.04)
        put('sentiments', on, { account_id, sentiment: pick(['green', 'yellow', 'red']), set_at: instant });
    }
  }
  return Object.fromEntries(
    Object.entries(tables).map(([name, rows]) => {
      const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
      return [
        `${name}.csv`,
        [columns.join(','), ...rows.map((row) => columns.map((column) => row[column] ?? '').join(','))],
      ];
    }),
  );
}
