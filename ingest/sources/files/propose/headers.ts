import { orderOf, plainDay, plainNumber } from '../formats.ts';
import { type ColumnMapping, headersOf } from '../mapping.ts';
import { type FileColumn, type FileTable, TABLES } from '../tables.ts';
import { readerOf } from '../values.ts';
import type { ColumnProfile, FileProfile } from './profile.ts';
import type { Answers, CustomerKey } from './proposal.ts';
import {
  CUSTOMER,
  HELPERS,
  INVOICE_TYPES,
  MEANINGS,
  MISLEADING,
  namesOf,
  SYNONYMS,
  words,
} from './synonyms.ts';

/** The share of cells that must be readable for a column to be what its name says. */
export const READABLE = 0.7;

const MARKS = ['point', 'comma'] as const;

/** Finds headers of one file: by what a person says, by their names, by what stands under them. */
export class Headers {
  readonly profile: FileProfile;
  /** Headers that were looked at and not taken, with why. */
  readonly refused = new Map<string, string>();
  readonly #answers: Answers;

  constructor(profile: FileProfile, answers: Answers) {
    this.profile = profile;
    this.#answers = answers;
  }

  /** What the file, or the sheet, is called. */
  name(): string {
    const { file, sheet } = this.profile;
    return sheet === undefined ? file : `${file} (sheet "${sheet}")`;
  }

  /** The column that names the customer. */
  customer(by: CustomerKey): ColumnProfile | undefined {
    const given = this.given(by === 'id' ? 'accounts.account_id' : 'accounts.name');
    if (given !== undefined) return given;
    // Of deals, tickets and people it is their own.
    const isOfCompanies = this.header('company name') !== undefined || this.header('name') !== undefined;
    const names = [
      ...(by === 'id' ? ['account id'] : []),
      ...(CUSTOMER[by] ?? []).filter((name) => !['record id', 'external id'].includes(name) || isOfCompanies),
    ];
    const isMostlyFilled = ({ filled }: ColumnProfile) => filled >= 0.5 * this.profile.rowCount;
    return this.#exact(names, isMostlyFilled);
  }

  /** The column that a mapping reads first. */
  column(from: ColumnMapping | undefined): ColumnProfile | undefined {
    const [header] = headersIn(from);
    return this.profile.columns.find((each) => each.header === header);
  }

  /** The header that the user names for a column. */
  given(column: string): ColumnProfile | undefined {
    const header = this.#answers.columns?.[column];
    return header === undefined ? undefined : this.header(words(header));
  }

  header(name: string): ColumnProfile | undefined {
    const { columns } = this.profile;
    return (
      columns.find((each) => words(each.header) === name) ??
      columns.find((each) => namesOf(each.header).includes(name))
    );
  }

  /** A column of which canonical ones are made. */
  helper(name: string, fits: (column: ColumnProfile) => boolean = () => true): ColumnProfile | undefined {
    return this.#exact(HELPERS[name] ?? [], (column) => column.filled > 0 && fits(column));
  }

  #exact(names: readonly string[], fits: (column: ColumnProfile) => boolean): ColumnProfile | undefined {
    for (const name of names) {
      const column = this.header(name);
      if (column !== undefined && fits(column)) return column;
    }
    return undefined;
  }

  /** The column of the file for one of a table: by what the user says, by its name, by a part of it. */
  find(
    table: FileTable,
    name: string,
    used: ReadonlySet<string> = new Set(),
    hows: readonly ('name' | 'part')[] = ['name', 'part'],
  ): { readonly column: ColumnProfile; readonly doubt?: string } | undefined {
    const given = this.given(`${table.name}.${name}`);
    if (given !== undefined) return { column: given };
    const column = table.columns.find((each) => each.name === name)!;
    const names = [words(name), ...(SYNONYMS[table.name]?.[name] ?? [])];
    const isFree = ({ header }: ColumnProfile) =>
      !used.has(header) && MISLEADING[words(header)] === undefined;
    for (const each of hows.includes('name') ? names : []) {
      const found = this.header(each);
      if (found === undefined || !isFree(found)) continue;
      if (this.#fits(column, found)) return { column: found };
    }
    if (!hows.includes('part')) return undefined;
    const parts = names.filter((each) => each.includes(' ') || each === 'arr');
    const part = this.profile.columns.find((each) => {
      const has = new Set(words(each.header).split(' '));
      return (
        isFree(each) &&
        parts.some((one) => one.split(' ').every((word) => has.has(word))) &&
        this.#fits(column, each)
      );
    });
    return part && { column: part, doubt: `"${part.header}" is taken for ${name} by a part of its name` };
  }

  /** Whether what stands under a header can be what a column holds. */
  #fits(column: FileColumn, found: ColumnProfile): boolean {
    if (found.filled === 0) return false;
    const place = this.profile.columns.indexOf(found);
    const cells = this.profile.rows.map((row) => row[place] ?? '').filter((text) => text !== '');
    const isReadable = readableAs(column);
    const strange = cells.filter((text) => !isReadable(text));
    if (strange.length <= (1 - READABLE) * cells.length) return true;
    if (column.vocabulary !== undefined) {
      const meant = Object.values(MEANINGS[column.vocabulary] ?? {}).flat();
      if (cells.some((text) => isReadable(text) || meant.includes(words(text)))) return true;
    }
    this.refused.set(
      found.header,
      `it looks like ${column.name} by its name, but holds "${strange[0]?.slice(0, 40)}"`,
    );
    return false;
  }

  /** Whether a column says of rows that they are invoices. */
  isOfInvoices(): boolean {
    const isInvoice = (word: string) => INVOICE_TYPES.includes(words(word));
    return this.helper('document_type', ({ distinct }) => [...distinct].some(isInvoice)) !== undefined;
  }

  /** What is open of an invoice, other than in `except`. Where rows are grouped, a mere "Balance" runs on from row to row. */
  openBalance(except?: ColumnMapping): ColumnProfile | undefined {
    const { groupedAs } = this.profile;
    return this.helper(
      'open_balance',
      ({ header, numbers, filled }) =>
        numbers === filled && header !== except && (groupedAs === undefined || words(header) !== 'balance'),
    );
  }

  /** Whether a row is a deal that says whether it was won. */
  isOfDeals(): boolean {
    const table = TABLES.find(({ name }) => name === 'opportunities')!;
    return ['opportunity_id', 'stage', 'is_won'].every((column) => this.find(table, column) !== undefined);
  }

  /** Whether these headers tell the rows apart that have a value in the first. */
  tellApart(headers: readonly string[]): boolean {
    const places = headers.map((header) => this.profile.columns.findIndex((each) => each.header === header));
    const keys = this.profile.rows
      .map((row) => places.map((place) => row[place] ?? ''))
      .filter(([first]) => headers.length === 1 || first !== '');
    return (
      keys.every(([first]) => first !== '') &&
      new Set(keys.map((key) => key.join('\u001f'))).size === keys.length
    );
  }

  /** Why headers that look right are not taken. */
  reasons(): string {
    const why = [...this.refused].map(([header, reason]) => `"${header}": ${reason}`).join('; ');
    return why === '' ? '' : ` (${why})`;
  }
}

/** The headers of a mapping, or of none. */
export const headersIn = (from: ColumnMapping | undefined) => (from === undefined ? [] : headersOf(from));

/** Whether a cell can be read as what a canonical column holds, whatever order of days and mark of decimals. */
export function readableAs(column: FileColumn): (text: string) => boolean {
  switch (column.type) {
    case 'date':
    case 'timestamp':
      return (text) => orderOf(text) !== undefined || plainDay(text, {}) !== undefined;
    case 'decimal':
    case 'number':
    case 'integer':
      return (text) => MARKS.some((decimals) => plainNumber(text, { decimals }) !== undefined);
    case 'string':
      if (column.name === 'email' || column.name === 'owner_email')
        return (text) => /^\S+@\S+\.\S+$/.test(text);
      break;
    default:
      break;
  }
  const read = readerOf(column, 'UTC');
  return (text) => read(text) !== undefined;
}
