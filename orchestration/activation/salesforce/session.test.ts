import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type StandIn, startSalesforce } from '../../../test/salesforce-stand-in.ts';
import type { App } from '../../../test/salesforce-tokens.ts';
import type { DestinationOf } from '../../config/schema.ts';
import { TenureError } from '../../errors.ts';
import type { Change } from '../plan.ts';
import { salesforceDestination } from './index.ts';

const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const APP: App = {
  clientId: 'the-app',
  clientSecret: 'the-secret',
  runAs: 'writer@acme.example',
  publicKey: keys.publicKey,
  users: ['writer@acme.example'],
  refreshToken: 'the-refresh-token',
};
const ACCOUNTS = Array.from({ length: 450 }, (_, number) => `001${String(number).padStart(12, '0')}AAA`);

let org: StandIn;
afterEach(() => org.close());

const started = async (app: App | undefined = APP) => {
  org = await startSalesforce({ accounts: ACCOUNTS, ...(app && { app }) });
};
type Auth = DestinationOf<'salesforce'>['auth'];
const opened = (auth: object) =>
  salesforceDestination(
    {
      name: 'org',
      kind: 'salesforce',
      enabled: true,
      allow_fields: ['Tenure_Score__c'],
      max_change_share: 0.3,
      min_changes: 10,
      auth: { instance_url: org.url, ...auth } as Auth,
    },
    {},
    { firstWaitMs: 1, timeoutMs: 400, longestWaitMs: 2000 },
  );
const flows = {
  'client credentials': { client_id: 'the-app', client_secret: 'the-secret' },
  'a JWT bearer assertion': {
    client_id: 'the-app',
    username: 'writer@acme.example',
    private_key: keys.privateKey,
  },
  'a refresh token': { client_id: 'the-app', refresh_token: 'the-refresh-token' },
};
const account = { object: 'Account', models: [], neverNull: [], isCreated: false };
const changes = (ids: readonly string[], score: number): Change[] =>
  ids.map(
    (id) =>
      ({
        kind: 'update',
        record_key: id,
        remote_id: id,
        payload: { Tenure_Score__c: score },
      }) as unknown as Change,
  );
const failure = async (work: Promise<unknown>): Promise<TenureError> => {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(TenureError);
  for (const secret of ['the-secret', 'the-refresh-token', keys.privateKey.slice(40, 80)])
    expect(error.message).not.toContain(secret);
  return error;
};

describe.each(Object.entries(flows))('%s', (_, auth) => {
  it('logs in once for all requests', async () => {
    await started();
    const destination = opened(auth);
    expect(org.logins).toEqual([]);
    expect(await destination.findProblems(['Tenure_Score__c'])).toEqual([]);
    const outcomes = await destination.upsert(account, changes(ACCOUNTS.slice(0, 200), 71));
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    expect(org.logins.map(({ status }) => status)).toEqual([200]);
    const asked = org.requests.filter(({ path }) => !path.includes('oauth2'));
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(['Bearer session-1']));
  });

  it('logs in anew in the middle when the session is over, and writes each record once', async () => {
    await started();
    const destination = opened(auth);
    const batches = [ACCOUNTS.slice(0, 200), ACCOUNTS.slice(200, 400), ACCOUNTS.slice(400)];
    for (const [place, batch] of batches.entries()) {
      if (place === 1) org.endSessions();
      const outcomes = await destination.upsert(account, changes(batch, 71));
      expect(outcomes.every(({ ok }) => ok)).toBe(true);
    }
    expect(org.logins.length).toBe(2);
    expect(org.calls.map(({ count }) => count)).toEqual([200, 200, 50]);
    expect([...org.records.get('Account')!.values()].every((each) => each.Tenure_Score__c === 71)).toBe(true);
  });

  it('gives up when a new session is not taken either', async () => {
    await started();
    org.failNext = [
      {},
      { status: 401, errorCode: 'INVALID_SESSION_ID' },
      {},
      { status: 401, errorCode: 'INVALID_SESSION_ID' },
    ];
    const error = await failure(opened(auth).upsert(account, changes(ACCOUNTS.slice(0, 3), 71)));
    expect(error.code).toBe('ACTIVATION_LOGIN_FAILED');
    expect(org.logins.length).toBe(2);
  });

  it('asks again where the login is busy, and no redirect gets what is secret', async () => {
    await started();
    org.failNext = [{ status: 503 }, { status: 429, retryAfter: 1 }];
    expect(await opened(auth).findProblems(['Tenure_Score__c'])).toEqual([]);
    expect(org.logins.length).toBe(1);
    const seen: string[] = [];
    const elsewhere = createServer((request, response) => {
      seen.push(request.url ?? '');
      response.end('{}');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/services/oauth2/token`;
    org.failNext = [{ status: 307, location }];
    const error = await failure(opened(auth).findProblems(['Tenure_Score__c']));
    expect(error.code).toBe('ACTIVATION_REDIRECTED');
    expect(seen).toEqual([]);
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  it('takes no token for another org, and no page for an answer', async () => {
    await started({ ...APP, instanceUrl: 'https://other.my.salesforce.com' });
    expect((await failure(opened(auth).findProblems(['Tenure_Score__c']))).code).toBe(
      'ACTIVATION_OTHER_INSTANCE',
    );
    org.failNext = [{ html: true }];
    expect((await failure(opened(auth).findProblems(['Tenure_Score__c']))).code).toBe('ACTIVATION_NO_API');
  });
});

describe('what is refused', () => {
  const refused = async (app: App, auth: object) => {
    await started(app);
    const error = await failure(opened(auth).findProblems(['Tenure_Score__c']));
    expect(error.code).toBe('ACTIVATION_LOGIN_FAILED');
    expect(org.logins.length).toBe(1); // what is refused is not asked again
    await org.close();
    return error.message;
  };
  const { runAs: _, ...noUser } = APP;
  const {
    'client credentials': byClient,
    'a JWT bearer assertion': byKey,
    'a refresh token': byRefresh,
  } = flows;

  it('is said in the words of the org, with what an administrator does', async () => {
    expect(await refused(noUser, byClient)).toMatch(/no client credentials user enabled \(set "Run As"/);
    expect(await refused(APP, { ...byClient, client_secret: 'wrong-one' })).toMatch(
      /invalid_client .*\(see the key and secret/,
    );
    expect(await refused({ ...APP, users: [] }, byKey)).toMatch(/hasn't approved.*\(pre-authorize/);
    expect(await refused({ ...APP, audience: 'https://test.salesforce.com' }, byKey)).toMatch(
      /audience is invalid \(set auth\.audience/,
    );
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    });
    expect(await refused(APP, { ...byKey, private_key: other })).toMatch(/invalid assertion/);
    expect(await refused({ ...APP, refreshToken: 'another' }, byRefresh)).toMatch(
      /expired access\/refresh token \(the refresh token is over/,
    );
    expect(await refused({ ...APP, needsSecret: true }, byRefresh)).toMatch(/invalid_client/);
    await started();
  });

  it('takes a key whose line ends are written out, an audience of its own, and says when a key is none', async () => {
    await started({ ...APP, audience: 'https://test.salesforce.com' });
    const auth = { ...byKey, audience: 'https://test.salesforce.com' };
    const oneLine = keys.privateKey.replaceAll('\n', '\\n');
    expect(await opened({ ...auth, private_key: oneLine }).findProblems(['Tenure_Score__c'])).toEqual([]);
    for (const private_key of ['no key', keys.publicKey]) {
      const error = await failure(opened({ ...auth, private_key }).findProblems(['Tenure_Score__c']));
      expect(error.code).toBe('ACTIVATION_KEY_UNREADABLE');
    }
  });

  it('works with a refresh token that rotates until the run is over, and says what to switch off', async () => {
    await started({ ...APP, isRotating: true });
    const destination = opened(byRefresh);
    const problems = await destination.findProblems(['Tenure_Score__c']);
    expect(problems.join()).toMatch(/switch "Refresh Token Rotation" off/);
    org.endSessions();
    const outcomes = await destination.upsert(account, changes(ACCOUNTS.slice(0, 2), 5));
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, true]);
  });

  it('is final for a token that was given: there is no other', async () => {
    await started();
    org.endSessions();
    const error = await failure(opened({ access_token: 'good' }).findProblems(['Tenure_Score__c']));
    expect(error.code).toBe('ACTIVATION_LOGIN_FAILED');
    expect(org.logins).toEqual([]);
  });
});

describe('doctor', () => {
  it('logs in and names each field and right that is missing', async () => {
    await started();
    org.objects.get('Account')!.fields.delete('Tenure_Score__c');
    org.objects.get('Account')!.updateable = false;
    const problems = await opened(flows['client credentials']).findProblems(['Tenure_Score__c']);
    expect(problems).toEqual([
      expect.stringContaining('the user may not edit Account'),
      expect.stringContaining('Account.Tenure_Score__c is not there'),
    ]);
  });
});
