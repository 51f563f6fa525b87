import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, type Asked, refusal, startStandIn } from '../test/bigquery-stand-in.ts';
import { checkBigQuery } from './index.ts';

let stop: () => Promise<unknown>;
afterEach(() => stop());

/** What the check finds at a server that answers so. */
async function findings(answer: (asked: Asked) => Answer | undefined, config = {}) {
  const standIn = await startStandIn(answer);
  stop = standIn.stop;
  return checkBigQuery({
    type: 'bigquery',
    project: 'acme',
    location: 'EU',
    dataset_prefix: 'tenure_',
    impersonate_service_account: 'tenure@acme.iam.gserviceaccount.com',
    emulator: standIn.url,
    ...config,
  });
}

const sqlOf = ({ body }: Asked) =>
  (body as { configuration?: { query?: { query?: string } } }).configuration?.query?.query ?? '';

describe('the check of BigQuery', () => {
  it('is content with datasets in their place that can be written', async () => {
    const found = await findings(() => undefined);
    expect(found.map(({ is_ok }) => is_ok)).toEqual(Array(8).fill(true));
    expect(found[0]).toEqual({
      check: 'BigQuery jobs',
      is_ok: true,
      finding: 'run in project acme, location EU',
    });
    expect(found[1]).toEqual({
      check: 'BigQuery dataset tenure_raw',
      is_ok: true,
      finding: 'in EU, can be written',
    });
  });

  it('names the grant that running jobs needs', async () => {
    const denied =
      'Access Denied: Project acme: User does not have bigquery.jobs.create permission in project acme.';
    const [found, ...others] = await findings(({ path }) =>
      path === '/queries' ? refusal(403, 'accessDenied', denied) : undefined,
    );
    expect(others).toEqual([]);
    expect(found?.is_ok).toBe(false);
    expect(found?.finding).toBe(
      `BigQuery (project acme) answered: ${denied} bigquery.jobs.create is missing: it comes with roles/bigquery.jobUser. ` +
        'Run: gcloud projects add-iam-policy-binding acme ' +
        '--member=serviceAccount:tenure@acme.iam.gserviceaccount.com --role=roles/bigquery.jobUser',
    );
  });

  it('names the grant that writing to one dataset needs', async () => {
    const denied =
      'Access Denied: Table acme:tenure_marts._tenure_doctor: Permission bigquery.tables.create denied on dataset acme:tenure_marts (or it may not exist).';
    const found = await findings((asked) =>
      sqlOf(asked).includes('tenure_marts') ? refusal(403, 'accessDenied', denied) : undefined,
    );
    expect(found.filter(({ is_ok }) => !is_ok)).toEqual([
      {
        check: 'BigQuery dataset tenure_marts',
        is_ok: false,
        finding: expect.stringContaining(
          'bigquery.tables.create is missing: it comes with roles/bigquery.dataEditor. ' +
            "Run: bq query --nouse_legacy_sql 'grant `roles/bigquery.dataEditor` on schema `acme`.`tenure_marts` " +
            'to "serviceAccount:tenure@acme.iam.gserviceaccount.com"\'',
        ),
      },
    ]);
  });

  it('says which datasets the first sync makes, and the grant for it', async () => {
    const absent = ({ path }: Asked) =>
      /^\/datasets\/tenure_(raw|ops)$/.test(path)
        ? refusal(404, 'notFound', 'Not found: Dataset')
        : undefined;
    expect((await findings(absent)).at(-1)).toEqual({
      check: 'BigQuery datasets tenure_raw, tenure_ops',
      is_ok: true,
      finding: 'will be made by the first sync',
    });
    await stop();
    const denied =
      'Access Denied: Project acme: User does not have bigquery.datasets.create permission in project acme.';
    const found = await findings(
      (asked) =>
        absent(asked) ??
        (sqlOf(asked).includes('create schema') ? refusal(403, 'accessDenied', denied) : undefined),
      { impersonate_service_account: undefined },
    );
    expect(found.at(-1)?.finding).toContain(
      'Run: gcloud projects add-iam-policy-binding acme --member=MEMBER --role=roles/bigquery.user (for who runs Tenure',
    );
  });

  it('finds a dataset in another location, and one whose tables vanish', async () => {
    const found = await findings(({ path }) => {
      if (path === '/datasets/tenure_raw') return { status: 200, body: { location: 'US' } };
      if (path !== '/datasets/tenure_ops') return undefined;
      return { status: 200, body: { location: 'EU', defaultTableExpirationMs: '5184000000' } };
    });
    expect(found.filter(({ is_ok }) => !is_ok)).toEqual([
      {
        check: 'BigQuery dataset tenure_raw',
        is_ok: false,
        finding:
          'is in US, and warehouse.location in tenure.yaml is EU: jobs run in one place only. ' +
          'Set location: US, or another dataset_prefix',
      },
      {
        check: 'BigQuery dataset tenure_ops',
        is_ok: false,
        finding:
          'its tables vanish after 60 days (a project without billing sets this). ' +
          'Run: bq update --default_table_expiration 0 acme:tenure_ops',
      },
    ]);
  });

  it('says how to authorize when nobody asks', async () => {
    const [found] = await findings(() =>
      refusal(401, 'authError', 'Request had invalid authentication credentials.'),
    );
    expect(found?.finding).toContain('run: gcloud auth application-default login');
  });

  it('says how to enable the API', async () => {
    const [found] = await findings(() =>
      refusal(
        403,
        'accessNotConfigured',
        'BigQuery API has not been used in project 1 before or it is disabled.',
      ),
    );
    expect(found?.finding).toContain('Run: gcloud services enable bigquery.googleapis.com --project=acme');
  });

  it('tells a used-up quota from a right that is missing', async () => {
    const spent = 'Custom quota exceeded: Your usage exceeded the custom quota for QueryUsagePerDay.';
    const [found] = await findings(({ path }) =>
      path === '/queries' ? refusal(403, 'quotaExceeded', spent) : undefined,
    );
    expect(found?.finding).toBe(
      `BigQuery (project acme) answered: ${spent} Wait until the quota is renewed (daily ones at midnight, Pacific time), ` +
        'or raise it: https://console.cloud.google.com/iam-admin/quotas?project=acme',
    );
  });
});
