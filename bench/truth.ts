import { parseArgs } from 'node:util';
import { calendarLift } from '../scoring/calendar-lift.ts';
import { forecastRenewals } from '../scoring/forecast.ts';
import { learnedBacktest } from '../scoring/learned-backtest.ts';
import { LEARNED_METHODS, type LearnedMethod, learnedCases, learnedFits } from '../scoring/learned-fit.ts';
import { DEFAULT_EVALUATION_RULES } from '../scoring/rules.ts';
import { signalEvidence } from '../scoring/signal-evidence.ts';
import { auc } from '../scoring/stats/auc.ts';
import { aucInterval } from '../scoring/stats/auc-interval.ts';
import {
  asObservation,
  type CompanyOptions,
  type SimulatedCase,
  simulateCompany,
} from '../scoring/test-company.ts';
import { simulateRenewals } from '../scoring/test-renewals.ts';
import { proposeWeights, type SignalWeight } from '../scoring/weight-proposal.ts';

/** What was found in so many simulated companies of which the truth is known. */
export interface TruthResult {
  readonly claim: string;
  readonly runs: number;
  readonly found: string;
  readonly expected: string;
}

const BOOTSTRAP = { samples: 400, seed: 1 };
const STANDARD = [15, 15, 10, 10, 10, 10, 10, 8, 7, 5];
const alike = (count: number) => Array.from({ length: count }, () => 100 / count);
const weighted = (weights: readonly number[]): SignalWeight[] =>
  weights.map((weight, index) => ({ signal: `signal_${index}`, weight }));
const propose = (cases: readonly SimulatedCase[], weights: readonly number[], minimumChurns = 30) =>
  proposeWeights(cases, weighted(weights), { minimumChurns, bootstrap: BOOTSTRAP });

const scoreOf = ({ values }: SimulatedCase, weights: readonly number[]) =>
  values.reduce<number>((sum, value, index) => sum + weights[index]! * (value ?? 50), 0);

/** AUC of weights on cases. */
function aucOf(cases: readonly SimulatedCase[], weights: readonly number[]): number {
  const sorted = cases
    .map((one) => ({ score: scoreOf(one, weights), isChurned: one.churn_date !== null }))
    .sort((left, right) => left.score - right.score);
  return auc(
    sorted.map(({ score }) => score),
    sorted.map(({ isChurned }) => isChurned),
  )!;
}

const percent = (part: number, whole: number) => `${Math.round((1000 * part) / whole) / 10} %`;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** How often planted weights lie in their 95 % intervals. */
function coverage(strengths: readonly number[], intercept: number, runs: number): TruthResult {
  const total = strengths.reduce((sum, strength) => sum + strength, 0);
  let inside = 0;
  const churns: number[] = [];
  for (let seed = 1; seed <= runs; seed += 1) {
    const { renewals } = simulateCompany({ seed, strengths, intercept });
    const found = propose(renewals, alike(strengths.length), 1);
    churns.push(found.churn_count);
    for (const [index, one] of found.signals.entries()) {
      const share = (100 * strengths[index]!) / total;
      if (one.ci_low! <= share && share <= one.ci_high!) inside += 1;
    }
  }
  return {
    claim: `planted weights inside their intervals, ${strengths.length} signals, about ${Math.round(mean(churns))} churns`,
    runs,
    found: percent(inside, runs * strengths.length),
    expected: '90 to 98 %',
  };
}

/** What weights that follow use are worth on another company of the same law. */
function testAuc(runs: number): TruthResult {
  const strengths = [3, 2.5, 2, 0, 0, 0, 0, 0, 0, 0];
  const found = Array.from({ length: runs }, (_, index) => {
    const { renewals } = simulateCompany({ seed: index + 1, strengths, intercept: 2 });
    const other = simulateCompany({ seed: 10_000 + index, strengths, intercept: 2, accounts: 2000 }).renewals;
    const { signals, churn_count } = propose(renewals, STANDARD);
    return {
      churn_count,
      assumed: aucOf(other, STANDARD),
      fitted: aucOf(
        other,
        signals.map(({ fitted_weight }) => fitted_weight ?? 0),
      ),
      proposed: aucOf(
        other,
        signals.map(({ proposed_weight }) => proposed_weight),
      ),
    };
  });
  const of = (key: 'assumed' | 'fitted' | 'proposed' | 'churn_count') => mean(found.map((one) => one[key]));
  return {
    claim: `AUC on another company whose churn follows use, about ${Math.round(of('churn_count'))} churns`,
    runs,
    found: `proposed ${of('proposed').toFixed(3)}, assumed ${of('assumed').toFixed(3)}, fit ${of('fitted').toFixed(3)}; least proposed ${Math.min(...found.map(({ proposed }) => proposed)).toFixed(3)}, at least 0.80 in ${percent(found.filter(({ proposed }) => proposed >= 0.8).length, runs)} of companies`,
    expected: 'proposed at least 0.80 where the fit has 0.84',
  };
}

/**
 * How often random churn moves a weight, by renewals and by month ends, makes the score look better than the calendar, or
 * lets its AUC pass (`backtestMetrics`: an interval above chance, and the lift's above 0).
 */
function randomChurn(runs: number): TruthResult[] {
  const moved = { renewals: 0, months: 0 };
  let claimed = 0;
  let passed = 0;
  for (let seed = 1; seed <= runs; seed += 1) {
    const company = simulateCompany({ seed, strengths: STANDARD.map(() => 0), intercept: -1.7 });
    for (const unit of ['renewals', 'months'] as const) {
      const { signals } = propose(company[unit], STANDARD);
      if (signals.some((one) => one.proposed_weight !== one.assumed_weight)) moved[unit] += 1;
    }
    const months = company.months.map((one) => asObservation(one, 'account', scoreOf(one, STANDARD) / 100));
    const lift = calendarLift(months, 90, BOOTSTRAP);
    const isLift = lift?.low != null && lift.low > 0;
    if (isLift) claimed += 1;
    const cases = months.map(({ account_id, outcome, score }) => ({
      account_id,
      isChurned: outcome === 'churned',
      value: score,
    }));
    const { low } = aucInterval(cases, BOOTSTRAP);
    if (isLift && low !== null && low > 0.5) passed += 1;
  }
  const expected = 'at most 5 %';
  return [
    { claim: 'random churn moves a weight, renewals', runs, found: percent(moved.renewals, runs), expected },
    { claim: 'random churn moves a weight, month ends', runs, found: percent(moved.months, runs), expected },
    { claim: 'random churn: a lift over the calendar', runs, found: percent(claimed, runs), expected },
    { claim: 'random churn: the AUC passes', runs, found: percent(passed, runs), expected },
  ];
}

/** Scores learned from the month ends of a company of the least size that they ask for. */
function learnedScores(company: readonly SimulatedCase[]) {
  const columns = learnedCases(company, company[0]!.values.length);
  const asOfDate = company.reduce(
    (last, { resolved_date }) => (resolved_date > last ? resolved_date : last),
    '',
  );
  const fitsOf = (method: LearnedMethod) => learnedFits(columns, method, { asOfDate, minimumChurns: 30 });
  return { logistic: fitsOf('logistic'), boosted: fitsOf('boosted') };
}

/** What learned scores are worth on another company of the same law, one company after the other. */
function learnedAuc(
  claim: string,
  law: Omit<CompanyOptions, 'seed'>,
  runs: number,
  expected: string,
): TruthResult {
  const found = Array.from({ length: runs }, (_, index) => {
    const { months } = simulateCompany({ ...law, seed: index + 1, accounts: 1000 });
    const other = simulateCompany({ ...law, seed: 10_000 + index, accounts: 3000 }).renewals;
    const ordered = (safetyOf: (one: SimulatedCase) => number) => {
      const sorted = other
        .map((one) => ({ safety: safetyOf(one), isChurned: one.churn_date !== null }))
        .sort((left, right) => left.safety - right.safety);
      return auc(
        sorted.map(({ safety }) => safety),
        sorted.map(({ isChurned }) => isChurned),
      )!;
    };
    const { logistic, boosted } = learnedScores(months);
    return {
      logistic: ordered(({ values }) => logistic.present?.scoreOf(values) ?? 0),
      boosted: ordered(({ values }) => boosted.present?.scoreOf(values) ?? 0),
      truth: ordered(({ churn_chance }) => -churn_chance),
    };
  });
  const of = (key: 'logistic' | 'boosted' | 'truth') => mean(found.map((one) => one[key])).toFixed(3);
  const better = found.filter((one) => one.boosted > one.logistic).length;
  const gap = Math.max(...found.map((one) => one.truth - one.logistic));
  return {
    claim,
    runs,
    found:
      `logistic ${of('logistic')} (at most ${gap.toFixed(3)} below the truth), trees ${of('boosted')}, truth ${of('truth')}; ` +
      `trees above logistic in ${better} of ${runs}`,
    expected,
  };
}

/** How often a learned score of random churn is called better than the weighted one, or than the calendar. */
function learnedOfRandomChurn(runs: number): TruthResult[] {
  const claims = { better: 0, lift: 0 };
  for (let seed = 1; seed <= runs; seed += 1) {
    const { months } = simulateCompany({
      seed,
      accounts: 1000,
      strengths: STANDARD.map(() => 0),
      intercept: -1.7,
    });
    const cases = months.map((one) => ({
      values: one.values,
      observation: asObservation(one, 'account', scoreOf(one, STANDARD) / 100),
    }));
    const valuesOf = new Map(cases.map(({ observation, values }) => [observation, values]));
    const fits = learnedScores(months);
    for (const method of LEARNED_METHODS) {
      const { comparisons, metrics } = learnedBacktest(
        method,
        fits[method],
        cases.map(({ observation }) => observation),
        (one) => valuesOf.get(one)!,
        {
          cuts: [
            { segment: null, category: 'red', max_score: 40 },
            { segment: null, category: 'yellow', max_score: 70 },
          ],
          rules: DEFAULT_EVALUATION_RULES,
          bootstrap: { samples: 200, seed: 1 },
          weightsFittedOn: null,
        },
      );
      if (comparisons.some(({ segment, verdict }) => segment === 'all' && verdict === 'worse'))
        claims.better += 1;
      const lift = metrics.find((one) => one.segment === 'all' && one.metric === 'auc_lift_over_calendar');
      if (lift?.ci_low != null && lift.ci_low > 0) claims.lift += 1;
    }
  }
  const asked = runs * LEARNED_METHODS.length;
  return [
    {
      claim: 'random churn: a learned score is called better than the weighted one',
      runs: asked,
      found: percent(claims.better, asked),
      expected: 'at most 5 %',
    },
    {
      claim: 'random churn: a learned score gains on the calendar',
      runs: asked,
      found: percent(claims.lift, asked),
      expected: 'at most 5 %',
    },
  ];
}

/** How often a planted leak is found, and an honest signal accused. */
function leaks(runs: number): TruthResult {
  let caught = 0;
  let accused = 0;
  for (let seed = 1; seed <= runs; seed += 1) {
    const strengths = [4, 3, 2];
    const { months } = simulateCompany({ seed, strengths, intercept: 2, hasLeak: true });
    const observations = months.map((one) => ({ one, observation: asObservation(one, 'account', 50) }));
    const values = new Map(observations.map(({ one, observation }) => [observation, one.values]));
    const far = { ...DEFAULT_EVALUATION_RULES, near_horizon_days: 45 };
    const found = signalEvidence(
      observations.map(({ observation }) => observation),
      weighted(alike(4)),
      (one) => values.get(one)!,
      { rules: far, bootstrap: BOOTSTRAP },
    );
    if (found[3]!.is_suspected_leak) caught += 1;
    if (found.slice(0, 3).some((one) => one.is_suspected_leak)) accused += 1;
  }
  return {
    claim: 'a planted leak is found; an honest signal is accused',
    runs,
    found: `${percent(caught, runs)}; ${percent(accused, runs)}`,
    expected: 'always; never',
  };
}

/** How often what was kept lies in the interval of the forecast. */
function forecasts(runs: number): TruthResult[] {
  const counts = new Map<string, { asked: number; held: number }>();
  for (let seed = 1; seed <= runs; seed += 1) {
    const { renewals, scored, firstScored, asOfDate } = simulateRenewals(seed);
    const rules = DEFAULT_EVALUATION_RULES;
    const { slices } = forecastRenewals(renewals, scored, firstScored, { asOfDate, graceDays: 30, rules });
    for (const one of slices) {
      if (one.actual_arr === null) continue;
      const key = `${one.period_kind} by ${one.slice}`;
      const count = counts.get(key) ?? { asked: 0, held: 0 };
      count.asked += 1;
      if (one.ci_low <= one.actual_arr + 1e-6 && one.actual_arr <= one.ci_high + 1e-6) count.held += 1;
      counts.set(key, count);
    }
  }
  return [...counts].map(([key, { asked, held }]) => ({
    claim: `what was kept lies in the forecast's interval, ${key}`,
    runs: asked,
    found: percent(held, asked),
    expected: '90 to 98 %',
  }));
}

/**
 * What scoring says of simulated companies beside what is planted in them. 200 companies a claim unless `--full` says
 * otherwise: minutes.
 */
export function truth(_size: string, log: (text: string) => void): Promise<TruthResult[]> {
  const { values } = parseArgs({ strict: false, options: { full: { type: 'string' } } });
  const runs = values.full === undefined ? 200 : Number(values.full);
  const results: TruthResult[] = [];
  for (const part of [
    () => [coverage([3, 2, 1, 0.5], 1.5, runs)],
    () => [coverage([3, 2, 2, 1, 1, 1, 0.5, 0.5, 0, 0], 3, runs)],
    () => [coverage([3, 2, 2, 1, 1, 1, 0.5, 0.5, 0, 0], 2, runs)],
    () => [testAuc(runs)],
    () => randomChurn(runs),
    () => [
      learnedAuc(
        'learned scores on another company whose churn follows use',
        { strengths: [3, 2.5, 2, 0, 0, 0, 0, 0, 0, 0], intercept: 2 },
        Math.ceil(runs / 10),
        'logistic at most 0.02 below the truth',
      ),
      learnedAuc(
        'learned scores on another company whose churn follows pairs of signals',
        { strengths: STANDARD.map(() => 0), intercept: -3, pairsLow: 3 },
        Math.ceil(runs / 10),
        'trees above logistic in each',
      ),
    ],
    () => learnedOfRandomChurn(Math.ceil(runs / 4)),
    () => [leaks(runs)],
    () => forecasts(Math.ceil(runs / 5)),
  ]) {
    const found = part();
    for (const { claim, found: what, expected } of found) log(`${claim}: ${what} (${expected})`);
    results.push(...found);
  }
  return Promise.resolve(results);
}
