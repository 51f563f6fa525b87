import { rename, rm } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from './sql.ts';

/**
 * Writes the file anew from what is in it, because DuckDB leaves what was changed or deleted in blocks that it uses again
 * some day. Nobody may have it open. A process that is killed leaves the old file, or the new one.
 */
export async function compactDuckDB(path: string): Promise<void> {
  const part = `${path}.compact`;
  await rm(part, { force: true });
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`attach ${literal(path)} as held`);
    await connection.run('checkpoint held'); // what stands in the log beside the file
    await connection.run(`attach ${literal(part)} as fresh`);
    await connection.run('copy from database held to fresh');
    await connection.run('detach fresh');
    await connection.run('detach held');
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  await rename(part, path);
}
