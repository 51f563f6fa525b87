import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultGroup } from '../../../source.ts';
import type { ValueMapping } from '../../../vocabularies.ts';
import { FaultGroups } from '../fault-groups.ts';
import { noNotes } from '../file-record.ts';
import { layoutOf } from '../layout.ts';
import type { TableMapping } from '../mapping.ts';
import { readingOf } from '../reading.ts';
import { RowReader } from '../row-reader.ts';
import type { FileTable } from '../tables.ts';

/** What a sync would make of a file, without a warehouse. */
export interface Preview {
  readonly received: number;
  /** Rows that are not rejected, and those of them that land: of each key one. */
  readonly accepted: number;
  readonly landing: number;
  /** Their ARR by currency (an empty code is the tenant's); of contracts only. */
  readonly arr: ReadonlyMap<string, number>;
  /** The accounts that the landing rows name. */
  readonly accounts: ReadonlySet<string>;
  readonly faults: readonly FaultGroup[];
  readonly totals: readonly { readonly line: number; readonly text: string }[];
}

/** Reads a file by a mapping, as `tenure sync` would. Throws what the reader throws. */
export async function preview(
  path: string,
  source: string,
  table: FileTable,
  mapping: TableMapping,
  options: { readonly timeZone: string; readonly values?: ValueMapping; readonly isShared?: boolean },
): Promise<Preview> {
  const scratch = mkdtempSync(join(tmpdir(), 'tenure-preview-'));
  try {
    const layout = layoutOf(table, mapping, options.isShared);
    const notes = noNotes();
    const read = await readingOf(path, layout, scratch, notes);
    const reader = new RowReader(layout, options.timeZone, undefined, options.values);
    const faults = new FaultGroups(source, layout);
    const rows = new Map<string, { readonly arr: number; readonly currency: string }>();
    const accounts = new Set<string>();
    let received = 0;
    let accepted = 0;
    for (const record of read(notes)) {
      received += 1;
      const given = reader.read(record);
      for (const fault of given.values) faults.add(record.line, fault, 'value');
      if ('row' in given) {
        const { row } = given;
        accepted += 1;
        if (row.account_id) accounts.add(String(row.account_id));
        const key = table.isKeyUnique
          ? table.key.map((name) => String(row[name])).join('\u001f')
          : String(received);
        rows.set(key, { arr: Number(row.arr ?? 0), currency: String(row.currency_code ?? '').toUpperCase() });
      } else for (const fault of given.faults) faults.add(record.line, fault, 'row');
    }
    const arr = new Map<string, number>();
    if (table.name === 'contracts')
      for (const { arr: each, currency } of rows.values()) arr.set(currency, (arr.get(currency) ?? 0) + each);
    return {
      received,
      accepted,
      landing: rows.size,
      arr,
      accounts,
      faults: faults.report(),
      totals: notes.totals,
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
