import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compressBelow } from '../orchestration/site/compress.ts';
import { BenchWarehouse, LAST_DAY } from './bench-warehouse.ts';
import type { Size } from './measure.ts';
import { someAccount, type VisitResult, visits } from './page-visits.ts';
import { buildPlainEvidence, removePlainEvidence } from './plain-evidence.ts';

/** Accounts and days of history. */
const SIZES = { S: [300, 90], M: [10_000, 90], L: [50_000, 90] } as const;

/** What `tenure report` took in one case, and the site that it left. */
interface BuiltPages {
  readonly case: string;
  readonly wall_seconds: number;
  readonly cpu_seconds: number;
  readonly peak_mb: number;
  readonly files: number;
  readonly site_mb: number;
}

export type PagesResult = BuiltPages | VisitResult;

async function sizeOf(folder: string): Promise<{ files: number; bytes: number }> {
  let [files, bytes] = [0, 0];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    files += 1;
    bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return { files, bytes };
}

/**
 * The pages of a made-up company: the first time in this environment (the compile of the pages too, unless it is kept from
 * before), once more without a change, and after the owners of one account in a hundred changed their mind; then what a person
 * who visits them waits for; then three such pages of plain Evidence.
 */
export async function pages(size: Size, log: (text: string) => void): Promise<PagesResult[]> {
  const [accounts, days] = SIZES[size];
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-pages-'));
  const results: PagesResult[] = [];
  const bench = new BenchWarehouse(folder, accounts, days);
  const site = join(folder, '.build', 'site');
  const keep = async (
    name: string,
    taken: { readonly seconds: number; readonly cpuSeconds: number; readonly peakMb: number },
    built?: string,
  ) => {
    const { files, bytes } = built === undefined ? { files: 0, bytes: 0 } : await sizeOf(built);
    const result = {
      case: name,
      wall_seconds: Math.round(taken.seconds * 10) / 10,
      cpu_seconds: Math.round(taken.cpuSeconds * 10) / 10,
      peak_mb: taken.peakMb,
      files,
      site_mb: Math.round(bytes / 1e5) / 10,
    };
    log(JSON.stringify(result));
    results.push(result);
  };
  const measure = async (name: string) => keep(name, await bench.tenure('report', LAST_DAY), site);
  const visit = async (...asked: Parameters<typeof visits>) => {
    for (const each of await visits(...asked)) {
      log(JSON.stringify(each));
      results.push(each);
    }
  };
  try {
    await bench.prepare();
    await bench.tenure('build', LAST_DAY);
    await bench.tenure('score', LAST_DAY);
    await measure('first');
    await measure('nothing changed');
    await bench.query((warehouse) =>
      warehouse.query(
        `insert into raw.book__sentiments by name
         select account_id, 'red' as sentiment, timestamp '${LAST_DAY} 20:00:00' as set_at,
           timestamp '${LAST_DAY} 21:00:00' as _airbyte_extracted_at
         from raw.book__accounts where hash(account_id) % 100 = 0`,
      ),
    );
    await bench.tenure('build', LAST_DAY);
    await bench.tenure('score', LAST_DAY);
    await measure('one account in a hundred changed');
    const account = `accounts/${await someAccount(site)}/`;
    await visit(site, ['', 'accounts/', account]);
    const plain = await buildPlainEvidence(bench.path);
    await keep(`plain Evidence, three pages${plain.site ? '' : ': not done'}`, plain, plain.site);
    if (plain.site !== undefined) {
      await compressBelow(plain.site); // as ours is
      await visit(plain.site, ['', account, 'retention/'], 'plain ');
    }
    return results;
  } finally {
    await removePlainEvidence();
    await rm(folder, { recursive: true, force: true });
  }
}
