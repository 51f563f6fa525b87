import type { IsoDate, IsoInstant } from './values.ts';

/** One finished or running step of a run; `error_code` is the `code` of the error that ended it. */
export interface OpsRuns {
  run_id: string;
  step: string;
  started_at: IsoInstant;
  ended_at: IsoInstant | null;
  status: 'running' | 'succeeded' | 'failed' | 'skipped';
  row_count: number | null;
  error_code: string | null;
  as_of_date: IsoDate;
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

export interface Tables {
  'activation.ledger': ActivationLedger;
  'activation.rejected_records': ActivationRejectedRecords;
  'ops.runs': OpsRuns;
  'ops.streams': OpsStreams;
}
