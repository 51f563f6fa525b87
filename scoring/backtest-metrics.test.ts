import { describe, expect, it } from 'vitest';
import {
  backtestMetrics,
  type CalibratedObservation,
  calibrationByDecile,
  type Metric,
} from './backtest-metrics.ts';
import type { RiskChange } from './history.ts';
import { DEFAULT_EVALUATION_RULES } from './rules.ts';

const observation = (values: Partial<CalibratedObservation>): CalibratedObservation => {
  const score = values.score ?? 80;
  return {
    unit: 'renewal',
    horizon_days: 90,
    account_id: 'A1',
    contract_id: 'C1',
    product: null,
    days_to_renewal: 90,
    observed_date: '2025-01-31',
    score,
    category: score <= 40 ? 'red' : score <= 70 ? 'yellow' : 'green',
    flag: null,
    segment: 'smb',
    arr: 1000,
    outcome: 'renewed',
    churn_date: values.outcome === 'churned' ? '2025-05-01' : null,
    churn_known_date: values.outcome === 'churned' ? '2025-06-01' : null,
    resolved_date: '2025-06-01',
    churn_probability: null,
    ...values,
  };
};

/**
 * Ten renewals to follow by hand: red 3 (2 churned), yellow 3 (1), green 4 (1); beside them one contraction,
 * one censored.
 */
const TEN: CalibratedObservation[] = (
  [
    [10, 'churned', 'critical', 0.8],
    [20, 'renewed', 'critical', 0.6],
    [35, 'churned', 'critical', 0.5],
    [45, 'churned', 'at_risk_sustained', null],
    [55, 'renewed', 'at_risk_renewal', null],
    [65, 'renewed', 'watch', null],
    [75, 'renewed', null, 0.1],
    [80, 'churned', null, 0.1],
    [90, 'renewed', null, null],
    [95, 'renewed', null, null],
    [38, 'contracted', 'critical', null],
    [15, 'censored', 'critical', null],
  ] as const
).map(([score, outcome, flag, churn_probability], index) =>
  observation({ account_id: `A${index}`, contract_id: `C${index}`, score, outcome, flag, churn_probability }),
);

const OPTIONS = { rules: DEFAULT_EVALUATION_RULES, bootstrap: { samples: 200, seed: 1 } };

const byName = (metrics: readonly Metric[]) => new Map(metrics.map((metric) => [metric.metric, metric]));

const NO_RISK_CHANGES = new Map<string, RiskChange[]>();

describe('backtestMetrics', () => {
  it('gives the shares of ten renewals worked by hand', () => {
    const metrics = byName(backtestMetrics(TEN, NO_RISK_CHANGES, OPTIONS));
    const values = Object.fromEntries(
      [...metrics].map(([name, { value, n }]) => [
        name,
        `${value === null ? null : Number(value.toFixed(4))} of ${n}`,
      ]),
    );
    // auc: renewed above each churned: 10 → 6, 35 → 5, 45 → 5, 80 → 2 of 6 each: 18 / 24
    // balanced accuracy: (2/4 + 5/6) / 2; at risk (3/4 + 4/6) / 2
    // lift: the lowest one of ten churned: 1 / 0.4. brier: (0.04 + 0.36 + 0.25 + 0.01 + 0.81) / 5
    expect(values).toMatchInlineSnapshot(`
      {
        "accuracy_always_renew": "0.6 of 10",
        "auc": "0.75 of 10",
        "auc_calendar": "0.5 of 10",
        "auc_lift_over_calendar": "0.1667 of 10",
        "balanced_accuracy": "0.6667 of 10",
        "balanced_accuracy_at_risk": "0.7083 of 10",
        "brier": "0.294 of 5",
        "censored_count": "1 of 1",
        "churn_count": "4 of 4",
        "churn_rate": "0.4 of 10",
        "contraction_flag_rate": "1 of 1",
        "contraction_flag_rate_at_risk": "1 of 1",
        "contraction_rate": "0.0909 of 11",
        "decisive_accuracy": "0.7143 of 7",
        "decisive_coverage": "0.7 of 10",
        "false_alarm_rate": "0.1667 of 6",
        "false_alarm_rate_at_risk": "0.3333 of 6",
        "flagged_60d_ahead": "0 of 4",
        "flagged_60d_ahead_at_risk": "0 of 4",
        "go_live_gate": "0 of 10",
        "green_churn_rate": "0.25 of 4",
        "lift_top_decile": "2.5 of 10",
        "median_lead_days": "null of 0",
        "median_lead_days_at_risk": "null of 0",
        "missed_churn_rate": "0.5 of 4",
        "missed_churn_rate_at_risk": "0.25 of 4",
        "precision": "0.6667 of 3",
        "precision_at_risk": "0.6 of 5",
        "recall": "0.5 of 4",
        "recall_at_risk": "0.75 of 4",
        "red_renew_rate": "0.3333 of 3",
      }
    `);
  });

  it('gives a renewal share the plain Wilson interval', () => {
    // 1 of 4: Wilson 1927, 95 %: 0.0456–0.6994
    const rate = byName(backtestMetrics(TEN, NO_RISK_CHANGES, OPTIONS)).get('green_churn_rate')!;
    expect(rate.ci_low).toBeCloseTo(0.0456, 4);
    expect(rate.ci_high).toBeCloseTo(0.6994, 4);
  });

  it('gives account months a wider interval than as many renewals', () => {
    // each case three times, as three months of one account
    const months = TEN.flatMap((one) => [one, one, one]);
    const width = (unit: 'renewal' | 'account') => {
      const cases = months.map((one) => ({ ...one, unit }));
      const { ci_low, ci_high } = byName(backtestMetrics(cases, NO_RISK_CHANGES, OPTIONS)).get('churn_rate')!;
      return ci_high! - ci_low!;
    };
    expect(width('account')).toBeGreaterThan(width('renewal') * 1.4);
  });

  it('does not depend on the order of the observations', () => {
    const backwards = backtestMetrics([...TEN].reverse(), NO_RISK_CHANGES, OPTIONS);
    const values = (metrics: readonly Metric[]) =>
      metrics.map(({ metric, value, n }) => ({ metric, value, n }));
    expect(values(backwards)).toEqual(values(backtestMetrics(TEN, NO_RISK_CHANGES, OPTIONS)));
  });

  it('gives no verdict below 30 churns, however many months saw them', () => {
    const months = Array.from({ length: 40 }, () => TEN).flat();
    const metrics = backtestMetrics(months, NO_RISK_CHANGES, OPTIONS);
    expect(new Set(metrics.map(({ verdict }) => verdict))).toEqual(new Set(['insufficient_evidence']));
    expect(byName(metrics).get('churn_count')!.value).toBe(4);
  });

  it('gives null, no interval and no verdict without observations', () => {
    const metrics = byName(backtestMetrics([], NO_RISK_CHANGES, { ...OPTIONS, notLeakProofCount: 3 }));
    expect(metrics.get('auc')).toEqual({
      metric: 'auc',
      value: null,
      n: 0,
      ci_low: null,
      ci_high: null,
      verdict: 'insufficient_evidence',
      reason: '0 churns known; 30 are needed',
    });
    expect(metrics.get('go_live_gate')!.value).toBe(0);
    expect(metrics.get('not_leak_proof_count')!.value).toBe(3);
  });

  /** Red that churned, red that renewed, green that renewed, green that churned: each of its own account. */
  const company = (redChurned: number, redRenewed: number, greenRenewed: number, greenChurned: number) =>
    (
      [
        [redChurned, 30, 'churned'],
        [redRenewed, 30, 'renewed'],
        [greenRenewed, 80, 'renewed'],
        [greenChurned, 80, 'churned'],
      ] as const
    ).flatMap(([count, score, outcome], group) =>
      Array.from({ length: count }, (_, index) =>
        observation({ account_id: `${group}-${index}`, score, outcome }),
      ),
    );
  const gateOf = (cases: readonly CalibratedObservation[]) =>
    byName(backtestMetrics(cases, NO_RISK_CHANGES, OPTIONS)).get('go_live_gate')!;

  it('opens the gate for a score that is right nearly always', () => {
    expect(gateOf(company(40, 10, 200, 10))).toMatchObject({ value: 1, verdict: 'pass' });
  });

  it('keeps the gate shut when more than three of ten red renew, or the score only says "all renew"', () => {
    expect(gateOf(company(40, 20, 200, 10))).toMatchObject({ value: 0, verdict: 'fail' }); // 20 / 60 red renew
    expect(gateOf(company(0, 0, 300, 40))).toMatchObject({ value: 0, verdict: 'fail' });
  });

  it('names each condition of the gate that failed', () => {
    expect(gateOf(company(40, 10, 200, 10)).reason).toBeNull();
    expect(gateOf(company(40, 20, 200, 10)).reason).toBe('of red 33.3 % renewed, expected less than 30 %');
    expect(gateOf(company(12, 20, 60, 40)).reason).toMatch(
      /^of green 40 % churned, .*; of red 62\.5 % renewed, .*; of red and green 54\.5 % ended as the colour said, .*; balanced accuracy is 49 %/,
    );
    expect(gateOf(company(5, 1, 20, 5)).reason).toBe('10 churns known; 30 are needed');
  });

  it('decides the gate per renewal only', () => {
    const months = company(40, 10, 200, 10).map((one) => ({ ...one, unit: 'account' as const }));
    expect(gateOf(months)).toMatchObject({
      value: null,
      verdict: null,
      reason: 'the gate is decided per renewal',
    });
  });

  it('does not reward a signal that knows too much too early', () => {
    const right = company(40, 10, 200, 10);
    const metrics = byName(
      backtestMetrics(right, NO_RISK_CHANGES, { ...OPTIONS, suspectedLeaks: ['csm_sentiment'] }),
    );
    for (const name of ['go_live_gate', 'auc']) {
      expect(metrics.get(name)).toMatchObject({
        verdict: 'fail',
        reason: expect.stringContaining('csm_sentiment knows too much too early') as string,
      });
    }
  });

  it('passes no AUC that the calendar alone would have had', () => {
    // each account is as far from its renewal as its score is high: the score says nothing of its own
    const asTheCalendar = company(40, 10, 200, 10).map((one) => ({
      ...one,
      unit: 'account' as const,
      days_to_renewal: one.outcome === 'churned' ? one.score : one.score + 60,
    }));
    const metrics = byName(backtestMetrics(asTheCalendar, NO_RISK_CHANGES, OPTIONS));
    expect(metrics.get('auc_calendar')!.value).toBeGreaterThan(metrics.get('auc')!.value!);
    expect(metrics.get('auc')).toMatchObject({
      verdict: 'fail',
      reason: 'nothing shows that it knows more than the days to renewal do',
    });
    expect(metrics.get('auc_lift_over_calendar')!.verdict).toBe('fail');
    expect(
      byName(backtestMetrics(company(40, 10, 200, 10), NO_RISK_CHANGES, OPTIONS)).get('auc'),
    ).toMatchObject({ verdict: 'pass', reason: null });
  });

  it('gives only the metrics that are asked for', () => {
    const only = new Set(['auc', 'churn_rate']);
    const found = backtestMetrics(TEN, NO_RISK_CHANGES, { ...OPTIONS, only });
    expect(found.map(({ metric }) => metric)).toEqual(['auc', 'churn_rate']);
  });

  it('says of a share of fewer than ten cases that it is too little to judge, and so of the gate', () => {
    const few = company(9, 0, 200, 30); // no red renewed, of 9
    const rate = (name: string, cases: readonly CalibratedObservation[]) =>
      byName(backtestMetrics(cases, NO_RISK_CHANGES, OPTIONS)).get(name)!;
    expect(rate('red_renew_rate', few)).toMatchObject({ value: 0, n: 9, verdict: 'insufficient_evidence' });
    expect(rate('red_renew_rate', company(10, 0, 200, 30))).toMatchObject({ n: 10, verdict: 'pass' });
    expect(gateOf(few)).toMatchObject({ value: 0, verdict: 'insufficient_evidence' });
    // three months of each account are no more accounts
    const months = few.flatMap((one) => [one, one, one]).map((one) => ({ ...one, unit: 'account' as const }));
    expect(rate('red_renew_rate', months)).toMatchObject({ n: 27, verdict: 'insufficient_evidence' });
  });

  it('takes lead days from the last run of each churn, and its known day when sooner', () => {
    const change = (account_id: string, as_of_date: string, is_red: boolean): RiskChange => ({
      account_id,
      as_of_date,
      is_red,
      is_at_risk: is_red,
    });
    const cases = [
      observation({ account_id: 'long', outcome: 'churned' }),
      observation({ account_id: 'notice', outcome: 'churned', churn_known_date: '2025-03-02' }),
      observation({ account_id: 'surprise', outcome: 'churned' }),
    ];
    const changes = new Map([
      ['long', [change('long', '2025-01-01', false), change('long', '2025-02-01', true)]], // 1 Feb → 1 May: 89
      ['notice', [change('notice', '2025-02-20', true)]], // 20 Feb → 2 March: 10
      ['surprise', [change('surprise', '2024-01-01', false)]],
    ]);
    const metrics = byName(backtestMetrics(cases, changes, OPTIONS));
    expect(metrics.get('median_lead_days')).toMatchObject({ value: 49.5, n: 2 });
    expect(metrics.get('flagged_60d_ahead')).toMatchObject({ value: 1 / 3, n: 3 });
  });
});

describe('calibrationByDecile', () => {
  it('gives each decile its mean score and churn rate', () => {
    const deciles = calibrationByDecile(TEN);
    expect(deciles).toHaveLength(10);
    expect(deciles.map(({ churn_rate }) => churn_rate)).toEqual([1, 0, 1, 1, 0, 0, 0, 1, 0, 0]);
    expect(deciles[7]).toMatchObject({ decile: 8, n: 1, mean_score: 80 });
    expect(deciles[7]!.ci_low).toBeCloseTo(0.2065, 4); // Wilson 1 of 1
  });
});
