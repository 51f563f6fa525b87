import { fromEnvironment, PYTHON, type Vendor } from './vendor.ts';

export const mixpanel = {
  kind: 'mixpanel',
  system: 'analytics',
  connector: { name: 'mixpanel', version: '4.0.2', python: PYTHON },
  setup: {
    source: 'product',
    config: (startDate) => ({
      start_date: `${startDate}T00:00:00Z`,
      credentials: {
        option_title: 'Service Account',
        username: fromEnvironment('MIXPANEL_USERNAME'),
        secret: fromEnvironment('MIXPANEL_SECRET'),
        project_id: fromEnvironment('MIXPANEL_PROJECT_ID'),
      },
    }),
    streams: ['export'],
    variables: [
      { name: 'MIXPANEL_USERNAME', hint: 'service account' },
      { name: 'MIXPANEL_SECRET', hint: 'secret of the service account' },
      { name: 'MIXPANEL_PROJECT_ID', hint: 'the project' },
    ],
  },
  fields: ['account_id'],
  values: [],
} as const satisfies Vendor;
