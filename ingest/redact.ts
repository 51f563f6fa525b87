const SECRET_NAME =
  /secret|token|password|passwd|passphrase|credential|private|auth|api_?key|access_?key|signature|cookie|dsn/i;
const MASK = '****';

/** Strings that stand anywhere below a name that sounds secret. */
function secretsOf(value: unknown, isSecret: boolean): string[] {
  if (typeof value === 'string') return isSecret && value.length >= 4 ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((item) => secretsOf(item, isSecret));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => secretsOf(item, isSecret || SECRET_NAME.test(name)));
}

/** The login that stands in an address, and the parameters of one whose names sound secret. */
const LOGIN_IN_ADDRESS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#@]+(?:@[^\s/?#@]+)*@/gi;
const PARAMETER = /([?&;]|\b)([\w.%-]*)=([^\s&#;"'<>]+)/g;
const SECRET_PARAMETER = new RegExp(`${SECRET_NAME.source}|^(?:key|sig|pw|pwd|pass|sid|code|jwt)$`, 'i');
/** What follows the name of a scheme in an Authorization header. */
const AUTHORIZATION = /\b(Bearer|Basic|Token|OAuth)(\s+)[\w.~+/!=-]{6,}/g;

/**
 * A text without what looks like a secret wherever it comes from: `user:password@` of an address, its parameters with a
 * telling name, the token of an Authorization header.
 *
 * @example maskSecrets('GET https://me:pw@a.example/x?page=2&api_key=k') // 'GET https://****@a.example/x?page=2&api_key=****'
 */
export const maskSecrets = (text: string): string =>
  text
    .replace(LOGIN_IN_ADDRESS, `$1${MASK}@`)
    .replace(PARAMETER, (found, before: string, name: string) =>
      before !== '' && SECRET_PARAMETER.test(name) ? `${before}${name}=${MASK}` : found,
    )
    .replace(AUTHORIZATION, `$1$2${MASK}`);

/** Secrets inside the addresses that a configuration holds under whatever name. */
function secretsInAddresses(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretsInAddresses);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(secretsInAddresses);
  if (typeof value !== 'string' || !value.includes('://') || !URL.canParse(value)) return [];
  const { password, searchParams } = new URL(value);
  const parameters = [...searchParams].flatMap(([name, text]) => (SECRET_PARAMETER.test(name) ? [text] : []));
  const found = [password, ...parameters].filter((text) => text.length >= 4);
  return found.flatMap((text) => [text, safeDecode(text)]);
}

const safeDecode = (text: string) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** A secret as an error may quote it: a header's loses control characters, or shows them escaped or as line breaks. */
const spellings = (secret: string) => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  ...secret.split(/[\r\n]+/).filter((line) => line.length >= 4),
];

/**
 * A function that masks the secrets of these configurations in a text that goes to a log or an error: the strings
 * below a name such as `api_key`, `credentials` or `password`, those inside addresses, and all that `maskSecrets` sees.
 *
 * @example redactor([{ api_key: 'sk_live_1' }])('key sk_live_1 refused') // 'key **** refused'
 */
export function redactor(configurations: readonly unknown[]): (text: string) => string {
  const secrets = configurations
    .flatMap((configuration) => [...secretsOf(configuration, false), ...secretsInAddresses(configuration)])
    .flatMap(spellings)
    .sort((left, right) => right.length - left.length);
  return (text) => maskSecrets(secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text));
}
