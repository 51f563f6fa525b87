import { quantileSorted } from 'simple-statistics';
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
import { betaDraw } from './stats/beta-draw.ts';
import { seededRandom } from './stats/seeded-random.ts';

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
  /** ends of the 95 % interval of what will be kept: the worst and the best to be reckoned with */
  readonly ci_low: number;
  readonly ci_high: number;
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

/** The same for a way of dividing renewals and a length of period. */
export interface ForecastSlice extends Omit<ForecastRow, 'segment'> {
  readonly period_kind: 'quarter' | 'month' | 'next_90_days';
  /** `2025-Q3`, `2025-07`, or the cutoff's own day */
  readonly period: string;
  readonly slice: 'all' | 'segment' | 'owner';
  readonly slice_value: string;
  /** of the due ARR, what was renewed by the cutoff already */
  readonly kept_arr: number;
  /** of the due ARR, what was still open at the cutoff: all of it and `kept_arr` is the best that can be */
  readonly open_arr: number;
}

/** What an open renewal is expected to keep, as of the last day. */
export interface Expectation {
  readonly contract_id: string;
  readonly renewal_date: IsoDate;
  readonly as_of_date: IsoDate;
  readonly account_id: string;
  readonly arr: number;
  readonly days_to_renewal: number;
  /** `red`, `yellow`, `green` or `unscored` */
  readonly category: string;
  /** 0–1 */
  readonly renew_probability: number;
  readonly expected_arr: number;
  /** finished renewals of the same days to renewal, category and segment that it rests on */
  readonly n: number;
}

/** The days on which the forecast of a quarter is frozen: its first, and 60 and 30 before its last. */
export const FROZEN_POINTS = ['quarter_start', 'days_60', 'days_30'] as const;
export type FrozenPoint = (typeof FROZEN_POINTS)[number];

/** A renewal that ended in the last year, as the forecast saw it on a day on which it was frozen and the renewal open. */
export interface FrozenForecast {
  readonly frozen_at: FrozenPoint;
  readonly cutoff: IsoDate;
  readonly contract_id: string;
  readonly renewal_date: IsoDate;
  readonly account_id: string;
  /** ARR due, in the tenant's currency */
  readonly arr: number;
  /** ARR kept, at most what was due */
  readonly kept_arr: number;
  readonly is_renewed: boolean;
  /** 0–1, walk-forward */
  readonly renew_probability: number;
}

/** All that is forecast. */
export interface Forecast {
  /** per quarter and segment */
  readonly rows: ForecastRow[];
  /** per quarter, month and the 90 days to come, by segment and owner */
  readonly slices: ForecastSlice[];
  readonly expectations: Expectation[];
  /** the renewals that ended in the last year, on each day on which they were forecast and open */
  readonly frozen: FrozenForecast[];
}

export interface ForecastOptions {
  readonly asOfDate: IsoDate;
  readonly graceDays: number;
  readonly rules: EvaluationRules;
  /** of the draws behind the intervals, default 1 */
  readonly seed?: number;
}

/** Draws of the future behind an interval. */
const DRAWS = 1000;
const NEXT_DAYS = 90;
const YEAR_DAYS = 365;

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
  readonly #renewed: number;
  /** shares of the due ARR that renewals kept, 1 for those that did not shrink */
  readonly #kept: readonly number[];
  /** finished renewals it rests on */
  readonly n: number;

  constructor(
    finished: readonly {
      readonly prospects: readonly Prospect[];
      readonly isRenewed: boolean;
      readonly keptShare: number;
    }[],
    rules: EvaluationRules,
  ) {
    this.#rules = rules;
    this.n = finished.length;
    const renewed = finished.filter(({ isRenewed }) => isRenewed).length;
    this.#renewed = renewed;
    this.#kept = finished.filter(({ isRenewed }) => isRenewed).map(({ keptShare }) => keptShare);
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

  /** finished renewals of the prospect's own cell */
  casesOf(prospect: Prospect): number {
    return this.#groups.get(cellOf(prospect))?.n ?? 0;
  }

  /**
   * One possible truth behind what was seen: the probabilities, each drawn from the beta distribution around its prior
   * that the shrinkage means, alike for all prospects of a cell; and a way to draw what a renewal keeps of its ARR.
   */
  draw(random: () => number): { probability: (prospect: Prospect) => number; keptShare: () => number } {
    const { shrinkage, assumed_renewal_rate } = this.#rules;
    const drawn = new Map<string, number>();
    const around = (prior: number, { n, renewed } = { n: 0, renewed: 0 }) =>
      betaDraw(renewed + shrinkage * prior, n - renewed + shrinkage * (1 - prior), random);
    const overall = around(assumed_renewal_rate, { n: this.n, renewed: this.#renewed });
    const once = (group: string, prior: () => number) => {
      const known = drawn.get(group);
      if (known !== undefined) return known;
      const share = around(prior(), this.#groups.get(group));
      drawn.set(group, share);
      return share;
    };
    return {
      probability: (prospect) => once(cellOf(prospect), () => once(leadRange(prospect.days), () => overall)),
      keptShare: () => this.#kept[Math.floor(random() * this.#kept.length)] ?? 1,
    };
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
 * The interval is that of what will be kept, not of its mean: each of 1,000 draws takes a possible truth behind the
 * probabilities (`RenewalRates.draw`), lets each open renewal be kept or lost by it, and a kept one shrink as those before
 * it did. It knows of no shock that hits many customers at once.
 *
 * @param scored accounts with a score on each of `forecastDays`
 * @param firstScored first day of the score history
 */
export function forecastRenewals(
  renewals: readonly Renewal[],
  scored: readonly ScoredDay[],
  firstScored: IsoDate,
  { asOfDate, graceDays, rules, seed = 1 }: ForecastOptions,
): Forecast {
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
        keptShare: renewal.arr > 0 ? keptArr(renewal) / renewal.arr : 1,
        finishedDate: laterOf(known, lastGraceDay),
      };
    });

  const ratesOn = (cutoff: IsoDate) =>
    new RenewalRates(
      history.filter(({ finishedDate }) => finishedDate <= cutoff),
      rules,
    );
  const foretell = (due: readonly Renewal[], cutoff: IsoDate, rates: RenewalRates): Foretold[] => {
    const known = due
      .filter((renewal) => isKnownOn(renewal, cutoff))
      .map((renewal) => {
        const prospect = prospectOn(renewal, cutoff);
        const isClosed = isClosedOn(renewal, cutoff);
        const kept = keptArr(renewal);
        return {
          renewal,
          prospect,
          isClosed,
          segment:
            scoredAt.get(`${cutoff} ${renewal.account_id}`)?.segment ?? renewal.segment ?? UNKNOWN_SEGMENT,
          owner: renewal.owner_id ?? NO_OWNER,
          month: renewal.renewal_date.slice(0, 7),
          due: renewal.arr,
          forecast: isClosed ? kept : renewal.arr * rates.probability(prospect),
          actual: kept,
        };
      });
    const random = seededRandom(seed);
    const draws = known.map(() => new Float64Array(DRAWS));
    for (let draw = 0; draw < DRAWS; draw += 1) {
      const { probability, keptShare } = rates.draw(random);
      for (const [index, { renewal, prospect, isClosed, actual }] of known.entries()) {
        draws[index]![draw] = isClosed
          ? actual
          : random() < probability(prospect)
            ? renewal.arr * keptShare()
            : 0;
      }
    }
    return known.map((one, index) => ({ ...one, draws: draws[index]! }));
  };

  const rows: ForecastRow[] = [];
  const slices: ForecastSlice[] = [];
  const frozen: FrozenForecast[] = [];
  const yearBefore = addDays(asOfDate, -YEAR_DAYS);
  for (const { quarter, cutoffs } of forecastPlan(firstScored, asOfDate)) {
    const due = renewals.filter(
      ({ renewal_date }) => renewal_date >= quarter.start && renewal_date <= quarter.lastDay,
    );
    const isPast = quarter.lastDay < asOfDate && quarter.period !== quarterOf(asOfDate).period;
    const isOver = isPast && due.every(({ renewal_outcome }) => renewal_outcome !== null);
    for (const cutoff of cutoffs) {
      const rates = ratesOn(cutoff);
      if (isPast && rates.n < rules.shrinkage) continue;
      const forecasts = foretell(due, cutoff, rates);
      const frozen_at = FROZEN_POINTS[quarterCutoffs(quarter, asOfDate).indexOf(cutoff)];
      if (frozen_at !== undefined)
        for (const { renewal, isClosed, actual } of forecasts) {
          const { renewal_date, renewal_outcome, arr } = renewal;
          if (isClosed || renewal_outcome === null || renewal_date <= yearBefore || renewal_date > asOfDate)
            continue;
          frozen.push({
            frozen_at,
            cutoff,
            contract_id: renewal.contract_id,
            renewal_date,
            account_id: renewal.account_id,
            arr,
            kept_arr: actual,
            is_renewed: renewal_outcome !== 'churned',
            renew_probability: rates.probability(prospectOn(renewal, cutoff)),
          });
        }
      const segments = [...new Set(forecasts.map(({ segment }) => segment))].sort();
      for (const segment of [ALL_SEGMENTS, ...segments]) {
        const cases = forecasts.filter((one) => segment === ALL_SEGMENTS || one.segment === segment);
        rows.push({ cutoff, period: quarter.period, segment, ...summed(cases, isOver) });
      }
      const ofQuarter = { cutoff, period_kind: 'quarter' as const, period: quarter.period };
      slices.push(...slicesOf(ofQuarter, forecasts, isOver));
      for (const [month, cases] of byKey(forecasts, (one) => one.month))
        slices.push(...slicesOf({ cutoff, period_kind: 'month', period: month }, cases, isOver));
    }
  }

  const now = ratesOn(asOfDate);
  const ahead = addDays(asOfDate, NEXT_DAYS);
  const next = renewals.filter(({ renewal_date }) => renewal_date > asOfDate && renewal_date <= ahead);
  const next90 = { cutoff: asOfDate, period_kind: 'next_90_days' as const, period: asOfDate };
  slices.push(...slicesOf(next90, foretell(next, asOfDate, now), false));
  return { rows, slices, expectations: expectations(), frozen };

  function expectations(): Expectation[] {
    return renewals
      .filter((renewal) => renewal.renewal_outcome === null && isKnownOn(renewal, asOfDate))
      .map((renewal): Expectation => {
        const prospect = prospectOn(renewal, asOfDate);
        const renew_probability = now.probability(prospect);
        return {
          contract_id: renewal.contract_id,
          renewal_date: renewal.renewal_date,
          as_of_date: asOfDate,
          account_id: renewal.account_id,
          arr: renewal.arr,
          days_to_renewal: prospect.days,
          category: prospect.category,
          renew_probability,
          expected_arr: renewal.arr * renew_probability,
          n: now.casesOf(prospect),
        };
      });
  }
}

/** A renewal as it was foretold on a cutoff. Money in the tenant's currency. */
interface Foretold {
  readonly renewal: Renewal;
  readonly segment: string;
  readonly owner: string;
  /** `2025-07` */
  readonly month: string;
  readonly isClosed: boolean;
  readonly due: number;
  readonly forecast: number;
  /** what it kept, or 0 while open */
  readonly actual: number;
  /** what it kept in each draw */
  readonly draws: Float64Array;
}

const NO_OWNER = 'none';

const byKey = <T>(cases: readonly T[], keyOf: (one: T) => string): [string, T[]][] =>
  [...Map.groupBy(cases, keyOf)].sort(([left], [right]) => (left < right ? -1 : 1));

/** The figures of some renewals, all of them closed or not. */
function summed(cases: readonly Foretold[], isOver: boolean) {
  const sum = (value: (one: Foretold) => number) => cases.reduce((total, one) => total + value(one), 0);
  const forecast_arr = sum(({ forecast }) => forecast);
  const actual_arr = isOver ? sum(({ actual }) => actual) : null;
  const hasAccuracy = actual_arr !== null && actual_arr > 0;
  const totals = new Float64Array(DRAWS);
  for (const { draws } of cases) for (const [draw, kept] of draws.entries()) totals[draw]! += kept;
  totals.sort();
  return {
    due_arr: sum((one) => one.due),
    forecast_arr,
    ci_low: quantileSorted([...totals], 0.025),
    ci_high: quantileSorted([...totals], 0.975),
    actual_arr,
    forecast_accuracy: hasAccuracy ? 1 - Math.abs(forecast_arr - actual_arr) / actual_arr : null,
    bias_arr: actual_arr === null ? null : forecast_arr - actual_arr,
    wape: hasAccuracy ? sum(({ forecast, actual }) => Math.abs(forecast - actual)) / actual_arr : null,
    n: cases.length,
  };
}

/** Together, by segment and by owner. */
function slicesOf(
  period: Pick<ForecastSlice, 'cutoff' | 'period_kind' | 'period'>,
  forecasts: readonly Foretold[],
  isOver: boolean,
): ForecastSlice[] {
  const slice = (name: ForecastSlice['slice'], slice_value: string, cases: readonly Foretold[]) => ({
    ...period,
    slice: name,
    slice_value,
    ...summed(cases, isOver),
    kept_arr: cases.reduce((total, one) => total + (one.isClosed ? one.actual : 0), 0),
    open_arr: cases.reduce((total, one) => total + (one.isClosed ? 0 : one.due), 0),
  });
  return [
    slice('all', ALL_SEGMENTS, forecasts),
    ...byKey(forecasts, ({ segment }) => segment).map(([value, cases]) => slice('segment', value, cases)),
    ...byKey(forecasts, ({ owner }) => owner).map(([value, cases]) => slice('owner', value, cases)),
  ];
}

/** ARR that a closed renewal kept, at most what was due: what a forecast of Σ due × P(renew) foretells. */
function keptArr({ renewal_outcome, renewed_arr, arr }: Renewal): number {
  return renewal_outcome === null || renewal_outcome === 'churned' ? 0 : Math.min(renewed_arr ?? arr, arr);
}
