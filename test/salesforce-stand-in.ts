import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Fields = Record<string, unknown>;

export interface StandIn {
  readonly url: string;
  /** object → external id → the record as it stands. */
  readonly records: Map<string, Map<string, Fields>>;
  /** Every upsert call: how many records it brought. */
  readonly calls: { object: string; count: number }[];
  /** How many records were made, repeated ones too: more than the keys means a duplicate. */
  created: number;
  /** Answers the next calls by these statuses instead of doing them. */
  failNext: { status: number; retryAfter?: number }[];
  /** Refuses these external ids. */
  readonly refuse: Set<string>;
  /** Milliseconds before a call that was done is answered. */
  delayMs: number;
  close(): Promise<void>;
}

const readBody = async (request: IncomingMessage) => {
  let body = '';
  for await (const part of request) body += part;
  return body;
};

const UPSERT = /^\/services\/data\/v[\d.]+\/composite\/sobjects\/([^/]+)\/([^/?]+)/;

/** A local stand-in for Salesforce's upsert by external id: it remembers what it was sent. */
export async function startSalesforce(): Promise<StandIn> {
  const records: StandIn['records'] = new Map();
  const calls: StandIn['calls'] = [];
  const answer = (response: ServerResponse, status: number, body: unknown, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    const match = UPSERT.exec(request.url ?? '');
    const failure = standIn.failNext.shift();
    if (failure) {
      const headers = failure.retryAfter === undefined ? {} : { 'retry-after': String(failure.retryAfter) };
      return answer(
        response,
        failure.status,
        [{ errorCode: 'SERVER_UNAVAILABLE', message: 'busy' }],
        headers,
      );
    }
    if (request.headers.authorization !== 'Bearer good') {
      return answer(response, 401, [
        { errorCode: 'INVALID_SESSION_ID', message: 'Session expired or invalid' },
      ]);
    }
    if (request.method !== 'PATCH' || !match)
      return answer(response, 404, [{ errorCode: 'NOT_FOUND', message: 'no' }]);
    const [, object = '', keyField = ''] = match;
    const sent = (JSON.parse(body) as { records: Fields[] }).records;
    calls.push({ object, count: sent.length });
    const ofObject = records.get(object) ?? new Map<string, Fields>();
    records.set(object, ofObject);
    const results = sent.map(({ attributes: _, ...fields }) => {
      const key = String(fields[keyField]);
      if (standIn.refuse.has(key)) {
        return {
          success: false,
          errors: [{ statusCode: 'FIELD_CUSTOM_VALIDATION_EXCEPTION', message: 'refused', fields: [] }],
        };
      }
      const isNew = !ofObject.has(key);
      if (isNew) standIn.created += 1;
      ofObject.set(key, { ...ofObject.get(key), ...fields });
      return { success: true, id: `id-${key}`, created: isNew, errors: [] };
    });
    if (standIn.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, standIn.delayMs));
    answer(response, 200, results);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    records,
    calls,
    created: 0,
    failNext: [],
    refuse: new Set(),
    delayMs: 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return standIn;
}
