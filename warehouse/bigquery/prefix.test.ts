import { describe, expect, it } from 'vitest';
import { withPrefix } from './prefix.ts';

describe('withPrefix', () => {
  it.each([
    ['select * from marts.a, marts.b', 'select * from p_marts.a, p_marts.b'],
    ['select * from marts.a x , raw.b as y,ops.c', 'select * from p_marts.a x , p_raw.b as y,p_ops.c'],
    ['from marts.a join raw.b on a.x = b.y, ops.c', 'from p_marts.a join p_raw.b on a.x = b.y, p_ops.c'],
    ['from raw.t, unnest(t.items) as i, marts.b', 'from p_raw.t, unnest(t.items) as i, p_marts.b'],
    [
      'from (select 1, ops.x from raw.t) as s, marts.b',
      'from (select 1, ops.x from p_raw.t) as s, p_marts.b',
    ],
    ['from (marts.a, raw.b), ops.c', 'from (p_marts.a, p_raw.b), p_ops.c'],
    ['from `marts`.`a`, `raw.b`', 'from `p_marts`.`a`, `p_raw.b`'],
    ['from MARTS.a, -- from ops.x,\n  raw.b', 'from p_marts.a, -- from ops.x,\n  p_raw.b'],
    ['from /* the */ marts.a', 'from /* the */ p_marts.a'],
    [
      'with x as (select 1 from marts.a, raw.b where true) select x.n, 2 from x, ops.c',
      'with x as (select 1 from p_marts.a, p_raw.b where true) select x.n, 2 from x, p_ops.c',
    ],
    [
      'delete marts.a where true; insert raw.b (id) values (1)',
      'delete p_marts.a where true; insert p_raw.b (id) values (1)',
    ],
    ['drop table if exists marts.a', 'drop table if exists p_marts.a'],
    [
      'merge into raw.t as t using marts.b as b on true',
      'merge into p_raw.t as t using p_marts.b as b on true',
    ],
    [
      'select 1 from marts.a union all select 2 from raw.b',
      'select 1 from p_marts.a union all select 2 from p_raw.b',
    ],
  ])('puts the prefix before each table: %s', (sql, expected) => {
    expect(withPrefix('p_', sql)).toBe(expected);
  });

  it.each([
    ['a column of the select list', 'select a, raw.b from x as raw'],
    [
      'columns of other clauses',
      'select 1 from x as raw where f(1, raw.a) group by a, raw.b order by a, raw.c',
    ],
    ['a string', "select 'from marts.a, raw.b' from x"],
    ['a part of an instant', 'select extract(year from raw.at), extract(day from raw.at) from x as raw'],
    ['a comparison', 'select 1 from x as raw where a is distinct from raw.b'],
    ['the items of a table that is called so', 'select 1 from x as raw, raw.items'],
    ['a table of another project', 'select 1 from acme.marts.a, `acme.raw.b`, `acme`.marts.c'],
    ['columns that join', 'select 1 from x as raw join y using (id, n) where raw.n in (1, 2)'],
    ['a table of that name', 'with marts as (select 1) select * from marts, x'],
    ['what is set', 'update x as raw set a = 1, b = raw.c where true'],
  ])('leaves alone %s', (_, sql) => {
    expect(withPrefix('p_', sql)).toBe(sql);
  });

  it('changes nothing without a prefix', () => {
    expect(withPrefix('', 'select 1 from marts.a, raw.b')).toBe('select 1 from marts.a, raw.b');
  });
});
