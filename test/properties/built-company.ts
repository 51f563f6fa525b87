import { asKnownOn } from '../oracle/as-known.ts';
import { openCompanyLine } from './company-line.ts';
import {
  ALERTS,
  BUILT_ON,
  FIRST,
  FOLDER,
  HISTORY,
  KEPT,
  LAST,
  randomLine,
  SHADOW,
  START,
} from './random-line.ts';

/**
 * Builds the history of the random accounts as it would be in use: first with what was known on the first day, then on
 * by one day, then by many, each time with whatever had come meanwhile (usage in a file that is replaced, then in rows that
 * are added); at the end once more from nothing, and
 * the other preset beside it.
 */
export default async function setup(): Promise<void> {
  const { company } = randomLine();
  const line = await openCompanyLine(FOLDER, { historyStart: START });
  for (const day of BUILT_ON) {
    process.stderr.write(`Building the history of random accounts as of ${day}\n`);
    await line.land(asKnownOn(company, day), day, { appendsUsage: day === LAST });
    if (day === FIRST) {
      await line.build(day);
      await line.keep('first', [...HISTORY, ...ALERTS]);
    } else {
      await line.buildHistory(day);
    }
  }
  await line.keep('grown', [...HISTORY, ...KEPT]);
  process.stderr.write('Building it again from nothing\n');
  await line.build(LAST, { fullRefresh: true });
  process.stderr.write('Building the other preset beside it\n');
  await line.buildHistory(LAST, { preset: 'lean', shadow: SHADOW });
}
