/** A day is the whole number of days since 1970; an instant is milliseconds since 1970, UTC. */
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const dayOf = (date: string) => Math.floor(Date.parse(`${date}T00:00:00Z`) / DAY);
export const isoDate = (day: number) => new Date(day * DAY).toISOString().slice(0, 10);
export const isoInstant = (instant: number) => new Date(instant).toISOString();
export const dayOfInstant = (instant: number) => Math.floor(instant / DAY);

/** An instant of a day, at an hour with a fraction; whole seconds, as the systems keep them. */
export const instantOf = (day: number, hour: number) => day * DAY + Math.floor(hour * 3600) * 1000;

/** The same day of a later month, or that month's last day. */
export function addMonths(day: number, months: number): number {
  const from = new Date(day * DAY);
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(from.getUTCDate(), lastDay)) / DAY;
}

/** 0 is Monday. */
export const weekday = (day: number) => (day + 3) % 7;
export const isWeekend = (day: number) => weekday(day) >= 5;
/** 1 is January. */
export const monthOf = (day: number) => new Date(day * DAY).getUTCMonth() + 1;

/** 20 December to 2 January: few people are at work. */
export function isHoliday(day: number): boolean {
  const date = new Date(day * DAY);
  const [month, dayOfMonth] = [date.getUTCMonth() + 1, date.getUTCDate()];
  return (month === 12 && dayOfMonth >= 20) || (month === 1 && dayOfMonth <= 2);
}
