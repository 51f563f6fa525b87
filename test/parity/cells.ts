import type { Row } from '../../warehouse/index.ts';

export const instant = /^\d{4}-\d\d-\d\dT/;

/** Rows by their key; instants without fractions, so that only what they say is compared. */
const keyed = (rows: readonly Row[], keys: readonly string[], ignored: ReadonlySet<string>) =>
  new Map(
    rows.map((row) => [
      keys.map((key) => String(row[key])).join(' | '),
      Object.fromEntries(
        Object.entries(row)
          .filter(([name]) => !ignored.has(name))
          .map(([name, value]) => [
            name,
            typeof value === 'string' && instant.test(value) ? new Date(value).toISOString() : value,
          ]),
      ),
    ]),
  );

const isEqual = (left: unknown, right: unknown) =>
  typeof left === 'number' && typeof right === 'number'
    ? Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left))
    : left === right;

/**
 * What two tables do not have in common, in words: keys that only one has or that stand twice, columns, cells (numbers
 * to 1e-9). None when they say the same.
 */
export function differences(
  [here, there]: readonly [readonly Row[], readonly Row[]],
  keys: readonly string[],
  ignored: ReadonlySet<string> = new Set(),
): string[] {
  const [left, right] = [keyed(here, keys, ignored), keyed(there, keys, ignored)];
  const columns = (rows: readonly Row[]) =>
    Object.keys(rows[0] ?? {})
      .sort()
      .join(', ');
  return [
    ...(columns(here) === columns(there) ? [] : [`columns are ${columns(here)} and ${columns(there)}`]),
    ...([left, right].some((side, index) => side.size !== [here, there][index]?.length)
      ? [`${here.length} and ${there.length} rows have ${left.size} and ${right.size} keys`]
      : []),
    ...[...right.keys()].filter((key) => !left.has(key)).map((key) => `${key}: only there`),
    ...[...left].flatMap(([key, row]) => {
      const other = right.get(key);
      if (other === undefined) return [`${key}: only here`];
      return Object.entries(row)
        .filter(([name, value]) => !isEqual(value, other[name]))
        .map(([name, value]) => `${key}: ${name} is ${value} and ${other[name]}`);
    }),
  ];
}
