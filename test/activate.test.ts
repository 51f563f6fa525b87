import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { type StandIn, startSalesforce } from './salesforce-stand-in.ts';
import { tenure } from './tenure.ts';

const ACCOUNTS = 1500; // eight calls of 200
let folder: string;
let config: string;
let salesforce: StandIn;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-activate-'));
  config = join(folder, 'tenure.yaml');
  salesforce = await startSalesforce();
  await writeFile(
    config,
    stringify({
      warehouse: { type: 'duckdb', path: 'w.duckdb' },
      sources: [{ name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: '.' } } }],
      destinations: [
        {
          name: 'crm',
          kind: 'salesforce',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in when the file is read
          auth: { instance_url: salesforce.url, access_token: '${STAND_IN_TOKEN}' },
          allow_fields: ['Tenure_Score__c', 'Subject'],
        },
      ],
    }),
  );
  const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'w.duckdb') });
  await warehouse.ensureSchemas();
  await warehouse.query(
    `create table marts.fct_account_health_daily as select date '2026-06-30' as as_of_date`,
  );
  await warehouse.query(`create table activation.sync_salesforce__accounts as
    select 'A' || range as record_key, range % 100 as Tenure_Score__c from range(${ACCOUNTS})`);
  await warehouse.query(`create table activation.sync_salesforce__tasks as
    select 'T' || range as record_key, 'Call ' || range as Subject from range(10)`);
  await warehouse.close();
});
afterAll(async () => {
  await salesforce.close();
  await rm(folder, { recursive: true });
});

const args = (...more: string[]) => ['activate', '--config', config, '--as-of', '2026-06-30', ...more];
const env = { STAND_IN_TOKEN: 'good' };

describe('tenure activate', () => {
  it('shows the diff without any secret and sends nothing', async () => {
    const { code, stdout } = await tenure(args());
    expect(code).toBe(0);
    expect(stdout).toContain(`Account: ${ACCOUNTS} new, 0 changed, 0 unchanged`);
    expect(salesforce.calls).toEqual([]);
  });

  it('names the variable that --apply needs', async () => {
    const { code, stderr } = await tenure(args('--apply'));
    expect(code).toBe(2);
    expect(stderr).toContain('STAND_IN_TOKEN');
  });

  it('killed in the middle and run again writes each record once, then nothing', async () => {
    salesforce.delayMs = 300;
    const cli = join(projectRoot, 'orchestration', 'cli.ts');
    const child = spawn(process.execPath, [cli, ...args('--apply')], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    const gone = new Promise((resolve) => child.on('close', resolve));
    while (salesforce.calls.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGKILL');
    await gone;
    expect(salesforce.records.get('Account')?.size).toBeLessThan(ACCOUNTS);

    salesforce.delayMs = 0;
    const again = await tenure(args('--apply'), { env });
    expect(again.stderr).not.toContain('good');
    expect(again.code).toBe(0);
    expect(salesforce.records.get('Account')?.size).toBe(ACCOUNTS);
    expect(salesforce.records.get('Task')?.size).toBe(10);
    expect(salesforce.created).toBe(ACCOUNTS + 10);

    const calls = salesforce.calls.length;
    const third = await tenure(args('--apply'), { env });
    expect(third.code).toBe(0);
    expect(salesforce.calls).toHaveLength(calls);
  });
});
