import { sql } from 'kysely';
import { dateParameter, type Warehouse } from '../warehouse/index.ts';
import type { Observation } from './observations.ts';

/** An account on a day. */
type AccountDay = Pick<Observation, 'account_id' | 'observed_date'>;

/**
 * The values (0–100, null without data) of signals at the t of observations, in the order of the signals. Read as one row
 * an account and day, one column a signal: a tenth of the rows that the long table has.
 */
export async function signalValues(
  warehouse: Warehouse,
  modelVersion: string,
  signals: readonly string[],
  observations: readonly AccountDay[],
): Promise<(one: AccountDay) => (number | null)[]> {
  const days = [...new Set(observations.map(({ observed_date }) => observed_date))];
  const byAccountDay = new Map<string, (number | null)[]>();
  if (days.length > 0) {
    const columns = signals.map((signal, index) =>
      sql<number | null>`max(case when signal = ${signal} then signal_value end)`.as(`signal_${index}`),
    );
    const rows = await warehouse.db
      .selectFrom('marts.fct_signal_contributions_daily')
      .select(['account_id', 'as_of_date', ...columns])
      .where('model_version', '=', modelVersion)
      .where('as_of_date', 'in', days.map(dateParameter))
      .groupBy(['account_id', 'as_of_date'])
      .execute();
    for (const row of rows) {
      const values = signals.map(
        (_, index) => (row as Record<string, unknown>)[`signal_${index}`] as number | null,
      );
      byAccountDay.set(`${row.as_of_date} ${row.account_id}`, values);
    }
  }
  return ({ observed_date, account_id }) =>
    byAccountDay.get(`${observed_date} ${account_id}`) ?? signals.map(() => null);
}
