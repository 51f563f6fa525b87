import type { IsoDate } from '../warehouse/index.ts';

const DAY = 86_400_000;

const toDate = (days: number): IsoDate => new Date(days * DAY).toISOString().slice(0, 10);
const toDays = (date: IsoDate): number => Date.parse(`${date}T00:00:00Z`) / DAY;

/** @example addDays('2024-02-28', 2) // '2024-03-01' */
export const addDays = (date: IsoDate, days: number): IsoDate => toDate(toDays(date) + days);

/**
 * Days from one day to another, negative when `to` is earlier.
 * @example daysBetween('2024-02-28', '2024-03-01') // 2
 */
export const daysBetween = (from: IsoDate, to: IsoDate): number => toDays(to) - toDays(from);

/** @example laterOf('2024-02-28', '2024-03-01') // '2024-03-01' */
export const laterOf = (one: IsoDate, other: IsoDate): IsoDate => (one > other ? one : other);

/** @example monthStart('2024-02-28') // '2024-02-01' */
export const monthStart = (date: IsoDate): IsoDate => `${date.slice(0, 7)}-01`;

/**
 * The first day of the month that is `months` later.
 * @example monthStartAfter('2024-11-30', 2) // '2025-01-01'
 */
export const monthStartAfter = (date: IsoDate, months: number): IsoDate => {
  const month = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + months;
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}-01`;
};

/**
 * All month ends within [from, to].
 * @example monthEnds('2024-01-31', '2024-03-30') // ['2024-01-31', '2024-02-29']
 */
export function monthEnds(from: IsoDate, to: IsoDate): IsoDate[] {
  const ends: IsoDate[] = [];
  for (let end = addDays(monthStartAfter(from, 1), -1); end <= to; ) {
    ends.push(end);
    end = addDays(monthStartAfter(end, 2), -1);
  }
  return ends;
}

/** A calendar quarter; both days included. */
export interface Quarter {
  /** `2025-Q3` */
  readonly period: string;
  readonly start: IsoDate;
  readonly lastDay: IsoDate;
}

/** The quarter that holds a day. @example quarterOf('2025-08-15').period // '2025-Q3' */
export function quarterOf(date: IsoDate): Quarter {
  const number = Math.floor((Number(date.slice(5, 7)) - 1) / 3) + 1;
  const start = `${date.slice(0, 4)}-${String(number * 3 - 2).padStart(2, '0')}-01`;
  return {
    period: `${date.slice(0, 4)}-Q${number}`,
    start,
    lastDay: addDays(monthStartAfter(start, 3), -1),
  };
}

/** The quarter after. @example quarterAfter(quarterOf('2025-12-31')).period // '2026-Q1' */
export const quarterAfter = (quarter: Quarter): Quarter => quarterOf(addDays(quarter.lastDay, 1));

/** A key of an account on a day. */
export const onDay = (accountId: string, day: IsoDate): string => `${day} ${accountId}`;
