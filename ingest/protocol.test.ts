import { describe, expect, test } from 'vitest';
import { parseMessage } from './protocol.ts';

describe('parseMessage', () => {
  test.each([
    {
      type: 'RECORD',
      record: { stream: 'a', namespace: null, data: { id: 1 }, emitted_at: 1, meta: { changes: [] } },
    },
    { type: 'STATE', state: { data: { cursor: 1 } } },
    { type: 'STATE', state: { type: 'LEGACY', data: {} } },
    { type: 'STATE', state: { type: 'GLOBAL', global: { shared_state: {}, stream_states: [] } } },
    {
      type: 'STATE',
      state: {
        type: 'STREAM',
        stream: { stream_descriptor: { name: 'a' }, stream_state: null },
        sourceStats: { recordCount: 12.0, rejectedRecordCount: 0.0 },
      },
    },
    { type: 'LOG', log: { level: 'INFO', message: 'hello', stack_trace: null } },
    {
      type: 'SPEC',
      spec: { connectionSpecification: { type: 'object' }, advanced_auth: { auth_flow_type: 'oauth2.0' } },
    },
    { type: 'CONNECTION_STATUS', connectionStatus: { status: 'FAILED', message: 'no' } },
    {
      type: 'CATALOG',
      catalog: { streams: [{ name: 'a', json_schema: {}, supported_sync_modes: ['full_refresh'] }] },
    },
    {
      type: 'TRACE',
      trace: { type: 'ERROR', emitted_at: 1.5, error: { message: 'no', failure_type: 'config_error' } },
    },
    {
      type: 'TRACE',
      trace: { type: 'ESTIMATE', emitted_at: 1, estimate: { name: 'a', type: 'STREAM', row_estimate: 5.0 } },
    },
    {
      type: 'TRACE',
      trace: {
        type: 'STREAM_STATUS',
        emitted_at: 1795406336521.502,
        stream_status: {
          stream_descriptor: { name: 'a' },
          status: 'RUNNING',
          reasons: [{ type: 'RATE_LIMITED', rate_limited: { quota_reset: 1 } }],
        },
      },
    },
    {
      type: 'TRACE',
      trace: { type: 'ANALYTICS', emitted_at: 1, analytics: { type: 'version', value: '6.5' } },
    },
    { type: 'TRACE', trace: { type: 'OF_THE_FUTURE', emitted_at: 1, future: {} } },
    {
      type: 'CONTROL',
      control: { type: 'CONNECTOR_CONFIG', emitted_at: 1.5, connectorConfig: { config: { token: 'x' } } },
    },
    {
      type: 'DESTINATION_CATALOG',
      destination_catalog: { operations: [{ object_name: 'a', sync_mode: 'append' }] },
    },
  ])('reads $type and keeps each field', (message) => {
    expect(parseMessage({ ...message, later: true })).toEqual({ ...message, later: true });
  });

  test('gives undefined for a type of a later version and for what is no message', () => {
    expect([{ type: 'TELEPATHY' }, { type: 1 }, {}, null, 'LOG', []].map(parseMessage)).toEqual(
      Array(6).fill(undefined),
    );
  });

  test('names the field that is missing', () => {
    expect(() => parseMessage({ type: 'RECORD', record: { data: {}, emitted_at: 1 } })).toThrow(
      /record\.stream/,
    );
    expect(() => parseMessage({ type: 'STATE', state: { type: 'STREAM' } })).toThrow(/a STREAM state needs/);
  });
});
