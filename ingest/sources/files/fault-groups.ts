import type { FaultGroup } from '../../source.ts';
import { spelled, VOCABULARIES } from '../../vocabularies.ts';
import { type Formats, orderOf, plainDay, plainNumber } from './formats.ts';
import type { Layout } from './layout.ts';
import { headersOf } from './mapping.ts';
import type { Fault, FileColumn } from './tables.ts';

type Severity = FaultGroup['severity'];

/** What a cell says, on one line and not too long. */
const shown = (given: string) => given.replaceAll(/\s+/g, ' ').slice(0, 60);

/** Words that are remembered of a group, to name them. */
const MOST_WORDS = 5;

/** What is known of one reason in one column. */
interface Group {
  readonly fault: Fault;
  readonly severity: Severity;
  readonly line: number;
  count: number;
  readonly words: Set<string>;
}

/** The faults of a file by column and reason, however many: each with its number, an example and what would mend it. */
export class FaultGroups {
  readonly #groups = new Map<string, Group>();
  readonly #source: string;
  readonly #layout: Layout;

  constructor(source: string, layout: Layout) {
    this.#source = source;
    this.#layout = layout;
  }

  add(line: number, fault: Fault, severity: Severity): void {
    const id = `${severity} ${fault.column} ${fault.reason}`;
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = { fault, severity, line, count: 0, words: new Set() };
      this.#groups.set(id, group);
    }
    group.count += 1;
    if (fault.given !== undefined && group.words.size < MOST_WORDS) group.words.add(shown(fault.given));
  }

  /** Rows first, then values; the most frequent first. */
  report(): FaultGroup[] {
    return [...this.#groups.values()]
      .sort((a, b) => a.severity.localeCompare(b.severity) || b.count - a.count)
      .map((group) => this.#groupOf(group));
  }

  #groupOf({ fault, severity, line, count, words }: Group): FaultGroup {
    const laid = this.#layout.columns.find(({ column }) => column.name === fault.column);
    const header = laid?.from === undefined ? null : headersOf(laid.from).join(' and ') || null;
    return {
      column: fault.column,
      header: this.#layout.isMapped ? header : null,
      reason: fault.reason,
      severity,
      count,
      expected: expectedOf(fault, laid?.column, this.#layout.formats),
      example: fault.given === undefined ? null : shown(fault.given),
      line,
      mend: this.#mendOf(fault, laid?.column, [...words]),
    };
  }

  /** What would mend it: the line of tenure.yaml where there is one. */
  #mendOf({ reason, column: name }: Fault, column: FileColumn | undefined, words: readonly string[]): string {
    const { table, formats = {}, isMapped } = this.#layout;
    const place = `connector.config.tables.${table.name}.formats of the source ${this.#source}`;
    const given = words[0] ?? '';
    const orEmpty = column?.mayBeEmpty
      ? '; an empty cell says that it runs until cancelled'
      : column?.isRequired
        ? ''
        : ', or leave it empty';
    switch (reason) {
      case 'bad_date': {
        const order = orderOf(given);
        if (order === 'either') return `say which comes first: dates: day_first or month_first, in ${place}`;
        if (order !== undefined && order !== formats.dates && plainDay(given, { ...formats, dates: order }))
          return `if all of its days are so: dates: ${order}, in ${place}`;
        return `write it as 2026-03-31${orEmpty}`;
      }
      case 'bad_number': {
        const marks = (['point', 'comma'] as const).filter(
          (decimals) => plainNumber(given, { ...formats, decimals }) !== undefined,
        );
        if (marks.length > 0 && formats.decimals === undefined)
          return `say how decimals are marked: decimals: ${marks.join(' or ')}, in ${place}`;
        if (marks.length === 1 && marks[0] !== formats.decimals)
          return `if all of its numbers are so: decimals: ${marks[0]}, in ${place}`;
        return `write the number alone${orEmpty}`;
      }
      case 'bad_boolean':
        return `write yes or no${orEmpty}`;
      case 'unknown_value': {
        if (column?.vocabulary !== undefined)
          return `say what they mean, in the source ${this.#source}: values: { ${column.vocabulary}: { ${words.map((word) => `"${word}": …`).join(', ')} } }`;
        if (name === 'currency_code')
          return `add a rates file with a line such as ${given || 'EUR'},2024-01-01,1.08 (currency_code,valid_from,rate)`;
        return name === null
          ? 'see that the line has as many cells as the header; quote cells that hold the separator'
          : 'mend the cell';
      }
      case 'missing_value':
        return 'fill the cell, or take the line out';
      case 'unknown_account':
        return 'see that the accounts have it, under the same id';
      case 'duplicate_key':
        return isMapped
          ? `the later line counts; if they are different records, add a header to ${name} that tells them apart: { id_of: […] }`
          : 'the later line counts; take the other one out';
      case 'bad_range':
        return 'mend the cell';
      default:
        return 'mend the file';
    }
  }
}

function expectedOf(fault: Fault, column: FileColumn | undefined, formats: Formats | undefined): string {
  switch (fault.reason) {
    case 'bad_date':
      return formats?.dates === undefined
        ? 'a day such as 2026-03-31'
        : `a day such as 2026-03-31 or ${formats.dates === 'day_first' ? '31/03/2026' : '3/31/2026'}`;
    case 'bad_number':
      return formats?.decimals === 'comma' ? 'a number such as 1.200,50' : 'a number such as 1200.50';
    case 'bad_boolean':
      return 'yes or no';
    case 'unknown_value':
      if (column?.vocabulary !== undefined) return `one of ${VOCABULARIES[column.vocabulary].join(', ')}`;
      if (fault.column === 'currency_code') return 'the tenant’s currency, or one with a rate';
      return fault.column === null ? 'one cell for each header' : 'a text or a list';
    case 'missing_value':
      return 'one';
    case 'unknown_account':
      return 'the id of an account';
    case 'duplicate_key':
      return 'a key of its own';
    case 'bad_range':
      return rangeOf(fault, column);
    default:
      return 'a value';
  }
}

function rangeOf({ column: name }: Fault, column: FileColumn | undefined): string {
  if (name === 'term_end_date') return 'a term that ends after it begins';
  if (name === 'rate') return 'a rate above 0';
  const { min, max } = column ?? {};
  if (min !== undefined && max !== undefined) return `a number from ${min} to ${max}`;
  return min === undefined ? 'a number on the scale of its type' : `a number from ${min}`;
}

const WHAT: Readonly<Record<FaultGroup['reason'], string>> = {
  missing_value: 'has no value',
  missing_column: 'is missing',
  bad_date: 'is no day',
  bad_number: 'is no number',
  bad_boolean: 'is neither yes nor no',
  unknown_value: 'is not known',
  bad_range: 'cannot be so',
  duplicate_key: 'is there twice',
  unknown_account: 'is no account',
  unreadable: 'cannot be read',
};

/**
 * A group in one line for a person.
 *
 * @example faultText(group)
 * // '2 × arr ("Annual value") is no number: expected a number such as 1200.50, got "1,200" (line 4). To mend it, say …'
 */
export function faultText(group: FaultGroup): string {
  const { column, header, reason, count, expected, example, line, mend } = group;
  const named = header === null || spelled(header) === column ? '' : ` ("${header}")`;
  const got = example === null ? ` (line ${line})` : `, got "${example}" (line ${line})`;
  return `${count.toLocaleString('en')} × ${column ?? 'the whole line'}${named} ${WHAT[reason]}: expected ${expected}${got}. To mend it, ${mend}.`;
}
