import { z } from 'zod';
import { isAllowed } from '../destination.ts';
import {
  type Make,
  type SalesforceField,
  type SalesforceObject,
  spokenMake,
  TASK_KEY_MAKE,
} from './fields.ts';

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
      length: z.number().nullish(),
      precision: z.number().nullish(),
      scale: z.number().nullish(),
    }),
  ),
});

export type Described = z.infer<typeof described>;
type DescribedField = Described['fields'][number];
export const parseDescribed = (reply: unknown): Described => described.parse(reply);

/** What is not as it must be. */
export interface Finding {
  /** The field that it is about; null when it is the object. */
  readonly field: string | null;
  /** The field cannot be seen, it can be seen but not written, or it is there otherwise than it must be. */
  readonly kind: 'unseen' | 'unwritable' | 'otherwise';
  /** What it is, and what to do. */
  readonly text: string;
}

/** Salesforce's types of fields that take each kind of value. */
const TYPES: Readonly<Record<SalesforceField['value'], readonly string[]>> = {
  text: ['string', 'picklist', 'combobox', 'textarea'],
  number: ['double', 'int', 'percent', 'currency'],
  date: ['date'],
  boolean: ['boolean'],
  reference: ['reference'],
};

const RIGHTS = 'give it to a permission set of the user who writes (Read and Edit Access)';

/** Why a field does not hold the longest value that may come; undefined when it does. */
function tooShort(make: Make | undefined, { type, length, precision, scale }: DescribedField) {
  if (make === undefined) return undefined;
  if ('length' in make && ['string', 'textarea'].includes(type) && length != null && length < make.length)
    return `takes ${length} characters, expected ${make.length}: make it longer`;
  if (!('precision' in make) || !precision) return undefined;
  const [digits, wanted] = [precision - (scale ?? 0), make.precision - make.scale];
  return digits < wanted
    ? `takes ${digits} digits before the point, expected ${wanted}: make it longer`
    : undefined;
}

/**
 * What an object lacks for the fields that may be written, as its describe call shows it to the user who writes: a field
 * that the user may not see is not in it.
 */
export function findingsOf(
  at: SalesforceObject,
  keyField: string | null,
  allowFields: readonly string[],
  { fields, ...rights }: Described,
): Finding[] {
  const { object, isCreated } = at;
  const wanted = at.allFields.filter(({ name }) => isAllowed(allowFields, object, name));
  if (wanted.length === 0) return [];
  const byName = new Map(fields.map((field) => [field.name.toLowerCase(), field]));
  const findings: Finding[] = [];
  const add = (field: string | null, kind: Finding['kind'], text: string) =>
    findings.push({ field, kind, text: field === null ? text : `${object}.${field} ${text}` });
  if (!rights.updateable || (isCreated && !rights.createable))
    add(
      null,
      'otherwise',
      `the user may not ${isCreated ? 'create and edit' : 'edit'} ${object}: give the right in a permission set`,
    );
  for (const { name, value, make, values } of wanted) {
    const field = byName.get(name.toLowerCase());
    if (field === undefined) {
      add(
        name,
        'unseen',
        `is not there, or the user may not see it: ${
          make === undefined
            ? 'see to its field-level security'
            : `make it as ${spokenMake(make)} and ${RIGHTS}`
        }`,
      );
      continue;
    }
    if (!TYPES[value].includes(field.type))
      add(
        name,
        'otherwise',
        `is of type ${field.type}, expected ${TYPES[value].join(' or ')}${
          make === undefined ? '' : `: make it as ${spokenMake(make)}`
        }`,
      );
    else {
      const shortness = tooShort(make, field);
      if (shortness !== undefined) add(name, 'otherwise', shortness);
    }
    if (!field.updateable || (isCreated && !field.createable))
      add(name, 'unwritable', `may not be written by the user: ${RIGHTS}`);
    // Salesforce's own picklists are not restricted, but a value that is none of theirs is on no list of open tasks.
    const isClosedList =
      field.restrictedPicklist === true || (field.type === 'picklist' && make === undefined);
    const there = field.picklistValues?.filter(({ active }) => active !== false).map((each) => each.value);
    const missing = isClosedList ? (values ?? []).filter((each) => !there?.includes(each)) : [];
    if (missing.length > 0)
      add(name, 'otherwise', `has no value ${missing.join(', ')}: add it to the picklist`);
  }
  if (keyField !== null) {
    const key = byName.get(keyField.toLowerCase());
    if (key === undefined)
      add(
        keyField,
        'unseen',
        `is not there, or the user may not see it: make it as ${spokenMake(TASK_KEY_MAKE)}, External ID, and ${RIGHTS}`,
      );
    else {
      if (!key.externalId && !key.idLookup)
        add(keyField, 'otherwise', 'is no external id: tick "External ID" on the field');
      const shortness = tooShort(TASK_KEY_MAKE, key);
      if (shortness !== undefined) add(keyField, 'otherwise', shortness);
      if (!key.createable || !key.updateable)
        add(keyField, 'unwritable', `may not be written by the user: ${RIGHTS}`);
    }
  }
  return findings;
}
