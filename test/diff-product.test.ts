import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { projectRoot } from '../orchestration/project-root.ts';
import { answer, tenure } from './tenure.ts';

interface Figures {
  alerts_per_week: number;
  red: number;
  arr_at_risk: number;
}
interface ProductDiff {
  before: Figures;
  after: Figures;
  changes: { account_id: string }[];
  warnings: string[];
  product: { to: string; rules: { table: string; key: Record<string, string> }[]; files: object };
}

/** What an upgrade would change, on the built line: the package of a version with other rules. */
describe('tenure diff --product', () => {
  const line = inject('line');
  const folder = mkdtempSync(join(tmpdir(), 'tenure-diff-product-'));
  const on = ['--as-of', line.asOfDate];
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The product packed as another version, with texts changed and files left out. */
  function packed(
    name: string,
    changes: readonly [string, string, string][],
    leftOut: string[] = [],
  ): string {
    const place = join(folder, name);
    const product = join(place, 'package');
    cpSync(join(folder, 'package'), product, { recursive: true });
    for (const [path, from, to] of [
      ['package.json', '"version": "0.1.0"', '"version": "99.0.0"'],
      ...changes,
    ] as const) {
      const text = readFileSync(join(product, path), 'utf8');
      expect(text).toContain(from);
      writeFileSync(join(product, path), text.replace(from, to));
    }
    for (const path of leftOut) rmSync(join(product, path));
    execFileSync('tar', ['-czf', 'tenure-99.0.0.tgz', 'package'], { cwd: place });
    return join(place, 'tenure-99.0.0.tgz');
  }
  const SEEDS = 'models/seeds';
  const WEIGHTS = `${SEEDS}/signal_definitions.csv`;
  const weights = (sentiment: number, escalations: number): [string, string, string][] => [
    [WEIGHTS, 'standard,csm_sentiment,,qualitative,10,', `standard,csm_sentiment,,qualitative,${sentiment},`],
    [WEIGHTS, 'standard,escalations,,support,5,', `standard,escalations,,support,${escalations},`],
  ];
  let otherWeights: string;

  /** A project with rules of its own on the warehouse of the line. */
  function project(rules: Readonly<Record<string, string>>): string {
    const directory = mkdtempSync(join(folder, 'acme-'));
    const config = {
      ...parse(readFileSync(line.config, 'utf8')),
      warehouse: { type: 'duckdb', path: line.warehouse },
    };
    writeFileSync(join(directory, 'tenure.yaml'), stringify(config));
    mkdirSync(join(directory, 'rules'));
    for (const [name, text] of Object.entries(rules))
      writeFileSync(join(directory, 'rules', `${name}.csv`), text);
    return join(directory, 'tenure.yaml');
  }

  beforeAll(() => {
    for (const part of ['package.json', 'models', 'scoring'])
      cpSync(join(projectRoot, part), join(folder, 'package', part), { recursive: true });
    otherWeights = packed('weights', weights(0, 15), [`${SEEDS}/alert_escalations.csv`]);
  });

  it('gives what whatif gives for the weights of that version, and names what is not replayed', async () => {
    const tried = join(folder, 'tried.csv');
    writeFileSync(
      tried,
      'preset,signal,segment,weight\nstandard,csm_sentiment,,0\nstandard,escalations,,15\n',
    );
    const config = ['--config', line.config];
    const [found, byHand] = await Promise.all([
      answer<ProductDiff>(['diff', '--product', otherWeights, ...config, ...on]),
      answer<ProductDiff>(['whatif', '--weights', tried, ...config, ...on]),
    ]);
    expect(found.after).toEqual(byHand.after);
    expect(found.changes).toEqual(byHand.changes);
    expect(found.changes.length).toBeGreaterThan(0);
    expect(found.product.to).toBe('99.0.0');
    expect(found.product.files).toEqual({ changed: [], added: [], removed: [] });
    expect(
      found.product.rules.filter(({ table }) => table === 'signal_definitions').map(({ key }) => key.signal),
    ).toEqual(['escalations', 'csm_sentiment']);
    expect(found.warnings).toEqual([
      expect.stringContaining('alert_escalations differs too and is not replayed'),
    ]);
  });

  it('lays the rules of the project over both: what they say themselves, an upgrade does not change', async () => {
    const own = 'preset,signal,segment,weight\nstandard,csm_sentiment,,10\nstandard,escalations,,5\n';
    const config = project({ signal_definitions: own });
    const found = await answer<ProductDiff>(['diff', '--product', otherWeights, '--config', config, ...on]);
    expect(found.after).toEqual(found.before);
    expect(found.changes).toEqual([]);
    expect(found.product.rules.map(({ table }) => table)).not.toContain('signal_definitions');
  });

  it('replays the limits of flags, leaves a new signal out, and names the files that compute otherwise', async () => {
    const alerts = 'models/intermediate/alerts/int_alerts__health_decline.sql';
    const other = packed('limits', [
      ...weights(10, 0),
      [
        WEIGHTS,
        'standard,csm_sentiment,',
        'standard,moon_phase,,product,5,accounts,,assumed,why,,,,\nstandard,csm_sentiment,',
      ],
      [`${SEEDS}/score_rules.csv`, 'at_risk_score,60,', 'at_risk_score,85,'],
      [alerts, 'select * from final', 'select * from final where true'],
    ]);
    const { code, stdout } = await tenure(['diff', '--product', other, '--config', line.config, ...on]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Tenure 0\.1\.0 runs here; this is what 99\.0\.0 would change/);
    expect(stdout).toContain('- score_rules at_risk_score: value 60 → 85\n');
    expect(stdout).toMatch(
      /Not in these figures:\n {2}- moon_phase is new: [^\n]+\n {2}- Files that compute numbers differ/,
    );
    expect(stdout).toContain(`changed  ${alerts}`);
    const found = await answer<ProductDiff>(['diff', '--product', other, '--config', line.config, ...on]);
    expect(found.after.arr_at_risk).toBeGreaterThan(found.before.arr_at_risk);
  });

  it('tells a rule of the project that the other version cannot take', async () => {
    const config = project({
      alert_escalations: 'rule,milestone_days,level,after_days,enabled\nrenewal_notice,30,manager,0,false\n',
    });
    const { code, stderr } = await tenure(['diff', '--product', otherWeights, '--config', config, ...on]);
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /After an upgrade to Tenure 99\.0\.0 no build would start\. .*rules\/alert_escalations\.csv/s,
      ),
    });
  });

  it('replays a project whose cuts say what they were fitted on, and warns where that version has no such column', async () => {
    const cuts = readFileSync(join(folder, 'package', SEEDS, 'category_cuts.csv'), 'utf8');
    const without = cuts.replace(',fitted_on', '').replaceAll(/,$/gm, '');
    const other = packed('unfitted', [[`${SEEDS}/category_cuts.csv`, cuts, without]]);
    const own = 'segment,category,max_score';
    const found = (text: string) =>
      answer<ProductDiff>([
        ...['diff', '--product', other, '--config', project({ category_cuts: text }), ...on],
      ]);
    const [fitted, unfitted] = await Promise.all([
      found(`${own},fitted_on\n,red,45,2026-03-31\n`),
      found(`${own}\n,red,45\n`),
    ]);
    expect(fitted.after).toEqual(unfitted.after);
    expect(fitted.after.red).toBeGreaterThan(fitted.before.red);
    expect(unfitted.warnings).toEqual([]);
    expect(fitted.warnings).toEqual([
      'rules/category_cuts.csv has the column fitted_on, which Tenure 99.0.0 does not know: no build would start there until it is taken out.',
    ]);
  });

  it.each([[[]], [['main', '--product', '1.0.0']]])(
    'ends with 2 for %j: one thing to compare with',
    async (args) => {
      const { code, stderr } = await tenure(['diff', ...args, '--config', line.config]);
      expect({ code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Expected a git ref, a file of rules or --product VERSION'),
      });
    },
  );
});
