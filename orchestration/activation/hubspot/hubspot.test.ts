import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HubSpotStandIn, startHubSpot } from '../../../test/hubspot-stand-in.ts';
import { openWarehouse, type Warehouse } from '../../../warehouse/index.ts';
import { projectRoot } from '../../project-root.ts';
import { type ActivationOptions, activateDestination, verifyDestination } from '../index.ts';
import { HUBSPOT_OBJECTS, hubspotDestination, TASK_KEY_PROPERTY } from './index.ts';

const AS_OF = '2026-06-30';
const OWNER = '77';
const [A, B, C] = ['101', '102', '103'] as const;
let warehouse: Warehouse;
let hubspot: HubSpotStandIn;

const config = {
  file: 'tenure.yaml',
  sources: [{ name: 'crm', kind: 'hubspot', fields: {} }],
} as unknown as ActivationOptions['config'];

const destination = (more: object = {}) => ({
  name: 'hub',
  kind: 'hubspot' as const,
  enabled: true,
  auth: { api_url: hubspot.url, access_token: 'good' },
  allow_fields: HUBSPOT_OBJECTS.filter(({ object }) => object !== 'deals').flatMap(({ object, models }) =>
    models.flatMap(({ fields }) => fields.map((field) => `${object}.${field}`)),
  ),
  max_change_share: 0.3,
  min_changes: 10,
  ...more,
});
const impatient = { firstWaitMs: 1, timeoutMs: 10_000, longestWaitMs: 2500 };

const activate = (apply: boolean, more: Partial<ActivationOptions> & { to?: object } = {}) => {
  const { to = {}, ...options } = more;
  const there = destination(to);
  return activateDestination({
    config,
    destination: there,
    warehouse,
    apply,
    asOfDate: AS_OF,
    now: () => '2026-06-30T12:00:00.000Z',
    client: hubspotDestination(there, {}, impatient),
    ...options,
  });
};
const refusals = async (result: ReturnType<typeof activate>) =>
  (await result).objects.map(({ refused }) => refused?.code ?? null);

const COMPANY_COLUMNS =
  'tenure_score, tenure_category, tenure_flag, tenure_trend, tenure_stage, tenure_next_renewal, tenure_renewal_stage, ' +
  'tenure_weakest_signal, tenure_second_weakest_signal, tenure_needs_review';
const companies = (rows: [key: string, score: number | null, category: string | null][]) =>
  warehouse.query(
    `create or replace table activation.sync_hubspot__companies as select * from (values ${rows
      .map(
        ([key, score, category]) =>
          `('${key}', 'crm', date '${AS_OF}', ${score}, ${category === null ? 'null' : `'${category}'`}, null::varchar, 'stable', 'growth', date '2026-08-12', 'urgent', 'ticket_trend', null::varchar, true)`,
      )
      .join()}) as t(record_key, source_name, as_of_date, ${COMPANY_COLUMNS})`,
  );
interface TaskRow {
  key: string;
  subject?: string;
  company?: string;
  owner?: string | null;
}
const tasks = (rows: TaskRow[]) =>
  warehouse.query(
    `create or replace table activation.sync_hubspot__tasks as select * from (values ${[
      { key: 'none', source: 'other' },
      ...rows.map((row) => ({ source: 'crm', ...row })),
    ]
      .map(
        ({ key, source, subject = 'Call', company = A, owner = OWNER }: TaskRow & { source: string }) =>
          `('${key}', '${source}', date '${AS_OF}', false, '${subject}', '${company}', ${owner === null ? 'null::varchar' : `'${owner}'`}, '2026-07-07T12:00:00Z', 'HIGH', 'health_decline', 'urgent', null::varchar)`,
      )
      .join()}) as t(record_key, source_name, as_of_date, is_backlog, hs_task_subject, associated_company,
        hubspot_owner_id, hs_timestamp, hs_task_priority, tenure_rule, tenure_severity, hs_task_body)`,
  );
const closings = (...keys: string[]) =>
  warehouse.query(
    `create or replace table activation.sync_hubspot__closed_tasks as select * from (values ${[
      'nobody',
      ...keys,
    ]
      .map(
        (key) =>
          `('${key}', '${key === 'nobody' ? 'x' : 'crm'}', date '${AS_OF}', 'COMPLETED', 'Tenure: recovered')`,
      )
      .join()}) as t(record_key, source_name, as_of_date, hs_task_status, tenure_close_reason)`,
  );
const rejected = async () =>
  (
    await warehouse.db
      .selectFrom('activation.rejected_records')
      .select(['record_key', 'reason'])
      .orderBy('record_key')
      .execute()
  ).map(({ record_key, reason }) => [record_key, reason]);
const company = (key: string) => hubspot.records.get('companies')?.get(key)?.properties;
const task = (key: string) => hubspot.find('tasks', TASK_KEY_PROPERTY, key);

beforeEach(async () => {
  hubspot = await startHubSpot({ companies: [A, B, C], owners: [OWNER] });
  warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
  await warehouse.ensureSchemas();
  await companies([
    [A, 55, 'yellow'],
    [B, 80, 'green'],
    [C, 20, 'red'],
  ]);
  await tasks([{ key: 't1', subject: 'Call A' }]);
  await closings();
});
afterEach(async () => {
  await warehouse.close();
  await hubspot.close();
});

describe('what is written to HubSpot', () => {
  it.each(HUBSPOT_OBJECTS.flatMap((each) => each.models))(
    'is what $model has: each of its fields',
    async ({ model, fields }) => {
      const sql = await readFile(join(projectRoot, 'models', 'marts', 'activation', `${model}.sql`), 'utf8');
      expect(sql.match(/(?<=^ {4}\S.* as )\w+(?=,?$)/gm)).toEqual(fields);
    },
  );

  it('is read back by the property by which it is written', async () => {
    const sql = await readFile(
      join(projectRoot, 'models', 'staging', 'hubspot', 'stg_hubspot__tasks.sql'),
      'utf8',
    );
    expect(sql).toContain(`('properties_${TASK_KEY_PROPERTY}', 'string', 'task_key')`);
  });

  it('goes to the companies that are there, by their id, and to tasks of company and owner; then nothing', async () => {
    const dry = await activate(false);
    expect(dry.diff_text).toContain('companies: 3 new, 0 changed, 0 unchanged');
    expect(hubspot.requests).toEqual([]);

    const result = await activate(true);
    expect(result.objects.map(({ sent, rejected: count, refused }) => [sent, count, refused])).toEqual([
      [3, 0, null],
      [1, 0, null],
    ]);
    expect(company(A)).toEqual({
      name: `Fictional ${A}`,
      hs_object_id: A,
      tenure_score: '55',
      tenure_category: 'yellow',
      tenure_trend: 'stable',
      tenure_stage: 'growth',
      tenure_next_renewal: '2026-08-12',
      tenure_renewal_stage: 'urgent',
      tenure_weakest_signal: 'ticket_trend',
      tenure_needs_review: 'true',
    });
    expect(task('t1')).toMatchObject({
      company: A,
      properties: {
        hs_task_subject: 'Call A',
        hs_task_status: 'NOT_STARTED',
        hs_task_priority: 'HIGH',
        hs_timestamp: '2026-07-07T12:00:00Z',
        hubspot_owner_id: OWNER,
        tenure_rule: 'health_decline',
      },
    });
    expect(hubspot.calls).toEqual([
      { object: 'companies', verb: 'update', count: 3 },
      { object: 'tasks', verb: 'read', count: 1 },
      { object: 'tasks', verb: 'create', count: 1 },
    ]);
    await activate(true);
    expect(hubspot.calls).toHaveLength(3);
  });

  it('is cleared by sending nothing, but never an owner; a task that is there is changed by its id', async () => {
    await activate(true);
    await companies([
      [A, null, null],
      [B, 80, 'green'],
      [C, 20, 'red'],
    ]);
    await tasks([{ key: 't1', subject: 'Call again', owner: null }]);
    await activate(true);
    expect(company(A)).not.toHaveProperty('tenure_score');
    expect(task('t1')?.properties).toMatchObject({
      hs_task_subject: 'Call again',
      hubspot_owner_id: OWNER,
    });
    expect(hubspot.calls.slice(3)).toEqual([
      { object: 'companies', verb: 'update', count: 1 },
      { object: 'tasks', verb: 'update', count: 1 },
    ]);
    expect(hubspot.created).toBe(1);
  });

  it('goes in batches of 100', async () => {
    const many = Array.from({ length: 250 }, (_, index) => String(5000 + index));
    hubspot.addCompanies(many);
    await companies(many.map((key) => [key, 50, 'yellow']));
    await activate(true, { isFirst: true });
    expect(hubspot.calls.filter(({ object }) => object === 'companies').map(({ count }) => count)).toEqual([
      100, 100, 50,
    ]);
  });

  it('makes no company: one that is gone, never was there or was merged is refused alone', async () => {
    hubspot.archive('companies', B);
    hubspot.merge('companies', C, A);
    await companies([
      [A, 55, 'yellow'],
      [B, 80, 'green'],
      [C, 20, 'red'],
      ['999', 1, 'red'],
    ]);
    const result = await activate(true);
    expect(result.objects[0]).toMatchObject({ sent: 1, rejected: 3, refused: null });
    expect(hubspot.records.get('companies')?.size).toBe(3);
    expect(await rejected()).toEqual([
      [B, expect.stringContaining('is not made anew')],
      [C, expect.stringContaining('merged into another record')],
      ['999', expect.stringContaining('OBJECT_NOT_FOUND')],
    ]);
  });

  it('refuses the record that makes HubSpot refuse its whole batch, not the batch', async () => {
    const many = Array.from({ length: 9 }, (_, index) => String(5000 + index));
    hubspot.addCompanies(many);
    await companies([
      ...many.map((key) => [key, 50, 'yellow'] as [string, number, string]),
      [A, 1, 'purple'],
      ['no id', 1, 'red'],
    ]);
    const result = await activate(true, { isFirst: true });
    expect(result.objects[0]).toMatchObject({ sent: 9, rejected: 2, refused: null });
    expect(await rejected()).toEqual([
      [A, expect.stringContaining('INVALID_OPTION')],
      ['no id', expect.stringContaining('Invalid object id')],
    ]);
  });

  it('tells each task that was refused from those that were made', async () => {
    await tasks([
      { key: 't1' },
      { key: 't2', owner: '99' },
      { key: 't3', company: '999' },
      { key: 't4', subject: 'x' },
    ]);
    const result = await activate(true);
    expect(result.objects[1]).toMatchObject({ sent: 2, rejected: 2 });
    expect(await rejected()).toEqual([
      ['t2', expect.stringContaining('Owner 99 does not exist')],
      ['t3', expect.stringContaining('No COMPANY with ID 999')],
    ]);
    await tasks([{ key: 't1' }, { key: 't2' }, { key: 't3' }, { key: 't4', subject: 'x' }]);
    expect((await activate(true)).objects[1]).toMatchObject({ sent: 2, rejected: 0 });
    expect(hubspot.created).toBe(4);
  });

  it('takes a property that is not there for what it is, and writes the other object', async () => {
    hubspot.properties.get('companies')?.delete('tenure_trend');
    const result = await activate(true);
    expect(result.objects.map(({ sent, refused }) => [sent, refused?.code ?? null])).toEqual([
      [0, 'ACTIVATION_FIELD_MISSING'],
      [1, null],
    ]);
    hubspot.properties.get('tasks')?.delete('tenure_rule');
    await tasks([{ key: 't2' }]);
    expect((await activate(true)).objects[1]?.refused?.message).toContain('tenure_rule');
  });

  it('completes a task whose alert closed by itself; one that was deleted is not made anew', async () => {
    await tasks([{ key: 't1' }, { key: 't2' }]);
    await activate(true);
    hubspot.archive('tasks', String(task('t2')?.id));
    await tasks([{ key: 't2', subject: 'again' }]);
    await closings('t1', 'never-written');
    const result = await activate(true);
    expect(result.objects[1]).toMatchObject({ to_close: 2, sent: 1, rejected: 2 });
    expect(task('t1')?.properties).toMatchObject({
      hs_task_status: 'COMPLETED',
      tenure_close_reason: 'Tenure: recovered',
    });
    expect(hubspot.created).toBe(2);
  });

  it('that a run made and was killed before it noted it is found by its key, and no second is made', async () => {
    const at = destination();
    const client = hubspotDestination(at, {}, impatient);
    const killed = {
      ...client,
      upsert: async (...sent: Parameters<typeof client.upsert>) => {
        const outcomes = await client.upsert(...sent);
        if (sent[0].object === 'tasks') throw new Error('killed');
        return outcomes;
      },
    };
    await tasks([{ key: 't1' }, { key: 't2' }, { key: 't3' }]);
    await expect(activate(true, { client: killed, isFirst: true })).rejects.toThrow('killed');
    // meanwhile one alert closed by itself, and of one the task was closed and deleted
    await tasks([{ key: 't2', subject: 'Call B' }]);
    await closings('t1', 't3');
    hubspot.archive('tasks', String(task('t3')?.id));
    const result = await activate(true, { isFirst: true });
    expect(result.objects.find(({ object }) => object === 'tasks')).toMatchObject({
      ...{ to_create: 1, to_close: 2, sent: 2, rejected: 1 },
      reasons: [{ reason: expect.stringContaining('was deleted'), count: 1 }],
    });
    expect(task('t1')?.properties).toMatchObject({
      hs_task_status: 'COMPLETED',
      tenure_close_reason: 'Tenure: recovered',
    });
    expect(task('t2')?.properties).toMatchObject({
      hs_task_subject: 'Call B',
      hs_task_status: 'NOT_STARTED',
    });
    expect(hubspot.created).toBe(3);
    const again = await activate(true);
    expect(again.objects.find(({ object }) => object === 'tasks')).toMatchObject({ unchanged: 2, sent: 0 });
  });

  it('is written by the key property by which the source reads it', async () => {
    const there = destination();
    const ofTask = hubspot.properties.get('tasks');
    ofTask?.set('our_key', { type: 'string', hasUniqueValue: true });
    ofTask?.delete(TASK_KEY_PROPERTY);
    await activate(true, { client: hubspotDestination(there, { task_key: 'our_key' }, impatient) });
    expect(hubspot.find('tasks', 'our_key', 't1')).toBeDefined();
  });
});

describe('a HubSpot that is busy, slow or not one', () => {
  it('is tried again, not before Retry-After, and no record is made twice', async () => {
    hubspot.failNext.push(
      { status: 429, policyName: 'TEN_SECONDLY_ROLLING', retryAfter: 1 },
      { status: 502 },
    );
    const started = Date.now();
    await activate(true);
    expect(Date.now() - started).toBeGreaterThanOrEqual(1000);
    expect(hubspot.created).toBe(1);
  });

  it('is not waited for when it asks for long, nor when the calls of the day are used', async () => {
    hubspot.failNext.push({ status: 477, retryAfter: 3600 });
    expect(await refusals(activate(true))).toEqual(['ACTIVATION_BUSY', 'ACTIVATION_BUSY']);
    hubspot.callsLeft = 1;
    const result = await activate(true);
    expect(result.objects.map(({ sent, refused }) => [sent, refused?.code ?? null])).toEqual([
      [3, null],
      [0, 'ACTIVATION_BUSY'],
    ]);
    expect(result.objects[1]?.refused?.message).toContain('no more calls today');
  });

  it('that does not answer is asked twice, and then nothing more is sent', async () => {
    hubspot.failNext.push({ hang: true }, { hang: true });
    const client = hubspotDestination(destination(), {}, { ...impatient, timeoutMs: 300 });
    expect(await refusals(activate(true, { client }))).toEqual([
      'ACTIVATION_TIMED_OUT',
      'ACTIVATION_TIMED_OUT',
    ]);
    expect(hubspot.requests).toHaveLength(2);
  });

  it('that took a batch without saying so makes nothing twice, in the same run and in the next', async () => {
    hubspot.failNext.push({}, {}, { dropAfter: true });
    await activate(true);
    expect(hubspot.created).toBe(1);
    await warehouse.query('delete from activation.ledger');
    await activate(true);
    expect(hubspot.created).toBe(1);
    expect(hubspot.records.get('tasks')?.size).toBe(1);
  });

  it('says that the login was refused, and asks no further', async () => {
    const result = await activate(true, {
      to: { auth: { api_url: hubspot.url, access_token: 'MARKERTOKEN' } },
    });
    expect(result.objects.map(({ refused }) => refused?.code)).toEqual([
      'ACTIVATION_LOGIN_FAILED',
      'ACTIVATION_LOGIN_FAILED',
    ]);
    expect(hubspot.requests).toHaveLength(1);
    expect(JSON.stringify(result)).not.toContain('MARKERTOKEN');
  });

  it('never sends the token on, and tells a web page from an answer', async () => {
    hubspot.failNext.push({ status: 302, location: 'http://127.0.0.1:9/x?secret=1' }, { html: true });
    expect(await refusals(activate(true))).toEqual(['ACTIVATION_REDIRECTED', 'ACTIVATION_NO_API']);
  });
});

describe('under failures at random', () => {
  it('each record is there once with its last value, and the ledger agrees', async () => {
    // a small generator of the same numbers each time
    let state = 7;
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return state % below;
    };
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
    let subject = '';
    for (let round = 0; round < 12; round++) {
      subject = `Call ${round}`;
      await tasks(keys.slice(0, 5 + round * 3).map((key) => ({ key, subject })));
      for (let index = 0; index < 3; index++)
        hubspot.failNext.push(
          [
            {},
            { dropAfter: true },
            { status: 502 },
            { status: 423, retryAfter: 0.001 },
            { status: 503, html: true },
          ][random(5)] ?? {},
        );
      await activate(true, { isFirst: true, acceptsChanges: true });
    }
    hubspot.failNext.length = 0;
    await activate(true, { isFirst: true, acceptsChanges: true });
    const held = [...(hubspot.records.get('tasks')?.values() ?? [])];
    expect(hubspot.created).toBe(38);
    expect(new Set(held.map(({ properties }) => properties[TASK_KEY_PROPERTY])).size).toBe(38);
    expect(held.every(({ properties }) => properties.hs_task_subject === subject)).toBe(true);
    const ledger = await warehouse.db
      .selectFrom('activation.ledger')
      .select(['record_key', 'remote_id'])
      .where('object', '=', 'tasks')
      .execute();
    expect(
      ledger.every(({ record_key, remote_id }) => task(record_key)?.id === remote_id) && ledger.length,
    ).toBe(38);
  }, 60_000);
});

describe('what an account lacks', () => {
  const problems = (allow_fields: string[]) =>
    hubspotDestination(destination(), {}, impatient).findProblems(allow_fields);

  it('is nothing when all is there, and each property that is missing or otherwise', async () => {
    expect(await problems(destination().allow_fields)).toEqual([]);
    const ofCompany = hubspot.properties.get('companies');
    ofCompany?.delete('tenure_category');
    ofCompany?.set('tenure_score', { type: 'string' });
    ofCompany?.set('tenure_trend', { type: 'enumeration', options: ['stable'] });
    hubspot.properties.get('tasks')?.set(TASK_KEY_PROPERTY, { type: 'string' });
    expect(await problems(destination().allow_fields)).toEqual([
      'companies.tenure_score is of type string, expected number',
      'companies.tenure_category is not there: make it as enumeration (red, yellow, green)',
      'companies.tenure_trend has no option declining, improving: add it',
      'tasks.tenure_task_key does not ask for unique values, which is decided when a property is made: make another, and name it in fields.task_key of the source',
    ]);
    expect(hubspot.calls).toEqual([]);
  });
});

describe('deals', () => {
  const deals = (rows: [key: string, likelihood: number | null, arr: number | null, step: string | null][]) =>
    warehouse.query(
      `create or replace table activation.sync_hubspot__deals as select * from (values ${rows
        .map(
          ([key, likelihood, arr, step]) =>
            `('${key}', 'crm', date '${AS_OF}', date '2026-12-31', 'planning', ${likelihood}, ${arr}, ${step === null ? 'null' : `'${step}'`})`,
        )
        .join()}) as t(record_key, source_name, as_of_date, tenure_deal_renewal, tenure_deal_stage, tenure_deal_likelihood,
          tenure_deal_expected_arr, tenure_deal_next_step)`,
    );
  const fields = [
    ...['tenure_deal_renewal', 'tenure_deal_stage', 'tenure_deal_likelihood'],
    ...['tenure_deal_expected_arr', 'tenure_deal_next_step'],
  ];
  const write = () => activate(true, { to: { allow_fields: fields } });
  const deal = (key: string) => hubspot.records.get('deals')?.get(key)?.properties;

  it('are written by their id in batches, cleared, and never made', async () => {
    const many = Array.from({ length: 130 }, (_, number) => String(9000 + number));
    await hubspot.close();
    hubspot = await startHubSpot({ deals: many.slice(0, 129) });
    await deals(many.map((key) => [key, 85, 1001, 'Call them (by 2026-07-03)']));
    const [result] = (await activate(true, { to: { allow_fields: fields }, isFirst: true })).objects;
    expect(result?.refused?.message ?? null).toBeNull();
    expect(result).toMatchObject({ object: 'deals', sent: 129, rejected: 1 });
    expect(result?.reasons[0]?.reason).toMatch(/is not there, and is not made anew/);
    expect(hubspot.calls).toEqual([
      { object: 'deals', verb: 'update', count: 100 },
      { object: 'deals', verb: 'update', count: 30 },
    ]);
    expect(deal('9000')).toMatchObject({
      tenure_deal_renewal: '2026-12-31',
      tenure_deal_stage: 'planning',
      tenure_deal_likelihood: '85',
      tenure_deal_expected_arr: '1001',
      tenure_deal_next_step: 'Call them (by 2026-07-03)',
    });
    await deals(
      many.slice(0, 129).map((key) => [key, key === '9001' ? null : 85, 1001, 'Call them (by 2026-07-03)']),
    );
    expect((await write()).objects[0]).toMatchObject({ to_update: 1, sent: 1 });
    expect(deal('9001')?.tenure_deal_likelihood ?? '').toBe('');
    expect(hubspot.created).toBe(0);
  });

  it('keep what the score was and the last review, where that is allowed', async () => {
    await hubspot.close();
    hubspot = await startHubSpot({ deals: ['9000'] });
    const remembered = [
      ...['tenure_deal_score_180', 'tenure_deal_score_90'],
      ...['tenure_deal_last_review', 'tenure_deal_review_notes'],
    ];
    const rows = (later: number | null) =>
      warehouse.query(
        `create or replace table activation.sync_hubspot__deals as select '9000' as record_key, 'crm' as source_name,
          date '${AS_OF}' as as_of_date, 72 as tenure_deal_score_180, ${later} as tenure_deal_score_90,
          date '2026-06-10' as tenure_deal_last_review, 'One.\nTwo.' as tenure_deal_review_notes`,
      );
    await rows(null);
    await activate(true, { to: { allow_fields: remembered.slice(0, 2) } });
    expect(deal('9000')?.tenure_deal_score_180).toBe('72');
    expect([deal('9000')?.tenure_deal_score_90 ?? '', deal('9000')?.tenure_deal_review_notes ?? '']).toEqual([
      '',
      '',
    ]);
    await rows(64);
    await activate(true, { to: { allow_fields: remembered } });
    expect(deal('9000')).toMatchObject({
      tenure_deal_score_180: '72',
      tenure_deal_score_90: '64',
      tenure_deal_last_review: '2026-06-10',
      tenure_deal_review_notes: 'One.\nTwo.',
    });
    const { made } = await hubspotDestination(destination(), {}, impatient).setUp(remembered, true);
    expect(made).toEqual([]);
    hubspot.properties.get('deals')?.delete('tenure_deal_review_notes');
    expect((await hubspotDestination(destination(), {}, impatient).setUp(remembered, true)).made).toEqual([
      'deals.tenure_deal_review_notes: string',
    ]);
  });

  it('are not asked for where nothing of them may be written', async () => {
    hubspot.properties.delete('deals'); // as without the scope for them
    const client = hubspotDestination(destination(), {}, impatient);
    expect(await client.findProblems(destination().allow_fields)).toEqual([]);
    await expect(client.findProblems(fields)).rejects.toThrow();
  });
});

describe('setting an account up', () => {
  const setUp = (apply: boolean) =>
    hubspotDestination(destination(), {}, impatient).setUp(destination().allow_fields, apply);
  const isOurs = (name: string) => name.startsWith('tenure_');

  it('shows what it would make, makes it in a group of its own, and the second time nothing', async () => {
    for (const object of ['companies', 'tasks']) {
      hubspot.groups.get(object)?.clear();
      const there = hubspot.properties.get(object);
      for (const name of [...(there?.keys() ?? [])].filter(isOurs)) there?.delete(name);
    }
    const before = JSON.stringify([...(hubspot.properties.get('companies')?.keys() ?? [])]);
    const dry = await setUp(false);
    expect(dry.made).toHaveLength(14);
    expect(dry.made).toContain('companies.tenure_category: enumeration (red, yellow, green)');
    expect(dry.made).toContain(`tasks.${TASK_KEY_PROPERTY}: string, unique values`);
    expect(dry.byHand).toEqual([]);
    expect(JSON.stringify([...(hubspot.properties.get('companies')?.keys() ?? [])])).toBe(before);

    // the answer to the first batch is lost
    hubspot.failNext.push({}, {}, { dropAfter: true });
    expect(await setUp(true)).toEqual(dry);
    expect(await setUp(true)).toEqual({ made: [], byHand: [] });
    expect(hubspot.properties.get('tasks')?.get(TASK_KEY_PROPERTY)).toMatchObject({
      hasUniqueValue: true,
      groupName: 'tenure',
    });
    const result = await activate(true);
    expect(result.objects.map(({ sent, rejected: count }) => [sent, count])).toEqual([
      [3, 0],
      [1, 0],
    ]);
  });

  it('leaves what is there but otherwise to a person', async () => {
    hubspot.properties.get('companies')?.set('tenure_score', { type: 'string' });
    expect(await setUp(true)).toEqual({
      made: [],
      byHand: ['companies.tenure_score is of type string, expected number'],
    });
  });
});

describe('what was changed by hand', () => {
  it('is found, with what was deleted, whatever the spelling of a value', async () => {
    await tasks([{ key: 't1' }, { key: 't2' }]);
    await activate(true);
    const verify = async () =>
      (await verifyDestination({ config, destination: destination(), warehouse })).deviations;
    hubspot.change('companies', A, { tenure_score: '55.0', name: 'Another name' });
    hubspot.change('tasks', String(task('t1')?.id), { hs_timestamp: '2026-07-07T12:00:00.000Z' });
    expect(await verify()).toEqual([]);
    hubspot.change('companies', B, { tenure_category: 'red', tenure_score: '' });
    hubspot.archive('tasks', String(task('t2')?.id));
    hubspot.merge('companies', C, A);
    expect(await verify()).toMatchObject([
      {
        record_key: B,
        kind: 'changed',
        fields: { tenure_score: [80, null], tenure_category: ['green', 'red'] },
      },
      { record_key: C, kind: 'deleted' },
      { object: 'tasks', record_key: 't2', kind: 'deleted' },
    ]);
  });
});

describe('docs/hubspot.md', () => {
  it('has a line for each property to make', async () => {
    const docs = await readFile(join(projectRoot, 'docs', 'hubspot.md'), 'utf8');
    for (const { object, allFields } of HUBSPOT_OBJECTS)
      for (const { name, type, label, values } of allFields) {
        const list =
          values === undefined || type === 'bool' ? '' : values.map((value) => `\`${value}\``).join(', ');
        expect(docs).toContain(
          `| ${object} | \`${name}\` | ${label === undefined ? 'HubSpot’s own' : type} | ${list} |`,
        );
      }
    expect(docs).toContain(`| tasks | \`${TASK_KEY_PROPERTY}\` | string, unique values |  |`);
  });
});
