import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse } from '../../warehouse/index.ts';
import { loadConfig } from '../config/load.ts';
import { firstCycle, launchAnswer } from './launch-reports.ts';

/** Launched on 2026-01-01, built as of 2026-04-10, with two contracts of one account that left, and others that do not count. */
describe('the first cycle after a launch', () => {
  let folder: string;
  const config = async (launch: string) => {
    const file = join(folder, 'tenure.yaml');
    await writeFile(
      file,
      `warehouse: { type: duckdb, path: w.duckdb }
tenant: { time_zone: UTC, currency: USD${launch} }
sources: [{ name: book, kind: files, connector: { builtin: files, config: { path: ./data } } }]
`,
    );
    return loadConfig(file, {});
  };
  const launched = () => config(', launch_date: 2026-01-01');

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-launch-'));
    const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'w.duckdb') });
    await warehouse.ensureSchemas();
    await warehouse.query(`
      create table marts.fct_launch_reports as
      select report, date '2026-01-01' as launch_date, report_date, until_date, until_date = report_date as is_complete,
        3 as red_count, red_churned_count, 1 as red_renewed_count, 0 as yellow_count, 0 as yellow_churned_count,
        0 as yellow_renewed_count, 5 as green_count, 0 as green_churned_count, 2 as green_renewed_count,
        churn_count, 40.5::decimal(28, 6) as arr_churned, churn_count as seen_ahead_count, 1 as red_ahead_count,
        red_ahead_share, red_ahead_share as red_ahead_arr_share, churn_count as judged_count, surprise_count,
        null::bigint as preventable_count, next_step
      from (values
        ('first_cycle', date '2027-01-01', date '2026-04-10', 1, 3, 0.25, 2, 'investigate'),
        ('day_30', date '2026-01-31', date '2026-01-31', 0, 0, null, 0, 'none')
      ) as made (report, report_date, until_date, red_churned_count, churn_count, red_ahead_share, surprise_count, next_step)`);
    await warehouse.query(`
      create table marts.fct_losses as
      select contract_id, account_id, case when account_id = 'a' then 'Alder Mills' end as account_name, null::varchar as owner_name,
        churn_date, 20.25::decimal(28, 6) as arr_lost, null::varchar as reason_said, 'not_said' as reason_category, is_account_churn,
        account_id = 'b' as is_surprise, null::boolean as is_preventable, null::varchar as category_180d,
        'green' as category_90d, 'yellow' as category_60d, 'red' as category_30d
      from (values
        ('c1', 'a', date '2026-02-01', true), ('c2', 'a', date '2026-02-01', true), ('c3', 'b', date '2026-04-10', true),
        ('on the launch', 'b', date '2026-01-01', true), ('later', 'a', date '2026-04-11', true),
        ('lives on', 'a', date '2026-03-01', false)
      ) as made (contract_id, account_id, churn_date, is_account_churn)`);
    await warehouse.close();
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('gives the reports in order, and each contract lost since by an account that left, the latest first', async () => {
    const { reports, churns } = await firstCycle(await launched(), undefined);
    expect(reports.map(({ report, is_complete, next_step }) => [report, is_complete, next_step])).toEqual([
      ['day_30', true, 'none'],
      ['first_cycle', false, 'investigate'],
    ]);
    expect(churns.map(({ contract_id, arr_lost }) => [contract_id, arr_lost])).toEqual([
      ['c3', 20.25],
      ['c1', 20.25],
      ['c2', 20.25],
    ]);
  });

  it('says in words what became of red and green, what to do, and who left', async () => {
    const { text } = launchAnswer(await firstCycle(await launched(), '2026-04-10'));
    expect(text).toContain('Launched on 2026-01-01; known until 2026-04-10.');
    expect(text).toMatch(
      /^First cycle \(so far\) +2026-04-10 +1 churned, 1 renewed, of 3 +0 churned, 2 renewed, of 5 +3 +25 % +25 % +2 +–$/m,
    );
    expect(text).toMatch(/^30 days .* 0 +– +– +0 +–$/m);
    expect(text).toContain('Accounts left that nothing announced');
    expect(text).toMatch(/^Alder Mills +2026-02-01 +20.25 +not said +green +yellow +red +no +–$/m);
    expect(text).toMatch(/^b +2026-04-10 .* yes +–$/m);
  });

  it('says that nobody left', async () => {
    const found = await firstCycle(await launched(), undefined);
    expect(launchAnswer({ ...found, churns: [] }).text).toMatch(/No account has left since\.$/);
  });

  it('refuses without a launch date, with another one than was built, and of another day', async () => {
    await expect(firstCycle(await config(''), undefined)).rejects.toThrow(
      /Expected tenant\.launch_date in .*tenure\.yaml.* found none/,
    );
    await expect(firstCycle(await config(', launch_date: 2026-02-01'), undefined)).rejects.toThrow(
      'Expected reports since 2026-02-01, found those since 2026-01-01',
    );
    await expect(firstCycle(await launched(), '2026-03-01')).rejects.toThrow(
      'Expected the day of the last build, 2026-04-10, got 2026-03-01.',
    );
  });
});
