import { fromEnvironment, PYTHON, type Vendor } from './vendor.ts';

export const intercom = {
  kind: 'intercom',
  system: 'ticketing',
  connector: { name: 'intercom', version: '0.8.3', python: PYTHON },
  setup: {
    source: 'support',
    config: (startDate) => ({
      access_token: fromEnvironment('INTERCOM_ACCESS_TOKEN'),
      start_date: `${startDate}T00:00:00Z`,
    }),
    streams: ['companies', 'contacts', 'conversations'],
    variables: [{ name: 'INTERCOM_ACCESS_TOKEN', hint: 'of an app in the developer hub' }],
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
      account: 'companies',
      kept: ['created_at', 'updated_at'],
    },
  ],
} as const satisfies Vendor;
