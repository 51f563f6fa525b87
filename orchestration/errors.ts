/** A failure that the person at the terminal can mend: what was expected, what came, what to do. */
export class TenureError extends Error {
  readonly code: string;
  /** 1 = something failed; 2 = usage or configuration, nothing was started; 130 = stopped by the user. */
  readonly exitCode: 1 | 2 | 130;
  /** What to do; it ends the message, too. */
  readonly next: string | undefined;

  constructor(
    code: string,
    message: string,
    options: { exitCode?: 1 | 2 | 130; next?: string; cause?: unknown } = {},
  ) {
    super(
      options.next === undefined ? message : `${message}${message.endsWith('\n') ? '' : ' '}${options.next}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'TenureError';
    this.code = code;
    this.exitCode = options.exitCode ?? 1;
    this.next = options.next;
  }
}

export const configMissing = (file: string) =>
  new TenureError(
    'CONFIG_MISSING',
    `Expected a configuration at ${file}, found no file. Run "tenure init" to make one, ` +
      'or name another with --config FILE. "npm run demo" makes one of its own in .demo/tenure.yaml.',
    { exitCode: 2 },
  );

export const configUnreadable = (file: string, reason: string, cause: unknown) =>
  new TenureError('CONFIG_UNREADABLE', `${file} is not valid YAML: ${reason}. Mend the line it names.`, {
    exitCode: 2,
    cause,
  });

export const configInvalid = (file: string, problems: readonly string[]) =>
  new TenureError(
    'CONFIG_INVALID',
    `${file} does not say what is expected:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\n`,
    { exitCode: 2, next: 'Mend what it names; tenure.example.yaml shows every key.' },
  );

export const fieldsMissing = (file: string, source: string, fields: readonly string[]) =>
  new TenureError(
    'FIELDS_MISSING',
    `${file} maps fields of the source "${source}" to columns that none of its landed streams has:\n` +
      `${fields.map((field) => `  - ${field}`).join('\n')}\n` +
      'Mend the name, or see that the connector reads the stream and the field, and sync again.',
    { exitCode: 2 },
  );

export const environmentMissing = (file: string, names: readonly string[]) =>
  new TenureError(
    'ENVIRONMENT_MISSING',
    `${file} refers to ${names.map((name) => `\${${name}}`).join(', ')}, which ${names.length === 1 ? 'is' : 'are'} not set. ` +
      'Set it in the environment or in a .env file beside the configuration.',
    { exitCode: 2 },
  );

export const usage = (message: string, next?: string) =>
  new TenureError('USAGE', message, { exitCode: 2, ...(next !== undefined && { next }) });
