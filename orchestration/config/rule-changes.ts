import type { RuleRow, RuleTable } from './rule-tables.ts';

/** A row of rules that says something else: the values that differ; null where there is no such row. */
export interface RuleChange {
  readonly table: string;
  /** The row's key: `{ segment: '', category: 'red' }`. */
  readonly key: RuleRow;
  readonly before: RuleRow | null;
  readonly after: RuleRow | null;
}

/** Columns that say why, and who agreed: no number rests on them. */
const REASONS = ['status', 'rationale', 'confirmed_by', 'confirmed_on'];

/** The rows in which two sets of rules differ, but for their reasons. */
export function ruleChanges(
  before: readonly RuleTable[],
  after: readonly RuleTable[],
): readonly RuleChange[] {
  const tableOf = (rules: readonly RuleTable[], name: string) => rules.find((table) => table.name === name);
  const names = new Set([...before, ...after].map((table) => table.name));
  return [...names].flatMap((name) => {
    const was = tableOf(before, name);
    const is = tableOf(after, name);
    const key = (is ?? was)?.key ?? [];
    const byKey = (table: RuleTable | undefined) =>
      new Map(table?.rows.map((row) => [JSON.stringify(key.map((column) => row[column] ?? '')), row]));
    const [rowsThen, rowsNow] = [byKey(was), byKey(is)];
    return [...new Set([...rowsThen.keys(), ...rowsNow.keys()])].flatMap(
      (id) => changeOf(name, key, rowsThen.get(id) ?? null, rowsNow.get(id) ?? null) ?? [],
    );
  });
}

function changeOf(
  table: string,
  key: readonly string[],
  before: RuleRow | null,
  after: RuleRow | null,
): RuleChange | undefined {
  const columns = Object.keys({ ...before, ...after }).filter(
    (column) =>
      ![...key, ...REASONS].includes(column) && (before?.[column] ?? '') !== (after?.[column] ?? ''),
  );
  if (before !== null && after !== null && columns.length === 0) return undefined;
  const only = (row: RuleRow, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, row[name] ?? '']));
  return {
    table,
    key: only(after ?? before ?? {}, key),
    before: before && only(before, columns),
    after: after && only(after, columns),
  };
}

/** The same for people: `category_cuts red: max_score 40 → 41`. */
export function ruleChangeText({ table, key, before, after }: RuleChange): string {
  const row = `${table} ${Object.values(key).filter(Boolean).join(' ')}`;
  if (before === null) return `${row}: new`;
  if (after === null) return `${row}: gone`;
  const said = (value: string | undefined) => value || 'nothing';
  const values = Object.keys(after).map(
    (column) => `${column} ${said(before[column])} → ${said(after[column])}`,
  );
  return `${row}: ${values.join(', ')}`;
}
