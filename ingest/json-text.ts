/**
 * Cuts values out of JSON text without reading them, so that 64-bit integers and the exact bytes of a state
 * survive. It trusts that the text is JSON and gives undefined where it sees that it is not.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return at;
};

/** The index after the string that begins at `from`, or -1. */
function skipString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return -1;
}

/** The index after the value that begins at `from`, or -1. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') {
      at = skipString(text, at);
      if (at < 0) return -1;
      if (depth === 0) return at;
      continue;
    }
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      if (depth === 0) return at; // the end of what holds a bare value
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (character === ',' && depth === 0) return at;
    at += 1;
  }
  return depth === 0 ? at : -1;
}

/**
 * The members of the JSON object that `text` holds, each as its raw text (the last one, if a name comes twice);
 * undefined when it is no object.
 *
 * @example memberTexts('{"a": 9007199254740993, "b": {"c": 1}}')?.get('a') // '9007199254740993'
 */
export function memberTexts(text: string): ReadonlyMap<string, string> | undefined {
  let at = skipSpace(text, 0);
  if (text[at] !== '{') return undefined;
  const members = new Map<string, string>();
  at = skipSpace(text, at + 1);
  while (text[at] !== '}') {
    if (text[at] !== '"') return undefined;
    const nameEnd = skipString(text, at);
    if (nameEnd < 0) return undefined;
    const name = stringValue(text.slice(at, nameEnd));
    at = skipSpace(text, nameEnd);
    if (name === undefined || text[at] !== ':') return undefined;
    const start = skipSpace(text, at + 1);
    const end = skipValue(text, start);
    if (end <= start) return undefined;
    members.set(name, text.slice(start, end).trimEnd());
    at = skipSpace(text, end);
    if (text[at] === ',') at = skipSpace(text, at + 1);
    else if (text[at] !== '}') return undefined;
  }
  return skipSpace(text, at + 1) >= text.length ? members : undefined;
}

/** The string that the JSON text holds, or undefined when it holds something else. */
export function stringValue(text: string | undefined): string | undefined {
  if (text === undefined || !text.startsWith('"')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

const ESCAPE = /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/g;

/**
 * JSON text in which each half of a surrogate pair that stands alone (a cut emoji), and each NUL, is U+FFFD. JavaScript
 * and Python write such text, but strict readers refuse the whole line: DuckDB's a half pair, BigQuery's both.
 *
 * @example replaceUnreadable('"cut \\ud83d"') // '"cut \\ufffd"'
 */
export function replaceUnreadable(text: string): string {
  return text.replace(ESCAPE, (found) =>
    found.length === 6 && /^\\u(?:[dD][89a-fA-F]|0000)/.test(found) ? '\\ufffd' : found,
  );
}
