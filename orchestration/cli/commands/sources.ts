import { Command } from '@commander-js/extra-typings';
import type { Row, Warehouse } from '../../../warehouse/index.ts';
import type { ConfiguredConnector } from '../../config/connector.ts';
import { redLineHours } from '../../config/red-lines.ts';
import type { Config, SourceConfig } from '../../config/schema.ts';
import { requireBuilt } from '../../pipeline/built.ts';
import { reading } from '../../pipeline/configured-warehouse.ts';
import { filled, percent, table } from '../../runtime/print.ts';
import { configOf, daylessVerb, show } from '../context.ts';

/** The map of what is connected: how each source is read, what landed of it, and what each signal makes of that. */
interface SourceMap {
  readonly sources: readonly Row[];
  readonly streams: readonly Row[];
  readonly signals: readonly Row[];
}

/** How a source is read, in a word or two. */
function methodOf({ connector, tables }: SourceConfig): string {
  if (connector === undefined) return `tables of ${tables}`;
  const [[kind, value] = ['', '']] = Object.entries(connector as ConfiguredConnector).filter(
    ([key]) => key === 'airbyte' || key === 'image' || key === 'exec' || key === 'builtin',
  );
  return kind === 'builtin' ? `${value}` : `${kind} ${Array.isArray(value) ? value[0] : value}`;
}

/** Which of the company's own fields and words it maps, and how many tables of files. */
function mappingOf({ fields, values }: SourceConfig): string {
  const mapped = Object.entries(fields).map(([field, column]) => `${field} = ${column}`);
  const words = Object.keys(values).map((vocabulary) => `words of ${vocabulary}`);
  return [...mapped, ...words].join(', ');
}

async function readMap(warehouse: Warehouse, config: Config): Promise<SourceMap> {
  const { db } = warehouse;
  const freshness = await db
    .selectFrom('marts.fct_source_freshness')
    .select(['source_name', 'last_ok_at', 'last_status', 'is_stale', 'is_late', 'last_rejected_count'])
    .execute();
  const streams = await db
    .selectFrom('ops.streams')
    .select([
      'source_name',
      'stream',
      'is_connected',
      'sync_mode',
      'row_count',
      'rejected_count',
      'last_synced_at',
    ])
    .orderBy('source_name')
    .orderBy('stream')
    .execute();
  const signals = await db
    .selectFrom('marts.fct_signal_coverage')
    .select([
      'signal',
      'weight',
      'share',
      'account_count',
      'n',
      'source_names',
      'needs',
      'streams_not_landed',
      'advice',
    ])
    .orderBy('weight', 'desc')
    .orderBy('signal')
    .execute();
  const sources = config.sources.map((source) => {
    const last = freshness.find((each) => each.source_name === source.name);
    const own = streams.filter((each) => each.source_name === source.name && each.is_connected);
    return {
      source: source.name,
      kind: source.kind,
      method: methodOf(source),
      every:
        source.every ?? (source.connector ? (config.schedule ? 'each run of the schedule' : 'each run') : ''),
      red_line_hours: redLineHours(source),
      last_ok_at: last?.last_ok_at ?? null,
      state:
        last === undefined
          ? source.connector === undefined
            ? 'read in place'
            : 'never synced'
          : last.is_stale
            ? 'past its red line'
            : last.is_late
              ? 'late'
              : last.last_status,
      streams: own.length,
      rows: own.reduce((sum, each) => sum + Number(each.row_count), 0),
      mapping: mappingOf(source),
    };
  });
  return { sources, streams, signals };
}

function mapText({ sources, signals }: SourceMap): string {
  const silent = signals.filter((row) => row.advice !== null);
  const rows = signals.map((row) => ({
    signal: row.signal,
    weight: row.weight,
    speaks_of: percent(row.share as number | null, 0),
    from: row.source_names,
    what_it_takes: row.needs,
  }));
  return [
    table(
      filled(
        ['source', 'kind', 'method', 'every', 'state', 'last_ok_at', 'streams', 'rows', 'mapping'],
        sources,
      ),
      sources,
    ),
    `Signals, and of how many accounts in scope they speak\n${table(['signal', 'weight', 'speaks_of', 'from', 'what_it_takes'], rows)}`,
    ...(silent.length === 0
      ? []
      : [
          `To gain, most weight first\n${silent.map((row) => `  ${row.signal} (weight ${row.weight}): ${row.advice}.`).join('\n')}`,
        ]),
  ].join('\n\n');
}

export const sourcesVerb = () =>
  daylessVerb(
    new Command('sources').description(
      'how each source is read, what landed of it, and what each signal makes of it or lacks',
    ),
    'it reads what was last built',
  ).action(async (options) => {
    const config = await configOf(options.config, 'sources');
    const map = await reading(config, async (warehouse) => {
      await requireBuilt(warehouse, [
        'marts.fct_source_freshness',
        'marts.fct_signal_coverage',
        'ops.streams',
      ]);
      return readMap(warehouse, config);
    });
    show(options, { value: map, text: mapText(map) });
  });
