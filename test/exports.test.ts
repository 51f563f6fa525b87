import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../orchestration/project-root.ts';
import { answer, tenure } from './tenure.ts';

/** From an export to scored accounts as a person types it; `orchestration/init/exports.test.ts` has the other exports. */
describe('an export', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-export-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    {
      name: 'four-columns.csv',
      day: '2026-06-30',
      arr: 104_500.5,
      // Duskmere Foods has no owner.
      renewals: [
        ['duskmere-foods', '2026-08-15', true],
        ['amberglass-analytics', '2026-09-30', false],
        ['cinderfell-logistics', '2026-12-31', false],
        ['birchwick-robotics', '2027-01-31', false],
      ],
    },
    {
      name: 'salesforce-de.csv',
      day: '2026-03-01',
      arr: 166_750.5,
      // Emberly Medien has no owner either.
      renewals: [
        ['yarrowby-maschinenbau-gmbh', '2026-03-31', false],
        ['emberly-medien-ag', '2026-06-30', true],
        ['kindlewood-söhne-kg', '2027-01-14', false],
      ],
    },
  ])('$name becomes accounts that are scored, in two commands', async ({ name, day, arr, renewals }) => {
    await cp(join(projectRoot, 'test', 'exports', name), join(folder, name));
    const config = join(folder, 'tenure.yaml');
    const typed = async (...args: string[]) => {
      const { code, stderr } = await tenure([...args, '--config', config]);
      expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    };
    await typed('init', '--from', join(folder, name), '--history-start', '2026-02-01', '--yes');
    await typed('run', '--until', 'score', '--as-of', day);
    const rows = async (sql: string) =>
      (await answer<Record<string, unknown>[]>(['query', sql, '--config', config])).map((row) =>
        Object.values(row),
      );
    expect(await rows('select cast(sum(arr) as double) from marts.dim_accounts')).toEqual([[arr]]);
    expect(
      await rows('select account_id, renewal_date, is_orphan from marts.fct_renewals order by renewal_date'),
    ).toEqual(renewals);
    expect(
      await rows(`select count(*) from marts.fct_account_health_daily where as_of_date = date '${day}'`),
    ).toEqual([[renewals.length]]);
  });
});
