import type { TextSql } from '../text-sql.ts';
import { literal, quote } from './sql.ts';

export const TEXT_SQL: TextSql = {
  name: quote,
  literal,
  of: ({ column, type }) => (type === 'STRING' ? quote(column) : `to_json_string(${quote(column)})`),
  back: ({ type }, text) =>
    type === 'STRING'
      ? text
      : type === 'JSON'
        ? `parse_json(${text})`
        : `json_value_array(parse_json(${text}))`,
  matches: (text, pattern) => `coalesce(regexp_contains(${text}, ${literal(pattern)}), false)`,
  replaced: (text, pattern, by) => `regexp_replace(${text}, ${literal(pattern)}, ${literal(by)})`,
  contains: (text, part) => `coalesce(strpos(${text}, ${literal(part)}) > 0, false)`,
  hash: (text) => `to_hex(sha256(${text}))`,
  tokens: (from, text, pattern) =>
    `select distinct token from ${from} cross join unnest(regexp_extract_all(${text}, ${literal(pattern)})) as token`,
};
