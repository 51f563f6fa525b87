import { AIRBYTE_COLUMNS, type LandingColumn, type LogicalType } from '../warehouse/index.ts';

type Schema = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The types a value of this schema may have; nothing when the schema does not say. */
function typesOf(schema: unknown): LogicalType[] {
  if (!isObject(schema)) return [];
  const options = [schema.oneOf, schema.anyOf, schema.allOf].flatMap((list) =>
    Array.isArray(list) ? list : [],
  );
  const named = [schema.type].flat().filter((name) => typeof name === 'string' && name !== 'null');
  if (named.length === 0) return options.flatMap(typesOf);
  return named.map((name) => {
    switch (name) {
      case 'boolean':
        return 'boolean';
      case 'integer': // 64 bits do not hold every big_integer
        return schema.airbyte_type === 'big_integer' ? 'string' : 'integer';
      case 'number':
        return schema.airbyte_type === 'integer' ? 'integer' : 'number';
      case 'string':
        if (schema.format === 'date') return 'date';
        if (schema.format === 'date-time') return 'timestamp';
        return 'string';
      default:
        return 'json';
    }
  });
}

function columnType(schema: unknown): LogicalType {
  const types = new Set(typesOf(schema));
  const [only] = types;
  if (only === undefined || types.has('json')) return 'json';
  if (types.size === 1) return only;
  const isNumeric = [...types].every((type) => type === 'integer' || type === 'number');
  return isNumeric ? 'number' : 'string';
}

/** Names that landing itself uses, and DuckDB's name for the place of a row. */
const OURS = ['rowid', '_tenure_is_unreadable', '_tenure_is_empty'];
// biome-ignore lint/suspicious/noControlCharactersInRegex: no name of a column may hold them
const CONTROL = /[\u0000-\u001f\u007f]/g;

/**
 * The columns of a stream, from the JSON schema of its catalog, as Airbyte's typed destinations choose them: one a
 * property, `format` date and date-time as DATE and UTC TIMESTAMP, objects and arrays as JSON, mixed scalars as text.
 * Names that differ only by case, or that landing uses itself, get a number; a control character in one becomes `_`. A stream that declares no properties lands as one JSON column
 * `_airbyte_data`.
 *
 * @example streamColumns({ properties: { id: { type: ['null', 'integer'] } } })
 * // [{ name: 'id', type: 'integer', property: 'id' }]
 */
export function streamColumns(jsonSchema: Schema): LandingColumn[] {
  const properties = isObject(jsonSchema.properties) ? Object.entries(jsonSchema.properties) : [];
  const taken = new Set([...AIRBYTE_COLUMNS.map((column) => column.name), ...OURS]);
  const columns = properties
    .filter(([property]) => property !== '')
    .map(([property, schema]) => {
      const wanted = property.replaceAll(CONTROL, '_');
      let name = wanted;
      for (let suffix = 1; taken.has(name.toLowerCase()); suffix += 1) name = `${wanted}_${suffix}`;
      taken.add(name.toLowerCase());
      // as it stands in a record once `replaceUnreadable` has been at it
      return { name, type: columnType(schema), property: property.replaceAll('\0', '\ufffd') };
    });
  return columns.length > 0 ? columns : [{ name: '_airbyte_data', type: 'json', property: undefined }];
}
