import { createHash } from 'node:crypto';
import type { TextColumn, TextSql } from '../../../warehouse/index.ts';

/** By what a person is found. */
export interface Terms {
  readonly ids: readonly string[];
  /** In lower case. */
  readonly emails: readonly string[];
  /** First and last name; they are another's too, so that they count only where the person's account stands beside them. */
  readonly names: readonly string[];
  /** The ids of their accounts, and of the opportunities of these. */
  readonly accounts: readonly string[];
}

/** What stands in a text before an id or address, and after it; a full stop may end a sentence. */
const BEFORE = '(^|[^A-Za-z0-9@._%+-])';
const AFTER = '(\\.?(?:[^A-Za-z0-9@._%+-]|$))';
/** An id of so many characters is none but its own, wherever it stands; a shorter one may be another's. */
const DISTINCT_LENGTH = 12;
/** Columns in which a short id is a person's. */
const OF_PERSONS = /contact|user_?id|who_?id|attend|participant|person|relation_?id|milestone|trigger_key/i;
const TOKEN = '[A-Za-z0-9][A-Za-z0-9._%+@-]*[A-Za-z0-9]|[A-Za-z0-9]';

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
const anyOf = (texts: readonly string[]) => texts.map(escaped).join('|');

export const isDistinct = (id: string) => id.length >= DISTINCT_LENGTH;

/** An id of Salesforce has 18 characters, or the first 15 of them. */
export const formsOf = (id: string): string[] =>
  /^[A-Za-z0-9]{15}[A-Z0-5]{3}$/.test(id) ? [id, id.slice(0, 15)] : [id];

/** The pattern of ids and addresses in a column, or undefined where nothing is looked for. */
export function patternOf(
  { ids, emails }: Terms,
  { column }: Pick<TextColumn, 'column'>,
): string | undefined {
  const here = ids.filter((id) => isDistinct(id) || OF_PERSONS.test(column));
  const parts = [
    ...(here.length > 0 ? [anyOf(here)] : []),
    ...(emails.length > 0 ? [`(?i:${anyOf(emails)})`] : []),
  ];
  return parts.length === 0 ? undefined : `${BEFORE}(${parts.join('|')})${AFTER}`;
}

/** The pattern of names, as whole words. */
export const namePattern = ({ names }: Terms): string | undefined =>
  names.length === 0 ? undefined : `(?i)(^|[^\\pL])(${anyOf(names)})([^\\pL]|$)`;

/** A text without what a pattern finds; twice, because two that stand side by side share what is between them. */
export const withoutSql = (texts: TextSql, text: string, pattern: string, pseudonym: string) => {
  const once = (inner: string) => texts.replaced(inner, pattern, `\\1${pseudonym}\\3`);
  return once(once(text));
};

export const hashOf = (salt: string, term: string) =>
  createHash('sha256').update(`${salt}:${term}`).digest('hex');

/** The hashes by which a person is found again. */
export const hashesOf = (salt: string, { ids, emails }: Pick<Terms, 'ids' | 'emails'>) =>
  [...ids, ...emails].map((term) => hashOf(salt, term));

/**
 * A query of the tokens of a text that are an id or an address: looks at words, not at patterns, so that it proves what
 * the patterns did. A text that holds a longer address or id is none of the person's.
 */
export function standingSql(texts: TextSql, from: string, text: string, terms: readonly string[]): string {
  const lower = `lower(${text})`;
  const held = terms.map((term) => texts.contains(lower, term.toLowerCase())).join(' or ');
  const list = terms.map((term) => texts.literal(term.toLowerCase())).join(', ');
  const source = `(select ${lower} as text_value from ${from} where ${held}) as held`;
  return `select token from (${texts.tokens(source, 'text_value', TOKEN)}) as tokens where token in (${list})`;
}

/** The words of a text that are an id or an address. */
export const standingIn = (text: string, terms: readonly string[]): number => {
  const sought = new Set(terms.map((term) => term.toLowerCase()));
  return [...text.toLowerCase().matchAll(new RegExp(TOKEN, 'g'))].filter(([token]) => sought.has(token))
    .length;
};

/** A query of the tokens of a text whose salted hash, as they are or in lower case, is one of these. */
export function tokensSql(
  texts: TextSql,
  from: string,
  text: string,
  salt: string,
  hashes: readonly string[],
): string {
  const list = hashes.map((hash) => texts.literal(hash)).join(', ');
  const hashed = (token: string) => `${texts.hash(`${texts.literal(`${salt}:`)} || ${token}`)} in (${list})`;
  return `select token from (${texts.tokens(from, text, TOKEN)}) as tokens where ${hashed('token')} or ${hashed('lower(token)')}`;
}
