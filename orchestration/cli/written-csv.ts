import { writeFile } from 'node:fs/promises';
import { TenureError, usage } from '../errors.ts';
import { csvText } from '../runtime/csv.ts';
import { count } from '../runtime/print.ts';

/**
 * Writes a list as a CSV file that is not there yet, and says how many rows. Throws a usage error when the file is there,
 * and `FILE_NOT_WRITTEN` when it cannot be made.
 */
export async function writtenCsv(
  file: string,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<string> {
  await writeFile(file, csvText(columns, rows), { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EEXIST') throw usage(`${file} is there already; give a file that is not.`);
    throw new TenureError('FILE_NOT_WRITTEN', `${file} could not be written: ${cause.message}.`, { cause });
  });
  return `${count(rows.length, 'row')} in ${file}.`;
}
