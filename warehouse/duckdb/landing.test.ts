import { testLanding } from '../contract/landing.contract.ts';
import { openWarehouse } from '../index.ts';

testLanding('DuckDB', () => openWarehouse({ type: 'duckdb', path: ':memory:' }), {
  textType: 'varchar',
  runs: 20,
  hasOddNames: true,
});
