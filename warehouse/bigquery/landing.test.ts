import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Asked, refusal, startStandIn } from '../../test/bigquery-stand-in.ts';
import { AIRBYTE_COLUMNS, type LandingColumn, type LandingWrite, openWarehouse } from '../index.ts';
import { landInBigQuery } from './landing.ts';

let folder: string;
let stop: () => Promise<unknown>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-bigquery-landing-'));
});
afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

const TYPES = { string: 'STRING', integer: 'INT64', timestamp: 'TIMESTAMP', json: 'JSON' } as const;
/** The table as it is: `id` and `n` are integers. */
const held = {
  status: 200,
  body: {
    schema: {
      fields: [
        { name: 'id', type: 'INT64' },
        { name: 'n', type: 'INT64' },
        ...AIRBYTE_COLUMNS.map(({ name, type }) => ({ name, type: TYPES[type as keyof typeof TYPES] })),
      ],
    },
  },
};

/** What is asked of a server when one record of a stream lands, or should. */
async function asked(
  columns: readonly LandingColumn[],
  write: LandingWrite,
  answer: (asked: Asked) => Answer | undefined = () => undefined,
  { table = held, refusedWith }: { table?: Answer; refusedWith?: string } = {},
): Promise<readonly Asked[]> {
  const standIn = await startStandIn((question) =>
    question.method === 'GET' && question.path === '/datasets/raw/tables/t' ? table : answer(question),
  );
  stop = standIn.stop;
  const file = join(folder, 'lines.ndjson');
  writeFileSync(file, '{"record":{"data":{"id":1,"n":"7","x":1.5},"emitted_at":0}}\n');
  const warehouse = await openWarehouse({ type: 'bigquery', project: 'acme', emulator: standIn.url });
  const landing = {
    table: 't',
    files: [file],
    lineCount: 1,
    longestLine: 100,
    columns,
    generationId: 1,
    write,
  };
  const landed = warehouse.landRecords(landing);
  if (refusedWith === undefined) await landed;
  else await expect(landed).rejects.toMatchObject({ code: refusedWith });
  return standIn.asked;
}

/** The statements that are run; the stage's name is made up anew each time. */
const statements = (questions: readonly Asked[]) =>
  questions.flatMap(({ path, body: { query } }) =>
    path === '/queries'
      ? [
          String(query)
            .replaceAll(/_tenure_stage_\w+/g, 'stage')
            .replaceAll(/\s+/g, ' '),
        ]
      : [],
  );

const id: LandingColumn = { name: 'id', type: 'integer', property: 'id' };

describe('landing in a BigQuery table whose stream has changed', () => {
  it('adds columns and widens types before the merge', async () => {
    const columns: LandingColumn[] = [
      { ...id, type: 'number' },
      { name: 'n', type: 'string', property: 'n' },
      { name: 'x', type: 'number', property: 'x' },
    ];
    expect(statements(await asked(columns, { kind: 'append' })).slice(0, 3)).toEqual([
      'alter table `raw`.`t` add column if not exists `x` FLOAT64',
      'alter table `raw`.`t` alter column `id` set data type FLOAT64',
      'create or replace table `raw`.`t` as select * replace (cast(`n` as STRING) as `n`) from `raw`.`t`',
    ]);
  });

  /** Dry runs of statements of this kind find too much to read. */
  const tooLarge =
    (statement: RegExp) =>
    ({ body }: Asked): Answer | undefined => {
      const { configuration } = body as { configuration?: { dryRun?: boolean; query?: { query: string } } };
      if (!configuration?.dryRun || !statement.test(configuration.query?.query ?? '')) return undefined;
      const statistics = { totalBytesProcessed: String(2 ** 40), query: { statementType: 'SELECT' } };
      return { status: 200, body: { ...body, status: { state: 'DONE' }, statistics } };
    };

  it.each([
    ['a column more', [id, { name: 'x', type: 'number', property: 'x' }], /^select \* from/],
    ['a wider column', [{ ...id, type: 'string' }], /^select \* from/],
    ['the same columns', [id], /^merge into/],
  ] as const)('changes nothing when the table is too large to be read: %s', async (_, columns, statement) => {
    const write: LandingWrite = { kind: 'upsert', key: [['id']], order: undefined };
    const questions = await asked(columns, write, tooLarge(statement), { refusedWith: 'QUERY_TOO_LARGE' });
    expect(statements(questions).filter((sql) => !sql.startsWith('select count(*)'))).toEqual([]);
  });

  it('adds a column for an append however large the table is, which it does not read', async () => {
    const columns: LandingColumn[] = [id, { name: 'x', type: 'number', property: 'x' }];
    const questions = await asked(columns, { kind: 'append' }, tooLarge(/^select \* from/));
    expect(statements(questions).at(-1)).toContain('insert into `raw`.`t`');
  });

  it('leaves a table alone that is too large to be compared with what came', async () => {
    const same: LandingColumn[] = [id, { name: 'n', type: 'integer', property: 'n' }];
    const questions = await asked(same, { kind: 'replace' }, tooLarge(/^select \(/), {
      refusedWith: 'QUERY_TOO_LARGE',
    });
    expect(statements(questions)).toEqual([]);
  });

  it('replaces a table of other columns by one statement', async () => {
    expect(statements(await asked([id], { kind: 'replace' }))).toEqual([
      'create or replace table `raw`.`t` (`id` INT64, `_airbyte_raw_id` STRING, `_airbyte_extracted_at` TIMESTAMP, ' +
        '`_airbyte_meta` JSON, `_airbyte_generation_id` INT64) as select `id`, `_airbyte_raw_id`, `_airbyte_extracted_at`, ' +
        "parse_json(`_airbyte_meta`, wide_number_mode => 'round') as `_airbyte_meta`, `_airbyte_generation_id` from `raw`.`stage`",
    ]);
  });
});

describe('a raw table of events', () => {
  const happened: LandingColumn = { name: 'event_at', type: 'timestamp', property: 'event_at' };
  const layout = {
    timePartitioning: { type: 'MONTH', field: 'event_at' },
    clustering: { fields: ['_airbyte_extracted_at'] },
  };

  it('is created with a partition a month of when they happened', async () => {
    const absent = refusal(404, 'notFound', 'Not found: Table acme:raw.t');
    const questions = await asked([id, happened], { kind: 'append' }, undefined, { table: absent });
    const created = questions.filter(
      ({ method, path }) => method === 'POST' && path === '/datasets/raw/tables',
    );
    const { timePartitioning, clustering } = created.at(-1)?.body ?? {};
    expect({ timePartitioning, clustering }).toEqual(layout);
  });

  it('stays so when its columns change', async () => {
    const fields = [...held.body.schema.fields, { name: 'event_at', type: 'TIMESTAMP' }];
    const table = { status: 200, body: { ...layout, schema: { fields } } };
    const questions = await asked([{ ...id, type: 'string' }, happened], { kind: 'append' }, undefined, {
      table,
    });
    expect(statements(questions)[0]).toBe(
      'create or replace table `raw`.`t` partition by timestamp_trunc(`event_at`, MONTH) cluster by `_airbyte_extracted_at` ' +
        'as select * replace (cast(`id` as STRING) as `id`) from `raw`.`t`',
    );
  });

  it('stays as it lies when it came before there were partitions', async () => {
    const fields = [...held.body.schema.fields, { name: 'event_at', type: 'TIMESTAMP' }];
    const table = { status: 200, body: { schema: { fields } } };
    const questions = await asked([id, happened], { kind: 'replace' }, undefined, { table });
    expect(statements(questions)[0]).toMatch(/^create or replace table `raw`.`t` \([^)]*\) as select/);
  });
});

describe('a load job', () => {
  const uploads = (questions: readonly Asked[]) =>
    questions.flatMap(({ path, body }) =>
      path === '/jobs' && 'load' in ((body.configuration as object | undefined) ?? {})
        ? [(body.jobReference as { jobId: string }).jobId]
        : [],
    );

  it('is sent again under its own id when the upload breaks off', async () => {
    let failures = 1;
    const questions = await asked([id], { kind: 'append' }, ({ method }) =>
      method === 'PUT' && failures-- > 0 ? { status: 503, body: { error: { message: 'busy' } } } : undefined,
    );
    const [first, second, ...more] = uploads(questions);
    expect(second).toBe(first);
    expect(more).toEqual([]);
    expect(questions.filter(({ method }) => method === 'PUT')).toHaveLength(2);
  });

  it('that arrived although its answer got lost is not sent a second time', async () => {
    let failures = 1;
    const questions = await asked([id], { kind: 'append' }, ({ method, body }) => {
      if (method === 'PUT' && failures-- > 0) return { status: 503, body: { error: { message: 'busy' } } };
      const isLoad = 'load' in ((body.configuration as object | undefined) ?? {});
      return isLoad && failures < 1
        ? { status: 409, body: { error: { message: 'Already Exists' } } }
        : undefined;
    });
    expect(questions.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect(statements(questions).at(-1)).toContain('insert into `raw`.`t`');
  });
});

it('refuses a stream of more columns than a table of BigQuery has, before anything is asked', async () => {
  const columns = Array.from({ length: 9_997 }, (_, index): LandingColumn => {
    return { name: `p_${index}`, type: 'string', property: `p_${index}` };
  });
  const database = {} as Parameters<typeof landInBigQuery>[0];
  const landing = { table: 'x__wide', files: [], lineCount: 0, longestLine: 0, columns, generationId: 1 };
  await expect(landInBigQuery(database, { ...landing, write: { kind: 'append' } })).rejects.toMatchObject({
    code: 'TOO_MANY_COLUMNS',
    message: expect.stringContaining('raw.x__wide would have 10,001 columns'),
  });
});
