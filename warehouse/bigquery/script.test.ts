import { expect, test } from 'vitest';
import { inlined, scriptOf } from './script.ts';

test('statements become one transaction with a parameter name for each value', () => {
  expect(
    scriptOf([
      { sql: 'truncate table a', parameters: [] },
      { sql: 'delete from b where x = @p1 and y = @p2', parameters: [1, 'two'] },
      { sql: 'insert into c values (@p1)', parameters: ['three'] },
    ]),
  ).toEqual({
    sql:
      'begin transaction;\n' +
      'truncate table a;\n' +
      'delete from b where x = @p1 and y = @p2;\n' +
      'insert into c values (@p3);\n' +
      'commit transaction;',
    parameters: [1, 'two', 'three'],
  });
});

test('one statement needs no transaction', () => {
  const only = { sql: 'delete from b where x = @p1', parameters: [1] };
  expect(scriptOf([only])).toBe(only);
  expect(scriptOf([])).toBeUndefined();
});

test('values stand in the text for an emulator', () => {
  const statement = {
    sql: 'update t set a = @p1, b = @p2 where c = @p3',
    parameters: ["o'neil\n\\ @p2", 1.5, true],
  };
  expect(inlined(statement)).toEqual({
    sql: "update t set a = 'o\\'neil\\n\\\\ @p2', b = 1.5 where c = true",
    parameters: [],
  });
});
