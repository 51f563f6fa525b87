import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dbtProject } from '../project/lay-out.ts';
import { writeNew } from '../project/new.ts';
import { ownProject, projectVars } from '../project/own-project.ts';
import { loadConfig } from './load.ts';
import { compiled, readPlaybook, shippedPlaybooks } from './playbooks.ts';
import { SEEDS } from './rule-tables.ts';
import { asCsv } from './rules.ts';

const PLAY = `
version: 1
title: Rescue
why: it is worth it
trigger: { alerts: [sponsor_left] }
steps:
  - { step: call, day: 0, due_days: 2, title: Call, text: Ask }
`;

describe('the playbooks that are shipped', () => {
  it.each(['plays', 'play_steps'] as const)(
    'are the seed %s ("vitest -u" makes it anew when they changed)',
    async (name) => {
      const rows = compiled(shippedPlaybooks())[name];
      const columns = Object.keys(rows[0] ?? {}).map(
        (column) => ({ name: column, type: 'text', isRequired: false }) as const,
      );
      await expect(asCsv({ name, key: [], columns, rows })).toMatchFileSnapshot(join(SEEDS, `${name}.csv`));
    },
  );

  it('are those that a customer team needs, with the renewal from nine months before to a week after', () => {
    expect(shippedPlaybooks().map(({ name }) => name)).toEqual([
      'at_risk',
      'champion_left',
      'executive_escalation',
      'expansion',
      'health_drop',
      'onboarding',
      'qbr',
      'qbr_follow_up',
      'qbr_missed',
      'renewal',
      'sponsor_change',
    ]);
    const renewal = shippedPlaybooks().find(({ name }) => name === 'renewal');
    const days = renewal?.steps.map(({ before, after_end }) => before ?? `+${after_end}`);
    expect(days).toEqual(expect.arrayContaining([270, 180, 120, 90, 60, 30, 0, '+7']));
  });

  it('say in each step what to do, in a line that a CRM shows', () => {
    for (const { name, steps } of shippedPlaybooks())
      for (const { step, title, text } of steps) {
        expect(title.length, `${name}.${step}`).toBeLessThan(60);
        expect(text.length, `${name}.${step}`).toBeGreaterThan(20);
      }
  });
});

describe('a playbook', () => {
  const faults = (text: string, file = 'playbooks/rescue.yaml') => {
    const read = readPlaybook(file, text);
    return Array.isArray(read) ? read.map(({ where, expected }) => `${where}: ${expected}`) : read;
  };

  it('is read with what it leaves out', () => {
    expect(readPlaybook('playbooks/rescue.yaml', PLAY)).toMatchObject({
      name: 'rescue',
      again_after_days: 0,
      steps: [{ owner: 'owner', priority: 'normal', exit: 'task' }],
    });
  });

  it('says what is wrong with it, and where', () => {
    expect(faults(PLAY, 'playbooks/Rescue me.yaml')).toEqual([
      expect.stringContaining('a name of at most 40 lower-case letters'),
    ]);
    expect(faults('steps: [')).toEqual([expect.stringContaining('playbooks/rescue.yaml: YAML')]);
    expect(faults(PLAY.replace('sponsor_left', 'moon_full'))).toEqual([
      expect.stringContaining('playbooks/rescue.yaml, trigger'),
    ]);
    expect(faults(PLAY.replace('day: 0', 'day: 0, before: 3'))).toEqual([
      'playbooks/rescue.yaml, steps.0: one of day, before and after_end',
      expect.stringContaining('"before" counts to a renewal'),
    ]);
    expect(faults(PLAY.replace('day: 0', 'before: 3'))).toEqual([
      'playbooks/rescue.yaml, steps.0: "before" counts to a renewal; this play has another trigger',
    ]);
    expect(
      faults(PLAY.replace('{ alerts: [sponsor_left] }', '{ renewal: 90 }').replace('day: 0', 'before: 120')),
    ).toEqual(['playbooks/rescue.yaml, steps.0: at most 90 days before, when the play begins; got 120']);
    expect(faults(`${PLAY}  - { step: call, day: 1, due_days: 2, title: Again, text: Again }\n`)).toEqual([
      'playbooks/rescue.yaml, steps.1: each step once, got "call" again',
    ]);
    expect(faults(PLAY.replace('due_days: 2', 'due_days: -1'))).toEqual([
      expect.stringContaining('playbooks/rescue.yaml, steps.0.due_days'),
    ]);
  });
});

describe('a project’s own playbooks', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tenure-plays-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const put = (name: string, text: string) => {
    mkdirSync(join(directory, 'playbooks'), { recursive: true });
    writeFileSync(join(directory, 'playbooks', name), text);
  };
  const table = (name: string) => ownProject(directory).rules.find((each) => each.name === name)?.rows ?? [];

  it('are laid over the product’s, one of its name with all its steps', () => {
    put('rescue.yaml', PLAY);
    put('renewal.yaml', PLAY.replace('Rescue', 'Our renewal'));
    expect(table('plays').map(({ play }) => play)).toContain('rescue');
    expect(table('plays').filter(({ play }) => play === 'renewal')).toMatchObject([{ title: 'Our renewal' }]);
    expect(table('play_steps').filter(({ play }) => play === 'renewal')).toHaveLength(1);
    expect(table('play_steps').filter(({ play }) => play === 'onboarding').length).toBeGreaterThan(2);
    const folder = dbtProject({ directory, buildDirectory: join(directory, '.build') });
    expect(readFileSync(join(folder, 'seeds', 'plays.csv'), 'utf8')).toContain(
      '\nrescue,1,Rescue,alert,sponsor_left,',
    );
  });

  it('stop everything when one has a fault, with its name', () => {
    put('rescue.yaml', PLAY.replace('version: 1', 'version: one'));
    expect(() => ownProject(directory)).toThrow(/playbooks\/rescue\.yaml, version/);
  });

  it('begin with one that "tenure new playbook" writes', () => {
    expect(writeNew(directory, { kind: 'playbook', name: 'quiet_user', preset: 'standard' }).written).toEqual(
      ['playbooks/quiet_user.yaml'],
    );
    expect(table('plays').filter(({ play }) => play === 'quiet_user')).toMatchObject([
      { title: 'Quiet user' },
    ]);
    expect(() => writeNew(directory, { kind: 'playbook', name: 'quiet_user', preset: 'standard' })).toThrow(
      /Expected no file playbooks\/quiet_user\.yaml yet/,
    );
  });

  it('run when tenure.yaml names them, and none does unless', async () => {
    put('rescue.yaml', PLAY);
    const load = (plays: string) => {
      writeFileSync(
        join(directory, 'tenure.yaml'),
        `warehouse: { type: duckdb, path: w.duckdb }\nsources: [{ name: a, kind: files, connector: { builtin: files, config: { path: . } } }]\n${plays}\n`,
      );
      return loadConfig(join(directory, 'tenure.yaml'), {});
    };
    expect(projectVars(await load('')).plays).toEqual([]);
    expect(projectVars(await load('plays: [renewal, { play: rescue, since: 2026-06-30 }]')).plays).toEqual([
      { play: 'renewal', since: null },
      { play: 'rescue', since: '2026-06-30' },
    ]);
    await expect(load('plays: [rescued]')).rejects.toThrow(
      /plays: expected a playbook of the product or of playbooks\/, one of at_risk, .*rescue.*; got "rescued"/,
    );
    await expect(load('plays: [rescue, rescue]')).rejects.toThrow(/expected each play once/);
  });
});
