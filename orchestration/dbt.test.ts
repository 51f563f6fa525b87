import { describe, expect, it } from 'vitest';
import { isKeptParseStale } from './dbt.ts';

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
