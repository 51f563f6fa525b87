import { type DescribedObject, describedObject, syncModel } from '../described-object.ts';

/** How a field must be in the org to take what Tenure writes; docs/salesforce.md shows them as a list. */
export interface SalesforceField {
  readonly name: string;
  /** The kind of value that is written. */
  readonly value: 'text' | 'number' | 'date' | 'boolean' | 'reference';
  /** How an administrator makes it; Salesforce's own fields are there. */
  readonly make?: string;
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

const signal = 'Text(40)';

const ACCOUNT_FIELDS: readonly SalesforceField[] = [
  { name: 'Tenure_Score__c', value: 'number', make: 'Number(3, 0)' },
  { name: 'Tenure_Category__c', value: 'text', make: 'Text(10)', values: ['red', 'yellow', 'green'] },
  {
    name: 'Tenure_Flag__c',
    value: 'text',
    make: 'Text(40)',
    values: ['watch', 'at_risk_sustained', 'at_risk_renewal', 'critical'],
  },
  { name: 'Tenure_Trend__c', value: 'text', make: 'Text(20)', values: ['declining', 'stable', 'improving'] },
  {
    name: 'Tenure_Stage__c',
    value: 'text',
    make: 'Text(20)',
    values: ['onboarding', 'adoption', 'growth', 'renewal', 'at_risk'],
  },
  { name: 'Tenure_Next_Renewal__c', value: 'date', make: 'Date' },
  { name: 'Tenure_Renewal_Stage__c', value: 'text', make: 'Text(20)' },
  { name: 'Tenure_Weakest_Signal__c', value: 'text', make: signal },
  { name: 'Tenure_Second_Weakest_Signal__c', value: 'text', make: signal },
  { name: 'Tenure_Needs_Review__c', value: 'boolean', make: 'Checkbox' },
];

/** Of names of their own: a name in `allow_fields` holds for each object that has it. */
const OPPORTUNITY_FIELDS: readonly SalesforceField[] = [
  { name: 'Tenure_Deal_Renewal__c', value: 'date', make: 'Date' },
  { name: 'Tenure_Deal_Stage__c', value: 'text', make: 'Text(20)' },
  { name: 'Tenure_Deal_Likelihood__c', value: 'number', make: 'Number(3, 0)' },
  { name: 'Tenure_Deal_Expected_ARR__c', value: 'number', make: 'Number(16, 0)' },
  { name: 'Tenure_Deal_Next_Step__c', value: 'text', make: 'Text(255)' },
];

const TASK_FIELDS: readonly SalesforceField[] = [
  { name: 'Subject', value: 'text' },
  { name: 'WhatId', value: 'reference' },
  { name: 'OwnerId', value: 'reference', isNeverNull: true },
  { name: 'ActivityDate', value: 'date' },
  { name: 'Priority', value: 'text', values: ['High', 'Normal'], isNeverNull: true },
  { name: 'Tenure_Rule__c', value: 'text', make: 'Text(40)' },
  {
    name: 'Tenure_Severity__c',
    value: 'text',
    make: 'Text(20)',
    values: ['info', 'notice', 'warning', 'urgent', 'critical'],
  },
  { name: 'Description', value: 'text' },
];

const CLOSED_TASK_FIELDS: readonly SalesforceField[] = [
  { name: 'Status', value: 'text', values: ['Completed'], isNeverNull: true },
  { name: 'Tenure_Close_Reason__c', value: 'text', make: 'Text(80)' },
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
        isOnlyForKnown: true,
      }),
    ],
  ),
];
