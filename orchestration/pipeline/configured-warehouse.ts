import { openWarehouse, type Warehouse } from '../../warehouse/index.ts';
import { type Config, scratchOf } from '../config/schema.ts';
import { consoleReporter } from '../runtime/reporter.ts';

/**
 * Opens the configured warehouse, its jobs labelled with the step or verb that is on. What a large statement reads is
 * said before it runs.
 */
export const openConfigured = (
  config: Pick<Config, 'warehouse' | 'jobLabels' | 'buildDirectory'>,
  options: { readonly readOnly?: boolean } = {},
): Promise<Warehouse> =>
  openWarehouse(config.warehouse, {
    ...options,
    scratch: scratchOf(config),
    labels: config.jobLabels,
    onLargeRead: isEmulated(config.warehouse) ? undefined : noteLargeRead,
  });

const isEmulated = (store: Config['warehouse']) => store.type === 'bigquery' && store.emulator !== undefined;

const noteLargeRead = (bytes: number) =>
  consoleReporter().note(`The next statement reads ${(bytes / 2 ** 30).toFixed(1)} GiB of BigQuery.`);
