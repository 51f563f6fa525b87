import type { BigQueryConfig } from './bigquery-jobs.ts';
import { WarehouseError } from './errors.ts';

/** What the client throws: the API's error with its reasons, or what went wrong on the way there. */
interface ApiError {
  readonly message: string;
  readonly code?: number | string;
  readonly errors?: readonly { readonly reason?: string; readonly message?: string }[];
}

export const isNotFound = (error: unknown) => Number((error as ApiError).code) === 404;

/** Whether the same request may go well the next time: the server or the way to it failed. */
export const isTransient = (error: unknown) => {
  const { code } = error as ApiError;
  return typeof code !== 'number' || code === 429 || code >= 500;
};

/** An error of the client or the API as one of ours, with the next step. */
export function bigQueryFailed(error: unknown, config: BigQueryConfig): WarehouseError {
  if (error instanceof WarehouseError) return error;
  const { message } = error as ApiError;
  return new WarehouseError(
    'WAREHOUSE_FAILED',
    `BigQuery (project ${config.project}) answered: ${message}`,
    {},
    error,
  );
}
