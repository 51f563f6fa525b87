import { statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether a file has the name that a mapping gives, in which `*` stands for anything.
 *
 * @example isNamed('report1719400000000.csv', 'report*.csv') // true
 */
export function isNamed(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let middle = name.slice(first.length, name.length - last.length);
  for (const part of rest) {
    const at = middle.indexOf(part);
    if (at < 0) return false;
    middle = middle.slice(at + part.length);
  }
  return true;
}

/** Of the names in a folder the one that a mapping means: of several the file that was written last. */
export function newestOf(folder: string, names: readonly string[], pattern: string): string | undefined {
  const found = names.filter((name) => isNamed(name, pattern));
  const writtenAt = (name: string) => statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return found.sort((a, b) => writtenAt(a) - writtenAt(b) || a.localeCompare(b)).at(-1);
}

/**
 * The name by which the next export will be found: a date or a number of many digits, which programs put into the names of
 * exports, may be another.
 *
 * @example patternOf('hubspot-companies-2026-06-30.csv') // 'hubspot-companies-*.csv'
 */
export const patternOf = (name: string): string =>
  name.replace(/\d{4}[-_.]?\d\d[-_.]?\d\d(?:[T_ -]?\d{2,6}(?:[-_.]\d\d)*)?|\d{6,}/, '*');
