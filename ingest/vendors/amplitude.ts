import { fromEnvironment, PYTHON, type Vendor } from './vendor.ts';

export const amplitude = {
  kind: 'amplitude',
  system: 'analytics',
  connector: { name: 'amplitude', version: '0.6.19', python: PYTHON },
  setup: {
    source: 'product',
    config: (startDate) => ({
      api_key: fromEnvironment('AMPLITUDE_API_KEY'),
      secret_key: fromEnvironment('AMPLITUDE_SECRET_KEY'),
      start_date: `${startDate}T00:00:00Z`,
    }),
    streams: ['events'],
    variables: [
      { name: 'AMPLITUDE_API_KEY', hint: 'project settings' },
      { name: 'AMPLITUDE_SECRET_KEY', hint: 'project settings' },
    ],
  },
  fields: ['account_id'],
  values: [],
} as const satisfies Vendor;
