import type { DestinationObject, SyncModel } from './destination.ts';

/** What every destination says of a field that Tenure may write. */
interface DescribedField {
  readonly name: string;
  /** It is never cleared: a null is left out. */
  readonly isNeverNull?: boolean;
}

/** An object of a destination with all fields that Tenure may write, as the destination has them. */
export interface DescribedObject<Field extends DescribedField> extends DestinationObject {
  /** Whether Tenure makes records of it. */
  readonly isCreated: boolean;
  readonly allFields: readonly Field[];
}

const names = (fields: readonly DescribedField[]) => fields.map(({ name }) => name);

/** A sync model that has a column for each of the fields. */
export const syncModel = (
  model: string,
  fields: readonly DescribedField[],
  more: Partial<SyncModel> = {},
): SyncModel => ({ model, fields: names(fields), required: [], isClosing: false, ...more });

export const describedObject = <Field extends DescribedField>(
  object: string,
  isCreated: boolean,
  allFields: readonly Field[],
  models: readonly SyncModel[],
): DescribedObject<Field> => ({
  object,
  isCreated,
  models,
  allFields,
  neverNull: names(allFields.filter(({ isNeverNull }) => isNeverNull)),
});

/** A value of a closed list as people read it: `at_risk_renewal` is "At risk renewal". */
export const spokenValue = (value: string): string =>
  `${value.charAt(0).toUpperCase()}${value.slice(1)}`.replaceAll('_', ' ');
