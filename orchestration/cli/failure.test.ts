import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { tenure } from '../../test/tenure.ts';
import { openWarehouse } from '../../warehouse/index.ts';
import { TenureError, usage } from '../errors.ts';
import { failureOf } from './failure.ts';

describe('failureOf', () => {
  it('gives code, message, what to do and exit code of any error', () => {
    const codes = (error: unknown) => {
      const { failure, exitCode } = failureOf(error);
      return [failure.code, failure.next, exitCode];
    };
    expect(codes(new TenureError('X', 'It broke.', { next: 'Mend it.' }))).toEqual(['X', 'Mend it.', 1]);
    expect(codes(new TenureError('X', 'It broke. Run it again. It may help.'))).toEqual([
      'X',
      'Run it again. It may help.',
      1,
    ]);
    expect(codes(new TenureError('X', 'It broke.'))).toEqual(['X', null, 1]);
    expect(codes(usage('Expected a day.'))).toEqual(['USAGE', expect.stringContaining('--help'), 2]);
    expect(codes(new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'"))).toEqual([
      'USAGE',
      expect.stringContaining('--help'),
      2,
    ]);
    expect(codes(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))).toEqual(['ENOSPC', null, 1]);
    for (const unknown of [new TypeError('x is undefined'), 'a text', undefined])
      expect(codes(unknown)).toEqual(['UNEXPECTED', expect.stringContaining('Report'), 1]);
  });

  it('says the message of an error with what to do, once', () => {
    expect(failureOf(new TenureError('X', 'It broke.', { next: 'Mend it.' }))).toMatchObject({
      failure: { message: 'It broke. Mend it.' },
      text: 'It broke. Mend it.',
    });
  });
});

describe('--json', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tenure-failure-'));
  afterAll(() => rm(folder, { recursive: true }));
  const write = async (name: string, text: string) => {
    await mkdir(join(folder, name, 'data'), { recursive: true });
    await writeFile(join(folder, name, 'tenure.yaml'), text);
    return ['--config', join(folder, name, 'tenure.yaml')];
  };
  const yaml = `warehouse: { type: duckdb, path: w.duckdb }
sources: [{ name: book, kind: files, connector: { builtin: files, config: { path: ./data } } }]
`;
  const empty = await write('empty', yaml); // no file in the folder
  const none = await write('none', yaml);
  const made = await write('made', yaml); // a warehouse in which nothing was built
  const broken = await write('broken', 'warehouse: 7\n');
  const warehouse = await openWarehouse({ type: 'duckdb', path: join(folder, 'made', 'w.duckdb') });
  await warehouse.ensureSchemas();
  await warehouse.close();

  it.each([
    [['frobnicate'], 2, 'USAGE'],
    [['sync', '--sideways'], 2, 'USAGE'],
    [['explain'], 2, 'USAGE'],
    [['schedule', ...empty], 2, 'SCHEDULE_MISSING'],
    [['sync', 'nobody', ...empty], 2, 'USAGE'],
    [['sync', '--config', 'none.yaml'], 2, 'CONFIG_MISSING'],
    [['check', ...broken], 2, 'CONFIG_INVALID'],
    [['serve', ...empty], 1, 'SITE_MISSING'],
    [['check', ...none], 1, 'WAREHOUSE_MISSING'],
    [['query', 'selec', ...made], 1, 'QUERY_FAILED'],
    [['explain', 'A1', ...made], 1, 'NOT_BUILT'],
    [['backtest', ...made], 1, 'NOT_BUILT'],
    [['report', ...made], 1, 'NOT_BUILT'],
    [['calibrate', ...made], 1, 'HISTORY_MISSING'],
    [['migrate', '--to', 'none.yaml', ...made], 2, 'CONFIG_MISSING'],
  ] as const)('prints one value on failure: %j', async (args, exitCode, code) => {
    const { code: ended, stdout, stderr } = await tenure([...args, '--json']);
    expect({ ended, stderr }).toEqual({ ended: exitCode, stderr: expect.stringMatching(/\w/) });
    const { error, ...rest } = JSON.parse(stdout);
    expect(rest).toEqual({});
    expect(error).toEqual({
      code,
      message: expect.stringMatching(/\w/),
      next: code === 'QUERY_FAILED' ? null : expect.stringMatching(/\w/),
    });
    expect(stdout.trim().split('\n')).toHaveLength(1);
  });

  it('prints the error and what came of it all the same, when some of it went well', async () => {
    const { code, stdout } = await tenure(['sync', ...empty, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'INCOMPLETE' },
      value: [{ source: 'book', status: 'failed' }],
    });
  });

  it('ends doctor with 3 and its findings when one is red', async () => {
    await write('red', yaml);
    await rm(join(folder, 'red', 'data'), { recursive: true });
    const { code, stdout } = await tenure([
      'doctor',
      '--config',
      join(folder, 'red', 'tenure.yaml'),
      '--json',
    ]);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ check: 'Source book', is_ok: false }),
    );
  });
});
