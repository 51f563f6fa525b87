type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;
/** Newer than the typings: a reviver is told the text that a value was parsed from. */
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;

/**
 * JSON with each number, true and false as the text it was written as, so that no digit is lost; undefined when the
 * text is no JSON.
 *
 * @example sourcedJson('{"id": 9007199254740993}') // { id: '9007199254740993' }
 */
export function sourcedJson(text: string): unknown {
  try {
    return parse(text, (_key, value, { source }) =>
      typeof value === 'number' || typeof value === 'boolean' ? (source ?? String(value)) : value,
    );
  } catch {
    return undefined;
  }
}
