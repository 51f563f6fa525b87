import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../orchestration/project-root.ts';
import type { Row } from '../../warehouse/index.ts';
import { type Emulator, hasEmulator, startEmulator } from '../bigquery-emulator.ts';
import { randomNumbers } from '../oracle/random-company.ts';
import { type Damage, randomDamage } from './damage.ts';
import { HISTORY, HistoryLine } from './history-line.ts';
import { FIRST, filesOn, SECOND } from './small-company.ts';

// How many, and of which seed: a hundred take about an hour. TENURE_DAMAGES_ON=emulator damages a company on BigQuery.
const COUNT = Number(process.env.TENURE_DAMAGES ?? 12);
const SEED = Number(process.env.TENURE_DAMAGES_SEED ?? 14);
const IS_EMULATED = process.env.TENURE_DAMAGES_ON === 'emulator';

type Outcome = 'as they were' | 'refused' | 'restated';
interface Found {
  readonly outcome: Outcome;
  readonly messages: readonly string[];
}

const text = (rows: readonly Row[]) =>
  rows.map((row) => JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value)));
const keyOf = (row: Row) => [row.account_id, row.as_of_date, row.model_version, row.what].join(' ');

describe.skipIf(IS_EMULATED && !hasEmulator)(
  `${COUNT} damages to a company's inputs between two days`,
  () => {
    let folder: string;
    let emulator: Emulator | undefined;
    let whole: HistoryLine;
    let before: readonly Row[];
    let buildMs: number;
    /** What a build made of the same landed rows. */
    const built = new Map<string, Found>();
    const outcomes: Record<string, number> = {};

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tenure-damages-'));
      if (IS_EMULATED) {
        emulator = await startEmulator();
        process.env.BIGQUERY_EMULATOR_HOST = emulator.url;
      }
      const store = IS_EMULATED ? { type: 'bigquery', project: 'test', dataset_prefix: 'acme_' } : undefined;
      whole = new HistoryLine(join(folder, 'whole'), store);
      await whole.configure({});
      await whole.write(files(FIRST));
      expect(await whole.sync(FIRST)).toEqual([]);
      const begun = Date.now();
      expect(await whole.build(FIRST)).toEqual([]);
      buildMs = Date.now() - begun;
      before = await whole.published(FIRST);
      expect(before.length).toBeGreaterThan(500);
    }, 3_600_000);

    afterAll(async () => {
      process.stderr.write(`Of ${COUNT} damages: ${JSON.stringify(outcomes)}\n`);
      emulator?.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const files = (day: string) => filesOn(day, IS_EMULATED ? 3 : 6);
    const random = randomNumbers(SEED);
    // Kills last: they build each time.
    const damages = Array.from({ length: COUNT }, () => randomDamage(files(SECOND), random)).sort(
      (one, other) => Number(one.killedAt !== undefined) - Number(other.killedAt !== undefined),
    );

    it.each(damages.map((damage, index) => [index + 1, damage.what, damage] as const))(
      '%i: %s',
      async (index, _, damage) => {
        const line = IS_EMULATED ? whole : await whole.copy(join(folder, `damaged-${index}`));
        const { outcome, messages } = await suffer(line, damage);
        const key = `${damage.what.split(':')[0]}, ${outcome}`;
        outcomes[key] = (outcomes[key] ?? 0) + 1;
        process.stderr.write(
          `${index} ${damage.what} → ${outcome} ${messages.map((each) => each.slice(0, 160)).join(' | ')}\n`,
        );
        if (outcome === 'refused')
          expect(
            messages.filter((message) => damage.names.some((name) => message.includes(name))),
          ).not.toEqual([]);
        if (/^(duplicate|reorder|kill)/.test(damage.what)) expect(outcome).toBe('as they were');
        if (IS_EMULATED) await makeWhole(line);
        else await rm(line.folder, { recursive: true, force: true });
      },
      3_600_000,
    );

    async function suffer(line: HistoryLine, damage: Damage): Promise<Found> {
      await line.write(damage.files);
      if (damage.sourceName !== undefined) await line.configure({ sourceName: damage.sourceName });
      if (damage.sourceName !== undefined) return afterBuild(line, []); // "tenure build" before any sync
      const refused = await line.sync(SECOND);
      if (damage.killedAt === undefined) return afterBuild(line, refused);
      await killedBuild(line, damage.killedAt * buildMs);
      await line.write(files(SECOND));
      expect(await line.sync(SECOND, true)).toEqual([]);
      return judged(line, await line.build(SECOND));
    }

    /** Builds, unless the same rows were built before: then the same comes of it. */
    async function afterBuild(line: HistoryLine, refused: readonly string[]): Promise<Found> {
      const landed = await landedRows(line);
      const known = landed === undefined ? undefined : built.get(landed);
      const found = known ?? (await judged(line, await line.build(SECOND)));
      if (landed !== undefined) built.set(landed, found);
      const messages = [...refused, ...found.messages];
      const outcome = found.outcome === 'as they were' && messages.length > 0 ? 'refused' : found.outcome;
      return { outcome, messages };
    }

    async function judged(line: HistoryLine, messages: readonly string[]): Promise<Found> {
      const after = await line.published(FIRST);
      const changed = changedRows(before, after);
      if (changed.length === 0)
        return { outcome: messages.length === 0 ? 'as they were' : 'refused', messages };
      // A build that was not refused may have restated a few; each left its old value.
      expect(messages).toEqual([]);
      const kept = await line.query(
        `select account_id, cast(as_of_date as string) as as_of_date, column_name, value_before from marts.fct_restatements`,
      );
      for (const row of changed) {
        const column = row.what === 'score' ? 'score' : `${String(row.what)}.signal_value`;
        const noted = kept.filter(
          (each) =>
            each.account_id === row.account_id && each.as_of_date === String(row.as_of_date).slice(0, 10),
        );
        const values = noted
          .filter(({ column_name }) => column_name === column)
          .map(({ value_before }) => value_before);
        const isKept = values.some((value) => Math.abs(Number(value) - Number(row.value)) < 1e-8);
        expect({ row, noted: isKept || noted.length > 0 }).toEqual({ row, noted: true });
      }
      return { outcome: 'restated', messages };
    }

    /** A hash of all that is landed and connected, but for the lines that it came on; on the emulator nothing. */
    async function landedRows(line: HistoryLine): Promise<string | undefined> {
      if (IS_EMULATED) return undefined;
      const tables = await line.query(
        `select source_name || '__' || stream as name from ops.streams where is_connected order by 1`,
      );
      const hash = createHash('sha256');
      for (const { name } of tables) {
        const rows = await line.query(
          `select * exclude (_line_number, _airbyte_raw_id, _airbyte_extracted_at, _airbyte_generation_id)
         from raw."${String(name)}" order by all`,
        );
        hash.update(`${String(name)}\n${text(rows).join('\n')}`);
      }
      return `${line.sourceName} ${hash.digest('hex')}`;
    }

    async function makeWhole(line: HistoryLine): Promise<void> {
      await emulator?.restart();
      await line.configure({ sourceName: 'book' });
      await line.write(files(SECOND));
      await line.sync(SECOND, true);
    }

    /** Runs "tenure build" as a user does and kills it with all that it started. */
    async function killedBuild(line: HistoryLine, afterMs: number): Promise<void> {
      const args = [
        'build',
        '--skip-tests',
        '--config',
        line.config,
        '--as-of',
        SECOND,
        '--select',
        ...HISTORY,
      ];
      const child: ChildProcess = spawn(
        process.execPath,
        [join(projectRoot, 'orchestration', 'cli', 'program.ts'), ...args],
        { detached: true, stdio: 'ignore' },
      );
      const ended = new Promise((resolve) => child.on('close', resolve));
      await Promise.race([ended, wait(afterMs)]);
      try {
        process.kill(-Number(child.pid), 'SIGKILL');
      } catch {
        // it had ended
      }
      await ended;
      await wait(500);
    }
  },
);

/** Rows that are not in the other list as they are. */
function changedRows(before: readonly Row[], after: readonly Row[]): Row[] {
  const now = new Map(after.map((row) => [keyOf(row), text([row])[0]]));
  return before.filter((row) => now.get(keyOf(row)) !== text([row])[0]);
}
