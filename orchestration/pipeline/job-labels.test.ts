import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type Asked, startStandIn } from '../../test/bigquery-stand-in.ts';
import { tenure } from '../../test/tenure.ts';
import { openWarehouse } from '../../warehouse/index.ts';
import { projectRoot } from '../project-root.ts';

const folder = mkdtempSync(join(tmpdir(), 'tenure-labels-'));
const config = join(folder, 'tenure.yaml');
let standIn: Awaited<ReturnType<typeof startStandIn>>;

beforeAll(async () => {
  standIn = await startStandIn(() => undefined);
  const sources = [{ name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: '.' } } }];
  const bigquery = { type: 'bigquery', project: 'acme' };
  writeFileSync(config, stringify({ warehouse: bigquery, sources }));
  writeFileSync(join(folder, 'tenure.bigquery.yaml'), stringify({ warehouse: bigquery, sources }));
  const path = join(folder, 'warehouse.duckdb');
  writeFileSync(
    join(folder, 'laptop.yaml'),
    stringify({ warehouse: { type: 'duckdb', path: 'warehouse.duckdb' }, sources }),
  );
  const laptop = await openWarehouse({ type: 'duckdb', path });
  await laptop.ensureSchemas();
  await laptop.replaceTable('raw', 't', [{ name: 'id', type: 'string' }], [{ id: 'a' }]);
  await laptop.close();
});
beforeEach(() => {
  standIn.asked.length = 0;
});
afterAll(async () => {
  await standIn.stop();
  rmSync(folder, { recursive: true });
});

/** The labels of each job that was asked for. */
const labels = (asked: readonly Asked[]) =>
  asked.flatMap(({ path, body }) => {
    const { configuration = {} } = body as { configuration?: { labels?: unknown } };
    if (path === '/queries') return [body.labels];
    return path === '/jobs' ? [configuration.labels] : [];
  });

const weights = join(projectRoot, 'models', 'seeds', 'signal_definitions.csv');

describe('jobs of a verb that keeps no record', () => {
  // The stand-in has no rows, so that most verbs fail; what they asked until then was labelled.
  it.each([
    ['query', ['select 1']],
    ['explain', ['N-1']],
    ['check', []],
    ['backtest', []],
    ['whatif', ['--weights', weights]],
    ['calibrate', []],
    ['diff', [weights]],
    ['migrate', ['--to', 'bigquery', '--config', join(folder, 'laptop.yaml')]],
  ])('%s are labelled with it', async (verb, args) => {
    await tenure([verb, '--config', config, ...args], { env: { BIGQUERY_EMULATOR_HOST: standIn.url } });
    const found = labels(standIn.asked);
    expect(found.length).toBeGreaterThan(0);
    for (const each of found) expect(each).toEqual({ tenure_step: verb });
  });
});
