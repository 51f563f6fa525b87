import { expect, it } from 'vitest';
import { killVerbs } from '../bench/kill-verbs.ts';

/** `TENURE_KILLS=200` searches longer, TENURE_KILL_SEED elsewhere. */
const KILLS = Number(process.env.TENURE_KILLS ?? 5);
const SEED = Number(process.env.TENURE_KILL_SEED ?? 20_261_015);

it(`leaves no process, no lock and no other numbers when it is killed (${KILLS} times)`, async () => {
  const report = await killVerbs(KILLS, () => {}, { seed: SEED, isShort: KILLS < 50 });
  expect(report.faults).toEqual([]);
  expect(report.kills).toBeGreaterThan(KILLS / 2); // the others had ended before
  expect(report.tables).toBeGreaterThan(20);
}, 7_200_000);
