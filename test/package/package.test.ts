import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../orchestration/project-root.ts';

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
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  for (const path of entries.map((entry) => join(entry.parentPath, entry.name)).sort())
    hash.update(`${path}\0`);
  for (const entry of entries.sort((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  ))
    if (entry.isFile()) hash.update(readFileSync(join(entry.parentPath, entry.name)));
  return hash.digest('hex');
}

/** The package in an empty folder of a company, as npm installs it, from nothing to an upgrade. */
describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-package-'));
  const company = join(folder, 'acme');
  const cache = join(folder, 'cache');
  afterAll(() => rmSync(folder, { recursive: true }));

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
  const query = async (sql: string) => JSON.parse(await tenure('query', '--json', sql)) as object[];
  const run = () => tenure('run', '--until', 'build', '--as-of', '2026-06-30');

  /** Packs a checkout and gives the tarball. */
  async function pack(checkout: string): Promise<string> {
    const said = await npm(checkout, 'pack', '--pack-destination', folder);
    return join(folder, said.trim().split('\n').at(-1) as string);
  }

  const own = () => [treeOf(join(company, 'rules')), readFileSync(join(company, 'tenure.yaml'), 'utf8')];
  const weights = () =>
    query(
      `select distinct signal, weight::double as weight from marts.fct_signal_contributions_daily
       where signal in ('ticket_trend', 'escalations')
         and model_version = (select model_version from marts.fct_account_health_in_force order by as_of_date desc limit 1)
       order by signal`,
    );
  let tarball: string;
  let installed: string;

  beforeAll(async () => {
    tarball = await pack(projectRoot);
    cpSync(join(projectRoot, 'test', 'fixtures', 'minimal'), join(company, 'data'), { recursive: true });
    writeFileSync(
      join(company, 'data', 'tickets.csv'),
      'ticket_id,account_id,created_at,priority\nT-1,N-1,2026-06-01T09:00:00Z,high\n',
    );
    writeFileSync(join(company, 'package.json'), '{ "name": "acme-health", "private": true }\n');
    await npm(company, 'install', tarball);
    installed = treeOf(join(company, 'node_modules'));
  });

  it('brings no other package into the company’s folder, and no test of its own', async () => {
    expect(readdirSync(join(company, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'tenure',
    ]);
    const files = readdirSync(join(company, 'node_modules', 'tenure'), { recursive: true, encoding: 'utf8' });
    expect(files.filter((name) => /\.test\.ts$|\/fixtures\/|^test\//.test(name))).toEqual([]);
    expect(files).toContain('models/dbt_project.yml');
  });

  it('sets itself up with the first command, and builds from three files by the company’s own weights', async () => {
    await tenure('init', '--yes', '--history-start', '2026-05-01');
    mkdirSync(join(company, 'rules'));
    writeFileSync(
      join(company, 'rules', 'signal_definitions.csv'),
      'preset,signal,segment,weight\nstandard_10,ticket_trend,,3\nstandard_10,escalations,,12\n',
    );
    await run();
    expect(await weights()).toEqual([
      { signal: 'escalations', weight: 12 },
      { signal: 'ticket_trend', weight: 3 },
    ]);
    expect(
      (await tenure('dbt', '--quiet', 'ls', '--select', 'dim_accounts', '--output', 'name')).trim(),
    ).toBe('dim_accounts');
    expect(treeOf(join(company, 'node_modules'))).toBe(installed);
  });

  it('is upgraded with nothing to merge: what the product changed applies, what the company said stays', async () => {
    const held = own();
    const next = join(folder, 'next');
    const left =
      /^(node_modules|\.venv|\.git|\.cache|\.demo|\.build|\.package)(\/|$)|\/(node_modules|\.build)(\/|$)/;
    cpSync(projectRoot, next, {
      recursive: true,
      filter: (path) => !left.test(path.slice(projectRoot.length + 1)),
    });
    const file = join(next, 'package.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"version": "[^"]+"/, '"version": "99.0.0"'));
    const cuts = join(next, 'models', 'seeds', 'category_cuts.csv');
    writeFileSync(cuts, readFileSync(cuts, 'utf8').replace(',red,40,', ',red,41,'));

    await npm(company, 'install', await pack(next));
    const upgraded = treeOf(join(company, 'node_modules'));
    expect(upgraded).not.toBe(installed);
    await run();
    expect(
      await query(
        "select max_score from intermediate.category_cuts where category = 'red' and segment is null",
      ),
    ).toEqual([{ max_score: 41 }]);
    expect(await weights()).toEqual([
      { signal: 'escalations', weight: 12 },
      { signal: 'ticket_trend', weight: 3 },
    ]);
    expect(own()).toEqual(held);
    expect(treeOf(join(company, 'node_modules'))).toBe(upgraded);
    const [environmentOfBoth, ...others] = readdirSync(cache);
    expect(others).toEqual([]); // no dependency changed: set up once
    const products = readdirSync(join(cache, environmentOfBoth as string)).filter((name) => /^\d/.test(name));
    expect(products.length).toBe(2);
  });
});
