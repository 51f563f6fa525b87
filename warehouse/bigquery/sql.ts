import type { LogicalType } from '../values.ts';
import { SCHEMAS } from '../warehouse.ts';

export const SQL_TYPES: Readonly<Record<LogicalType, string>> = {
  string: 'STRING',
  integer: 'INT64',
  number: 'FLOAT64',
  decimal: 'NUMERIC',
  boolean: 'BOOL',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  json: 'JSON',
};

const escaped = (text: string) =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');

export const quote = (name: string) => `\`${escaped(name).replaceAll('`', '\\`')}\``;
export const literal = (text: string) => `'${escaped(text).replaceAll("'", "\\'")}'`;

/** The dataset of a schema: ours have the prefix, those that somebody else fills have names of their own. */
export const datasetName = (prefix: string, schema: string) =>
  SCHEMAS.some((ours) => ours === schema) ? `${prefix}${schema}` : schema;

/** Schemas whose tables stay small: logs and states, what was sent to others. */
const SMALL: readonly string[] = ['ops', 'activation'];

/** Whether a statement of ours, whose datasets are quoted, names a table that may be large. */
export const readsData = (prefix: string, sql: string) =>
  SCHEMAS.some((schema) => !SMALL.includes(schema) && sql.includes(`${quote(datasetName(prefix, schema))}.`));

/** The first word of a statement says whether it only reads. */
export const isRead = (sql: string) => /^(?:\s|\(|--[^\n]*\n|\/\*[\s\S]*?\*\/)*(select|with)\b/i.test(sql);
