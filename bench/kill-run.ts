// One sync of the soak's connector, to be killed. Arguments: the folder of the warehouse. Prints a line a commit.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { syncSource } from '../ingest/index.ts';
import { openWarehouse } from '../warehouse/index.ts';

const [folder = ''] = process.argv.slice(2);
const program = fileURLToPath(new URL('./kill-connector.ts', import.meta.url));
const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'warehouse.duckdb') });
console.log('opened');
const connector = {
  exec: [process.execPath, program] as [string, ...string[]],
  streams: { rows: { mode: 'latest' as const } },
};
const result = await syncSource({ name: 'soak', kind: 'raw', connector }, warehouse, {
  workDir: join(folder, 'work'),
  now: () => new Date().toISOString(),
  timeZone: 'UTC',
  commitAfter: { bytes: 64 * 1024, seconds: 0.05 },
  log: (level, text) => console.log(level, text),
});
await warehouse.close();
console.log(JSON.stringify(result));
