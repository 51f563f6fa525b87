import { type Column, instantParameter, type Warehouse } from '../warehouse/index.ts';
import { memberTexts } from './json-text.ts';
import type { AirbyteState } from './protocol.ts';
import type { StreamPlan } from './stream-plan.ts';

const STREAMS: readonly Column[] = [
  { name: 'source_name', type: 'string' },
  { name: 'stream', type: 'string' },
  { name: 'is_connected', type: 'boolean' },
  { name: 'sync_mode', type: 'string' },
  { name: 'generation_id', type: 'integer' },
  { name: 'row_count', type: 'integer' },
  { name: 'rejected_count', type: 'integer' },
  { name: 'last_synced_at', type: 'timestamp' },
];

/** Text, not JSON: a warehouse may print JSON in its own way. */
const SYNC_STATES: readonly Column[] = [
  { name: 'source_name', type: 'string' },
  { name: 'stream', type: 'string' },
  { name: 'state', type: 'string' },
  { name: 'updated_at', type: 'timestamp' },
];

export const REJECTED: readonly Column[] = [
  { name: 'source_name', type: 'string' },
  { name: 'stream', type: 'string' },
  { name: 'file_name', type: 'string' },
  { name: 'line_number', type: 'integer' },
  { name: 'column_name', type: 'string' },
  { name: 'reason', type: 'string' },
  { name: 'severity', type: 'string' },
  { name: 'record_key', type: 'string' },
  { name: 'content', type: 'string' },
];

/** The name under which one state of all streams is kept. */
const ALL_STREAMS = '';

/** What is landed of a stream, as `ops.streams` says it. */
export interface LandedStream {
  readonly stream: string;
  readonly syncMode: string;
  readonly generationId: number;
  readonly rowCount: number;
  readonly rejectedCount: number;
}

/** What the warehouse remembers of one source: landed streams, states, rejected rows. */
export class SourceMemory {
  readonly #warehouse: Warehouse;
  readonly #source: string;
  readonly #now: () => string;

  constructor(warehouse: Warehouse, source: string, now: () => string) {
    this.#warehouse = warehouse;
    this.#source = source;
    this.#now = now;
  }

  async prepare(): Promise<void> {
    await this.#warehouse.ensureSchemas();
    await this.#warehouse.ensureTable('ops', 'streams', STREAMS);
    await this.#warehouse.ensureTable('ops', 'sync_states', SYNC_STATES);
    await this.#warehouse.ensureTable('raw', '_rejected', REJECTED);
  }

  async generations(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#warehouse.db
      .selectFrom('ops.streams')
      .select(['stream', 'generation_id'])
      .where('source_name', '=', this.#source)
      .execute();
    return new Map(rows.map((row) => [row.stream, row.generation_id]));
  }

  /** Rows that are landed of a stream, as its last landing left them; 0 when there was none. */
  async rowCount(stream: string): Promise<number> {
    const row = await this.#warehouse.db
      .selectFrom('ops.streams')
      .select('row_count')
      .where('source_name', '=', this.#source)
      .where('stream', '=', stream)
      .executeTakeFirst();
    return row?.row_count ?? 0;
  }

  /** Streams that are connected, in no order. */
  async connected(): Promise<string[]> {
    const rows = await this.#warehouse.db
      .selectFrom('ops.streams')
      .select('stream')
      .where('source_name', '=', this.#source)
      .where('is_connected', '=', true)
      .execute();
    return rows.map((row) => row.stream);
  }

  /**
   * The text for the connector's `--state`: what each incremental stream that is still landed was last left at.
   * Undefined when there is nothing to go on from.
   */
  async stateFor(plans: readonly StreamPlan[]): Promise<string | undefined> {
    const rows = await this.#warehouse.db
      .selectFrom('ops.sync_states')
      .select(['stream', 'state'])
      .where('source_name', '=', this.#source)
      .orderBy('stream')
      .execute();
    const incremental = plans.filter((plan) => plan.syncMode === 'incremental');
    if (incremental.length === 0) return undefined;
    const shared = rows.find((row) => row.stream === ALL_STREAMS)?.state;
    if (shared !== undefined) {
      const members = memberTexts(shared);
      return members?.get('type') === '"GLOBAL"' ? `[${shared}]` : members?.get('data');
    }
    const tables = new Set(await this.#warehouse.listTables('raw'));
    const kept = rows.filter((row) =>
      incremental.some((plan) => plan.key === row.stream && tables.has(plan.table)),
    );
    return kept.length === 0 ? undefined : `[${kept.map((row) => row.state).join(',')}]`;
  }

  /** Keeps a stream's state; a state of all streams from an earlier version of the connector gives way. */
  async keepStreamState(stream: string, text: string): Promise<void> {
    await this.#forgetStates([stream, ALL_STREAMS]);
    await this.#keep(stream, text);
  }

  /** Keeps the state of all streams (GLOBAL or LEGACY) in place of every other. */
  async keepSharedState(text: string): Promise<void> {
    await this.#warehouse.db.deleteFrom('ops.sync_states').where('source_name', '=', this.#source).execute();
    await this.#keep(ALL_STREAMS, text);
  }

  async keepStream({ stream, syncMode, generationId, rowCount, rejectedCount }: LandedStream): Promise<void> {
    await this.#warehouse.db
      .deleteFrom('ops.streams')
      .where('source_name', '=', this.#source)
      .where('stream', '=', stream)
      .execute();
    await this.#warehouse.db
      .insertInto('ops.streams')
      .values({
        source_name: this.#source,
        stream,
        is_connected: true,
        sync_mode: syncMode,
        generation_id: generationId,
        row_count: rowCount,
        rejected_count: rejectedCount,
        last_synced_at: instantParameter(this.#now()),
      })
      .execute();
  }

  /** Says that of all landed streams of the source only these are still connected. */
  async connectOnly(streams: readonly string[]): Promise<void> {
    const rows = await this.#warehouse.db
      .selectFrom('ops.streams')
      .select(['stream', 'is_connected'])
      .where('source_name', '=', this.#source)
      .execute();
    for (const { stream, is_connected } of rows) {
      if (is_connected === streams.includes(stream)) continue;
      await this.#warehouse.db
        .updateTable('ops.streams')
        .set({ is_connected: !is_connected })
        .where('source_name', '=', this.#source)
        .where('stream', '=', stream)
        .execute();
    }
  }

  /** Notes record lines of a stream that could not be read. */
  async reject(
    stream: string,
    lines: readonly { readonly number: number; readonly text: string }[],
  ): Promise<void> {
    await this.#warehouse.loadRows(
      'raw',
      '_rejected',
      REJECTED,
      lines.map(({ number, text }) => ({
        source_name: this.#source,
        stream,
        file_name: stream,
        line_number: number,
        reason: isRecord(text) ? 'bad_emitted_at' : 'bad_json',
        severity: 'row',
        content: text,
      })),
    );
  }

  /** Forgets what earlier syncs rejected of a stream that is read anew. */
  async forgetRejected(stream: string): Promise<void> {
    await this.#warehouse.db
      .deleteFrom('raw._rejected')
      .where('source_name', '=', this.#source)
      .where('file_name', '=', stream)
      .execute();
  }

  async #forgetStates(streams: readonly string[]): Promise<void> {
    await this.#warehouse.db
      .deleteFrom('ops.sync_states')
      .where('source_name', '=', this.#source)
      .where('stream', 'in', streams)
      .execute();
  }

  async #keep(stream: string, text: string): Promise<void> {
    await this.#warehouse.db
      .insertInto('ops.sync_states')
      .values({ source_name: this.#source, stream, state: text, updated_at: instantParameter(this.#now()) })
      .execute();
  }
}

/** Whether a line that was not landed is a record all the same: then it is its `emitted_at` that is no instant. */
function isRecord(text: string): boolean {
  try {
    const data: unknown = JSON.parse(text)?.record?.data;
    return typeof data === 'object' && data !== null && !Array.isArray(data);
  } catch {
    return false;
  }
}

/** Whether the state is of all streams: GLOBAL, LEGACY, or of the time before states had types. */
export const isShared = (state: AirbyteState) => state.type !== 'STREAM';
