import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseOf } from '../../warehouse/index.ts';
import { scratchOf } from '../config/schema.ts';
import { ownPages } from '../project/own-pages.ts';
import { count } from '../runtime/print.ts';
import {
  type Asked,
  type Audience,
  audienceText,
  everyAudience,
  findAudience,
  readersOf,
  type SiteFor,
} from '../site/audience.ts';
import { buildReports } from '../site/build.ts';
import { extractForPages } from '../site/extract.ts';
import { forgetOthers, keepReaders, siteFolder } from '../site/readers.ts';
import { requireBuilt } from './built.ts';
import { withWarehouse } from './configured-warehouse.ts';
import type { Line, StepResult } from './line.ts';
import { complete } from './steps.ts';

/** A site that was built: for whom, where, and how many pages it has. */
export interface ReportedSite {
  /** As `--for` takes it. */
  readonly for: string;
  readonly siteDir: string;
  readonly pages: number;
}

const NEEDED = [
  'marts.dim_accounts',
  'marts.dim_audiences',
  'marts.dim_audience_readers',
  'marts.fct_checks',
] as const;

/** Builds the pages of all accounts into `.build/site`. */
export async function report(line: Line): Promise<StepResult<{ siteDir: string; pages: number }>> {
  const { value, rowCount } = await reportFor(line, [{ kind: 'all' }]);
  const [{ siteDir, pages } = { siteDir: '', pages: 0 }] = value;
  return complete({ siteDir, pages }, rowCount);
}

/** Builds a site for each who is asked for, or for every owner, manager and team: those of one below `.build/sites`. */
export async function reportFor(
  line: Line,
  asked: readonly Asked[] | 'each',
  { withoutNotes = false }: { readonly withoutNotes?: boolean } = {},
): Promise<StepResult<readonly ReportedSite[]>> {
  const { config } = line;
  const sites = await withWarehouse(config, async (warehouse): Promise<readonly SiteFor[]> => {
    await requireBuilt(warehouse, NEEDED);
    if (asked === 'each') return everyAudience(warehouse);
    const found: SiteFor[] = [];
    for (const each of asked) found.push(each.kind === 'all' ? each : await findAudience(warehouse, each));
    return found;
  });
  const built: ReportedSite[] = [];
  for (const site of sites) built.push(await buildSite(line, site, withoutNotes));
  if (asked === 'each') await forgetOthers(config.buildDirectory, sites);
  return complete(
    built,
    built.reduce((sum, { pages }) => sum + pages, 0),
  );
}

async function buildSite(line: Line, site: SiteFor, withoutNotes: boolean): Promise<ReportedSite> {
  const { config, reporter } = line;
  const theirs = site.kind === 'all' ? undefined : site;
  reporter.step(theirs === undefined ? 'Building the pages' : `Building the pages of ${audienceText(site)}`);
  const folder = siteFolder(config.buildDirectory, site);
  await mkdir(folder, { recursive: true, mode: theirs === undefined ? 0o777 : 0o700 });
  const warehousePath = await pagesFile(line, folder, theirs, withoutNotes);
  try {
    const { siteDir, pages } = await buildReports({
      warehousePath,
      buildDir: folder,
      workOf: config.buildDirectory,
      site,
      directory: config.directory,
      currency: config.tenant.currency,
      onProgress: (howFar: string, what: string) => reporter.progress(howFar, what),
      log: (text: string) => reporter.note(text),
    });
    await keepReaders(folder, {
      for: audienceText(site),
      readers: await withWarehouse(config, (warehouse) => readersOf(warehouse, site)),
    });
    reporter.done(`${count(pages, 'page')} in ${siteDir}`);
    return { for: audienceText(site), siteDir, pages };
  } finally {
    // On a warehouse elsewhere the copy of all stays: it is what the pages were made from.
    const own = databaseOf(config.warehouse).file;
    if (warehousePath !== own && (own !== undefined || theirs !== undefined))
      await rm(warehousePath, { force: true });
  }
}

/** The DuckDB file that the pages are built from: the warehouse itself, or what they read of it. */
async function pagesFile(
  { config, reporter }: Line,
  folder: string,
  audience: Audience | undefined,
  withoutNotes: boolean,
): Promise<string> {
  const own = databaseOf(config.warehouse).file;
  if (own !== undefined && audience === undefined && !withoutNotes) return own;
  const file = join(folder, 'pages.duckdb');
  await withWarehouse(config, (warehouse) =>
    extractForPages(warehouse, file, {
      own: audience?.kind === 'customer' ? [] : ownPages(config.directory),
      ...(audience === undefined ? {} : { audience }),
      withoutNotes,
      scratch: scratchOf(config),
      onProgress: (howFar, what) => reporter.progress(howFar, what),
      onLeftOut: (table) =>
        reporter.warn(
          `${table} has no account_id, so nothing of it is in this site; let your query read a table that has it`,
        ),
    }),
  );
  return file;
}
