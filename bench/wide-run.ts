// One landing of many columns, in a process of its own. Arguments: columns, rows, the folder of the database, how records meet rows.
import { join } from 'node:path';
import { syncSource } from '../ingest/index.ts';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse } from '../warehouse/index.ts';

const [columns = '', rows = '', folder = '', mode = 'latest'] = process.argv.slice(2);
const types = [
  { type: 'string' },
  { type: 'number' },
  { type: 'string', format: 'date-time' },
  { type: 'boolean' },
];
const properties: Record<string, object> = { id: { type: 'integer' } };
for (let column = 0; column < Number(columns) - 1; column += 1)
  properties[`p_${column}`] = types[column % types.length] ?? {};
const connector = {
  exec: [process.execPath, join(projectRoot, 'bench', 'wide-connector.ts'), columns, rows, '1000'] as [
    string,
    ...string[],
  ],
  catalog: {
    streams: [
      {
        name: 'wide',
        json_schema: { properties },
        supported_sync_modes: ['full_refresh', 'incremental'],
        source_defined_cursor: true,
        source_defined_primary_key: [['id']],
      },
    ],
  },
  streams: { wide: { mode: mode as 'latest' } },
};
const path = join(folder, 'wide.duckdb');
const warehouse = await openWarehouse({ type: 'duckdb', path }, { isLanding: true });
const started = performance.now();
const result = await syncSource({ name: 'bench', kind: 'raw', connector }, warehouse, {
  workDir: join(folder, 'work'),
  now: () => new Date().toISOString(),
  timeZone: 'UTC',
});
const seconds = (performance.now() - started) / 1000;
if (result.status !== 'succeeded') throw new Error(JSON.stringify(result));
const { rows: counted } = await warehouse.query('select count(*) as n from raw.bench__wide');
await warehouse.close();
console.log(JSON.stringify({ seconds, rows: Number(counted[0]?.n) }));
