import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayOf, isHoliday, isoDate, isWeekend } from './calendar.ts';
import { simulateCompany } from './company.ts';
import { parseConfig } from './config.ts';
import { TASK_STREAM } from './salesforce.ts';
import { type TaskWrite, tasksOf } from './tasks.ts';
import { teamOf } from './team.ts';

const START = dayOf('2025-01-01');
const team = teamOf(3, 4, START);
const csms = team.users.filter((user) => user.versions()[0]?.data.role === 'csm');
const leaver = csms.find((user) => user.versions().length > 1)!;
const staying = csms.filter((user) => user !== leaver).map(({ id }) => id);

/** A task a day and a half for each of 400, due in a week or, when it presses, on the next day. */
const made = (key: string, day: number, owner: string | null, isPressing = false): TaskWrite => ({
  day,
  key,
  fields: {
    Subject: 'Renewal, 60-day mark: follow up: Oak Ltd',
    WhatId: '0015f000000000AAAQ',
    OwnerId: owner,
    ActivityDate: isoDate(day + (isPressing ? 1 : 7)),
    Priority: isPressing ? 'High' : 'Normal',
    Tenure_Rule__c: 'renewal_notice',
    Tenure_Severity__c: 'warning',
    Description: null,
  },
});
const closing = (key: string, day: number): TaskWrite => ({
  day,
  key,
  fields: { Status: 'Completed', Tenure_Close_Reason__c: 'Tenure: superseded' },
});
const many = Array.from({ length: 400 }, (_, number) =>
  made(`k${number}`, START + Math.floor(number * 0.9), staying[number % staying.length]!, number % 5 === 0),
);

const fates = (writes: readonly TaskWrite[]) =>
  tasksOf(3, team, writes).map((task) => {
    const versions = task.versions();
    return { key: versions[0]!.data.key, versions, last: versions.at(-1)!.data };
  });

describe('the tasks of the CRM', () => {
  it('are there from the morning on which they were written, under the key and with the fields that were written', () => {
    const [task] = fates([made('a1b2', START + 3, staying[0]!)]);
    expect(task!.versions[0]).toMatchObject({
      data: {
        key: 'a1b2',
        subject: 'Renewal, 60-day mark: follow up: Oak Ltd',
        accountId: '0015f000000000AAAQ',
        ownerId: staying[0],
        dueDate: '2025-01-11',
        status: 'Not Started',
        closeReason: null,
      },
    });
    expect(new Date(task!.versions[0]!.at).toISOString()).toMatch(/^2025-01-04T04:/);
  });

  it('are done in time, done late, put off or left alone, and most are done', () => {
    const due = (key: string) => dayOf(many.find((each) => each.key === key)!.fields.ActivityDate!);
    const kinds = fates(many).map(({ key, last, versions }) => {
      if (last.status !== 'Completed') return last.status;
      expect(last.completedAt).toBe(versions.at(-1)!.at);
      return last.completedAt! < (due(key) + 1) * 86_400_000 ? 'in time' : 'late';
    });
    const share = (kind: string) => kinds.filter((each) => each === kind).length / kinds.length;
    expect(share('in time')).toBeGreaterThan(0.6);
    expect(share('in time')).toBeLessThan(0.9);
    for (const kind of ['late', 'Deferred', 'Not Started']) expect(share(kind), kind).toBeGreaterThan(0.02);
  });

  it('are touched on workdays alone, and by nobody who left or is not there', () => {
    for (const { versions } of fates(many))
      for (const { at } of versions.slice(1)) {
        const day = Math.floor(at / 86_400_000);
        expect(isWeekend(day) || isHoliday(day), isoDate(day)).toBe(false);
      }
    const leftOn = Math.ceil(leaver.versions()[1]!.at / 86_400_000);
    const orphans = many.map(({ key, day }) => made(key, day - START + leftOn, leaver.id));
    for (const { versions } of fates(orphans)) expect(versions.length).toBe(1);
    for (const { versions } of fates(many.map(({ key, day }) => made(key, day, null))))
      expect(versions.length).toBe(1);
  });

  it('that nobody touched are completed when their alert closed; what a person did stays theirs', () => {
    const closed = fates([...many, ...many.map(({ key, day }) => closing(key, day + 4))]);
    const open = fates(many);
    let [untouched, touched] = [0, 0];
    for (const [place, { last, versions }] of closed.entries()) {
      const at = (many[place]!.day + 4) * 86_400_000 + 5 * 3_600_000;
      const before = open[place]!.versions.filter((version) => version.at < at);
      if (before.length === 1) {
        untouched += 1;
        expect(last).toMatchObject({
          status: 'Completed',
          closeReason: 'Tenure: superseded',
          completedAt: at,
        });
        expect(versions.length).toBe(2);
      } else {
        touched += 1;
        expect(versions).toEqual(open[place]!.versions);
      }
    }
    expect(Math.min(untouched, touched)).toBeGreaterThan(50);
  });
});

describe('the stream', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'demo-crm-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const write = (writes: readonly TaskWrite[]) =>
    writeFileSync(
      join(folder, 'tasks.ndjson'),
      writes
        .map(
          ({ day, key, fields }) =>
            `${JSON.stringify({ written_on: isoDate(day), record_key: key, fields })}\n`,
        )
        .join(''),
    );
  const told = (end: string, fromDay = Number.NEGATIVE_INFINITY) => {
    const config = parseConfig({
      ...{ system: 'salesforce', seed: 3, accounts: 1, csms: 4, path: folder },
      ...{ start_date: '2025-01-01', end_date: end },
    });
    return [...TASK_STREAM.days(simulateCompany(config), fromDay)].flatMap(({ records }) => records);
  };

  it('says nothing of the days to come, and what is written later changes nothing that was told', () => {
    const day = dayOf('2025-06-30');
    write(many.filter((each) => each.day <= day));
    const first = told('2025-06-30');
    expect(first.length).toBeGreaterThan(250);
    expect(first.every((text) => JSON.parse(text).SystemModstamp < '2025-07-01')).toBe(true);
    write([...many, ...many.slice(0, 150).map(({ key }) => closing(key, day + 2))]);
    const whole = told('2026-02-28');
    expect(whole.slice(0, first.length)).toEqual(first);
    expect(told('2026-02-28', day + 1)).toEqual(whole.slice(first.length));
    expect(whole.length).toBeGreaterThan(first.length + 250);
  });

  it('is empty where nothing was written, and says which line it cannot read', () => {
    rmSync(join(folder, 'tasks.ndjson'), { force: true });
    expect(told('2025-03-31')).toEqual([]);
    writeFileSync(join(folder, 'tasks.ndjson'), '\n{"written_on": "soon"}\n');
    expect(() => told('2025-03-31')).toThrow(/tasks\.ndjson, line 2: expected \{"written_on"/);
  });
});
