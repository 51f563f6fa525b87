import { expect, test } from 'vitest';
import { streamColumns } from './stream-columns.ts';

const typesOf = (properties: Record<string, unknown>) =>
  Object.fromEntries(streamColumns({ properties }).map(({ name, type }) => [name, type]));

// The mapping of Airbyte's typed destinations (docs.airbyte.com, "Data Types in Records"); mixed scalars as text is ours.
test('takes the type of each property from the schema', () => {
  expect(
    typesOf({
      text: { type: 'string' },
      day: { type: ['null', 'string'], format: 'date' },
      instant: { type: 'string', format: 'date-time', airbyte_type: 'timestamp_with_timezone' },
      local: { type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
      clock: { type: 'string', format: 'time' },
      whole: { type: 'integer' },
      whole_number: { type: 'number', airbyte_type: 'integer' },
      huge: { type: 'integer', airbyte_type: 'big_integer' },
      real: { type: ['number', 'null'] },
      flag: { type: 'boolean' },
      object: { type: 'object' },
      list: { type: 'array' },
      numbers: { type: ['integer', 'number'] },
      scalars: { type: ['string', 'boolean'] },
      either: { oneOf: [{ type: 'string', format: 'date' }, { type: 'null' }] },
      scalar_or_object: { anyOf: [{ type: 'string' }, { type: 'object' }] },
      nothing_said: {},
    }),
  ).toEqual({
    text: 'string',
    day: 'date',
    instant: 'timestamp',
    local: 'timestamp',
    clock: 'string',
    whole: 'integer',
    whole_number: 'integer',
    huge: 'string',
    real: 'number',
    flag: 'boolean',
    object: 'json',
    list: 'json',
    numbers: 'number',
    scalars: 'string',
    either: 'date',
    scalar_or_object: 'json',
    nothing_said: 'json',
  });
});

test('numbers names that are taken, by case or by Airbyte', () => {
  const properties = { Id: {}, id: {}, ID: {}, _airbyte_meta: {}, '': {} };
  expect(streamColumns({ properties }).map(({ name, property }) => [name, property])).toEqual([
    ['Id', 'Id'],
    ['id_1', 'id'],
    ['ID_2', 'ID'],
    ['_airbyte_meta_1', '_airbyte_meta'],
  ]);
});

test('gives columns of their own to names that landing uses, and to those that no column can have', () => {
  const properties = {
    rowid: {},
    RowId: {},
    _tenure_is_empty: {},
    _tenure_is_unreadable: {},
    'a\0b': {},
    'a\nb': {},
  };
  expect(streamColumns({ properties }).map(({ name, property }) => [name, property])).toEqual([
    ['rowid_1', 'rowid'],
    ['RowId_2', 'RowId'],
    ['_tenure_is_empty_1', '_tenure_is_empty'],
    ['_tenure_is_unreadable_1', '_tenure_is_unreadable'],
    ['a_b', 'a\ufffdb'],
    ['a_b_1', 'a\nb'],
  ]);
});
