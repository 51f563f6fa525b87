import type { Life } from './life.ts';
import { Random } from './random.ts';

const YEAR = 365;
/** Pull towards the baseline: what a shock did is half gone after 100 days. */
const REVERSION = Math.LN2 / 100;
/** Daily noise, for a standard deviation of 0.65 in the long run. */
const NOISE = 0.65 * Math.sqrt(2 * REVERSION);

/** Whether the product fails on a day for a part of the customers: about three times in two years. */
const hasOutage = (seed: number, day: number) => new Random(seed, 'outage', day).chance(1.5 / YEAR);

/** The latent health of an account: a mean-reverting walk with shocks. */
export function healthOf(seed: number, life: Life): () => void {
  const random = new Random(seed, 'health', life.profile.index);
  let { baseline } = life.profile;
  life.health = random.normal(baseline, 0.6);
  const happens = (timesAYear: number) => random.chance(timesAYear / YEAR);
  return () => {
    const outage = hasOutage(seed, life.day);
    const hasOwnTrouble = happens(0.3);
    const isHit = random.chance(0.2);
    life.hasTroubleToday = life.isCustomer && (hasOwnTrouble || (outage && isHit));
    life.doesChampionLeaveToday = happens(0.12);
    life.doesSponsorLeaveToday = happens(0.08);
    if (happens(0.05)) life.budgetCutUntilDay = life.day + 200;
    if (happens(0.006)) life.isAcquired = true;

    let shock = 0;
    if (life.hasTroubleToday) {
      shock -= random.between(0.3, 1.1);
      life.troubleUntilDay = life.day + 30;
    }
    if (life.doesChampionLeaveToday && life.champion !== undefined) {
      shock -= random.between(0.5, 1.3);
      baseline -= 0.2;
    }
    if (life.doesSponsorLeaveToday && life.sponsor !== undefined) shock -= random.between(0.2, 0.8);
    if (happens(0.45)) shock += random.between(0.3, 0.9); // a project that pays off
    const target = baseline - (life.isLeaving ? 0.9 : 0);
    life.health += REVERSION * (target - life.health) + random.normal(0, NOISE) + shock;
    life.healthByDay.push(life.health);
  };
}
