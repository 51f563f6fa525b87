import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RuleTable, ruleTables } from './rule-tables.ts';
import { asCsv, laidOver, overlayOf, rulesOf } from './rules.ts';
import { rulesAtRef } from './rules-at-ref.ts';

const cuts: RuleTable = {
  name: 'category_cuts',
  key: ['segment', 'category'],
  columns: [
    { name: 'segment', type: 'text', isRequired: false },
    { name: 'category', type: 'text', isRequired: true, values: ['red', 'yellow', 'green'] },
    { name: 'max_score', type: 'number', isRequired: true, min: 0, max: 100 },
    { name: 'rationale', type: 'text', isRequired: true },
  ],
  rows: [
    { segment: '', category: 'red', max_score: '40', rationale: 'theirs' },
    { segment: '', category: 'yellow', max_score: '70', rationale: 'theirs' },
  ],
};
const laid = (text: string) => laidOver({ category_cuts: text }, [cuts])[0]?.rows;
const message = (files: Record<string, string>) => {
  try {
    laidOver(files, [cuts]);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('rules of a project', () => {
  it('replace the row of the same key, add one of a new key, and leave the others', () => {
    expect(laid('segment,category,max_score,rationale\n,red,35,ours\nsmb,red,30,"ours, too"\n')).toEqual([
      { segment: '', category: 'red', max_score: '35', rationale: 'ours' },
      { segment: '', category: 'yellow', max_score: '70', rationale: 'theirs' },
      { segment: 'smb', category: 'red', max_score: '30', rationale: 'ours, too' },
    ]);
  });

  it('keep what the product says in a column that the file leaves out', () => {
    expect(laid('category,max_score,segment\nred,35,\n')?.[0]).toEqual({
      segment: '',
      category: 'red',
      max_score: '35',
      rationale: 'theirs',
    });
  });

  it('take a row out that is not enabled', () => {
    expect(laid('segment,category,enabled\n,red,false\n')?.map((row) => row.category)).toEqual(['yellow']);
  });

  it('say who agreed to a row', () => {
    const [table] = laidOver(
      { category_cuts: 'segment,category,max_score,confirmed_by,confirmed_on\n,red,35,RevOps,2026-01-31\n' },
      [cuts],
    );
    expect(table?.columns.map((column) => column.name)).toEqual([
      'segment',
      'category',
      'max_score',
      'rationale',
      'confirmed_by',
      'confirmed_on',
    ]);
    expect(table && asCsv(table)).toContain(',red,35,theirs,RevOps,2026-01-31\n,yellow,70,theirs,,\n');
  });

  it('name each fault by file, line, column, what was expected and what came', () => {
    expect(
      message({
        category_cuts:
          'segment,category,max_score,rationale,confirmed_on\n,purple,35,ours,\n,red,many,ours,\n\n,yellow,101,,31.1.26\nsmb,red\n,red,36,ours,\n',
      }),
    ).toMatchInlineSnapshot(`
      "The rules of this project cannot be used:
        - rules/category_cuts.csv line 6: expected 5 values, as in the header, got 2
        - rules/category_cuts.csv line 2, column category: expected one of red, yellow, green, got "purple"
        - rules/category_cuts.csv line 3, column max_score: expected a number, got "many"
        - rules/category_cuts.csv line 5, column confirmed_on: expected a day such as 2026-01-31, got "31.1.26"
        - rules/category_cuts.csv line 5, column max_score: expected at most 100, got "101"
        - rules/category_cuts.csv line 5, column rationale: expected a value, got nothing
        - rules/category_cuts.csv line 7, column segment, category: expected each key once, got that of line 3 again
      Mend them and run the same command again; nothing was started."
    `);
  });

  it.each([
    [
      'a table that the product has not',
      { weights: 'a\n1\n' },
      'expected a file named as one of category_cuts.csv',
    ],
    [
      'a column that the table has not',
      { category_cuts: 'segment,category,colour\n' },
      'column colour: expected one of segment',
    ],
    [
      'a key without its column',
      { category_cuts: 'segment,max_score\nsmb,1\n' },
      'column category: expected the column',
    ],
    [
      'a row taken out that is not there',
      { category_cuts: 'segment,category,enabled\nsmb,red,false\n' },
      'expected the key of a row',
    ],
  ])('refuse %s', (_, files, expected) => {
    expect(message(files as Record<string, string>)).toContain(expected);
  });
});

describe('the rows of a project that make its rules', () => {
  it('are those that differ and those taken out, and give the same table when laid over', () => {
    const text = 'segment,category,max_score,rationale,confirmed_by\nsmb,red,30,ours,RevOps\n';
    const without = 'segment,category,enabled\n,yellow,false\n';
    const [table] = laidOver({ category_cuts: text }, rulesOf({ category_cuts: without }, [cuts]));
    const rows = overlayOf(cuts, table!);
    expect(rows).toBe(
      'segment,category,max_score,rationale,confirmed_by,enabled\nsmb,red,30,ours,RevOps,\n,yellow,70,theirs,,false\n',
    );
    expect(laidOver({ category_cuts: rows }, [cuts])).toEqual([table]);
  });
});

describe('rules at a git ref', () => {
  let directory: string;
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=any', '-c', 'user.email=any@example.com', ...args], {
      cwd: directory,
    });
  const cutsAt = (ref: string) =>
    rulesAtRef(directory, ref)
      .find((table) => table.name === 'category_cuts')
      ?.rows.find((row) => row.segment === '' && row.category === 'red')?.max_score;
  const commit = (text: string) => {
    writeFileSync(join(directory, 'rules', 'category_cuts.csv'), text);
    git('add', '.');
    git('commit', '--quiet', '--message', 'any');
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tenure-rules-'));
    mkdirSync(join(directory, 'rules'));
    git('init', '--quiet');
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are those of the project then, over the product', () => {
    writeFileSync(join(directory, 'tenure.yaml'), '');
    git('add', 'tenure.yaml');
    git('commit', '--quiet', '--message', 'any');
    commit('segment,category,max_score\n,red,33\n');
    commit('segment,category,max_score\n,red,34\n');
    expect(['HEAD', 'HEAD~1', 'HEAD~2'].map(cutsAt)).toEqual(['34', '33', '40']);
  });

  it('refuse a ref that is none', () => {
    commit('segment,category,max_score\n,red,33\n');
    expect(() => cutsAt('no-such-branch')).toThrow(/git ref of this project, got "no-such-branch"/);
  });
});

describe('tables of rules of the product', () => {
  it('name the alert rules that there are: another one is told, a misspelt one too', () => {
    const row = (rule: string) => ({
      alert_rules: `rule,milestone_days,segment,severity,is_silent,due_days,waits_for_gate,subject,status,rationale\n${rule},,,notice,false,14,false,Find one,confirmed,ours\n`,
    });
    expect(laidOver(row('champion_missing'))[0]?.rows.at(-1)?.rule).toBe('champion_missing');
    expect(() => laidOver(row('champion_mising'))).toThrow(
      /alert_rules\.csv line 2, column rule: expected one of renewal_notice, .*, got "champion_mising"/,
    );
  });

  it('are each right by what their own properties say', () => {
    const tables = ruleTables();
    expect(tables.length).toBeGreaterThan(10);
    const files = Object.fromEntries(tables.map((table) => [table.name, asCsv(table)]));
    expect(laidOver(files).map(asCsv)).toEqual(tables.map(asCsv));
  });
});
