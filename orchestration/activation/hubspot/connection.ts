import { z } from 'zod';
import type { DestinationOf } from '../../config/schema.ts';
import { TenureError } from '../../errors.ts';
import { limitReached, loginFailed, notData, redirected, requestFailed, rightsMissing } from '../errors.ts';
import { PATIENCE, type Patience, persist } from '../persist.ts';
import { retryAfterMs } from '../retry-after.ts';

/** HubSpot's body of an error; each part may be missing. */
const refusal = z.looseObject({
  message: z.string().catch(''),
  category: z.string().catch(''),
  policyName: z.string().optional().catch(undefined),
});

/** HubSpot refused a request as a whole. */
export class HubSpotError extends Error {
  readonly status: number;
  readonly category: string;
  readonly policyName: string | undefined;
  constructor(status: number, { message, category, policyName }: z.infer<typeof refusal>) {
    super(message === '' ? `HTTP ${status}` : message);
    this.status = status;
    this.category = category;
    this.policyName = policyName;
  }
}

/** A broken connection, or none. */
class NotReached extends Error {}

/** Waits that HubSpot does not tell in Retry-After: a record that is locked is so for two seconds. */
const LOCKED_MS = 2000;
const TEN_SECONDS_MS = 10_000;
/** 477: the account is being moved to another data centre; Retry-After says for how long. */
const PASSING = new Set([423, 429, 477]);

/** A connection to one account: every request ends, goes nowhere but to `api_url`, and is tried again when that can help. */
export interface HubSpotConnection {
  /** Makes one request once; the answer's JSON. Throws a `HubSpotError` when it is refused. */
  request(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<unknown>;
  /**
   * Does `work`, whose requests may be made again together, until it is answered; `what` is the object that it is about.
   * Throws a `TenureError` that says what to do; a `HubSpotError` of status 400, 404 or 409 passes.
   */
  call<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** A text without the token that may stand in it. */
  masked(text: string): string;
}

export function connectHubSpot(
  { auth, name }: DestinationOf<'hubspot'>,
  patience: Partial<Patience> = {},
): HubSpotConnection {
  const waits = { ...PATIENCE, ...patience };
  const { origin } = new URL(auth.api_url);
  const masked = (text: string) => text.replaceAll(auth.access_token, '***');
  let waitMs = 0;

  const request: HubSpotConnection['request'] = async (method, path, body) => {
    waitMs = 0;
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${origin}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${auth.access_token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
        signal: AbortSignal.timeout(waits.timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      const { name: kind, cause } = error as Error & { cause?: { code?: string; message?: string } };
      if (kind === 'TimeoutError') throw error;
      throw new NotReached(cause?.code ?? cause?.message ?? kind, { cause: error });
    }
    const { status, headers } = response;
    waitMs = retryAfterMs(headers.get('retry-after') ?? undefined, Date.now());
    if (status >= 300 && status < 400) {
      const to = URL.parse(headers.get('location') ?? '', origin);
      throw redirected(name, origin, to === null ? 'nowhere' : `${to.origin}${to.pathname}`, 'auth.api_url');
    }
    const type = headers.get('content-type') ?? '';
    const isJson = /json/.test(type);
    if (response.ok) {
      if (status === 204) return undefined;
      if (!isJson)
        throw notData(name, origin, type, 'Leave auth.api_url out, or set it to that of your account.');
      return JSON.parse(text);
    }
    let said: unknown = {};
    if (isJson) {
      try {
        said = JSON.parse(text);
      } catch {} // an error page that only calls itself JSON: the status says enough
    }
    const refused = new HubSpotError(status, refusal.catch({ message: '', category: '' }).parse(said));
    if (waitMs === 0 && status === 423) waitMs = LOCKED_MS;
    if (waitMs === 0 && refused.policyName === 'TEN_SECONDLY_ROLLING') waitMs = TEN_SECONDS_MS;
    throw refused;
  };

  const judge = (error: unknown) => {
    if ((error as Error).name === 'TimeoutError') return 'no answer';
    if (error instanceof NotReached) return 'passing';
    if (!(error instanceof HubSpotError)) return 'final';
    if (error.status === 429 && error.policyName === 'DAILY') return 'final';
    return PASSING.has(error.status) || error.status >= 500 ? 'passing' : 'final';
  };

  const call = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await persist(name, waits, work, judge, () => waitMs);
    } catch (error) {
      if (error instanceof TenureError) throw error;
      const reason = masked((error as Error).message);
      if (error instanceof HubSpotError) {
        const { status, policyName, category } = error;
        if (status === 401) throw loginFailed(name, reason, error);
        if (status === 403) throw rightsMissing(name, what, `${category} ${reason}`.trim());
        if (status === 429 && policyName === 'DAILY') throw limitReached(name, reason);
        if ([400, 404, 409].includes(status)) throw error;
      }
      throw requestFailed(name, reason, error);
    }
  };
  return { request, call, masked };
}
