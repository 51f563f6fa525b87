import { fromEnvironment, type Vendor } from './vendor.ts';

export const salesforce = {
  kind: 'salesforce',
  system: 'crm',
  connector: { name: 'salesforce', version: '2.10.3', python: '>=3.10,<3.14' },
  setup: {
    source: 'crm',
    config: (startDate) => ({
      auth_type: 'Client',
      client_id: fromEnvironment('SALESFORCE_CLIENT_ID'),
      client_secret: fromEnvironment('SALESFORCE_CLIENT_SECRET'),
      refresh_token: fromEnvironment('SALESFORCE_REFRESH_TOKEN'),
      is_sandbox: false,
      start_date: `${startDate}T00:00:00Z`,
    }),
    variables: [
      { name: 'SALESFORCE_CLIENT_ID', hint: 'consumer key of the connected app' },
      { name: 'SALESFORCE_CLIENT_SECRET', hint: 'consumer secret of the connected app' },
      { name: 'SALESFORCE_REFRESH_TOKEN', hint: 'refresh token of the integration user' },
    ],
  },
  fields: [
    ...['domain', 'region', 'territory', 'segment', 'onboarded_at', 'is_acquired'],
    ...['is_customer', 'customer_since', 'crm_url'],
    ...['sentiment', 'sentiment_set_at', 'sentiment_set_by', 'sentiment_note'],
    ...['is_exec_sponsor', 'is_champion', 'has_consent', 'left_at'],
    ...['contract_account_id', 'term_start_date', 'term_end_date', 'renewal_date', 'term_months'],
    ...['arr', 'seats', 'product', 'auto_renew', 'notice_days', 'renewal_owner_id', 'previous_contract_id'],
    ...['cancelled_at', 'cancel_effective_date', 'cancel_reason'],
    ...['meeting_type', 'meeting_status', 'meeting_contact_ids', 'email_contact_id', 'replied_at'],
    ...['loss_reason', 'renewed_contract_id', 'role', 'task_key'],
  ],
  values: [
    'task_status',
    'user_role',
    'meeting_type',
    'meeting_status',
    'sentiment',
    'override_direction',
    'opportunity_type',
    'survey_type',
    'is_customer',
    'contact_role',
  ],
  hasAccounts: true,
  contractsFrom: 'Contract',
} as const satisfies Vendor;
