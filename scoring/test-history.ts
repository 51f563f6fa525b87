import type { Renewal, ScoredDay } from './history.ts';

/** A scored day for tests: a healthy, leak-proof smb account unless told otherwise. */
export const scoredDay = (values: Partial<ScoredDay> & Pick<ScoredDay, 'as_of_date'>): ScoredDay => ({
  account_id: 'A1',
  score: 80,
  category: 'green',
  flag: null,
  segment: 'smb',
  arr: 1000,
  is_leak_proof: true,
  ...values,
});

/** A renewal for tests: open, of 1000, known for ever unless told otherwise. */
export const renewalOf = (values: Partial<Renewal> & Pick<Renewal, 'renewal_date'>): Renewal => ({
  contract_id: `C-${values.account_id ?? 'A1'}`,
  account_id: 'A1',
  segment: 'smb',
  product: null,
  owner_id: null,
  arr: 1000,
  auto_renew: false,
  notice_days: null,
  first_known_date: '1900-01-01',
  renewal_outcome: null,
  renewed_arr: null,
  outcome_known_date: null,
  churn_date: null,
  ...values,
});

/** A renewal that was kept, at its date unless told otherwise. */
export const renewed = (values: Partial<Renewal> & Pick<Renewal, 'renewal_date'>): Renewal =>
  renewalOf({
    renewal_outcome: 'renewed',
    renewed_arr: values.arr ?? 1000,
    outcome_known_date: values.renewal_date,
    ...values,
  });

/** A renewal that lapsed: churned at its date, known 31 days later unless told otherwise. */
export const lapsed = (
  values: Partial<Renewal> & Pick<Renewal, 'renewal_date' | 'outcome_known_date'>,
): Renewal =>
  renewalOf({ renewal_outcome: 'churned', renewed_arr: 0, churn_date: values.renewal_date, ...values });
