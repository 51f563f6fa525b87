import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startSalesforce } from '../test/salesforce-stand-in.ts';
import { openWarehouse } from '../warehouse/index.ts';
import { type Size, tenure } from './measure.ts';

const ACCOUNTS = { S: 10_000, M: 100_000, L: 400_000 } as const;
/** What Salesforce takes in one call of its collections resource. */
const PER_CALL = 200;
const AS_OF = '2026-06-30';
const FIELDS = [
  'Tenure_Score__c',
  'Tenure_Category__c',
  'Tenure_Flag__c',
  'Tenure_Trend__c',
  'Tenure_Stage__c',
  'Tenure_Next_Renewal__c',
  'Tenure_Renewal_Stage__c',
];

/** What `tenure activate` took in one case; `written` of `least` are the calls that brought records, of which so many must be. */
export interface WriteResult {
  readonly case: string;
  readonly wall_seconds: number;
  readonly cpu_seconds: number;
  readonly peak_mb: number;
  readonly written: number;
  readonly least: number;
  readonly other_requests: number;
}

/**
 * The write-back of many accounts to Salesforce's stand-in, first, with nothing changed and with one in a hundred
 * changed: the diff alone and with its calls. The memory is the command's; the stand-in runs in this process.
 */
export async function write(size: Size, log: (text: string) => void): Promise<WriteResult[]> {
  const accounts = ACCOUNTS[size];
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-write-'));
  const idOf = (number: number) => `001${String(number).padStart(12, '0')}AAA`;
  const salesforce = await startSalesforce({
    accounts: Array.from({ length: accounts }, (_, index) => idOf(index)),
  });
  const config = join(folder, 'tenure.yaml');
  const results: WriteResult[] = [];
  const measure = async (name: string, least: number, ...more: string[]) => {
    const [calls, requests] = [salesforce.calls.length, salesforce.requests.length];
    const args = ['activate', '--config', config, '--as-of', AS_OF, ...more];
    const { seconds, cpuSeconds, peakMb } = await tenure(args, { STAND_IN_TOKEN: 'good' });
    const written = salesforce.calls.length - calls;
    const result = {
      case: name,
      wall_seconds: Math.round(seconds * 100) / 100,
      cpu_seconds: Math.round(cpuSeconds * 100) / 100,
      peak_mb: peakMb,
      written,
      least,
      other_requests: salesforce.requests.length - requests - written,
    };
    log(JSON.stringify(result));
    results.push(result);
  };
  const query = async (sql: string) => {
    const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'w.duckdb') });
    await warehouse.ensureSchemas();
    await warehouse.query(sql);
    await warehouse.close();
  };
  try {
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
            allow_fields: FIELDS.map((field) => `Account.${field}`),
          },
        ],
      }),
    );
    await query(`create table activation.sync_salesforce__accounts as
      select '001' || lpad(cast(range as varchar), 12, '0') || 'AAA' as record_key, 'book' as source_name,
        date '${AS_OF}' as as_of_date, (range * 7) % 100 as Tenure_Score__c,
        ['red', 'yellow', 'green'][1 + range % 3] as Tenure_Category__c,
        ['none', 'watch', 'critical'][1 + range % 3] as Tenure_Flag__c,
        ['declining', 'stable', 'improving'][1 + range % 3] as Tenure_Trend__c, 'Adopting' as Tenure_Stage__c,
        date '2026-07-01' + cast(range % 365 as integer) as Tenure_Next_Renewal__c,
        'planning' as Tenure_Renewal_Stage__c
      from range(${accounts})`);
    await measure('the first diff', 0);
    await measure('the first write', Math.ceil(accounts / PER_CALL), '--apply', '--first');
    await measure('the diff where nothing changed', 0);
    await query(`update activation.sync_salesforce__accounts set Tenure_Score__c = Tenure_Score__c + 1
      where cast(substr(record_key, 4, 12) as bigint) % 100 = 0`);
    await measure('the diff of one in a hundred', 0);
    await measure('the write of one in a hundred', Math.ceil(accounts / 100 / PER_CALL), '--apply');
    return results;
  } finally {
    await salesforce.close();
    await rm(folder, { recursive: true, force: true });
  }
}
