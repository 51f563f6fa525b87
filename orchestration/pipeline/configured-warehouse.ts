import { databaseOf, openWarehouse, type Warehouse, WarehouseError } from '../../warehouse/index.ts';
import { type Config, scratchOf } from '../config/schema.ts';
import { TenureError } from '../errors.ts';
import { consoleReporter } from '../runtime/reporter.ts';

/** What of a configuration says where its warehouse is, and who asks. */
type Place = Pick<Config, 'warehouse' | 'jobLabels' | 'buildDirectory'>;

/** For what it is opened. */
type Opening = { readonly readOnly?: boolean; readonly isLanding?: boolean };

/**
 * Opens the configured warehouse, its jobs labelled with the step or verb that is on. What a large statement reads is
 * said before it runs.
 */
const openConfigured = (config: Place, options: Opening): Promise<Warehouse> =>
  openWarehouse(config.warehouse, {
    ...options,
    scratch: scratchOf(config),
    labels: config.jobLabels,
    onLargeRead: databaseOf(config.warehouse).billsReads ? noteLargeRead : undefined,
  });

const noteLargeRead = (bytes: number) =>
  consoleReporter().note(`The next statement reads ${(bytes / 2 ** 30).toFixed(1)} GiB of BigQuery.`);

/**
 * Opens the configured warehouse for one piece of work and closes it again: dbt and Evidence take turns with us on the
 * file. Its jobs are labelled with the step or verb that is on; what a large statement reads is said before it runs.
 */
export async function withWarehouse<T>(
  config: Place,
  work: (warehouse: Warehouse) => Promise<T>,
  options: Opening = {},
): Promise<T> {
  const warehouse = await openConfigured(config, options);
  try {
    return await work(warehouse);
  } finally {
    await warehouse.close();
  }
}

/** Reads from the warehouse, opened for nothing else. Throws `QUERY_FAILED` with the engine's own words. */
export const reading = <T>(config: Config, read: (warehouse: Warehouse) => Promise<T>): Promise<T> =>
  withWarehouse(
    config,
    async (warehouse) => {
      try {
        return await read(warehouse);
      } catch (error) {
        if (error instanceof TenureError || error instanceof WarehouseError) throw error; // it says what to do
        throw new TenureError('QUERY_FAILED', `The query was not answered: ${(error as Error).message}`, {
          cause: error,
        });
      }
    },
    { readOnly: true },
  );
