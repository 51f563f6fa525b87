import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import type { Fault } from './tables.ts';
import { textPieces } from './text-pieces.ts';

/** A row of `raw._rejected`. */
export interface Reject {
  readonly line_number: number | null;
  readonly column_name: string | null;
  readonly reason: Fault['reason'];
  /** `row`: the record does not land; `value`: it does, with null in this column. */
  readonly severity: 'row' | 'value';
  readonly record_key: string | null;
  readonly content: string | null;
}

/** What is the same in all rejects of a record. */
export type RejectedRecord = Pick<Reject, 'line_number' | 'record_key' | 'content'>;

/** Keeps the rejects of one file on disk until they land: a file of millions of bad lines fits in memory too. */
export class RejectLog {
  readonly #path: string;
  #descriptor: number | undefined;
  #rowCount = 0;
  #valueCount = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Records that do not land. */
  get rowCount(): number {
    return this.#rowCount;
  }

  /** Values that are null instead, in records that land. */
  get valueCount(): number {
    return this.#valueCount;
  }

  /** A record that does not land, with all that is wrong with it. */
  addRow(record: RejectedRecord, faults: readonly Fault[], values: readonly Fault[] = []): void {
    this.#rowCount += 1;
    for (const fault of faults) this.#write(record, fault, 'row');
    for (const fault of values) this.#write(record, fault, 'value');
  }

  /** Values of a record that lands without them. */
  addValues(record: RejectedRecord, values: readonly Fault[]): void {
    this.#valueCount += values.length;
    for (const fault of values) this.#write(record, fault, 'value');
  }

  #write(record: RejectedRecord, { column, reason }: Fault, severity: Reject['severity']): void {
    this.#descriptor ??= openSync(this.#path, 'w', 0o600);
    const reject: Reject = { column_name: column, reason, severity, ...record };
    writeSync(this.#descriptor, `${JSON.stringify(reject)}\n`);
  }

  /** Everything added so far, in order. */
  *rows(): Generator<Reject> {
    if (this.#descriptor === undefined) return;
    for (const piece of textPieces(this.#path)) {
      for (const line of piece.split('\n')) if (line !== '') yield JSON.parse(line) as Reject;
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    rmSync(this.#path, { force: true });
  }
}
