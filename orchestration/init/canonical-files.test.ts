import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { syncSource, TABLES } from '../../ingest/index.ts';
import { openWarehouse } from '../../warehouse/index.ts';
import { projectRoot } from '../project-root.ts';
import { describedTables, tablesMarkdown, tablesText, writeTemplates } from './canonical-files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-templates-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the canonical tables in words', () => {
  it('have something to say of every table and column, and of no other', () => {
    const tables = describedTables();
    expect(tables.map(({ name }) => name)).toEqual(TABLES.map(({ name }) => name));
    for (const { name, about, columns } of tables) {
      expect([name, about]).not.toEqual([name, '']);
      for (const column of columns)
        expect([name, column.name, column.about]).not.toEqual([name, column.name, '']);
    }
  });

  it('are those of docs/files.md', () => {
    const doc = readFileSync(join(projectRoot, 'docs', 'files.md'), 'utf8');
    expect(doc.split('<!-- from "tenure files" -->')[1]?.trim()).toBe(tablesMarkdown(describedTables()));
  });

  it('name required columns and the words of vocabularies', () => {
    const text = tablesText(describedTables());
    expect(text).toMatch(/^ {2}account_id\* +text +the key/m);
    expect(text).toMatch(/^ {2}status\* +text +.*: attended, missed, recap, cancelled$/m);
  });
});

describe('the templates', () => {
  it('land as they are, every row of them', async () => {
    const written = await writeTemplates(folder);
    expect(written).toHaveLength(TABLES.length);
    const warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    const connector = { builtin: 'files', config: { path: folder } } as const;
    const result = await syncSource({ name: 'book', kind: 'files', connector }, warehouse, {
      workDir: join(folder, 'work'),
      now: () => '2026-06-30T12:00:00.000Z',
      timeZone: 'UTC',
      currency: 'USD',
    });
    await warehouse.close();
    expect(
      result.streams.map(({ stream, rows_landed, values_nulled }) => [stream, rows_landed, values_nulled]),
    ).toEqual(TABLES.map(({ name }) => [name, 1, 0]));
  });

  it('never replace a file', async () => {
    await writeTemplates(folder);
    await expect(writeTemplates(folder)).rejects.toThrow(/accounts\.csv is there already/);
    expect(readdirSync(folder)).toHaveLength(TABLES.length);
  });
});
