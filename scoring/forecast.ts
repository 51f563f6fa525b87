import type { IsoDate } from '../warehouse/index.ts';
import { ALL_SEGMENTS } from './backtest.ts';
import {
  addDays,
  daysBetween,
  laterOf,
  monthEnds,
  type Quarter,
  quarterAfter,
  quarterOf,
} from './calendar.ts';
import type { Renewal, ScoredDay } from './history.ts';
import type { EvaluationRules } from './rules.ts';

/**
 * What a quarter's renewals were expected to keep, on a day, and what they kept. Money in the tenant's
 * currency.
 */
export interface ForecastRow {
  /** day whose knowledge the forecast uses */
  readonly cutoff: IsoDate;
  /** `2025-Q3` */
  readonly period: string;
  readonly segment: string;
  /** ARR due in the period, of renewals known at the cutoff */
  readonly due_arr: number;
  readonly forecast_arr: number;
  /** ARR renewed, at most what was due; null until the period is over and all its renewals are closed */
  readonly actual_arr: number | null;
  /** 1 − |forecast − actual| / actual; null without actual, or when it is 0 */
  readonly forecast_accuracy: number | null;
  /** forecast − actual */
  readonly bias_arr: number | null;
  /** Σ |forecast − actual| over the renewals / actual */
  readonly wape: number | null;
  /** renewals */
  readonly n: number;
}

export interface ForecastOptions {
  readonly asOfDate: IsoDate;
  readonly graceDays: number;
  readonly rules: EvaluationRules;
}

/** Upper ends, in days, of the ranges of days to renewal that share one probability; below 0 it is late. */
const LEAD_RANGES = [-1, 30, 60, 90, 120, 180] as const;

const leadRange = (days: number): string => `${LEAD_RANGES.find((end) => days <= end) ?? 'beyond'} days`;

/** What is known of a renewal on a day. `unscored` stands for accounts without a score that may be used. */
interface Prospect {
  readonly category: ScoredDay['category'] | 'unscored';
  readonly segment: string;
  readonly days: number;
}

const cellOf = ({ category, segment, days }: Prospect) => `${leadRange(days)} ${category} ${segment}`;

/**
 * P(renew | category, days to renewal, segment) from finished renewals, 0–1: the share of each cell, drawn by
 * n / (n + 30) to the share of its range of days, that to the share of all, and that to the assumed renewal
 * rate. The range comes first because the days say most: who renews is often closed by the renewal date, so
 * that those still open after it mostly lapse.
 */
class RenewalRates {
  readonly #groups = new Map<string, { n: number; renewed: number }>();
  readonly #rules: EvaluationRules;
  readonly #overall: number;
  /** finished renewals it rests on */
  readonly n: number;

  constructor(
    finished: readonly { readonly prospects: readonly Prospect[]; readonly isRenewed: boolean }[],
    rules: EvaluationRules,
  ) {
    this.#rules = rules;
    this.n = finished.length;
    const renewed = finished.filter(({ isRenewed }) => isRenewed).length;
    this.#overall = this.#shrink(rules.assumed_renewal_rate, { n: this.n, renewed });
    for (const { prospects, isRenewed } of finished) {
      // A renewal counts once in a group, however many month ends saw it there.
      const groups = prospects.flatMap((prospect) => [cellOf(prospect), leadRange(prospect.days)]);
      for (const group of new Set(groups)) {
        const counts = this.#groups.get(group) ?? { n: 0, renewed: 0 };
        counts.n += 1;
        if (isRenewed) counts.renewed += 1;
        this.#groups.set(group, counts);
      }
    }
  }

  probability(prospect: Prospect): number {
    const ofRange = this.#shrink(this.#overall, this.#groups.get(leadRange(prospect.days)));
    return this.#shrink(ofRange, this.#groups.get(cellOf(prospect)));
  }

  /** w·(renewed / n) + (1 − w)·prior with w = n / (n + shrinkage) */
  #shrink(prior: number, { n, renewed } = { n: 0, renewed: 0 }): number {
    const { shrinkage } = this.#rules;
    return (renewed + shrinkage * prior) / (n + shrinkage);
  }
}

const UNKNOWN_SEGMENT = 'unknown';

/**
 * The days whose knowledge forecasts a quarter: its first day, 60 and 30 days before its last, as far as they
 * are past.
 *
 * @example quarterCutoffs(quarterOf('2025-08-15'), '2025-08-15') // ['2025-07-01', '2025-08-01']
 */
export function quarterCutoffs({ start, lastDay }: Quarter, asOfDate: IsoDate): IsoDate[] {
  return [start, addDays(lastDay, -60), addDays(lastDay, -30)].filter((cutoff) => cutoff <= asOfDate);
}

/**
 * The quarters from the first scored day to the one after the as-of date, each with its cutoffs; the last two
 * also as of today.
 */
export function forecastPlan(
  firstScored: IsoDate,
  asOfDate: IsoDate,
): { readonly quarter: Quarter; readonly cutoffs: readonly IsoDate[] }[] {
  const current = quarterOf(asOfDate);
  const next = quarterAfter(current);
  const plan = [];
  for (let quarter = quarterOf(firstScored); quarter.start <= next.start; quarter = quarterAfter(quarter)) {
    const isLive = quarter.start >= current.start;
    const cutoffs = quarterCutoffs(quarter, asOfDate).filter((cutoff) => cutoff >= firstScored);
    plan.push({ quarter, cutoffs: [...new Set(isLive ? [...cutoffs, asOfDate] : cutoffs)] });
  }
  return plan;
}

/** All days on which `forecastRenewals` needs the scored accounts. */
export function forecastDays(firstScored: IsoDate, asOfDate: IsoDate): IsoDate[] {
  const cutoffs = forecastPlan(firstScored, asOfDate).flatMap((entry) => entry.cutoffs);
  return [...new Set([...monthEnds(firstScored, asOfDate), ...cutoffs])].sort();
}

/**
 * The renewal forecast per cutoff, quarter and segment (at the cutoff, else the renewal's; `all` too): Σ ARR
 * due × P(renew | category, days to renewal, segment), renewals closed by the cutoff at their outcome. The
 * probabilities of a cutoff come from renewals whose grace had ended by then, seen at the month ends on which
 * they were open (walk-forward). ARR due and outcomes are restated, as section 4 has it for renewals. Past
 * quarters are forecast only where at least 30 renewals (the shrinkage) had finished by the cutoff; the
 * current and the next quarter always. Definitions, section 6.
 *
 * @param scored accounts with a score on each of `forecastDays`
 * @param firstScored first day of the score history
 */
export function forecastRenewals(
  renewals: readonly Renewal[],
  scored: readonly ScoredDay[],
  firstScored: IsoDate,
  { asOfDate, graceDays, rules }: ForecastOptions,
): ForecastRow[] {
  const scoredAt = new Map(scored.map((day) => [`${day.as_of_date} ${day.account_id}`, day]));
  const ends = monthEnds(firstScored, asOfDate);

  const prospectOn = (renewal: Renewal, day: IsoDate): Prospect => {
    const days = daysBetween(day, renewal.renewal_date);
    const account = scoredAt.get(`${day} ${renewal.account_id}`);
    // A score that rests on what was learnt later would flatter the past; today's may rest on anything known.
    const isUsable = account !== undefined && (account.is_leak_proof || day === asOfDate);
    return isUsable
      ? { category: account.category, segment: account.segment, days }
      : { category: 'unscored', segment: UNKNOWN_SEGMENT, days };
  };
  const isKnownOn = (renewal: Renewal, day: IsoDate) =>
    renewal.first_known_date === null || renewal.first_known_date <= day;
  const isClosedOn = (renewal: Renewal, day: IsoDate) =>
    renewal.renewal_outcome !== null && (renewal.outcome_known_date ?? renewal.renewal_date) <= day;

  const history = renewals
    .filter(({ renewal_outcome }) => renewal_outcome !== null)
    .map((renewal) => {
      const lastGraceDay = addDays(renewal.renewal_date, graceDays);
      const known = renewal.outcome_known_date ?? renewal.renewal_date;
      const prospects = ends
        .filter((end) => isKnownOn(renewal, end) && !isClosedOn(renewal, end) && end <= lastGraceDay)
        .map((end) => prospectOn(renewal, end));
      return {
        prospects,
        isRenewed: renewal.renewal_outcome !== 'churned',
        finishedDate: laterOf(known, lastGraceDay),
      };
    });

  return forecastPlan(firstScored, asOfDate).flatMap(({ quarter, cutoffs }) => {
    const due = renewals.filter(
      ({ renewal_date }) => renewal_date >= quarter.start && renewal_date <= quarter.lastDay,
    );
    const isPast = quarter.lastDay < asOfDate && quarter.period !== quarterOf(asOfDate).period;
    const isOver = isPast && due.every(({ renewal_outcome }) => renewal_outcome !== null);
    return cutoffs.flatMap((cutoff) => {
      const rates = new RenewalRates(
        history.filter(({ finishedDate }) => finishedDate <= cutoff),
        rules,
      );
      if (isPast && rates.n < rules.shrinkage) return [];
      const forecasts = due
        .filter((renewal) => isKnownOn(renewal, cutoff))
        .map((renewal) => {
          const prospect = prospectOn(renewal, cutoff);
          const kept = keptArr(renewal);
          return {
            segment:
              scoredAt.get(`${cutoff} ${renewal.account_id}`)?.segment ?? renewal.segment ?? UNKNOWN_SEGMENT,
            due: renewal.arr,
            forecast: isClosedOn(renewal, cutoff) ? kept : renewal.arr * rates.probability(prospect),
            actual: kept,
          };
        });
      const segments = [...new Set(forecasts.map(({ segment }) => segment))].sort();
      return [ALL_SEGMENTS, ...segments].map((segment): ForecastRow => {
        const cases = forecasts.filter((one) => segment === ALL_SEGMENTS || one.segment === segment);
        const sum = (value: (one: (typeof cases)[number]) => number) =>
          cases.reduce((total, one) => total + value(one), 0);
        const forecast_arr = sum(({ forecast }) => forecast);
        const actual_arr = isOver ? sum(({ actual }) => actual) : null;
        const hasAccuracy = actual_arr !== null && actual_arr > 0;
        return {
          cutoff,
          period: quarter.period,
          segment,
          due_arr: sum((one) => one.due),
          forecast_arr,
          actual_arr,
          forecast_accuracy: hasAccuracy ? 1 - Math.abs(forecast_arr - actual_arr) / actual_arr : null,
          bias_arr: actual_arr === null ? null : forecast_arr - actual_arr,
          wape: hasAccuracy ? sum(({ forecast, actual }) => Math.abs(forecast - actual)) / actual_arr : null,
          n: cases.length,
        };
      });
    });
  });
}

/** ARR that a closed renewal kept, at most what was due: what a forecast of Σ due × P(renew) foretells. */
function keptArr({ renewal_outcome, renewed_arr, arr }: Renewal): number {
  return renewal_outcome === null || renewal_outcome === 'churned' ? 0 : Math.min(renewed_arr ?? arr, arr);
}
