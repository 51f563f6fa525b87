import { readFileSync } from 'node:fs';
import { WarehouseError } from '../errors.ts';
import { SCHEMAS, type WarehouseConfig } from '../warehouse.ts';

export type BigQueryConfig = Extract<WarehouseConfig, { type: 'bigquery' }>;

/** What the client throws: the API's error with its reasons, or what went wrong on the way there. */
interface ApiError {
  readonly message: string;
  readonly code?: number | string;
  readonly errors?: readonly { readonly reason?: string; readonly message?: string }[];
}

export const isNotFound = (error: unknown) => Number((error as ApiError).code) === 404;

/** Whether what was to be made is there: another made it, or an attempt before, of which the answer got lost. */
export const isAlreadyThere = (error: unknown) => Number((error as ApiError).code) === 409;

/** Whether the same request may go well the next time: the server or the way to it failed. */
export const isTransient = (error: unknown) => {
  const { code } = error as ApiError;
  return typeof code !== 'number' || code === 429 || code >= 500;
};

/** Whether BigQuery ended a job because of its `jobTimeoutMs`. */
export const isTimeout = (error: unknown) => {
  const { message, errors = [] } = error as ApiError;
  return (
    errors.some(({ reason }) => reason === 'timeout' || reason === 'stopped') ||
    /job timed out|execution was cancelled: job timed out|exceeded the job timeout/i.test(message)
  );
};

/** An error of the client or the API as one of ours, with the next step. */
export function bigQueryFailed(error: unknown, config: BigQueryConfig): WarehouseError {
  if (error instanceof WarehouseError) return error;
  const { message, code, errors = [] } = error as ApiError;
  const reasons = errors.flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  const said = `BigQuery (project ${config.project}) answered: ${message}`;
  const failed = (code: string, next: string, data = {}) =>
    new WarehouseError(
      code,
      `${said}${/[.!?]$/.test(message) ? '' : '.'} ${next}`,
      { reasons, ...data },
      error,
    );

  if (reasons.includes('bytesBilledLimitExceeded')) {
    return failed(
      'QUERY_TOO_LARGE',
      'Narrow the statement, or raise warehouse.maximum_bytes_billed in tenure.yaml.',
    );
  }
  if (reasons.includes('accessNotConfigured') || /has not enabled BigQuery/.test(message)) {
    return failed(
      'WAREHOUSE_NOT_ENABLED',
      `Run: gcloud services enable bigquery.googleapis.com --project=${config.project}`,
    );
  }
  if (reasons.includes('billingNotEnabled')) {
    return failed(
      'WAREHOUSE_NO_BILLING',
      'Without billing BigQuery refuses to change rows. Run: ' +
        `gcloud billing projects link ${config.project} --billing-account=ACCOUNT_ID`,
    );
  }
  if (reasons.some((reason) => /quotaExceeded|rateLimitExceeded/i.test(reason))) {
    return failed(
      'WAREHOUSE_QUOTA',
      'Wait until the quota is renewed (daily ones at midnight, Pacific time), or raise it: ' +
        `https://console.cloud.google.com/iam-admin/quotas?project=${config.project}`,
    );
  }
  if (reasons.includes('accessDenied') || /denied|does not have .*permission/i.test(message)) {
    const grant = missingGrant(message, config);
    return failed(
      'WAREHOUSE_FORBIDDEN',
      `${grant.permission} is missing: it comes with ${grant.role}. Run: ${grant.command}${grant.note}`,
      grant,
    );
  }
  if (Number(code) === 401 || /default credentials|invalid_(grant|client)|ENOENT.*\.json/i.test(message)) {
    return failed(
      'WAREHOUSE_UNAUTHENTICATED',
      "Give warehouse.keyfile the path of a service account's key, or run: gcloud auth application-default login",
    );
  }
  if (/ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|fetch failed/.test(message)) {
    return failed(
      'WAREHOUSE_UNREACHABLE',
      'Check that bigquery.googleapis.com can be reached, then run it again.',
    );
  }
  if (reasons.includes('invalidQuery')) return failed('QUERY_INVALID', 'Mend the statement.');
  return failed('WAREHOUSE_FAILED', 'Run it again; "tenure doctor" looks at rights, location and quota.');
}

interface Grant {
  readonly permission: string;
  readonly role: string;
  readonly command: string;
  readonly note: string;
}

/** Which grant an "Access Denied" asks for, and the line that gives it. */
function missingGrant(message: string, config: BigQueryConfig): Grant {
  const { project } = config;
  const member = memberOf(config);
  const note =
    member === UNKNOWN
      ? ' (for who runs Tenure: user:NAME@DOMAIN or serviceAccount:NAME@PROJECT.iam.gserviceaccount.com).'
      : '';
  const unnamed = /permission to query table/i.test(message) ? 'bigquery.tables.getData' : 'a right';
  const [permission = unnamed] = /\b(?:bigquery|iam)\.\w+\.\w+/.exec(message) ?? [];
  const onProject = (role: string) => ({
    permission,
    role,
    command: `gcloud projects add-iam-policy-binding ${project} --member=${member} --role=${role}`,
    note,
  });
  if (permission === 'iam.serviceAccounts.getAccessToken') {
    const role = 'roles/iam.serviceAccountTokenCreator';
    return {
      permission,
      role,
      command: `gcloud iam service-accounts add-iam-policy-binding ${config.impersonate_service_account} --member=${UNKNOWN} --role=${role}`,
      note: ' (for who starts Tenure).',
    };
  }
  if (permission === 'bigquery.jobs.create') return onProject('roles/bigquery.jobUser');
  if (permission === 'bigquery.datasets.create') return onProject('roles/bigquery.user');
  const [, dataset] =
    /\b(?:Dataset|Table|View|Routine) [\w.:-]+[:.](\w+)(?=[.:]|\b)/.exec(
      message.replace(/(Table|View|Routine) ([\w-]+[:.]\w+)\.[\w$-]+/g, '$1 $2'),
    ) ?? [];
  if (dataset === undefined) return onProject('roles/bigquery.dataEditor');
  const isOurs = SCHEMAS.some((schema) => `${config.dataset_prefix ?? ''}${schema}` === dataset);
  const role = isOurs ? 'roles/bigquery.dataEditor' : 'roles/bigquery.dataViewer';
  return {
    permission,
    role,
    command: `bq query --nouse_legacy_sql 'grant \`${role}\` on schema \`${project}\`.\`${dataset}\` to "${member}"'`,
    note,
  };
}

const UNKNOWN = 'MEMBER';

/** Who asks, as IAM names it, when the configuration says it. */
function memberOf(config: BigQueryConfig): string {
  if (config.impersonate_service_account !== undefined) {
    return `serviceAccount:${config.impersonate_service_account}`;
  }
  if (config.keyfile === undefined) return UNKNOWN;
  try {
    const { client_email: email } = JSON.parse(readFileSync(config.keyfile, 'utf8')) as {
      client_email?: string;
    };
    return email === undefined ? UNKNOWN : `serviceAccount:${email}`;
  } catch {
    return UNKNOWN;
  }
}
