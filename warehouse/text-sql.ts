/** A column of a stored table whose values are text, or hold some: JSON, lists and structs. */
export interface TextColumn {
  readonly table: string;
  readonly column: string;
  /** The engine's own name of its type. */
  readonly type: string;
}

/**
 * How an engine says in SQL what is asked of texts. Patterns are RE2's; in `replaced`, `\1` and the like stand for what
 * the pattern's groups caught.
 */
export interface TextSql {
  /** The name of a column as it stands in SQL. */
  name(column: string): string;
  literal(text: string): string;
  /** The text of a column, whatever its type. */
  of(column: Pick<TextColumn, 'column' | 'type'>): string;
  /** A text as a value of the column again. */
  back(column: Pick<TextColumn, 'type'>, text: string): string;
  matches(text: string, pattern: string): string;
  /** All occurrences. */
  replaced(text: string, pattern: string, by: string): string;
  contains(text: string, part: string): string;
  /** SHA-256 of a text in UTF-8, 64 hex digits in lower case. */
  hash(text: string): string;
  /** A query with one column `token`: what matches a pattern in a text of a table, each once. */
  tokens(from: string, text: string, pattern: string): string;
}
