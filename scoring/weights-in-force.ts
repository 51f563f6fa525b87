import type { IsoDate, Warehouse } from '../warehouse/index.ts';
import type { WeightsInForce } from './backtest.ts';
import { ALL_SEGMENTS } from './backtest.ts';

/** The weights that score all accounts but those of segments with their own, and the last day any was fitted on. */
export async function weightsInForce(warehouse: Warehouse): Promise<WeightsInForce> {
  const rows = await warehouse.db
    .selectFrom('intermediate.int_signals__index')
    .select(['segment', 'signal', 'weight'])
    .where('segment', '=', ALL_SEGMENTS)
    .orderBy('signal')
    .execute();
  return {
    signals: rows.map(({ signal, weight }) => ({ signal, weight })),
    fittedOn: await lastFit(warehouse),
  };
}

/** A warehouse that an earlier version built does not know of fits. */
async function lastFit(warehouse: Warehouse): Promise<IsoDate | null> {
  const columns = (await warehouse.tableColumns('intermediate', 'int_signals__index')) ?? [];
  if (!columns.some(({ name }) => name === 'fitted_on')) return null;
  const row = await warehouse.db
    .selectFrom('intermediate.int_signals__index')
    .select(({ fn }) => fn.max<IsoDate | null>('fitted_on').as('last_fit'))
    .executeTakeFirst();
  return row?.last_fit ?? null;
}
