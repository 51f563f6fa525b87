import { fromEnvironment, PYTHON, type Vendor } from './vendor.ts';

export const stripe = {
  kind: 'stripe',
  system: 'billing',
  connector: { name: 'stripe', version: '5.14.1', python: PYTHON },
  setup: {
    source: 'billing',
    config: (startDate) => ({
      account_id: fromEnvironment('STRIPE_ACCOUNT_ID'),
      client_secret: fromEnvironment('STRIPE_SECRET_KEY'),
      start_date: `${startDate}T00:00:00Z`,
    }),
    streams: ['customers', 'invoices', 'subscriptions'],
    variables: [
      { name: 'STRIPE_ACCOUNT_ID', hint: 'begins with acct_' },
      { name: 'STRIPE_SECRET_KEY', hint: 'a restricted key that may read is enough' },
    ],
  },
  fields: ['account_id', 'term_start_date', 'term_end_date', 'product', 'renewal_owner_id', 'notice_days'],
  values: [],
  /** Stripe dates its events to the second and tells the newest first: the last record of a second holds the older state. */
  statesOfAnInstant: ['status', 'cancel_at_period_end', 'metadata', 'is_deleted'],
  isMatched: true,
  hasSubscriptions: true,
} as const satisfies Vendor;
