import type { Profile } from './profile.ts';

/** A person at the account. The CRM may learn late that they left. */
export interface Contact {
  readonly id: string;
  readonly email: string;
  readonly fromDay: number;
  /** The first day on which they are gone. */
  untilDay: number;
  readonly isSponsor: boolean;
  readonly isChampion: boolean;
}

/** An account on one day, as its concerns leave it for each other. Each concern writes only its own part. */
export interface Life {
  readonly profile: Profile;
  day: number;
  /** Latent, about −2.5 (lost) to 2.5 (delighted); nobody in the company sees it. */
  health: number;
  /** Health by day, from the account's first day on. */
  readonly healthByDay: number[];
  /** What befalls it today. */
  hasTroubleToday: boolean;
  doesChampionLeaveToday: boolean;
  doesSponsorLeaveToday: boolean;
  /** Trouble with the product brings tickets until this day. */
  troubleUntilDay: number;
  /** Money is short until this day, whatever the product is worth to them. */
  budgetCutUntilDay: number;
  isAcquired: boolean;
  /** A term runs, or its renewal is late. */
  isCustomer: boolean;
  /** It has made up its mind to go. */
  isLeaving: boolean;
  seats: number;
  arr: number;
  ownerId: string | null;
  champion: Contact | undefined;
  sponsor: Contact | undefined;
  contacts: readonly Contact[];
}

/** The mean health of the days up to `daysAgo` days ago. */
export function pastHealth({ healthByDay }: Life, length: number, daysAgo = 0): number {
  const last = Math.max(1, healthByDay.length - daysAgo);
  const first = Math.max(0, last - length);
  let sum = 0;
  for (let index = first; index < last; index += 1) sum += healthByDay[index] as number;
  return sum / (last - first);
}
