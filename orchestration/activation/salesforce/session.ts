import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { z } from 'zod';
import type { DestinationOf } from '../../config/schema.ts';
import { TenureError } from '../../errors.ts';
import { keyUnreadable, loginFailed, notData, otherInstance, redirected } from '../errors.ts';
import { type Patience, persist } from '../persist.ts';
import { retryAfterMs } from '../retry-after.ts';

type Auth = DestinationOf<'salesforce'>['auth'];

/** Who we are to the org: a token that was given, or one that is asked for at its token endpoint, and again when it is over. */
export interface SalesforceSession {
  /** The token in force; asks for one the first time. Throws `ACTIVATION_LOGIN_FAILED` and its like. */
  token(): Promise<string>;
  /** A token in the place of one that the org took no more; undefined where there is no way to get another. */
  renewed(used: string): Promise<string | undefined>;
  /** A text without any token, key or secret that may stand in it. */
  masked(text: string): string;
  /** What is wrong with the login although it works; an advice for `doctor`. */
  readonly problems: readonly string[];
}

const TOKEN_PATH = '/services/oauth2/token';
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** Salesforce refuses an assertion that holds for more than three minutes. */
const ASSERTION_SECONDS = 150;

const granted = z.looseObject({
  access_token: z.string().min(1),
  instance_url: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
});
const refusal = z.looseObject({ error: z.string().catch(''), error_description: z.string().catch('') });

/** A login that was refused, or not answered in a way that may pass. */
class LoginError extends Error {
  readonly isPassing: boolean;
  constructor(message: string, isPassing: boolean, cause?: unknown) {
    super(message, { cause });
    this.isPassing = isPassing;
  }
}

/** What an administrator does about the vendor's own words, by a part of them. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/no client credentials user/, 'set "Run As" in the policies of the app'],
  [/hasn't approved|not approved/, 'pre-authorize the user: a permission set of the app'],
  [/audience/, 'set auth.audience: https://test.salesforce.com for a sandbox'],
  [/invalid_client|client identifier|client secret/, 'see the key and secret of the app'],
  [
    /expired access\/refresh token|token.*(revoked|invalid)/,
    'the refresh token is over: authorize the app again',
  ],
];

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * A signed claim that we act for a user (RFC 7523): RS256, for one audience and some minutes.
 *
 * @param seconds the present, in seconds since 1970
 */
export function assertionOf(
  claims: { readonly clientId: string; readonly username: string; readonly audience: string },
  key: KeyObject,
  seconds: number,
): string {
  const { clientId: iss, username: sub, audience: aud } = claims;
  const signed = `${base64({ alg: 'RS256' })}.${base64({ iss, sub, aud, exp: seconds + ASSERTION_SECONDS })}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}

/** A key in PEM; in one line its line ends may be written as \n. */
function privateKey(destination: string, text: string): KeyObject {
  try {
    const key = createPrivateKey(text.replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {} // its words may hold a part of the key
  throw keyUnreadable(destination);
}

/** Where an assertion is for, unless the configuration says so: the login server of orgs, or of sandboxes. */
const audienceOf = (instance: URL) =>
  /\.sandbox\.|^(test|cs\d+)\./.test(instance.hostname)
    ? 'https://test.salesforce.com'
    : 'https://login.salesforce.com';

export function salesforceSession(
  { auth, name }: DestinationOf<'salesforce'>,
  waits: Patience,
  now: () => number = Date.now,
): SalesforceSession {
  const instance = new URL(auth.instance_url);
  const secrets = new Set<string>();
  for (const key of ['access_token', 'client_secret', 'refresh_token', 'private_key'] as const)
    if (key in auth) secrets.add(String(auth[key as keyof Auth]));
  const masked = (text: string) =>
    [...secrets].reduce((masking, secret) => masking.replaceAll(secret, '***'), text);
  if ('access_token' in auth) {
    const { access_token } = auth;
    return { token: async () => access_token, renewed: async () => undefined, masked, problems: [] };
  }

  const loginUrl = new URL(auth.login_url ?? auth.instance_url);
  const key = 'private_key' in auth ? privateKey(name, auth.private_key) : undefined;
  let refreshToken = 'refresh_token' in auth ? auth.refresh_token : undefined;
  const problems: string[] = [];
  let waitMs = 0;

  const grant = (): Record<string, string> => {
    const { client_id } = auth;
    if (key !== undefined && 'username' in auth) {
      const audience = auth.audience ?? audienceOf(instance);
      const claims = { clientId: client_id, username: auth.username, audience };
      return { grant_type: JWT_BEARER, assertion: assertionOf(claims, key, Math.floor(now() / 1000)) };
    }
    const secret: Record<string, string> =
      'client_secret' in auth && auth.client_secret !== undefined
        ? { client_secret: auth.client_secret }
        : {};
    return refreshToken === undefined
      ? { grant_type: 'client_credentials', client_id, ...secret }
      : { grant_type: 'refresh_token', refresh_token: refreshToken, client_id, ...secret };
  };

  const ask = async (): Promise<string> => {
    waitMs = 0;
    let response: Response;
    let text: string;
    const form = grant();
    if (form.assertion !== undefined) secrets.add(form.assertion);
    try {
      response = await fetch(new URL(TOKEN_PATH, loginUrl), {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: new URLSearchParams(form).toString(),
        redirect: 'manual', // the secret would go along
        signal: AbortSignal.timeout(waits.timeoutMs),
      });
      text = await response.text();
    } catch (error) {
      if ((error as Error).name === 'TimeoutError') throw error;
      const { cause } = error as { cause?: { code?: string } };
      throw new LoginError(
        `it cannot be reached at ${loginUrl.origin} (${cause?.code ?? 'no answer'})`,
        true,
        error,
      );
    }
    const { status, headers } = response;
    waitMs = retryAfterMs(headers.get('retry-after') ?? undefined, now());
    if (status >= 300 && status < 400) {
      const to = URL.parse(headers.get('location') ?? '', loginUrl);
      throw redirected(
        name,
        loginUrl.origin,
        to === null ? 'nowhere' : `${to.origin}${to.pathname}`,
        auth.login_url === undefined ? 'auth.instance_url' : 'auth.login_url',
      );
    }
    const isJson = /json/.test(headers.get('content-type') ?? '');
    if (!response.ok) {
      const said = refusal.catch({ error: '', error_description: '' }).parse(isJson ? JSON.parse(text) : {});
      const words = `${said.error} ${said.error_description}`.trim() || `HTTP ${status}`;
      const hint = HINTS.find(([part]) => part.test(words))?.[1];
      throw new LoginError(
        `${words}${hint === undefined ? '' : ` (${hint})`}`,
        status === 429 || status >= 500,
      );
    }
    if (!isJson)
      throw notData(
        name,
        loginUrl.origin,
        headers.get('content-type') ?? '',
        'Set auth.login_url to where the org gives tokens: its "My Domain".',
      );
    const found = granted.parse(JSON.parse(text));
    secrets.add(found.access_token);
    const told = URL.parse(found.instance_url);
    if (told?.origin !== instance.origin) throw otherInstance(name, instance.origin, found.instance_url);
    if (
      found.refresh_token !== undefined &&
      refreshToken !== undefined &&
      found.refresh_token !== refreshToken
    ) {
      // The one of the environment is no good from now on, and nothing is written there.
      refreshToken = found.refresh_token;
      secrets.add(found.refresh_token);
      problems.push(
        'the app gives a new refresh token at each login, so that the one of the environment holds once: switch "Refresh Token Rotation" off for the app',
      );
    }
    return found.access_token;
  };

  const login = async (): Promise<string> => {
    try {
      return await persist(
        name,
        waits,
        ask,
        (error) => {
          if ((error as Error).name === 'TimeoutError') return 'no answer';
          return error instanceof LoginError && error.isPassing ? 'passing' : 'final';
        },
        () => waitMs,
      );
    } catch (error) {
      if (error instanceof TenureError) throw error;
      throw loginFailed(name, masked((error as Error).message), error);
    }
  };

  let current: Promise<string> | undefined;
  const token = () => {
    current ??= login().catch((error) => {
      current = undefined; // the next call tries again
      throw error;
    });
    return current;
  };
  return {
    token,
    async renewed(used) {
      if (current !== undefined && (await current) === used) current = undefined;
      return token();
    },
    masked,
    problems,
  };
}
