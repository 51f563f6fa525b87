import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Answer, type Asked, refusal, startStandIn } from '../../test/bigquery-stand-in.ts';
import { type Column, openWarehouse } from '../index.ts';

let stop: () => Promise<unknown>;
afterEach(() => stop());

async function opened(
  answer: (asked: Asked) => Answer | undefined = () => undefined,
  config = {},
  onLargeRead: (bytes: number) => void = () => {},
) {
  const standIn = await startStandIn(answer);
  stop = standIn.stop;
  const warehouse = await openWarehouse(
    { type: 'bigquery', project: 'acme', location: 'EU', emulator: standIn.url, ...config },
    { labels: { tenure_step: 'sync', tenure_run: 'run-20260701T060000Z-1a2b' }, onLargeRead },
  );
  return { warehouse, asked: standIn.asked };
}

interface Job {
  readonly jobReference: { readonly location: string };
  readonly configuration: {
    readonly labels: unknown;
    readonly dryRun?: boolean;
    readonly load?: unknown;
    readonly query?: { readonly query: string; readonly maximumBytesBilled: string };
  };
}
/** The jobs that were asked for: loads, dry runs, and queries, whose request says the same in another form. */
const jobsOf = (asked: readonly Asked[]) =>
  asked.flatMap(({ path, body }): Job[] => {
    if ('configuration' in body) return [body as unknown as Job];
    if (path !== '/queries') return [];
    const { location, labels, query, maximumBytesBilled } = body as Record<string, string>;
    return [
      { jobReference: { location }, configuration: { labels, query: { query, maximumBytesBilled } } } as Job,
    ];
  });

/** An answer to dry runs: a statement of this kind that would read so many bytes. */
const estimate =
  (bytes: number, statementType = 'SELECT') =>
  ({ body }: Asked): Answer | undefined =>
    (body as Partial<Job>).configuration?.dryRun
      ? {
          status: 200,
          body: {
            ...body,
            status: { state: 'DONE' },
            statistics: { totalBytesProcessed: String(bytes), query: { statementType } },
          },
        }
      : undefined;

describe('jobs of BigQuery', () => {
  it('are labelled, in their location and bounded in what they bill, loads and queries alike', async () => {
    const { warehouse, asked } = await opened(() => undefined, { maximum_bytes_billed: 5_000_000 });
    await warehouse.replaceTable('raw', 't', [{ name: 'id', type: 'string' }], [{ id: 'a' }]);
    await warehouse.query('select 1');
    await warehouse.db.selectFrom('ops.runs').select('run_id').execute();
    const jobs = jobsOf(asked);
    expect(
      jobs.map(({ configuration }) => Object.keys(configuration.load ? { load: 1 } : { query: 1 })[0]),
    ).toEqual(['load', 'query', 'query', 'query', 'query']);
    for (const { jobReference, configuration } of jobs) {
      expect(jobReference.location).toBe('EU');
      expect(configuration.labels).toEqual({
        tenure_step: 'sync',
        tenure_run: 'run-20260701t060000z-1a2b',
      });
      if (configuration.query) expect(configuration.query.maximumBytesBilled).toBe('5000000');
    }
  });

  it('are not run when they would read more than is allowed', async () => {
    const { warehouse, asked } = await opened(estimate(200 * 2 ** 30));
    await expect(warehouse.query('select * from marts.fct_account_health_daily')).rejects.toMatchObject({
      code: 'QUERY_TOO_LARGE',
      message:
        'The statement would read 200 GiB, and one may read 100 GiB; it was not run. ' +
        'Narrow it, or raise warehouse.maximum_bytes_billed in tenure.yaml.',
    });
    expect(jobsOf(asked).map(({ configuration }) => configuration.dryRun)).toEqual([true]);
  });

  it('are not run either by a typed read of data, a stream, or a table that is moved, when they are too large', async () => {
    const { warehouse, asked } = await opened(estimate(200 * 2 ** 30));
    const reads = [
      () => warehouse.db.selectFrom('marts.dim_accounts').select('account_id').execute(),
      async () => {
        for await (const _ of warehouse.db
          .selectFrom('raw.t' as never)
          .selectAll()
          .stream())
          break;
      },
      () => warehouse.moveTable('raw', 't_incoming', 't', []),
    ];
    for (const read of reads) await expect(read()).rejects.toMatchObject({ code: 'QUERY_TOO_LARGE' });
    expect(jobsOf(asked).map(({ configuration }) => configuration.dryRun)).toEqual([true, true, true]);
  });

  it('that would read a GiB or more are told of before they run, and logs are not asked about', async () => {
    const told: number[] = [];
    const answers = [5 * 2 ** 30, 1000];
    const { warehouse, asked } = await opened(
      (question) => {
        const isDryRun = (question.body as Partial<Job>).configuration?.dryRun;
        return isDryRun ? estimate(answers.shift() ?? 0)(question) : undefined;
      },
      {},
      (bytes) => told.push(bytes),
    );
    await warehouse.db.selectFrom('marts.dim_accounts').select('account_id').execute();
    expect(told).toEqual([5 * 2 ** 30]);
    await warehouse.query('select 1');
    await warehouse.db.selectFrom('ops.runs').select('run_id').execute();
    expect(told).toEqual([5 * 2 ** 30]);
    const isDry = jobsOf(asked).map(({ configuration }) => configuration.dryRun === true);
    expect(isDry).toEqual([true, false, true, false, false]);
  });

  it('that BigQuery finds too large give the same error', async () => {
    const { warehouse } = await opened(({ path }) =>
      path === '/queries'
        ? refusal(
            400,
            'bytesBilledLimitExceeded',
            'Query exceeded limit for bytes billed: 1. 10485760 or higher required.',
          )
        : undefined,
    );
    await expect(warehouse.query('select 1')).rejects.toMatchObject({ code: 'QUERY_TOO_LARGE' });
  });

  it('of a transaction go out as one, and of a failed one not at all', async () => {
    const { warehouse, asked } = await opened();
    const write = () =>
      warehouse.transaction(async () => {
        await warehouse.db.deleteFrom('ops.runs').where('run_id', '=', "o'neil").execute();
        await warehouse.db
          .updateTable('ops.runs')
          .set({ status: 'failed', row_count: null })
          .where('step', '=', 'sync')
          .execute();
      });
    await write();
    expect(jobsOf(asked).map(({ configuration }) => configuration.query?.query)).toEqual([
      'begin transaction;\n' +
        "delete from `ops`.`runs` where `run_id` = 'o\\'neil';\n" +
        "update `ops`.`runs` set `status` = 'failed', `row_count` = null where `step` = 'sync';\n" +
        'commit transaction;',
    ]);
    await expect(
      warehouse.transaction(async () => {
        await write();
        throw new Error('stop');
      }),
    ).rejects.toThrow('stop');
    expect(jobsOf(asked)).toHaveLength(1);
  });

  it('bring a few rows along in the statement, and many by a load job', async () => {
    const { warehouse, asked } = await opened();
    const columns: Column[] = [
      { name: 'id', type: 'string' },
      { name: 'n', type: 'integer' },
      { name: 'data', type: 'json' },
    ];
    await warehouse.loadRows('raw', 't', columns, [{ id: 'a', n: 1, data: '{"b":1}' }, { id: "o'neil" }]);
    expect(jobsOf(asked).map(({ configuration }) => configuration.query?.query)).toEqual([
      'insert into `raw`.`t` (`id`, `n`, `data`) select cast(json_value(line, \'$."id"\') as STRING), ' +
        'cast(json_value(line, \'$."n"\') as INT64), ' +
        "parse_json(json_value(line, '$.\"data\"'), wide_number_mode => 'round') from unnest(json_query_array(" +
        `'[{"id":"a","n":"1","data":"{\\\\"b\\\\":1}"},{"id":"o\\'neil"}]')) as line`,
    ]);
    await warehouse.loadRows(
      'raw',
      't',
      columns,
      Array.from({ length: 5000 }, (_, n) => ({ id: `id-${n}`, n })),
    );
    expect(jobsOf(asked).filter(({ configuration }) => configuration.load !== undefined)).toHaveLength(1);
  });

  it('add the columns that a table lacks by one statement', async () => {
    const { warehouse, asked } = await opened();
    await warehouse.ensureTable('raw', 't', [
      { name: 'id', type: 'string' },
      { name: 'at', type: 'timestamp' },
      { name: 'data', type: 'json' },
    ]);
    expect(jobsOf(asked).map(({ configuration }) => configuration.query?.query)).toEqual([
      'alter table `raw`.`t` add column if not exists `at` TIMESTAMP, add column if not exists `data` JSON',
    ]);
  });

  it('put the prefix before our datasets, and nowhere else', async () => {
    const { warehouse, asked } = await opened(() => undefined, { dataset_prefix: 'acme_' });
    await warehouse.query(
      "select raw.id, 'from marts.x' as text from raw.t as raw join marts.dim_accounts on true -- from ops.runs",
    );
    expect(jobsOf(asked)[0]?.configuration.query?.query).toBe(
      "select raw.id, 'from marts.x' as text from acme_raw.t as raw join acme_marts.dim_accounts on true -- from ops.runs",
    );
  });

  it('find their datasets in the location, made where they were missing', async () => {
    const { warehouse, asked } = await opened(({ method, path }) =>
      method === 'GET' && path === '/datasets/raw'
        ? refusal(404, 'notFound', 'Not found: Dataset')
        : undefined,
    );
    await warehouse.ensureSchemas();
    expect(asked.filter(({ method }) => method === 'POST')).toEqual([
      {
        method: 'POST',
        path: '/datasets',
        body: { location: 'EU', datasetReference: { datasetId: 'raw' } },
      },
    ]);
  });

  it.each([
    ['another made it', 0],
    ['the answer got lost', 1],
  ])('take a dataset or table that is there by now for made: %s', async (_, failures) => {
    const absent = new Set(['/datasets/raw', '/datasets/raw/tables/t']);
    const tries: Record<string, number> = {};
    const { warehouse, asked } = await opened(({ method, path }) => {
      if (method === 'GET' && absent.delete(path)) return refusal(404, 'notFound', 'Not found');
      if (method !== 'POST' || !/^\/datasets(\/raw\/tables)?$/.test(path)) return undefined;
      tries[path] = (tries[path] ?? 0) + 1;
      return tries[path] <= failures
        ? refusal(503, 'backendError', 'busy')
        : refusal(409, 'duplicate', 'Already Exists');
    });
    await warehouse.ensureTable('raw', 't', [
      { name: 'id', type: 'string' },
      { name: 'x', type: 'number' },
    ]);
    expect(tries).toEqual({ '/datasets': failures + 1, '/datasets/raw/tables': failures + 1 });
    // the table that is there lacks a column
    expect(jobsOf(asked).map(({ configuration }) => configuration.query?.query)).toEqual([
      'alter table `raw`.`t` add column if not exists `x` FLOAT64',
    ]);
  });

  it('say so when a dataset cannot be made', async () => {
    const { warehouse, asked } = await opened(({ method, path }) => {
      if (method === 'GET' && path === '/datasets/raw') return refusal(404, 'notFound', 'Not found');
      return method === 'POST' ? refusal(403, 'accessDenied', 'Access Denied') : undefined;
    });
    await expect(warehouse.ensureSchemas()).rejects.toMatchObject({ code: 'WAREHOUSE_FORBIDDEN' });
    await vi.waitFor(() => expect(asked.filter(({ method }) => method === 'GET')).toHaveLength(7));
  });

  it('name the datasets that somebody else fills as they are', async () => {
    const { warehouse, asked } = await opened(() => undefined, { dataset_prefix: 'acme_' });
    await warehouse.tableColumns('raw_segment', 'tracks');
    await warehouse.tableColumns('raw', 't');
    expect(asked.map(({ path }) => path)).toEqual([
      '/datasets/raw_segment/tables/tracks',
      '/datasets/acme_raw/tables/t',
    ]);
  });

  it('that write are refused by a reader', async () => {
    const standIn = await startStandIn(estimate(0, 'DELETE'));
    stop = standIn.stop;
    const config = { type: 'bigquery', project: 'acme', emulator: standIn.url } as const;
    const reader = await openWarehouse(config, { readOnly: true });
    await expect(reader.query('delete from raw.t where true')).rejects.toMatchObject({
      code: 'WAREHOUSE_READ_ONLY',
    });
    expect(jobsOf(standIn.asked)).toHaveLength(1);
  });
});
