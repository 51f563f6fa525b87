import { describe, expect, it } from 'vitest';
import type { Row } from '../../warehouse/index.ts';
import { asKnownOn } from '../oracle/as-known.ts';
import { addDays } from '../oracle/company.ts';
import { oracleOptionalSignals } from '../oracle/optional-signals.ts';
import { oracleCategory, oracleEffective, oracleScore, oracleSignals } from '../oracle/signals.ts';
import { shippedCuts } from '../shipped-signals.ts';
import { LAST, OPTIONAL, query, randomLine, SIGNALS_FROM } from './random-line.ts';

// The models answer for each day; the oracle recomputes every seventh of the days with signals, for each account that
// has some.
const company = asKnownOn(randomLine().signals, LAST);
const sampled = Array.from({ length: 22 }, (_, index) => addDays(LAST, -7 * index)).filter(
  (day) => day >= SIGNALS_FROM,
);
const accountIds = [...new Set(company.accounts.map((row) => row.account_id))];
const byDay = (rows: readonly Row[]) => Map.groupBy(rows, (row) => `${row.account_id} ${row.as_of_date}`);
const close = (a: number | null, b: unknown) =>
  a === null || b === null ? a === b : Math.abs(a - Number(b)) <= 1e-9 * Math.max(1, Math.abs(a));
const list = sampled.map((day) => `date '${day}'`).join(', ');

describe.each(['standard_10', 'lean_6'] as const)(
  '%s against a naive reading of the definitions',
  (preset) => {
    it('agrees on all signals of each account and day', async () => {
      const rows = await query(
        `select account_id, as_of_date, signal, measure, cut, signal_value from marts.fct_signal_contributions_daily where model_version like '${preset}@%' and as_of_date in (${list})`,
      );
      const found = byDay(rows);
      const differences: string[] = [];
      let compared = 0;
      for (const account_id of accountIds) {
        for (const day of sampled) {
          const ours = new Map((found.get(`${account_id} ${day}`) ?? []).map((row) => [row.signal, row]));
          for (const { signal, measure, value, cut } of oracleSignals(company, account_id, day, preset)) {
            const row = ours.get(signal);
            compared += 1;
            if (
              !row ||
              !close(value, row.signal_value) ||
              cut !== row.cut ||
              (measure !== null && !close(measure, row.measure))
            ) {
              differences.push(
                `${account_id} ${day} ${signal}: expected ${value} (${measure}, ${cut}), got ${row?.signal_value} (${row?.measure}, ${row?.cut})`,
              );
            }
          }
        }
      }
      expect(compared).toBe(accountIds.length * sampled.length * (preset === 'lean_6' ? 6 : 10));
      const summary = Map.groupBy(differences, (text) => text.split(' ')[2]);
      expect([...summary].flatMap(([, each]) => [`${each.length} of`, ...each.slice(0, 4)])).toEqual([]);
    });

    it('agrees on score, coverage, category and the category after an override', async () => {
      const rows = await query(
        `select account_id, as_of_date, score, weight_coverage, category, category_effective
       from marts.fct_account_health_daily where model_version like '${preset}@%' and as_of_date in (${list})`,
      );
      const found = byDay(rows);
      const differences: string[] = [];
      for (const account_id of accountIds) {
        for (const day of sampled) {
          const row = found.get(`${account_id} ${day}`)?.[0];
          const { score, coverage } = oracleScore(oracleSignals(company, account_id, day, preset));
          const category = score === null ? null : oracleCategory(score);
          const effective = category === null ? null : oracleEffective(company, account_id, day, category);
          const agrees =
            row !== undefined &&
            (score === null ? row.score === null : Math.abs(score - Number(row.score)) < 1e-9) &&
            Math.abs(coverage - Number(row.weight_coverage)) < 1e-9 &&
            row.category === category &&
            row.category_effective === effective;
          if (!agrees) {
            differences.push(
              `${account_id} ${day}: expected ${score} ${coverage} ${category} ${effective}, got ${JSON.stringify(row)}`,
            );
          }
        }
      }
      expect([differences.length, ...differences.slice(0, 8)]).toEqual([0]);
    });
  },
);

describe('a shadow signal', () => {
  it('is kept with its value and weighs nothing', async () => {
    const [row] = await query(
      `select count(*) as n, count(signal_value) as valued, sum(weight) as weight, sum(abs(contribution)) as contribution
       from marts.fct_signal_contributions_daily where model_version like 'lean_6@%' and signal = 'csm_sentiment'`,
    );
    expect(Number(row?.valued)).toBeGreaterThan(5_000);
    expect([Number(row?.weight), Number(row?.contribution)]).toEqual([0, 0]);
  });

  it('that is there to be chosen agrees with a naive reading of what was decided of it', async () => {
    const rows = await query(
      `select account_id, as_of_date, signal, measure, cut, signal_value from marts.fct_signal_contributions_daily
       where model_version like 'lean_6@%' and signal in (${OPTIONAL.map((name) => `'${name}'`).join(', ')}) and as_of_date in (${list})`,
    );
    const found = new Map(rows.map((row) => [`${row.account_id} ${row.as_of_date} ${row.signal}`, row]));
    const expected = accountIds.flatMap((account_id) =>
      sampled.flatMap((day) =>
        oracleOptionalSignals(company, account_id, day).map((told) => ({
          ...told,
          at: `${account_id} ${day} ${told.signal}`,
        })),
      ),
    );
    const differences = expected.filter(({ at, value, measure, cut }) => {
      const row = found.get(at);
      return (
        row === undefined ||
        !close(value, row.signal_value) ||
        !close(measure, row.measure) ||
        cut !== row.cut
      );
    });
    expect([differences.length, ...differences.slice(0, 5)]).toEqual([0]);
    // each of their values is there to be compared
    const told = Map.groupBy(
      expected.filter(({ value }) => value !== null),
      ({ signal }) => signal,
    );
    expect([...told.keys()].sort()).toEqual([...OPTIONAL].sort());
    for (const [signal, days] of told) {
      expect(days.length, signal).toBeGreaterThan(100);
      const byCut = Map.groupBy(days, ({ cut }) => cut);
      if (byCut.has(null)) continue; // its value is the measure itself, or a mean
      const rare = shippedCuts(signal).filter((cut) => (byCut.get(cut) ?? []).length < 5);
      expect(rare, signal).toEqual([]);
    }
  });
});
