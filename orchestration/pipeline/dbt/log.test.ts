import { describe, expect, it } from 'vitest';
import { DbtLog } from './log.ts';

const node = (unique_id: string, node_status: string) => ({
  unique_id,
  node_status,
  node_name: unique_id.split('.')[2],
});
const line = (name: string, level: string, msg: string, data: object = {}) =>
  JSON.stringify({ info: { name, level, msg, ts: '2026-11-23T20:23:09Z' }, data });

describe('DbtLog', () => {
  it('keeps how each node ended, with the words of its error', () => {
    const log = new DbtLog();
    for (const each of [
      line('LogStartLine', 'info', '1 of 3 START', { index: 1, total: 3, node_info: node('model.t.a', 'started') }),
      line('LogModelResult', 'info', '1 of 3 OK', { index: 1, total: 3, node_info: node('model.t.a', 'success') }),
      line('LogTestResult', 'error', '2 of 3 FAIL', { index: 2, total: 3, node_info: node('test.t.b.0a', 'fail') }),
      line('SkippingDetails', 'info', '3 of 3 SKIP', { index: 3, total: 3, node_info: node('model.t.c', 'skipped') }),
      line('LogTestResult', 'warn', '4 of 4 WARN 2', { index: 4, total: 4, node_info: node('test.t.d.0b', 'warn') }),
      line('RunResultError', 'error', '  Got 1 result', { msg: 'Got 1 result', node_info: node('test.t.b.0a', '') }),
      line('RunResultWarningMessage', 'warn', '  Got 2', { msg: 'Got 2 results, configured to warn if != 0', node_info: node('test.t.d.0b', '') }),
    ]) // biome-ignore format: a log's lines
      log.read(each);
    expect(log.results).toEqual([
      { unique_id: 'model.t.a', status: 'success', message: null },
      { unique_id: 'test.t.b.0a', status: 'fail', message: 'Got 1 result' },
      { unique_id: 'test.t.d.0b', status: 'warn', message: 'Got 2 results, configured to warn if != 0' },
    ]);
    expect(log.tail).toEqual(['2 of 3 FAIL', '  Got 1 result']);
  });

  it('tells how far dbt is, and nothing for a line that is no log', () => {
    const log = new DbtLog();
    const started = { index: 7, total: 571, node_info: node('model.t.a', 'started') };
    expect(log.read(line('LogStartLine', 'info', '7 of 571 START', started))).toEqual({
      howFar: '7 of 571',
      node: 'a',
    });
    expect(log.read('Traceback (most recent call last):')).toBeUndefined();
    expect(log.tail).toEqual(['Traceback (most recent call last):']);
  });

  it('keeps the last twenty lines of a long complaint', () => {
    const log = new DbtLog();
    for (let i = 0; i < 50; i++) log.read(`line ${i}`);
    expect(log.tail).toEqual(Array.from({ length: 20 }, (_, i) => `line ${30 + i}`));
  });
});
