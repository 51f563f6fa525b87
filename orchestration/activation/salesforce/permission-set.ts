import { z } from 'zod';
import { codeOf, isRefusal, parseSaveResults, type SalesforceConnection } from './connection.ts';

/** What opens Tenure's fields to the user who writes. */
export const PERMISSION_SET = { Name: 'Tenure_Write_Back', Label: 'Tenure write-back' } as const;

const ids = z.object({ records: z.array(z.looseObject({ Id: z.string() })) });
const permissions = z.object({
  records: z.array(
    z.looseObject({
      Id: z.string(),
      Field: z.string(),
      PermissionsRead: z.boolean(),
      PermissionsEdit: z.boolean(),
    }),
  ),
});
const resources = z.looseObject({ identity: z.string().optional() });

/** What was done, or would be, to open fields. */
export interface Opened {
  readonly made: readonly string[];
  readonly byHand: readonly string[];
  /** The fields of which `byHand` says why they are not open. */
  readonly refused: readonly string[];
}

/**
 * Gives the user who writes Read and Edit Access to fields (`Account.Tenure_Score__c`), by a permission set of their own:
 * makes the set, the access and the assignment that are missing. What the org refuses is a step by hand.
 */
export async function openFields(
  { call, jsforce, masked }: SalesforceConnection,
  fields: readonly string[],
  apply: boolean,
): Promise<Opened> {
  if (fields.length === 0) return { made: [], byHand: [], refused: [] };
  const made: string[] = [];
  const byHand: string[] = [];
  const set = `permission set ${PERMISSION_SET.Name}`;
  const query = async (object: string, soql: string) =>
    call(object, () => jsforce.request(`/query?q=${encodeURIComponent(soql)}`));
  const setId = async () =>
    ids.parse(
      await query(
        'PermissionSet',
        `SELECT Id FROM PermissionSet WHERE Name = '${PERMISSION_SET.Name}' AND NamespacePrefix = null`,
      ),
    ).records[0]?.Id;
  /** Does one part; what the org refuses of it is told, and the parts after it are tried. */
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      byHand.push(`${what}: ${masked(`${codeOf(error)} ${(error as Error).message}`)}`);
      return undefined;
    }
  };
  const byHandFor = 'give the user who writes Read and Edit Access to the fields by a permission set';

  let id = await attempt(`the ${set} cannot be looked for; ${byHandFor}`, setId);
  if (byHand.length > 0) return { made, byHand, refused: fields };
  if (id === undefined) {
    if (apply)
      id = await attempt(`the ${set} was not made; ${byHandFor}`, async () => {
        await create(jsforce, call, 'PermissionSet', {
          ...PERMISSION_SET,
          Description: 'Read and Edit Access to the fields that Tenure writes.',
        });
        return setId();
      });
    if (apply && id === undefined) return { made, byHand, refused: fields };
    made.push(set);
  }

  const there =
    id === undefined
      ? []
      : permissions.parse(
          await query(
            'FieldPermissions',
            `SELECT Id, Field, PermissionsRead, PermissionsEdit FROM FieldPermissions WHERE ParentId = '${id}'`,
          ),
        ).records;
  const byField = new Map(there.map((each) => [each.Field.toLowerCase(), each]));
  const access = fields.map((name) => ({ name, found: byField.get(name.toLowerCase()) }));
  const toGive = access.filter(({ found }) => found?.PermissionsEdit !== true);
  const refused: string[] = [];
  for (const part of [toGive.filter(({ found }) => !found), toGive.filter(({ found }) => found)]) {
    if (part.length === 0) continue;
    const results = apply ? await give(jsforce, call, String(id), part) : part.map(() => undefined);
    part.forEach(({ name }, index) => {
      const reason = results[index];
      if (reason === undefined) made.push(`${name}: Read and Edit Access by the ${set}`);
      else {
        refused.push(name);
        byHand.push(`${name} was not opened to the user: ${masked(reason)}; ${byHandFor}`);
      }
    });
  }

  const assignStep = `assign the ${set} to the user who writes`;
  const user = await attempt(`${assignStep}, who could not be found`, async () => {
    const { identity = '' } = resources.parse(await call('resources', () => jsforce.request('/')));
    return /\/id\/\w+\/(005\w{12,15})$/.exec(identity)?.[1];
  });
  if (user === undefined) {
    if (!byHand.some((step) => step.startsWith(assignStep))) byHand.push(assignStep);
    return { made, byHand, refused: fields };
  }
  const isAssigned =
    id !== undefined &&
    ids.parse(
      await query(
        'PermissionSetAssignment',
        `SELECT Id FROM PermissionSetAssignment WHERE AssigneeId = '${user}' AND PermissionSetId = '${id}'`,
      ),
    ).records.length > 0;
  if (!isAssigned) {
    if (apply) {
      const given = await attempt(assignStep, async () => {
        await create(jsforce, call, 'PermissionSetAssignment', {
          AssigneeId: user,
          PermissionSetId: String(id),
        });
        return true;
      });
      if (given === undefined) return { made, byHand, refused: fields };
    }
    made.push(`${set}: assigned to the user who writes`);
  }
  return { made, byHand, refused };
}

type Jsforce = SalesforceConnection['jsforce'];
type Call = SalesforceConnection['call'];

/** Makes one record; that it is there means that an answer was lost. */
async function create(jsforce: Jsforce, call: Call, object: string, record: Record<string, string>) {
  try {
    await call(object, () => jsforce.sobject(object).create(record));
  } catch (error) {
    if (!/^DUPLICATE_/.test(codeOf(error))) throw error;
  }
}

/** Gives access to fields, all new or all there: why each was refused, undefined where it was given. */
async function give(
  jsforce: Jsforce,
  call: Call,
  ParentId: string,
  fields: readonly { name: string; found: { Id: string } | undefined }[],
): Promise<(string | undefined)[]> {
  const rights = { PermissionsRead: true, PermissionsEdit: true };
  const sobject = jsforce.sobject('FieldPermissions');
  const options = { allOrNone: false };
  const reply = await call('FieldPermissions', () =>
    fields[0]?.found === undefined
      ? sobject.create(
          fields.map(({ name }) => ({ ParentId, SobjectType: name.split('.')[0], Field: name, ...rights })),
          options,
        )
      : sobject.update(
          fields.map(({ found }) => ({ Id: String(found?.Id), ...rights })),
          options,
        ),
  );
  return parseSaveResults(reply).map(({ success, errors }) => {
    const [error] = errors;
    return success || /^DUPLICATE_/.test(error?.statusCode ?? '')
      ? undefined
      : `${error?.statusCode ?? ''} ${error?.message ?? 'refused without a reason'}`.trim();
  });
}
