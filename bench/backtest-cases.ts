import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { seededRandom } from '../scoring/stats/seeded-random.ts';

/** Log-odds of renewal that each signal gives from 0 to 100: all above 0, so that no bound binds and peers fit the same. */
const STRENGTHS = [3, 2.5, 2, 2, 1.5, 1.5, 1, 1, 0.7, 0.5];
const INTERCEPT = 3.2;
/** The shares of the score, of 100. */
const WEIGHTS = [15, 15, 10, 10, 10, 10, 10, 8, 7, 5];
/** How much of a signal stays from month to month. */
const PERSISTENCE = 0.9;
const STEPS = [0, 0.4, 0.7, 1];
const MOST_MONTHS = 30;
/** A churn is seen by so many month ends before it. */
const SEEN_BY = 3;

export const SIGNAL_COUNT = STRENGTHS.length;

/** Account-months with what became of them, a column each; the months of an account follow one another. */
export interface BacktestColumns {
  /** row by row, ten signals of 0–1 */
  readonly features: Float64Array;
  /** 0–100, of the ten signals by their weights */
  readonly scores: Float64Array;
  /** 1 where the account churned within the horizon, else 0 */
  readonly churned: Uint8Array;
  readonly accounts: Int32Array;
}

/** Writes made-up account-months, the same for the same arguments, as one raw file a column (little endian). */
export async function writeColumns(folder: string, count: number, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const features = new Float64Array(count * SIGNAL_COUNT);
  const scores = new Float64Array(count);
  const churned = new Uint8Array(count);
  const accounts = new Int32Array(count);
  const latent = new Float64Array(SIGNAL_COUNT);
  let account = 0;
  for (let row = 0; row < count; account += 1) {
    const first = row;
    for (let signal = 0; signal < SIGNAL_COUNT; signal += 1) latent[signal] = normal();
    let isLost = false;
    for (; row < count && row - first < MOST_MONTHS && !isLost; row += 1) {
      let safety = -INTERCEPT;
      let score = 0;
      for (let signal = 0; signal < SIGNAL_COUNT; signal += 1) {
        latent[signal] = PERSISTENCE * latent[signal]! + Math.sqrt(1 - PERSISTENCE ** 2) * normal();
        const share = 1 / (1 + Math.exp(-1.702 * latent[signal]!));
        const value = signal % 2 === 0 ? STEPS[Math.min(3, Math.floor(share * 4))]! : share;
        features[row * SIGNAL_COUNT + signal] = value;
        safety += STRENGTHS[signal]! * value;
        score += WEIGHTS[signal]! * value;
      }
      scores[row] = score;
      accounts[row] = account;
      isLost = random() < 1 / (1 + Math.exp(safety));
    }
    if (isLost) churned.fill(1, Math.max(first, row - SEEN_BY), row);
  }
  for (const [name, column] of Object.entries({ features, scores, churned, accounts })) {
    const file = createWriteStream(join(folder, name));
    file.end(new Uint8Array(column.buffer));
    await finished(file);
  }
}

/** Reads the columns. */
export async function readColumns(folder: string): Promise<BacktestColumns> {
  const bytes = async (name: string) => {
    const { buffer, byteOffset, byteLength } = await readFile(join(folder, name));
    return buffer.slice(byteOffset, byteOffset + byteLength);
  };
  return {
    features: new Float64Array(await bytes('features')),
    scores: new Float64Array(await bytes('scores')),
    churned: new Uint8Array(await bytes('churned')),
    accounts: new Int32Array(await bytes('accounts')),
  };
}
