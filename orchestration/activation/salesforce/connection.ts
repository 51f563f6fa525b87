import { setTimeout as sleep } from 'node:timers/promises';
import jsforce from 'jsforce';
import { z } from 'zod';
import type { DestinationOf } from '../../config/schema.ts';
import { TenureError } from '../../errors.ts';
import { fieldRefused, loginFailed, notData, redirected, requestFailed, unsafeUrl } from '../errors.ts';
import { PATIENCE, type Patience, persist } from '../persist.ts';
import { retryAfterMs } from '../retry-after.ts';
import { salesforceSession } from './session.ts';

const BUSY_CODES = new Set(['REQUEST_LIMIT_EXCEEDED', 'SERVER_UNAVAILABLE', 'UNABLE_TO_LOCK_ROW']);
const LOGIN_CODES = new Set(['INVALID_SESSION_ID', 'INVALID_AUTH_HEADER', 'INVALID_LOGIN', 'ERROR_HTTP_401']);
/** The org takes the token no more: nothing of the request was done. */
const SESSION_CODES = new Set(['INVALID_SESSION_ID', 'ERROR_HTTP_401']);
const FIELD_CODES = new Set(['INVALID_FIELD', 'INVALID_TYPE', 'NOT_FOUND']);

/** Salesforce's own code of a failure; empty when the request never got so far. */
export const codeOf = (error: unknown): string =>
  String((error as { errorCode?: unknown } | null)?.errorCode ?? '');

const MY_DOMAIN =
  'Set auth.instance_url to the org\'s "My Domain", such as https://example.my.salesforce.com, and see that its user may use the API.';

/** Whether the org refused what was asked, by a code of its own: not a login, and not because it is busy. */
export const isRefusal = (error: unknown): boolean => {
  const code = codeOf(error);
  return code !== '' && !LOGIN_CODES.has(code) && !BUSY_CODES.has(code) && !code.startsWith('ERROR_HTTP_');
};

const saveResult = z.object({
  success: z.boolean(),
  id: z.string().nullish(),
  errors: z
    .array(z.looseObject({ statusCode: z.string().optional(), message: z.string().optional() }))
    .default([]),
});
/** How the org took one record of several. */
export type SaveResult = z.infer<typeof saveResult>;
export const parseSaveResults = (reply: unknown): SaveResult[] => z.array(saveResult).parse(reply);

class NoAnswer extends Error {}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** A connection to one org: every request ends, goes nowhere but to the org, and is tried again when that can help. */
export interface SalesforceConnection {
  readonly jsforce: InstanceType<typeof jsforce.Connection>;
  /** Does `work`, which makes one request, until it is answered; `what` is the object that it is about. */
  call<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** A text without the tokens and secrets that may stand in it. */
  masked(text: string): string;
  /** What is wrong with the login although it works. */
  readonly loginProblems: readonly string[];
}

/**
 * Logs in before the first request, and once more when the org takes the token no longer. Redirects are refused, because
 * the token would go along; an answer that is no JSON is a login page. One layer of repetition: when Salesforce is busy or out of reach, not before its Retry-After, and not for longer than some minutes.
 * `call` throws a `TenureError` that says what to do; the vendor's own error of a request that it refused as a whole
 * (`isWholeRefused`) passes.
 */
export function connectSalesforce(
  destination: DestinationOf<'salesforce'>,
  patience: Partial<Patience> = {},
  isWholeRefused: (error: unknown) => boolean = () => false,
): SalesforceConnection {
  const { auth, name } = destination;
  const waits = { ...PATIENCE, ...patience };
  const { timeoutMs } = waits;
  const { origin, protocol, hostname } = new URL(auth.instance_url);
  if (protocol !== 'https:' && !LOOPBACK.test(hostname)) throw unsafeUrl(name, origin);
  const session = salesforceSession(destination, waits);
  const { masked } = session;
  const connection = new jsforce.Connection({
    instanceUrl: auth.instance_url,
    ...(auth.api_version ? { version: auth.api_version } : {}),
  });

  // jsforce's errors carry no headers, and it would follow redirects: both are seen where the reply comes in.
  let waitMs = 0;
  const transport = connection._transport;
  const httpRequest = transport.httpRequest.bind(transport);
  transport.httpRequest = (request, options) => {
    waitMs = 0;
    // Its own repetitions are off: it has them for some methods only, and knows no Retry-After.
    const reply = httpRequest(request, {
      ...options,
      followRedirect: false,
      timeout: timeoutMs,
      retry: { methods: [] },
    });
    const timer = new AbortController();
    const noAnswer = sleep(timeoutMs, undefined, { signal: timer.signal, ref: false }).then(() => {
      throw new NoAnswer();
    });
    noAnswer.catch(() => {}); // the timer is stopped when the answer is there
    const answered = Promise.race([reply, noAnswer])
      .then((response) => {
        const { statusCode, headers = {} } = response;
        waitMs = retryAfterMs(headers['retry-after'], Date.now());
        if (statusCode >= 300 && statusCode < 400) {
          const to = URL.parse(headers.location ?? '', origin);
          throw redirected(
            name,
            origin,
            to === null ? 'nowhere' : `${to.origin}${to.pathname}`,
            'auth.instance_url',
          );
        }
        const type = headers['content-type'] ?? '';
        if (statusCode < 300 && statusCode !== 204 && !/json/.test(type))
          throw notData(name, origin, type, MY_DOMAIN);
        return response;
      })
      .finally(() => timer.abort());
    return Object.assign(answered, { stream: () => reply.stream() });
  };

  const judge = (error: unknown) => {
    const code = codeOf(error);
    const http = Number(/^ERROR_HTTP_(\d{3})$/.exec(code)?.[1] ?? 0);
    if (error instanceof NoAnswer || (error as Error).name === 'AbortError') return 'no answer';
    const isPassing = BUSY_CODES.has(code) || http === 429 || http >= 500 || code === '';
    return isPassing && !(error instanceof TenureError || error instanceof z.ZodError) ? 'passing' : 'final';
  };

  /** Does it with the token in force, and where that is over, once more with a new one. */
  const loggedIn = async <T>(work: () => Promise<T>): Promise<T> => {
    const token = await session.token();
    connection.accessToken = token;
    try {
      return await persist(name, waits, work, judge, () => waitMs);
    } catch (error) {
      const other = SESSION_CODES.has(codeOf(error)) ? await session.renewed(token) : undefined;
      if (other === undefined) throw error;
      connection.accessToken = other;
      return persist(name, waits, work, judge, () => waitMs);
    }
  };

  const call = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await loggedIn(work);
    } catch (error) {
      if (error instanceof TenureError || isWholeRefused(error)) throw error;
      const code = codeOf(error);
      const reason = masked(`${code} ${(error as Error).message}`.trim());
      if (LOGIN_CODES.has(code)) throw loginFailed(name, reason, error);
      if (FIELD_CODES.has(code)) throw fieldRefused(name, what, reason, error);
      throw requestFailed(name, reason, error);
    }
  };
  return { jsforce: connection, call, masked, loginProblems: session.problems };
}
