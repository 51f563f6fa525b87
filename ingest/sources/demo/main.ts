/**
 * A simulated company as an Airbyte source: `spec`, `check --config`, `discover --config`,
 * `read --config --catalog [--state]`. The configuration chooses one of its systems; all of them are views on one
 * simulation. Nothing in it is real.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { simulateCompany } from './company.ts';
import { CONFIG_SCHEMA, ConfigError, type DemoConfig, parseConfig, type System } from './config.ts';
import { Output } from './output.ts';
import { SALESFORCE_STREAMS, TASK_STREAM } from './salesforce.ts';
import { SEGMENT_STREAMS } from './segment.ts';
import type { DemoStream } from './stream.ts';
import { STRIPE_STREAMS } from './stripe.ts';
import { ZENDESK_STREAMS } from './zendesk.ts';

const STREAMS: Readonly<Record<System, readonly DemoStream[]>> = {
  salesforce: SALESFORCE_STREAMS,
  zendesk: ZENDESK_STREAMS,
  stripe: STRIPE_STREAMS,
  segment: SEGMENT_STREAMS,
};

const streamsOf = ({ system, path }: DemoConfig): readonly DemoStream[] =>
  system === 'salesforce' && path !== undefined ? [...SALESFORCE_STREAMS, TASK_STREAM] : STREAMS[system];

const RECORDS_PER_STATE = 50_000;

const output = new Output(process.stdout);

function discovered({ name, primaryKey, cursor, fields }: DemoStream) {
  return {
    name,
    json_schema: { $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', properties: fields },
    supported_sync_modes: ['full_refresh', 'incremental'],
    source_defined_cursor: true,
    default_cursor_field: [cursor],
    source_defined_primary_key: [[primaryKey]],
    is_resumable: true,
  };
}

/** What of the configured catalog and the states is read. */
interface Catalog {
  readonly streams: readonly { readonly stream: { readonly name: string }; readonly sync_mode: string }[];
}
type States = readonly {
  readonly stream?: {
    readonly stream_descriptor: { readonly name: string };
    readonly stream_state?: Readonly<Record<string, string | number>>;
  };
}[];

async function read(config: DemoConfig, catalog: Catalog, states: States): Promise<void> {
  const streams = streamsOf(config);
  const company = simulateCompany(config);
  for (const { stream: wanted, sync_mode } of catalog.streams) {
    const descriptor = { name: wanted.name };
    const stream = streams.find(({ name }) => name === wanted.name);
    if (stream === undefined) {
      output.trace('ERROR', {
        error: {
          message: `The ${config.system} of the demo company has no stream "${wanted.name}".`,
          failure_type: 'config_error',
          stream_descriptor: descriptor,
        },
      });
      output.status(descriptor, 'INCOMPLETE');
      continue;
    }
    const held = states.find((state) => state.stream?.stream_descriptor.name === stream.name);
    const cursor = sync_mode === 'incremental' ? held?.stream?.stream_state?.[stream.cursor] : undefined;
    const fromDay = cursor === undefined ? Number.NEGATIVE_INFINITY : stream.dayOfCursor(cursor) + 1;
    output.status(descriptor, 'STARTED');
    let lastCursor = cursor;
    let [sinceState, count] = [0, 0];
    const keepState = () => {
      const stream_state = lastCursor === undefined ? {} : { [stream.cursor]: lastCursor };
      output.state(descriptor, stream_state, sinceState);
      sinceState = 0;
    };
    for (const day of stream.days(company, fromDay)) {
      if (count === 0) output.status(descriptor, 'RUNNING');
      await output.records(stream.name, day.records);
      sinceState += day.records.length;
      count += day.records.length;
      lastCursor = day.cursor;
      if (sinceState >= RECORDS_PER_STATE) keepState();
    }
    output.trace('ESTIMATE', { estimate: { type: 'STREAM', name: stream.name, row_estimate: count } });
    keepState();
    output.status(descriptor, 'COMPLETE');
  }
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { config: { type: 'string' }, catalog: { type: 'string' }, state: { type: 'string' } },
});
const json = (path: string | undefined, name: string): unknown => {
  if (path === undefined) throw new ConfigError(`--${name} FILE is missing.`);
  return JSON.parse(readFileSync(path, 'utf8'));
};

try {
  switch (positionals[0]) {
    case 'spec':
      output.message({
        type: 'SPEC',
        spec: {
          protocol_version: '0.3.2',
          supportsIncremental: true,
          connectionSpecification: CONFIG_SCHEMA,
        },
      });
      break;
    case 'check':
      try {
        parseConfig(json(values.config, 'config'));
        output.message({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
      } catch (error) {
        const { message } = error as Error;
        output.message({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message } });
      }
      break;
    case 'discover': {
      const streams = streamsOf(parseConfig(json(values.config, 'config'))).map(discovered);
      output.message({ type: 'CATALOG', catalog: { streams } });
      break;
    }
    case 'read': {
      const config = parseConfig(json(values.config, 'config'));
      const states = values.state === undefined ? [] : (json(values.state, 'state') as States);
      await read(config, json(values.catalog, 'catalog') as Catalog, states);
      break;
    }
    default:
      throw new ConfigError(`Expected spec, check, discover or read, got ${positionals[0] ?? 'nothing'}.`);
  }
} catch (error) {
  const failure_type = error instanceof ConfigError ? 'config_error' : 'system_error';
  const { message, stack } = error as Error;
  output.trace('ERROR', { error: { message, failure_type, stack_trace: stack } });
  process.exitCode = 1;
}
await output.end();
