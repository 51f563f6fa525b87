import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Column, openWarehouse, type Row, type Schema, type Warehouse } from '../warehouse/index.ts';
import { addDays } from './calendar.ts';
import {
  DEFAULT_EVALUATION_RULES,
  ensureScoringTables,
  judgeHistory,
  runScoring,
  SCORING_TABLES,
} from './index.ts';

const AS_OF = '2026-06-30';
const OPTIONS = { asOfDate: AS_OF, bootstrapSamples: 50 };

const columns = (definition: string): Column[] =>
  definition.split(', ').map((column) => {
    const [name, type] = column.split(' ');
    return { name, type } as Column;
  });

const HEALTH = columns(
  'account_id string, as_of_date date, model_version string, score number, category string, flag string, segment string, arr decimal, is_leak_proof boolean',
);
const SIGNALS = columns(
  'account_id string, as_of_date date, model_version string, signal string, measure number, cut string, signal_value number, weight number, contribution number, is_frozen boolean',
);
const RENEWALS = columns(
  'contract_id string, renewal_date date, account_id string, segment string, product string, owner_id string, arr decimal, auto_renew boolean, notice_days integer, first_known_date date, renewal_outcome string, renewed_arr decimal, outcome_known_date date, churn_date date',
);
const CHURNS = columns('account_id string, churn_date date, outcome_known_date date, arr_lost decimal');
const DAYS = columns('account_id string, as_of_date date, arr decimal');

const CHANGES = columns(
  'account_id string, as_of_date date, model_version string, category string, flag string, is_leak_proof boolean, is_scored boolean',
);
const VERSION = columns('model_version string');
const WEIGHTS = columns(
  'segment string, signal string, weight number, assumed_weight number, fitted_on date',
);
/** Both signals weigh alike; fitted on a day, or not. */
const weights = (fitted_on: string | null) =>
  ['login_frequency', 'csm_sentiment'].map((name) => ({
    segment: 'all',
    signal: name,
    weight: 50,
    assumed_weight: fitted_on === null ? null : 40,
    fitted_on,
  }));

const health = (
  account_id: string,
  as_of_date: string,
  score: number | null,
  flag: string | null = null,
) => ({
  account_id,
  as_of_date,
  model_version: 'v1',
  score,
  category: score === null ? null : score <= 40 ? 'red' : score <= 70 ? 'yellow' : 'green',
  flag,
  segment: 'smb',
  arr: 1000,
  is_leak_proof: true,
});

const every = (from: string, to: string): string[] => {
  const days = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
};

/**
 * Two accounts, daily from 2025-06-01. `stays` is green and renews on 2026-01-31. `goes` is yellow, red from
 * 2025-12-01, and its contract lapses on 2026-02-28; that is known on 2026-03-31, when its scoring ends.
 */
const HEALTH_ROWS = [
  ...every('2025-06-01', AS_OF).map((day) => health('stays', day, 80)),
  ...every('2025-06-01', '2025-11-30').map((day) => health('goes', day, 55, 'at_risk_sustained')),
  ...every('2025-12-01', '2026-03-30').map((day) => health('goes', day, 35, 'critical')),
  { ...health('goes', '2026-03-31', 35, 'critical'), arr: 0 },
];
const RENEWAL = {
  segment: 'smb',
  product: 'core',
  owner_id: 'u1',
  arr: 1000,
  auto_renew: false,
  notice_days: null,
  first_known_date: '2025-01-31',
  renewal_outcome: null,
  renewed_arr: null,
  outcome_known_date: null,
  churn_date: null,
};
const RENEWAL_ROWS = [
  {
    ...RENEWAL,
    contract_id: 'C1',
    account_id: 'stays',
    renewal_date: '2026-01-31',
    renewal_outcome: 'renewed',
    renewed_arr: 1000,
    outcome_known_date: '2026-01-15',
  },
  {
    ...RENEWAL,
    contract_id: 'C2',
    account_id: 'goes',
    renewal_date: '2026-02-28',
    renewal_outcome: 'churned',
    renewed_arr: 0,
    outcome_known_date: '2026-03-31',
    churn_date: '2026-02-28',
  },
  {
    ...RENEWAL,
    contract_id: 'C3',
    account_id: 'stays',
    renewal_date: '2027-01-31',
    auto_renew: true,
    notice_days: 40,
  },
];
const signal = (as_of_date: string, name: string, signal_value: number | null, measure: number | null) => ({
  account_id: 'stays',
  as_of_date,
  model_version: 'v1',
  signal: name,
  measure,
  cut: null,
  signal_value,
  weight: 15,
  contribution: 0,
  is_frozen: false,
});

describe('runScoring', () => {
  let warehouse: Warehouse;

  const fill = (schema: Schema, table: string, tableColumns: Column[], rows: Row[]) =>
    warehouse.replaceTable(schema, table, tableColumns, rows);
  const fillHealth = async (rows: (typeof HEALTH_ROWS)[number][]) => {
    await fill('marts', 'fct_account_health_daily', HEALTH, rows);
    await fill(
      'intermediate',
      'int_accounts__account_days',
      DAYS,
      rows.map(({ account_id, as_of_date, arr }) => ({ account_id, as_of_date, arr })),
    );
    await fill(
      'intermediate',
      'int_scores__risk_changes',
      CHANGES,
      rows.map(({ score, segment: _, arr: __, ...row }) => ({ ...row, is_scored: score !== null })),
    );
  };
  const rowsOf = async (query: string) => (await warehouse.query(query)).rows;

  beforeEach(async () => {
    warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    await warehouse.ensureSchemas();
    await fill('intermediate', 'int_scores__kept_days', HEALTH, []);
    await fill('intermediate', 'int_scores__model_version', VERSION, [{ model_version: 'v1' }]);
    await fill('intermediate', 'int_signals__index', WEIGHTS, weights(null));
    await fill(
      'intermediate',
      'category_cuts',
      columns('segment string, category string, max_score number'),
      [
        { segment: null, category: 'red', max_score: 40 },
        { segment: null, category: 'yellow', max_score: 70 },
        { segment: null, category: 'green', max_score: 100 },
      ],
    );
    await fillHealth(HEALTH_ROWS);
    await fill('marts', 'fct_signal_contributions_daily', SIGNALS, [
      signal('2026-05-31', 'login_frequency', 100, 22),
      signal('2026-05-31', 'csm_sentiment', null, null),
      signal(AS_OF, 'login_frequency', 70, 12),
      signal(AS_OF, 'csm_sentiment', null, null),
    ]);
    await fill('intermediate', 'int_renewals__renewals', RENEWALS, RENEWAL_ROWS);
    await fill('intermediate', 'int_revenue__account_churns', CHURNS, [
      { account_id: 'goes', churn_date: '2026-02-28', outcome_known_date: '2026-03-31', arr_lost: 1000 },
    ]);
  });
  afterEach(() => warehouse.close());

  it('observes each renewal once, with what was known H days before', async () => {
    await runScoring(warehouse, OPTIONS);
    expect(
      await rowsOf(
        `select horizon_days, contract_id, observed_date, score, category, flag, segment, outcome, churn_date
         from scoring.backtest_observations where unit = 'renewal' order by 1, 2`,
      ),
    ).toMatchInlineSnapshot(`
      [
        {
          "category": "green",
          "churn_date": null,
          "contract_id": "C1",
          "flag": null,
          "horizon_days": 90,
          "observed_date": "2025-11-02",
          "outcome": "renewed",
          "score": 80,
          "segment": "smb",
        },
        {
          "category": "yellow",
          "churn_date": "2026-02-28",
          "contract_id": "C2",
          "flag": "at_risk_sustained",
          "horizon_days": 90,
          "observed_date": "2025-11-30",
          "outcome": "churned",
          "score": 55,
          "segment": "smb",
        },
        {
          "category": "green",
          "churn_date": null,
          "contract_id": "C1",
          "flag": null,
          "horizon_days": 180,
          "observed_date": "2025-08-04",
          "outcome": "renewed",
          "score": 80,
          "segment": "smb",
        },
        {
          "category": "yellow",
          "churn_date": "2026-02-28",
          "contract_id": "C2",
          "flag": "at_risk_sustained",
          "horizon_days": 180,
          "observed_date": "2025-09-01",
          "outcome": "churned",
          "score": 55,
          "segment": "smb",
        },
      ]
    `);
  });

  it('takes days before renewals from what is kept of them, and only the others from the history', async () => {
    const outOfScope = { ...health('goes', '2025-11-30', null), is_leak_proof: null };
    await fill('intermediate', 'int_scores__kept_days', HEALTH, [
      health('stays', '2025-11-02', 12),
      outOfScope,
      health('stays', '2025-11-03', 13),
      { ...health('goes', '2025-09-01', 14), model_version: 'v0' },
    ]);
    await runScoring(warehouse, OPTIONS);
    expect(
      await rowsOf(
        `select horizon_days, account_id, score from scoring.backtest_observations where unit = 'renewal' order by 1, 2`,
      ),
    ).toEqual([
      { horizon_days: 90, account_id: 'stays', score: 12 },
      { horizon_days: 180, account_id: 'goes', score: 55 },
      { horizon_days: 180, account_id: 'stays', score: 80 },
    ]);
  });

  it('observes accounts at month ends until the churn, later ones as censored', async () => {
    await runScoring(warehouse, { ...OPTIONS, horizons: [90] });
    expect(
      await rowsOf(
        `select account_id, outcome, min(observed_date) as first, max(observed_date) as last, count(*) as months
         from scoring.backtest_observations where unit = 'account' group by 1, 2 order by 1, 3`,
      ),
    ).toMatchInlineSnapshot(`
      [
        {
          "account_id": "goes",
          "first": "2025-06-30",
          "last": "2025-10-31",
          "months": 5,
          "outcome": "renewed",
        },
        {
          "account_id": "goes",
          "first": "2025-11-30",
          "last": "2026-01-31",
          "months": 3,
          "outcome": "churned",
        },
        {
          "account_id": "stays",
          "first": "2025-06-30",
          "last": "2026-02-28",
          "months": 9,
          "outcome": "renewed",
        },
        {
          "account_id": "stays",
          "first": "2026-03-31",
          "last": "2026-06-30",
          "months": 4,
          "outcome": "censored",
        },
      ]
    `);
  });

  it('takes the lead from the first day of the red run', async () => {
    const { metrics } = await runScoring(warehouse, OPTIONS);
    const lead = metrics.find(
      ({ unit, horizon_days, segment, metric }) =>
        unit === 'renewal' && horizon_days === 90 && segment === 'all' && metric === 'median_lead_days',
    );
    expect(lead).toMatchObject({ value: 89, n: 1 }); // 1 December → 28 February
    const atRisk = metrics.find(
      ({ metric, segment }) => metric === 'median_lead_days_at_risk' && segment === 'smb',
    );
    expect(atRisk).toMatchObject({ value: 272, n: 1 }); // from the first day of the history
  });

  it('takes the lead of a contract that an account lost and lived on without', async () => {
    await fill('intermediate', 'int_revenue__account_churns', CHURNS, []); // `goes` still has another contract
    const { metrics } = await runScoring(warehouse, OPTIONS);
    const ofRenewals = metrics.filter(
      ({ unit, horizon_days, segment }) => unit === 'renewal' && horizon_days === 90 && segment === 'all',
    );
    const found = (name: string) => ofRenewals.find(({ metric }) => metric === name);
    expect(found('median_lead_days')).toMatchObject({ value: 89, n: 1 });
    expect(found('flagged_60d_ahead')).toMatchObject({ value: 1, n: 1 });
  });

  it('changes nothing at t when later rows are added', async () => {
    const observed = `select * exclude (outcome, churn_date) from scoring.backtest_observations
                      where observed_date <= '2025-12-31' order by all`;
    const asOfDate = '2025-12-31';
    await fillHealth(HEALTH_ROWS.filter(({ as_of_date }) => as_of_date <= asOfDate));
    await runScoring(warehouse, { ...OPTIONS, asOfDate });
    const before = await rowsOf(observed);
    expect(before.length).toBeGreaterThan(0);
    await fillHealth(HEALTH_ROWS);
    await runScoring(warehouse, { ...OPTIONS, asOfDate });
    expect(await rowsOf(observed)).toEqual(before);
    const outcomes = await rowsOf(
      "select distinct outcome from scoring.backtest_observations where unit = 'renewal'",
    );
    expect(outcomes).toEqual([{ outcome: 'censored' }]);
  });

  it('stages every renewal on the as-of date', async () => {
    await runScoring(warehouse, OPTIONS);
    expect(
      await rowsOf('select * exclude (as_of_date) from scoring.renewal_stages order by contract_id'),
    ).toEqual([
      {
        contract_id: 'C1',
        renewal_date: '2026-01-31',
        anchor_date: '2026-01-31',
        days_to_anchor: -150,
        renewal_stage: 'closed',
      },
      {
        contract_id: 'C2',
        renewal_date: '2026-02-28',
        anchor_date: '2026-02-28',
        days_to_anchor: -122,
        renewal_stage: 'closed',
      },
      // notice day 2026-12-22 is in the holidays
      {
        contract_id: 'C3',
        renewal_date: '2027-01-31',
        anchor_date: '2026-12-08',
        days_to_anchor: 161,
        renewal_stage: 'review',
      },
    ]);
  });

  it('takes horizons and limits of the seed', async () => {
    await fill('intermediate', 'backtest_rules', columns('rule string, value number'), [
      { rule: 'far_horizon_days', value: 120 },
    ]);
    const { metrics } = await runScoring(warehouse, OPTIONS);
    expect([...new Set(metrics.map(({ horizon_days }) => horizon_days))]).toEqual([90, 120]);
  });

  it('takes the renewal rules of the seed', async () => {
    await fill('intermediate', 'renewal_rules', columns('rule string, value string, status string'), [
      { rule: 'holiday_shift_days', value: '7', status: 'confirmed' },
    ]);
    await runScoring(warehouse, OPTIONS);
    expect(await rowsOf("select anchor_date from scoring.renewal_stages where contract_id = 'C3'")).toEqual([
      { anchor_date: '2026-12-15' },
    ]);
  });

  it('divides score changes where both days have a score', async () => {
    const words = (part: string, text: string) => ({
      signal: 'login_frequency',
      cut: null,
      part,
      words: text,
    });
    await fill(
      'intermediate',
      'signal_words',
      columns('signal string, cut string, part string, words string'),
      [
        words('fewer', 'People logged in on fewer days'),
        words('state', '{measure|active day|active days}[ in the last {lookback_days} days]'),
      ],
    );
    await fill('intermediate', 'signal_cuts', columns('signal string, cut string, threshold number'), [
      { signal: 'login_frequency', cut: 'lookback_days', threshold: 45 },
    ]);
    await runScoring(warehouse, OPTIONS);
    expect(await rowsOf('select * from scoring.score_changes')).toEqual([
      {
        account_id: 'stays',
        as_of_date: AS_OF,
        since_date: '2026-05-31',
        window_days: 30,
        model_version: 'v1',
        signal: 'login_frequency',
        value_from: 100,
        value_to: 70,
        measure_from: 22,
        measure_to: 12,
        value_effect: -30,
        weight_effect: 0,
        coverage_effect: 0,
        effect: -30,
        sentence:
          'People logged in on fewer days: 12 active days in the last 45 days, down from 22 (−30 points).',
      },
    ]);
  });

  it('publishes the same rows twice, and counts them', async () => {
    const first = await runScoring(warehouse, OPTIONS);
    const second = await runScoring(warehouse, OPTIONS);
    expect(second).toEqual(first);
    for (const [table, rowCount] of Object.entries(first.row_counts)) {
      expect(await rowsOf(`select count(*) as n from scoring.${table}`)).toEqual([{ n: rowCount }]);
    }
  });

  it('reads the present model version, beside which older ones stay', async () => {
    await fillHealth([...HEALTH_ROWS, { ...health('stays', '2025-11-02', 10), model_version: 'v2' }]);
    const scores =
      "select score from scoring.backtest_observations where unit = 'renewal' and horizon_days = 90";
    await fill('intermediate', 'int_scores__kept_days', HEALTH, []);
    await fill('intermediate', 'int_scores__model_version', VERSION, [{ model_version: 'v2' }]);
    await runScoring(warehouse, { ...OPTIONS, modelVersion: 'v1' });
    const first = await warehouse.query('select * from scoring.backtest_metrics order by all');
    expect(first.rows.length).toBeGreaterThan(20);
    const second = await runScoring(warehouse, OPTIONS);
    expect(second.model_version).toBe('v2');
    const kept = "select * from scoring.backtest_metrics where model_version = 'v1' order by all";
    expect((await warehouse.query(kept)).rows).toEqual(first.rows);
    expect(second.row_counts.backtest_metrics).toBe(first.rows.length + second.metrics.length);
    expect(await rowsOf(scores)).toEqual([{ score: 10 }]);
    await runScoring(warehouse, { ...OPTIONS, modelVersion: 'v1' });
    expect(await rowsOf(`${scores} order by 1`)).toEqual([{ score: 55 }, { score: 80 }]);
  });

  it('publishes figures without value for a company without history', async () => {
    await fillHealth([]);
    await fill('intermediate', 'int_renewals__renewals', RENEWALS, []);
    await fill('intermediate', 'int_revenue__account_churns', CHURNS, []);
    const { metrics, row_counts } = await runScoring(warehouse, OPTIONS);
    expect(new Set(metrics.map(({ verdict }) => verdict))).toEqual(new Set(['insufficient_evidence']));
    expect(row_counts.backtest_observations).toBe(0);
  });

  it('keeps each figure as it was first published, whatever comes later', async () => {
    const figure = async () =>
      (
        await rowsOf(
          `select value, launch_value, launch_date, as_of_date from scoring.backtest_metrics
           where unit = 'renewal' and horizon_days = 90 and segment = 'all' and metric = 'churn_rate'`,
        )
      )[0];
    await runScoring(warehouse, { ...OPTIONS, asOfDate: '2026-03-15' });
    const launched = { launch_value: 0, launch_date: '2026-03-15' };
    expect(await figure()).toEqual({ value: 0, as_of_date: '2026-03-15', ...launched });
    await runScoring(warehouse, OPTIONS);
    expect(await figure()).toEqual({ value: 0.5, as_of_date: AS_OF, ...launched });
  });

  it('takes no outcome for a proof of weights that were fitted on it', async () => {
    await fill('intermediate', 'int_signals__index', WEIGHTS, weights('2026-05-31'));
    const { metrics } = await runScoring(warehouse, OPTIONS);
    const ofRenewals = (name: string) =>
      metrics.find(
        ({ unit, horizon_days, segment, metric }) =>
          unit === 'renewal' && horizon_days === 90 && segment === 'all' && metric === name,
      );
    expect(ofRenewals('churn_rate')).toMatchObject({ value: 0.5, is_in_sample: true });
    expect(ofRenewals('go_live_gate')).toMatchObject({
      verdict: 'insufficient_evidence',
      reason:
        'the weights or cuts were fitted on outcomes known by 2026-05-31; of 0 churns that became known since, 30 are needed to judge them',
    });
    expect(await rowsOf('select distinct launch_value from scoring.backtest_metrics')).toEqual([
      { launch_value: null },
    ]);
    // one churn is too few for a fit, so that there is no walk-forward figure
    expect(metrics.filter(({ metric }) => metric.endsWith('_walk_forward'))).toEqual([]);
  });

  it('puts walk-forward figures beside those that are in sample', async () => {
    await fill('intermediate', 'int_signals__index', WEIGHTS, weights('2026-05-31'));
    // Of a month end's signals in the history each of these renewals has one: low where it is lost.
    const evaluationRules = { ...DEFAULT_EVALUATION_RULES, minimum_churns: 1 };
    const names = ['login_frequency', 'csm_sentiment'];
    const accounts = Array.from({ length: 24 }, (_, index) => ({
      account_id: `A${index}`,
      isLost: index % 3 === 0,
      date: index < 12 ? '2025-09-15' : '2026-04-15',
    }));
    const days = [...every('2025-06-01', '2026-04-16')];
    await fillHealth(
      accounts.flatMap(({ account_id, isLost, date }) =>
        days.filter((day) => !isLost || day <= date).map((day) => health(account_id, day, isLost ? 60 : 80)),
      ),
    );
    await fill(
      'marts',
      'fct_signal_contributions_daily',
      SIGNALS,
      accounts.flatMap(({ account_id, isLost, date }) =>
        [...days.filter((day) => addDays(day, 1).endsWith('-01')), addDays(date, -90)].flatMap((day) =>
          names.map((name) => ({ ...signal(day, name, isLost ? 20 : 90, null), account_id })),
        ),
      ),
    );
    await fill(
      'intermediate',
      'int_renewals__renewals',
      RENEWALS,
      accounts.map(({ account_id, isLost, date }) => ({
        ...RENEWAL,
        contract_id: `C-${account_id}`,
        account_id,
        renewal_date: date,
        renewal_outcome: isLost ? 'churned' : 'renewed',
        renewed_arr: isLost ? 0 : 1000,
        outcome_known_date: date,
        churn_date: isLost ? date : null,
      })),
    );
    await fill(
      'intermediate',
      'int_revenue__account_churns',
      CHURNS,
      accounts
        .filter(({ isLost }) => isLost)
        .map(({ account_id, date }) => ({
          account_id,
          churn_date: date,
          outcome_known_date: date,
          arr_lost: 1000,
        })),
    );
    const { metrics } = await runScoring(warehouse, { ...OPTIONS, evaluationRules });
    const of = (name: string) =>
      metrics.filter(
        ({ unit, horizon_days, metric }) => unit === 'renewal' && horizon_days === 90 && metric === name,
      );
    // Nothing was known of before the quarter of the first ones; of the later ones, observed on 15 January, all is told.
    expect(of('auc')).toMatchObject([{ segment: 'all', is_in_sample: true }, { segment: 'smb' }]);
    expect(of('auc_walk_forward')).toMatchObject([{ segment: 'all', is_in_sample: false, n: 12, value: 1 }]);
    // 20 is red and 90 green by the cuts, while 60 and 80, the scores in force, are yellow and green.
    expect(of('decisive_accuracy')[0]).toMatchObject({ value: 1, n: 16 });
    expect(of('decisive_accuracy_walk_forward')[0]).toMatchObject({ value: 1, n: 12 });
    expect(of('go_live_gate')[0]).toMatchObject({ verdict: 'insufficient_evidence', is_in_sample: true });
  });

  it('gives quarters, products, the length of warnings and what each signal says', async () => {
    await runScoring(warehouse, OPTIONS);
    expect(
      await rowsOf(
        `select slice, slice_value, value from scoring.backtest_slices
         where unit = 'renewal' and horizon_days = 90 and metric = 'churn_rate' order by 1, 2`,
      ),
    ).toEqual([
      { slice: 'product', slice_value: 'core', value: 0.5 },
      { slice: 'quarter', slice_value: '2026-Q1', value: 0.5 },
    ]);
    expect(
      await rowsOf(
        `select flagged_by, band from scoring.backtest_lead_times
         where unit = 'renewal' and horizon_days = 90 and churn_count = 1 order by 1`,
      ),
    ).toEqual([
      { flagged_by: 'at_risk', band: 'more than 180 days' },
      { flagged_by: 'red', band: '61 to 90 days' },
    ]);
    expect(
      await rowsOf('select signal, weight, is_suspected_leak from scoring.backtest_signals order by 1'),
    ).toEqual([
      { signal: 'csm_sentiment', weight: 50, is_suspected_leak: false },
      { signal: 'login_frequency', weight: 50, is_suspected_leak: false },
    ]);
  });

  it('judges another platform by what it said on the very day, beside ours', async () => {
    const span = (account_id: string, from_date: string, until_date: string, score: number) => ({
      account_id,
      system: 'old',
      from_date,
      until_date,
      score,
    });
    await fill(
      'intermediate',
      'int_scores__external',
      columns('account_id string, system string, from_date date, until_date date, score number'),
      [
        // C1 is observed on 2 November, C2 on the 30th: the day before and the day after say the opposite.
        span('stays', '2025-10-01', '2025-11-02', 1),
        span('stays', '2025-11-02', '2025-11-03', 30),
        span('stays', '2025-11-03', '2025-11-30', 2),
        span('goes', '2025-10-01', '2025-11-30', 99),
        span('goes', '2025-11-30', '2025-12-01', 20),
        span('goes', '2025-12-01', '2026-01-01', 98),
        span('unknown', '2025-10-01', '2026-01-01', 5),
      ],
    );
    await runScoring(warehouse, OPTIONS);
    const query = `select unit, horizon_days, segment, n, case_count, churn_count, auc_external, auc_own, verdict
      from scoring.backtest_external where unit = 'renewal' order by segment`;
    const figures = { unit: 'renewal', horizon_days: 90, n: 2, case_count: 2, churn_count: 1 };
    expect(await rowsOf(query)).toEqual(
      ['all', 'smb'].map((segment) => ({
        ...figures,
        ...{ segment, auc_external: 1, auc_own: 1, verdict: 'insufficient_evidence' },
      })),
    );
    // Per account, 90 days ahead: on 31 October both are still there (theirs 1 and 99, ours 80 and 55); goes is lost from
    // 30 November (theirs 20, ours 55) and 31 December (98, 35). Of 4 pairs theirs has 2, ours 3 and a tie.
    expect(
      await rowsOf(
        `select n, auc_external, auc_own from scoring.backtest_external
         where unit = 'account' and horizon_days = 90 and segment = 'all'`,
      ),
    ).toEqual([{ n: 4, auc_external: 0.5, auc_own: 0.875 }]);
    const { external } = await judgeHistory(warehouse, {
      asOfDate: AS_OF,
      horizons: [90],
      bootstrapSamples: 20,
    });
    expect(external.map(({ unit, segment }) => [unit, segment])).toEqual([
      ['renewal', 'all'],
      ['renewal', 'smb'],
      ['account', 'all'],
      ['account', 'smb'],
    ]);
  });

  it('judges as of another day and horizon without publishing anything', async () => {
    await runScoring(warehouse, OPTIONS);
    const before = await rowsOf('select * from scoring.backtest_metrics order by all');
    const { metrics } = await judgeHistory(warehouse, {
      asOfDate: '2026-04-15',
      units: ['renewal'],
      horizons: [60],
      bootstrapSamples: 20,
    });
    expect(new Set(metrics.map(({ unit, horizon_days }) => `${unit} ${horizon_days}`))).toEqual(
      new Set(['renewal 60']),
    );
    expect(metrics.find(({ metric }) => metric === 'churn_rate')).toMatchObject({ value: 0.5, n: 2 });
    expect(await rowsOf('select * from scoring.backtest_metrics order by all')).toEqual(before);
  });

  it('says how far it is', async () => {
    const steps: string[] = [];
    await runScoring(warehouse, {
      ...OPTIONS,
      onProgress: (howFar, what) => steps.push(`${howFar} ${what}`),
    });
    expect(steps[0]).toBe('1/8 reading outcomes');
    expect(steps.at(-1)).toBe('8/8 publishing');
  });

  it('names the table that is missing, and the column that is wrong', async () => {
    await fill(
      'intermediate',
      'int_revenue__account_churns',
      columns('account_id string, churn_date date, outcome_known_date date'),
      [{ account_id: 'goes', churn_date: null, outcome_known_date: '2026-03-31' }],
    );
    await expect(runScoring(warehouse, OPTIONS)).rejects.toMatchObject({
      code: 'HISTORY_INVALID',
      data: { relation: 'intermediate.int_revenue__account_churns' },
    });
    await warehouse.query('drop table intermediate.int_revenue__account_churns');
    await expect(runScoring(warehouse, OPTIONS)).rejects.toMatchObject({ code: 'HISTORY_MISSING' });
  });

  it('makes its tables, empty, before the first run', async () => {
    await ensureScoringTables(warehouse);
    await ensureScoringTables(warehouse);
    for (const [table, expected] of Object.entries(SCORING_TABLES)) {
      expect(await warehouse.tableColumns('scoring', table)).toEqual(expected);
    }
  });
});
