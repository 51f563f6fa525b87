import { TenureError } from '../errors.ts';

export const repeatedKeys = (object: string, keys: readonly string[]) =>
  new TenureError(
    'ACTIVATION_REPEATED_KEYS',
    `Expected one row a record in the sync model of ${object}, found ${keys.length} keys more than once ` +
      `(${keys.slice(0, 5).join(', ')}). Nothing was sent. Mend the model, build, and run activate again.`,
  );

export const tooManyChanges = (object: string, changed: number, known: number, limit: number) =>
  new TenureError(
    'ACTIVATION_TOO_MANY_CHANGES',
    `${changed} of the ${known} ${object} records written before would change, more than the ${Math.round(limit * 100)} % ` +
      'that max_change_share allows. Nothing was sent. Look at the diff (tenure activate); if it is right, raise ' +
      'max_change_share of the destination for this run.',
  );

export const staleScores = (scoredOn: string | null, asOfDate: string) =>
  new TenureError(
    'ACTIVATION_STALE_SCORES',
    `The newest scores are of ${scoredOn ?? 'no day at all'}, more than a day before ${asOfDate}. Nothing was sent. ` +
      'Run "tenure run --until score" and then activate again.',
  );

export const syncModelMissing = (model: string) =>
  new TenureError(
    'ACTIVATION_NOT_BUILT',
    `Expected the table activation.${model}, found none. Run "tenure build" and "tenure score" first.`,
  );

export const fieldMissing = (model: string) =>
  new TenureError(
    'ACTIVATION_KEY_MISSING',
    `Expected activation.${model} to have a record_key column without nulls. Mend the model, build, and run activate again.`,
  );

export const loginFailed = (destination: string, reason: string, cause?: unknown) =>
  new TenureError(
    'ACTIVATION_LOGIN_FAILED',
    `${destination} refused the login: ${reason}. Check the destination's auth and the variables that it names.`,
    { cause },
  );

export const requestFailed = (destination: string, reason: string, cause?: unknown) =>
  new TenureError(
    'ACTIVATION_REQUEST_FAILED',
    `${destination} did not take the records: ${reason}. What it took before is in the ledger; run activate --apply ` +
      'again to send the rest.',
    { cause },
  );
