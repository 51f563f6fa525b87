import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { projectRoot } from '../orchestration/project-root.ts';
import { answer, tenure } from './tenure.ts';

/** A company's own project: a configuration, data and rules in a folder outside of the product. */
describe('a project of its own', () => {
  let folder: string;
  let config: string;
  const on = (): string[] => ['--config', config, '--as-of', '2026-06-30'];
  const build = async () => {
    const { code, stderr } = await tenure(['build', '--skip-tests', ...on()]);
    return { code, stderr };
  };
  interface Day {
    category: string;
    model_version: string;
    score: number;
  }
  const days = () =>
    answer<Day[]>([
      'query',
      `select category, model_version, score from marts.fct_account_health_in_force where score is not null
       order by account_id, as_of_date`,
      '--config',
      config,
    ]);
  const rules = (name: string, text: string) => writeFile(join(folder, 'rules', name), text);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-own-'));
    config = join(folder, 'tenure.yaml');
    await mkdir(join(folder, 'rules'));
    await cp(join(projectRoot, 'test', 'fixtures', 'three-accounts'), join(folder, 'data'), {
      recursive: true,
    });
    await writeFile(
      config,
      stringify({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
        tenant: { history_start_date: '2026-05-01' },
        sources: [
          { name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: './data' } } },
        ],
      }),
    );
    const { code, stderr } = await tenure(['sync', ...on()]);
    if (code !== 0) throw new Error(stderr);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('scores by its own rules, under a version of its own, and by the product’s when it has none', async () => {
    const product = join(projectRoot, 'models', 'seeds', 'category_cuts.csv');
    const shipped = await readFile(product, 'utf8');
    expect(await build()).toMatchObject({ code: 0 });
    const before = await days();
    await rules(
      'category_cuts.csv',
      'segment,category,max_score,confirmed_by\n,red,98,RevOps\n,yellow,99,RevOps\n',
    );
    expect(await build()).toMatchObject({ code: 0 });
    const own = await days();
    expect(own.length).toBe(before.length);
    expect(own.map((day) => day.category)).toEqual(
      own.map((day) => (Math.floor(day.score + 0.5) <= 98 ? 'red' : day.score < 99.5 ? 'yellow' : 'green')),
    );
    expect(new Set(before.map((day) => day.category)).size).toBeGreaterThan(1);
    expect(own[0]?.model_version).not.toBe(before[0]?.model_version);
    expect(await readFile(product, 'utf8')).toBe(shipped);
    await rm(join(folder, 'rules', 'category_cuts.csv'));
    expect(await build()).toMatchObject({ code: 0 });
    expect(await days()).toEqual(before);
  });

  it('is refused with file, line and column of each fault, and nothing is built', async () => {
    await rules('category_cuts.csv', 'segment,category,max_score\n,red,many\n');
    const { code, stderr } = await build();
    expect(code).toBe(2);
    expect(stderr).toContain(
      'rules/category_cuts.csv line 2, column max_score: expected a number, got "many"',
    );
    await rm(join(folder, 'rules', 'category_cuts.csv'));
  });
});
