import { fromEnvironment, PYTHON, type Vendor } from './vendor.ts';

export const chargebee = {
  kind: 'chargebee',
  system: 'billing',
  connector: { name: 'chargebee', version: '0.8.0', python: PYTHON },
  setup: {
    source: 'billing',
    config: (startDate) => ({
      site: fromEnvironment('CHARGEBEE_SITE'),
      site_api_key: fromEnvironment('CHARGEBEE_API_KEY'),
      product_catalog: '2.0',
      start_date: `${startDate}T00:00:00Z`,
    }),
    streams: ['customer', 'invoice', 'subscription', 'coupon'],
    variables: [
      { name: 'CHARGEBEE_SITE', hint: 'the part before .chargebee.com' },
      { name: 'CHARGEBEE_API_KEY', hint: 'a read-only key' },
    ],
  },
  fields: ['account_id', 'product', 'renewal_owner_id'],
  values: [],
  isMatched: true,
  hasSubscriptions: true,
} as const satisfies Vendor;
