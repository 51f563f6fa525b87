import { z } from 'zod';
import { isAllowed } from '../destination.ts';
import type { SalesforceField, SalesforceObject } from './fields.ts';

const described = z.object({
  createable: z.boolean(),
  updateable: z.boolean(),
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      createable: z.boolean(),
      updateable: z.boolean(),
      externalId: z.boolean().nullish(),
      idLookup: z.boolean().nullish(),
      restrictedPicklist: z.boolean().nullish(),
      picklistValues: z.array(z.object({ value: z.string(), active: z.boolean().nullish() })).nullish(),
    }),
  ),
});

export type Described = z.infer<typeof described>;
export const parseDescribed = (reply: unknown): Described => described.parse(reply);

/** Salesforce's types of fields that take each kind of value. */
const TYPES: Readonly<Record<SalesforceField['value'], readonly string[]>> = {
  text: ['string', 'picklist', 'combobox', 'textarea'],
  number: ['double', 'int', 'percent', 'currency'],
  date: ['date'],
  boolean: ['boolean'],
  reference: ['reference'],
};

const RIGHTS = 'give it to a permission set of the user who writes (Read and Edit Access)';

/**
 * What an object lacks for the fields that may be written, as its describe call shows it to the user who writes: a field
 * that the user may not see is not in it.
 */
export function problemsOf(
  at: SalesforceObject,
  keyField: string | null,
  allowFields: readonly string[],
  { fields, ...rights }: Described,
): string[] {
  const { object, isCreated } = at;
  const wanted = at.allFields.filter(({ name }) => isAllowed(allowFields, object, name));
  if (wanted.length === 0) return [];
  const byName = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  const problems: string[] = [];
  if (!rights.updateable || (isCreated && !rights.createable))
    problems.push(
      `the user may not ${isCreated ? 'create and edit' : 'edit'} ${object}: give the right in a permission set`,
    );
  for (const { name, value, make, values } of wanted) {
    const field = byName.get(name.toLowerCase());
    const here = `${object}.${name}`;
    if (field === undefined) {
      problems.push(
        `${here} is not there, or the user may not see it: ${
          make === undefined ? 'see to its field-level security' : `make it as ${make} and ${RIGHTS}`
        }`,
      );
      continue;
    }
    if (!TYPES[value].includes(field.type))
      problems.push(
        `${here} is of type ${field.type}, expected ${TYPES[value].join(' or ')}: make it as ${make}`,
      );
    if (!field.updateable || (isCreated && !field.createable))
      problems.push(`${here} may not be written by the user: ${RIGHTS}`);
    // Salesforce's own picklists are not restricted, but a value that is none of theirs is on no list of open tasks.
    const isClosedList =
      field.restrictedPicklist === true || (field.type === 'picklist' && make === undefined);
    const there = field.picklistValues?.filter(({ active }) => active !== false).map((each) => each.value);
    const missing = isClosedList ? (values ?? []).filter((each) => !there?.includes(each)) : [];
    if (missing.length > 0)
      problems.push(`${here} has no value ${missing.join(', ')}: add it to the picklist`);
  }
  if (keyField !== null) {
    const key = byName.get(keyField.toLowerCase());
    if (key === undefined)
      problems.push(
        `${object}.${keyField} is not there, or the user may not see it: make it as Text(64), External ID, and ${RIGHTS}`,
      );
    else {
      if (!key.externalId && !key.idLookup)
        problems.push(`${object}.${keyField} is no external id: tick "External ID" on the field`);
      if (!key.createable || !key.updateable)
        problems.push(`${object}.${keyField} may not be written by the user: ${RIGHTS}`);
    }
  }
  return problems;
}
