import { type DescribedObject, describedObject, syncModel } from '../described-object.ts';

/** How a property must be in HubSpot to take what Tenure writes; docs/hubspot.md shows them as a list. */
export interface HubSpotField {
  readonly name: string;
  /** HubSpot's type of property; `association` is none, but the company that a task belongs to. */
  readonly type: 'string' | 'number' | 'date' | 'bool' | 'enumeration' | 'datetime' | 'association';
  /** What people see; HubSpot's own properties have theirs. */
  readonly label?: string;
  /** A text of several lines. */
  readonly isLong?: boolean;
  /** All values that may be written, when they are a closed list. */
  readonly values?: readonly string[];
  /** It is never cleared: a null is left out. */
  readonly isNeverNull?: boolean;
}

export type HubSpotObject = DescribedObject<HubSpotField>;

/** The group in which Tenure's properties stand, of each object. */
export const GROUP = { name: 'tenure', label: 'Tenure' } as const;

/**
 * The unique property of a task: it is written by this property and read back by it (stg_hubspot__tasks), unless `fields`
 * of the source maps `task_key` to another, which then holds for both.
 */
export const TASK_KEY_PROPERTY = 'tenure_task_key';

/** HubSpot's own kind of association from a task to a company. */
export const TASK_TO_COMPANY = 192;

const COMPANY_FIELDS: readonly HubSpotField[] = [
  { name: 'tenure_score', type: 'number', label: 'Health score' },
  {
    name: 'tenure_category',
    type: 'enumeration',
    label: 'Health category',
    values: ['red', 'yellow', 'green'],
  },
  {
    name: 'tenure_flag',
    type: 'enumeration',
    label: 'Health flag',
    values: ['watch', 'at_risk_sustained', 'at_risk_renewal', 'critical'],
  },
  {
    name: 'tenure_trend',
    type: 'enumeration',
    label: 'Health trend',
    values: ['declining', 'stable', 'improving'],
  },
  {
    name: 'tenure_stage',
    type: 'enumeration',
    label: 'Customer stage',
    values: ['onboarding', 'adoption', 'growth', 'renewal', 'at_risk'],
  },
  { name: 'tenure_next_renewal', type: 'date', label: 'Next renewal' },
  { name: 'tenure_renewal_stage', type: 'string', label: 'Renewal stage' },
  { name: 'tenure_weakest_signal', type: 'string', label: 'Weakest signal' },
  { name: 'tenure_second_weakest_signal', type: 'string', label: 'Second weakest signal' },
  { name: 'tenure_needs_review', type: 'bool', label: 'Health needs review', values: ['true', 'false'] },
];

/** Of names of their own: a name in `allow_fields` holds for each object that has it. */
const DEAL_FIELDS: readonly HubSpotField[] = [
  { name: 'tenure_deal_renewal', type: 'date', label: 'Renewal date' },
  { name: 'tenure_deal_stage', type: 'string', label: 'Renewal stage' },
  { name: 'tenure_deal_likelihood', type: 'number', label: 'Likelihood to renew, per cent' },
  { name: 'tenure_deal_expected_arr', type: 'number', label: 'Expected ARR' },
  { name: 'tenure_deal_next_step', type: 'string', label: 'Next step' },
  { name: 'tenure_deal_score_180', type: 'number', label: 'Health score 180 days before' },
  { name: 'tenure_deal_score_90', type: 'number', label: 'Health score 90 days before' },
  { name: 'tenure_deal_score_60', type: 'number', label: 'Health score 60 days before' },
  { name: 'tenure_deal_score_30', type: 'number', label: 'Health score 30 days before' },
  { name: 'tenure_deal_last_review', type: 'date', label: 'Last business review' },
  {
    name: 'tenure_deal_review_notes',
    type: 'string',
    label: 'Notes of the last business review',
    isLong: true,
  },
];

const TASK_FIELDS: readonly HubSpotField[] = [
  { name: 'hs_task_subject', type: 'string' },
  { name: 'associated_company', type: 'association' },
  { name: 'hubspot_owner_id', type: 'enumeration', isNeverNull: true },
  { name: 'hs_timestamp', type: 'datetime', isNeverNull: true },
  { name: 'hs_task_priority', type: 'enumeration', values: ['HIGH', 'MEDIUM'], isNeverNull: true },
  { name: 'tenure_rule', type: 'string', label: 'Rule' },
  { name: 'tenure_severity', type: 'string', label: 'Severity' },
  { name: 'hs_task_body', type: 'string' },
];

const CLOSED_TASK_FIELDS: readonly HubSpotField[] = [
  { name: 'hs_task_status', type: 'enumeration', values: ['COMPLETED'], isNeverNull: true },
  { name: 'tenure_close_reason', type: 'string', label: 'Close reason' },
];

/** What Tenure writes to HubSpot: companies and deals that are there, and tasks. */
export const HUBSPOT_OBJECTS: readonly HubSpotObject[] = [
  describedObject('companies', false, COMPANY_FIELDS, [syncModel('sync_hubspot__companies', COMPANY_FIELDS)]),
  describedObject('deals', false, DEAL_FIELDS, [syncModel('sync_hubspot__deals', DEAL_FIELDS)]),
  describedObject(
    'tasks',
    true,
    [...TASK_FIELDS, ...CLOSED_TASK_FIELDS],
    [
      // without its day HubSpot takes no task, and without its company nobody would find it
      syncModel('sync_hubspot__tasks', TASK_FIELDS, { required: ['hs_timestamp', 'associated_company'] }),
      syncModel('sync_hubspot__closed_tasks', CLOSED_TASK_FIELDS, {
        required: ['hs_task_status'],
        isClosing: true,
      }),
    ],
  ),
];
