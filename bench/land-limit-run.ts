// DuckDB's own typed read of the records, in a process of its own. Arguments: the records, the folder of the database.
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const [records = '', folder = ''] = process.argv.slice(2);
const instance = await DuckDBInstance.create(join(folder, 'limit.duckdb'), { memory_limit: '4GB' });
const connection = await instance.connect();
const started = performance.now();
await connection.run(`create table events as select unnest(data), emitted_at from (select unnest(record) from read_json(
  '${records}', format = 'newline_delimited', columns = {record: 'STRUCT(
    data STRUCT(
      id BIGINT, account_id VARCHAR, user_id VARCHAR, event VARCHAR, occurred_at TIMESTAMP, "day" DATE,
      duration_ms BIGINT, "value" DOUBLE, is_trial BOOLEAN, plan VARCHAR, session VARCHAR, context JSON
    ), emitted_at BIGINT)'}
))`);
const seconds = (performance.now() - started) / 1000;
const [row] = (await connection.runAndReadAll('select count(*) from events')).getRows();
console.log(JSON.stringify({ seconds, rows: Number(row?.[0]) }));
