import { valueOutOfRange } from '../errors.ts';
import { isoInstant, type LogicalType } from '../values.ts';

/** A field of a result or a table, as the API describes it. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly fields?: readonly Field[];
}

const LOGICAL_TYPES: Readonly<Record<string, LogicalType>> = {
  INTEGER: 'integer',
  INT64: 'integer',
  FLOAT: 'number',
  FLOAT64: 'number',
  NUMERIC: 'decimal',
  BIGNUMERIC: 'decimal',
  BOOLEAN: 'boolean',
  BOOL: 'boolean',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  JSON: 'json',
};

export const logicalType = (field: Field): LogicalType =>
  field.mode === 'REPEATED' ? 'string' : (LOGICAL_TYPES[field.type.toUpperCase()] ?? 'string');

type Cell = { readonly v: unknown };
type RecordCell = { readonly f: readonly Cell[] };

/**
 * A value as the API answers it (text, microseconds for instants), as TypeScript uses it. Throws
 * `VALUE_OUT_OF_RANGE` for an integer beyond ±2^53 rather than round it.
 *
 * @example fromBigQuery({ name: 'n', type: 'INT64' }, '42') // 42
 */
function fromBigQuery(field: Field, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (field.mode === 'REPEATED') {
    return (value as readonly Cell[]).map((item) => fromBigQuery({ ...field, mode: 'NULLABLE' }, item.v));
  }
  if (field.fields !== undefined) return fromRecord(field.fields, value as RecordCell);
  const text = String(value);
  switch (field.type.toUpperCase()) {
    case 'INTEGER':
    case 'INT64': {
      const number = Number(text);
      if (!Number.isSafeInteger(number)) throw valueOutOfRange(field.name, text);
      return number;
    }
    case 'NUMERIC':
    case 'BIGNUMERIC': {
      if (text.replace(/^-?0*\.?0*|\./g, '').replace(/0+$/, '').length > 15) {
        throw valueOutOfRange(field.name, text);
      }
      return Number(text);
    }
    case 'FLOAT':
    case 'FLOAT64':
      return Number(text.replace(/^(-?)Inf$/i, '$1Infinity'));
    case 'BOOLEAN':
    case 'BOOL':
      return text === 'true';
    case 'TIMESTAMP':
      return isoInstant(BigInt(text));
    default:
      return text;
  }
}

/** The columns of a row or struct by name. */
export const fromRecord = (fields: readonly Field[], record: RecordCell): Record<string, unknown> =>
  Object.fromEntries(fields.map((field, index) => [field.name, fromBigQuery(field, record.f[index]?.v)]));
