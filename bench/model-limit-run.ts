// One run of the limit in a process of its own, so that its memory can be told. Arguments: warehouse, the database of its
// tables, mode, and the runs as JSON. Prints the seconds and the rows of the scores.
import { basename } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type LimitRun, limitStatements } from './model-limit.ts';

const [warehouse = '', hand = '', mode = '', runs = '[]'] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { memory_limit: '4GB', threads: '2' });
const connection = await instance.connect();
await connection.run(`set temp_directory = '${hand}.tmp'`);
// Views name the catalog that they were made in: that of the file.
const catalog = basename(warehouse, '.duckdb');
await connection.run(`attach '${warehouse}' as ${catalog} (read_only)`);
await connection.run(`attach '${hand}' as hand`);
await connection.run(`use ${catalog}`);
const started = performance.now();
for (const [index, run] of (JSON.parse(runs) as LimitRun[]).entries()) {
  const step = mode === 'create' && index > 0 ? 'append' : (mode as 'create' | 'replace');
  for (const statement of limitStatements(run, step)) await connection.run(statement);
}
await connection.run('checkpoint hand');
const seconds = (performance.now() - started) / 1000;
const [row] = (
  await connection.runAndReadAll('select count(*), sum(score) from hand.int_scores__scores')
).getRows();
console.log(JSON.stringify({ seconds, rows: Number(row?.[0]), score: Number(row?.[1]) }));
