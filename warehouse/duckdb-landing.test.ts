import { openWarehouse } from './index.ts';
import { testLanding } from './landing.contract.ts';

testLanding('DuckDB', () => openWarehouse({ type: 'duckdb', path: ':memory:' }), {
  textType: 'varchar',
  runs: 20,
  hasOddNames: true,
});
