import { describe, expect, it } from 'vitest';
import { ruleChanges, ruleChangeText } from './rule-changes.ts';
import type { RuleRow, RuleTable } from './rule-tables.ts';

const cuts = (...rows: RuleRow[]): RuleTable => ({
  name: 'category_cuts',
  key: ['segment', 'category'],
  columns: [],
  rows,
});
const red = { segment: '', category: 'red', max_score: '40', rationale: 'theirs' };
const texts = (before: readonly RuleTable[], after: readonly RuleTable[]) =>
  ruleChanges(before, after).map(ruleChangeText);

describe('what differs between rules', () => {
  it('is each row that says something else, with the values that do', () => {
    const after = [cuts({ ...red, max_score: '41', rationale: 'ours' })];
    expect(ruleChanges([cuts(red)], after)).toEqual([
      {
        table: 'category_cuts',
        key: { segment: '', category: 'red' },
        before: { max_score: '40' },
        after: { max_score: '41' },
      },
    ]);
    expect(texts([cuts(red)], after)).toEqual(['category_cuts red: max_score 40 → 41']);
  });

  it('is no reason, and nothing where nothing does', () => {
    expect(ruleChanges([cuts(red)], [cuts({ ...red, rationale: 'ours', status: 'confirmed' })])).toEqual([]);
  });

  it('is a row, or a table, that comes or goes, and a column that is new', () => {
    const smb = { ...red, segment: 'smb', max_score: '30' };
    expect(texts([cuts(red)], [cuts(red, smb)])).toEqual(['category_cuts smb red: new']);
    expect(texts([cuts(red, smb)], [cuts(red)])).toEqual(['category_cuts smb red: gone']);
    expect(texts([], [cuts(red)])).toEqual(['category_cuts red: new']);
    expect(texts([cuts(red)], [])).toEqual(['category_cuts red: gone']);
    expect(texts([cuts(red)], [cuts({ ...red, unit: 'points' })])).toEqual([
      'category_cuts red: unit nothing → points',
    ]);
  });
});
