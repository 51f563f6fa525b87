import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type HubSpotStandIn, startHubSpot } from '../hubspot-stand-in.ts';
import { answer } from '../tenure.ts';

const org = fileURLToPath(new URL('./org.ts', import.meta.url));
const FIRST = '2026-06-30';
/** The day after the notices of 60 days, fired on 21 June, were due. */
const LATER = '2026-07-14';
const CSM = '77';
const [DONE, UNTOUCHED, RENEWED] = ['101', '102', '103'] as const;

/**
 * Three companies whose deals end on 19 August. Tenure makes a task for each; one is done, one is left alone, and of one
 * the renewal is signed. HubSpot is read again, and what happened there is known here.
 */
describe('a task of HubSpot', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-hubspot-round-trip-'));
  const config = join(folder, 'tenure.yaml');
  const streams = join(folder, 'streams.json');
  let now = '2026-06-30T12:00:00.000Z';
  let hubspot: HubSpotStandIn;

  const at = (day: string) => `${day}T08:00:00.000Z`;
  const deal = (id: string, company: string, more: object = {}) => ({
    id,
    createdAt: at('2025-08-20'),
    updatedAt: at('2025-08-20'),
    archived: false,
    companies: [company],
    properties_hs_is_closed_won: true,
    properties_amount: 50_000,
    properties_contract_start_date: '2025-08-20',
    properties_contract_end_date: '2026-08-19',
    ...more,
  });
  const common = {
    id: 'string',
    createdAt: 'date-time',
    updatedAt: 'date-time',
    archived: 'boolean',
    companies: 'array',
  };
  const stream = (name: string, fields: object, records: readonly object[]) => ({
    name,
    key: 'id',
    cursor: 'updatedAt',
    fields: { ...common, ...fields },
    records,
  });

  /** What the connector says: the records as they stand, and the deals, which are no part of the stand-in. */
  const export_ = (deals: readonly object[]) =>
    writeFileSync(
      streams,
      JSON.stringify([
        stream(
          'companies',
          { properties_name: 'string', properties_hubspot_owner_id: 'string' },
          [DONE, UNTOUCHED, RENEWED].map((id) => ({
            id,
            createdAt: at('2024-06-01'),
            updatedAt: at('2025-01-01'),
            archived: false,
            properties_name: `Fictional ${id}`,
            properties_hubspot_owner_id: CSM,
          })),
        ),
        stream(
          'deals',
          {
            properties_hs_is_closed_won: 'boolean',
            properties_amount: 'number',
            properties_contract_start_date: 'date',
            properties_contract_end_date: 'date',
            properties_previous_contract_id: 'string',
          },
          deals,
        ),
        stream('owners', { email: 'string', firstName: 'string', lastName: 'string' }, [
          {
            id: CSM,
            email: 'csm@fictional.example',
            firstName: 'Fictional',
            lastName: 'CSM',
            createdAt: at('2025-01-01'),
            updatedAt: at('2025-01-01'),
            archived: false,
          },
        ]),
        stream(
          'engagements_tasks',
          {
            properties_tenure_task_key: 'string',
            properties_hs_task_status: 'string',
            properties_hs_task_completion_date: 'date-time',
            properties_hubspot_owner_id: 'string',
            properties_tenure_close_reason: 'string',
          },
          [...(hubspot.records.get('tasks')?.values() ?? [])].map(
            ({ id, createdAt, updatedAt, company, properties }) => ({
              id,
              createdAt,
              updatedAt,
              archived: false,
              companies: company === undefined ? [] : [company],
              ...Object.fromEntries(
                Object.entries(properties).map(([name, value]) => [`properties_${name}`, value]),
              ),
            }),
          ),
        ),
      ]),
    );

  const tenure = (day: string, ...args: string[]) =>
    answer<never>([...args, '--config', config, '--as-of', day]);
  const query = (sql: string) => answer<Record<string, unknown>[]>(['query', sql, '--config', config]);
  const line = async (day: string) => {
    await tenure(day, 'run', '--until', 'score', '--skip-tests');
    await tenure(day, 'activate', '--apply');
  };
  const alerts = () =>
    query(
      `select account_id, state, has_task, close_reason from marts.fct_alerts
       where rule = 'renewal_notice' and milestone like '%:60' order by account_id`,
    );
  const checks = () =>
    query(
      `select check_id, value, n from marts.fct_checks
       where check_id in ('M2', 'M11') and as_of_date = (select max(as_of_date) from marts.fct_checks)
       order by check_id`,
    );
  const deals = [DONE, UNTOUCHED, RENEWED].map((company, index) => deal(`90${index}`, company));
  const taskOf = (company: string, rule = 'renewal_notice') =>
    [...(hubspot.records.get('tasks')?.values() ?? [])].find(
      (task) => task.company === company && task.properties.tenure_rule === rule,
    );
  const steps = () =>
    query(
      `select account_id, step, state, close_reason from marts.fct_play_steps
       where play = 'renewal' and state not in ('planned', 'skipped') order by account_id`,
    );

  beforeAll(async () => {
    hubspot = await startHubSpot({
      companies: [DONE, UNTOUCHED, RENEWED],
      owners: [CSM],
      now: () => now,
    });
    writeFileSync(
      config,
      stringify({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
        tenant: { history_start_date: '2026-03-31' },
        plays: [{ play: 'renewal', since: '2026-06-25' }],
        sources: [{ name: 'crm', kind: 'hubspot', connector: { exec: [process.execPath, org, streams] } }],
        destinations: [
          {
            name: 'hub',
            kind: 'hubspot',
            auth: { api_url: hubspot.url, access_token: 'good' },
            allow_fields: [
              'companies.tenure_score',
              'companies.tenure_next_renewal',
              'hs_task_subject',
              'associated_company',
              'hubspot_owner_id',
              'hs_timestamp',
              'hs_task_status',
              'tenure_close_reason',
              'tenure_rule',
              'hs_task_body',
            ],
          },
        ],
      }),
    );
    export_(deals);
    await line(FIRST);
  }, 900_000);
  afterAll(async () => {
    await hubspot.close();
    rmSync(folder, { recursive: true });
  });

  it('is made from an alert, for the company and its owner', async () => {
    expect(await alerts()).toEqual(
      [DONE, UNTOUCHED, RENEWED].map((account_id) => ({
        account_id,
        state: 'created',
        has_task: false,
        close_reason: null,
      })),
    );
    for (const company of [DONE, UNTOUCHED, RENEWED])
      expect(taskOf(company)?.properties).toMatchObject({
        hubspot_owner_id: CSM,
        hs_timestamp: '2026-07-13T12:00:00Z',
        hs_task_status: 'NOT_STARTED',
      });
    expect(hubspot.records.get('companies')?.get(DONE)?.properties).toMatchObject({
      tenure_next_renewal: '2026-08-20',
    });
    expect(await checks()).toMatchObject([
      { check_id: 'M11', value: null, n: 0 },
      { check_id: 'M2', value: null, n: 0 },
    ]);
  });

  it('comes back with what was done, and moves the checks', async () => {
    now = '2026-07-08T15:00:00.000Z';
    for (const rule of ['renewal_notice', 'renewal'])
      hubspot.change('tasks', String(taskOf(DONE, rule)?.id), { hs_task_status: 'COMPLETED' });
    export_([
      ...deals,
      deal('909', RENEWED, {
        properties_contract_start_date: '2026-08-20',
        properties_contract_end_date: '2027-08-19',
        properties_previous_contract_id: '902',
        createdAt: at('2026-07-09'),
        updatedAt: at('2026-07-09'),
      }),
    ]);
    now = '2026-07-14T12:00:00.000Z';
    await line(LATER);

    expect(await alerts()).toEqual([
      { account_id: DONE, state: 'actioned', has_task: true, close_reason: null },
      { account_id: UNTOUCHED, state: 'ignored', has_task: true, close_reason: null },
      { account_id: RENEWED, state: 'closed', has_task: true, close_reason: 'renewal_renewed' },
    ]);
    expect(await checks()).toMatchObject([
      { check_id: 'M11', value: 0.5, n: 2 },
      { check_id: 'M2', value: 0.5, n: 2 },
    ]);
  }, 900_000);

  it('is that of a step of a play, too', async () => {
    // the play began when it was turned on, with the latest step that had passed
    expect(taskOf(DONE, 'renewal')?.properties).toMatchObject({
      hs_task_subject: `Renewal: Follow up on the proposal: Fictional ${DONE}`,
      hs_task_body: expect.stringContaining('Which question is open'),
      hs_timestamp: '2026-07-09T12:00:00Z',
      hubspot_owner_id: CSM,
    });
    expect(await steps()).toEqual([
      { account_id: DONE, step: 'follow_up', state: 'done', close_reason: 'task' },
      { account_id: UNTOUCHED, step: 'follow_up', state: 'overdue', close_reason: null },
      { account_id: RENEWED, step: 'follow_up', state: 'closed', close_reason: 'renewal_renewed' },
    ]);
    expect(taskOf(RENEWED, 'renewal')?.properties).toMatchObject({
      hs_task_status: 'COMPLETED',
      tenure_close_reason: 'Tenure: renewal_renewed',
    });
    expect(
      await query('select account_id, state, days_to_action from marts.fct_plays order by account_id'),
    ).toEqual([
      { account_id: DONE, state: 'running', days_to_action: 13 },
      { account_id: UNTOUCHED, state: 'running', days_to_action: null },
      { account_id: RENEWED, state: 'closing', days_to_action: null },
    ]);
  });

  it('is completed with the reason when its alert closed by itself, and only then', () => {
    expect(taskOf(RENEWED)?.properties).toMatchObject({
      hs_task_status: 'COMPLETED',
      tenure_close_reason: 'Tenure: renewal_renewed',
    });
    expect(taskOf(UNTOUCHED)?.properties).toMatchObject({ hs_task_status: 'NOT_STARTED' });
    expect(taskOf(DONE)?.properties).not.toHaveProperty('tenure_close_reason');
    const held = [...(hubspot.records.get('tasks')?.values() ?? [])];
    expect(new Set(held.map(({ properties }) => properties.tenure_task_key)).size).toBe(held.length);
    expect(hubspot.records.get('companies')?.size).toBe(3);
  });
});
