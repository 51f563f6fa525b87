import { createReadStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Warehouse } from '../warehouse/index.ts';
import {
  type ConnectionCheck,
  type Connector,
  checkConnector,
  discoverStreams,
  readRecords,
} from './connector.ts';
import { ConnectorConfig } from './connector-config.ts';
import {
  errorReport,
  IngestError,
  landingFailed,
  nothingSelected,
  recordsLost,
  rowsRejected,
  streamGone,
  streamIncomplete,
} from './errors.ts';
import { memberTexts } from './json-text.ts';
import type { OtherMessage, RecordLines } from './message-reader.ts';
import { type AirbyteCatalog, type AirbyteState, type AirbyteTrace, airbyteCatalog } from './protocol.ts';
import { LineBuffer, type LineFile } from './raw-table.ts';
import { redactor } from './redact.ts';
import { acceptsShrink, refuseShrink, rejectedShare } from './shrink.ts';
import type { SourceSpec, StreamResult, SyncOptions, SyncResult } from './source.ts';
import { BUILTIN_SOURCES } from './sources/index.ts';
import { isShared, SourceMemory } from './state.ts';
import { configureCatalog, descriptorKey, planStreams, type StreamPlan } from './stream-plan.ts';

const DEFAULT_TIMEOUT_SECONDS = 3_600;
/** States that come sooner than this after a commit wait for the next one; so a chatty connector stays quick. */
const COMMIT_AFTER = { bytes: 64 * 1024 * 1024, seconds: 5 };
const PROGRESS_SECONDS = 0.5;

/**
 * Reads a source and lands what it gives in `raw.<source>__<stream>`, one table a stream. Records are committed
 * together with the state that follows them, so it may be stopped at any instant and run again. A stream that fails
 * does not stop the others, and nothing is thrown for it: the result says what became of each stream.
 *
 * @example
 * await syncSource({ name: 'crm', kind: 'salesforce', connector: { exec: ['source-salesforce'], config } }, warehouse, options)
 * // { source: 'crm', status: 'succeeded', streams: [{ stream: 'Account', status: 'succeeded', rows_received: 300, … }] }
 */
export async function syncSource(
  source: SourceSpec,
  warehouse: Warehouse,
  options: SyncOptions,
): Promise<SyncResult> {
  const builtin = 'builtin' in source.connector ? BUILTIN_SOURCES[source.connector.builtin] : undefined;
  if (builtin !== undefined && 'sync' in builtin) return builtin.sync(source, warehouse, options);
  const connector = connectorOf(source, options);
  try {
    return await new SourceSync(source, warehouse, options, connector).run();
  } catch (error) {
    return { source: source.name, status: 'failed', streams: [], error: errorReport(error) };
  } finally {
    rmSync(connector.scratchDir, { recursive: true, force: true });
  }
}

/** Whether the source's configuration works, by asking its connector. Throws `CONNECTOR_*` when it cannot be asked. */
export async function checkSource(source: SourceSpec, options: SyncOptions): Promise<ConnectionCheck> {
  const builtin = 'builtin' in source.connector ? BUILTIN_SOURCES[source.connector.builtin] : undefined;
  if (builtin !== undefined && 'sync' in builtin) return { ok: true }; // its files are looked at when they are read
  const connector = connectorOf(source, options);
  try {
    return await checkConnector(connector);
  } finally {
    rmSync(connector.scratchDir, { recursive: true, force: true });
  }
}

function connectorOf({ name, connector }: SourceSpec, options: SyncOptions): Connector {
  const builtin = 'builtin' in connector ? BUILTIN_SOURCES[connector.builtin] : undefined;
  const program = 'builtin' in connector ? undefined : connector;
  const exec = builtin !== undefined && 'exec' in builtin ? builtin.exec : program?.exec;
  if (exec === undefined) throw new TypeError(`source ${name} has no program`);

  const config = new ConnectorConfig(options.workDir, name, connector.config);
  let redact = redactor([connector.config, program?.env, JSON.parse(config.text)]);
  return {
    exec,
    config: () => config.text,
    ...(program?.env === undefined ? {} : { env: program.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    scratchDir: join(options.workDir, 'sync', name),
    timeoutSeconds: program?.timeout_seconds ?? options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    ...(program?.max_line_mb === undefined ? {} : { longestLine: program.max_line_mb * 2 ** 20 }),
    log: (level, text) => options.log?.(level, redact(text)),
    onConfig: (text) => {
      redact = redactor([connector.config, program?.env, JSON.parse(config.text), JSON.parse(text)]);
      config.keep(text);
    },
    redact: (text) => redact(text),
  };
}

/** What one sync knows of a stream. */
interface StreamRun {
  readonly plan: StreamPlan;
  readonly buffer: LineBuffer;
  readonly generationId: number;
  /** Rows that were landed of it before this sync; undefined until it is asked. */
  before: number | undefined;
  received: number;
  /** The connector's estimate of what is to come in all. */
  expected: number | undefined;
  /** Records since the stream's last state. */
  sinceState: number;
  /** The last state whose records are marked in the buffer. */
  state: string | undefined;
  /** The last STREAM_STATUS. */
  status: string | undefined;
  /** Why the connector says that the stream failed. */
  reason: string | undefined;
  error: IngestError | undefined;
  /** It has landed as a whole; a `replace` takes no more records. */
  isWhole: boolean;
  /** A landing of it failed: nothing that came after may land. */
  isBroken: boolean;
  landed: number;
  rejected: number;
  nulled: number;
  /** The number of lines that the batches before this one had. */
  lines: number;
}

class SourceSync {
  readonly #source: SourceSpec;
  readonly #warehouse: Warehouse;
  readonly #options: SyncOptions;
  readonly #connector: Connector;
  readonly #memory: SourceMemory;
  readonly #runs = new Map<string, StreamRun>();
  readonly #strangers = new Set<string>();
  /** Records since the last state of all streams, in every stream and in the incremental ones. */
  #sinceShared = { all: 0, incremental: 0 };
  #sharedState: string | undefined;
  #hasSharedStates = false;
  #committedAt = performance.now();
  /** The landing that is on its way. */
  #landing: Promise<void> = Promise.resolve();
  #reportedAt = 0;

  constructor(source: SourceSpec, warehouse: Warehouse, options: SyncOptions, connector: Connector) {
    this.#source = source;
    this.#warehouse = warehouse;
    this.#options = options;
    this.#connector = connector;
    this.#memory = new SourceMemory(warehouse, source.name, options.now);
  }

  async run(): Promise<SyncResult> {
    const { scratchDir } = this.#connector;
    rmSync(scratchDir, { recursive: true, force: true }); // what a killed run left
    mkdirSync(scratchDir, { recursive: true, mode: 0o700 });
    await this.#memory.prepare();
    const { streams: plans, refused: unplanned } = planStreams(this.#source, await this.#catalog());
    if (plans.length === 0 && unplanned.length === 0) throw nothingSelected(this.#source.name);
    const refused = [
      ...unplanned,
      ...(await this.#gone([...plans.map(({ key }) => key), ...unplanned.map(({ stream }) => stream)])),
    ];
    await this.#memory.connectOnly([...plans.map(({ key }) => key), ...refused.map(({ stream }) => stream)]);

    let failure: Error | undefined;
    if (plans.length > 0) {
      const input = await this.#begin(plans);
      try {
        for await (const event of readRecords(this.#connector, input)) {
          if (event.type === 'RECORDS') this.#receive(event);
          else if (event.type === 'MESSAGE') await this.#obey(event);
        }
      } catch (error) {
        failure = error as Error;
      }
      await this.#finish(failure);
    }
    const streams = [
      ...[...this.#runs.values()].map((run) => this.#resultOf(run)),
      ...refused.map(({ stream, error }) => notRead(stream, error)),
    ];
    return summary(this.#source.name, streams, failure);
  }

  async #catalog(): Promise<AirbyteCatalog> {
    const given = 'catalog' in this.#source.connector ? this.#source.connector.catalog : undefined;
    return given === undefined ? discoverStreams(this.#connector) : airbyteCatalog.parse(given);
  }

  /**
   * Streams that have landed rows and that the catalog does not offer any more, though tenure.yaml leaves it to the
   * catalog: somebody took a right away, or renamed them. They stay connected, as they were landed.
   */
  async #gone(known: readonly string[]): Promise<{ stream: string; error: IngestError }[]> {
    const options = Object.entries(this.#source.connector.streams ?? {});
    if (options.some(([, option]) => option.enabled !== false)) return [];
    const gone = [];
    for (const stream of await this.#memory.connected()) {
      if (known.includes(stream) || options.some(([name]) => name === stream)) continue;
      const rows = await this.#memory.rowCount(stream);
      if (rows > 0 && !acceptsShrink(stream, this.#options))
        gone.push({ stream, error: streamGone(stream, rows, 'the catalog of the connector') });
    }
    return gone;
  }

  async #begin(plans: readonly StreamPlan[]): Promise<{ catalog: string; state: string | undefined }> {
    const before = await this.#memory.generations();
    const generations = new Map<string, number>();
    for (const [index, plan] of plans.entries()) {
      const last = before.get(plan.key) ?? 0;
      const generationId = plan.write.kind === 'replace' ? last + 1 : Math.max(last, 1);
      const folder = join(this.#connector.scratchDir, `stream-${index}`);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      generations.set(plan.key, generationId);
      this.#runs.set(descriptorKey(plan.stream), {
        plan,
        buffer: new LineBuffer(folder),
        generationId,
        before: undefined,
        received: 0,
        expected: undefined,
        sinceState: 0,
        state: undefined,
        status: undefined,
        reason: undefined,
        error: undefined,
        isWhole: false,
        isBroken: false,
        landed: 0,
        rejected: 0,
        nulled: 0,
        lines: 0,
      });
    }
    const syncId = Date.parse(this.#options.now());
    const catalog = JSON.stringify(configureCatalog(plans, generations, syncId));
    return { catalog, state: await this.#memory.stateFor(plans) };
  }

  #receive(records: RecordLines): void {
    const run = this.#runOf({ name: records.stream, namespace: records.namespace });
    if (run === undefined) {
      this.#warnOnce(
        records.stream,
        `records of stream "${records.stream}", which was not asked for, are ignored`,
      );
      return;
    }
    run.received += records.count;
    run.sinceState += records.count;
    this.#sinceShared.all += records.count;
    if (run.plan.syncMode === 'incremental') this.#sinceShared.incremental += records.count;
    if (run.isWhole && run.plan.write.kind === 'replace') {
      run.error ??= streamIncomplete(
        run.plan.key,
        'the connector sent records after it said that the stream was complete',
      );
    }
    if (run.error === undefined) run.buffer.append(records);
    this.#report(run);
  }

  async #obey({ message, text }: OtherMessage): Promise<void> {
    if (message.type === 'TRACE') return this.#trace(message.trace);
    if (message.type !== 'STATE') return;
    const stateText = memberTexts(text)?.get('state');
    if (stateText === undefined) return;
    if (isShared(message.state)) this.#markAll(message.state, stateText);
    else this.#markStream(message.state, stateText);
    const waiting = [...this.#runs.values()].reduce((sum, run) => sum + run.buffer.markedBytes, 0);
    const seconds = (performance.now() - this.#committedAt) / 1000;
    const most = this.#options.commitAfter ?? COMMIT_AFTER;
    if (waiting >= most.bytes || seconds >= most.seconds) await this.#behind(() => this.#commit());
  }

  #markStream({ stream, sourceStats }: AirbyteState, text: string): void {
    const run = stream ? this.#runOf(stream.stream_descriptor) : undefined;
    if (run === undefined || run.error !== undefined) return;
    const expected = sourceStats?.recordCount;
    if (typeof expected === 'number' && expected !== run.sinceState) {
      run.error = recordsLost(`stream "${run.plan.key}"`, expected, run.sinceState);
      return;
    }
    run.sinceState = 0;
    if (run.plan.write.kind === 'replace') return; // lands as a whole, or not at all
    run.buffer.mark();
    if (run.plan.syncMode === 'incremental') run.state = text;
  }

  #markAll({ sourceStats }: AirbyteState, text: string): void {
    this.#hasSharedStates = true;
    const runs = [...this.#runs.values()].filter((run) => run.plan.write.kind !== 'replace');
    const incremental = runs.filter((run) => run.plan.syncMode === 'incremental');
    const expected = sourceStats?.recordCount;
    const { all, incremental: received } = this.#sinceShared;
    if (typeof expected === 'number' && expected !== all && expected !== received) {
      for (const run of incremental) run.error ??= recordsLost('all streams', expected, received);
    }
    this.#sinceShared = { all: 0, incremental: 0 };
    if (incremental.some((run) => run.error !== undefined)) return; // it speaks for records that are not landed
    for (const run of runs) {
      if (run.error !== undefined) continue;
      run.sinceState = 0;
      run.buffer.mark();
    }
    this.#sharedState = text;
  }

  async #trace(trace: AirbyteTrace): Promise<void> {
    if (trace.error) {
      const { message, stream_descriptor } = trace.error;
      const run = stream_descriptor ? this.#runOf(stream_descriptor) : undefined;
      if (run !== undefined) run.reason = this.#connector.redact(message);
      this.#connector.log('error', message);
    }
    if (trace.estimate?.type === 'STREAM' && trace.estimate.row_estimate != null) {
      const run = this.#runOf({ name: trace.estimate.name, namespace: trace.estimate.namespace });
      if (run !== undefined) run.expected = trace.estimate.row_estimate;
    }
    if (!trace.stream_status) return;
    const run = this.#runOf(trace.stream_status.stream_descriptor);
    if (run === undefined) return;
    run.status = trace.stream_status.status;
    // Under a state of all streams, records wait for it: landed without it they could come twice.
    const waits = this.#hasSharedStates && run.plan.syncMode === 'incremental';
    if (run.status === 'COMPLETE' && run.error === undefined && !waits) {
      run.buffer.mark();
      run.isWhole = true;
      await this.#behind(() => this.#commitStream(run));
    }
  }

  /** Lands while the connector is read on; the next landing waits for it, so that what is on the way stays bounded. */
  async #behind(land: () => Promise<void>): Promise<void> {
    await this.#landing;
    this.#landing = land();
    this.#landing.catch(() => {}); // whoever waits for it next is told
  }

  /** Lands what the end of the program vouches for and gives up the rest. */
  async #finish(failure: Error | undefined): Promise<void> {
    await this.#landing;
    const runs = [...this.#runs.values()];
    const speaksOfStatus = runs.some((run) => run.status !== undefined);
    for (const run of runs) {
      const isDone = run.status === 'COMPLETE' || (failure === undefined && !speaksOfStatus);
      if (!isDone) {
        const reason = run.reason ?? (failure && 'the connector stopped before it');
        run.error ??= streamIncomplete(run.plan.key, reason);
      } else if (run.error === undefined && !run.isWhole) {
        run.buffer.mark();
        run.isWhole = true;
      }
    }
    await this.#commit();
    for (const run of runs) run.buffer.close();
  }

  /** Lands all that is marked: each stream in a transaction of its own, or all in one with the state of all. */
  async #commit(): Promise<void> {
    this.#committedAt = performance.now();
    const runs = [...this.#runs.values()];
    const shared = this.#sharedState;
    if (shared === undefined) {
      for (const run of runs) await this.#commitStream(run);
      return;
    }
    this.#sharedState = undefined;
    const [joined, alone] = [
      runs.filter((run) => run.plan.write.kind !== 'replace'),
      runs.filter((run) => run.plan.write.kind === 'replace'),
    ];
    const taken = joined.map((run) => [run, run.buffer.take()] as const);
    try {
      if (joined.some((run) => run.isBroken)) return;
      const landings = await this.#warehouse.transaction(async () => {
        const results = [];
        for (const [run, file] of taken)
          results.push(file === undefined ? undefined : await this.#land(run, file));
        await this.#memory.keepSharedState(shared);
        return results;
      });
      taken.forEach(([run], index) => {
        this.#note(run, landings[index]);
      });
    } catch (error) {
      for (const run of joined) this.#breakOff(run, error);
    } finally {
      for (const [, file] of taken) if (file !== undefined) rmSync(file.path, { force: true });
    }
    for (const run of alone) await this.#commitStream(run);
  }

  async #commitStream(run: StreamRun): Promise<void> {
    const file = run.buffer.take();
    const { state } = run;
    run.state = undefined;
    if (file === undefined) return;
    try {
      if (run.isBroken) return;
      const landing = await this.#warehouse.transaction(async () => {
        const result = await this.#land(run, file);
        if (state !== undefined) await this.#memory.keepStreamState(run.plan.key, state);
        return result;
      });
      this.#note(run, landing);
    } catch (error) {
      this.#breakOff(run, error);
    } finally {
      rmSync(file.path, { force: true });
    }
  }

  #breakOff(run: StreamRun, error: unknown): void {
    run.isBroken = true;
    run.error ??= error instanceof IngestError ? error : landingFailed(run.plan.key, run.plan.table, error);
  }

  async #land(run: StreamRun, file: LineFile): Promise<Landed> {
    const { plan } = run;
    // Only what replaces a table takes rows away; all else adds versions, of which a deletion is one.
    const refuseLoss = (rows: number) => {
      if (plan.write.kind !== 'replace') return;
      refuseShrink(plan.key, run.before ?? 0, rows, this.#options);
    };
    run.before ??= await this.#memory.rowCount(plan.key);
    refuseLoss(file.lineCount);
    const result = await this.#warehouse.landRecords({
      table: plan.table,
      files: [file.path],
      lineCount: file.lineCount,
      longestLine: file.longestLine,
      columns: plan.columns,
      generationId: run.generationId,
      write: plan.write,
    });
    refuseLoss(result.rowCount); // some lines may be no records
    const rejected = result.unreadableLines.length;
    if (plan.syncMode === 'full_refresh' && run.lines === 0) await this.#memory.forgetRejected(plan.key);
    if (rejected > 0) {
      const lines = await linesOf(file.path, new Set(result.unreadableLines));
      await this.#memory.reject(
        plan.key,
        lines.map(({ number, text }) => ({ number: number + run.lines, text })),
      );
    }
    await this.#memory.keepStream({
      stream: plan.key,
      syncMode: plan.syncMode,
      generationId: result.generationId,
      rowCount: result.rowCount,
      rejectedCount: run.rejected + rejected,
    });
    return { ...result, rejected, lines: file.lineCount };
  }

  #note(run: StreamRun, landed: Landed | undefined): void {
    if (landed === undefined) return;
    run.landed += landed.landed;
    run.rejected += landed.rejected;
    run.lines += landed.lines;
    this.#options.log?.('debug', `raw.${run.plan.table}: ${landed.lines} records committed`);
    this.#progress(run);
    for (const [column, count] of Object.entries(landed.nulled)) {
      run.nulled += count;
      const type = run.plan.columns.find(({ name }) => name === column)?.type;
      this.#options.log?.(
        'warn',
        `raw.${run.plan.table}: ${count} values of ${column} are no ${type}; they are null, and named in _airbyte_meta`,
      );
    }
    if (landed.rejected > 0) {
      this.#options.log?.(
        'warn',
        `raw.${run.plan.table}: ${landed.rejected} records are no readable JSON, or say no instant as emitted_at; they are in raw._rejected`,
      );
    }
  }

  #runOf(descriptor: {
    readonly name: string;
    readonly namespace?: string | null | undefined;
  }): StreamRun | undefined {
    const exact = this.#runs.get(descriptorKey(descriptor));
    if (exact !== undefined) return exact;
    // Some connectors leave the namespace out of states and statuses.
    const named = [...this.#runs.values()].filter((run) => run.plan.stream.name === descriptor.name);
    return named.length === 1 ? named[0] : undefined;
  }

  #warnOnce(key: string, text: string): void {
    if (this.#strangers.has(key)) return;
    this.#strangers.add(key);
    this.#options.log?.('warn', `${this.#source.name}: ${text}`);
  }

  #report(run: StreamRun): void {
    const at = performance.now();
    if (at - this.#reportedAt < PROGRESS_SECONDS * 1000) return;
    this.#reportedAt = at;
    this.#progress(run);
  }

  #progress(run: StreamRun): void {
    this.#options.onProgress?.({
      source: this.#source.name,
      stream: run.plan.key,
      rows: run.received,
      ...(run.expected === undefined ? {} : { expected: run.expected }),
    });
  }

  #resultOf(run: StreamRun): StreamResult {
    const share = rejectedShare(run.rejected, run.received, this.#options);
    if (share !== undefined) run.error ??= rowsRejected(run.plan.key, run.rejected, run.received, share);
    return {
      stream: run.plan.key,
      status: run.error === undefined ? 'succeeded' : 'failed',
      rows_received: run.received,
      rows_landed: run.landed,
      rows_rejected: run.rejected,
      values_nulled: run.nulled,
      ...(run.error === undefined ? {} : { error: errorReport(run.error) }),
    };
  }
}

interface Landed {
  readonly landed: number;
  readonly rejected: number;
  readonly lines: number;
  readonly nulled: Readonly<Record<string, number>>;
}

async function linesOf(
  path: string,
  wanted: ReadonlySet<number>,
): Promise<{ number: number; text: string }[]> {
  const found: { number: number; text: string }[] = [];
  let number = 0;
  for await (const text of createInterface({
    input: createReadStream(path),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    number += 1;
    if (wanted.has(number)) found.push({ number, text });
  }
  return found;
}

const notRead = (stream: string, error: Error): StreamResult => ({
  stream,
  status: 'failed',
  rows_received: 0,
  rows_landed: 0,
  rows_rejected: 0,
  values_nulled: 0,
  error: errorReport(error),
});

function summary(source: string, streams: readonly StreamResult[], failure: Error | undefined): SyncResult {
  const failed = streams.filter((stream) => stream.status === 'failed').length;
  const isClean = failed === 0 && failure === undefined;
  const status = isClean ? 'succeeded' : failed === streams.length ? 'failed' : 'partial';
  return { source, status, streams, ...(failure === undefined ? {} : { error: errorReport(failure) }) };
}
