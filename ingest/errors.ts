/** A failure of a source that a caller may handle; `code` is stable and goes into the run log. */
export class IngestError extends Error {
  readonly code: string;
  readonly data: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, data: Record<string, unknown> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'IngestError';
    this.code = code;
    this.data = data;
  }
}

const tailOf = (stderr: string) => (stderr === '' ? '' : ` Its last words on stderr:\n${stderr}`);

export const connectorNotFound = (program: string, cause: unknown) =>
  new IngestError(
    'CONNECTOR_NOT_FOUND',
    `Expected a program "${program}", found none that can be started (${(cause as Error).message}). ` +
      'Install the connector, or mend connector.exec in tenure.yaml.',
    { program },
    cause,
  );

export const connectorFailed = (
  program: string,
  verb: string,
  end: { readonly exitCode: number | null; readonly signal: string | null },
  reason: string | undefined,
  stderr: string,
) =>
  new IngestError(
    'CONNECTOR_FAILED',
    `"${program} ${verb}" ended with ${end.signal === null ? `exit code ${end.exitCode}` : `signal ${end.signal}`}` +
      `${reason === undefined ? '.' : `: ${reason}`}${tailOf(stderr)}`,
    { program, verb, ...end, stderr },
  );

export const connectorSilent = (program: string, verb: string, seconds: number, stderr: string) =>
  new IngestError(
    'CONNECTOR_TIMEOUT',
    `"${program} ${verb}" said nothing for ${seconds} seconds and was stopped. ` +
      `If it only is slow, raise connector.timeout_seconds in tenure.yaml.${tailOf(stderr)}`,
    { program, verb, seconds, stderr },
  );

export const lineTooLong = (limit: number) =>
  new IngestError(
    'CONNECTOR_LINE_TOO_LONG',
    `The connector sent a line of more than ${Math.round(limit / 2 ** 20)} MB without an end, so it was stopped. Each message of the Airbyte protocol is one line; ` +
      'if a record really is that large, leave out the property that makes it so, or raise connector.max_line_mb in tenure.yaml.',
    { limit },
  );

export const connectorAborted = (program: string, verb: string) =>
  new IngestError('CONNECTOR_ABORTED', `"${program} ${verb}" was stopped on request.`, { program, verb });

export const connectorMute = (program: string, verb: string, expected: string) =>
  new IngestError(
    'CONNECTOR_NO_ANSWER',
    `Expected a ${expected} message from "${program} ${verb}", it ended without one. ` +
      'Run the command by hand to see what it prints, and check that it is an Airbyte source.',
    { program, verb, expected },
  );

export const messageInvalid = (type: string, problem: string, cause: unknown) =>
  new IngestError(
    'MESSAGE_INVALID',
    `Expected a ${type} message of the Airbyte protocol 0.3.2; ${problem}. This is a fault of the connector: try another version of it.`,
    { type },
    cause,
  );

export const streamUnknown = (stream: string, known: readonly string[]) =>
  new IngestError(
    'STREAM_UNKNOWN',
    `tenure.yaml names the stream "${stream}", which the connector does not have. ` +
      `It has: ${known.slice(0, 40).join(', ')}${known.length > 40 ? ', …' : ''}.`,
    { stream },
  );

export const nothingSelected = (source: string) =>
  new IngestError(
    'NO_STREAMS',
    `Source "${source}" has no stream to read: its catalog is empty, or tenure.yaml disables every stream.`,
    { source },
  );

export const tableTaken = (stream: string, other: string, table: string) =>
  new IngestError(
    'TABLE_TAKEN',
    `Streams "${other}" and "${stream}" would both land in raw.${table}. Disable one of them, or give each its own source.`,
    { stream, other, table },
  );

export const keyUnknown = (stream: string, column: string) =>
  new IngestError(
    'KEY_UNKNOWN',
    `Stream "${stream}" has no property "${column}", which is named as its key or cursor. Mend primary_key or cursor in tenure.yaml.`,
    { stream, column },
  );

export const recordsLost = (scope: string, expected: number, received: number) =>
  new IngestError(
    'RECORDS_LOST',
    `The connector says it sent ${expected} records of ${scope} before its state, ${received} arrived. ` +
      'The state is not kept, so the next sync reads them again; if it happens again, report it to the maker of the connector.',
    { scope, expected, received },
  );

export const streamIncomplete = (stream: string, reason: string | undefined) =>
  new IngestError(
    'STREAM_INCOMPLETE',
    `Stream "${stream}" was not read to its end${reason === undefined ? '' : `: ${reason}`}. What came before its last state is landed; the next sync goes on from there.`,
    { stream },
  );

export const landingFailed = (stream: string, table: string, cause: unknown) =>
  new IngestError(
    'LANDING_FAILED',
    `The records of stream "${stream}" could not be written to raw.${table}: ${(cause as Error).message} ` +
      'Nothing of this batch is kept; the next sync reads it again.',
    { stream, table },
    cause,
  );

const KEPT = 'What was landed before is kept.';
const accept = (stream: string) =>
  `If that is right, take it once with "--accept-shrink ${stream}" (of "tenure sync" or "tenure run"); ` +
  'max_shrink_share of the source says what is taken without asking.';

/** A table that would lose more of its rows than the source allows. */
export const tableShrank = (stream: string, before: number, now: number, mostShare: number) =>
  new IngestError(
    'TABLE_SHRANK',
    `${stream} would shrink from ${before.toLocaleString('en')} to ${now.toLocaleString('en')} rows, by ` +
      `${Math.round((1 - now / before) * 100)} % where ${Math.round(mostShare * 100)} % is the most. ${KEPT} ${accept(stream)}`,
    { stream, before, now },
  );

/** A table of which columns lost all their values. */
export const columnsEmptied = (
  stream: string,
  emptied: readonly { readonly column: string; readonly before: number }[],
) =>
  new IngestError(
    'COLUMN_EMPTIED',
    `${stream} has no value any more in ${emptied.map(({ column, before }) => `${column} (${before.toLocaleString('en')} before)`).join(', ')}. ` +
      `Was a column renamed, or left out? ${KEPT} ${accept(stream)}`,
    { stream, emptied },
  );

/** A stream, or a file of one, that was there at the last sync and is not any more. */
export const streamGone = (stream: string, before: number, place: string) =>
  new IngestError(
    'STREAM_GONE',
    `${stream}, of which ${before.toLocaleString('en')} rows are landed, is not in ${place} any more. ${KEPT} Bring it ` +
      `back, or see that the source may still read it. ${accept(stream)}`,
    { stream, before },
  );

/** A stream of which more could not be read than the source allows. */
export const rowsRejected = (stream: string, rejected: number, received: number, mostShare: number) =>
  new IngestError(
    'ROWS_REJECTED',
    `${rejected.toLocaleString('en')} of ${received.toLocaleString('en')} rows of ${stream} were rejected, ` +
      `${rejected === received ? 'so that none is left' : `more than ${Math.round(mostShare * 100)} %`}. ` +
      `${rejected === received ? KEPT : 'The others are landed and count.'} Each line and what is wrong with it is in ` +
      `raw._rejected; mend them in the source and sync again${
        rejected === received
          ? ''
          : `. If it may stay so, write max_rejected_share: ${Math.ceil((100 * rejected) / received) / 100} under the source in tenure.yaml`
      }.`,
    { stream, rejected, received },
  );

/** The code and message of any error, as the run log and `--json` show it. */
export function errorReport(error: unknown): { code: string; message: string } {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNEXPECTED';
  return { code, message: error instanceof Error ? error.message : String(error) };
}
