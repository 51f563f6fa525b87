import jsforce from 'jsforce';
import pRetry, { AbortError } from 'p-retry';
import { z } from 'zod';
import type { DestinationConfig } from '../config.ts';
import { loginFailed, requestFailed } from './errors.ts';
import type { Outcome } from './ledger.ts';
import type { Change } from './plan.ts';

/** Salesforce takes at most 200 records in one collection call. */
export const BATCH_SIZE = 200;

/** The sync models of Salesforce: which object each feeds, and the external id field that its record_key fills. */
export const SALESFORCE_OBJECTS = [
  { model: 'sync_salesforce__accounts', object: 'Account', key_field: 'Tenure_Account_Id__c' },
  { model: 'sync_salesforce__tasks', object: 'Task', key_field: 'Tenure_Task_Key__c' },
] as const;

const saveResult = z.object({
  success: z.boolean(),
  id: z.string().nullish(),
  errors: z
    .array(z.looseObject({ statusCode: z.string().optional(), message: z.string().optional() }))
    .default([]),
});

const status = (error: unknown): number | undefined => {
  const code = (error as { errorCode?: unknown; statusCode?: unknown }) ?? {};
  const found = /^ERROR_HTTP_(\d{3})$/.exec(String(code.errorCode ?? ''));
  return found ? Number(found[1]) : typeof code.statusCode === 'number' ? code.statusCode : undefined;
};

const LIMIT_CODES = new Set(['REQUEST_LIMIT_EXCEEDED', 'SERVER_UNAVAILABLE', 'UNABLE_TO_LOCK_ROW']);
const LOGIN_CODES = new Set(['INVALID_SESSION_ID', 'INVALID_AUTH_HEADER', 'INVALID_LOGIN', 'ERROR_HTTP_401']);

export interface SalesforceClient {
  /** Upserts up to 200 records by their external id; one outcome for each, in order. */
  upsert(object: string, keyField: string, changes: readonly Change[]): Promise<Outcome[]>;
}

/**
 * A client that only ever upserts by external id, so that sending a record again can never make a second one. It waits
 * and tries again (5 times, obeying Retry-After) when Salesforce is busy or out of reach, and throws
 * `ACTIVATION_LOGIN_FAILED` or `ACTIVATION_REQUEST_FAILED` when that does not help.
 */
export function salesforceClient(
  destination: DestinationConfig,
  options: { firstWaitMs?: number } = {},
): SalesforceClient {
  const { auth, name } = destination;
  const connection = new jsforce.Connection({
    instanceUrl: auth.instance_url,
    accessToken: auth.access_token,
    ...(auth.api_version ? { version: auth.api_version } : {}),
  });
  // jsforce's errors carry no headers, so Retry-After is read where the reply comes in.
  let retryAfterMs = 0;
  const transport = connection._transport;
  const httpRequest = transport.httpRequest.bind(transport);
  transport.httpRequest = (request, requestOptions) => {
    const reply = httpRequest(request, requestOptions);
    reply.then(
      ({ headers }) => {
        retryAfterMs = Number(headers?.['retry-after'] ?? 0) * 1000 || 0;
      },
      () => {}, // the caller of the request handles its failure
    );
    return reply;
  };

  const send = async (object: string, keyField: string, changes: readonly Change[]): Promise<Outcome[]> => {
    const records = changes.map((change) => ({ ...change.payload, [keyField]: change.record_key }));
    try {
      const reply = await connection.sobject(object).upsert(records, keyField, { allOrNone: false });
      const results = z.array(saveResult).parse(Array.isArray(reply) ? reply : [reply]);
      if (results.length !== changes.length) {
        throw new AbortError(`expected ${changes.length} results, got ${results.length}`);
      }
      return changes.map((change, index) => {
        const result = results[index];
        const reason = result?.errors
          .map((each) => `${each.statusCode ?? ''} ${each.message ?? ''}`.trim())
          .join('; ');
        return {
          change,
          ok: result?.success ?? false,
          remoteId: result?.id ?? null,
          reason: result?.success ? null : reason || 'refused without a reason',
        };
      });
    } catch (error) {
      const code = String((error as { errorCode?: unknown }).errorCode ?? '');
      const http = status(error);
      if (LOGIN_CODES.has(code)) throw new AbortError(loginFailed(name, (error as Error).message, error));
      const isPassing =
        LIMIT_CODES.has(code) || http === 429 || (http !== undefined && http >= 500) || code === '';
      if (!isPassing || error instanceof z.ZodError) throw new AbortError(error as Error);
      throw error;
    }
  };

  return {
    async upsert(object, keyField, changes) {
      try {
        return await pRetry(() => send(object, keyField, changes), {
          retries: 5,
          minTimeout: options.firstWaitMs ?? 1000,
          maxTimeout: 60_000,
          randomize: true,
          onFailedAttempt: async () => {
            if (retryAfterMs > 0)
              await new Promise((resolve) => setTimeout(resolve, Math.min(retryAfterMs, 120_000)));
          },
        });
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ACTIVATION_LOGIN_FAILED')
          throw error;
        throw requestFailed(name, (error as Error).message, error);
      }
    },
  };
}
