import type { ValueMapping, Vocabulary } from '../../../vocabularies.ts';
import { fileUnreadable } from '../errors.ts';
import type { Formats } from '../formats.ts';
import { type ColumnMapping, headersOf, type TableMapping } from '../mapping.ts';
import { type FileColumn, type FileTable, TABLES } from '../tables.ts';
import { completeContracts } from './contracts.ts';
import { completeExternalScores, holdsExternalScores } from './external-scores.ts';
import { Headers, headersIn, READABLE, readableAs } from './headers.ts';
import type { ColumnProfile, FileProfile } from './profile.ts';
import type { Answers, CustomerKey, FileProposal, Proposal, Question } from './proposal.ts';
import { rowsOf } from './rows.ts';
import { MEANINGS, MISLEADING, words } from './synonyms.ts';
import { datesOf, decimalsOf } from './written.ts';

const TABLE = new Map(TABLES.map((table) => [table.name, table]));

/** What tells records of a customer apart where an export gives them no key. */
const KEY_PARTS: Readonly<Record<string, readonly string[]>> = {
  notes: ['made_at', 'author'],
  engagements: ['contact_id', 'type', 'happened_at'],
  outcomes: ['goal'],
};

/** Proposes how the columns of exports become those of the canonical tables. */
export function propose(profiles: readonly FileProfile[], answers: Answers = {}): Proposal {
  const looks = profiles.map((profile) => new FileLook(profile, answers));
  // What names a customer must be the same in all files that name one; a list of users names none.
  const referring = looks.filter(
    (look) =>
      (look.headers.customer('id') ?? look.headers.customer('name')) && look.kinds('name')[0] !== 'users',
  );
  const key: CustomerKey =
    answers.customerKey ??
    (referring.some((look) => look.headers.customer('id')) &&
    referring.every((look) => look.headers.customer('id') || !look.headers.customer('name'))
      ? 'id'
      : 'name');
  const taken = new Map<string, string>();
  // A file of accounts alone knows more of them than one that names them beside its contracts.
  const kinds = new Map(looks.map((look) => [look, look.kinds(key)]));
  for (const [look, tables] of [...kinds].sort(([, one], [, other]) => one.length - other.length))
    look.choose(tables, key, taken, looks.length === 1);
  const book = looks.find((look) => look.feeds('contracts'));
  if (book && !looks.some((look) => look.feeds('accounts'))) book.alsoAccounts(key);
  const owners = looks.map((look) => look.owners()).find((each) => each !== undefined);
  if (owners) for (const look of looks) look.matchUsers(owners);
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
  readonly headers: Headers;
  readonly #profile: FileProfile;
  readonly #answers: Answers;
  readonly #tables = new Map<
    string,
    {
      readonly columns: Record<string, ColumnMapping>;
      rows: Pick<TableMapping, 'only' | 'without'>;
      readonly doubts: string[];
    }
  >();
  readonly #doubts: string[] = [];
  /** Why a file of invoices cannot be read as such. */
  #unfit: string | undefined;
  /** Money that no day belongs to. */
  #undated: ColumnProfile | undefined;

  constructor(profile: FileProfile, answers: Answers) {
    this.headers = new Headers(profile, answers);
    this.#profile = profile;
    this.#answers = answers;
    if (profile.groupedAs !== undefined)
      this.#doubts.push(
        `rows stand in groups: what the line above them names is their "${profile.groupedAs}", and lines "Total for …" are sums (grouped_as)`,
      );
  }

  feeds(table: string): boolean {
    return this.#tables.has(table);
  }

  /** Maps the tables that the file feeds. `taken` are tables of other files. */
  choose(kinds: readonly string[], key: CustomerKey, taken: Map<string, string>, isAlone: boolean): void {
    if (kinds.length === 0) {
      const has = this.#profile.columns.map(({ header }) => `"${header}"`).join(', ');
      const why =
        this.#unfit ?? `says neither which customer a row belongs to nor what it is about; it has ${has}`;
      if (isAlone && this.#unfit !== undefined) throw fileUnreadable(this.headers.name(), `it ${why}`);
      if (isAlone)
        this.#ask(
          'column',
          `${this.headers.name()} ${why}. Say which header names the customer, as --column "accounts.name=HEADER"`,
        );
      else this.#doubts.push(`it is left out, because it ${why}`);
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
      taken.set(name, this.headers.name());
      this.#map(name, key);
    }
  }

  /** Says that there is money without a day: a question where nothing else has contracts. */
  tellUndated(hasContracts: boolean): void {
    if (this.#undated === undefined) return;
    const { header } = this.#undated;
    if (hasContracts) this.headers.refused.set(header, 'contracts come from elsewhere');
    else
      this.#ask(
        'column',
        `${this.headers.name()} has "${header}", and no column says when contracts end or begin${this.headers.reasons()}. Say which one does, as --column "contracts.term_end_date=HEADER"`,
      );
  }

  /** A sheet of contracts gives the accounts too, when nothing else does. */
  alsoAccounts(key: CustomerKey): void {
    this.#map('accounts', key);
  }

  /** Who owns the accounts, as they name them. */
  owners(): ReadonlySet<string> | undefined {
    return this.headers.column(this.#tables.get('accounts')?.columns.owner_id)?.distinct;
  }

  /** Takes for the key of users what the accounts name their owners by. */
  matchUsers(owners: ReadonlySet<string>): void {
    const users = this.#tables.get('users');
    if (users === undefined) return;
    const namesOwners = ({ distinct }: ColumnProfile) => [...distinct].some((each) => owners.has(each));
    const key = this.headers.column(users.columns.user_id);
    if (key !== undefined && namesOwners(key)) return;
    const other = this.#profile.columns.find(namesOwners);
    if (other === undefined) {
      users.doubts.push('none of the owners of accounts is among these users: their renewals have no owner');
      return;
    }
    users.columns.user_id = other.header;
    users.doubts.push(`user_id is "${other.header}", because accounts name their owners by it`);
  }

  /** What the file may be, by what is in it. */
  kinds(key: CustomerKey): string[] {
    const has = (table: string, column: string) => this.headers.find(TABLE.get(table)!, column) !== undefined;
    const customer = this.headers.customer(key) ?? this.headers.customer(key === 'id' ? 'name' : 'id');
    const hint = (pattern: RegExp) =>
      pattern.test(`${this.#profile.file} ${this.#profile.sheet ?? ''}`.toLowerCase());
    const [stem = ''] = this.#profile.file.toLowerCase().split('.');
    const canonical = TABLE.get(this.#profile.sheet?.toLowerCase() ?? stem);
    if (canonical?.columns.every(({ name, isRequired }) => !isRequired || this.headers.header(words(name))))
      return [canonical.name];
    if (customer === undefined && !has('users', 'email')) return [];
    const money = has('contracts', 'arr') || this.headers.helper('mrr') !== undefined;
    const hasBook = has('contracts', 'term_end_date') || (money && has('contracts', 'term_start_date'));
    if (has('opportunities', 'stage') && has('opportunities', 'opportunity_id'))
      return hasBook && this.headers.isOfDeals() && this.#answers.hasContracts !== true
        ? ['accounts', 'contracts', 'opportunities']
        : ['opportunities'];
    if (has('invoices', 'invoice_id') && this.headers.isOfInvoices() && !hasBook) {
      const isPaidSaid = ['paid_at', 'status'].some((column) => has('invoices', column));
      if (!has('invoices', 'due_date') || (!isPaidSaid && this.headers.openBalance() === undefined)) {
        this.#unfit = `has invoices, and does not say of each when it is due and what of it is open ("Due date", "Open balance"): nothing could be said of late payments. Add both to the columns of the report and export it again, or export the list of invoices`;
        return [];
      }
    }
    if (has('invoices', 'invoice_id') && has('invoices', 'due_date')) return ['invoices'];
    if (
      has('tickets', 'ticket_id') &&
      has('tickets', 'created_at') &&
      !hasBook &&
      hint(/ticket|case|support|conversation|desk/)
    )
      return ['tickets'];
    if (customer && has('notes', 'text') && has('notes', 'made_at') && !hasBook && hint(/note|notiz|comment/))
      return ['notes'];
    if (customer && has('outcomes', 'goal') && has('outcomes', 'measured_at') && !hasBook)
      return ['outcomes'];
    if (
      customer &&
      has('engagements', 'happened_at') &&
      has('engagements', 'type') &&
      !hasBook &&
      hint(/webinar|engagement|event|campaign|beta|reference|community|teilnehm/)
    )
      return ['engagements'];
    if (customer && has('usage_events', 'user_id') && has('usage_events', 'event_at') && !hasBook)
      return ['usage_events'];
    const named = `${this.#profile.file} ${this.#profile.sheet ?? ''}`;
    if (customer && !hasBook && holdsExternalScores(this.headers, TABLE.get('external_scores')!, named))
      return ['external_scores'];
    if (customer && has('contacts', 'email') && !hasBook && hint(/contact|kontakt|people|person/))
      return ['contacts'];
    if (has('users', 'email') && !hasBook && hint(/user|team|owner|benutzer|staff/)) return ['users'];
    if (customer === undefined) return [];
    const worth = this.headers.find(TABLE.get('contracts')!, 'arr')?.column ?? this.headers.helper('mrr');
    if (!hasBook) this.#undated = worth;
    if (hasBook)
      return hint(/contract|vertr|subscription|renewal/) ? ['contracts'] : ['accounts', 'contracts'];
    return ['accounts'];
  }

  #map(name: string, key: CustomerKey): void {
    const table = TABLE.get(name)!;
    const columns: Record<string, ColumnMapping> = {};
    const doubts: string[] = [];
    const made = { columns, rows: {}, doubts };
    this.#tables.set(name, made);
    const customerColumn = this.headers.customer(key);
    const names = this.headers.customer('name') ?? this.headers.customer('id');
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
    if (names !== undefined && columns.account_id !== undefined) used.add(names.header);
    // What has its name goes before what has a part of it.
    for (const how of ['name', 'part'] as const)
      for (const column of table.columns) {
        if (columns[column.name] !== undefined) continue;
        const found = this.headers.find(table, column.name, used, [how]);
        if (found === undefined) continue;
        used.add(found.column.header);
        columns[column.name] = found.column.header;
        if (found.doubt !== undefined) doubts.push(found.doubt);
      }
    if (name === 'accounts') this.#complete(columns);
    if (name === 'contracts')
      this.questions.push(
        ...completeContracts(this.headers, this.#answers, columns, doubts, (header) => this.#isTaken(header)),
      );
    if (name === 'contracts' && headersIn(columns.seats).some((header) => words(header) === 'users'))
      doubts.push(
        'seats is "Users": if it counts who uses the product, and not what is paid for, take contracts.seats out',
      );
    if (name === 'external_scores') completeExternalScores(this.headers, columns, doubts);
    if (name === 'users' && columns.user_id === undefined && columns.email !== undefined)
      columns.user_id = columns.email;
    if (name === 'contacts' && columns.contact_id === undefined && columns.email !== undefined)
      columns.contact_id = columns.email;
    this.#makeKey(table, names, columns, doubts);
    made.rows = rowsOf(name, this.headers, columns, doubts);
    const isTermAsked = this.questions.some(
      ({ flag, fallback }) => flag === 'term-months' && fallback === undefined,
    );
    for (const { name: column, isRequired } of table.columns)
      if (isRequired && columns[column] === undefined && !(isTermAsked && column === 'term_end_date'))
        this.#ask(
          'column',
          `No header of ${this.headers.name()} is known for ${name}.${column}, which is required; it has ${this.#profile.columns.map(({ header }) => `"${header}"`).join(', ')}. Say which one it is, as --column "${name}.${column}=HEADER"`,
        );
  }

  /** Makes the key of a record that the file gives none of what tells such records apart. Never of free text: it names persons. */
  #makeKey(
    { name, key: [keyColumn = ''] }: FileTable,
    customer: ColumnProfile | undefined,
    columns: Record<string, ColumnMapping>,
    doubts: string[],
  ): void {
    const parts = KEY_PARTS[name];
    if (parts === undefined || customer === undefined || columns[keyColumn] !== undefined) return;
    const headers = parts.flatMap((part) => headersIn(columns[part]));
    columns[keyColumn] = { id_of: [customer.header, ...headers] };
    doubts.push(
      `${keyColumn} is made of ${[customer.header, ...headers].map((each) => `"${each}"`).join(', ')}: two rows alike in these are one`,
    );
  }

  #complete(columns: Record<string, ColumnMapping>): void {
    const owner = this.headers.column(columns.owner_id);
    if (owner !== undefined && owner.mails >= READABLE * owner.filled && columns.owner_email === undefined) {
      columns.owner_email = owner.header;
      delete columns.owner_id;
    }
    // A parent is named as accounts are.
    const parent = this.headers.column(columns.parent_account_id);
    if (parent !== undefined && typeof columns.account_id !== 'string')
      columns.parent_account_id = { id_of: parent.header };
    else if (parent !== undefined) {
      const ids = this.headers.column(columns.account_id)?.distinct;
      if (![...parent.distinct].some((each) => ids?.has(each))) {
        delete columns.parent_account_id;
        this.headers.refused.set(parent.header, 'it names no account by its id');
      }
    }
    for (const [column, from] of Object.entries(columns)) {
      if (column === 'created_at' || !headersOf(from).some((header) => columns.created_at === header))
        continue;
      delete columns.created_at;
    }
  }

  /** How many cells of the money that is read are in each currency. */
  currencies(): [string, number][] {
    const columns = this.#tables.get('contracts')?.columns;
    const code = this.headers.column(columns?.currency_code);
    if (typeof columns?.currency_code === 'string' && code !== undefined) {
      const place = this.#profile.columns.indexOf(code);
      const counts = new Map<string, number>();
      for (const row of this.#profile.rows) {
        const text = (row[place] ?? '').toUpperCase();
        if (/^[A-Z]{3}$/.test(text)) counts.set(text, (counts.get(text) ?? 0) + 1);
      }
      return [...counts];
    }
    const money = this.headers.column(columns?.arr);
    return money === undefined ? [] : [...money.currencies];
  }

  /** Words of mapped columns that their vocabularies do not have, and what they are taken to mean. */
  words(): (readonly [Vocabulary, string, string])[] {
    return [...this.#tables].flatMap(([name, { columns, doubts }]) =>
      TABLE.get(name)!.columns.flatMap((column) => {
        const { vocabulary } = column;
        const found = this.headers.column(columns[column.name]);
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
    const { file, sheet, groupedAs } = this.#profile;
    const taken = new Set(
      [...this.#tables.values()].flatMap(({ columns, rows }) => [
        ...Object.values(columns).flatMap(headersOf),
        ...Object.keys({ ...rows.only, ...rows.without }),
      ]),
    );
    const leftOut = this.#profile.columns
      .filter(({ header }) => !taken.has(header))
      .map(({ header, filled }) => {
        const why =
          this.headers.refused.get(header) ??
          MISLEADING[words(header)] ??
          (filled === 0 ? 'it is empty' : undefined);
        return why === undefined ? `"${header}"` : `"${header}" (${why})`;
      });
    return {
      profile: this.#profile,
      tables: [...this.#tables].map(([name, { columns, rows, doubts }]) => ({
        table: TABLE.get(name)!,
        mapping: {
          file,
          ...(sheet !== undefined && { sheet }),
          ...(groupedAs !== undefined && { grouped_as: groupedAs }),
          columns: inOrder(TABLE.get(name)!, columns),
          ...rows,
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
    const file = this.headers.name();
    const dates = datesOf(file, of('date', 'timestamp'), this.#answers.dates);
    const decimals = decimalsOf(file, of('decimal', 'number', 'integer'), this.#answers.decimals);
    for (const { question, doubt } of [dates, decimals]) {
      if (question) this.questions.push(question);
      if (doubt) this.#doubts.push(doubt);
    }
    const signs = this.#signs();
    const { encoding } = this.#profile;
    return {
      ...(dates.is && { dates: dates.is }),
      ...(decimals.is && { decimals: decimals.is }),
      ...(encoding && { encoding }),
      ...(signs && { signs }),
    };
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

  #ask(flag: Question['flag'], ask: string, choices?: readonly string[]): void {
    if (!this.questions.some((each) => each.ask === ask))
      this.questions.push({ flag, ask, ...(choices && { choices }) });
  }

  #isTaken(header: string): boolean {
    return [...this.#tables.values()].some(({ columns }) =>
      Object.values(columns).flatMap(headersOf).includes(header),
    );
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
