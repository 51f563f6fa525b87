const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/** The first index from `from` that is no white space. */
function skipSpace(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) <= 0x20) at += 1;
  return at;
}

/** The index after the string that begins at `from`, or -1. */
function skipString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  return -1;
}

/** The index after the value that begins at `from`, or -1. */
function skipValue(text: string, from: number, end: number): number {
  if (text.charCodeAt(from) === QUOTE) return skipString(text, from);
  let depth = 0;
  let at = from;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = skipString(text, at);
      if (at < 0) return -1;
      continue;
    }
    if (code === OPEN_BRACE || code === OPEN_BRACKET) depth += 1;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return at; // the end of what holds a bare value
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (code === COMMA && depth === 0) return at;
    at += 1;
  }
  return depth === 0 ? at : -1;
}

/**
 * Calls `each` with the name and the place of the value of every member of the JSON object at `start`, without reading
 * the values. Gives false when it sees that there is no object; what it does not see must be checked by a JSON reader.
 */
export function eachMember(
  text: string,
  start: number,
  end: number,
  each: (name: string, valueStart: number, valueEnd: number) => void,
): boolean {
  let at = skipSpace(text, start);
  if (text.charCodeAt(at) !== OPEN_BRACE) return false;
  at = skipSpace(text, at + 1);
  while (text.charCodeAt(at) !== CLOSE_BRACE) {
    if (text.charCodeAt(at) !== QUOTE || at >= end) return false;
    const nameEnd = skipString(text, at);
    if (nameEnd < 0) return false;
    const raw = text.slice(at + 1, nameEnd - 1);
    const colon = skipSpace(text, nameEnd);
    if (text.charCodeAt(colon) !== COLON) return false;
    const valueStart = skipSpace(text, colon + 1);
    let valueEnd = skipValue(text, valueStart, end);
    if (valueEnd <= valueStart) return false;
    const next = valueEnd;
    while (text.charCodeAt(valueEnd - 1) <= 0x20) valueEnd -= 1;
    each(raw.includes('\\') ? nameOf(raw) : raw, valueStart, valueEnd);
    at = skipSpace(text, next);
    if (text.charCodeAt(at) === COMMA) at = skipSpace(text, at + 1);
    else if (text.charCodeAt(at) !== CLOSE_BRACE) return false;
  }
  return true;
}

function nameOf(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return raw; // no JSON, which its reader will find
  }
}
