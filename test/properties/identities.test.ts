import { beforeAll, describe, expect, it } from 'vitest';
import { type SignalOnDay, scoreChange, scoreOf } from '../../scoring/score-change.ts';
import type { Row } from '../../warehouse/index.ts';
import { addDays, daysBetween } from '../oracle/company.ts';
import { randomNumbers } from '../oracle/random-company.ts';
import { oracleCategory } from '../oracle/signals.ts';
import { query } from './random-line.ts';

const few = <T>(found: readonly T[]) => [found.length, ...found.slice(0, 5)];
const none = async (sql: string) => expect(few(await query(sql))).toEqual([0]);

describe('what must add up, on every row', () => {
  it('start and movements make the end, to the cent', () =>
    none(
      `select * from marts.fct_arr_movements
       where arr_start + arr_new + arr_expansion + arr_contraction + arr_churned + arr_reactivation <> arr_end
         or arr_new < 0 or arr_expansion < 0 or arr_reactivation < 0 or arr_contraction > 0 or arr_churned > 0`,
    ));

  it('a month starts where the one before ended', () =>
    none(
      `select * from marts.fct_arr_movements as present
       inner join marts.fct_arr_movements as past
         on present.account_id = past.account_id and past.month = present.month - interval 1 month
       where present.arr_start <> past.arr_end`,
    ));

  it('gross retention is at most net retention and at most 1, and none is negative', async () => {
    await none(
      'select * from marts.fct_retention where grr > nrr + 1e-12 or grr > 1 or grr < 0 or logo_churn_rate not between 0 and 1',
    );
    await none(
      'select * from marts.fct_retention where gross_renewal_rate > net_renewal_rate + 1e-12 or gross_renewal_rate not between 0 and 1',
    );
  });

  it('segments add to all', () =>
    none(
      `select period_end, period, unit from marts.fct_retention group by all
       having sum(case when segment = 'all' then arr_start else -arr_start end) <> 0
         or sum(case when segment = 'all' then arr_end else -arr_end end) <> 0
         or sum(case when segment = 'all' then unit_count else -unit_count end) <> 0`,
    ));

  it('parents have the ARR of their accounts', () =>
    none(
      `select period_end, period from marts.fct_retention where segment = 'all' and period = 'month' group by all
       having sum(case when unit = 'parent' then arr_start else -arr_start end) <> 0`,
    ));

  it('weights add to 100, contributions to the score', () =>
    none(
      `select account_id, as_of_date, model_version, sum(weight), sum(contribution), max(score), max(weight_coverage)
       from marts.fct_signal_contributions_daily
       inner join marts.fct_account_health_daily using (account_id, as_of_date, model_version)
       group by all
       having abs(sum(weight) - 100) > 1e-9 or abs(coalesce(max(score), 0) - sum(contribution)) > 1e-9
         or abs(max(weight_coverage) - sum(case when signal_value is not null then weight else 0 end) / 100) > 1e-9`,
    ));
});

describe('the change between any two days', () => {
  it('is its value, weight and coverage effects, to 1e-9', async () => {
    const rows = await query(
      `select account_id, as_of_date, signal, signal_value, weight from marts.fct_signal_contributions_daily
       where account_id like 'acc%' and model_version like 'standard%' and dayofyear(as_of_date) % 9 = 0`,
    );
    const random = randomNumbers(7);
    const differences: string[] = [];
    let compared = 0;
    for (const [accountId, ofAccount] of Map.groupBy(rows, (row) => String(row.account_id))) {
      const days = [...Map.groupBy(ofAccount, (row) => String(row.as_of_date)).values()].map((signals) =>
        signals.map(
          (row): SignalOnDay => ({
            signal: String(row.signal),
            signal_value: row.signal_value === null ? null : Number(row.signal_value),
            weight: Number(row.weight),
          }),
        ),
      );
      const pick = () => days[Math.floor(random() * days.length)] ?? [];
      for (let pair = 0; pair < 20; pair += 1) {
        const from = pick();
        // the weights change too, as between two model versions
        const to = pick().map((signal) =>
          random() < 0.3 ? { ...signal, weight: Math.round(random() * 40) } : signal,
        );
        const effects = scoreChange(from, to);
        const total = effects.reduce(
          (sum, each) => sum + each.value_effect + each.weight_effect + each.coverage_effect,
          0,
        );
        compared += 1;
        if (Math.abs(total - ((scoreOf(to) ?? 0) - (scoreOf(from) ?? 0))) > 1e-9)
          differences.push(`${accountId}: ${total}`);
      }
    }
    expect(few(differences)).toEqual([0]);
    expect(compared).toBeGreaterThan(1_000);
  });
});

describe('what a score means', () => {
  let rows: Row[];
  let byAccount: Map<unknown, Row[]>;
  beforeAll(async () => {
    rows = await query(
      'select * from marts.fct_account_health_daily order by account_id, model_version, as_of_date',
    );
    byAccount = Map.groupBy(rows, (row) => `${row.account_id} ${row.model_version}`);
  });

  const disagreeing = (claim: (row: Row, index: number, ofAccount: readonly Row[]) => boolean) =>
    few(
      [...byAccount.values()].flatMap((ofAccount) =>
        ofAccount.filter((row, index) => !claim(row, index, ofAccount)).map((row) => JSON.stringify(row)),
      ),
    );
  // as a number, once a day: days are compared by the million here
  const numbers = new Map<unknown, number>();
  const dayNumber = ({ as_of_date }: Row) => {
    const known = numbers.get(as_of_date) ?? daysBetween('2000-01-01', String(as_of_date));
    numbers.set(as_of_date, known);
    return known;
  };
  const rounded = (value: unknown) => Math.round(Number(value) * 1e9) / 1e9;

  it('has the category of its cuts, and an override moves it by one at most', () => {
    const steps = ['red', 'yellow', 'green'];
    expect(
      disagreeing((row) => {
        if (row.score === null) return row.category === null;
        const category = oracleCategory(Number(row.score));
        const moved = steps.indexOf(String(row.category_effective)) - steps.indexOf(category);
        const direction = row.override_direction;
        return (
          row.category === category &&
          (direction === null
            ? moved === 0
            : direction === 'up'
              ? moved === 1 || (moved === 0 && category === 'green')
              : moved === -1 || (moved === 0 && category === 'red'))
        );
      }),
    ).toEqual([0]);
  });

  it('has the gravest flag that its rules give', () => {
    expect(
      disagreeing((row, index, ofAccount) => {
        const score = row.score === null ? null : rounded(row.score);
        const watch = score !== null && score < 70 ? 'watch' : null;
        let flag = watch;
        if (rounded(row.weight_coverage) >= 0.6) {
          const last = ofAccount.slice(Math.max(0, index - 13), index + 1);
          const days = row.days_to_renewal;
          if (last.length === 14 && last.every((each) => each.score !== null && rounded(each.score) < 60))
            flag = 'at_risk_sustained';
          if (
            ((score !== null && score < 60) || row.category_effective === 'red') &&
            days !== null &&
            Number(days) >= 0 &&
            Number(days) <= 90
          )
            flag = 'at_risk_renewal';
          if (row.category === 'red') flag = 'critical';
        }
        return row.flag === flag;
      }),
    ).toEqual([0]);
  });

  it('changes, trends and drops as its own rows say', () => {
    for (const ofAccount of byAccount.values()) {
      const on = new Map(ofAccount.map((row) => [String(row.as_of_date), row]));
      for (const row of ofAccount) {
        const day = String(row.as_of_date);
        const earlier = (days: number) => on.get(addDays(day, -days));
        const change = (days: number) => {
          const past = earlier(days);
          return !past || past.score === null || row.score === null
            ? null
            : Number(row.score) - Number(past.score);
        };
        const same = (a: unknown, b: number | null) =>
          b === null ? a === null : a !== null && Math.abs(Number(a) - b) < 1e-9;
        const month = change(30);
        const week = change(7);
        const trend =
          month === null
            ? 'stable'
            : rounded(month) <= -5
              ? 'declining'
              : rounded(month) >= 5
                ? 'improving'
                : 'stable';
        const isDrop =
          (week !== null && rounded(week) <= -15) ||
          (earlier(7)?.category === 'green' && row.category === 'red');
        if (
          !same(row.score_delta_7d, week) ||
          !same(row.score_delta_30d, month) ||
          !same(row.score_delta_90d, change(90)) ||
          row.trend !== trend ||
          row.is_sudden_drop !== isDrop
        )
          expect(row).toEqual({ week, month, quarter: change(90), trend, isDrop });
      }
    }
  });

  it('is trending to red when the line through its last 30 days gets there', () => {
    expect(
      disagreeing((row, index, ofAccount) => {
        if (row.category !== 'yellow') return row.is_trending_to_red === false;
        const points = ofAccount
          .slice(Math.max(0, index - 29), index + 1)
          .filter((each) => each.score !== null)
          .map((each) => ({ x: dayNumber(each) - dayNumber(row), y: Number(each.score) }))
          .filter(({ x }) => x > -30);
        if (points.length < 2) return row.is_trending_to_red === false;
        const mean = (of: (point: (typeof points)[number]) => number) =>
          points.reduce((sum, point) => sum + of(point), 0) / points.length;
        const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
        const slope = mean((point) => (point.x - x) * (point.y - y)) / mean((point) => (point.x - x) ** 2);
        const lowest = Math.min(y + slope * (1 - x), y + slope * (30 - x));
        // a line that ends on 40 to the last digit may fall to either side
        return Math.abs(lowest - 40) < 1e-6 || row.is_trending_to_red === lowest <= 40;
      }),
    ).toEqual([0]);
  });
});
