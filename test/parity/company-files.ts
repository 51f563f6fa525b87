import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { projectRoot } from '../../orchestration/project-root.ts';
import { asKnownOn } from '../oracle/as-known.ts';
import { addDays } from '../oracle/company.ts';
import { randomBook } from '../oracle/random-book.ts';
import { asCsvFiles, randomCompany } from '../oracle/random-company.ts';

// Few, because the emulator is slow. TENURE_PROPERTY_SEED makes others.
const RANDOM_ACCOUNTS = 2;
const SEED = Number(process.env.TENURE_PROPERTY_SEED ?? 20_260_630);
/**
 * What few random accounts may lack: a child of a parent, a contract renewed this month, one that cannot be read, and usage
 * that only the company's own list joins.
 */
const RARE: Readonly<Record<string, string>> = {
  'accounts.csv': `account_id,name,parent_account_id,domain,crm_url,created_at,updated_at
ACC-RARE,Thistle Mills,ACC-1,thistle-mills.example,https://crm.example/ACC-RARE,2025-05-01,2025-05-01T08:00:00Z
`,
  'contracts.csv': `contract_id,account_id,term_start_date,term_end_date,arr,previous_contract_id,updated_at
C-RARE-1,ACC-RARE,2025-06-12,2026-06-12,12000,,2025-06-01T08:00:00Z
C-RARE-2,ACC-RARE,2026-06-12,2027-06-12,15000,C-RARE-1,2026-06-02T08:00:00Z
C-RARE-3,ACC-RARE,2026-01-01,2027-01-01,plenty,,2026-01-02T08:00:00Z
`,
  'usage_events.csv': `account_id,user_id,event_at,feature,event_count
workspace-77,t-01,2026-06-10T09:00:00Z,orders,2
workspace-77,t-01,2026-06-11T09:00:00Z,orders,1
workspace-78,t-02,2026-06-11T09:00:00Z,orders,1
`,
  'identities.csv': `source,customer_id,account_id,known_at
book,workspace-77,ACC-RARE,
book,workspace-79,ACC-1,2026-06-20T08:00:00Z
`,
};
const HAND_CHECKED = join(projectRoot, 'test', 'fixtures', 'three-accounts');

type CsvRow = Record<string, string>;

const rowsOf = (text: string): CsvRow[] => parse(text, { columns: true });
const quoted = (value = '') => `"${value.replaceAll('"', '""')}"`;

function asText(rows: readonly CsvRow[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = rows.map((row) => columns.map((column) => quoted(row[column])).join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}

/**
 * Writes the files that a source would hold on a day, of a company whose last day is `lastDay`: three accounts worked
 * out by hand, one of rare things, random ones with signals (`randomCompany`) and random ones with contracts (`randomBook`). On the last
 * day some usage of five days before comes late, and says of no delay. Gives the ids of the accounts.
 */
export async function writeCompanyFiles(folder: string, day: string, lastDay: string): Promise<string[]> {
  const signals = randomCompany({
    seed: SEED,
    accounts: RANDOM_ACCOUNTS,
    start: addDays(lastDay, -59),
    days: 60,
  });
  const book = randomBook({
    seed: SEED + 1,
    accounts: RANDOM_ACCOUNTS,
    start: addDays(lastDay, -394),
    days: 395,
  });
  const late = {
    account_id: String(signals.accounts[0]?.account_id),
    user_id: 'comes late',
    event_at: `${addDays(lastDay, -5)}T12:00:00Z`,
    feature: 'a',
    event_count: 3,
  };
  const company = {
    ...signals,
    usage_events: day === lastDay ? [...signals.usage_events, late] : signals.usage_events,
    accounts: [...signals.accounts, ...book.accounts],
    contracts: [...signals.contracts, ...book.contracts],
    opportunities: book.opportunities,
    rates: book.rates,
  };
  const random = asCsvFiles(asKnownOn(company, day));
  await mkdir(folder, { recursive: true });
  const ids = new Set<string>();
  const names = (await readdir(HAND_CHECKED)).filter((name) => name.endsWith('.csv'));
  for (const name of new Set([...names, ...Object.keys(RARE)])) {
    const byHand = names.includes(name) ? rowsOf(await readFile(join(HAND_CHECKED, name), 'utf8')) : [];
    const rows = [...byHand, ...rowsOf(random[name] ?? ''), ...rowsOf(RARE[name] ?? '')];
    if (name === 'accounts.csv') for (const { account_id } of rows) ids.add(String(account_id));
    await writeFile(join(folder, name), asText(rows));
  }
  return [...ids];
}
