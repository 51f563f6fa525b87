import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { projectRoot } from '../../orchestration/project-root.ts';

const AS_OF = '2026-06-30';

/** What an ordinary terminal has: nothing of the npm that runs the tests, and the machine's own Node. */
const environment = Object.fromEntries(
  Object.entries(process.env)
    .filter(([name]) => !/^npm_(?!config_)|^npm_config_local_prefix$|^(NODE_ENV|VITEST|TEST)/i.test(name))
    .map(([name, value = '']) => [
      name,
      name === 'PATH'
        ? value
            .split(delimiter)
            .filter((place) => !place.includes('node_modules'))
            .join(delimiter)
        : value,
    ]),
);

/** A digest of every file below a folder: its path and what is in it. */
function treeOf(folder: string): string {
  const hash = createHash('sha256');
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => ({ path: join(entry.parentPath, entry.name), isFile: entry.isFile() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, isFile } of entries) hash.update(`${path}\0`).update(isFile ? readFileSync(path) : '');
  return hash.digest('hex');
}

/** The demo's four systems at a company of twenty accounts, instead of three hundred. */
const smallDemo = () => {
  const of = { seed: 1, accounts: 20, months: 6, csms: 2, start_date: '2025-12-31' };
  const system = (name: string, kind: string) => ({
    name,
    kind,
    connector: { builtin: 'demo', config: { system: kind, ...of } },
  });
  return stringify({
    warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
    tenant: { time_zone: 'UTC', currency: 'USD', history_start_date: of.start_date },
    sources: [
      system('crm', 'salesforce'),
      system('support', 'zendesk'),
      system('billing', 'stripe'),
      system('product', 'segment'),
    ],
  });
};

/** The package in an empty folder of a company, as npm installs it: from nothing to an upgrade, in this order. */
describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-package-'));
  const company = join(folder, 'acme');
  // Kept from one run of the tests to the next: an environment is made once for each state of the lock file.
  const cache = join(projectRoot, '.cache', 'package');
  const productsIn = (environmentFolder: string) =>
    readdirSync(environmentFolder)
      .filter((name) => /^\d/.test(name))
      .map((name) => join(environmentFolder, name));
  const environments = () => (existsSync(cache) ? readdirSync(cache).map((name) => join(cache, name)) : []);
  const products = () => environments().flatMap(productsIn);

  let tarball: string;
  let next: string;
  let installed: string;
  let setUpFirst: readonly string[];

  function command(cwd: string, program: string, ...args: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd, env: { ...environment, TENURE_CACHE: cache } });
      let stdout = '';
      let all = '';
      child.stdout.on('data', (data) => {
        stdout += data;
        all += data;
      });
      child.stderr.on('data', (data) => {
        all += data;
      });
      child.on('error', reject);
      child.on('close', (code) =>
        code === 0
          ? resolve(stdout)
          : reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${all.slice(-6000)}`)),
      );
    });
  }
  const npm = (cwd: string, ...args: string[]) => command(cwd, 'npm', ...args, '--prefer-offline');
  const tenure = (...args: string[]) => command(company, 'npx', 'tenure', ...args);
  const query = async (sql: string, ...args: string[]) =>
    JSON.parse(await tenure('query', '--json', '--limit', '0', ...args, sql)) as Record<string, unknown>[];
  const run = () => tenure('run', '--as-of', AS_OF, '--skip-tests');

  /** Packs a checkout and gives the tarball. */
  async function pack(checkout: string): Promise<string> {
    const said = await npm(checkout, 'pack', '--pack-destination', folder);
    return join(folder, said.trim().split('\n').at(-1) as string);
  }

  /** The checkout as a later version with other rules, packed. */
  function packNext(): Promise<string> {
    const checkout = join(folder, 'next');
    const left =
      /^(node_modules|\.venv|\.git|\.cache|\.demo|\.build|\.package)(\/|$)|\/(node_modules|\.build)(\/|$)/;
    cpSync(projectRoot, checkout, {
      recursive: true,
      filter: (path) => !left.test(path.slice(projectRoot.length + 1)),
    });
    for (const [path, from, to] of [
      ['package.json', /"version": "[^"]+"/, '"version": "99.0.0"'],
      ['models/seeds/category_cuts.csv', /,red,40,/, ',red,41,'],
      ['models/intermediate/alerts/int_alerts__health_decline.sql', /$/, '\nwhere 1 = 1'],
    ] as const) {
      const file = join(checkout, path);
      const text = readFileSync(file, 'utf8');
      expect(text).toMatch(from);
      writeFileSync(file, text.replace(from, to));
    }
    return pack(checkout);
  }

  /** All that is the company's own, and none of what is made of it. */
  const own = () =>
    ['rules', 'signals', 'pages', 'data']
      .map((name) => treeOf(join(company, name)))
      .concat(readFileSync(join(company, 'tenure.yaml'), 'utf8'));
  const published = (version: string) =>
    query(`select * from marts.fct_account_health_daily where model_version = '${version}'
      order by account_id, as_of_date`);
  const versions = async () =>
    (await query('select distinct model_version from marts.fct_account_health_daily order by 1')).map((row) =>
      String(row.model_version),
    );
  const redUpTo = async (...args: string[]) =>
    (
      await query(
        "select max_score from intermediate.category_cuts where category = 'red' and segment is null",
        ...args,
      )
    )[0]?.max_score;

  beforeAll(async () => {
    for (const product of products()) rmSync(product, { recursive: true });
    tarball = await pack(projectRoot);
    cpSync(join(projectRoot, 'test', 'fixtures', 'minimal'), join(company, 'data'), { recursive: true });
    writeFileSync(
      join(company, 'data', 'meetings.csv'),
      'meeting_id,account_id,type,scheduled_at,status\nM-1,N-1,qbr,2026-05-12T09:00:00Z,attended\n',
    );
    await npm(company, 'install', tarball);
    installed = treeOf(join(company, 'node_modules'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('brings no other package into the company’s folder, and no test of its own', () => {
    expect(readdirSync(join(company, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'tenure',
    ]);
    const files = readdirSync(join(company, 'node_modules', 'tenure'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => /\.test\.ts$|\/fixtures\/|^test\//.test(name))).toEqual([]);
    expect(files).toContain('models/dbt_project.yml');
  });

  it('sets itself up with the first command, which says what comes next', async () => {
    const said = await tenure('init', '--yes', '--history-start', '2026-05-01');
    expect(said).toContain('1. npx tenure doctor\n  2. npx tenure run');
    expect(readFileSync(join(company, '.gitignore'), 'utf8')).toContain('data/\n');
    expect(products().length).toBe(1);
    setUpFirst = environments();
  });

  it('runs the line on three files with weights, a signal and a page of the company’s own', async () => {
    mkdirSync(join(company, 'rules'));
    const weights = join(company, 'rules', 'signal_definitions.csv');
    writeFileSync(weights, 'preset,signal,segment,weight\nstandard,qbr_attendance,,5\n');
    await tenure('new', 'signal', 'meetings_held');
    await tenure('new', 'page', 'growth');
    const text = readFileSync(weights, 'utf8');
    expect(text).toContain('standard,meetings_held,,0,');
    writeFileSync(weights, text.replace('standard,meetings_held,,0,', 'standard,meetings_held,,5,'));
    const [product = ''] = products();
    const shipped = treeOf(product);

    await run();
    expect(
      await query(`select signal, weight, measure, signal_value from marts.fct_signal_contributions_daily
        where signal in ('meetings_held', 'qbr_attendance') and account_id = 'N-1' and as_of_date = date '${AS_OF}'
        order by signal`),
    ).toMatchObject([
      { signal: 'meetings_held', weight: 5, measure: 1, signal_value: 70 },
      { signal: 'qbr_attendance', weight: 5 },
    ]);
    for (const page of ['', 'growth', 'renewals', 'accounts/N-1'])
      expect(existsSync(join(company, '.build', 'site', page, 'index.html'))).toBe(true);
    expect(treeOf(join(company, 'node_modules'))).toBe(installed);
    expect(treeOf(product)).toBe(shipped);
  });

  it('has dbt know the company’s models among the product’s', async () => {
    const listed = await tenure(
      ...['dbt', '--quiet', 'ls', '--resource-type', 'model', '--output', 'name'],
      ...['--select', 'int_signals__meetings_held+1'],
    );
    expect(listed.trim().split('\n').sort()).toEqual(
      expect.arrayContaining(['int_signals__long', 'int_signals__meetings_held']),
    );
  });

  it('runs the demo in the company’s folder', async () => {
    mkdirSync(join(company, '.demo'));
    writeFileSync(join(company, '.demo', 'tenure.yaml'), smallDemo());
    // the same page, so that this version of the pages is compiled already
    cpSync(join(company, 'pages'), join(company, '.demo', 'pages'), { recursive: true });
    expect(await tenure('demo', '--as-of', AS_OF)).toContain(
      'A simulated company, from source messages to pages.',
    );
    expect(existsSync(join(company, '.demo', '.build', 'site', 'index.html'))).toBe(true);
    expect(await redUpTo('--config', '.demo/tenure.yaml')).toBe(40);
  });

  it('says what an upgrade would change before it is taken', async () => {
    next = await packNext();
    const held = own();
    const { product, warnings } = JSON.parse(
      await tenure('diff', '--json', '--as-of', AS_OF, '--product', next),
    ) as { product: unknown; warnings: string[] };
    expect(product).toMatchObject({
      to: '99.0.0',
      rules: [{ table: 'category_cuts', before: { max_score: '40' }, after: { max_score: '41' } }],
      files: {
        changed: ['models/intermediate/alerts/int_alerts__health_decline.sql'],
        added: [],
        removed: [],
      },
    });
    expect(warnings).toEqual([expect.stringContaining('Files that compute numbers differ')]);
    expect(own()).toEqual(held);
    expect(products().length).toBe(1); // nothing of it was set up
  });

  it('is upgraded with nothing to merge: what the product changed applies, what was published stays', async () => {
    const held = own();
    const [version = '', ...others] = await versions();
    expect(others).toEqual([]);
    const before = await published(version);
    expect(before.length).toBe(3 * 61); // three accounts from 1 May

    await npm(company, 'install', next);
    const upgraded = treeOf(join(company, 'node_modules'));
    expect(upgraded).not.toBe(installed);
    await run();
    expect(await redUpTo()).toBe(41);
    expect((await versions()).length).toBe(2);
    expect(await published(version)).toEqual(before);
    expect(own()).toEqual(held);
    expect(treeOf(join(company, 'node_modules'))).toBe(upgraded);
    expect(environments()).toEqual(setUpFirst); // no dependency changed: nothing more is set up
    expect(products().length).toBe(2);
  });

  it('builds from its new place what was parsed in the old one', async () => {
    await tenure(
      'dbt',
      '--config',
      '.demo/tenure.yaml',
      '--as-of',
      AS_OF,
      'seed',
      '--select',
      'category_cuts',
    );
    expect(await redUpTo('--config', '.demo/tenure.yaml')).toBe(41);
  });
});
