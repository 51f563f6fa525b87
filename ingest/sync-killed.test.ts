import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openWarehouse } from '../warehouse/index.ts';

const program = fileURLToPath(new URL('./fixtures/sync-counting.ts', import.meta.url));

/** What a sync said; with `kill`, it is killed so long after so many commits. */
async function syncOnce(
  folder: string,
  kill?: { readonly commits: number; readonly milliseconds: number },
): Promise<string> {
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'close');
  let output = '';
  let isKilled = false;
  child.stdout.setEncoding('utf8').on('data', async (text: string) => {
    output += text;
    if (kill === undefined || isKilled || output.split('committed').length <= kill.commits) return;
    isKilled = true;
    await sleep(kill.milliseconds);
    child.kill('SIGKILL');
  });
  await gone;
  if (kill !== undefined) expect([child.signalCode, output]).toEqual(['SIGKILL', expect.any(String)]);
  return output;
}

/**
 * Rows are appended without any key: one committed without its state would come twice, a state without its rows
 * would leave a gap.
 */
test('a sync killed at any instant and run again lands each record once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-killed-'));
  try {
    // each kill comes some milliseconds after a commit: in the middle of the next transaction, or between two
    for (const [commits, milliseconds] of [
      [0, 0],
      [1, 0],
      [2, 15],
      [4, 5],
      [6, 30],
      [8, 45],
    ] as const) {
      await syncOnce(folder, { commits, milliseconds });
    }
    expect(await syncOnce(folder)).toContain('succeeded');

    const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'warehouse.duckdb') });
    const tables = (await warehouse.listTables('raw')).filter((table) => table.startsWith('count__'));
    const sums: unknown[] = [];
    for (const table of tables) {
      const { rows } = await warehouse.query(
        `select count(*) as n, count(distinct n) as numbers, max(n) as last from raw.${table}`,
      );
      sums.push(rows[0]);
    }
    await warehouse.close();
    expect(tables).toHaveLength(12);
    expect(sums).toEqual(Array(12).fill({ n: 60, numbers: 60, last: 60 }));
    expect(readdirSync(join(folder, 'work', 'sync'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);
