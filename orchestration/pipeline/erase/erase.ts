import { rm } from 'node:fs/promises';
import {
  databaseOf,
  type OpsErasures,
  SCHEMAS,
  type TextColumn,
  type Warehouse,
} from '../../../warehouse/index.ts';
import { type Config, scratchOf } from '../../config/schema.ts';
import { TenureError } from '../../errors.ts';
import { withWarehouse } from '../configured-warehouse.ts';
import { builtFiles, eraseInFile, type FoundFile, findInFiles } from './files.ts';
import { type PersonTable, personTables } from './person-tables.ts';
import { newPseudonym, noteBegun, noteDone, readRegister, saltOf } from './register.ts';
import {
  formsOf,
  hashesOf,
  hashOf,
  isDistinct,
  namePattern,
  patternOf,
  standingSql,
  type Terms,
  tokensSql,
  withoutSql,
} from './terms.ts';

/** Rows of a table in which a person is found. */
export interface FoundRows {
  readonly table: string;
  readonly rows: number;
}

export interface Erasure {
  readonly contact: string;
  /** What stands for the person from now on; null in a dry run of somebody who was never erased. */
  readonly pseudonym: string | null;
  readonly applied: boolean;
  readonly tables: readonly FoundRows[];
  readonly files: readonly FoundFile[];
  /** Built from the warehouse, and taken away whole. */
  readonly built: readonly string[];
  /** Where the person is found after it was applied: nowhere, or it failed. */
  readonly left: readonly string[];
  /** Columns and files that were searched for that. */
  readonly searched: { readonly columns: number; readonly files: number };
  /** What this cannot reach, each with what to do. */
  readonly notes: readonly string[];
}

const unknownContact = (contact: string, tables: readonly string[]) =>
  new TenureError(
    'CONTACT_UNKNOWN',
    `Expected the id of a contact as its source gives it, got "${contact}", which is in none of ${tables.join(', ') || 'the tables of contacts (there are none)'}, and nobody ` +
      'of that id was erased before. See the id in the CRM or with "tenure query".',
  );

/** A table with the SQL of what is to be done about a person in it. */
interface Change {
  readonly table: string;
  readonly where: string;
  readonly set: string;
  readonly isPersons: boolean;
}

const same = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();

/** All that an erasure needs to know of a warehouse. */
class Search {
  readonly #warehouse: Warehouse;
  readonly #persons: readonly PersonTable[];
  #columns: Map<string, readonly TextColumn[]> | undefined;

  constructor(warehouse: Warehouse, config: Pick<Config, 'sources'>) {
    this.#warehouse = warehouse;
    this.#persons = personTables(config);
  }

  get personTables(): string[] {
    return this.#persons.map(({ table }) => `raw.${table}`);
  }

  /** The text columns of each stored table, by its name with the schema; the register is none of them. */
  async columns(): Promise<Map<string, readonly TextColumn[]>> {
    if (this.#columns !== undefined) return this.#columns;
    const found = new Map<string, TextColumn[]>();
    for (const schema of SCHEMAS)
      for (const column of await this.#warehouse.textColumns(schema)) {
        const table = `${schema}.${column.table}`;
        if (table === 'ops.erasures') continue;
        found.set(table, [...(found.get(table) ?? []), column]);
      }
    this.#columns = found;
    return found;
  }

  async #present(): Promise<
    { person: PersonTable; columns: readonly TextColumn[]; all: readonly string[] }[]
  > {
    const columns = await this.columns();
    const present = [];
    for (const person of this.#persons) {
      const name = [...columns.keys()].find((each) => same(each, `raw.${person.table}`));
      if (name === undefined) continue;
      const all = (await this.#warehouse.tableColumns('raw', name.slice(4))) ?? [];
      present.push({
        person: { ...person, table: name.slice(4) },
        columns: columns.get(name) ?? [],
        all: all.map((column) => column.name),
      });
    }
    return present;
  }

  /** Who a contact is, by all of its versions in `raw`, and by the records of other systems with the same address. */
  async termsOf(contact: string): Promise<Terms> {
    const ids = new Set(formsOf(contact));
    const emails = new Set<string>();
    const [names, accounts] = [new Set<string>(), new Set<string>()];
    const present = await this.#present();
    for (let pass = 0; pass < 2; pass += 1)
      for (const { person, all } of present) {
        const { texts } = this.#warehouse;
        const column = (wanted: string) => all.find((each) => same(each, wanted));
        const key = column(person.key);
        if (key === undefined) continue;
        const addresses = person.emails.flatMap((each) => column(each) ?? []);
        const list = (values: Iterable<string>) =>
          [...values].map((value) => texts.literal(value)).join(', ');
        const conditions = [
          `${texts.name(key)} in (${list(ids)})`,
          ...(emails.size === 0
            ? []
            : addresses.map((each) => `lower(trim(${texts.name(each)})) in (${list(emails)})`)),
        ];
        const { rows } = await this.#warehouse.query(
          `select * from raw.${texts.name(person.table)} where ${conditions.join(' or ')}`,
        );
        for (const row of rows) {
          for (const form of formsOf(String(row[key]))) ids.add(form);
          const said = (name: string | undefined) => {
            const value = name === undefined ? null : row[name];
            return typeof value === 'string' ? value.trim() : '';
          };
          for (const each of addresses) if (said(each).includes('@')) emails.add(said(each).toLowerCase());
          const name = person.names
            .map((each) => said(column(each)))
            .join(' ')
            .trim();
          if (/\S\s+\S/.test(name)) names.add(name);
          const account = said(column(person.account));
          if (account.length > 1) for (const form of formsOf(account)) accounts.add(form);
        }
      }
    for (const pseudonym of [...ids].filter((id) => id.startsWith('erased-'))) ids.delete(pseudonym);
    for (const pseudonym of [...emails].filter((email) => email.startsWith('erased-')))
      emails.delete(pseudonym);
    for (const deal of await this.#dealsOf([...accounts]))
      for (const form of formsOf(deal)) accounts.add(form);
    return { ids: [...ids], emails: [...emails], names: [...names], accounts: [...accounts] };
  }

  /** The opportunities of accounts: what was written of a review stands in the ledger beside their ids alone. */
  async #dealsOf(accounts: readonly string[]): Promise<string[]> {
    const isThere =
      (await this.#warehouse.tableColumns('intermediate', 'int_canonical__opportunities')) !== undefined;
    if (accounts.length === 0 || !isThere) return [];
    const { texts } = this.#warehouse;
    const list = accounts.map((account) => texts.literal(account)).join(', ');
    const { rows } = await this.#warehouse.query(
      `select distinct opportunity_id from intermediate.int_canonical__opportunities
      where account_id in (${list}) and length(opportunity_id) > 1`,
    );
    return rows.map(({ opportunity_id }) => String(opportunity_id));
  }

  /** Whether a contact of that id is in a table of contacts. */
  async isKnown(contact: string): Promise<boolean> {
    const { texts } = this.#warehouse;
    for (const { person } of await this.#present()) {
      const list = formsOf(contact).map((id) => texts.literal(id));
      const { rows } = await this.#warehouse.query(
        `select 1 as one from raw.${texts.name(person.table)} where ${texts.name(person.key)} in (${list.join(', ')}) limit 1`,
      );
      if (rows.length > 0) return true;
    }
    return false;
  }

  /** Ids and addresses of persons who were erased that stand in tables again, or still, by their hashes. */
  async tokens(salt: string, hashes: readonly string[], schemas: readonly string[]): Promise<string[]> {
    const found = new Set<string>();
    for (const [table, columns] of await this.columns()) {
      if (!schemas.includes(table.split('.')[0] as string)) continue;
      const { texts } = this.#warehouse;
      const [schema, name] = table.split('.') as [string, string];
      for (const column of columns) {
        if (column.column.startsWith('_airbyte_')) continue;
        const { rows } = await this.#warehouse.query(
          tokensSql(texts, `${schema}.${texts.name(name)}`, texts.of(column), salt, hashes),
        );
        for (const { token } of rows) found.add(String(token));
      }
    }
    return [...found];
  }

  /** What is to be changed so that a person is in no table any more; tables of `raw` that hold persons come last. */
  async changes(terms: Terms, pseudonym: string, schemas: readonly string[]): Promise<Change[]> {
    const { texts } = this.#warehouse;
    const names = namePattern(terms);
    const present = await this.#present();
    const changes: Change[] = [];
    for (const [table, columns] of await this.columns()) {
      const [schema, name] = table.split('.') as [string, string];
      if (!schemas.includes(schema)) continue;
      const relation = `${schema}.${texts.name(name)}`;
      const person = schema === 'raw' ? present.find((each) => same(each.person.table, name)) : undefined;
      const sought = columns.filter(({ column }) => !column.startsWith('_airbyte_'));
      const found = sought.flatMap((column) => {
        const pattern = patternOf(
          terms,
          person?.person.key === column.column ? { column: 'contact' } : column,
        );
        return pattern === undefined
          ? []
          : [{ column, pattern, is: texts.matches(texts.of(column), pattern) }];
      });
      const isPerson = found.map(({ is }) => is).join(' or ') || 'false';
      const beside = [
        isPerson,
        ...sought.flatMap((column) =>
          terms.accounts.map((account) => texts.contains(texts.of(column), account)),
        ),
      ].join(' or ');
      const named = names === undefined ? [] : sought.map((column) => texts.matches(texts.of(column), names));
      const where =
        named.length === 0 ? `(${isPerson})` : `(${isPerson} or ((${beside}) and (${named.join(' or ')})))`;
      const isRejected = table === 'raw._rejected';
      const set = person
        ? this.#emptied(person, pseudonym)
        : sought
            .map((column) => {
              const pattern = found.find((each) => each.column === column)?.pattern;
              const text = texts.of(column);
              if (isRejected && column.column === 'content') return `${texts.name('content')} = null`;
              let without = pattern === undefined ? text : withoutSql(texts, text, pattern, pseudonym);
              if (names !== undefined) without = withoutSql(texts, without, names, pseudonym);
              const isHere = [
                ...(pattern === undefined ? [] : [texts.matches(text, pattern)]),
                ...(names === undefined ? [] : [texts.matches(text, names)]),
              ].join(' or ');
              const own = texts.name(column.column);
              return `${own} = case when ${isHere || 'false'} then ${texts.back(column, without)} else ${own} end`;
            })
            .join(', ');
      changes.push({
        table,
        where: person ? this.#isPersons(person, terms) : where,
        set: `update ${relation} set ${set}`,
        isPersons: person !== undefined,
      });
      // What else in a table of persons names this one: a note of somebody else's record.
      if (person !== undefined) changes.push(this.#mentions(relation, table, found, pseudonym));
    }
    return changes.sort((left, right) => Number(left.isPersons) - Number(right.isPersons));
  }

  #isPersons({ person, all }: { person: PersonTable; all: readonly string[] }, terms: Terms): string {
    const { texts } = this.#warehouse;
    const list = (values: readonly string[]) => values.map((value) => texts.literal(value)).join(', ');
    const addresses = person.emails.flatMap((each) => all.find((column) => same(column, each)) ?? []);
    return [
      `${texts.name(person.key)} in (${list(terms.ids)})`,
      ...(terms.emails.length === 0
        ? []
        : addresses.map((each) => `lower(trim(${texts.name(each)})) in (${list(terms.emails)})`)),
    ].join(' or ');
  }

  /** A person's own row: the pseudonym in the place of key and address, and all but what says nothing of who it is is null. */
  #emptied({ person, all }: { person: PersonTable; all: readonly string[] }, pseudonym: string): string {
    const { texts } = this.#warehouse;
    const kept = [person.account, ...person.kept].map((each) => each.toLowerCase());
    return all
      .filter((column) => !column.startsWith('_airbyte_') && !kept.includes(column.toLowerCase()))
      .map((column) => {
        const isNamed = same(column, person.key) || person.emails.some((each) => same(column, each));
        return `${texts.name(column)} = ${isNamed ? texts.literal(pseudonym) : 'null'}`;
      })
      .join(', ');
  }

  #mentions(
    relation: string,
    table: string,
    found: readonly { column: TextColumn; pattern: string; is: string }[],
    pseudonym: string,
  ): Change {
    const { texts } = this.#warehouse;
    const set = found
      .map(({ column, pattern, is }) => {
        const own = texts.name(column.column);
        const without = texts.back(column, withoutSql(texts, texts.of(column), pattern, pseudonym));
        return `${own} = case when ${is} then ${without} else ${own} end`;
      })
      .join(', ');
    return {
      table,
      where: found.map(({ is }) => is).join(' or ') || 'false',
      set: `update ${relation} set ${set}`,
      isPersons: true,
    };
  }

  async count({ table, where }: Pick<Change, 'table' | 'where'>): Promise<number> {
    const [schema, name] = table.split('.') as [string, string];
    const { rows } = await this.#warehouse.query(
      `select count(*) as n from ${schema}.${this.#warehouse.texts.name(name)} where ${where}`,
    );
    return Number(rows[0]?.n ?? 0);
  }

  /**
   * Takes persons who were brought again out of `raw`: of a table that holds them under the pseudonym already, their new
   * rows go whole. Gives how many rows were changed or went.
   */
  async forget(terms: Terms, pseudonym: string): Promise<number> {
    const { texts } = this.#warehouse;
    let changed = 0;
    for (const { person, all } of await this.#present()) {
      const where = this.#isPersons({ person, all }, terms);
      const held = await this.count({
        table: `raw.${person.table}`,
        where: `${texts.name(person.key)} = ${texts.literal(pseudonym)}`,
      });
      if (held === 0) continue;
      changed += await this.count({ table: `raw.${person.table}`, where });
      await this.#warehouse.query(`delete from raw.${texts.name(person.table)} where ${where}`);
    }
    for (const change of await this.changes(terms, pseudonym, ['raw'])) {
      const rows = await this.count(change);
      if (rows > 0) await this.apply(change);
      changed += rows;
    }
    return changed;
  }

  async apply({ set, where }: Change): Promise<void> {
    await this.#warehouse.query(`${set} where ${where}`);
  }

  /** Where ids and addresses still stand, in any case and in any part of any text, and names beside their account. */
  async left(terms: Terms): Promise<{ places: string[]; columns: number }> {
    const { texts } = this.#warehouse;
    const distinct = [...terms.ids.filter(isDistinct), ...terms.emails];
    const names = namePattern(terms);
    const places: string[] = [];
    let searched = 0;
    for (const [table, columns] of await this.columns()) {
      const [schema, name] = table.split('.') as [string, string];
      const relation = `${schema}.${texts.name(name)}`;
      const beside = columns.flatMap((each) =>
        terms.accounts.map((account) => texts.contains(texts.of(each), account)),
      );
      for (const column of columns) {
        searched += 1;
        const text = texts.of(column);
        const short = patternOf(
          { ...terms, emails: [], ids: terms.ids.filter((id) => !isDistinct(id)) },
          column,
        );
        const rest = [
          ...(short === undefined ? [] : [texts.matches(text, short)]),
          ...(names === undefined || beside.length === 0
            ? []
            : [`(${texts.matches(text, names)} and (${beside.join(' or ')}))`]),
        ];
        const asked = [
          ...(distinct.length === 0 ? [] : [standingSql(texts, relation, text, distinct)]),
          ...(rest.length === 0 ? [] : [`select 'x' as token from ${relation} where ${rest.join(' or ')}`]),
        ];
        if (asked.length === 0) continue;
        const { rows } = await this.#warehouse.query(
          `select count(*) as n from (${asked.join(' union all ')}) as found`,
        );
        if (Number(rows[0]?.n ?? 0) > 0) places.push(`${table}.${column.column}`);
      }
    }
    return { places, columns: searched };
  }
}

/** What the register knows of a contact. */
const entryOf = (register: readonly OpsErasures[], contact: string) =>
  register.find(({ salt, key_hash, term_hashes }) =>
    formsOf(contact).some((id) => {
      const hash = hashOf(salt, id);
      return hash === key_hash || (JSON.parse(term_hashes) as string[]).includes(hash);
    }),
  );

const withTokens = (terms: Terms, tokens: readonly string[]): Terms => ({
  ...terms,
  ids: [...new Set([...terms.ids, ...tokens.filter((token) => !token.includes('@'))])],
  emails: [
    ...new Set([
      ...terms.emails,
      ...tokens.filter((token) => token.includes('@')).map((token) => token.toLowerCase()),
    ]),
  ],
});

/**
 * Takes a person out of all that Tenure keeps: tables of every schema, logs, outboxes, pages. Without `apply` nothing is
 * changed and the places are told. Numbers stay: what the person did is kept under a pseudonym, without anything by which
 * somebody could be known. A run that was killed is finished by the next of the same contact. Throws `CONTACT_UNKNOWN`,
 * and `ERASURE_INCOMPLETE` when the search afterwards finds the person somewhere.
 */
export async function eraseContact(
  config: Config,
  { contact, apply, now }: { readonly contact: string; readonly apply: boolean; readonly now: () => string },
): Promise<Erasure> {
  const part = await withWarehouse(config, async (warehouse) => {
    const search = new Search(warehouse, config);
    const register = await readRegister(warehouse);
    const entry = entryOf(register, contact);
    if (entry === undefined && !(await search.isKnown(contact)))
      throw unknownContact(contact, search.personTables);
    let terms = await search.termsOf(contact);
    // What was erased of them already is found by its hashes where it stands still.
    if (entry !== undefined)
      terms = withTokens(
        terms,
        await search.tokens(entry.salt, JSON.parse(entry.term_hashes) as string[], SCHEMAS),
      );
    const pseudonym = entry?.pseudonym ?? newPseudonym();
    const salt = saltOf(register);
    if (apply)
      await noteBegun(warehouse, {
        pseudonym,
        key_hash: entry?.key_hash ?? hashOf(salt, contact),
        term_hashes: JSON.stringify([
          ...new Set([
            ...(entry === undefined ? [] : (JSON.parse(entry.term_hashes) as string[])),
            ...hashesOf(entry?.salt ?? salt, terms),
          ]),
        ]),
        salt: entry?.salt ?? salt,
        begun_at: entry?.begun_at ?? now(),
      });
    // Files first and the person's own records last, so that a run that is killed leaves what the next one looks by.
    const files = await findInFiles(config, terms);
    if (apply) for (const { path } of files) await eraseInFile(path, terms, pseudonym);
    const tables = new Map<string, number>();
    for (const change of await search.changes(terms, pseudonym, SCHEMAS)) {
      const rows = await search.count(change);
      if (rows === 0) continue;
      tables.set(change.table, Math.max(tables.get(change.table) ?? 0, rows));
      if (apply) await search.apply(change);
    }
    const left = apply ? await search.left(terms) : { places: [], columns: 0 };
    if (apply && left.places.length === 0)
      await noteDone(warehouse, pseudonym, {
        at: now(),
        rows: [...tables.values()].reduce((sum, rows) => sum + rows, 0),
      });
    return {
      terms,
      pseudonym: apply || entry !== undefined ? pseudonym : null,
      tables: [...tables].map(([table, rows]) => ({ table, rows })),
      left,
      files,
    };
  });
  const built = builtFiles(config);
  const notes = [
    'The sources still hold the person: erase it there too. A later sync that brings it lands nothing of it.',
  ];
  if (apply) {
    for (const path of built) await rm(path, { recursive: true, force: true });
    await rm(scratchOf(config), { recursive: true, force: true });
    const stays = await databaseOf(config.warehouse).purge();
    if (stays !== undefined) notes.push(`${stays}.`);
    if (built.length > 0)
      notes.push('The pages were taken away: "tenure report" builds them without the person.');
  }
  for (const { name, tables } of config.sources)
    if (tables !== undefined)
      notes.push(
        `The tables of ${name} lie in schema ${tables}, which Tenure does not write: erase there too.`,
      );
  const leftInFiles = apply ? await findInFiles(config, part.terms) : [];
  return {
    contact,
    pseudonym: part.pseudonym,
    applied: apply,
    tables: part.tables,
    files: part.files,
    built,
    left: [...part.left.places, ...leftInFiles.map(({ path }) => path)],
    searched: { columns: part.left.columns, files: part.files.length },
    notes,
  };
}

/**
 * After a sync: whoever was erased and was brought again goes again, out of `raw`, before a model reads it. Their own
 * records do not land a second time beside those that are kept without a name; where all was replaced, they are emptied
 * again. Gives how many rows that were.
 */
export async function eraseAgain(config: Pick<Config, 'sources'>, warehouse: Warehouse): Promise<number> {
  const register = await readRegister(warehouse);
  const [first] = register;
  if (first === undefined) return 0;
  let changed = 0;
  // One search for all: the register has one salt.
  const hashes = register.flatMap(({ term_hashes }) => JSON.parse(term_hashes) as string[]);
  const standing = await new Search(warehouse, config).tokens(first.salt, hashes, ['raw']);
  for (const { pseudonym, salt, term_hashes } of register) {
    const own = new Set(JSON.parse(term_hashes) as string[]);
    const tokens = standing.filter((token) =>
      [token, token.toLowerCase()].some((each) => own.has(hashOf(salt, each))),
    );
    if (tokens.length === 0) continue;
    const search = new Search(warehouse, config);
    const none: Terms = { ids: [], emails: [], names: [], accounts: [] };
    let terms = withTokens(none, tokens);
    for (const id of terms.ids) {
      const found = await search.termsOf(id);
      terms = {
        ids: [...new Set([...terms.ids, ...found.ids])],
        emails: [...new Set([...terms.emails, ...found.emails])],
        names: [...new Set([...terms.names, ...found.names])],
        accounts: [...new Set([...terms.accounts, ...found.accounts])],
      };
    }
    changed += await search.forget(terms, pseudonym);
  }
  return changed;
}
