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
      'or name another with --config FILE. "tenure demo" makes one of its own in .demo/tenure.yaml.',
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

/** What `raw` holds, for a person who looks for a table there. */
const inRaw = (tables: readonly string[]) =>
  tables.length === 0
    ? 'raw holds no table'
    : `raw holds ${tables.slice(0, 20).join(', ')}${tables.length > 20 ? `, … (${tables.length} in all)` : ''}`;

/** A source of the configuration of which nothing was ever landed, and that was never synced either. */
export const sourceNeverLanded = (
  file: string,
  sources: readonly { readonly name: string; readonly tables?: string | undefined }[],
  rawTables: readonly string[],
) =>
  new TenureError(
    'SOURCE_NEVER_LANDED',
    `${file} names ${sources.length === 1 ? 'a source' : 'sources'} of which nothing was ever landed: ` +
      `${sources.map(({ name, tables }) => (tables === undefined ? name : `${name} (the schema ${tables} has no table)`)).join(', ')}; ` +
      `${inRaw(rawTables)}. Nothing was built, because an unknown source is not an empty one. ` +
      `Sync it first ("tenure sync ${sources[0]?.name}", or "tenure run"); if it was renamed, give it back the name ` +
      'that its tables begin with; if somebody else lands it, name the schema by "tables:"; else take it out.',
    { exitCode: 2 },
  );

/** No source has a stream that is connected; `syncs` says how the last sync of each ended. */
export const nothingLanded = (
  syncs: readonly (readonly [source: string, how: string])[],
  rawTables: readonly string[],
) =>
  new TenureError(
    'NOTHING_LANDED',
    'No source has landed anything yet, so there is nothing to build: ' +
      `${syncs.map(([source, how]) => `the last sync of ${source} ${how}`).join(', ')}; ${inRaw(rawTables)}. ` +
      'Mend the source and run "tenure sync" again: it says what was wrong.',
  );

export const environmentMissing = (file: string, names: readonly string[]) =>
  new TenureError(
    'ENVIRONMENT_MISSING',
    `${file} refers to ${names.map((name) => `\${${name}}`).join(', ')}, which ${names.length === 1 ? 'is' : 'are'} not set. ` +
      `Set ${names.length === 1 ? 'it' : 'them'} in the environment or in a .env file beside the configuration.`,
    { exitCode: 2 },
  );

export const usage = (message: string, next?: string) =>
  new TenureError('USAGE', message, { exitCode: 2, ...(next !== undefined && { next }) });
