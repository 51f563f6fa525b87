import { afterEach, describe, expect, it } from 'vitest';
import { type Answer, type Asked, refusal, startStandIn } from '../../test/bigquery-stand-in.ts';
import { checkBigQuery } from './check.ts';

let stop: () => Promise<unknown>;
let asked: readonly Asked[] = [];
afterEach(() => stop());

/** What the check finds at a server that answers so. */
async function findings(
  answer: (asked: Asked) => Answer | undefined,
  config = {},
  readDatasets: readonly string[] = [],
) {
  const standIn = await startStandIn(answer);
  stop = standIn.stop;
  asked = standIn.asked;
  const store = {
    type: 'bigquery',
    project: 'acme',
    location: 'EU',
    dataset_prefix: 'tenure_',
    impersonate_service_account: 'tenure@acme.iam.gserviceaccount.com',
    emulator: standIn.url,
    ...config,
  } as const;
  return checkBigQuery(store, readDatasets);
}

const sqlOf = ({ body }: Asked) =>
  (body as { configuration?: { query?: { query?: string } } }).configuration?.query?.query ?? '';

/** Each dataset has a view, and a table unless it holds views only. */
const withTables =
  (views: readonly string[] = []) =>
  ({ method, path }: Asked): Answer | undefined => {
    const [, datasetId = ''] = /^\/datasets\/(\w+)\/tables$/.exec(path) ?? [];
    if (method !== 'GET' || datasetId === '') return undefined;
    const listed = [
      { tableId: 'a_view', type: 'VIEW' },
      { tableId: 'a_table', type: 'TABLE' },
    ].map(({ tableId, type }) => ({ type, tableReference: { projectId: 'acme', datasetId, tableId } }));
    return {
      status: 200,
      body: { tables: listed.filter(({ type }) => type === 'VIEW' || !views.includes(datasetId)) },
    };
  };

const QUOTAS =
  "What is left of a quota BigQuery's API does not tell: see https://console.cloud.google.com/iam-admin/quotas?project=acme";

describe('the check of BigQuery', () => {
  it('is content with datasets in their place that can be written', async () => {
    const found = await findings(() => undefined);
    expect(found.map(({ is_ok }) => is_ok)).toEqual(Array(9).fill(true));
    expect(found[0]).toEqual({
      check: 'BigQuery jobs',
      is_ok: true,
      finding: 'run in project acme, location EU',
    });
    expect(found[1]).toEqual({
      check: 'BigQuery dataset tenure_raw',
      is_ok: true,
      finding: 'in EU; tables can be made, there is none to try reading on',
    });
    expect(found.at(-1)).toEqual({
      check: 'BigQuery quota and billing',
      is_ok: true,
      finding: `no quota was found used up; whether the project has billing shows once there is a table to try a change on. ${QUOTAS}`,
    });
  });

  it('tries reading and changing on a table of each dataset, by dry runs alone', async () => {
    const found = await findings(withTables(['tenure_staging']));
    const finding = (dataset: string) =>
      found.find(({ check }) => check === `BigQuery dataset ${dataset}`)?.finding;
    expect(finding('tenure_raw')).toBe('in EU; tables can be made, read and changed');
    expect(finding('tenure_staging')).toBe('in EU; tables can be made and read, it has views only');
    expect(found.at(-1)?.finding).toContain('changes of rows are not refused, as they are without billing');
    expect(
      asked
        .map(sqlOf)
        .filter((sql) => /tenure_(raw|staging)/.test(sql))
        .sort(),
    ).toEqual([
      'create table `tenure_raw`._tenure_doctor (id INT64)',
      'create table `tenure_staging`._tenure_doctor (id INT64)',
      'delete from `tenure_raw`.`a_table` where false',
      'select 1 from `tenure_raw`.`a_table`',
      'select 1 from `tenure_staging`.`a_view`',
      'update `tenure_raw`.`a_table` set `id` = `id` where false',
    ]);
    const ran = asked.filter(({ path }) => path === '/queries').map(({ body }) => body.query);
    expect(ran).toEqual(['select 1']);
  });

  it.each([
    [
      'select',
      'Access Denied: Table acme:tenure_ops.a_table: User does not have permission to query table acme:tenure_ops.a_table, or perhaps it does not exist.',
      'bigquery.tables.getData',
    ],
    [
      'delete',
      'Access Denied: Table acme:tenure_ops.a_table: Permission bigquery.tables.updateData denied on table acme:tenure_ops.a_table (or it may not exist).',
      'bigquery.tables.updateData',
    ],
    [
      'update',
      'Access Denied: Table acme:tenure_ops.a_table: Permission bigquery.tables.updateData denied on table acme:tenure_ops.a_table (or it may not exist).',
      'bigquery.tables.updateData',
    ],
  ])('names the grant that a refused %s needs', async (verb, denied, permission) => {
    const found = await findings((question) =>
      sqlOf(question).startsWith(verb) && sqlOf(question).includes('tenure_ops')
        ? refusal(403, 'accessDenied', denied)
        : withTables()(question),
    );
    expect(found.filter(({ is_ok }) => !is_ok)).toEqual([
      {
        check: 'BigQuery dataset tenure_ops',
        is_ok: false,
        finding: expect.stringContaining(
          `${permission} is missing: it comes with roles/bigquery.dataEditor. ` +
            "Run: bq query --nouse_legacy_sql 'grant `roles/bigquery.dataEditor` on schema `acme`.`tenure_ops` to ",
        ),
      },
    ]);
  });

  it('does not take a large table, or one that asks for a filter, for a right that is missing', async () => {
    const found = await findings((question) =>
      sqlOf(question).startsWith('select 1 from')
        ? refusal(400, 'invalidQuery', 'Cannot query over table without a filter over column(s) event_at')
        : withTables()(question),
    );
    expect(found.every(({ is_ok }) => is_ok)).toBe(true);
  });

  it('looks at the datasets that sources read: whether they are there, where, and can be read', async () => {
    const read = ['raw_segment', 'raw_far', 'raw_gone', 'raw_secret', 'raw_segment'];
    const denied =
      'Access Denied: Table acme:raw_secret.a_table: User does not have permission to query table acme:raw_secret.a_table, or perhaps it does not exist.';
    const found = await findings(
      (question) => {
        if (question.path === '/datasets/raw_far') return { status: 200, body: { location: 'US' } };
        if (question.path === '/datasets/raw_gone') return refusal(404, 'notFound', 'Not found: Dataset');
        if (sqlOf(question).includes('raw_secret')) return refusal(403, 'accessDenied', denied);
        return withTables()(question);
      },
      {},
      read,
    );
    expect(
      found.flatMap(({ check, is_ok, finding }) =>
        check.endsWith(', read only') ? [[check.split(/[ ,]/)[2], is_ok, finding]] : [],
      ),
    ).toEqual([
      ['raw_segment', true, 'in EU, can be read'],
      [
        'raw_far',
        false,
        'is in US, and warehouse.location in tenure.yaml is EU: jobs run in one place only. ' +
          'Copy it to EU with the BigQuery Data Transfer Service, or set warehouse.location',
      ],
      [
        'raw_gone',
        false,
        'is not there: mend "tables" of the source in tenure.yaml, or have raw_gone filled in project acme',
      ],
      [
        'raw_secret',
        false,
        expect.stringContaining(
          'grant `roles/bigquery.dataViewer` on schema `acme`.`raw_secret` to "serviceAccount:tenure@acme.iam.gserviceaccount.com"',
        ),
      ],
    ]);
    expect(
      asked.map(sqlOf).filter((sql) => /^(delete|update|create).*raw_(segment|secret)/.test(sql)),
    ).toEqual([]);
  });

  it('finds a project without billing by the change that it refuses', async () => {
    const free =
      'Billing has not been enabled for this project. DML queries are not allowed in the free tier.';
    const found = await findings((question) =>
      sqlOf(question).startsWith('delete') ? refusal(403, 'billingNotEnabled', free) : withTables()(question),
    );
    expect(found[1]?.finding).toContain('gcloud billing projects link acme');
    expect(found.at(-1)).toEqual({
      check: 'BigQuery quota and billing',
      is_ok: false,
      finding: `the project has no billing: see above. ${QUOTAS}`,
    });
  });

  it('finds a quota that only one kind of statement has used up', async () => {
    const found = await findings((question) =>
      sqlOf(question).startsWith('update `tenure_ops`')
        ? refusal(403, 'rateLimitExceeded', 'Exceeded rate limits: too many table update operations.')
        : withTables()(question),
    );
    expect(found.filter(({ is_ok }) => !is_ok).map(({ check }) => check)).toEqual([
      'BigQuery dataset tenure_ops',
      'BigQuery quota and billing',
    ]);
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
    expect((await findings(absent)).at(-2)).toEqual({
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
    expect(found.at(-2)?.finding).toContain(
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
