import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replayDays, replayedDays } from '../../bench/replay.ts';
import type { ReplayedDay, Told } from '../../bench/replay-company.ts';
import { type JudgeInputs, judge } from '../../bench/replay-judge.ts';

/** Nearly three weeks of a small company, with gaps of one, two and seven days; `npm run bench -- replay` is a year. */
describe('days one after the other, some of them missed', () => {
  let folder: string;
  let seen: readonly ReplayedDay[];
  let inputs: JudgeInputs;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-replay-'));
    const days = replayedDays('2025-07-01', '2025-07-20', [
      [3, 1],
      [5, 2],
      [7, 7],
    ]);
    ({ seen, inputs } = await replayDays({ folder, accounts: 12, days }));
  }, 1_800_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const faultsOf = (days: readonly ReplayedDay[]) => {
    const { doubles, missed, unasked, onExcluded, wrongTimes } = judge(days, inputs);
    return { doubles, missed, unasked, onExcluded, wrongTimes };
  };
  const NONE = { doubles: [], missed: [], unasked: [], onExcluded: [], wrongTimes: [] };

  it('tell everybody of each alert once, when they are at work, and go on after each gap', () => {
    expect(faultsOf(seen)).toEqual(NONE);
    const { alerts, messages, tasks, gaps } = judge(seen, inputs);
    expect(gaps.map(({ missed }) => missed)).toEqual([1, 2, 7]);
    expect(gaps.every(({ sent }) => sent > 0)).toBe(true);
    expect(alerts).toBeGreaterThan(20);
    expect(tasks).toBeGreaterThan(5);
    expect(messages.digest).toBeGreaterThan(5);
    expect(messages.alert).toBeGreaterThan(0);
  });

  /** The days with what was told changed on the first of them on which there is such a message. */
  const changed = (kind: string, change: (told: Told) => readonly Told[]): readonly ReplayedDay[] => {
    const first = seen.findIndex(({ told }) => told.some((each) => each.kind === kind));
    return seen.map((day, index) => {
      if (index !== first) return day;
      const at = day.told.findIndex((each) => each.kind === kind);
      return { ...day, told: day.told.flatMap((each, place) => (place === at ? change(each) : [each])) };
    });
  };

  /** Half past midnight UTC is noon in Auckland alone, where it is night at half past four in the afternoon. */
  const atNight = (at: string) =>
    at.includes('T00:30') ? at.replace('T00:30', 'T16:30') : at.replace(/T..:../, 'T00:30');
  it.each([
    ['doubles', 'alert', (told: Told) => [told, told]],
    ['missed', 'alert', () => []],
    ['missed', 'digest', () => []],
    ['unasked', 'alert', (told: Told) => [{ ...told, key: 'alert:of-nothing' }]],
    ['wrongTimes', 'digest', (told: Told) => [{ ...told, at: atNight(told.at) }]],
  ] as const)('are found to have %s when an %s is not as it should be', (fault, kind, change) => {
    const days = changed(kind, change as (told: Told) => readonly Told[]);
    expect(faultsOf(days)[fault]).not.toEqual([]);
  });

  it('are found to be wrong when an alert is due on another day, or stands nowhere', () => {
    const [first, ...rest] = seen as [ReplayedDay, ...ReplayedDay[]];
    const [alert, ...others] = first.alerts as [ReplayedDay['alerts'][number]];
    const late = [{ ...first, alerts: [{ ...alert, due_date: '2025-12-25' }, ...others] }, ...rest];
    expect(faultsOf(late).wrongTimes).toHaveLength(1);
    expect(faultsOf([{ ...first, alerts: others }, ...rest]).missed.length).toBeGreaterThan(0);
  });
});
