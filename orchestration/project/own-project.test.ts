import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load.ts';
import { projectRoot } from '../project-root.ts';
import { dbtProject } from './lay-out.ts';
import { writeNew } from './new.ts';
import { ownPages } from './own-pages.ts';
import { ownProject, projectVars } from './own-project.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenure-own-'));
  cpSync(join(projectRoot, 'test', 'fixtures', 'own-project'), directory, { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true }));

const put = (file: string, text: string) => {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
};
const read = (file: string) => readFileSync(join(directory, file), 'utf8');
const replace = (file: string, from: string, to: string) => {
  expect(read(file)).toContain(from);
  put(file, read(file).replaceAll(from, to));
};
const message = (act: () => unknown = () => ownProject(directory)): string => {
  try {
    act();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};
const STANDARD = { preset: 'standard', shadow: [] };
const vars = (signals: { preset: string; shadow: readonly string[] } = STANDARD) =>
  projectVars({ directory, signals: { ...signals, shadow: [...signals.shadow] } });
const signals = (of = vars()) => of.signals as Record<string, string>;

describe('a project’s own models', () => {
  it('are laid out among the product’s, each line as in its file, and told to dbt', () => {
    const folder = dbtProject({ directory, buildDirectory: join(directory, '.build') });
    const laid = readFileSync(join(folder, 'intermediate/signals/own/int_signals__seats_unused.sql'), 'utf8');
    const lines = laid.split('\n');
    expect(lines[0]).toContain("materialized='history'");
    expect(lines.slice(1)).toEqual(read('signals/seats_unused.sql').split('\n').slice(1));
    expect(existsSync(join(folder, 'intermediate/signals/own/int_signals__seats_unused.yml'))).toBe(true);
    expect(existsSync(join(folder, 'intermediate/canonical/own/int_inputs__seat_invitations.sql'))).toBe(
      true,
    );
    expect(existsSync(join(folder, 'marts/monitoring/checks/own/int_checks__stalled_rollouts.sql'))).toBe(
      true,
    );
    expect(
      lstatSync(join(folder, 'intermediate/signals/int_signals__escalations.sql')).isSymbolicLink(),
    ).toBe(true);
    expect(vars()).toMatchObject({
      own_inputs: { seat_invitations: [['raw', 'seat_invitations']] },
      own_reads: [],
      own_checks: ['stalled_rollouts'],
    });
    expect(signals()).toMatchObject({
      login_frequency: 'product',
      seats_unused: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  it('go out of the project that dbt builds when their files go', () => {
    const build = { directory, buildDirectory: join(directory, '.build') };
    const folder = dbtProject(build);
    for (const path of ['signals', 'checks', 'rules']) rmSync(join(directory, path), { recursive: true });
    put('rules/category_cuts.csv', 'segment,category,max_score\n,red,33\n');
    expect(dbtProject(build)).toBe(folder);
    expect(existsSync(join(folder, 'intermediate/signals/own'))).toBe(false);
    expect(lstatSync(join(folder, 'intermediate')).isSymbolicLink()).toBe(true);
  });

  it('count for another version when their SQL says something else, and not for a comment', () => {
    const before = signals().seats_unused;
    replace('signals/seats_unused.sql', '-- Before the first', '-- Long before the first');
    expect(signals().seats_unused).toBe(before);
    replace('signals/inputs/seat_invitations.sql', 'account_id is not null and', '');
    expect(signals().seats_unused).not.toBe(before);
  });

  it('name the canonical models that they read', () => {
    put('signals/seats_unused.sql', "select amount from {{ ref('int_canonical__invoices') }}");
    expect(vars().own_reads).toEqual(['invoices']);
  });

  it('may have cuts of segments of their own, with or without the column before', () => {
    const cuts = read('rules/signal_cuts.csv');
    expect(cuts).not.toContain('segment');
    expect(vars().cut_segments).toEqual([]);
    put(
      'rules/signal_cuts.csv',
      'signal,cut,segment,threshold,rationale\nlicense_utilization,full,smb,50,small\nescalations,one,enterprise,2,large\n',
    );
    rmSync(join(directory, 'signals'), { recursive: true });
    rmSync(join(directory, 'checks'), { recursive: true });
    for (const name of ['signal_definitions', 'check_rules', 'signal_words'])
      rmSync(join(directory, `rules/${name}.csv`));
    expect(message()).toBe('');
    expect(vars().cut_segments).toEqual(['enterprise', 'smb']);
    put(
      'rules/signal_cuts.csv',
      'signal,cut,segment,threshold,rationale\nescalations,two,smb,2,small\nescalations,lookback_days,enterprise,30,large\n',
    );
    expect(message()).toContain(
      'rules/signal_cuts.csv line 2, column cut: expected one of none, one, several, which a segment may have of its own, got "two"',
    );
    expect(message()).toContain(
      'rules/signal_cuts.csv line 3, column cut: expected one of none, one, several, which a segment may have of its own, got "lookback_days"',
    );
  });

  it.each([
    [
      'a row without a model',
      () => rmSync(join(directory, 'signals/seats_unused.sql')),
      'rules/signal_definitions.csv line 2: expected a model of the signal seats_unused in signals/seats_unused.sql, got none',
    ],
    [
      'properties without a model',
      () => rmSync(join(directory, 'checks/stalled_rollouts.sql')),
      'checks/stalled_rollouts.yml: expected a model checks/stalled_rollouts.sql beside it, got none',
    ],
    [
      'a model without a row',
      () => put('signals/moods.sql', 'select 1'),
      'signals/moods.sql: expected a row of the signal moods in rules/signal_definitions.csv',
    ],
    [
      'a signal without its name in words',
      () => replace('rules/signal_words.csv', 'seats_unused,,subject', 'seats_unused,none,subject'),
      'signals/seats_unused.sql: expected a row seats_unused,,subject in rules/signal_words.csv',
    ],
    [
      'a name of the product',
      () => put('signals/escalations.sql', 'select 1'),
      'signals/escalations.sql: expected a name that nothing of the product has',
    ],
    [
      'a name that cannot be',
      () => put('checks/Too-Loud.sql', 'select 1'),
      'checks/Too-Loud.sql: expected a name of at most 40 lower-case letters',
    ],
    [
      'properties of another model',
      () => replace('signals/seats_unused.yml', '- name: int_signals__seats_unused', '- name: seats_unused'),
      'signals/seats_unused.yml: expected properties of one model, int_signals__seats_unused, and its unit tests, got seats_unused',
    ],
    [
      'a signal that reads what later days know',
      () => replace('signals/seats_unused.sql', 'int_inputs__seat_invitations', 'int_renewals__renewals'),
      "signals/seats_unused.sql: expected only what each day knew: ref('int_canonical__…')",
    ],
    [
      'a signal that reads a raw table itself',
      () =>
        replace(
          'signals/seats_unused.sql',
          "ref('int_inputs__seat_invitations')",
          "raw_rows('raw', 'x', [])",
        ),
      'got raw_rows(…)',
    ],
    [
      'an input that reads no stream',
      () => replace('signals/inputs/seat_invitations.sql', 'raw_rows', 'no_rows'),
      "signals/inputs/seat_invitations.sql: expected a stream of a source, by raw_rows('raw', '<stream>'",
    ],
    [
      'a signal that rests on nothing known',
      () => replace('rules/signal_definitions.csv', ',10,seat_invitations', ',10,seats'),
      'rules/signal_definitions.csv line 2, column source_entity: expected what the signal rests on, one of accounts,',
    ],
    [
      'a preset that cannot be called so',
      () => replace('rules/signal_definitions.csv', 'standard,seats_unused', "our's,seats_unused"),
      'rules/signal_definitions.csv line 2, column preset: expected a name of at most 40',
    ],
    [
      'a check without a row',
      () => rmSync(join(directory, 'rules/check_rules.csv')),
      'checks/stalled_rollouts.sql: expected a row of the check stalled_rollouts in rules/check_rules.csv',
    ],
    [
      'a row of a check without a model',
      () => replace('rules/check_rules.csv', '\nstalled_rollouts,', '\nstalled,'),
      'rules/check_rules.csv line 2: expected a model of the check stalled in checks/stalled.sql, or the status by_hand',
    ],
  ])('are refused for %s', (_, change, expected) => {
    change();
    expect(message()).toContain(expected);
  });
});

describe('the signals that are computed', () => {
  const names = (preset: string, shadow: string[] = []) => Object.keys(signals(vars({ preset, shadow })));

  it('are those of the preset and its shadows, always with those of standard', () => {
    rmSync(join(directory, 'rules'), { recursive: true });
    rmSync(join(directory, 'signals'), { recursive: true });
    rmSync(join(directory, 'checks'), { recursive: true });
    expect(names('standard')).toHaveLength(10);
    expect(names('lean')).toHaveLength(16);
    expect(names('standard', ['account_fit'])).toEqual([...names('standard'), 'account_fit']);
  });

  it('have presets of the project’s own', () => {
    const file = 'rules/signal_definitions.csv';
    replace(file, 'standard,seats_unused', 'ours,seats_unused');
    expect(names('standard')).not.toContain('seats_unused');
    expect(names('ours')).toContain('seats_unused');
  });
});

describe('what tenure.yaml says of signals', () => {
  const load = async (said: string) => {
    put(
      'tenure.yaml',
      `warehouse: { type: duckdb, path: w.duckdb }\nsources: [{ name: book, kind: files, connector: { builtin: files, config: { path: ./data } } }]\nsignals: ${said}\n`,
    );
    return (await loadConfig(join(directory, 'tenure.yaml'), {})).signals;
  };

  it('may name presets as they were first', async () => {
    expect(await load('{ preset: standard_10 }')).toEqual({ preset: 'standard', shadow: [] });
    expect(await load('{ preset: lean_6, shadow: [seats_unused] }')).toEqual({
      preset: 'lean',
      shadow: ['seats_unused'],
    });
  });

  it('is refused with the names that there are', async () => {
    await expect(load('{ shadow: [moods] }')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(
        /signals\.shadow: expected a signal of signal_definitions .*seats_unused.*; got "moods"/,
      ),
    });
    await expect(load('{ preset: big }')).rejects.toThrow(
      /signals\.preset: expected a preset .* one of standard, lean; got "big"/,
    );
  });
});

describe('what is new', () => {
  const start = (kind: 'signal' | 'check' | 'page', name: string, input?: string) =>
    writeNew(directory, { kind, name, preset: 'standard', input });

  it('adds rows to the files of rules that are there, and says what it wrote', () => {
    const before = read('rules/signal_definitions.csv');
    expect(start('signal', 'calls', 'phone_calls').written).toEqual([
      'signals/calls.sql',
      'signals/calls.yml',
      'signals/inputs/phone_calls.sql',
      'rules/signal_definitions.csv',
      'rules/signal_cuts.csv',
      'rules/signal_words.csv',
    ]);
    expect(read('rules/signal_definitions.csv')).toBe(
      `${before}standard,calls,,product,0,phone_calls,assumed,say here why,,\n`,
    );
    expect(read('signals/calls.sql')).toContain("ref('int_inputs__phone_calls')");
    expect(message()).toBe('');
  });

  it('adds the columns that a file of rules lacks, with what its rows said so far', () => {
    put('rules/signal_definitions.csv', 'preset,signal,segment,weight\nstandard,login_frequency,,25\n');
    put('rules/signal_words.csv', 'signal,cut,part,words\n');
    rmSync(join(directory, 'signals'), { recursive: true });
    start('signal', 'calls');
    expect(read('rules/signal_definitions.csv')).toBe(
      'preset,signal,segment,weight,dimension,source_entity,status,rationale\n' +
        'standard,login_frequency,,25,product,usage_events,assumed,R45: how often anybody works in the product is the earliest sign of a falling habit\n' +
        'standard,calls,,0,engagement,meetings,assumed,say here why\n',
    );
  });

  it('replaces nothing, and leaves no trace when it is refused', () => {
    const rules = read('rules/signal_definitions.csv');
    expect(message(() => start('signal', 'seats_unused'))).toContain(
      'Expected no file signals/seats_unused.sql yet, found one.',
    );
    expect(message(() => start('signal', 'qbr_attendance'))).toContain('which is the product');
    expect(existsSync(join(directory, 'signals/qbr_attendance.sql'))).toBe(false);
    expect(read('rules/signal_definitions.csv')).toBe(rules);
    expect(message(() => start('page', 'renewals'))).toContain('pages/renewals.md: expected a name');
    expect(existsSync(join(directory, 'pages/renewals.md'))).toBe(false);
    expect(message(() => start('check', 'Loud'))).toContain('Expected a name of at most 40');
    expect(message(() => start('check', 'stalled', 'x'))).toContain('--input is what a signal rests on');
  });
});

it('finds the pages of a project and the queries that they read', () => {
  expect(ownPages(directory).map(({ kind, name }) => [kind, name])).toEqual([
    ['page', 'seats'],
    ['query', 'seat_invitations'],
  ]);
});
