import { fromEnvironment, PYTHON, type Vendor } from './vendor.ts';

export const zendesk = {
  kind: 'zendesk',
  system: 'ticketing',
  connector: { name: 'zendesk-support', version: '4.9.1', python: PYTHON },
  setup: {
    source: 'support',
    config: (startDate) => ({
      subdomain: fromEnvironment('ZENDESK_SUBDOMAIN'),
      start_date: `${startDate}T00:00:00Z`,
      credentials: {
        credentials: 'api_token',
        email: fromEnvironment('ZENDESK_EMAIL'),
        api_token: fromEnvironment('ZENDESK_API_TOKEN'),
      },
    }),
    streams: ['organizations', 'tickets'],
    variables: [
      { name: 'ZENDESK_SUBDOMAIN', hint: 'the part before .zendesk.com' },
      { name: 'ZENDESK_EMAIL', hint: 'of the agent whom the token belongs to' },
      { name: 'ZENDESK_API_TOKEN', hint: 'Admin Center, Apps and integrations, API' },
    ],
  },
  fields: ['account_id'],
  values: [],
  isMatched: true,
  persons: [
    {
      stream: 'users',
      key: 'id',
      emails: ['email'],
      names: ['name'],
      account: 'organization_id',
      kept: ['role', 'active', 'created_at', 'updated_at'],
    },
  ],
} as const satisfies Vendor;
