import { z } from 'zod';
import { spokenValue } from '../described-object.ts';
import { isAllowed, isWritten, type SetupResult } from '../destination.ts';
import { codeOf, isRefusal, type SalesforceConnection } from './connection.ts';
import {
  type Make,
  SALESFORCE_OBJECTS,
  type SalesforceField,
  type SalesforceObject,
  spokenMake,
  TASK_KEY_MAKE,
} from './fields.ts';
import { openFields } from './permission-set.ts';
import { type Finding, findingsOf, parseDescribed } from './problems.ts';

/** A field that can be made, of one object. */
interface Makeable {
  readonly object: string;
  readonly field: SalesforceField & { readonly make: Make };
  readonly isKey: boolean;
}

const customFields = z.object({
  records: z.array(z.looseObject({ DeveloperName: z.string(), TableEnumOrId: z.string() })),
});

/** Where a field is made: those of tasks and events are of the object that both share. */
const homeOf = (object: string) => (object === 'Task' ? 'Activity' : object);

const nameOf = ({ object, field }: Makeable) => `${object}.${field.name}`;

const said = ({ field, isKey }: Makeable) =>
  `${spokenMake(field.make)}${isKey ? ', External ID' : ''}${
    field.values === undefined ? '' : ` (${field.values.join(', ')})`
  }`;

/** What a type asks for beside its size: https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/customfield.htm */
const extrasOf = ({ make, values = [] }: Makeable['field']): object => {
  switch (make.type) {
    case 'Checkbox':
      return { defaultValue: 'false' };
    case 'LongTextArea':
      return { visibleLines: 5 };
    case 'Picklist':
      return {
        valueSet: {
          restricted: true,
          valueSetDefinition: {
            sorted: false,
            value: values.map((valueName) => ({ valueName, label: spokenValue(valueName), default: false })),
          },
        },
      };
    default:
      return {};
  }
};

/** A field as Salesforce's Tooling interface makes it. */
const customFieldOf = ({ object, field, isKey }: Makeable, isUnique: boolean) => ({
  FullName: `${homeOf(object)}.${field.name}`,
  Metadata: {
    label: field.label,
    ...field.make,
    ...extrasOf(field),
    ...(isKey ? { externalId: true } : {}),
    ...(isUnique ? { unique: true, caseSensitive: true } : {}),
  },
});

/** All fields of an object that Tenure may have made, with the key of its records. */
const makeablesOf = (
  { object, allFields, isCreated }: SalesforceObject,
  keyField: string,
  allowFields: readonly string[],
): Makeable[] => [
  ...allFields.flatMap((field): Makeable[] =>
    field.make !== undefined && isAllowed(allowFields, object, field.name)
      ? [{ object, field: { ...field, make: field.make }, isKey: false }]
      : [],
  ),
  ...(isCreated
    ? [
        {
          object,
          field: { name: keyField, label: 'Tenure task key', value: 'text' as const, make: TASK_KEY_MAKE },
          isKey: true,
        },
      ]
    : []),
];

const LAYOUT_STEP =
  'put the new fields on the page layouts of those who should see them, give them a permission set with Read Access, and ' +
  'tick "Set History Tracking" for those whose past you want to keep: Salesforce’s interface does not do it field by field';

const RIGHTS_STEP =
  'the user may not see what fields the org has, or make them: give the rights "View Setup and Configuration", "Customize ' +
  'Application", "Manage Profiles and Permission Sets" and "Assign Permission Sets" for the set-up, or make by hand what follows';

/**
 * Makes the custom fields that are missing and opens them to the user who writes by a permission set; what is there is
 * left as it is, and what is there but otherwise is told as a step by hand, as is all that the org refuses. Without
 * `apply` it only says what it would make. `connection` lets refusals pass (`isRefusal`).
 */
export async function setUpSalesforce(
  connection: SalesforceConnection,
  keyField: string,
  allowFields: readonly string[],
  apply: boolean,
): Promise<SetupResult> {
  const { call, jsforce, masked } = connection;
  const written = SALESFORCE_OBJECTS.filter((each) => isWritten(each, allowFields));
  const look = async () => {
    const findings = new Map<string, Finding>();
    const general: Finding[] = [];
    for (const at of written) {
      const reply = await call(at.object, () => jsforce.describe(at.object));
      for (const each of findingsOf(at, at.isCreated ? keyField : null, allowFields, parseDescribed(reply)))
        if (each.field !== null && each.kind !== 'otherwise')
          findings.set(`${at.object}.${each.field}`, each);
        else general.push(each);
    }
    return { findings, general };
  };
  const texts = (findings: Iterable<Finding>) => [...findings].map(({ text }) => text);
  const reasonOf = (error: unknown) => masked(`${codeOf(error)} ${(error as Error).message}`.trim());

  const before = await look();
  const makeables = written.flatMap((at) => makeablesOf(at, keyField, allowFields));
  const closed = makeables.filter((each) => before.findings.has(nameOf(each)));
  const stepsOf = ({ findings, general }: Awaited<ReturnType<typeof look>>, done: ReadonlySet<string>) => [
    ...connection.loginProblems,
    ...texts(general),
    ...texts([...findings].filter(([name]) => !done.has(name)).map(([, finding]) => finding)),
  ];
  if (closed.length === 0) return { made: [], byHand: stepsOf(before, new Set()) };

  const unseen = closed.filter((each) => before.findings.get(nameOf(each))?.kind === 'unseen');
  let there: ReadonlySet<string>;
  try {
    there = await existing(connection, unseen);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { made: [], byHand: [`${RIGHTS_STEP} (${reasonOf(error)})`, ...stepsOf(before, new Set())] };
  }
  const missing = unseen.filter((each) => !there.has(nameOf(each)));

  const refusals = new Map<string, string>();
  const made: Makeable[] = [];
  for (const each of missing) {
    try {
      if (apply) await make(connection, each);
      made.push(each);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refusals.set(
        nameOf(each),
        `${nameOf(each)} was not made: ${reasonOf(error)}; make it as ${said(each)}`,
      );
    }
  }
  const toOpen = closed.filter((each) => !refusals.has(nameOf(each))).map(nameOf);
  const opened = await openFields(connection, toOpen, apply);

  const after = apply ? await look() : before;
  const done = new Set([...refusals.keys(), ...(apply ? opened.refused : toOpen)]);
  return {
    made: [...made.map((each) => `${nameOf(each)}: ${said(each)}`), ...opened.made],
    byHand: [
      ...refusals.values(),
      ...opened.byHand,
      ...stepsOf(after, done),
      ...(made.length > 0 ? [LAYOUT_STEP] : []),
    ],
  };
}

/** Which of the fields the org has although its user does not see them. */
async function existing(
  { call, jsforce }: SalesforceConnection,
  fields: readonly Makeable[],
): Promise<Set<string>> {
  if (fields.length === 0) return new Set();
  const bare = ({ field }: Makeable) => field.name.replace(/__c$/i, '');
  const names = [...new Set(fields.map(bare))].map((name) => `'${name}'`).join(', ');
  const query = `SELECT DeveloperName, TableEnumOrId FROM CustomField WHERE NamespacePrefix = null AND DeveloperName IN (${names})`;
  const { records } = customFields.parse(
    await call('CustomField', () => jsforce.request(`/tooling/query?q=${encodeURIComponent(query)}`)),
  );
  const found = new Set(records.map((each) => `${each.TableEnumOrId}.${each.DeveloperName}`.toLowerCase()));
  return new Set(
    fields.filter((each) => found.has(`${homeOf(each.object)}.${bare(each)}`.toLowerCase())).map(nameOf),
  );
}

/**
 * Makes one field. That it is there means that an answer was lost, for it was not there before. A key is made unique
 * where the object can have unique fields.
 */
async function make({ call, jsforce }: SalesforceConnection, field: Makeable): Promise<void> {
  const post = (isUnique: boolean) =>
    call('CustomField', () =>
      jsforce.request({
        method: 'POST',
        url: '/tooling/sobjects/CustomField',
        body: JSON.stringify(customFieldOf(field, isUnique)),
        headers: { 'content-type': 'application/json' },
      }),
    );
  try {
    await post(field.isKey);
  } catch (error) {
    if (codeOf(error) === 'DUPLICATE_DEVELOPER_NAME') return;
    if (!field.isKey || !isRefusal(error) || !/unique/i.test((error as Error).message)) throw error;
    await post(false);
  }
}
