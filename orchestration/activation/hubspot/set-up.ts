import { spokenValue } from '../described-object.ts';
import { isAllowed, isWritten, type SetupResult } from '../destination.ts';
import { type HubSpotConnection, HubSpotError } from './connection.ts';
import { GROUP, HUBSPOT_OBJECTS, type HubSpotField } from './fields.ts';
import { made, parseProperties, problemsOf } from './problems.ts';

/** How a property looks to people, by its type. */
const FIELD_TYPES: Readonly<Record<Exclude<HubSpotField['type'], 'association'>, string>> = {
  string: 'text',
  number: 'number',
  date: 'date',
  datetime: 'date',
  bool: 'booleancheckbox',
  enumeration: 'select',
};

const spoken = (value: string) => (value === 'true' ? 'Yes' : value === 'false' ? 'No' : spokenValue(value));

/** A property as HubSpot's interface makes it. */
const propertyOf = ({ name, type, label, values, isLong }: HubSpotField, hasUniqueValue: boolean) => ({
  name,
  label,
  groupName: GROUP.name,
  type,
  fieldType: isLong === true ? 'textarea' : FIELD_TYPES[type as keyof typeof FIELD_TYPES],
  ...(hasUniqueValue ? { hasUniqueValue } : {}),
  ...(values === undefined
    ? {}
    : {
        options: values.map((value, displayOrder) => ({
          value,
          label: spoken(value),
          displayOrder,
          hidden: false,
        })),
      }),
});

/**
 * Makes the properties that are missing, in a group of their own; what is there is left as it is, and what is there but
 * otherwise is told as a step by hand. Without `apply` it only says what it would make.
 */
export async function setUpHubSpot(
  { request, call }: HubSpotConnection,
  keyProperty: string,
  allowFields: readonly string[],
  apply: boolean,
): Promise<SetupResult> {
  const toMake: string[] = [];
  const byHand: string[] = [];
  for (const at of HUBSPOT_OBJECTS.filter((each) => isWritten(each, allowFields))) {
    const { object, allFields, isCreated } = at;
    const path = `/crm/v3/properties/${object}`;
    const read = async () => parseProperties(await call(object, () => request('GET', path)));
    const there = new Set((await read()).map(({ name }) => name));
    const key: HubSpotField = { name: keyProperty, type: 'string', label: 'Tenure task key' };
    const isWanted = allFields.some(({ name }) => isAllowed(allowFields, object, name));
    const missing = [
      ...allFields.filter(({ name, label }) => label !== undefined && isAllowed(allowFields, object, name)),
      ...(isCreated && isWanted ? [key] : []),
    ].filter(({ name }) => !there.has(name));
    toMake.push(
      ...missing.map(
        (field) => `${object}.${field.name}: ${made(field)}${field === key ? ', unique values' : ''}`,
      ),
    );
    if (apply && missing.length > 0) {
      await call(object, () => request('POST', `${path}/groups`, { ...GROUP, displayOrder: -1 })).catch(
        (error) => {
          if (!(error instanceof HubSpotError && error.status === 409)) throw error;
        },
      );
      // one that was made by a call whose answer was lost is told as there already, in an answer of 207
      await call(object, () =>
        request('POST', `${path}/batch/create`, {
          inputs: missing.map((field) => propertyOf(field, field === key)),
        }),
      );
    }
    byHand.push(
      ...problemsOf(at, isCreated ? keyProperty : null, allowFields, await read()).filter(
        (problem) => apply || !missing.some(({ name }) => problem.startsWith(`${object}.${name} `)),
      ),
    );
  }
  return { made: toMake, byHand };
}
