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

/**
 * A function that masks the secrets of these configurations in a text that goes to a log or an error: the strings
 * below a name such as `api_key`, `credentials` or `password`.
 *
 * @example redactor([{ api_key: 'sk_live_1' }])('key sk_live_1 refused') // 'key **** refused'
 */
export function redactor(configurations: readonly unknown[]): (text: string) => string {
  const secrets = configurations
    .flatMap((configuration) => secretsOf(configuration, false))
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)])
    .sort((left, right) => right.length - left.length);
  return (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}
