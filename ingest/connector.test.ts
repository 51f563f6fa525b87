import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type Connector,
  checkConnector,
  discoverStreams,
  readRecords,
  specifyConnector,
} from './connector.ts';
import { redactor } from './redact.ts';

const program = fileURLToPath(new URL('./fixtures/scripted-connector.ts', import.meta.url));
const record = '{"type":"RECORD","record":{"stream":"a","data":{"id":1},"emitted_at":1}}';

let folder: string;
let logged: string[];
let renewed: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-connector-'));
  logged = [];
  renewed = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function connectorWith(script: Record<string, readonly string[]>, more: Partial<Connector> = {}): Connector {
  for (const [verb, lines] of Object.entries(script)) {
    writeFileSync(join(folder, `${verb}.jsonl`), lines.join('\n'));
  }
  return {
    exec: [process.execPath, program, folder],
    config: () => '{"api_key":"sk_live_123"}',
    scratchDir: join(folder, 'scratch'),
    timeoutSeconds: 20,
    log: (level, text) => logged.push(`${level} ${text}`),
    onConfig: (text) => renewed.push(text),
    redact: redactor([{ api_key: 'sk_live_123' }]),
    ...more,
  };
}

async function read(connector: Connector): Promise<{ types: string[]; error: unknown }> {
  const types: string[] = [];
  try {
    for await (const event of readRecords(connector, { catalog: '{"streams":[]}', state: '[]' })) {
      types.push(event.type === 'MESSAGE' ? event.message.type : event.type);
    }
  } catch (error) {
    return { types, error };
  }
  return { types, error: undefined };
}

describe('a connector', () => {
  test('is asked for its specification, a check and its streams', async () => {
    const connector = connectorWith({
      spec: ['starting', '{"type":"SPEC","spec":{"connectionSpecification":{"type":"object"}}}'],
      check: ['{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}'],
      discover: ['{"type":"CATALOG","catalog":{"streams":[{"name":"a","json_schema":{}}]}}'],
    });
    expect(await specifyConnector(connector)).toEqual({ connectionSpecification: { type: 'object' } });
    expect(await checkConnector(connector)).toEqual({ ok: true });
    expect(await discoverStreams(connector)).toEqual({ streams: [{ name: 'a', json_schema: {} }] });
  });

  test('fails a check with exit code 0, and its message tells no secret', async () => {
    const connector = connectorWith({
      check: [
        '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"401 for sk_live_123"}}',
      ],
    });
    expect(await checkConnector(connector)).toEqual({ ok: false, message: '401 for ****' });
  });

  test('gets its files with rights for the owner only, and they are gone afterwards', async () => {
    const connector = connectorWith({ read: [record] });
    await read(connector);
    const call = JSON.parse(readFileSync(join(folder, 'calls.jsonl'), 'utf8'));
    expect(call).toEqual({
      verb: 'read',
      mode: '600',
      config: '{"api_key":"sk_live_123"}',
      catalog: '{"streams":[]}',
      state: '[]',
    });
    expect(readdirSync(join(folder, 'scratch'))).toEqual([]);
  });

  test('yields messages in order; log lines and renewed configuration go to their hooks', async () => {
    const { types, error } = await read(
      connectorWith({
        read: [
          'plain text',
          '{"type":"LOG","log":{"level":"WARN","message":"slow down"}}',
          record,
          record,
          '{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":1.5,"connectorConfig":{"config":{"id":9007199254740993 }}}}',
          '{"type":"STATE","state":{"data":{}}}',
          '!stderr a warning of Python',
        ],
      }),
    );
    expect(error).toBeUndefined();
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual(['RECORDS', 'STATE']);
    expect(logged.sort()).toEqual(['debug a warning of Python', 'info plain text', 'warn slow down']);
    expect(renewed).toEqual(['{"id":9007199254740993 }']);
  });

  test('that ends badly yields what it said first, then throws its reason and the end of stderr', async () => {
    const { types, error } = await read(
      connectorWith({
        read: [
          record,
          '{"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"quota used up"}}}',
          '!stderr Traceback: key sk_live_123',
          '!exit 3',
        ],
      }),
    );
    expect(types).toEqual(['RECORDS', 'TRACE']);
    expect(error).toMatchObject({ code: 'CONNECTOR_FAILED', data: { exitCode: 3 } });
    expect(String(error)).toContain('exit code 3: quota used up');
    expect(String(error)).toContain('Traceback: key ****');
  });

  test('that is killed throws with the signal', async () => {
    const { error } = await read(connectorWith({ read: [record, '!kill'] }));
    expect(error).toMatchObject({ code: 'CONNECTOR_FAILED', data: { exitCode: null, signal: 'SIGKILL' } });
  });

  test('that says nothing is stopped after the time-out', async () => {
    const { types, error } = await read(connectorWith({ read: [record, '!hang'] }, { timeoutSeconds: 5 }));
    expect(types).toEqual(['RECORDS']);
    expect(error).toMatchObject({ code: 'CONNECTOR_TIMEOUT' });
  });

  test('is stopped when the caller aborts or leaves the loop', async () => {
    const abort = new AbortController();
    const connector = connectorWith({ read: [record, '!hang'] }, { signal: abort.signal });
    const reading = read(connector);
    setTimeout(() => abort.abort(), 300);
    expect((await reading).error).toMatchObject({ code: 'CONNECTOR_ABORTED' });
    expect((await read(connector)).error).toMatchObject({ code: 'CONNECTOR_ABORTED' });

    for await (const _ of readRecords(connectorWith({}), { catalog: '{}' })) break;
    expect(readdirSync(join(folder, 'scratch'))).toEqual([]);
  });

  test('that is not there, or gives no answer, is told from one that fails', async () => {
    const { error } = await read(connectorWith({}, { exec: ['/no/such/source-program'] }));
    expect(error).toMatchObject({ code: 'CONNECTOR_NOT_FOUND' });
    await expect(discoverStreams(connectorWith({ discover: ['hello'] }))).rejects.toMatchObject({
      code: 'CONNECTOR_NO_ANSWER',
    });
  });
});
