import { SCHEMAS } from '../warehouse.ts';

/** Strings and comments are kept as they are, so that only code is changed. */
const NOT_CODE =
  /'''[\s\S]*?'''|"""[\s\S]*?"""|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\//;
const NAME = /`[^`]*`|[A-Za-z_]\w*|\d\w*/;
const TOKEN = new RegExp(`(${NOT_CODE.source})|(${NAME.source})|[(),;]`, 'g');

/** After these a table is named. */
const BEFORE_TABLE = new Set('from join into update table using truncate delete merge insert'.split(' '));
/** Words between them and the name. */
const BETWEEN = new Set('if not exists'.split(' '));
/** These end a list of tables: a comma after them separates something else. */
const AFTER_TABLES = new Set(
  'select where group having order window qualify limit union except intersect set when values'.split(' '),
);

/** What is known inside one pair of parentheses. */
interface Scope {
  /** A list of tables has begun, in which a comma joins. */
  isInTables: boolean;
  /** The next name is a table's. */
  isTableNext: boolean;
  /** In `extract(day from x)`, `from` names no table. */
  readonly isExtract: boolean;
  /** Tables called like a schema: what stands after their dot is a column. */
  readonly aliases: Set<string>;
}

const scopeOf = (isInTables: boolean, isExtract: boolean): Scope => ({
  isInTables,
  isTableNext: isInTables,
  isExtract,
  aliases: new Set(),
});

/**
 * The same SQL with `prefix` before each schema that a table is named by. Our schemas are datasets of one project,
 * which may be shared: the prefix keeps them apart. A table is named after `from`, `join` and the like and after a comma
 * among tables; elsewhere, and after a table that is called like a schema, `marts.x` is a column.
 *
 * @example withPrefix('acme_', 'select * from marts.dim_accounts') // 'select * from acme_marts.dim_accounts'
 */
export function withPrefix(prefix: string, sql: string): string {
  if (prefix === '') return sql;
  const scopes: Scope[] = [scopeOf(false, false)];
  let before = '';
  const replaced = (token: string, end: number): string => {
    const scope = scopes.at(-1) as Scope;
    const word = token.toLowerCase();
    const isQualified = sql
      .slice(0, end - token.length)
      .trimEnd()
      .endsWith('.');
    if (token === '(') {
      scopes.push(scopeOf(scope.isTableNext, before === 'extract'));
      scope.isTableNext = false;
    } else if (token === ')') {
      if (scopes.length > 1) scopes.pop();
    } else if (token === ';') {
      scopes.splice(0, scopes.length, scopeOf(false, false));
    } else if (token === ',') {
      scope.isTableNext = scope.isInTables;
    } else if (!isQualified) {
      return named(scope, word, end) ? withName(prefix, token) : token;
    }
    return token;
  };
  /** Takes note of a word, or of a name in backticks, and says whether it is the schema of a table. */
  const named = (scope: Scope, word: string, end: number): boolean => {
    if (BEFORE_TABLE.has(word)) {
      if (word === 'from' && (scope.isExtract || before === 'distinct')) return false;
      scope.isTableNext = true;
      if (word === 'from') scope.isInTables = true;
      return false;
    }
    if (AFTER_TABLES.has(word)) scope.isInTables = false;
    if (BETWEEN.has(word)) return false;
    const [schema = '', ...path] = word.replaceAll('`', '').split('.');
    const isPath = path.length > 0 || /^\s*\./.test(sql.slice(end));
    const isSchema = SCHEMAS.some((ours) => ours === schema);
    const isTable = scope.isTableNext;
    scope.isTableNext = false;
    if (isSchema && !isPath && scope.isInTables) scope.aliases.add(schema);
    return isTable && isSchema && isPath && !scopes.some(({ aliases }) => aliases.has(schema));
  };
  return sql.replace(
    TOKEN,
    (token: string, notCode: string | undefined, name: string | undefined, at: number) => {
      if (notCode !== undefined) return token;
      const text = replaced(token, at + token.length);
      before = name === undefined ? token : token.toLowerCase();
      return text;
    },
  );
}

/** `marts` or `` `marts.t` `` with the prefix, which has no quotes of its own. */
const withName = (prefix: string, token: string) => {
  const [, quote = '', schema = '', rest = ''] = /^(`?)(\w+)([\s\S]*)$/.exec(token) ?? [];
  return `${quote}${prefix}${schema.toLowerCase()}${rest}`;
};
