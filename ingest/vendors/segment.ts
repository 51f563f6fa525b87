import type { Vendor } from './vendor.ts';

export const segment = {
  kind: 'segment',
  system: 'analytics',
  filled: { source: 'product', schema: 'raw_segment' },
  comments: ['raw_segment is the schema that Segment fills in the same warehouse.'],
  fields: ['account_id'],
  values: [],
} as const satisfies Vendor;
