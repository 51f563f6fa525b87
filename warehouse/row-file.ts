import { rm } from 'node:fs/promises';
import { scratchFile } from './scratch-file.ts';
import { type Column, toLoadText } from './values.ts';
import type { Row } from './warehouse.ts';

/** Characters of rows that are written to disk at once. */
const BUFFER = 1024 * 1024;

/** Writes rows as NDJSON into a private file of the scratch folder, hands it to `load` and deletes it. */
export async function withRowFile<T>(
  scratch: string | undefined,
  columns: readonly Column[],
  rows: Iterable<Row>,
  load: (file: string, count: number) => Promise<T>,
): Promise<T> {
  const { path: file, handle } = await scratchFile(scratch);
  try {
    let count = 0;
    let text = '';
    for (const row of rows) {
      const given: Row = {};
      for (const { name, type } of columns) {
        const value = toLoadText(type, row[name]);
        if (value !== null) given[name] = value; // what is not there is read as null
      }
      text += `${JSON.stringify(given)}\n`;
      count += 1;
      if (text.length < BUFFER) continue;
      await handle.appendFile(text);
      text = '';
    }
    await handle.appendFile(text);
    return await load(file, count);
  } finally {
    await handle.close();
    await rm(file, { force: true });
  }
}
