import type { TextSql } from '../text-sql.ts';
import { literal, quote } from './sql.ts';

export const TEXT_SQL: TextSql = {
  name: quote,
  literal,
  of: ({ column, type }) => (type === 'VARCHAR' ? quote(column) : `cast(${quote(column)} as varchar)`),
  back: ({ type }, text) => (type === 'VARCHAR' ? text : `cast(${text} as ${type})`),
  matches: (text, pattern) => `coalesce(regexp_matches(${text}, ${literal(pattern)}), false)`,
  replaced: (text, pattern, by) => `regexp_replace(${text}, ${literal(pattern)}, ${literal(by)}, 'g')`,
  contains: (text, part) => `coalesce(contains(${text}, ${literal(part)}), false)`,
  hash: (text) => `sha256(${text})`,
  tokens: (from, text, pattern) =>
    `select distinct unnest(regexp_extract_all(${text}, ${literal(pattern)})) as token from ${from}`,
};
