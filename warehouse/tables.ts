import type { IsoDate, IsoInstant } from './values.ts';

/** One finished or running step of a run; `error_code` is the `code` of the error that ended it. */
export interface OpsRuns {
  run_id: string;
  step: string;
  started_at: IsoInstant;
  ended_at: IsoInstant | null;
  status: 'running' | 'succeeded' | 'failed' | 'stopped';
  row_count: number | null;
  error_code: string | null;
  as_of_date: IsoDate;
  /** Digests of what the step read, JSON; null before this release. */
  inputs: string | null;
}

/** One sync of a source; `running` when it never came to its end. */
export interface OpsSyncs {
  source_name: string;
  kind: string;
  started_at: IsoInstant;
  ended_at: IsoInstant | null;
  status: 'running' | 'succeeded' | 'partial' | 'failed';
  row_count: number | null;
  rejected_count: number | null;
  error_code: string | null;
}

/** What is landed of each stream. `is_connected` is false when a source no longer has it. */
export interface OpsStreams {
  source_name: string;
  stream: string;
  is_connected: boolean;
  sync_mode: string;
  generation_id: number;
  row_count: number;
  rejected_count: number;
  last_synced_at: IsoInstant;
}

/** Where this warehouse's tables were carried over from; `ended_at` is null while that goes on. */
export interface OpsMigrations {
  migrated_from: string;
  started_at: IsoInstant;
  ended_at: IsoInstant | null;
}

/** A row that could not be landed, and why. */
export interface RawRejected {
  source_name: string;
  /** The table, or the stream; null in rows of earlier versions, where the file's name is the table's. */
  stream: string | null;
  file_name: string;
  line_number: number | null;
  column_name: string | null;
  reason: string;
  /** `row`: the record did not land; `value`: it did, with null in this column. Null in rows of earlier versions: a row. */
  severity: 'row' | 'value' | null;
  record_key: string | null;
  content: string | null;
}

/** A person who was erased, known by hashes alone; `done_at` is null while an erasure is on, or was killed. */
export interface OpsErasures {
  /** What stands in the place of the person's id and addresses. */
  pseudonym: string;
  /** SHA-256 of the salt and the contact's id. */
  key_hash: string;
  /** A JSON list of such hashes of all ids and addresses of the person. */
  term_hashes: string;
  salt: string;
  begun_at: IsoInstant;
  done_at: IsoInstant | null;
  /** Rows that were changed. */
  row_count: number;
}

/** The state that a connector continues from, byte for byte; `stream` is empty for one state of all streams. */
export interface OpsSyncStates {
  source_name: string;
  stream: string;
  state: string;
  updated_at: IsoInstant;
}

/** The last successful write of a record to a destination; `payload` is its JSON text. */
export interface ActivationLedger {
  destination: string;
  object: string;
  record_key: string;
  payload_hash: string;
  payload: string;
  remote_id: string | null;
  last_ok_at: IsoInstant;
}

/** A record that a destination refused and that the next run sends again. */
export interface ActivationRejectedRecords {
  destination: string;
  object: string;
  record_key: string;
  payload: string;
  reason: string | null;
  last_rejected_at: IsoInstant;
}

/** A time that an object of a destination was written to its end, with the day whose rows it got. */
export interface ActivationApplies {
  destination: string;
  object: string;
  as_of_date: IsoDate;
  applied_at: IsoInstant;
  sent: number;
  rejected: number;
}

/** What became of a message that a channel tells a person, under the message's key. */
export interface ActivationMessages {
  channel: string;
  message_key: string;
  kind: 'alert' | 'escalation' | 'digest';
  recipient_id: string;
  as_of_date: IsoDate;
  status: 'claimed' | 'sent' | 'refused' | 'unknown' | 'backlog';
  reason: string | null;
  noted_at: IsoInstant;
}

/** An account as it stands on the last day; `owner_id` is the CRM's. */
export interface MartsAccounts {
  /** Its last day in scope; null when it was in none. */
  as_of_date: IsoDate | null;
  account_id: string;
  name: string | null;
  owner_id: string | null;
}

/** The score of an account on a day under a model version; `flag` is the gravest that is on. */
export interface MartsAccountHealthDaily {
  account_id: string;
  as_of_date: IsoDate;
  model_version: string;
  score: number | null;
  weight_coverage: number;
  category: string | null;
  category_effective: string | null;
  flag: string | null;
  segment: string;
  arr: number | null;
  is_leak_proof: boolean;
}

/** What one signal gave to a score; `signal_value` is null when there was no data. */
export interface MartsSignalContributionsDaily {
  account_id: string;
  as_of_date: IsoDate;
  model_version: string;
  signal: string;
  measure: number | null;
  /** The row of the seed `signal_cuts` that gave the value; null without one. */
  cut: string | null;
  signal_value: number | null;
  weight: number;
  contribution: number;
  is_frozen: boolean;
}

/** One alert that ever fired. */
export interface MartsAlerts {
  alert_key: string;
  state: string;
}

/** An account that an audience sees. */
export interface MartsAudiences {
  audience_kind: string;
  audience_id: string;
  audience_name: string;
  account_id: string;
}

/** Whose address may read the site of an audience; `audience_kind` all is the site of all accounts. */
export interface MartsAudienceReaders {
  audience_kind: string;
  audience_id: string;
  reader_email: string;
}

/** An open alert that reaches nobody, and why. */
export interface MartsAlertHolds {
  alert_key: string;
  hold: string;
  reason: string;
}

/** A metric of the backtest of a model version. */
export interface MartsBacktestMetrics {
  as_of_date: IsoDate;
  model_version: string;
  unit: string;
  horizon_days: number;
  segment: string;
  metric: string;
  value: number | null;
  n: number | null;
  ci_low: number | null;
  ci_high: number | null;
  verdict: string | null;
  is_in_sample: boolean | null;
  reason: string | null;
  launch_value: number | null;
  launch_date: IsoDate | null;
}

/** What came of the first cycle after the launch, by one of its reports. */
export interface MartsLaunchReports {
  report: string;
  launch_date: IsoDate;
  report_date: IsoDate;
  until_date: IsoDate;
  is_complete: boolean;
  red_count: number;
  red_churned_count: number;
  red_renewed_count: number;
  yellow_count: number;
  yellow_churned_count: number;
  yellow_renewed_count: number;
  green_count: number;
  green_churned_count: number;
  green_renewed_count: number;
  churn_count: number;
  arr_churned: number;
  seen_ahead_count: number;
  red_ahead_count: number;
  red_ahead_share: number | null;
  red_ahead_arr_share: number | null;
  judged_count: number;
  surprise_count: number;
  preventable_count: number | null;
  next_step: string;
}

/** A contract that ended without a renewal, with what the score had said before. */
export interface MartsLosses {
  contract_id: string;
  churn_date: IsoDate;
  account_id: string;
  account_name: string | null;
  owner_name: string | null;
  arr_lost: number;
  reason_said: string | null;
  reason_category: string;
  is_account_churn: boolean;
  is_surprise: boolean | null;
  is_preventable: boolean | null;
  category_180d: string | null;
  category_90d: string | null;
  category_60d: string | null;
  category_30d: string | null;
}

/** The score of another platform beside ours, on the cases for which both had one. */
export interface MartsBacktestExternal {
  as_of_date: IsoDate;
  model_version: string;
  unit: string;
  horizon_days: number;
  segment: string;
  system: string;
  n: number;
  case_count: number;
  account_count: number;
  churn_count: number;
  auc_external: number | null;
  auc_external_ci_low: number | null;
  auc_external_ci_high: number | null;
  auc_own: number | null;
  auc_own_ci_low: number | null;
  auc_own_ci_high: number | null;
  auc_difference: number | null;
  ci_low: number | null;
  ci_high: number | null;
  verdict: string;
  is_in_sample: boolean;
  sentence: string;
}

/** A learned score beside the weighted one, as the last `tenure learn` found it. */
export interface MartsLearnedComparisons {
  as_of_date: IsoDate;
  model_version: string;
  method: 'logistic' | 'boosted';
  weighted_version: string;
  unit: string;
  horizon_days: number;
  segment: string;
  system: string;
  n: number;
  case_count: number;
  account_count: number;
  churn_count: number;
  auc_learned: number | null;
  auc_learned_ci_low: number | null;
  auc_learned_ci_high: number | null;
  auc_own: number | null;
  auc_own_ci_low: number | null;
  auc_own_ci_high: number | null;
  auc_difference: number | null;
  ci_low: number | null;
  ci_high: number | null;
  verdict: string;
  is_in_sample: boolean;
  sentence: string;
}

/** How a signal went with staying or with buying more, as the last scoring run found it. */
export interface MartsBacktestSignalOutcomes {
  model_version: string;
  unit: 'renewal' | 'account';
  horizon_days: number;
  outcome: 'renewal' | 'expansion';
  signal: string;
  weight: number;
  n: number;
  outcome_count: number;
  account_count: number;
  mean_with: number | null;
  mean_without: number | null;
  correlation: number | null;
  correlation_ci_low: number | null;
  correlation_ci_high: number | null;
  auc: number | null;
  ci_low: number | null;
  ci_high: number | null;
  verdict: 'goes_with' | 'goes_against' | 'not_told_apart' | 'insufficient_evidence';
}

/** A check as it was found on a day; those that a person makes have no value. */
export interface MartsChecks {
  check_id: string;
  as_of_date: IsoDate;
  title: string;
  unit: string;
  cadence: string;
  is_by_hand: boolean;
  value: number | null;
  red_line: number | null;
  n: number | null;
  min_n: number | null;
  is_red: boolean;
}

/** An aspect of the data quality audit; `all` is the score, a share of 1. */
export interface MartsDataQuality {
  aspect: string;
  title: string;
  weight: number | null;
  complete_share: number | null;
  complete_count: number | null;
  /** Of those that are not complete, how many the register of known noise names. */
  known_count: number | null;
  n: number | null;
  /** Of `renewal_date` the share below which nothing is automated; else null. */
  pause_share: number | null;
  is_paused: boolean | null;
  advice: string | null;
}

/** Something that is known to be wrong in an account's data on the as-of day. */
export interface MartsAccountNoise {
  as_of_date: IsoDate;
  account_id: string;
  kind: 'signal' | 'aspect' | 'account';
  /** The signal or the aspect; null where all data of the account are meant. */
  subject: string | null;
  is_of_all: boolean;
  reason: string;
  until_date: IsoDate | null;
  confirmed_by: string | null;
}

/** An account in scope and an aspect of the audit that looks at it. */
export interface MartsDataQualityAccounts {
  aspect: string;
  title: string;
  advice: string | null;
  account_id: string;
  name: string | null;
  owner_id: string | null;
  owner_name: string | null;
  owner_email: string | null;
  arr: number | null;
  crm_url: string | null;
  is_complete: boolean;
  /** It is missing, and the register of known noise names it: why, and until which day. */
  is_known: boolean;
  known_reason: string | null;
  known_until_date: IsoDate | null;
}

/** An account behind the number of a check of the as-of day, and how many of its cases count. */
export interface MartsCheckAccounts {
  check_id: string;
  title: string;
  account_id: string;
  name: string | null;
  owner_id: string | null;
  owner_name: string | null;
  owner_email: string | null;
  arr: number | null;
  crm_url: string | null;
  case_count: number;
  detail: string | null;
}

/** Of how many accounts in scope a signal speaks, and what would let it speak of more; `share` is null without any account. */
export interface MartsSignalCoverage {
  signal: string;
  weight: number;
  source_entity: string;
  needs: string | null;
  source_names: string | null;
  streams_not_landed: string | null;
  account_count: number;
  n: number;
  share: number | null;
  advice: string | null;
}

/** A renewal as it stands on the last day; `renewal_outcome` is null while open. */
export interface MartsRenewals {
  contract_id: string;
  renewal_date: IsoDate;
  arr: number | null;
  days_to_renewal: number;
  renewal_outcome: string | null;
  is_orphan: boolean;
}

/** Retention over a period, each rate a ratio. */
export interface MartsRetention {
  period_end: IsoDate;
  period: string;
  unit: string;
  segment: string;
  grr: number | null;
  nrr: number | null;
  logo_churn_rate: number | null;
}

/** How fresh a source is. */
export interface MartsSourceFreshness {
  source_name: string;
  kind: string;
  last_status: string;
  last_error_code: string | null;
  last_ok_at: IsoInstant | null;
  red_line_hours: number;
  is_stale: boolean;
  warn_hours: number | null;
  is_late: boolean;
  is_failing_again: boolean;
  is_quiet: boolean;
  failures_30d: number;
  last_rejected_count: number | null;
}

export interface MartsUnmatchedCustomers {
  source_name: string;
  customer_id: string;
  name: string | null;
  reason: string;
  record_count: number;
}

export interface MartsRejectedRecords {
  source_name: string;
  entity: string;
  record_key: string | null;
  account_id: string | null;
  column_name: string | null;
  reason: string;
  severity: 'row' | 'value';
  given_value: string | null;
  arr: number | null;
  currency_code: string | null;
  file_name: string | null;
  line_number: number | null;
  content: string | null;
  is_current: boolean;
  version_at: string | null;
  extracted_at: string | null;
}

/** One row: the model version that scores now. */
export interface IntermediateModelVersion {
  model_version: string;
}

/** A signal of the preset in use and its weight, for the segment `all` and each that has weights of its own. */
export interface IntermediateSignalsIndex {
  segment: string;
  signal: string;
  weight: number;
  /** What the weight was before a fit, and the last day whose outcomes the fit used; null for one that was not fitted. */
  assumed_weight: number | null;
  fitted_on: IsoDate | null;
}

/** One renewal of a contract as known at the as-of date of the run; `renewal_outcome` is null while open. */
export interface IntermediateRenewals {
  contract_id: string;
  renewal_date: IsoDate;
  account_id: string;
  segment: string | null;
  product: string | null;
  owner_id: string | null;
  arr: number;
  auto_renew: boolean | null;
  notice_days: number | null;
  first_known_date: IsoDate | null;
  renewal_outcome: string | null;
  renewed_arr: number | null;
  outcome_known_date: IsoDate | null;
  churn_date: IsoDate | null;
}

/** What the owner of an open renewal called it on a day; null where its opportunity has no word for it. */
export interface IntermediateOwnerCalls {
  contract_id: string;
  renewal_date: IsoDate;
  as_of_date: IsoDate;
  owner_call: string | null;
  call_share: number | null;
}

/** A churn of a whole account, and the day from which it was known. */
export interface IntermediateAccountChurns {
  account_id: string;
  churn_date: IsoDate;
  outcome_known_date: IsoDate;
}

/** The spine: an account on each day in scope, with what was known of it that day. */
export interface IntermediateAccountDays {
  account_id: string;
  as_of_date: IsoDate;
  arr: number | null;
}

/** A span of alike days of an account in scope; `until_date` is the day after it. */
export interface IntermediateAccountSpans {
  account_id: string;
  from_date: IsoDate;
  until_date: IsoDate;
}

/** A day on which an account's category or flag changed, or what they rest on; of no account, a day that was looked at. */
export interface IntermediateRiskChanges {
  account_id: string;
  as_of_date: IsoDate;
  model_version: string;
  category: string | null;
  flag: string | null;
  is_scored: boolean | null;
  is_leak_proof: boolean | null;
}

/** The highest score of a category, of all accounts (null) or a segment. */
export interface IntermediateCategoryCuts {
  segment: string | null;
  category: string;
  max_score: number;
  /** The last day whose outcomes it was fitted on; null for one that was not fitted. */
  fitted_on: IsoDate | null;
}

/** A span of days, to the day before `until_date`, on which a score of another platform was its latest that was known. */
export interface IntermediateExternalScores {
  account_id: string;
  system: string;
  from_date: IsoDate;
  until_date: IsoDate;
  score: number;
}

/** A rule of the renewal seed by name; the value is a number of days or a day of the year (`MM-DD`). */
export interface IntermediateRenewalRules {
  rule: string;
  value: string | number;
}

/** A number by which the backtest and the forecast judge, by name. */
export interface IntermediateBacktestRules {
  rule: string;
  value: number;
}

/** A threshold of a signal by name, with the value that it gives; a cut that ends in `_days` is a lookback. */
export interface IntermediateSignalCuts {
  signal: string;
  cut: string;
  /** Null in rows that hold for all segments without one of their own. */
  segment: string | null;
  threshold: number | null;
  signal_value: number | null;
}

/** A part of what is said of a signal, for one cut, or (`cut` null) for all others. */
export interface IntermediateSignalWords {
  signal: string;
  cut: string | null;
  part: string;
  words: string;
}

export interface Tables {
  'activation.applies': ActivationApplies;
  'activation.ledger': ActivationLedger;
  'activation.messages': ActivationMessages;
  'activation.rejected_records': ActivationRejectedRecords;
  'intermediate.backtest_rules': IntermediateBacktestRules;
  'intermediate.category_cuts': IntermediateCategoryCuts;
  'intermediate.int_scores__external': IntermediateExternalScores;
  'intermediate.int_accounts__account_days': IntermediateAccountDays;
  'intermediate.int_accounts__account_spans': IntermediateAccountSpans;
  'intermediate.int_renewals__owner_calls': IntermediateOwnerCalls;
  'intermediate.int_renewals__renewals': IntermediateRenewals;
  'intermediate.int_revenue__account_churns': IntermediateAccountChurns;
  'intermediate.int_scores__model_version': IntermediateModelVersion;
  'intermediate.int_scores__risk_changes': IntermediateRiskChanges;
  'intermediate.int_signals__index': IntermediateSignalsIndex;
  'intermediate.renewal_rules': IntermediateRenewalRules;
  'intermediate.signal_cuts': IntermediateSignalCuts;
  'intermediate.signal_words': IntermediateSignalWords;
  'marts.dim_accounts': MartsAccounts;
  'marts.dim_audiences': MartsAudiences;
  'marts.dim_audience_readers': MartsAudienceReaders;
  'marts.fct_account_health_daily': MartsAccountHealthDaily;
  'marts.fct_alert_holds': MartsAlertHolds;
  'marts.fct_alerts': MartsAlerts;
  'marts.fct_backtest_metrics': MartsBacktestMetrics;
  'marts.fct_backtest_external': MartsBacktestExternal;
  'marts.fct_backtest_signal_outcomes': MartsBacktestSignalOutcomes;
  'marts.fct_checks': MartsChecks;
  'marts.fct_check_accounts': MartsCheckAccounts;
  'marts.fct_data_quality': MartsDataQuality;
  'marts.fct_account_noise': MartsAccountNoise;
  'marts.fct_data_quality_accounts': MartsDataQualityAccounts;
  'marts.fct_launch_reports': MartsLaunchReports;
  'marts.fct_learned_comparisons': MartsLearnedComparisons;
  'marts.fct_losses': MartsLosses;
  'marts.fct_renewals': MartsRenewals;
  'marts.fct_retention': MartsRetention;
  'marts.fct_signal_contributions_daily': MartsSignalContributionsDaily;
  'marts.fct_signal_coverage': MartsSignalCoverage;
  'marts.fct_source_freshness': MartsSourceFreshness;
  'marts.fct_rejected_records': MartsRejectedRecords;
  'marts.fct_unmatched_customers': MartsUnmatchedCustomers;
  'ops.erasures': OpsErasures;
  'ops.migrations': OpsMigrations;
  'ops.runs': OpsRuns;
  'ops.syncs': OpsSyncs;
  'ops.streams': OpsStreams;
  'ops.sync_states': OpsSyncStates;
  'raw._rejected': RawRejected;
}
