import type { IsoDate, Warehouse } from '../warehouse/index.ts';
import type { WeightsInForce } from './backtest.ts';
import { ALL_SEGMENTS } from './backtest.ts';

/** The weights that score all accounts but those of segments with their own, and the last day any was fitted on. */
export async function weightsInForce(warehouse: Warehouse): Promise<WeightsInForce> {
  const hasFits = await knowsOfFits(warehouse);
  const rows = await warehouse.db
    .selectFrom('intermediate.int_signals__index')
    .select(['signal', 'weight'])
    .$if(hasFits, (query) => query.select(['assumed_weight']))
    .where('segment', '=', ALL_SEGMENTS)
    .orderBy('signal')
    .execute();
  return {
    signals: rows.map(({ signal, weight }) => ({ signal, weight })),
    assumed: rows.map(({ signal, weight, assumed_weight }) => ({
      signal,
      weight: assumed_weight ?? weight,
    })),
    fittedOn: hasFits ? await lastFit(warehouse) : null,
  };
}

/** Whether the index says of each weight if it was fitted: a warehouse that an earlier version built does not know. */
export async function knowsOfFits(warehouse: Warehouse): Promise<boolean> {
  const columns = (await warehouse.tableColumns('intermediate', 'int_signals__index')) ?? [];
  return columns.some(({ name }) => name === 'fitted_on');
}

/** The last day whose outcomes a weight or a category cut in force was fitted on. */
async function lastFit(warehouse: Warehouse): Promise<IsoDate | null> {
  const row = await warehouse.db
    .selectFrom('intermediate.int_signals__index')
    .select(({ fn }) => fn.max<IsoDate | null>('fitted_on').as('last_fit'))
    .executeTakeFirst();
  const fits = [row?.last_fit ?? null, await lastFitOfCuts(warehouse)].flatMap((day) => day ?? []);
  return fits.sort().at(-1) ?? null;
}

async function lastFitOfCuts(warehouse: Warehouse): Promise<IsoDate | null> {
  const columns = (await warehouse.tableColumns('intermediate', 'category_cuts')) ?? [];
  if (!columns.some(({ name }) => name === 'fitted_on')) return null;
  const row = await warehouse.db
    .selectFrom('intermediate.category_cuts')
    .select(({ fn }) => fn.max<IsoDate | null>('fitted_on').as('last_fit'))
    .executeTakeFirst();
  return row?.last_fit ?? null;
}
