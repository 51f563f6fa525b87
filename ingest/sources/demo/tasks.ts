import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAY, dayOf, instantOf, isHoliday, isoDate, isWeekend } from './calendar.ts';
import { ConfigError } from './config.ts';
import { History } from './history.ts';
import { salesforceId } from './ids.ts';
import { clamp, Random } from './random.ts';
import type { Team } from './team.ts';

/**
 * What a write-back wrote to the simulated CRM: a line of its `tasks.ndjson`. The first of a key makes the task, later
 * ones change the fields that they name; fields as Salesforce names them.
 */
export interface TaskWrite {
  /** Days since 1970. Whatever was told of the CRM before this day does not change. */
  readonly day: number;
  /** The external id, `Tenure_Task_Key__c`. */
  readonly key: string;
  readonly fields: Readonly<Record<string, string | null>>;
}

export interface TaskRecord {
  readonly subject: string | null;
  readonly accountId: string | null;
  readonly ownerId: string | null;
  /** `YYYY-MM-DD`. */
  readonly dueDate: string | null;
  readonly priority: string | null;
  readonly rule: string | null;
  readonly severity: string | null;
  readonly description: string | null;
  readonly key: string;
  readonly status: 'Not Started' | 'In Progress' | 'Completed' | 'Deferred';
  readonly completedAt: number | null;
  readonly closeReason: string | null;
}

/**
 * Reads what was written to the CRM, oldest first, from `tasks.ndjson` of its folder; where it is not there, nothing was
 * written yet. Throws `ConfigError` with the line that is none.
 */
export function readTaskWrites(folder: string): TaskWrite[] {
  const path = join(folder, 'tasks.ndjson');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line, place) => {
    if (line === '') return [];
    const { written_on, record_key, fields } = parsed(line, path, place + 1);
    return [
      { day: dayOf(String(written_on)), key: String(record_key), fields: fields as TaskWrite['fields'] },
    ];
  });
}

function parsed(line: string, path: string, number: number): Readonly<Record<string, unknown>> {
  const wanted = () =>
    new ConfigError(
      `${path}, line ${number}: expected {"written_on": "YYYY-MM-DD", "record_key": …, "fields": {…}}, got ${line.slice(0, 60)}. ` +
        'Delete the folder of the demo to start over.',
    );
  try {
    const value = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const isTask =
      /^\d{4}-\d\d-\d\d$/.test(String(value.written_on)) &&
      typeof value.record_key === 'string' &&
      typeof value.fields === 'object' &&
      value.fields !== null;
    if (isTask) return value;
  } catch {}
  throw wanted();
}

/** The tasks of the CRM and what became of them. A task's id follows from its place among those that were made. */
export function tasksOf(seed: number, team: Team, writes: readonly TaskWrite[]): History<TaskRecord>[] {
  const byKey = Map.groupBy(writes, ({ key }) => key);
  return [...byKey.values()].map((ofTask, number) => taskOf(seed, team, number, ofTask));
}

function taskOf(seed: number, team: Team, number: number, writes: readonly TaskWrite[]): History<TaskRecord> {
  const [first, ...later] = writes as [TaskWrite, ...TaskWrite[]];
  const random = new Random(seed, 'task', first.key);
  // The line runs early in the morning, before anybody is at work.
  const createdAt = instantOf(first.day, random.between(4, 5));
  const task = new History<TaskRecord>(salesforceId('Task', 0, number), createdAt, {
    ...fieldsOf(first.fields),
    key: first.key,
    status: 'Not Started',
    completedAt: null,
    closeReason: null,
  });
  const owner = first.fields.OwnerId ?? null;
  let moves = owner === null ? [] : movesOf(random, seed, team, first, owner);
  for (const { day, fields } of later) {
    const at = instantOf(day, 5);
    const isDone = moves.some((move) => move.at < at && move.patch.status === 'Completed');
    if (isDone) continue; // nobody changes what is done
    if (fields.Status === 'Completed') {
      // A write-back completes only what nobody touched.
      if (moves.some((move) => move.at < at)) continue;
      task.change(at, {
        status: 'Completed',
        completedAt: at,
        closeReason: fields.Tenure_Close_Reason__c ?? null,
      });
      moves = [];
      break;
    }
    task.change(at, fieldsOf(fields));
  }
  for (const { at, patch } of moves) task.change(at, patch);
  return task;
}

type Move = { readonly at: number; readonly patch: Partial<TaskRecord> };

const FIELDS = {
  Subject: 'subject',
  WhatId: 'accountId',
  OwnerId: 'ownerId',
  ActivityDate: 'dueDate',
  Priority: 'priority',
  Tenure_Rule__c: 'rule',
  Tenure_Severity__c: 'severity',
  Description: 'description',
} as const;

type Written = Pick<TaskRecord, (typeof FIELDS)[keyof typeof FIELDS]>;

/** The written fields by the names of the record; one that the write does not name is null. */
const fieldsOf = (fields: TaskWrite['fields']): Written =>
  Object.fromEntries(Object.entries(FIELDS).map(([field, name]) => [name, fields[field] ?? null])) as Written;

/** Of the tasks that are not done by their day, the shares that are done later, and that are put off for good. */
const LATE_SHARE = 0.4;
const DEFERRED_SHARE = 0.25;
/** How many tasks are seen to be taken up before they are done. */
const STARTED_SHARE = 0.4;

/** How much of what a person is asked to do is done by its day: some are careful, some are not. */
const diligenceOf = (seed: number, ownerId: string) =>
  clamp(new Random(seed, 'diligence', ownerId).normal(0.82, 0.1), 0.45, 0.97);

/**
 * What the owner does about a task: takes it up and does it by its day, does it late (and moves the date meanwhile),
 * puts it off, or never looks at it. Depends on who it is, on how much it presses and on the days on which people are at
 * work; on nothing that comes after the task was made.
 */
function movesOf(random: Random, seed: number, team: Team, made: TaskWrite, ownerId: string): Move[] {
  const owner = team.users.find(({ id }) => id === ownerId);
  if (owner === undefined) return [];
  const versions = owner.versions();
  const isAtWork = (day: number) =>
    !isWeekend(day) &&
    !isHoliday(day) &&
    versions.findLast(({ at }) => at < day * DAY)?.data.isActive === true;
  const workdays = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, place) => from + place).filter(isAtWork);
  const dueDate = made.fields.ActivityDate ?? null;
  const dueDay = dueDate === null ? made.day + 30 : dayOf(dueDate);
  const isPressing = made.fields.Priority === 'High';
  const diligence = clamp(diligenceOf(seed, ownerId) + (isPressing ? 0.06 : -0.03), 0, 1);

  const fate = random.uniform();
  const [hour, laterHour, isSeenStarted] = [
    random.between(8, 12),
    random.between(13, 17),
    random.chance(STARTED_SHARE),
  ];
  const start = (day: number): Move => ({ at: instantOf(day, hour), patch: { status: 'In Progress' } });
  const finish = (day: number): Move => {
    const at = instantOf(day, laterHour);
    return { at, patch: { status: 'Completed', completedAt: at } };
  };
  const doneOn = (days: readonly number[]): Move[] => {
    if (days.length === 0) return [];
    const day = random.pick(days);
    return isSeenStarted
      ? [start(random.pick(days.filter((each) => each <= day))), finish(day)]
      : [finish(day)];
  };

  const inTime = workdays(made.day, dueDay);
  const rest = (fate - diligence) / (1 - diligence); // of what is not done in time, in [0, 1)
  // Whoever finds no workday until the due date does it on the next ones.
  if (fate < diligence) return doneOn(inTime.length > 0 ? inTime : workdays(dueDay + 1, dueDay + 4));
  if (rest < LATE_SHARE) {
    const moved = random.chance(0.5) && inTime.length > 0;
    return [
      ...(moved
        ? [{ at: instantOf(inTime.at(-1) as number, 17.5), patch: { dueDate: isoDate(dueDay + 7) } }]
        : []),
      ...doneOn(workdays(dueDay + 1, dueDay + 12)),
    ];
  }
  if (rest < LATE_SHARE + DEFERRED_SHARE && inTime.length > 0)
    return [{ at: instantOf(random.pick(inTime), hour), patch: { status: 'Deferred' } }];
  return [];
}
