import { type Company, dayOf } from './company.ts';

type AnyRow = Record<string, unknown> & { known_at?: string | null; updated_at?: string | null };

/** The first instant of a row, for those that are facts; an attribute has none. */
const firstInstant = (table: string, row: AnyRow): string | undefined =>
  ({
    usage_events: row.event_at,
    meetings: row.scheduled_at,
    emails: row.sent_at,
    tickets: row.created_at,
    invoices: row.issued_at ?? row.due_date,
    sentiments: row.set_at,
    surveys: row.answered_at,
    engagements: row.happened_at,
    outcomes: row.measured_at,
    overrides: row.set_at,
  })[table] as string | undefined;

/**
 * What the sources would have held at the end of a day: no row that was known later, and no instant that was still to
 * come. Rows without any date were there.
 */
export function asKnownOn(company: Company, day: string): Company {
  const known = rowsKnownOn(company, day);
  const accounts = new Set(known.accounts.map((row) => row.account_id));
  return { ...known, contracts: known.contracts.filter((row) => accounts.has(row.account_id)) };
}

function rowsKnownOn(company: Company, day: string): Company {
  const seen = new Set<unknown>();
  return Object.fromEntries(
    Object.entries(company).map(([table, rows]) => [
      table,
      (rows as AnyRow[])
        .filter((row) => {
          // An account is on record from its creation on, in whichever version.
          if (table === 'accounts') {
            const isFirst = !seen.has(row.account_id);
            seen.add(row.account_id);
            if (isFirst) return row.created_at === null || dayOf(String(row.created_at)) <= day;
          }
          const known = row.known_at ?? row.updated_at ?? firstInstant(table, row);
          return known === undefined || known === null || dayOf(known) <= day;
        })
        .map((row) =>
          Object.fromEntries(
            Object.entries(row).map(([column, value]) => [
              column,
              column.endsWith('_at') &&
              column !== 'expires_at' &&
              typeof value === 'string' &&
              dayOf(value) > day
                ? null
                : value,
            ]),
          ),
        ),
    ]),
  ) as unknown as Company;
}
