import { expect, test } from 'vitest';
import { maskSecrets, redactor } from './redact.ts';

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

test('masks logins and telling parameters of addresses, whatever the name above them', () => {
  const redact = redactor([{ url: 'https://reader:hunter22@db.example:5432/x?KEY=k-123456&page=2' }]);
  expect(redact('no route to https://reader:hunter22@db.example:5432/x?KEY=k-123456&page=2')).toBe(
    'no route to https://****@db.example:5432/x?KEY=****&page=2',
  );
  expect(redact('password hunter22 and key k-123456 refused')).toBe('password **** and key **** refused');
});

test('masks what looks like a secret without knowing it', () => {
  for (const [text, masked] of [
    ['GET postgres://me:p@ss@h.example/db', 'GET postgres://****@h.example/db'],
    ['https://a.example/?a=1&access_token=abc.def&b=2', 'https://a.example/?a=1&access_token=****&b=2'],
    ['Authorization: Bearer 00Dxx!AQ.abc_123 refused', 'Authorization: Bearer **** refused'],
    ['see https://a.example/page?id=7#part', 'see https://a.example/page?id=7#part'],
    ['write to ann@b.example, a=b', 'write to ann@b.example, a=b'],
  ])
    expect(maskSecrets(text ?? '')).toBe(masked);
});

test('masks a secret that an error quotes with its line break', () => {
  const redact = redactor([{ access_token: 'MARKER\rTOKEN' }]);
  expect(redact('Headers.append: "Bearer MARKER\nTOKEN" is an invalid header value')).not.toMatch(
    /MARKER|TOKEN/,
  );
});
