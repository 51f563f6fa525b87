import { TenureError } from '../errors.ts';

export const syncModelMissing = (model: string) =>
  new TenureError(
    'ACTIVATION_NOT_BUILT',
    `Expected the table activation.${model}, found none. Run "tenure build" and "tenure score" first.`,
  );

export const syncModelOfOtherVersion = (model: string, missing: readonly string[]) =>
  new TenureError(
    'ACTIVATION_NOT_BUILT',
    `Expected activation.${model} to have the columns ${missing.join(', ')}: another version of Tenure built it. Run ` +
      '"tenure build" and "tenure score" first.',
  );

export const keyMissing = (model: string) =>
  new TenureError(
    'ACTIVATION_KEY_MISSING',
    `Expected activation.${model} to have a record_key column without nulls. Mend the model, build, and run activate again.`,
  );

export const noSource = (
  file: string,
  destination: { name: string; kind: string; source?: string | undefined },
  sources: readonly string[],
) =>
  new TenureError(
    'DESTINATION_SOURCE',
    `${file}: the accounts of the destination "${destination.name}" are found by the ids that they came with, so one source must be ` +
      `its CRM. Expected ${
        destination.source === undefined
          ? `one source of kind ${destination.kind}, or "source" of the destination to name one`
          : `"source" to name one of the sources, got "${destination.source}"`
      } (they are ${sources.join(', ')}). Add source: NAME to the destination; accounts of other sources are left out.`,
    { exitCode: 2 },
  );

export const unknownFields = (
  { name, kind }: { name: string; kind: string },
  unknown: readonly string[],
  known: readonly string[],
) =>
  new TenureError(
    'DESTINATION_FIELDS_UNKNOWN',
    `allow_fields of the destination "${name}" names ${unknown.join(', ')}, which Tenure never writes. Expected some of ` +
      `${known.join(', ')}. Mend the names; docs/${kind}.md says what each is.`,
    { exitCode: 2 },
  );

export const loginFailed = (destination: string, reason: string, cause?: unknown) =>
  new TenureError(
    'ACTIVATION_LOGIN_FAILED',
    `${destination} refused the login: ${reason}. Check the destination's auth and the variables that it names.`,
    { cause },
  );

export const unsafeUrl = (destination: string, origin: string) =>
  new TenureError(
    'ACTIVATION_URL_UNSAFE',
    `Expected auth.instance_url of ${destination} to begin with https://, got ${origin}: a token is sent to it. Only this machine ` +
      'itself may be written to without.',
    { exitCode: 2 },
  );

export const redirected = (destination: string, from: string, to: string, setting: string) =>
  new TenureError(
    'ACTIVATION_REDIRECTED',
    `${destination} sent the request on from ${from} to ${to}, and a token goes nowhere but where the configuration says. If ` +
      `that is where your CRM lives now, set ${setting} to it.`,
  );

export const otherInstance = (destination: string, wanted: string, told: string) =>
  new TenureError(
    'ACTIVATION_OTHER_INSTANCE',
    `Expected ${destination} to give a token for ${wanted}, got one for ${told}. Set auth.instance_url to the org that is meant: nothing ` +
      'is sent anywhere else.',
  );

export const keyUnreadable = (destination: string) =>
  new TenureError(
    'ACTIVATION_KEY_UNREADABLE',
    `Expected auth.private_key of ${destination} to be an RSA key in PEM ("-----BEGIN PRIVATE KEY-----" …, line ends may be written as \\n), ` +
      'got something else. Set the variable that it names to the key whose certificate the app has.',
    { exitCode: 2 },
  );

export const notData = (destination: string, origin: string, contentType: string, next: string) =>
  new TenureError(
    'ACTIVATION_NO_API',
    `Expected ${origin} (${destination}) to answer with JSON, got ${contentType || 'no content type'}, which is a login page or another ` +
      `web page. ${next}`,
  );

export const timedOut = (destination: string, seconds: number) =>
  new TenureError(
    'ACTIVATION_TIMED_OUT',
    `${destination} did not answer within ${seconds} seconds. What it took before is in the ledger; run activate --apply again to ` +
      'send the rest: a record that it took without saying so is not made twice.',
  );

export const waitTooLong = (destination: string, seconds: number) =>
  new TenureError(
    'ACTIVATION_BUSY',
    `${destination} asks to wait for ${Math.round(seconds)} seconds. What it took before is in the ledger; run activate --apply again ` +
      'then to send the rest.',
  );

export const limitReached = (destination: string, reason: string) =>
  new TenureError(
    'ACTIVATION_BUSY',
    `${destination} takes no more calls today: ${reason}. What it took before is in the ledger; run activate --apply again ` +
      'tomorrow to send the rest, or see which other app uses the calls of the account.',
  );

export const rightsMissing = (destination: string, what: string, reason: string) =>
  new TenureError(
    'ACTIVATION_RIGHTS_MISSING',
    `${destination} does not let its user write or read ${what}: ${reason}. "tenure doctor" lists the rights that are missing.`,
  );

export const fieldRefused = (destination: string, object: string, reason: string, cause?: unknown) =>
  new TenureError(
    'ACTIVATION_FIELD_MISSING',
    `${destination} does not know a field of ${object}, or its user may not write it: ${reason}. "tenure doctor" lists each that is missing ` +
      'and what to do. Or take it out of allow_fields.',
    { cause },
  );

export const requestFailed = (destination: string, reason: string, cause?: unknown) =>
  new TenureError(
    'ACTIVATION_REQUEST_FAILED',
    `${destination} did not take the records: ${reason}. What it took before is in the ledger; run activate --apply ` +
      'again to send the rest.',
    { cause },
  );

export const notAllSent = (reasons: readonly string[]) =>
  new TenureError(
    'ACTIVATION_INCOMPLETE',
    `Not everything was written:\n${reasons.map((reason) => `  - ${reason}`).join('\n')}\n` +
      'What was taken is in the ledger and is not sent again; the rest is tried by the next run.',
  );
