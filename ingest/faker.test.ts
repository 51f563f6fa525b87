import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openWarehouse } from '../warehouse/index.ts';
import type { SourceSpec } from './source.ts';
import { checkSource, syncSource } from './sync.ts';

/** `pip install airbyte-source-faker==7.2.1` in an environment of its own gives the program. */
const program = process.env.TENURE_FAKER;

describe.skipIf(program === undefined)(
  'airbyte-source-faker (set TENURE_FAKER to its program to run this)',
  () => {
    test('lands its three streams, and a second sync adds no row', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tenure-faker-'));
      const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'warehouse.duckdb') });
      const source: SourceSpec = {
        name: 'faker',
        kind: 'raw',
        connector: { exec: [program ?? ''], config: { count: 1000 } },
      };
      const options = { workDir: join(folder, 'work'), now: () => new Date().toISOString(), timeZone: 'UTC' };
      const rowCounts = async () => {
        const { rows } = await warehouse.query(`
        select
            (select count(*) from raw.faker__users) as users,
            (select count(*) from raw.faker__products) as products,
            (select count(*) from raw.faker__purchases) as purchases`);
        return rows[0];
      };
      try {
        expect(await checkSource(source, options)).toEqual({ ok: true });
        expect(await syncSource(source, warehouse, options)).toMatchObject({ status: 'succeeded' });
        const first = await rowCounts();
        expect(first).toMatchObject({ users: 1000, products: 100 });
        expect(first?.purchases).toBeGreaterThan(0);

        const second = await syncSource(source, warehouse, options);
        expect(second).toMatchObject({ status: 'succeeded' });
        expect(second.streams.map(({ rows_landed }) => rows_landed)).toEqual([0, 0, 0]);
        expect(await rowCounts()).toEqual(first);
      } finally {
        await warehouse.close();
        rmSync(folder, { recursive: true, force: true });
      }
    });
  },
);
