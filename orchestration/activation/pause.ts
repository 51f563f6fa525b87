import type { Warehouse } from '../../warehouse/index.ts';
import { percent, type Refusal } from './guards.ts';

/**
 * Why nothing is written outside while too few accounts have a renewal date (D4, `marts.fct_data_quality.is_paused`):
 * null when enough have one, and before the first build.
 */
export async function readPause(warehouse: Warehouse): Promise<Refusal | null> {
  const columns = await warehouse.tableColumns('marts', 'fct_data_quality');
  if (!columns?.some(({ name }) => name === 'is_paused')) return null;
  const row = await warehouse.db
    .selectFrom('marts.fct_data_quality')
    .select(['complete_share', 'pause_share'])
    .where('is_paused', '=', true)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    code: 'ACTIVATION_PAUSED',
    message:
      `${percent(Number(row.complete_share))} of the accounts in scope have a renewal date, less than the ${percent(Number(row.pause_share))} ` +
      'below which nothing is automated (D4). Nothing of it was sent, and open alerts are held. "tenure audit --aspect ' +
      'renewal_date" lists who lacks one. To go on all the same, give D4 a lower red_line in rules/check_rules.csv, with ' +
      'who decided it in confirmed_by.',
  };
}
