import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that came, its JSON parsed. */
export interface Asked {
  readonly method: string;
  /** Below the project, without its query: `/jobs`, `/datasets/raw`. */
  readonly path: string;
  readonly body: Record<string, unknown>;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** An error as the API words it. */
export const refusal = (status: number, reason: string, message: string): Answer => ({
  status,
  body: { error: { code: status, message, errors: [{ reason, message, domain: 'global' }] } },
});

/** A server in Google's place that answers as told, keeps what it was asked, and is content with all else. */
export async function startStandIn(answer: (asked: Asked) => Answer | undefined) {
  const asked: Asked[] = [];
  let url = '';
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const path = String(request.url)
      .replace(/\?.*$/, '')
      .replace(/^.*\/projects\/[^/]+/, '');
    const body =
      request.headers['content-type']?.includes('json') && text !== '' ? JSON.parse(text) : { text };
    const question = { method: String(request.method), path, body };
    asked.push(question);
    const given = answer(question) ?? content(question);
    response.writeHead(given.status, {
      'content-type': 'application/json',
      location: `${url}/upload/session`,
    });
    response.end(JSON.stringify(given.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  return {
    url,
    asked,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

function content({ path, body }: Asked): Answer {
  const done = {
    jobReference: { projectId: 'acme', jobId: 'job', location: 'EU' },
    status: { state: 'DONE' },
    statistics: { totalBytesProcessed: '0', query: { statementType: 'SELECT' } },
  };
  if (path.startsWith('/queries')) {
    const { jobReference } = done;
    return { status: 200, body: { jobReference, jobComplete: true, schema: { fields: [] }, rows: [] } };
  }
  if (path.startsWith('/jobs') || path.startsWith('/upload'))
    return { status: 200, body: { ...done, ...body, status: done.status } };
  return {
    status: 200,
    body: { location: 'EU', schema: { fields: [{ name: 'id', type: 'STRING' }] }, ...body },
  };
}
