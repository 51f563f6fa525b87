/**
 * The closed vocabularies of canonical input. A source's own words are mapped to them by `values` of the source in
 * `tenure.yaml`; the macro `vocabulary` has the same for SQL, and a test compares the two.
 */
export const VOCABULARIES = {
  task_status: ['open', 'in_progress', 'completed', 'cancelled', 'ignored'],
  user_role: ['csm', 'csm_manager', 'vp_cs', 'ae'],
  meeting_type: ['qbr', 'sponsor', 'other'],
  meeting_status: ['attended', 'missed', 'recap', 'cancelled'],
  email_direction: ['out', 'in'],
  invoice_status: ['open', 'paid', 'void', 'uncollectible'],
  sentiment: ['green', 'yellow', 'red'],
  override_direction: ['up', 'down', 'none'],
  opportunity_type: ['renewal', 'expansion'],
  forecast_category: ['commit', 'most_likely', 'best_case', 'pipeline', 'omitted'],
  survey_type: ['nps', 'csat'],
  engagement_type: ['webinar', 'beta', 'reference', 'community', 'other'],
  engagement_status: ['attended', 'declined', 'silent'],
  is_customer: ['yes', 'no'],
  contact_role: ['sponsor', 'champion', 'other'],
} as const satisfies Record<string, readonly string[]>;

export type Vocabulary = keyof typeof VOCABULARIES;

/** A source's own words of a vocabulary and what they mean: `{ task_status: { 'On Hold': 'in_progress' } }`. */
export type ValueMapping = Readonly<Partial<Record<Vocabulary, Readonly<Record<string, string>>>>>;

/**
 * A word of a vocabulary in one spelling, by which it is compared: lower case, `_` for spaces and hyphens.
 *
 * @example spelled(' In-Progress ') // 'in_progress'
 */
export const spelled = (word: string): string => word.trim().toLowerCase().replaceAll(/[ -]/g, '_');
