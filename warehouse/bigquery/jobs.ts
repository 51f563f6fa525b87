import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { BigQuery, type Job, type Query } from '@google-cloud/bigquery';
import { GoogleAuth, Impersonated, OAuth2Client } from 'google-auth-library';
import pRetry from 'p-retry';
import { queryTimeout, queryTooLarge } from '../errors.ts';
import type { QueryLimits, Row } from '../warehouse.ts';
import type { Statement } from './dialect.ts';
import { type BigQueryConfig, bigQueryFailed, isTimeout, isTransient } from './errors.ts';
import { type Field, fromRecord } from './values.ts';

export const DEFAULT_LOCATION = 'US';
/** What one statement may read unless `maximum_bytes_billed` says otherwise: 100 GiB. */
export const DEFAULT_MAXIMUM_BYTES = 100 * 2 ** 30;
const SCOPES = ['https://www.googleapis.com/auth/cloud-platform'];
const DAY = 86_400_000;
const LABEL_LENGTH = 63;
/** A statement that reads as much is told of before it runs: 1 GiB. */
const LARGE_BYTES = 2 ** 30;

const PAGE_BY_PAGE = { autoPaginate: false, skipParsing: true };
/** Rows as the API answers them, how to ask for more (or null), and what else was answered. */
type Page = [
  rows: { f: { v: unknown }[] }[],
  next: { readonly job: Job } | null,
  page?: { schema?: { fields?: Field[] } },
];

/** The client of the configured project, authorized by a key file, by Application Default Credentials, or as another. */
export async function connect(config: BigQueryConfig): Promise<BigQuery> {
  const {
    project: projectId,
    location = DEFAULT_LOCATION,
    keyfile,
    impersonate_service_account: target,
  } = config;
  const client = { projectId, location };
  if (config.emulator !== undefined) {
    const authClient = new OAuth2Client(); // without a token the client's uploads fail
    authClient.setCredentials({ access_token: 'any', expiry_date: Date.now() + DAY });
    return clientOf({ ...client, apiEndpoint: config.emulator, authClient, useAuthWithCustomEndpoint: true });
  }
  const auth = new GoogleAuth({ projectId, scopes: SCOPES, ...(keyfile && { keyFilename: keyfile }) });
  const sourceClient = await auth.getClient().catch((error: unknown) => {
    throw bigQueryFailed(error, config);
  });
  const authClient = target
    ? new Impersonated({ sourceClient, targetPrincipal: target, targetScopes: SCOPES })
    : sourceClient;
  return clientOf({ ...client, authClient });
}

/** The client brings another version of the auth library, of which it uses only what both have. */
const clientOf = (options: object) => new BigQuery(options as ConstructorParameters<typeof BigQuery>[0]);

/** `run-2026-…Z` as a label's value, which may hold lower-case letters, digits, `_` and `-`. */
const labelValue = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '_')
    .slice(0, LABEL_LENGTH);

/** A parameter as text with its type, which is how the API carries them. */
function parameter(value: unknown): { value: string; type: string } {
  if (typeof value === 'boolean') return { value: String(value), type: 'BOOL' };
  if (typeof value === 'bigint') return { value: String(value), type: 'INT64' };
  if (typeof value === 'number') {
    return { value: String(value), type: Number.isInteger(value) ? 'INT64' : 'FLOAT64' };
  }
  return { value: String(value), type: 'STRING' };
}

/** Runs jobs: each one labelled, in the configured location, and never reading more than is allowed. */
export class BigQueryJobs {
  readonly #client: BigQuery;
  readonly #config: BigQueryConfig;
  readonly #labels: Readonly<Record<string, string>>;
  readonly #maximumBytes: number;
  readonly #onLargeRead: (bytes: number) => void;

  /** `onLargeRead` is told what a statement would read, when a dry run finds that it is 1 GiB or more. */
  constructor(
    client: BigQuery,
    config: BigQueryConfig,
    labels: Readonly<Record<string, string>>,
    onLargeRead: (bytes: number) => void = () => {},
  ) {
    this.#onLargeRead = onLargeRead;
    this.#client = client;
    this.#config = config;
    this.#labels = Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, labelValue(value)]));
    this.#maximumBytes = config.maximum_bytes_billed ?? DEFAULT_MAXIMUM_BYTES;
  }

  /** All rows, or so many of them. Throws `QUERY_TIMEOUT` when they take longer than they may. */
  async query(
    statement: Statement,
    limits: QueryLimits = {},
  ): Promise<{ fields: readonly Field[]; rows: Row[]; isCut: boolean }> {
    const most = limits.maximumRows ?? Number.POSITIVE_INFINITY;
    const all: Row[] = [];
    let columns: readonly Field[] = [];
    for await (const { fields, rows } of this.pages(statement, limits)) {
      columns = fields;
      for (const row of rows) all.push(row);
      if (all.length > most) break;
    }
    return { fields: columns, rows: all.slice(0, most), isCut: all.length > most };
  }

  /** Runs a statement and gives its rows as the API answers them, so that a large result is never held as a whole. */
  async *pages(
    statement: Statement,
    { maximumRows, timeoutSeconds }: QueryLimits = {},
  ): AsyncGenerator<{ fields: readonly Field[]; rows: Row[] }> {
    const endsAt = timeoutSeconds && performance.now() + timeoutSeconds * 1000;
    try {
      let answer: unknown[] = await this.#client.query(
        {
          ...this.#options(statement),
          ...(timeoutSeconds && { jobTimeoutMs: timeoutSeconds * 1000 }),
          ...(maximumRows !== undefined && { maxResults: maximumRows + 1 }),
        },
        PAGE_BY_PAGE,
      );
      let fields: readonly Field[] = [];
      while (true) {
        const [rows, next, page] = answer as Page;
        fields = page?.schema?.fields ?? fields;
        yield { fields, rows: rows.map((row) => fromRecord(fields, row)) };
        if (!next) return;
        if (endsAt && performance.now() > endsAt) throw queryTimeout(timeoutSeconds, statement.sql);
        answer = await next.job.getQueryResults(next);
      }
    } catch (error) {
      if (timeoutSeconds && isTimeout(error)) throw queryTimeout(timeoutSeconds, statement.sql, error);
      throw bigQueryFailed(error, this.#config);
    }
  }

  /** What the statement would read and what kind it is, without running it; throws `QUERY_TOO_LARGE` over the limit. */
  async dryRun(statement: Statement): Promise<{ bytes: number; kind: string }> {
    try {
      const [job] = await this.#client.createQueryJob({ ...this.#options(statement), dryRun: true });
      const { statistics } = job.metadata as {
        statistics?: { totalBytesProcessed?: string; query?: { statementType?: string } };
      };
      const bytes = Number(statistics?.totalBytesProcessed ?? 0);
      if (bytes > this.#maximumBytes) throw queryTooLarge(bytes, this.#maximumBytes, statement.sql);
      if (bytes >= LARGE_BYTES) this.#onLargeRead(bytes);
      return { bytes, kind: statistics?.query?.statementType ?? '' };
    } catch (error) {
      throw bigQueryFailed(error, this.#config);
    }
  }

  /** Loads an NDJSON file into a table that is there, by one load job, which costs nothing and lands all or nothing. */
  async load(dataset: string, table: string, file: string): Promise<void> {
    const { project: projectId, location = DEFAULT_LOCATION } = this.#config;
    const jobId = randomUUID();
    const job = {
      jobReference: { projectId, jobId, location },
      configuration: {
        labels: this.#labels,
        load: {
          destinationTable: { projectId, datasetId: dataset, tableId: table },
          sourceFormat: 'NEWLINE_DELIMITED_JSON',
          createDisposition: 'CREATE_NEVER',
        },
      },
    };
    try {
      await pRetry(() => this.#upload(job, file), {
        retries: 3,
        shouldRetry: ({ error }) => isTransient(error),
      });
      await this.#client.job(jobId, { location }).promise();
    } catch (error) {
      throw bigQueryFailed(error, this.#config);
    }
  }

  /** Inserts a load job by a resumable upload; the client's own way of loading a file takes no labels. */
  async #upload(job: object, file: string): Promise<void> {
    const authorized = await this.#client.authClient.getClient();
    const headers = new Headers(await authorized.getRequestHeaders());
    headers.set('content-type', 'application/json');
    const url = `${this.#client.apiEndpoint}/upload/bigquery/v2/projects/${this.#config.project}/jobs?uploadType=resumable`;
    const begun = await answered(await fetch(url, { method: 'POST', headers, body: JSON.stringify(job) }));
    if (begun === undefined) return; // an attempt before this one made the job
    headers.set('content-type', 'application/octet-stream');
    const target = new URL(begun.headers.get('location') ?? url, url);
    // The token goes where the job was made, and nowhere else.
    if (this.#config.emulator === undefined && target.origin !== new URL(url).origin)
      throw new Error(
        `the upload was sent on to ${target.origin}, another place than ${new URL(url).origin}`,
      );
    await answered(
      await fetch(target, {
        method: 'PUT',
        headers,
        body: await openAsBlob(file),
      }),
    );
  }

  #options({ sql, parameters }: Statement): Query {
    const given = parameters.map((value, index) => [`p${index + 1}`, parameter(value)] as const);
    return {
      query: sql,
      location: this.#config.location ?? DEFAULT_LOCATION,
      labels: this.#labels,
      maximumBytesBilled: String(this.#maximumBytes),
      ...(given.length === 0
        ? {}
        : {
            params: Object.fromEntries(given.map(([name, { value }]) => [name, value])),
            types: Object.fromEntries(given.map(([name, { type }]) => [name, type])),
          }),
    };
  }
}

/** The answer, or undefined when the job is there already. Throws the API's error as the client does. */
async function answered(response: Response): Promise<Response | undefined> {
  if (response.ok) return response;
  const text = await response.text();
  if (response.status === 409) return undefined;
  let body: { error?: { message?: string; errors?: { reason?: string; message?: string }[] } } = {};
  try {
    body = JSON.parse(text);
  } catch {
    // no JSON: the text itself is the message
  }
  const { message = text, errors = [] } = body.error ?? {};
  throw Object.assign(new Error(message), { code: response.status, errors });
}
