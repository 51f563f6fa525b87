import { openWarehouse, type Warehouse } from '../warehouse/index.ts';
import type { Config } from './config.ts';

/** Opens the configured warehouse, its jobs labelled with the step or verb that is on. */
export const openConfigured = (
  config: Pick<Config, 'warehouse' | 'jobLabels'>,
  options: { readonly readOnly?: boolean } = {},
): Promise<Warehouse> => openWarehouse(config.warehouse, { ...options, labels: config.jobLabels });
