import { afterAll, beforeAll, describe } from 'vitest';
import { type Emulator, hasEmulator, startEmulator } from '../../test/bigquery-emulator.ts';
import { testLanding } from '../contract/landing.contract.ts';
import { testWarehouse } from '../contract/warehouse.contract.ts';
import { openWarehouse } from '../index.ts';

/** The emulator is one SQLite file, on a machine that does other things. */
const SLOW = { timeout: 300_000 };

describe.skipIf(!hasEmulator)('BigQuery (needs the BigQuery emulator beside the checkout)', SLOW, () => {
  let emulator: Emulator;
  let opened = 0;
  beforeAll(async () => {
    emulator = await startEmulator();
  });
  afterAll(() => emulator.stop());
  const open = () => {
    opened += 1;
    return openWarehouse({
      type: 'bigquery',
      project: 'test',
      dataset_prefix: `w${opened}_`,
      emulator: emulator.url,
    });
  };

  // The emulator takes "alter table … add column" and does nothing.
  testWarehouse('BigQuery', () => open(), { addsColumns: false });
  testLanding('BigQuery', () => open(), { textType: 'string', runs: 3, hasOddNames: false });
});
