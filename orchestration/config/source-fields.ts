import { VOCABULARIES, type Vocabulary } from '../../ingest/index.ts';

/** The fields of each kind of source that `fields` in tenure.yaml may map to a column of its own. */
export const SOURCE_FIELDS = {
  files: [],
  raw: [],
  salesforce: [
    ...['domain', 'region', 'territory', 'segment', 'onboarded_at', 'is_acquired'],
    ...['sentiment', 'sentiment_set_at', 'sentiment_set_by', 'sentiment_note'],
    ...['is_exec_sponsor', 'is_champion', 'has_consent', 'left_at'],
    ...['arr', 'seats', 'product', 'auto_renew', 'notice_days', 'renewal_owner_id', 'previous_contract_id'],
    ...['cancelled_at', 'cancel_effective_date', 'cancel_reason'],
    ...['meeting_type', 'meeting_status', 'meeting_contact_ids', 'email_contact_id', 'replied_at'],
    ...['loss_reason', 'role', 'task_key'],
  ],
  hubspot: [
    ...['domain', 'region', 'territory', 'segment', 'onboarded_at', 'is_acquired'],
    ...['sentiment', 'sentiment_set_at', 'sentiment_set_by', 'sentiment_note'],
    ...['is_exec_sponsor', 'is_champion', 'has_consent', 'left_at'],
    ...['term_start_date', 'term_end_date', 'arr', 'seats', 'product', 'auto_renew', 'notice_days'],
    ...['renewal_owner_id', 'previous_contract_id', 'renewed_contract_id'],
    ...['cancelled_at', 'cancel_effective_date', 'cancel_reason'],
    ...['meeting_type', 'meeting_status', 'loss_reason'],
  ],
  zendesk: ['account_id'],
  intercom: ['account_id'],
  freshdesk: ['account_id'],
  stripe: ['account_id', 'term_start_date', 'term_end_date', 'product', 'renewal_owner_id', 'notice_days'],
  chargebee: ['account_id', 'product', 'renewal_owner_id'],
  segment: ['account_id'],
  amplitude: ['account_id'],
  mixpanel: ['account_id'],
} as const satisfies Record<string, readonly string[]>;

/** The closed vocabularies of each kind of source whose words are the company's own, and may be mapped by `values`. */
export const SOURCE_VALUES: Readonly<Partial<Record<keyof typeof SOURCE_FIELDS, readonly Vocabulary[]>>> = {
  files: Object.keys(VOCABULARIES) as Vocabulary[],
  salesforce: [
    ...(['task_status', 'user_role', 'meeting_type', 'meeting_status', 'sentiment'] as const),
    ...(['override_direction', 'opportunity_type', 'survey_type'] as const),
  ],
  hubspot: ['meeting_type', 'meeting_status', 'sentiment', 'opportunity_type'],
};

export type SourceKind = keyof typeof SOURCE_FIELDS;

export const SOURCE_KINDS = Object.keys(SOURCE_FIELDS) as [SourceKind, ...SourceKind[]];

/** The kinds whose customers are matched to accounts. */
export const MATCHED_KINDS: readonly SourceKind[] = [
  'zendesk',
  'intercom',
  'freshdesk',
  'stripe',
  'chargebee',
];

/** The kinds whose subscriptions may be contracts. */
export const BILLING_KINDS: readonly SourceKind[] = ['stripe', 'chargebee'];

/**
 * The mapped columns that a source has not landed, out of those it has: `{ sentiment: 'Health__c' }` of a source whose
 * tables hold no `Health__c` gives `['sentiment: Health__c']`. A path into JSON, `metadata.tier`, is sought by its column.
 */
export function missingFields(
  fields: Readonly<Record<string, string>>,
  landedColumns: readonly string[],
): string[] {
  const landed = new Set(landedColumns.map((column) => column.toLowerCase()));
  return Object.entries(fields)
    .filter(([, path]) => {
      const column = (path.split('.')[0] ?? '').toLowerCase();
      return !landed.has(column) && !landed.has(`properties_${column}`);
    })
    .map(([field, path]) => `${field}: ${path}`);
}
