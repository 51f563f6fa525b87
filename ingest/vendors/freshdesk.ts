import { fromEnvironment, type Vendor } from './vendor.ts';

export const freshdesk = {
  kind: 'freshdesk',
  system: 'ticketing',
  connector: { name: 'freshdesk', version: '3.1.3', python: '>=3.10,<3.11' },
  setup: {
    source: 'support',
    config: (startDate) => ({
      domain: fromEnvironment('FRESHDESK_DOMAIN'),
      api_key: fromEnvironment('FRESHDESK_API_KEY'),
      start_date: `${startDate}T00:00:00Z`,
    }),
    streams: ['companies', 'tickets', 'satisfaction_ratings'],
    variables: [
      { name: 'FRESHDESK_DOMAIN', hint: 'such as example.freshdesk.com' },
      { name: 'FRESHDESK_API_KEY', hint: 'profile settings of the agent whom it belongs to' },
    ],
  },
  fields: ['account_id'],
  values: [],
  isMatched: true,
  persons: [
    {
      stream: 'contacts',
      key: 'id',
      emails: ['email'],
      names: ['name'],
      account: 'company_id',
      kept: ['created_at', 'updated_at'],
    },
  ],
} as const satisfies Vendor;
