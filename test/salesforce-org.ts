export type Fields = Record<string, unknown>;
type Type =
  | 'id'
  | 'string'
  | 'textarea'
  | 'picklist'
  | 'double'
  | 'date'
  | 'datetime'
  | 'boolean'
  | 'reference';

/** A field as Salesforce's describe call gives it. */
export interface Field {
  readonly type: Type;
  length?: number;
  precision?: number;
  scale?: number;
  nillable?: boolean;
  createable?: boolean;
  updateable?: boolean;
  externalId?: boolean;
  defaultedOnCreate?: boolean;
  restrictedPicklist?: boolean;
  values?: string[];
  referenceTo?: string[];
  /** Made by a call, so that only a permission set opens it. */
  isMade?: boolean;
}

export interface SObject {
  createable: boolean;
  updateable: boolean;
  /** The first characters of its ids. */
  readonly prefix: string;
  readonly fields: Map<string, Field>;
}

const text = (length: number, more: Partial<Field> = {}): Field => ({ type: 'string', length, ...more });
const picklist = (values: string[], more: Partial<Field> = {}): Field => ({
  type: 'picklist',
  length: 255,
  values,
  ...more,
});
export const readOnly = { createable: false, updateable: false } as const;

/** An org with the fields that docs/salesforce.md says to make. */
export const org = (): Map<string, SObject> =>
  new Map([
    [
      'Account',
      {
        createable: true,
        updateable: true,
        prefix: '001',
        fields: new Map<string, Field>([
          ['Id', { type: 'id', ...readOnly }],
          ['Name', text(255, { nillable: false })],
          ['Tenure_Score__c', { type: 'double' }],
          ['Tenure_Category__c', picklist(['red', 'yellow', 'green'], { restrictedPicklist: true })],
          ['Tenure_Flag__c', text(40)],
          ['Tenure_Trend__c', text(20)],
          ['Tenure_Stage__c', text(20)],
          ['Tenure_Next_Renewal__c', { type: 'date' }],
          ['Tenure_Renewal_Stage__c', text(20)],
          ['Tenure_Weakest_Signal__c', text(40)],
          ['Tenure_Second_Weakest_Signal__c', text(40)],
          ['Tenure_Needs_Review__c', { type: 'boolean', nillable: false, defaultedOnCreate: true }],
        ]),
      },
    ],
    [
      'Opportunity',
      {
        createable: true,
        updateable: true,
        prefix: '006',
        fields: new Map<string, Field>([
          ['Id', { type: 'id', ...readOnly }],
          ['Name', text(120, { nillable: false })],
          ['StageName', picklist(['Qualification', 'Closed Won', 'Closed Lost'], { nillable: false })],
          ['CloseDate', { type: 'date', nillable: false }],
          ['Tenure_Deal_Renewal__c', { type: 'date' }],
          ['Tenure_Deal_Stage__c', text(20)],
          ['Tenure_Deal_Likelihood__c', { type: 'double' }],
          ['Tenure_Deal_Expected_ARR__c', { type: 'double' }],
          ['Tenure_Deal_Next_Step__c', text(255)],
          ['Tenure_Deal_Score_180__c', { type: 'double', precision: 3, scale: 0 }],
          ['Tenure_Deal_Score_90__c', { type: 'double', precision: 3, scale: 0 }],
          ['Tenure_Deal_Score_60__c', { type: 'double', precision: 3, scale: 0 }],
          ['Tenure_Deal_Score_30__c', { type: 'double', precision: 3, scale: 0 }],
          ['Tenure_Deal_Last_Review__c', { type: 'date' }],
          ['Tenure_Deal_Review_Notes__c', { type: 'textarea', length: 4000 }],
        ]),
      },
    ],
    [
      'Task',
      {
        createable: true,
        updateable: true,
        prefix: '00T',
        fields: new Map<string, Field>([
          ['Id', { type: 'id', ...readOnly }],
          ['AccountId', { type: 'reference', referenceTo: ['Account'], ...readOnly }],
          ['Subject', text(255)],
          ['WhatId', { type: 'reference', referenceTo: ['Account'] }],
          ['OwnerId', { type: 'reference', referenceTo: ['User'], nillable: false, defaultedOnCreate: true }],
          ['ActivityDate', { type: 'date' }],
          [
            'Status',
            picklist(['Not Started', 'In Progress', 'Completed', 'Waiting on someone else', 'Deferred'], {
              nillable: false,
              defaultedOnCreate: true,
            }),
          ],
          ['Priority', picklist(['High', 'Normal', 'Low'], { nillable: false, defaultedOnCreate: true })],
          ['CompletedDateTime', { type: 'datetime', ...readOnly }],
          ['Description', { type: 'string', length: 32_000 }],
          ['Tenure_Rule__c', text(40)],
          ['Tenure_Severity__c', text(20)],
          ['Tenure_Close_Reason__c', text(80)],
          ['Tenure_Task_Key__c', text(64, { externalId: true })],
        ]),
      },
    ],
    [
      'User',
      {
        createable: false,
        updateable: true,
        prefix: '005',
        fields: new Map<string, Field>([
          ['Id', { type: 'id', ...readOnly }],
          ['IsActive', { type: 'boolean' }],
        ]),
      },
    ],
  ]);

export const INTEGRATION_USER = '005000000000001AAA';
export const ORG_ID = '00D000000000001AAA';

/** What refuses a whole call. */
export class CallError extends Error {
  readonly status: number;
  readonly errorCode: string;
  constructor(status: number, errorCode: string, message: string) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
  }
}
/** What refuses one record. */
export class RecordError extends Error {
  readonly statusCode: string;
  readonly fields: string[];
  constructor(statusCode: string, message: string, fields: string[] = []) {
    super(message);
    this.statusCode = statusCode;
    this.fields = fields;
  }
}
