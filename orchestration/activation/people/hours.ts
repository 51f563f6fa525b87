import { sql } from 'kysely';
import type { IsoDate, IsoInstant, Warehouse } from '../../../warehouse/index.ts';

/** The hours of the day in which nobody is told anything, by the recipient's clock: from 19:00 until before 08:00. */
export interface QuietHours {
  readonly from: string;
  readonly to: string;
}

/** Whose clock a person lives by, who is named by id or address. */
export interface Person {
  readonly person: string;
  readonly time_zone: string;
}

/** Whether a day is one on which people work: from Monday to Friday, and no holiday. */
export const isWorkday = (day: string, holidays: ReadonlySet<string> = new Set()): boolean =>
  ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay()) && !holidays.has(day);

/**
 * The day and time of an instant by the clock of a time zone.
 *
 * @example localTime('2026-06-30T02:30:00Z', 'America/New_York') // { day: '2026-06-29', time: '22:30' }
 */
export function localTime(instant: IsoInstant, timeZone: string): { day: string; time: string } {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat('en-CA', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'short',
      hourCycle: 'h23',
    })
      .formatToParts(new Date(instant))
      .map(({ type, value }) => [type, value.padStart(2, '0')]),
  );
  return { day: `${parts.year}-${parts.month}-${parts.day}`, time: `${parts.hour}:${parts.minute}` };
}

/** Whether a time of day lies in quiet hours, which may go over midnight; none when both ends are the same. */
export const isWithin = (time: string, { from, to }: QuietHours): boolean =>
  from <= to ? time >= from && time < to : time >= from || time < to;

export interface Hours {
  readonly quiet: QuietHours | undefined;
  /** Of who is not named among the people. */
  readonly timeZone: string;
  readonly people: readonly Person[];
  readonly holidays: ReadonlySet<string>;
}

/** Whether somebody is left alone now: in their quiet hours, and then also on days on which nobody works. */
export function isQuiet(
  to: { readonly id: string; readonly email: string | null },
  now: IsoInstant,
  { quiet, timeZone, people, holidays }: Hours,
): boolean {
  if (quiet === undefined) return false;
  const zone = people.find(({ person }) => person === to.id || person === to.email)?.time_zone ?? timeZone;
  const { day, time } = localTime(now, zone);
  return isWithin(time, quiet) || !isWorkday(day, holidays);
}

/** The days of `rules/holidays.csv` on which nobody works; none before the line was built. */
export async function readHolidays(warehouse: Warehouse): Promise<Set<string>> {
  if ((await warehouse.tableColumns('intermediate', 'holidays')) === undefined) return new Set();
  const { rows } = await sql<{ holiday_date: IsoDate }>`select holiday_date from
    ${sql.table('intermediate.holidays')}`.execute(warehouse.db);
  return new Set(rows.map((row) => row.holiday_date));
}
