import { describe, expect, it } from 'vitest';
import { buildError, isKeptParseStale } from './dbt.ts';

describe('isKeptParseStale', () => {
  const said = [
    "Encountered an error:\n'model.tenure.a' depends on 'model.tenure.b' which is not in the graph!",
  ];
  const result = { unique_id: 'model.tenure.a', status: 'error', message: null };

  it('is true when dbt stopped before its first node over a node that is gone', () => {
    expect(isKeptParseStale({ exitCode: 2, results: [], tail: said })).toBe(true);
  });

  it('is false for any other error, for one after the first node, and for success', () => {
    expect(isKeptParseStale({ exitCode: 2, results: [], tail: ['Runtime Error: no such table'] })).toBe(
      false,
    );
    expect(isKeptParseStale({ exitCode: 1, results: [result], tail: said })).toBe(false);
    expect(isKeptParseStale({ exitCode: 0, results: [], tail: said })).toBe(false);
  });
});

describe('buildError', () => {
  const duckdb = { type: 'duckdb', path: '/acme/w.duckdb' } as const;
  const locked =
    'IO Error: Could not set lock on file "/acme/w.duckdb": Conflicting lock is held in /usr/bin/python3 (PID 7). See also https://duckdb.org';
  const failed = (message: string) => [{ unique_id: 'model.tenure.a', status: 'error', message }];

  it('names who has the file open, wherever dbt says so, and no model', () => {
    for (const run of [
      { exitCode: 1, results: failed(locked), tail: [] },
      { exitCode: 2, results: [], tail: ['Traceback (most recent call last):', locked] },
    ]) {
      expect(buildError(duckdb, run)).toMatchObject({
        code: 'WAREHOUSE_LOCKED',
        message: expect.stringContaining('/usr/bin/python3, process 7'),
      });
    }
  });

  it('is the fault of the model otherwise, also of one that is called a lock', () => {
    const run = { exitCode: 1, results: failed('Binder Error: column "lock" not found'), tail: [] };
    expect(buildError(duckdb, run)).toMatchObject({ code: 'BUILD_FAILED' });
  });
});
