import type { ValueMapping, Vocabulary } from '../../../vocabularies.ts';
import { type Formats, monthsIn, orderOf, plainDay, plainNumber, timesAYear } from '../formats.ts';
import { type ColumnMapping, headersOf, type TableMapping } from '../mapping.ts';
import { type FileColumn, type FileTable, TABLES } from '../tables.ts';
import { readerOf } from '../values.ts';
import type { ColumnProfile, FileProfile } from './profile.ts';
import { CUSTOMER, HELPERS, MEANINGS, MISLEADING, SYNONYMS, words } from './synonyms.ts';

/** How a row names its customer: by an id, or by a name of which an id is made. */
type CustomerKey = 'id' | 'name';

/** What a person, or a flag, says that the files do not. */
export interface Answers {
  readonly dates?: Formats['dates'];
  readonly decimals?: Formats['decimals'];
  /** How many months a contract runs that says only when it ends, or begins. */
  readonly termMonths?: number;
  /** How the accounts that are there already are named. */
  readonly customerKey?: CustomerKey;
  /** Whether contracts come from elsewhere. */
  readonly hasContracts?: boolean;
  /** The tenant's currency, when it is given. */
  readonly currency?: string;
  /** Headers of canonical columns, by `table.column`; they go before what is found. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** What the files leave open. */
export interface Question {
  readonly flag: 'dates' | 'decimals' | 'term-months' | 'column';
  /** With examples, so that it can be answered without opening the file. */
  readonly ask: string;
  readonly choices?: readonly string[];
  /** What is safe to take without an answer; none where a guess would be dangerous. */
  readonly fallback?: string;
}

export interface TableProposal {
  readonly table: FileTable;
  readonly mapping: TableMapping;
  /** Columns that were found by less than their name, or made. */
  readonly doubts: readonly string[];
}

export interface FileProposal {
  readonly profile: FileProfile;
  readonly tables: readonly TableProposal[];
  readonly leftOut: readonly string[];
  /** What was taken although it is not certain. */
  readonly doubts: readonly string[];
}

export interface Proposal {
  readonly files: readonly FileProposal[];
  readonly questions: readonly Question[];
  /** What words of the files mean, by vocabulary. */
  readonly values: ValueMapping;
  /** The currency that most of the money is in, as far as the files say. */
  readonly currency: string | undefined;
}

const TABLE = new Map(TABLES.map((table) => [table.name, table]));

const MARKS = ['point', 'comma'] as const;

/** The share of cells that must be readable for a column to be what its name says. */
const READABLE = 0.7;

/** Proposes how the columns of exports become those of the canonical tables. */
export function propose(profiles: readonly FileProfile[], answers: Answers = {}): Proposal {
  const looks = profiles.map((profile) => new FileLook(profile, answers));
  // What names a customer must be the same in all files.
  const referring = looks.filter((look) => look.customer('id') ?? look.customer('name'));
  const key: CustomerKey =
    answers.customerKey ??
    (referring.some((look) => look.customer('id')) &&
    referring.every((look) => look.customer('id') || !look.customer('name'))
      ? 'id'
      : 'name');
  const taken = new Map<string, string>();
  for (const look of looks) look.choose(key, taken);
  const book = looks.find((look) => look.feeds('contracts'));
  if (book && !looks.some((look) => look.feeds('accounts'))) book.alsoAccounts(key);
  for (const look of looks) look.tellUndated(book !== undefined || answers.hasContracts === true);
  const found = new Map<string, number>();
  for (const look of looks)
    for (const [code, count] of look.currencies()) found.set(code, (found.get(code) ?? 0) + count);
  const [currency] = [...found].sort((a, b) => b[1] - a[1])[0] ?? [];
  const values = valuesOf(looks.flatMap((look) => look.words()));
  const proposed = looks.map((look) => look.proposal());
  return {
    files: proposed,
    questions: looks.flatMap((look) => look.questions),
    values,
    currency,
  };
}

function valuesOf(words: readonly (readonly [Vocabulary, string, string])[]): ValueMapping {
  const values: Partial<Record<Vocabulary, Record<string, string>>> = {};
  for (const [vocabulary, word, meant] of words)
    values[vocabulary] = { ...values[vocabulary], [word]: meant };
  return values;
}

class FileLook {
  readonly questions: Question[] = [];
  readonly #profile: FileProfile;
  readonly #answers: Answers;
  readonly #tables = new Map<string, { columns: Record<string, ColumnMapping>; doubts: string[] }>();
  readonly #doubts: string[] = [];
  /** Money that no day belongs to. */
  #undated: ColumnProfile | undefined;
  /** Headers that were looked at and not taken, with why. */
  readonly #refused = new Map<string, string>();

  constructor(profile: FileProfile, answers: Answers) {
    this.#profile = profile;
    this.#answers = answers;
  }

  feeds(table: string): boolean {
    return this.#tables.has(table);
  }

  /** The column that names the customer. */
  customer(by: CustomerKey): ColumnProfile | undefined {
    const given = this.#given(by === 'id' ? 'accounts.account_id' : 'accounts.name');
    if (given !== undefined) return given;
    // Of deals, tickets and people it is their own.
    const isOfCompanies = this.#header('company name') !== undefined || this.#header('name') !== undefined;
    const names = [
      ...(by === 'id' ? ['account id'] : []),
      ...(CUSTOMER[by] ?? []).filter((name) => name !== 'record id' || isOfCompanies),
    ];
    const isMostlyFilled = ({ filled }: ColumnProfile) => filled >= 0.5 * this.#profile.rowCount;
    return this.#exact(names, isMostlyFilled);
  }

  /** Decides which tables the file feeds. `taken` are tables of other files. */
  choose(key: CustomerKey, taken: Map<string, string>): void {
    const kinds = this.#kinds(key);
    if (kinds.length === 0) {
      const has = this.#profile.columns.map(({ header }) => `"${header}"`).join(', ');
      this.#ask(
        'column',
        `${this.#name()} says neither which customer a row belongs to nor what it is about; it has ${has}. Say which header names the customer, as --column "accounts.name=HEADER"`,
      );
      return;
    }
    for (const name of kinds) {
      const other = taken.get(name);
      if (other !== undefined) {
        this.#doubts.push(
          `it would be ${name} too, but ${other} is taken for them: one file or sheet a table`,
        );
        continue;
      }
      taken.set(name, this.#name());
      this.#map(name, key);
    }
  }

  /** Says that there is money without a day: a question where nothing else has contracts. */
  tellUndated(hasContracts: boolean): void {
    if (this.#undated === undefined) return;
    const { header } = this.#undated;
    if (hasContracts) this.#refused.set(header, 'contracts come from elsewhere');
    else
      this.#ask(
        'column',
        `${this.#name()} has "${header}", and no column says when contracts end or begin${this.#reasons()}. Say which one does, as --column "contracts.term_end_date=HEADER"`,
      );
  }

  /** A sheet of contracts gives the accounts too, when nothing else does. */
  alsoAccounts(key: CustomerKey): void {
    this.#map('accounts', key);
  }

  /** What the file may be, by what is in it. */
  #kinds(key: CustomerKey): string[] {
    const has = (table: string, column: string) => this.#find(TABLE.get(table)!, column) !== undefined;
    const customer = this.customer(key) ?? this.customer(key === 'id' ? 'name' : 'id');
    const hint = (pattern: RegExp) =>
      pattern.test(`${this.#profile.file} ${this.#profile.sheet ?? ''}`.toLowerCase());
    const [stem = ''] = this.#profile.file.toLowerCase().split('.');
    const canonical = TABLE.get(this.#profile.sheet?.toLowerCase() ?? stem);
    if (canonical?.columns.every(({ name, isRequired }) => !isRequired || this.#header(words(name))))
      return [canonical.name];
    if (customer === undefined && !has('users', 'email')) return [];
    const money = has('contracts', 'arr') || this.#helper('mrr') !== undefined;
    const hasBook = has('contracts', 'term_end_date') || (money && has('contracts', 'term_start_date'));
    if (has('opportunities', 'stage') && has('opportunities', 'opportunity_id')) return ['opportunities'];
    if (has('invoices', 'invoice_id') && has('invoices', 'due_date')) return ['invoices'];
    if (
      has('tickets', 'ticket_id') &&
      has('tickets', 'created_at') &&
      !hasBook &&
      hint(/ticket|case|support|conversation|desk/)
    )
      return ['tickets'];
    if (customer && has('usage_events', 'user_id') && has('usage_events', 'event_at') && !hasBook)
      return ['usage_events'];
    if (customer && has('contacts', 'email') && !hasBook && hint(/contact|kontakt|people|person/))
      return ['contacts'];
    if (has('users', 'email') && !hasBook && hint(/user|team|owner|benutzer|staff/)) return ['users'];
    if (customer === undefined) return [];
    const worth = this.#find(TABLE.get('contracts')!, 'arr')?.column ?? this.#helper('mrr');
    if (!hasBook) this.#undated = worth;
    if (hasBook)
      return hint(/contract|vertr|subscription|renewal/) ? ['contracts'] : ['accounts', 'contracts'];
    return ['accounts'];
  }

  #map(name: string, key: CustomerKey): void {
    const table = TABLE.get(name)!;
    const columns: Record<string, ColumnMapping> = {};
    const doubts: string[] = [];
    this.#tables.set(name, { columns, doubts });
    const customerColumn = this.customer(key);
    const names = this.customer('name') ?? this.customer('id');
    const used = new Set<string>();
    for (const column of table.columns) {
      if (column.name === 'account_id') {
        const whom = customerColumn ?? names;
        if (whom === undefined) continue;
        if (customerColumn === undefined && name !== 'accounts')
          doubts.push(
            `customers go by their ${key} elsewhere, and here only "${whom.header}" names them: rows may not find their account`,
          );
        columns.account_id = key === 'id' && customerColumn ? whom.header : { id_of: whom.header };
      }
      if (name === 'accounts' && column.name === 'name' && names !== undefined) columns.name = names.header;
    }
    if (names !== undefined) used.add(names.header);
    // What has its name goes before what has a part of it.
    for (const how of ['name', 'part'] as const)
      for (const column of table.columns) {
        if (columns[column.name] !== undefined) continue;
        const found = this.#find(table, column.name, used, [how]);
        if (found === undefined) continue;
        used.add(found.column.header);
        columns[column.name] = found.column.header;
        if (found.doubt !== undefined) doubts.push(found.doubt);
      }
    if (name === 'accounts') this.#complete(columns);
    if (name === 'contracts') this.#completeContracts(columns, doubts);
    if (name === 'users' && columns.user_id === undefined && columns.email !== undefined)
      columns.user_id = columns.email;
    if (name === 'contacts' && columns.contact_id === undefined && columns.email !== undefined)
      columns.contact_id = columns.email;
    const isTermAsked = this.questions.some(
      ({ flag, fallback }) => flag === 'term-months' && fallback === undefined,
    );
    for (const { name: column, isRequired } of table.columns)
      if (isRequired && columns[column] === undefined && !(isTermAsked && column === 'term_end_date'))
        this.#ask(
          'column',
          `No header of ${this.#name()} is known for ${name}.${column}, which is required; it has ${this.#profile.columns.map(({ header }) => `"${header}"`).join(', ')}. Say which one it is, as --column "${name}.${column}=HEADER"`,
        );
  }

  #complete(columns: Record<string, ColumnMapping>): void {
    const owner = this.#column(columns.owner_id);
    if (owner !== undefined && owner.mails >= READABLE * owner.filled && columns.owner_email === undefined) {
      columns.owner_email = owner.header;
      delete columns.owner_id;
    }
    // A parent is named as accounts are.
    const parent = this.#column(columns.parent_account_id);
    if (parent !== undefined && typeof columns.account_id !== 'string')
      columns.parent_account_id = { id_of: parent.header };
    else if (parent !== undefined) {
      const ids = this.#column(columns.account_id)?.distinct;
      if (![...parent.distinct].some((each) => ids?.has(each))) {
        delete columns.parent_account_id;
        this.#refused.set(parent.header, 'it names no account by its id');
      }
    }
    for (const [column, from] of Object.entries(columns)) {
      if (column === 'created_at' || !headersOf(from).some((header) => columns.created_at === header))
        continue;
      delete columns.created_at;
    }
  }

  #completeContracts(columns: Record<string, ColumnMapping>, doubts: string[]): void {
    const sole = (what: string, column: string, fits: (each: ColumnProfile) => boolean) => {
      if (columns[column] !== undefined) return;
      const free = this.#profile.columns.filter(
        (each) =>
          fits(each) &&
          each.filled >= 0.5 * this.#profile.rowCount &&
          !this.#isTaken(each.header) &&
          MISLEADING[words(each.header)] === undefined,
      );
      const [only] = free;
      if (free.length !== 1 || only === undefined) return;
      columns[column] = only.header;
      doubts.push(`"${only.header}" is taken for ${column}, because no other column holds ${what}`);
    };
    if (columns.term_start_date === undefined)
      sole('days', 'term_end_date', ({ days, filled }) => filled > 0 && days >= READABLE * filled);
    const mrr = this.#helper('mrr');
    if (columns.arr === undefined && mrr !== undefined) {
      columns.arr = { from: mrr.header, times: 12 };
      doubts.push(`arr is "${mrr.header}" × 12`);
    }
    sole(
      'money',
      'arr',
      ({ money, numbers, filled }) => filled > 0 && numbers >= READABLE * filled && money > 0,
    );
    const amount = this.#column(columns.arr);
    const interval = this.#helper('interval', ({ distinct }) =>
      [...distinct].every((word) => timesAYear(word) !== undefined),
    );
    if (
      amount &&
      interval &&
      typeof columns.arr === 'string' &&
      !/\barr\b|annual|jahr|jährlich|acv/.test(words(amount.header))
    ) {
      const quantity = this.#helper('quantity', ({ numbers, filled }) => numbers === filled);
      const times = [...(quantity ? [quantity.header] : []), interval.header];
      columns.arr = { from: amount.header, times };
      doubts.push(
        `arr is "${amount.header}" × ${times.map((each) => `"${each}"`).join(' × ')} (a month counts 12 times): compare one of them with its source`,
      );
    } else if (
      amount &&
      /^(amount|value|betrag|vertragswert|contract value|contract amount)$/.test(words(amount.header))
    )
      doubts.push(
        `"${amount.header}" is taken for a year’s revenue: if it is a month’s or a whole term’s, mend contracts.arr`,
      );
    this.#completeTerm(columns, doubts);
    this.#completeCurrency(columns);
    this.#completeContractId(columns, doubts);
  }

  #completeTerm(columns: Record<string, ColumnMapping>, doubts: string[]): void {
    const term = this.#helper('term_months', ({ distinct }) =>
      [...distinct].every((text) => monthsIn(text) !== undefined),
    );
    const months = term?.header ?? this.#answers.termMonths;
    const { term_start_date: start, term_end_date: end } = columns;
    if (start === undefined && typeof end === 'string') {
      columns.term_start_date = { from: end, minus: months ?? 12 };
      if (months === undefined) {
        const ask = `${this.#name()} says when contracts end and not when they began. How many months do they run?`;
        this.questions.push({ flag: 'term-months', ask, fallback: '12' });
        doubts.push(
          `term_start_date is "${end}" less 12 months, because nothing says when terms began: another number with --term-months`,
        );
      }
    }
    if (end === undefined && typeof start === 'string') {
      if (months !== undefined) columns.term_end_date = { from: start, plus: months };
      else
        this.questions.push({
          flag: 'term-months',
          ask: `${this.#name()} says when contracts begin ("${start}") and not when they end. How many months do they run?`,
        });
    }
  }

  #completeCurrency(columns: Record<string, ColumnMapping>): void {
    const money = this.#column(columns.arr);
    if (columns.currency_code === undefined && money !== undefined && money.currencies.size > 0)
      columns.currency_code = { currency_of: money.header };
  }

  #completeContractId(columns: Record<string, ColumnMapping>, doubts: string[]): void {
    const own = this.#column(columns.contract_id);
    const isGiven = this.#given('contracts.contract_id') !== undefined;
    if (own !== undefined && (isGiven || this.#tellApart([own.header]))) return;
    if (own !== undefined)
      this.#refused.set(
        own.header,
        'it is not in every row, or not different in each, so it is no contract’s key',
      );
    delete columns.contract_id;
    const [customer] = headersIn(columns.account_id);
    const [end] = headersIn(columns.term_end_date ?? columns.term_start_date);
    if (customer === undefined || end === undefined) return;
    const product = typeof columns.product === 'string' ? [columns.product] : [];
    const [arr] = headersIn(columns.arr);
    const choices = [
      [customer, end],
      [customer, ...product, end],
      [customer, ...product, end, ...(arr ? [arr] : [])],
    ];
    const chosen = choices.find((headers) => this.#tellApart(headers)) ?? choices[1]!;
    columns.contract_id = { id_of: chosen };
    if (!this.#tellApart(chosen))
      doubts.push(
        `some rows have the same ${chosen.map((each) => `"${each}"`).join(', ')}: of those the last counts. If they are different contracts, add a header to contracts.contract_id that tells them apart`,
      );
  }

  /** Whether these headers tell the rows apart that have a value in the first. */
  #tellApart(headers: readonly string[]): boolean {
    const places = headers.map((header) => this.#profile.columns.findIndex((each) => each.header === header));
    const keys = this.#profile.rows
      .map((row) => places.map((place) => row[place] ?? ''))
      .filter(([first]) => headers.length === 1 || first !== '');
    return (
      keys.every(([first]) => first !== '') &&
      new Set(keys.map((key) => key.join('\u001f'))).size === keys.length
    );
  }

  /** How many cells of the money that is read are in each currency. */
  currencies(): [string, number][] {
    const columns = this.#tables.get('contracts')?.columns;
    const code = this.#column(columns?.currency_code);
    if (typeof columns?.currency_code === 'string' && code !== undefined) {
      const place = this.#profile.columns.indexOf(code);
      const counts = new Map<string, number>();
      for (const row of this.#profile.rows) {
        const text = (row[place] ?? '').toUpperCase();
        if (/^[A-Z]{3}$/.test(text)) counts.set(text, (counts.get(text) ?? 0) + 1);
      }
      return [...counts];
    }
    const money = this.#column(columns?.arr);
    return money === undefined ? [] : [...money.currencies];
  }

  /** Words of mapped columns that their vocabularies do not have, and what they are taken to mean. */
  words(): (readonly [Vocabulary, string, string])[] {
    return [...this.#tables].flatMap(([name, { columns, doubts }]) =>
      TABLE.get(name)!.columns.flatMap((column) => {
        const { vocabulary } = column;
        const found = this.#column(columns[column.name]);
        if (vocabulary === undefined || found === undefined) return [];
        const isKnown = readableAs(column);
        const meanings = Object.entries(MEANINGS[vocabulary] ?? {});
        return [...found.distinct].flatMap((word) => {
          const [meant] = meanings.find(([, words_]) => words_.includes(words(word))) ?? [];
          if (isKnown(word) || meant === undefined) return [];
          doubts.push(`"${word}" of ${column.name} is taken for ${meant} (values of the source)`);
          return [[vocabulary, word, meant] as const];
        });
      }),
    );
  }

  proposal(): FileProposal {
    const formats = this.#formats();
    const { file, sheet } = this.#profile;
    const taken = new Set(
      [...this.#tables.values()].flatMap(({ columns }) => Object.values(columns).flatMap(headersOf)),
    );
    const leftOut = this.#profile.columns
      .filter(({ header }) => !taken.has(header))
      .map(({ header, filled }) => {
        const why =
          this.#refused.get(header) ??
          MISLEADING[words(header)] ??
          (filled === 0 ? 'it is empty' : undefined);
        return why === undefined ? `"${header}"` : `"${header}" (${why})`;
      });
    return {
      profile: this.#profile,
      tables: [...this.#tables].map(([name, { columns, doubts }]) => ({
        table: TABLE.get(name)!,
        mapping: {
          file,
          ...(sheet !== undefined && { sheet }),
          columns: inOrder(TABLE.get(name)!, columns),
          ...(Object.keys(formats).length > 0 && { formats }),
        },
        doubts,
      })),
      leftOut: [...leftOut, ...this.#profile.repeated.map((header) => `"${header}" (it is there twice)`)],
      doubts: this.#doubts,
    };
  }

  /** How the file writes what is read of it; asks where it does not show. */
  #formats(): Formats {
    const used = new Map<string, FileColumn['type']>();
    for (const [name, { columns }] of this.#tables)
      for (const [column, from] of Object.entries(columns))
        for (const header of headersOf(from)) {
          const { type } = TABLE.get(name)!.columns.find((each) => each.name === column)!;
          if (type !== 'string' || !used.has(header)) used.set(header, type);
        }
    const of = (...types: FileColumn['type'][]) =>
      this.#profile.columns.filter(({ header }) => types.includes(used.get(header) ?? 'string'));
    const dates = this.#dates(of('date', 'timestamp'));
    const decimals = this.#decimals(of('decimal', 'number', 'integer'));
    const signs = this.#signs();
    const { encoding } = this.#profile;
    return {
      ...(dates && { dates }),
      ...(decimals && { decimals }),
      ...(encoding && { encoding }),
      ...(signs && { signs }),
    };
  }

  #dates(columns: readonly ColumnProfile[]): Formats['dates'] {
    const seen = (order: 'day_first' | 'month_first' | 'either') =>
      columns.flatMap((column) => {
        const found = column.orders.get(order);
        return found === undefined ? [] : [{ header: column.header, example: found.example }];
      })[0];
    const [day, month, either] = [seen('day_first'), seen('month_first'), seen('either')];
    if (this.#answers.dates !== undefined) return day || month || either ? this.#answers.dates : undefined;
    const choices = ['day_first', 'month_first'];
    if (day && month)
      this.#ask(
        'dates',
        `${this.#name()} has days of both orders: "${day.example}" (${day.header}) has the day first, "${month.example}" (${month.header}) the month. Which one holds? Days that cannot be read so are left out`,
        choices,
      );
    else if (either && !day && !month)
      this.#ask(
        'dates',
        `Is "${either.example}" (${either.header} in ${this.#name()}) the day or the month first? Nothing in the file shows it`,
        choices,
      );
    else return day ? 'day_first' : month ? 'month_first' : undefined;
    return undefined;
  }

  #decimals(columns: readonly ColumnProfile[]): Formats['decimals'] {
    const seen = (mark: 'point' | 'comma' | 'either') =>
      columns.flatMap((column) => column.marks.get(mark)?.example ?? [])[0];
    const [point, comma, either] = [seen('point'), seen('comma'), seen('either')];
    if (this.#answers.decimals !== undefined) return this.#answers.decimals;
    if (point && comma)
      this.#ask(
        'decimals',
        `${this.#name()} has numbers of both kinds: "${point}" and "${comma}". What stands before decimals?`,
        ['point', 'comma'],
      );
    else if (point || comma) return point ? 'point' : 'comma';
    else if (either) {
      this.#doubts.push(
        `"${either}" is read as ${either.replaceAll(/[^\d]/g, '')}: its mark groups thousands`,
      );
      return either.includes(',') ? 'point' : 'comma';
    }
    return undefined;
  }

  /** A dollar is the tenant's, where that has one of its own. */
  #signs(): Formats['signs'] {
    const { currency } = this.#answers;
    const usesSigns = [...this.#tables.values()].some(
      ({ columns }) => typeof columns.currency_code === 'object',
    );
    return usesSigns &&
      currency !== undefined &&
      ['AUD', 'CAD', 'NZD', 'SGD', 'HKD', 'MXN'].includes(currency)
      ? { $: currency }
      : undefined;
  }

  /** Why headers that look right are not taken. */
  #reasons(): string {
    const why = [...this.#refused].map(([header, reason]) => `"${header}": ${reason}`).join('; ');
    return why === '' ? '' : ` (${why})`;
  }

  #ask(flag: Question['flag'], ask: string, choices?: readonly string[]): void {
    if (!this.questions.some((each) => each.ask === ask))
      this.questions.push({ flag, ask, ...(choices && { choices }) });
  }

  #name(): string {
    const { file, sheet } = this.#profile;
    return sheet === undefined ? file : `${file} (sheet "${sheet}")`;
  }

  #column(from: ColumnMapping | undefined): ColumnProfile | undefined {
    const [header] = headersIn(from);
    return this.#profile.columns.find((each) => each.header === header);
  }

  /** The header that the user names for a column. */
  #given(column: string): ColumnProfile | undefined {
    const header = this.#answers.columns?.[column];
    return header === undefined ? undefined : this.#header(words(header));
  }

  #header(name: string): ColumnProfile | undefined {
    return this.#profile.columns.find((each) => words(each.header) === name);
  }

  #isTaken(header: string): boolean {
    return [...this.#tables.values()].some(({ columns }) =>
      Object.values(columns).flatMap(headersOf).includes(header),
    );
  }

  #helper(name: string, fits: (column: ColumnProfile) => boolean = () => true): ColumnProfile | undefined {
    return this.#exact(HELPERS[name] ?? [], (column) => column.filled > 0 && fits(column));
  }

  #exact(names: readonly string[], fits: (column: ColumnProfile) => boolean): ColumnProfile | undefined {
    for (const name of names) {
      const column = this.#header(name);
      if (column !== undefined && fits(column)) return column;
    }
    return undefined;
  }

  /** The column of the file for one of a table: by what the user says, by its name, by a part of it. */
  #find(
    table: FileTable,
    name: string,
    used: ReadonlySet<string> = new Set(),
    hows: readonly ('name' | 'part')[] = ['name', 'part'],
  ): { readonly column: ColumnProfile; readonly doubt?: string } | undefined {
    const given = this.#given(`${table.name}.${name}`);
    if (given !== undefined) return { column: given };
    const column = table.columns.find((each) => each.name === name)!;
    const names = [words(name), ...(SYNONYMS[table.name]?.[name] ?? [])];
    const isFree = ({ header }: ColumnProfile) =>
      !used.has(header) && MISLEADING[words(header)] === undefined;
    for (const each of hows.includes('name') ? names : []) {
      const found = this.#header(each);
      if (found === undefined || !isFree(found)) continue;
      if (this.#fits(column, found)) return { column: found };
    }
    if (!hows.includes('part')) return undefined;
    const parts = names.filter((each) => each.includes(' ') || each === 'arr');
    const part = this.#profile.columns.find((each) => {
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
    const place = this.#profile.columns.indexOf(found);
    const cells = this.#profile.rows.map((row) => row[place] ?? '').filter((text) => text !== '');
    const isReadable = readableAs(column);
    const strange = cells.filter((text) => !isReadable(text));
    if (strange.length <= (1 - READABLE) * cells.length) return true;
    if (column.vocabulary !== undefined) {
      const meant = Object.values(MEANINGS[column.vocabulary] ?? {}).flat();
      if (cells.some((text) => isReadable(text) || meant.includes(words(text)))) return true;
    }
    this.#refused.set(
      found.header,
      `it looks like ${column.name} by its name, but holds "${strange[0]?.slice(0, 40)}"`,
    );
    return false;
  }
}

/** Columns in the order of their table. */
const inOrder = ({ columns: all }: FileTable, columns: Readonly<Record<string, ColumnMapping>>) =>
  Object.fromEntries(
    all.flatMap(({ name }) => {
      const from = columns[name];
      return from === undefined ? [] : [[name, from]];
    }),
  );

const headersIn = (from: ColumnMapping | undefined) => (from === undefined ? [] : headersOf(from));

/** Whether a cell can be read as what a canonical column holds, whatever order of days and mark of decimals. */
function readableAs(column: FileColumn): (text: string) => boolean {
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
