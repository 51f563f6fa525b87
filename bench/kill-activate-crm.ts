import type { Destination } from '../orchestration/activation/destination.ts';
import { hubspotDestination } from '../orchestration/activation/hubspot/index.ts';
import { salesforceDestination } from '../orchestration/activation/salesforce/index.ts';
import type { DestinationConfig, DestinationOf } from '../orchestration/config/schema.ts';
import { startHubSpot } from '../test/hubspot-stand-in.ts';
import { startSalesforce } from '../test/salesforce-stand-in.ts';

export const AS_OF = '2026-06-30';
/** The file of the keys of the tasks that the CRM has. */
export const READ_BACK = 'read-back.json';
const IMPATIENT = { firstWaitMs: 5, timeoutMs: 500, longestWaitMs: 2_000 };
/** How often each failure comes, of a hundred calls. */
const FAILURES = [
  [4, { status: 401, errorCode: 'INVALID_SESSION_ID' }],
  [3, { status: 429, retryAfter: 0 }],
  [4, { status: 503 }],
  [2, { status: 200, html: true }],
  [5, { dropAfter: true }],
  [3, { hangAfter: true }],
  [1, { hang: true }],
] as const;

/** How a call fails by chance. */
function failing() {
  let left = Math.random() * 100;
  for (const [share, failure] of FAILURES) {
    if (left < share) return failure;
    left -= share;
  }
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** A stand-in with so many accounts, and what there is in it. */
export interface OpenCrm {
  readonly url: string;
  /** Batches that were done. */
  readonly calls: number;
  /** Tasks that were made. */
  readonly created: number;
  /** The records of an object by their ids. */
  records(object: string): ReadonlyMap<string, Fields>;
  close(): Promise<void>;
}

/** One of the CRMs whose activation is killed: its sync models, and how its stand-in is used. */
interface Crm {
  readonly accounts: {
    readonly object: string;
    readonly model: string;
    readonly score: string;
    readonly category: string;
  };
  readonly tasks: {
    readonly object: string;
    readonly model: string;
    readonly key: string;
    readonly subject: string;
    readonly account: string;
    readonly owner: string;
    readonly status: string;
    readonly open: string;
  };
  readonly closed: { readonly model: string; readonly reason: string; readonly done: string };
  /** What each task has beside the rest, as SQL, with its columns. */
  readonly moreOfTask: string;
  readonly moreColumns: string;
  accountSql(number: string): string;
  ownerSql(number: string): string;
  destination(url: string): DestinationConfig;
  client(url: string): Destination;
  /** `heard` is told of each call; while `isCalm` none fails. */
  open(accounts: number, heard: () => void, isCalm: () => boolean): Promise<OpenCrm>;
}

const GUARDS = { max_change_share: 0.3, min_changes: 10 };
const idOf = (number: number) => `001${String(number).padStart(12, '0')}AAA`;
const ownerOf = (number: number) => `00500000000001${number}AAA`;
const range = (count: number) => Array.from({ length: count }, (_, number) => number);

const salesforceAt = (url: string) =>
  ({
    ...{ name: 'crm', kind: 'salesforce', enabled: true, source: 'book', ...GUARDS },
    auth: { instance_url: url, client_id: 'the-app', client_secret: 'the-secret' },
    allow_fields: [
      ...['Tenure_Score__c', 'Tenure_Category__c', 'Subject', 'WhatId', 'OwnerId', 'Status'],
      'Tenure_Close_Reason__c',
    ],
  }) as DestinationOf<'salesforce'>;

const hubspotAt = (url: string) =>
  ({
    ...{ name: 'crm', kind: 'hubspot', enabled: true, source: 'book', ...GUARDS },
    auth: { api_url: url, access_token: 'good' },
    allow_fields: [
      ...['companies.tenure_score', 'companies.tenure_category', 'hs_task_subject', 'associated_company'],
      ...['hubspot_owner_id', 'hs_timestamp', 'hs_task_status', 'tenure_close_reason'],
    ],
  }) as DestinationOf<'hubspot'>;

export const CRMS = {
  salesforce: {
    accounts: {
      object: 'Account',
      model: 'sync_salesforce__accounts',
      score: 'Tenure_Score__c',
      category: 'Tenure_Category__c',
    },
    tasks: {
      ...{ object: 'Task', model: 'sync_salesforce__tasks', key: 'Tenure_Task_Key__c', subject: 'Subject' },
      ...{ account: 'WhatId', owner: 'OwnerId', status: 'Status', open: 'Not Started' },
    },
    closed: { model: 'sync_salesforce__closed_tasks', reason: 'Tenure_Close_Reason__c', done: 'Completed' },
    moreOfTask: '',
    moreColumns: '',
    accountSql: (number) => `'001' || lpad(cast(${number} as varchar), 12, '0') || 'AAA'`,
    ownerSql: (number) => `'00500000000001' || ${number} || 'AAA'`,
    destination: salesforceAt,
    client: (url) => salesforceDestination(salesforceAt(url), {}, IMPATIENT),
    async open(accounts, heard, isCalm) {
      const org = await startSalesforce({
        accounts: range(accounts).map(idOf),
        users: range(5).map(ownerOf),
        app: { clientId: 'the-app', clientSecret: 'the-secret', runAs: 'writer@acme.example' },
        failing: () => {
          heard();
          org.refuse.clear();
          if (isCalm()) return undefined;
          if (Math.random() < 0.1) org.refuse.add(idOf(Math.floor(Math.random() * accounts)));
          const failure = failing();
          if (failure !== undefined && 'errorCode' in failure) org.endSessions();
          return failure;
        },
      });
      return {
        url: org.url,
        get calls() {
          return org.calls.length;
        },
        get created() {
          return org.created;
        },
        records: (object) => org.records.get(object) ?? new Map(),
        close: () => org.close(),
      };
    },
  },
  hubspot: {
    accounts: {
      object: 'companies',
      model: 'sync_hubspot__companies',
      score: 'tenure_score',
      category: 'tenure_category',
    },
    tasks: {
      ...{
        object: 'tasks',
        model: 'sync_hubspot__tasks',
        key: 'tenure_task_key',
        subject: 'hs_task_subject',
      },
      ...{ account: 'associated_company', owner: 'hubspot_owner_id', status: 'hs_task_status' },
      open: 'NOT_STARTED',
    },
    closed: { model: 'sync_hubspot__closed_tasks', reason: 'tenure_close_reason', done: 'COMPLETED' },
    moreOfTask: `, '${AS_OF}T12:00:00Z'`,
    moreColumns: ', hs_timestamp varchar',
    accountSql: (number) => `cast(1 + ${number} as varchar)`,
    ownerSql: (number) => `cast(70 + ${number} as varchar)`,
    destination: hubspotAt,
    client: (url) => hubspotDestination(hubspotAt(url), {}, IMPATIENT),
    async open(accounts, heard, isCalm) {
      const hub = await startHubSpot({
        companies: range(accounts).map((number) => String(1 + number)),
        owners: range(5).map((number) => String(70 + number)),
        failing: () => {
          heard();
          hub.away.clear();
          if (isCalm()) return undefined;
          if (Math.random() < 0.1) hub.away.add(String(1 + Math.floor(Math.random() * accounts)));
          const failure = failing();
          // a token of HubSpot does not end, and what is locked is so for a moment
          return failure !== undefined && 'errorCode' in failure
            ? { status: 423, retryAfter: 0.001 }
            : failure;
        },
      });
      return {
        url: hub.url,
        get calls() {
          return hub.calls.filter(({ verb }) => verb !== 'read').length;
        },
        get created() {
          return hub.created;
        },
        records: (object) =>
          new Map(
            [...(hub.records.get(object) ?? [])].map(([id, { properties, company }]) => [
              id,
              { ...properties, ...(company === undefined ? {} : { associated_company: company }) },
            ]),
          ),
        close: () => hub.close(),
      };
    },
  },
} satisfies Record<string, Crm> as Readonly<Record<'salesforce' | 'hubspot', Crm>>;
export type CrmName = keyof typeof CRMS;
