import { expect, test } from 'vitest';
import { redactor } from './redact.ts';

test('masks what stands below a name that sounds secret, in plain and in JSON text', () => {
  const redact = redactor([
    {
      credentials: { auth_type: 'Client', client_id: 'id-12345' },
      start_date: '2024-01-01',
      nested: [{ API_Key: 'a"b\\c' }],
    },
    { PGPASSWORD: 'hunter22', HOME: '/home/me' },
    undefined,
  ]);
  expect(redact('id-12345 since 2024-01-01 with a"b\\c, {"k":"a\\"b\\\\c"} and hunter22 in /home/me')).toBe(
    '**** since 2024-01-01 with ****, {"k":"****"} and **** in /home/me',
  );
});

test('masks the longer of two secrets that begin alike', () => {
  expect(redactor([{ token: 'abcd', secret: 'abcdef' }])('abcdef abcd')).toBe('**** ****');
});
