const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

const skipSpace = (bytes: Buffer, from: number): number => {
  let at = from;
  while ((bytes[at] ?? QUOTE) <= 0x20) at += 1;
  return at;
};

/** The index after the string that begins at `from`, or -1. */
function skipString(bytes: Buffer, from: number): number {
  for (let at = bytes.indexOf(QUOTE, from + 1); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let slashes = 0;
    while (bytes[at - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  return -1;
}

/** The index after the value that begins at `from`, or -1. */
function skipValue(bytes: Buffer, from: number, end: number): number {
  if (bytes[from] === QUOTE) return skipString(bytes, from);
  let depth = 0;
  let at = from;
  while (at < end) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = skipString(bytes, at);
      if (at < 0) return -1;
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return at; // the end of what holds a bare value
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (byte === COMMA && depth === 0) return at;
    at += 1;
  }
  return depth === 0 ? at : -1;
}

/**
 * Calls `each` with the name and the place of the value of every member of the JSON object at `start`, without reading
 * the values. Gives false when it sees that there is no object; what it does not see must be checked by a JSON reader.
 */
export function eachMember(
  bytes: Buffer,
  start: number,
  end: number,
  each: (name: string, valueStart: number, valueEnd: number) => void,
): boolean {
  let at = skipSpace(bytes, start);
  if (bytes[at] !== OPEN_BRACE) return false;
  at = skipSpace(bytes, at + 1);
  while (bytes[at] !== CLOSE_BRACE) {
    if (bytes[at] !== QUOTE || at >= end) return false;
    const nameEnd = skipString(bytes, at);
    if (nameEnd < 0) return false;
    const raw = bytes.toString('utf8', at + 1, nameEnd - 1);
    const colon = skipSpace(bytes, nameEnd);
    if (bytes[colon] !== COLON) return false;
    const valueStart = skipSpace(bytes, colon + 1);
    let valueEnd = skipValue(bytes, valueStart, end);
    if (valueEnd <= valueStart) return false;
    const next = valueEnd;
    while ((bytes[valueEnd - 1] ?? QUOTE) <= 0x20) valueEnd -= 1;
    each(raw.includes('\\') ? nameOf(raw) : raw, valueStart, valueEnd);
    at = skipSpace(bytes, next);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
    else if (bytes[at] !== CLOSE_BRACE) return false;
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
