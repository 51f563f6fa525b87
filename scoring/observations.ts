import type { IsoDate } from '../warehouse/index.ts';
import { addDays, laterOf, onDay } from './calendar.ts';
import { daysToRenewal } from './days-to-renewal.ts';
import type { AccountArr, AccountChurn, Renewal, ScoredDay } from './history.ts';

export type Unit = 'renewal' | 'account';
export type Outcome = 'churned' | 'renewed' | 'contracted' | 'censored';

/**
 * One score at a day t, and what became of it within the horizon. Score, category, flag and segment are those
 * of t.
 */
export interface Observation {
  readonly unit: Unit;
  readonly horizon_days: number;
  readonly account_id: string;
  /** null for the unit `account` */
  readonly contract_id: string | null;
  /** of the contract; null for the unit `account` */
  readonly product: string | null;
  /** t */
  readonly observed_date: IsoDate;
  readonly score: number;
  readonly category: ScoredDay['category'];
  readonly flag: ScoredDay['flag'];
  readonly segment: string;
  /** what the calendar knew at t: H for a renewal, for an account as `daysToRenewal` has it */
  readonly days_to_renewal: number | null;
  /** ARR due at the renewal, or of the account at t */
  readonly arr: number;
  readonly outcome: Outcome;
  readonly churn_date: IsoDate | null;
  /** first day by which a churn was known; null without one */
  readonly churn_known_date: IsoDate | null;
  /** first day on which this outcome could be used to fit something */
  readonly resolved_date: IsoDate;
}

/** Observations, and how many were left out for the one reason that is worth knowing. */
export interface Observed {
  readonly observations: Observation[];
  /** scores at t that rest on attributes not yet known at t */
  readonly notLeakProofCount: number;
}

export interface ObservationRules {
  readonly asOfDate: IsoDate;
  readonly horizonDays: number;
  readonly graceDays: number;
  /** a loss of at least this share of ARR is a contraction */
  readonly contractionShare: number;
}

/** A cent in a billion absorbs the rounding of shares such as 0.2. */
const isContraction = (arrBefore: number, arrAfter: number, contractionShare: number) =>
  arrBefore > 0 && arrBefore - arrAfter >= contractionShare * arrBefore - 1e-9 * arrBefore;

/**
 * One observation per renewal, at t = renewal_date − H. Left out: renewals not known at t, those whose
 * outcome was already known at t, accounts without a score at t, and scores that are not leak-proof. Censored
 * while renewal_date + grace is after the as-of date, whatever happened before, and while there is no
 * outcome. Definitions, section 6.
 *
 * @param scored accounts with a score at t, `history.scoredBeforeRenewals(H)`
 */
export function observeRenewals(
  renewals: readonly Renewal[],
  scored: readonly ScoredDay[],
  { asOfDate, horizonDays, graceDays, contractionShare }: ObservationRules,
): Observed {
  const scoredAt = new Map(scored.map((day) => [onDay(day.account_id, day.as_of_date), day]));
  const observations: Observation[] = [];
  let notLeakProofCount = 0;
  for (const renewal of renewals) {
    const observed_date = addDays(renewal.renewal_date, -horizonDays);
    const day = scoredAt.get(onDay(renewal.account_id, observed_date));
    if (day === undefined || observed_date > asOfDate) continue;
    if (renewal.first_known_date !== null && renewal.first_known_date > observed_date) continue;
    if (renewal.outcome_known_date !== null && renewal.outcome_known_date <= observed_date) continue;
    if (!day.is_leak_proof) {
      notLeakProofCount += 1;
      continue;
    }
    const lastGraceDay = addDays(renewal.renewal_date, graceDays);
    const outcome =
      lastGraceDay > asOfDate || renewal.renewal_outcome === null
        ? 'censored'
        : outcomeOf(renewal, contractionShare);
    const isChurned = outcome === 'churned';
    observations.push({
      ...featuresOf(day),
      unit: 'renewal',
      horizon_days: horizonDays,
      contract_id: renewal.contract_id,
      product: renewal.product,
      days_to_renewal: horizonDays,
      arr: renewal.arr,
      outcome,
      churn_date: isChurned ? (renewal.churn_date ?? renewal.renewal_date) : null,
      churn_known_date: isChurned ? (renewal.outcome_known_date ?? renewal.renewal_date) : null,
      resolved_date: laterOf(lastGraceDay, renewal.outcome_known_date ?? lastGraceDay),
    });
  }
  return { observations, notLeakProofCount };
}

function outcomeOf(renewal: Renewal, contractionShare: number): Exclude<Outcome, 'censored'> {
  if (renewal.renewal_outcome === 'churned') return 'churned';
  return isContraction(renewal.arr, renewal.renewed_arr ?? renewal.arr, contractionShare)
    ? 'contracted'
    : 'renewed';
}

/**
 * One observation per account and month end t: churned when the account churns in (t, t + H], contracted when
 * its ARR at t + H is lower by at least the contraction share, else renewed (here: still a customer). Left
 * out: accounts whose churn was known at t or had taken effect by then, and scores that are not leak-proof.
 * Censored while t + H + grace is after the as-of date, and while a renewal due within the horizon has no
 * outcome. Definitions, section 6.
 *
 * @param scored accounts with a score on month ends
 * @param arrLater ARR at t + H, where the account was in scope then
 */
export function observeAccounts(
  scored: readonly ScoredDay[],
  churns: readonly AccountChurn[],
  renewals: readonly Renewal[],
  arrLater: readonly AccountArr[],
  { asOfDate, horizonDays, graceDays, contractionShare }: ObservationRules,
): Observed {
  const churnsOf = Map.groupBy(churns, (churn) => churn.account_id);
  const renewalsOf = Map.groupBy(renewals, (renewal) => renewal.account_id);
  const openRenewalsOf = Map.groupBy(
    renewals.filter((renewal) => renewal.renewal_outcome === null),
    (renewal) => renewal.account_id,
  );
  const arrAt = new Map(arrLater.map((day) => [onDay(day.account_id, day.as_of_date), day.arr]));
  const observations: Observation[] = [];
  let notLeakProofCount = 0;
  for (const day of scored) {
    const t = day.as_of_date;
    const horizonEnd = addDays(t, horizonDays);
    const accountChurns = churnsOf.get(day.account_id) ?? [];
    if (accountChurns.some((churn) => settlesDay(churn, day))) continue;
    if (!day.is_leak_proof) {
      notLeakProofCount += 1;
      continue;
    }
    const lastGraceDay = addDays(horizonEnd, graceDays);
    const churn = accountChurns.find(({ churn_date }) => churn_date > t && churn_date <= horizonEnd);
    const isOpen = (openRenewalsOf.get(day.account_id) ?? []).some(
      ({ renewal_date }) => renewal_date > t && renewal_date <= horizonEnd,
    );
    const arr = arrAt.get(onDay(day.account_id, horizonEnd));
    let outcome: Outcome = 'renewed';
    if (lastGraceDay > asOfDate || (isOpen && churn === undefined)) outcome = 'censored';
    else if (churn !== undefined) outcome = 'churned';
    else if (arr !== undefined && isContraction(day.arr, arr, contractionShare)) outcome = 'contracted';
    const isChurned = outcome === 'churned' && churn !== undefined;
    observations.push({
      ...featuresOf(day),
      unit: 'account',
      horizon_days: horizonDays,
      contract_id: null,
      product: null,
      days_to_renewal: daysToRenewal(renewalsOf.get(day.account_id) ?? [], t, graceDays),
      arr: day.arr,
      outcome,
      churn_date: isChurned ? churn.churn_date : null,
      churn_known_date: isChurned ? churn.outcome_known_date : null,
      resolved_date: laterOf(lastGraceDay, churn?.outcome_known_date ?? lastGraceDay),
    });
  }
  return { observations, notLeakProofCount };
}

/**
 * Whether a churn leaves nothing to predict on a day: it is known, or has happened, or both and the account
 * is still gone.
 */
function settlesDay(
  { churn_date, outcome_known_date }: AccountChurn,
  { as_of_date, arr }: ScoredDay,
): boolean {
  const isKnown = outcome_known_date <= as_of_date;
  const isDone = churn_date <= as_of_date;
  return isKnown && isDone ? arr === 0 : isKnown || isDone;
}

const featuresOf = ({ account_id, as_of_date, score, category, flag, segment }: ScoredDay) => ({
  account_id,
  observed_date: as_of_date,
  score,
  category,
  flag,
  segment,
});
