import { type DescribedObject, describedObject, syncModel } from '../described-object.ts';

/** How a field is made: its type and size in the words of Salesforce's interface for metadata. */
export type Make =
  | { readonly type: 'Text' | 'LongTextArea'; readonly length: number }
  | { readonly type: 'Number'; readonly precision: number; readonly scale: number }
  | { readonly type: 'Date' | 'Checkbox' | 'Picklist' };

/** How a field must be in the org to take what Tenure writes; docs/salesforce.md shows them as a list. */
export interface SalesforceField {
  readonly name: string;
  /** The kind of value that is written. */
  readonly value: 'text' | 'number' | 'date' | 'boolean' | 'reference';
  /** How it is made; Salesforce's own fields are there. */
  readonly make?: Make;
  /** What people see; Salesforce's own fields have theirs. */
  readonly label?: string;
  /** All values that may be written, when they are a closed list: a restricted picklist must have them. */
  readonly values?: readonly string[];
  /** It is never cleared: a null is left out. */
  readonly isNeverNull?: boolean;
}

export type SalesforceObject = DescribedObject<SalesforceField>;

/**
 * The external id of a task: it is written by this field and read back by it (stg_salesforce__tasks), unless `fields` of
 * the source maps `task_key` to another, which then holds for both.
 */
export const TASK_KEY_FIELD = 'Tenure_Task_Key__c';

/** The key field of a task: as long as any key. */
export const TASK_KEY_MAKE: Make = { type: 'Text', length: 64 };

/** The size of a field as Salesforce's pages say it: `Text(40)`, `Number(3, 0)`, `Date`. */
export const spokenMake = (make: Make): string =>
  'length' in make
    ? `${make.type}(${make.length})`
    : 'precision' in make
      ? `${make.type}(${make.precision - make.scale}, ${make.scale})`
      : make.type;

const text = (name: string, label: string, length: number): SalesforceField => ({
  name,
  label,
  value: 'text',
  make: { type: 'Text', length },
});
const number = (name: string, label: string, precision: number): SalesforceField => ({
  name,
  label,
  value: 'number',
  make: { type: 'Number', precision, scale: 0 },
});
const date = (name: string, label: string): SalesforceField => ({
  name,
  label,
  value: 'date',
  make: { type: 'Date' },
});
const picklist = (name: string, label: string, values: readonly string[]): SalesforceField => ({
  name,
  label,
  value: 'text',
  make: { type: 'Picklist' },
  values,
});

const ACCOUNT_FIELDS: readonly SalesforceField[] = [
  number('Tenure_Score__c', 'Health score', 3),
  picklist('Tenure_Category__c', 'Health category', ['red', 'yellow', 'green']),
  picklist('Tenure_Flag__c', 'Health flag', ['watch', 'at_risk_sustained', 'at_risk_renewal', 'critical']),
  picklist('Tenure_Trend__c', 'Health trend', ['declining', 'stable', 'improving']),
  picklist('Tenure_Stage__c', 'Customer stage', ['onboarding', 'adoption', 'growth', 'renewal', 'at_risk']),
  date('Tenure_Next_Renewal__c', 'Next renewal'),
  text('Tenure_Renewal_Stage__c', 'Renewal stage', 20),
  text('Tenure_Weakest_Signal__c', 'Weakest signal', 40),
  text('Tenure_Second_Weakest_Signal__c', 'Second weakest signal', 40),
  {
    name: 'Tenure_Needs_Review__c',
    label: 'Health needs review',
    value: 'boolean',
    make: { type: 'Checkbox' },
  },
];

/** Of names of their own: a name in `allow_fields` holds for each object that has it. */
const OPPORTUNITY_FIELDS: readonly SalesforceField[] = [
  date('Tenure_Deal_Renewal__c', 'Renewal date'),
  text('Tenure_Deal_Stage__c', 'Renewal stage', 20),
  number('Tenure_Deal_Likelihood__c', 'Likelihood to renew, per cent', 3),
  number('Tenure_Deal_Expected_ARR__c', 'Expected ARR', 16),
  text('Tenure_Deal_Next_Step__c', 'Next step', 255),
  number('Tenure_Deal_Score_180__c', 'Health score 180 days before', 3),
  number('Tenure_Deal_Score_90__c', 'Health score 90 days before', 3),
  number('Tenure_Deal_Score_60__c', 'Health score 60 days before', 3),
  number('Tenure_Deal_Score_30__c', 'Health score 30 days before', 3),
  date('Tenure_Deal_Last_Review__c', 'Last business review'),
  {
    name: 'Tenure_Deal_Review_Notes__c',
    label: 'Notes of the last business review',
    value: 'text',
    make: { type: 'LongTextArea', length: 4000 },
  },
];

const TASK_FIELDS: readonly SalesforceField[] = [
  { name: 'Subject', value: 'text' },
  { name: 'WhatId', value: 'reference' },
  { name: 'OwnerId', value: 'reference', isNeverNull: true },
  { name: 'ActivityDate', value: 'date' },
  { name: 'Priority', value: 'text', values: ['High', 'Normal'], isNeverNull: true },
  text('Tenure_Rule__c', 'Rule', 40),
  picklist('Tenure_Severity__c', 'Severity', ['info', 'notice', 'warning', 'urgent', 'critical']),
  { name: 'Description', value: 'text' },
];

const CLOSED_TASK_FIELDS: readonly SalesforceField[] = [
  { name: 'Status', value: 'text', values: ['Completed'], isNeverNull: true },
  text('Tenure_Close_Reason__c', 'Close reason', 80),
];

/** What Tenure writes to Salesforce: accounts and opportunities that are there, and tasks. */
export const SALESFORCE_OBJECTS: readonly SalesforceObject[] = [
  describedObject('Account', false, ACCOUNT_FIELDS, [syncModel('sync_salesforce__accounts', ACCOUNT_FIELDS)]),
  describedObject('Opportunity', false, OPPORTUNITY_FIELDS, [
    syncModel('sync_salesforce__opportunities', OPPORTUNITY_FIELDS),
  ]),
  describedObject(
    'Task',
    true,
    [...TASK_FIELDS, ...CLOSED_TASK_FIELDS],
    [
      syncModel('sync_salesforce__tasks', TASK_FIELDS),
      syncModel('sync_salesforce__closed_tasks', CLOSED_TASK_FIELDS, {
        required: ['Status'],
        isClosing: true,
      }),
    ],
  ),
];
