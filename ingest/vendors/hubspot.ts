import { fromEnvironment, PYTHON, type Vendor } from './vendor.ts';

export const hubspot = {
  kind: 'hubspot',
  system: 'crm',
  connector: { name: 'hubspot', version: '5.7.0', python: PYTHON },
  setup: {
    source: 'crm',
    config: (startDate) => ({
      start_date: `${startDate}T00:00:00Z`,
      credentials: {
        credentials_title: 'Private App Credentials',
        access_token: fromEnvironment('HUBSPOT_ACCESS_TOKEN'),
      },
    }),
    streams: [
      'companies',
      'owners',
      'owners_archived',
      'contacts',
      'deals',
      'deals_archived',
      'deal_pipelines',
      'engagements_meetings',
      'engagements_emails',
      'engagements_tasks',
      'engagements_notes',
      'companies_property_history',
    ],
    variables: [{ name: 'HUBSPOT_ACCESS_TOKEN', hint: 'access token of the private app' }],
  },
  fields: [
    ...['domain', 'region', 'territory', 'segment', 'onboarded_at', 'is_acquired'],
    ...['is_customer', 'customer_since', 'crm_url'],
    ...['sentiment', 'sentiment_set_at', 'sentiment_set_by', 'sentiment_note'],
    ...['is_exec_sponsor', 'is_champion', 'has_consent', 'left_at'],
    ...['term_start_date', 'term_end_date', 'arr', 'seats', 'product', 'auto_renew', 'notice_days'],
    ...['renewal_owner_id', 'previous_contract_id', 'renewed_contract_id'],
    ...['cancelled_at', 'cancel_effective_date', 'cancel_reason'],
    ...['meeting_type', 'meeting_status', 'loss_reason', 'forecast_category', 'task_key'],
  ],
  values: [
    ...[
      'task_status',
      'meeting_type',
      'meeting_status',
      'sentiment',
      'opportunity_type',
      'forecast_category',
    ],
    'is_customer',
  ],
  hasAccounts: true,
  comments: [
    'HubSpot keeps no contracts: a won deal is one when it says when its term begins and ends. Name its properties:',
    '  fields: { term_start_date: contract_start_date, term_end_date: contract_end_date, sentiment: csm_sentiment }',
  ],
  persons: [
    {
      stream: 'contacts',
      key: 'id',
      emails: ['properties_email'],
      names: ['properties_firstname', 'properties_lastname'],
      account: 'properties_associatedcompanyid',
      kept: [
        ...['createdAt', 'updatedAt', 'archived', 'companies'],
        ...['properties_hs_buying_role', 'properties_hs_merged_object_ids'],
      ],
    },
  ],
} as const satisfies Vendor;
