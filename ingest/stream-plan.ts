import type { FieldPath, LandingColumn, LandingWrite } from '../warehouse/index.ts';
import { type IngestError, keyUnknown, streamUnknown, tableTaken } from './errors.ts';
import type { AirbyteCatalog, AirbyteStream, ConfiguredCatalog, StreamDescriptor } from './protocol.ts';
import { rawTableName } from './raw-table.ts';
import type { SourceSpec, StreamOptions } from './source.ts';
import { streamColumns } from './stream-columns.ts';
import { vendorOf } from './vendors/index.ts';

/** How one stream is read and landed. */
export interface StreamPlan {
  /** The stream's name, with its namespace in front where a source has the name twice. */
  readonly key: string;
  readonly stream: AirbyteStream;
  readonly table: string;
  readonly syncMode: 'full_refresh' | 'incremental';
  readonly columns: readonly LandingColumn[];
  readonly write: LandingWrite;
  readonly primaryKey: readonly (readonly string[])[] | undefined;
  readonly cursor: readonly string[] | undefined;
}

export interface SyncPlan {
  readonly streams: readonly StreamPlan[];
  /** Streams that tenure.yaml asks for and that cannot be read as it says. */
  readonly refused: readonly { readonly stream: string; readonly error: IngestError }[];
}

export const descriptorKey = ({ name, namespace }: StreamDescriptor) =>
  JSON.stringify([namespace ?? null, name]);

/**
 * Which streams of the catalog are read, and how. Without options all of them are; options that name streams select
 * those, and options that only disable streams select the others.
 */
export function planStreams(source: SourceSpec, catalog: AirbyteCatalog): SyncPlan {
  const options = source.connector.streams ?? {};
  const keyOf = streamKeys(catalog);
  const isWanted = (key: string) => {
    if (options[key] !== undefined) return options[key].enabled !== false;
    return Object.values(options).every((option) => option.enabled === false);
  };
  const streams: StreamPlan[] = [];
  const known = catalog.streams.map((stream) => keyOf(stream));
  const refused = Object.keys(options)
    .filter((key) => options[key]?.enabled !== false && !known.includes(key))
    .map((key) => ({ stream: key, error: streamUnknown(key, known) }));
  for (const stream of catalog.streams) {
    const key = keyOf(stream);
    if (!isWanted(key)) continue;
    const planned = planStream(source, key, stream, options[key] ?? {});
    const rival = streams.find(({ table }) => table.toLowerCase() === planned.table.toLowerCase());
    if (planned.error !== undefined) refused.push({ stream: key, error: planned.error });
    else if (rival !== undefined)
      refused.push({ stream: key, error: tableTaken(key, rival.key, planned.table) });
    else streams.push(planned);
  }
  return { streams, refused };
}

function streamKeys(catalog: AirbyteCatalog): (stream: AirbyteStream) => string {
  const seen = new Map<string, number>();
  for (const { name } of catalog.streams) seen.set(name, (seen.get(name) ?? 0) + 1);
  return ({ name, namespace }) => (seen.get(name) === 1 || !namespace ? name : `${namespace}.${name}`);
}

function planStream(
  source: SourceSpec,
  key: string,
  stream: AirbyteStream,
  options: StreamOptions,
): StreamPlan & { readonly error?: IngestError } {
  const columns = streamColumns(stream.json_schema);
  const primaryKey =
    options.primary_key?.map((path) => path.split('.')) ?? nonEmpty(stream.source_defined_primary_key);
  const cursor = options.cursor?.split('.') ?? nonEmpty(stream.default_cursor_field);
  const isIncremental =
    options.mode !== 'overwrite' &&
    options.sync_mode !== 'full_refresh' &&
    (stream.supported_sync_modes ?? []).includes('incremental') &&
    (options.sync_mode === 'incremental' || cursor !== undefined || stream.source_defined_cursor === true);
  const syncMode = isIncremental ? 'incremental' : 'full_refresh';

  const table = rawTableName(source.name, key);
  const plan = { key, stream, table, syncMode, columns, primaryKey, cursor } as const;
  const unknown = [
    ...(options.primary_key ?? []),
    ...(options.cursor === undefined ? [] : [options.cursor]),
  ].find((path) => fieldOf(columns, path.split('.')) === undefined);
  const states = (vendorOf(source.kind)?.statesOfAnInstant ?? []).flatMap((name) => {
    const path = fieldOf(columns, [name]);
    return path === undefined ? [] : [path];
  });
  const write = landingWrite(plan, options.mode ?? (source.kind === 'raw' ? 'latest' : 'history'), states);
  return unknown === undefined ? { ...plan, write } : { ...plan, write, error: keyUnknown(key, unknown) };
}

const nonEmpty = <T>(list: readonly T[] | null | undefined) =>
  list === null || list === undefined || list.length === 0 ? undefined : list;

/** The column that holds a path of the record; a key that the stream does not declare is none. */
function fieldOf(columns: readonly LandingColumn[], path: readonly string[]): FieldPath | undefined {
  const [property, ...names] = path;
  const column = columns.find((candidate) => candidate.property === property);
  return column === undefined ? undefined : [column.name, ...names];
}

function landingWrite(
  { columns, primaryKey, cursor, syncMode }: Omit<StreamPlan, 'write'>,
  mode: NonNullable<StreamOptions['mode']>,
  states: readonly FieldPath[],
): LandingWrite {
  const key = primaryKey?.map((path) => fieldOf(columns, path));
  const isKeyed = key?.every((path) => path !== undefined) ?? false;
  const order = cursor === undefined ? undefined : fieldOf(columns, cursor);
  if (mode === 'append') return { kind: 'append' };
  if (mode === 'overwrite' || (!isKeyed && syncMode === 'full_refresh')) return { kind: 'replace' };
  const allColumns = columns.map(({ name }): FieldPath => [name]);
  if (!isKeyed) return { kind: 'upsert', key: allColumns, order: undefined };
  const keyed = key as FieldPath[];
  if (mode === 'latest') return { kind: 'upsert', key: keyed, order };
  if (order === undefined) return { kind: 'snapshot', key: keyed };
  return { kind: 'upsert', key: [...keyed, order, ...states], order: undefined };
}

/** The catalog to hand to `read`. `generations` gives the generation that each stream's records will be of. */
export function configureCatalog(
  plans: readonly StreamPlan[],
  generations: ReadonlyMap<string, number>,
  syncId: number,
): ConfiguredCatalog {
  return {
    streams: plans.map(({ key, stream, syncMode, write, primaryKey, cursor }) => {
      const generation = generations.get(key) ?? 1;
      return {
        stream,
        sync_mode: syncMode,
        destination_sync_mode:
          write.kind === 'replace'
            ? 'overwrite'
            : write.kind === 'append' || primaryKey === undefined
              ? 'append'
              : 'append_dedup',
        ...(cursor === undefined ? {} : { cursor_field: [...cursor] }),
        ...(primaryKey === undefined ? {} : { primary_key: primaryKey.map((path) => [...path]) }),
        generation_id: generation,
        minimum_generation_id: write.kind === 'replace' ? generation : 0,
        sync_id: syncId,
      };
    }),
  };
}
