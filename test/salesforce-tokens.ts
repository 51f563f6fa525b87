import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** A connected app of the stand-in and what it lets in. */
export interface App {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The user of "Run As": without one, client credentials are refused. */
  readonly runAs?: string;
  /** PEM of the public key whose certificate the app has: without it, assertions are refused. */
  readonly publicKey?: string;
  /** Users who are pre-authorized. */
  readonly users?: readonly string[];
  /** A refresh token that is valid; refused is any other. */
  readonly refreshToken?: string;
  /** Each login by a refresh token gives a new one, and the old one is over. */
  readonly isRotating?: boolean;
  /** Whether a refresh token asks for the secret, as "Require Secret for Refresh Token Flow" says. */
  readonly needsSecret?: boolean;
  /** Whom assertions are for. */
  readonly audience?: string;
  /** The org whose address is told with the token, when it is not this one. */
  readonly instanceUrl?: string;
}

class Refused extends Error {
  readonly error: string;
  readonly status: number;
  constructor(error: string, description: string, status = 400) {
    super(description);
    this.error = error;
    this.status = status;
  }
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** An assertion holds for three minutes at most. */
const LONGEST_SECONDS = 180;

const decoded = (part: string | undefined): Record<string, unknown> => {
  try {
    return JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
  } catch {
    throw new Refused('invalid_grant', 'invalid assertion');
  }
};

/**
 * `/services/oauth2/token`, as Salesforce's reference describes it: a POST of a form; client credentials need a user of
 * "Run As", a JWT bearer assertion is checked by signature, algorithm, issuer, subject, audience and time, a refresh
 * token by the app that it was given to. Errors have the vendor's codes.
 */
export function tokenEndpoint(app: App | undefined, url: () => string) {
  const logins: { grant: string | null; status: number; error: string | null }[] = [];
  const taken = new Set(['good']);
  const key: KeyObject | undefined =
    app?.publicKey === undefined ? undefined : createPublicKey(app.publicKey);
  let refreshToken = app?.refreshToken;
  let given = 0;

  const checkSecret = (form: URLSearchParams, isNeeded: boolean) => {
    const secret = form.get('client_secret');
    if (secret === null && !isNeeded) return;
    if (secret !== app?.clientSecret) throw new Refused('invalid_client', 'invalid client credentials');
  };
  const checkClient = (form: URLSearchParams) => {
    if (form.get('client_id') !== app?.clientId)
      throw new Refused('invalid_client_id', 'client identifier invalid');
  };

  const checkAssertion = (assertion: string | null) => {
    const parts = assertion?.split('.') ?? [];
    const [header, claims, signature] = parts;
    if (parts.length !== 3) throw new Refused('invalid_grant', 'invalid assertion');
    if (decoded(header).alg !== 'RS256') throw new Refused('invalid_grant', 'algorithm not supported');
    const { iss, sub, aud, exp } = decoded(claims);
    if (iss !== app?.clientId) throw new Refused('invalid_client_id', 'client identifier invalid');
    const isSigned =
      key !== undefined &&
      verify(
        'RSA-SHA256',
        Buffer.from(`${header}.${claims}`),
        key,
        Buffer.from(signature ?? '', 'base64url'),
      );
    if (!isSigned) throw new Refused('invalid_grant', 'invalid assertion');
    const left = typeof exp === 'number' ? exp - Date.now() / 1000 : Number.NaN;
    if (!(left > 0) || left > LONGEST_SECONDS)
      throw new Refused('invalid_grant', 'expired authorization code');
    if (aud !== (app?.audience ?? 'https://login.salesforce.com'))
      throw new Refused('invalid_grant', 'audience is invalid');
    if (!app?.users?.includes(String(sub)))
      throw new Refused('invalid_grant', "user hasn't approved this consumer");
  };

  const grant = (form: URLSearchParams): Record<string, string> => {
    switch (form.get('grant_type')) {
      case 'client_credentials':
        checkClient(form);
        checkSecret(form, true);
        if (app?.runAs === undefined)
          throw new Refused('invalid_grant', 'no client credentials user enabled');
        return {};
      case JWT_BEARER:
        checkAssertion(form.get('assertion'));
        return {};
      case 'refresh_token':
        checkClient(form);
        checkSecret(form, app?.needsSecret ?? false);
        if (refreshToken === undefined || form.get('refresh_token') !== refreshToken)
          throw new Refused('invalid_grant', 'expired access/refresh token');
        if (app?.isRotating !== true) return {};
        refreshToken = `${refreshToken}+`;
        return { refresh_token: refreshToken };
      default:
        throw new Refused('unsupported_grant_type', 'grant type not supported');
    }
  };

  return {
    logins,
    isTaken: (authorization: string) => taken.has(authorization.replace(/^Bearer /, '')),
    end: () => taken.clear(),
    answer(method: string | undefined, type: string | undefined, body: string) {
      const form = new URLSearchParams(/^application\/x-www-form-urlencoded/.test(type ?? '') ? body : '');
      const noted = (status: number, error: string | null, answer: Record<string, unknown>) => {
        logins.push({ grant: form.get('grant_type'), status, error });
        return { status, body: answer };
      };
      try {
        if (method !== 'POST') throw new Refused('invalid_request', 'must use HTTP POST', 405);
        if (app === undefined) throw new Refused('invalid_client_id', 'client identifier invalid');
        const more = grant(form);
        given += 1;
        const access_token = `session-${given}`;
        taken.add(access_token);
        return noted(200, null, {
          access_token,
          instance_url: app.instanceUrl ?? url(),
          id: `${url()}/id/00D000000000001AAA/005000000000001AAA`,
          token_type: 'Bearer',
          scope: 'api',
          ...more,
        });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return noted(error.status, error.error, { error: error.error, error_description: error.message });
      }
    },
  };
}
