import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { projectRoot } from '../orchestration/project-root.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { type StandIn, startSalesforce } from './salesforce-stand-in.ts';
import { tenure } from './tenure.ts';

const ACCOUNTS = 1500; // eight calls of 200
const idOf = (number: number) => `001${String(number).padStart(12, '0')}AAA`;
let folder: string;
let config: string;
let salesforce: StandIn;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tenure-activate-'));
  config = join(folder, 'tenure.yaml');
  salesforce = await startSalesforce({
    accounts: Array.from({ length: ACCOUNTS }, (_, index) => idOf(index)),
  });
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
          source: 'book',
          allow_fields: ['Tenure_Score__c', 'Subject'],
        },
      ],
    }),
  );
  const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'w.duckdb') });
  await warehouse.ensureSchemas();
  const ofDay = "'book' as source_name, date '2026-06-30' as as_of_date";
  await warehouse.query(`create table activation.sync_salesforce__accounts as
    select '001' || lpad(cast(range as varchar), 12, '0') || 'AAA' as record_key, ${ofDay},
      range % 100 as Tenure_Score__c
    from range(${ACCOUNTS})`);
  await warehouse.query(`create table activation.sync_salesforce__tasks as
    select 'T' || range as record_key, ${ofDay}, false as is_backlog, 'Call ' || range as Subject from range(10)`);
  await warehouse.close();
});
afterAll(async () => {
  await salesforce.close();
  await rm(folder, { recursive: true });
});

const written = () =>
  [...(salesforce.records.get('Account')?.values() ?? [])].filter((record) => 'Tenure_Score__c' in record);
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

  it('sends nothing of a first sync that nobody asked for', async () => {
    const { code, stderr, stdout } = await tenure(args('--apply', '--json'), { env });
    expect(code).toBe(1);
    expect(stderr).toContain(`all ${ACCOUNTS} would be. Nothing of it was sent.`);
    expect(stderr).toContain('add --first');
    expect(stdout).toContain('ACTIVATION_FIRST');
    expect(written()).toHaveLength(0);
  });

  it('killed in the middle and run again writes each record once, then nothing', async () => {
    salesforce.delayMs = 300;
    const cli = join(projectRoot, 'orchestration', 'cli', 'program.ts');
    const child = spawn(process.execPath, [cli, ...args('--apply', '--first')], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    const gone = new Promise((resolve) => child.on('close', resolve));
    while (salesforce.calls.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGKILL');
    await gone;
    expect(written().length).toBeLessThan(ACCOUNTS);

    salesforce.delayMs = 0;
    const again = await tenure(args('--apply', '--first'), { env });
    expect(again.stderr).not.toContain('good');
    expect(again.code).toBe(0);
    expect(written()).toHaveLength(ACCOUNTS);
    expect(salesforce.records.get('Account')?.size).toBe(ACCOUNTS);
    expect(salesforce.records.get('Task')?.size).toBe(10);
    expect(salesforce.created).toBe(10);

    const calls = salesforce.calls.length;
    const third = await tenure(args('--apply'), { env });
    expect(third.code).toBe(0);
    expect(salesforce.calls).toHaveLength(calls);
  });

  it('prints what was done, with the reasons, when a record is rejected', async () => {
    const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'w.duckdb') });
    await warehouse.query(
      `update activation.sync_salesforce__accounts set Tenure_Score__c = 101 where Tenure_Score__c = 7`,
    );
    await warehouse.close();
    salesforce.refuse.add(idOf(7));
    const { code, stdout, stderr } = await tenure(args('--apply', '--json'), { env });
    expect(code).toBe(1);
    expect(stderr).toContain('1 record rejected (1 × FIELD_CUSTOM_VALIDATION_EXCEPTION');
    expect(stdout).toContain('"sent":14,"rejected":1');
  });

  it('says what was changed by hand, with exit code 3, and leaves alone what is switched off', async () => {
    salesforce.change('Account', idOf(3), { Tenure_Score__c: 1 });
    const { code, stdout } = await tenure(args('--verify'), { env });
    expect(code).toBe(3);
    expect(stdout).toContain(`~ Account ${idOf(3)} (${idOf(3)})  Tenure_Score__c 3 → 1`);
    const off = join(folder, 'off.yaml');
    await writeFile(
      off,
      (await readFile(config, 'utf8')).replace('name: crm', 'name: crm\n    enabled: false'),
    );
    const calls = salesforce.calls.length;
    const applied = await tenure(['activate', '--config', off, '--as-of', '2026-06-30', '--apply'], { env });
    expect({ code: applied.code, stdout: applied.stdout }).toEqual({
      code: 0,
      stdout: 'crm: switched off (enabled: false)\n',
    });
    expect(salesforce.calls).toHaveLength(calls);
  });

  it('is looked through by doctor: it logs in and lists what the org lacks', async () => {
    salesforce.objects.get('Account')?.fields.delete('Tenure_Score__c');
    const { stdout } = await tenure(['doctor', '--config', config], { env });
    expect(stdout).toContain('BAD  Destination crm: Account.Tenure_Score__c is not there');
    const refused = await tenure(['doctor', '--config', config], { env: { STAND_IN_TOKEN: 'bad' } });
    expect(refused.stdout).toContain('BAD  Destination crm: crm refused the login');
    expect(refused.code).not.toBe(0);
  });
});
