import PQueue from 'p-queue';
import { type AcceptShrink, faultText, type SyncResult, syncSource } from '../../ingest/index.ts';
import type { IsoDate, Warehouse } from '../../warehouse/index.ts';
import type { Config, SourceConfig } from '../config/schema.ts';
import { runnableConnector } from '../connectors/runnable.ts';
import { count } from '../runtime/print.ts';
import type { Line } from './line.ts';
import { beginSync, endSync } from './sync-log.ts';

/** Sources that are read at the same time; what they send lands one batch after another. */
const SOURCES_AT_ONCE = 4;

/** The demo company lives until the day of the run, unless its configuration says otherwise. */
const upTo = (asOfDate: IsoDate, source: SourceConfig): SourceConfig =>
  source.connector && 'builtin' in source.connector && source.connector.builtin === 'demo'
    ? {
        ...source,
        connector: {
          ...source.connector,
          config: { end_date: asOfDate, ...(source.connector.config as object) },
        },
      }
    : source;

/** The program behind a source's connector; throws when it is not there, so that nothing is started. */
export const runnable = (
  { connectorsDirectory, workDirectory, searchPath }: Config,
  { name, connector }: SourceConfig,
) =>
  connector &&
  runnableConnector(name, connector, {
    connectors: connectorsDirectory,
    workDir: workDirectory,
    path: searchPath,
  });

/** Reads the sources, several at a time, and lands them; each leaves a record of how it went in `ops.syncs`. */
export async function syncSources(
  line: Line,
  warehouse: Warehouse,
  sources: readonly SourceConfig[],
  acceptShrink?: AcceptShrink,
): Promise<SyncResult[]> {
  if (sources.length === 0) return [];
  line.reporter.step(`Syncing ${sources.map(({ name, kind }) => `${name} (${kind})`).join(', ')}`);
  const queue = new PQueue({ concurrency: SOURCES_AT_ONCE });
  const all = await queue.addAll(
    sources.map((source) => () => syncOne(line, warehouse, source, acceptShrink)),
  );
  const results = all.filter((result) => result !== undefined);
  line.reporter.done(
    `${count(
      results.reduce((sum, result) => sum + landedBy(result), 0),
      'new row',
    )} in all`,
  );
  return results;
}

async function syncOne(
  line: Line,
  warehouse: Warehouse,
  source: SourceConfig,
  acceptShrink: AcceptShrink | undefined,
): Promise<SyncResult | undefined> {
  const { config, reporter } = line;
  const { name, kind } = source;
  const connector = runnable(config, upTo(line.asOfDate, source));
  if (connector === undefined) return undefined;
  const startedAt = line.now();
  await beginSync(warehouse, { name, kind, startedAt });
  const result = await syncSource({ name, kind, connector }, warehouse, {
    workDir: config.workDirectory,
    now: line.now,
    timeZone: config.tenant.time_zone,
    cwd: config.directory,
    currency: config.tenant.currency,
    values: source.values,
    maxShrinkShare: source.max_shrink_share,
    maxRejectedShare: source.max_rejected_share,
    ...(acceptShrink !== undefined && { acceptShrink }),
    ...(line.signal && { signal: line.signal }),
    ...(warehouse.commitAfter && { commitAfter: warehouse.commitAfter }),
    onProgress: ({ stream, rows, expected }) =>
      reporter.progress(
        expected === undefined || expected <= rows
          ? count(rows, 'row')
          : `${rows.toLocaleString('en')} of about ${count(expected, 'row')}`,
        `${name}.${stream}`,
      ),
    log: (level, text) => (level === 'warn' || level === 'error' ? reporter.warn(text) : undefined),
  });
  await endSync(warehouse, { name, startedAt, endedAt: line.now() }, result);
  if (line.signal?.aborted && result.status !== 'succeeded') return result; // its words are those of a fault
  for (const stream of result.streams) {
    if (stream.error !== undefined) reporter.warn(`${name}.${stream.stream}: ${stream.error.message}`);
    if (stream.rows_rejected > 0) {
      reporter.warn(
        `${name}.${stream.stream}: ${count(stream.rows_rejected, 'row')} rejected; ` +
          `see them with: tenure query "select * from raw._rejected where source_name = '${name}'"`,
      );
    }
    const nulled = stream.values_nulled ?? 0;
    if (kind === 'files' && nulled > 0) {
      reporter.warn(
        `${name}.${stream.stream}: ${count(nulled, 'value')} could not be read and ${nulled === 1 ? 'is' : 'are'} null; ` +
          `the ${nulled === 1 ? 'row lands' : 'rows land'} without ${nulled === 1 ? 'it' : 'them'}`,
      );
    }
    for (const group of stream.faults ?? []) reporter.note(`    ${faultText(group)}`);
  }
  if (result.error !== undefined) reporter.warn(`${name}: ${result.error.message}`);
  reporter.note(
    `${name} ${result.status}: ${count(landedBy(result), 'new row')} in ${count(result.streams.length, 'stream')}`,
  );
  return result;
}

const landedBy = ({ streams }: SyncResult) => streams.reduce((sum, stream) => sum + stream.rows_landed, 0);
