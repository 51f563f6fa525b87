import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../orchestration/config/load.ts';
import { withWarehouse } from '../../orchestration/pipeline/configured-warehouse.ts';
import { build } from '../../orchestration/pipeline/steps.ts';
import { silentReporter } from '../../orchestration/runtime/reporter.ts';
import { openWarehouse, type Row } from '../../warehouse/index.ts';
import { randomNumbers } from '../oracle/random-company.ts';
import { FOLDER, LAST } from './random-line.ts';

// The random accounts once more, with weights, category cuts and cuts of signals of their own for two of three segments, drawn at
// random.
const random = randomNumbers(Number(process.env.TENURE_PROPERTY_SEED ?? 20_260_630) + 2);
const whole = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
const SIGNALS = [
  'login_frequency', 'feature_adoption', 'license_utilization', 'qbr_attendance', 'email_response', 'exec_sponsor',
  'ticket_trend', 'escalations', 'payment_timeliness', 'csm_sentiment',
]; // biome-ignore format: a list reads as one
const DEFAULT_WEIGHTS = [15, 15, 10, 10, 8, 7, 10, 5, 10, 10];

/** Weights of a segment, which may name only some signals: the others keep theirs. */
const weightsOf = (share: number) =>
  new Map(SIGNALS.filter(() => random() < share).map((signal) => [signal, whole(0, 40)]));
const OWN_WEIGHTS = new Map([
  ['smb', weightsOf(1)],
  ['enterprise', weightsOf(0.4)],
]);
const OWN_CUTS = new Map([
  ['smb', { red: whole(20, 45), yellow: whole(50, 90) }],
  ['mid_market', { red: whole(20, 45), yellow: whole(50, 90) }],
]);

/** Cuts of signals: the threshold, and the value it gives. */
const SIGNAL_CUTS = new Map<string, readonly [threshold: number | null, value: number]>([
  ['login_frequency high', [20, 100]],
  ['login_frequency medium', [4, 70]],
  ['login_frequency low', [1, 40]],
  ['login_frequency silent', [0, 0]],
  ['license_utilization full', [100, 100]],
  ['escalations none', [0, 100]],
  ['escalations one', [1, 60]],
  ['escalations several', [2, 20]],
  ['csm_sentiment green', [null, 100]],
  ['csm_sentiment yellow', [null, 50]],
  ['csm_sentiment red', [null, 0]],
]);
const OWN_SIGNAL_CUTS = new Map<string, readonly [threshold: number | null, value: number]>([
  ['enterprise login_frequency high', [whole(6, 19), 100]],
  ['enterprise login_frequency medium', [whole(2, 5), whole(50, 90)]],
  ['smb license_utilization full', [whole(30, 90), 100]],
  ['smb escalations one', [whole(2, 3), whole(30, 80)]],
  ['mid_market csm_sentiment yellow', [null, whole(55, 80)]],
]);
const cutOf = (segment: string, signal: string, cut: string) =>
  (OWN_SIGNAL_CUTS.get(`${segment} ${signal} ${cut}`) ?? SIGNAL_CUTS.get(`${signal} ${cut}`))!;
/** The cut that a measure reaches, and its value, read anew from what the cuts say. */
function signalValueOf(segment: string, signal: string, measure: number | null, said: string | null) {
  const of = (cut: string) => cutOf(segment, signal, cut);
  const reached = (cuts: readonly string[], reaches: (threshold: number) => boolean) =>
    cuts.find((cut) => reaches(of(cut)[0]!)) ?? (cuts.at(-1) as string);
  if (signal === 'csm_sentiment') return said === null ? null : of(said)[1];
  if (measure === null) return null;
  if (signal === 'license_utilization') return Math.min(1, measure / of('full')[0]!) * of('full')[1];
  if (signal === 'login_frequency')
    return of(reached(['high', 'medium', 'low', 'silent'], (threshold) => measure >= threshold))[1];
  return of(reached(['none', 'one', 'several'], (threshold) => measure <= threshold))[1];
}
const CUT_SIGNALS = ['login_frequency', 'license_utilization', 'escalations', 'csm_sentiment'];

const weightOf = (segment: string, signal: string) =>
  OWN_WEIGHTS.get(segment)?.get(signal) ?? (DEFAULT_WEIGHTS[SIGNALS.indexOf(signal)] as number);
const cutsOf = (segment: string) => OWN_CUTS.get(segment) ?? { red: 40, yellow: 70 };

describe('weights, category cuts and cuts of signals of segments, at random', () => {
  // Views name the catalog that they were made in: that of the file.
  const path = join(FOLDER, 'segments', 'warehouse.duckdb');
  let rows: readonly Row[];

  beforeAll(async () => {
    mkdirSync(dirname(path), { recursive: true });
    copyFileSync(join(FOLDER, 'warehouse.duckdb'), path);
    const config = {
      ...(await loadConfig(join(FOLDER, 'tenure.yaml'), {})),
      warehouse: { type: 'duckdb', path } as const,
      directory: dirname(path),
    };
    const ownCuts = [...OWN_SIGNAL_CUTS].map(([key, [threshold, value]]) => {
      const [segment, signal, cut] = key.split(' ');
      return { segment, signal, cut, threshold, value };
    });
    mkdirSync(join(dirname(path), 'rules'), { recursive: true });
    writeFileSync(
      join(dirname(path), 'rules', 'signal_cuts.csv'),
      [
        'signal,cut,segment,threshold,signal_value,rationale',
        ...ownCuts.map(
          ({ signal, cut, segment, threshold, value }) =>
            `${signal},${cut},${segment},${threshold ?? ''},${value},drawn`,
        ),
        '',
      ].join('\n'),
    );
    await withWarehouse(config, async (warehouse) => {
      for (const [segment, weights] of OWN_WEIGHTS) {
        for (const [signal, weight] of weights) {
          await warehouse.query(`insert into intermediate.signal_definitions by name
            select * replace ('${segment}' as segment, ${weight} as weight)
            from intermediate.signal_definitions where preset = 'standard' and signal = '${signal}' and segment is null`);
        }
      }
      for (const [segment, { red, yellow }] of OWN_CUTS) {
        await warehouse.query(`insert into intermediate.category_cuts (segment, category, max_score)
          values ('${segment}', 'red', ${red}), ('${segment}', 'yellow', ${yellow}), ('${segment}', 'green', 100)`);
      }
      for (const { segment, signal, cut, threshold, value } of ownCuts) {
        await warehouse.query(`insert into intermediate.signal_cuts (signal, cut, segment, threshold, signal_value)
          values ('${signal}', '${cut}', '${segment}', ${threshold}, ${value})`);
      }
    });
    const line = { config, asOfDate: LAST, reporter: silentReporter, now: () => `${LAST}T00:00:00Z` };
    await build(line, {
      select: [
        'path:intermediate/signals', 'int_scores__model_version', 'int_scores__contributions',
        'int_scores__composites',
      ],
      exclude: ['resource_type:test'],
    }); // biome-ignore format: a list reads as one
    const warehouse = await openWarehouse({ type: 'duckdb', path }, { readOnly: true });
    try {
      ({ rows } = await warehouse.query(`
        select account_id, as_of_date, segment, signal, measure, cut, signal_value, contributions.is_frozen, weight,
          contribution, score, weight_coverage, category
        from intermediate.int_scores__contributions as contributions
        inner join intermediate.int_scores__composites as composites using (account_id, as_of_date, model_version)
        where model_version = (select model_version from intermediate.int_scores__model_version)
          and signal in (${SIGNALS.map((signal) => `'${signal}'`).join(', ')})
          and hash(account_id, as_of_date) % 20 = 0`));
    } finally {
      await warehouse.close();
    }
  });

  it('give each account the score and category of its own segment', () => {
    const days = Map.groupBy(rows, (row) => `${row.account_id} ${row.as_of_date}`);
    const differences: string[] = [];
    const seen = new Map<string, number>();
    for (const [day, signals] of days) {
      const segment = String(signals[0]?.segment);
      seen.set(segment, (seen.get(segment) ?? 0) + 1);
      const total = SIGNALS.reduce((sum, signal) => sum + weightOf(segment, signal), 0);
      const present = signals.filter((row) => row.signal_value !== null);
      const weight = present.reduce((sum, row) => sum + weightOf(segment, String(row.signal)), 0);
      const points = present.reduce(
        (sum, row) => sum + weightOf(segment, String(row.signal)) * Number(row.signal_value),
        0,
      );
      const score = weight === 0 ? null : points / weight;
      const { red, yellow } = cutsOf(segment);
      const half = score === null ? null : Math.floor(Math.round(score * 1e9) / 1e9 + 0.5);
      const category = half === null ? null : half <= red ? 'red' : half <= yellow ? 'yellow' : 'green';
      const [found] = signals;
      const close = (a: number | null, b: unknown) =>
        a === null || b === null ? a === b : Math.abs(a - Number(b)) < 1e-8;
      const added = signals.reduce((sum, row) => sum + Number(row.contribution), 0);
      if (
        !close(score, found?.score) ||
        !close(weight / total, found?.weight_coverage) ||
        category !== found?.category ||
        !close(score ?? 0, added) ||
        signals.some((row) => Number(row.weight) !== weightOf(segment, String(row.signal)))
      )
        differences.push(
          `${day} ${segment}: expected ${score} ${category}, got ${found?.score} ${found?.category}`,
        );
    }
    expect(differences.slice(0, 5)).toEqual([]);
    for (const segment of ['smb', 'mid_market', 'enterprise'])
      expect(seen.get(segment) ?? 0).toBeGreaterThan(50);
  });

  it('give each account the values of its own segment', () => {
    const differences: string[] = [];
    const moved = new Map<string, number>();
    for (const row of rows.filter(
      ({ signal, is_frozen }) => CUT_SIGNALS.includes(String(signal)) && !is_frozen,
    )) {
      const [segment, signal] = [String(row.segment), String(row.signal)];
      const measure = row.measure === null ? null : Number(row.measure);
      const said = row.cut === null ? null : String(row.cut);
      const expected = signalValueOf(segment, signal, measure, said);
      const found = row.signal_value === null ? null : Number(row.signal_value);
      if (expected === null || found === null ? expected !== found : Math.abs(expected - found) > 1e-9)
        differences.push(
          `${row.account_id} ${row.as_of_date} ${segment} ${signal} of ${measure}: expected ${expected}, got ${found}`,
        );
      if (expected !== signalValueOf('', signal, measure, said))
        moved.set(signal, (moved.get(signal) ?? 0) + 1);
    }
    expect(differences.slice(0, 5)).toEqual([]);
    for (const signal of CUT_SIGNALS) expect(moved.get(signal) ?? 0).toBeGreaterThan(0);
  });

  it('differ from those of everybody, so that the test above says something', () => {
    const scored = rows.filter((row) => row.segment === 'smb' && row.score !== null);
    const distinct = new Set(scored.map((row) => row.category));
    expect(distinct.size).toBeGreaterThan(1);
  });
});
