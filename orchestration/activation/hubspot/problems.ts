import { z } from 'zod';
import { isAllowed } from '../destination.ts';
import type { HubSpotField, HubSpotObject } from './fields.ts';

const properties = z.object({
  results: z.array(
    z.looseObject({
      name: z.string(),
      type: z.string(),
      hasUniqueValue: z.boolean().nullish(),
      options: z.array(z.looseObject({ value: z.string() })).nullish(),
      modificationMetadata: z.looseObject({ readOnlyValue: z.boolean().nullish() }).nullish(),
    }),
  ),
});

export type Property = z.infer<typeof properties>['results'][number];
export const parseProperties = (reply: unknown): Property[] => properties.parse(reply).results;

/** HubSpot's types of properties that take each kind of value. */
const TYPES: Readonly<Record<HubSpotField['type'], readonly string[]>> = {
  string: ['string', 'enumeration'],
  enumeration: ['enumeration', 'string'],
  number: ['number'],
  date: ['date'],
  datetime: ['datetime', 'date'],
  bool: ['bool', 'enumeration'],
  association: [],
};

/** How a property of Tenure's is made. */
export const made = ({ type, values }: Pick<HubSpotField, 'type' | 'values'>): string =>
  values === undefined || type === 'bool' ? type : `${type} (${values.join(', ')})`;

/** What an object lacks for the properties that may be written. */
export function problemsOf(
  { object, allFields }: HubSpotObject,
  keyProperty: string | null,
  allowFields: readonly string[],
  there: readonly Property[],
): string[] {
  const wanted = allFields.filter(
    ({ name, type }) => type !== 'association' && isAllowed(allowFields, object, name),
  );
  if (wanted.length === 0) return [];
  const byName = new Map(there.map((property) => [property.name, property]));
  const problems: string[] = [];
  for (const field of wanted) {
    const { name, type, label, values } = field;
    const here = `${object}.${name}`;
    const property = byName.get(name);
    if (property === undefined) {
      problems.push(
        `${here} is not there: ${label === undefined ? 'it is HubSpot’s own; see to the scopes of the private app' : `make it as ${made(field)}`}`,
      );
      continue;
    }
    if (!TYPES[type].includes(property.type))
      problems.push(`${here} is of type ${property.type}, expected ${TYPES[type].join(' or ')}`);
    if (property.modificationMetadata?.readOnlyValue === true) problems.push(`${here} may not be written`);
    const options = property.options?.map(({ value }) => value) ?? [];
    const missing =
      property.type === 'enumeration' && label !== undefined
        ? (values ?? []).filter((each) => !options.includes(each))
        : [];
    if (missing.length > 0) problems.push(`${here} has no option ${missing.join(', ')}: add it`);
  }
  if (keyProperty !== null) {
    const key = byName.get(keyProperty);
    if (key === undefined)
      problems.push(
        `${object}.${keyProperty} is not there: make it as string with unique values (hasUniqueValue)`,
      );
    else if (key.hasUniqueValue !== true)
      problems.push(
        `${object}.${keyProperty} does not ask for unique values, which is decided when a property is made: make another, and name ` +
          'it in fields.task_key of the source',
      );
  }
  return problems;
}
