import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../orchestration/config/load.ts';
import type { Company } from '../test/oracle/company.ts';
import { addDays } from '../test/oracle/company.ts';
import type { Warehouse } from '../warehouse/index.ts';
import type { Size } from './measure.ts';
import type { Repeats } from './model.ts';
import { ReplayCompany, type ReplayedDay } from './replay-company.ts';
import { type JudgeInputs, judge } from './replay-judge.ts';

/** Accounts of the simulated company. */
const ACCOUNTS: Readonly<Record<Size, number>> = { S: 30, M: 60, L: 150 };
const FIRST_DAY = '2025-07-01';
const LAST_DAY = '2026-06-30';
const HISTORY_START = '2025-03-01';
/** The tenth account is acquired 20 months after it. */
const COMPANY_START = '2024-03-01';
const HOLIDAYS = ['2025-07-04', '2025-09-01', '2025-12-25', '2025-12-26', '2026-01-01', '2026-05-25'];
/** After so many runs, so many days are missed. */
const GAPS: readonly (readonly [runs: number, missed: number])[] = [
  [5, 1],
  [9, 2],
  [13, 3],
  [17, 7],
  [21, 30],
];

/** The days on which the line runs: every one but those of the gaps. */
export function replayedDays(
  first: string,
  last: string,
  gaps: readonly (readonly [runs: number, missed: number])[],
): string[] {
  const days: string[] = [];
  for (let day = first; day <= last; ) {
    days.push(day);
    day = addDays(day, 1 + (gaps.find(([runs]) => runs === days.length)?.[1] ?? 0));
  }
  return days;
}

/** What the judge must know of a company: what the sources said of it, and its rules. */
export async function judgeInputs(
  warehouse: Warehouse,
  folder: string,
  historyStart: string,
): Promise<JudgeInputs> {
  const rows = async <T>(sql: string) => (await warehouse.query(sql)).rows as unknown as T[];
  const number = (value: unknown) => (value === null || value === undefined ? null : Number(value));
  const entity = <T>(name: string) => rows<T>(`select * from intermediate.int_canonical__${name}`);
  const rules = await rows<JudgeInputs['rules'][number]>('select * from intermediate.alert_rules');
  const escalations = await rows<JudgeInputs['escalations'][number]>(
    'select * from intermediate.alert_escalations',
  );
  const contracts = await entity<Company['contracts'][number]>('contracts');
  const company = {
    accounts: await entity('accounts'),
    contracts: contracts.map((row) => ({
      ...row,
      arr: Number(row.arr),
      notice_days: number(row.notice_days),
    })),
    opportunities: await entity('opportunities'),
    contacts: await entity('contacts'),
    rates: await entity('rates'),
  } as unknown as Company;
  const config = await loadConfig(join(folder, 'tenure.yaml'), {});
  return {
    historyStart,
    company,
    users: await entity('users'),
    tasks: await entity('tasks'),
    rules: rules.map((row) => ({
      ...row,
      milestone_days: number(row.milestone_days),
      due_days: Number(row.due_days),
    })),
    escalations: escalations.map((row) => ({
      ...row,
      milestone_days: number(row.milestone_days),
      after_days: Number(row.after_days),
      min_arr: number(row.min_arr),
    })),
    holidays: new Set(
      (await rows<{ holiday_date: string }>('select holiday_date from intermediate.holidays')).map(
        ({ holiday_date }) => holiday_date,
      ),
    ),
    exclusions: (
      await rows<JudgeInputs['exclusions'][number]>('select * from intermediate.alert_exclusions')
    ).map((each) => ({ ...each, account_id: each.account_id || null, rule: each.rule || null })),
    zones: new Map(config.people.map(({ person, time_zone }) => [person, time_zone])),
    health: await rows(
      `select account_id, as_of_date, flag, is_frozen, arr, segment from marts.fct_account_health_daily
       where model_version = (select model_version from intermediate.int_scores__model_version)`,
    ),
  };
}

export interface ReplayOfDays {
  readonly folder: string;
  readonly accounts: number;
  readonly days: readonly string[];
  readonly onDay?: (seen: ReplayedDay, seconds: number) => void;
}

/** Runs the line of a simulated company day by day: what was seen on each, and what the judge must know. */
export async function replayDays({
  folder,
  accounts,
  days,
  onDay,
}: ReplayOfDays): Promise<{ readonly seen: readonly ReplayedDay[]; readonly inputs: JudgeInputs }> {
  const company = await ReplayCompany.start({
    ...{ folder, accounts, days },
    ...{ historyStart: HISTORY_START, companyStart: COMPANY_START, holidays: HOLIDAYS },
  });
  try {
    const seen: ReplayedDay[] = [];
    for (const [index, day] of days.entries()) {
      const started = performance.now();
      seen.push(await company.replay(day, { isFirst: index === 0 }));
      onDay?.(seen.at(-1) as ReplayedDay, (performance.now() - started) / 1000);
    }
    const inputs = await company.read((warehouse) => judgeInputs(warehouse, folder, HISTORY_START));
    return { seen, inputs };
  } finally {
    await company.close();
  }
}

export interface ReplayResult {
  readonly days: number;
  readonly alerts: number;
  readonly messages: number;
  readonly tasks: number;
  readonly doubles: number;
  readonly missed: number;
  readonly unasked: number;
  readonly on_excluded: number;
  readonly wrong_times: number;
  readonly median_seconds_a_day: number;
}

/**
 * A year of a simulated company day by day, with gaps of 1, 2, 3, 7 and 30 days: each day's line, the write-back to
 * Salesforce's stand-in and what people in three time zones are told, against an independent list written from the
 * definitions. A day takes 12 s of one core; `--day` replays so many days only. It throws when anything was told twice,
 * not at all, to whom it should not be, or at a wrong time.
 */
export async function replay(
  size: Size,
  log: (text: string) => void,
  { day: runs = Number.POSITIVE_INFINITY }: Partial<Repeats> = {},
): Promise<ReplayResult[]> {
  const folder = await mkdtemp(join(process.env.TENURE_BENCH_DIR ?? tmpdir(), 'tenure-replay-'));
  const seconds: number[] = [];
  try {
    const { seen, inputs } = await replayDays({
      folder,
      accounts: ACCOUNTS[size],
      days: replayedDays(FIRST_DAY, LAST_DAY, GAPS).slice(0, runs),
      onDay: ({ day, alerts, told }, taken) => {
        seconds.push(taken);
        log(`${day}: ${alerts.length} alerts so far, ${told.length} messages (${taken.toFixed(1)} s)`);
      },
    });
    const report = judge(seen, inputs);
    const { doubles, missed, unasked, onExcluded, wrongTimes, gaps, refused } = report;
    for (const gap of gaps) log(JSON.stringify(gap));
    log(JSON.stringify({ messages: report.messages, refused }));
    const faults = [...doubles, ...missed, ...unasked, ...onExcluded, ...wrongTimes];
    if (faults.length > 0) throw new Error(`${faults.length} faults:\n${faults.slice(0, 40).join('\n')}`);
    return [
      {
        ...{ days: report.days, alerts: report.alerts, tasks: report.tasks },
        messages: Object.values(report.messages).reduce((sum, each) => sum + each, 0),
        ...{ doubles: doubles.length, missed: missed.length, unasked: unasked.length },
        ...{ on_excluded: onExcluded.length, wrong_times: wrongTimes.length },
        median_seconds_a_day: seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)] ?? 0,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
