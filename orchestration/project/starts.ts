import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleRow } from '../config/rule-tables.ts';
import { OWN_KINDS } from './own-models.ts';

/** The rows that something new needs in a table of rules, and the values by which it is seen to have some already. */
export interface RuleStart {
  readonly table: string;
  readonly key: RuleRow;
  readonly rows: readonly RuleRow[];
}

/** A working start: files by their path in the project, rows of rules, and what to do next. */
export interface Start {
  readonly files: Readonly<Record<string, string>>;
  readonly rules: readonly RuleStart[];
  readonly next: readonly string[];
}

/** The texts beside this file, one after the other, with the names put in. */
const text = (files: readonly string[], names: Readonly<Record<string, string>>): string =>
  files
    .map((file) => readFileSync(join(import.meta.dirname, 'starts', file), 'utf8'))
    .join('')
    .replace(/__(name|input|title)__/g, (_, key: string) => names[key] ?? '');

/** `seats_unused` → `Seats unused` */
const titleOf = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');

const TO_WRITE = 'say here why';

/** The start of a signal that counts rows: of an input of the project's own, else meetings. */
export function signalStart(name: string, preset: string, input?: string): Start {
  const kind = input === undefined ? 'signal-of-meetings' : 'signal-of-input';
  const names = { name, ...(input === undefined ? {} : { input }) };
  const cut = (named: string, threshold: number, signal_value: number | '', unit: string): RuleRow => ({
    signal: name,
    cut: named,
    threshold: String(threshold),
    signal_value: String(signal_value),
    unit,
    status: 'assumed',
    rationale: TO_WRITE,
  });
  const words = (part: string, said: string): RuleRow => ({ signal: name, cut: '', part, words: said });
  const what = input === undefined ? 'meetings' : input.replaceAll('_', ' ');
  return {
    files: {
      [`signals/${name}.sql`]: text([`${kind}.sql`, 'signal-end.sql'], names),
      [`signals/${name}.yml`]: text(['signal.yml', `${kind}.yml`, 'signal-end.yml'], names),
    },
    rules: [
      {
        table: 'signal_definitions',
        key: { signal: name },
        rows: [
          {
            preset,
            signal: name,
            segment: '',
            dimension: input === undefined ? 'engagement' : 'product',
            weight: '0',
            source_entity: input ?? 'meetings',
            status: 'assumed',
            rationale: TO_WRITE,
          },
        ],
      },
      {
        table: 'signal_cuts',
        key: { signal: name },
        rows: [
          cut('lookback_days', 90, '', 'days'),
          cut('none', 0, 20, what),
          cut('some', 1, 70, `${what}: at least`),
          cut('many', 3, 100, `${what}: at least`),
        ],
      },
      {
        table: 'signal_words',
        key: { signal: name },
        rows: [
          words('subject', titleOf(name)),
          words('more', `More ${what}`),
          words('fewer', `Fewer ${what}`),
          words('state', `{measure} ${what}[ in the last {lookback_days} days]`),
          words('state_at_zero', `no ${what}[ in the last {lookback_days} days]`),
        ],
      },
    ],
    next: [
      ...(input === undefined ? [] : [`name the columns of the table in signals/inputs/${input}.sql`]),
      `say in signals/${name}.sql what is measured, and in its unit test what it must give`,
      'tenure build: it is computed at weight 0, which moves no score; tenure explain ACCOUNT shows it',
      'tenure calibrate says what it is worth; then give it a weight in rules/signal_definitions.csv and take as much from others',
    ],
  };
}

/** The start of a model of a raw table of the company's own. */
export const inputFile = (input: string): Readonly<Record<string, string>> => ({
  [`${OWN_KINDS.input.folder}/${input}.sql`]: text(['input.sql'], { input }),
});

/** The start of a check: a share of the scored accounts. */
export const checkStart = (name: string): Start => ({
  files: {
    [`checks/${name}.sql`]: text(['check.sql'], { name }),
    [`checks/${name}.yml`]: text(['check.yml'], { name }),
  },
  rules: [
    {
      table: 'check_rules',
      key: { check_id: name },
      rows: [
        {
          check_id: name,
          title: titleOf(name),
          unit: 'share of accounts',
          red_line: '0.1',
          red_when: 'above',
          min_n: '10',
          window_days: '',
          lead_days: '',
          months: '',
          cadence: 'monthly',
          status: 'assumed',
          rationale: TO_WRITE,
        },
      ],
    },
  ],
  next: [
    `say in checks/${name}.sql what is counted, in its unit test what it must give, and in rules/check_rules.csv when it is red`,
    'tenure build, tenure score; tenure check shows it beside the others',
  ],
});

/** The start of a page: a query and a table of what it gives. */
export const pageStart = (name: string): Start => ({
  files: {
    [`pages/${name}.md`]: text(['page.md'], { name, title: titleOf(name) }),
    [`pages/sources/${name}.sql`]: text(['page.sql'], { name }),
  },
  rules: [],
  next: [
    `write the page in pages/${name}.md, on what pages/sources/${name}.sql asks the warehouse`,
    'tenure report, then tenure serve: it stands in the navigation beside the others',
  ],
});

/** The start of a playbook: three steps after an alert. */
export const playbookStart = (name: string): Start => ({
  files: { [`playbooks/${name}.yaml`]: text(['playbook.yaml'], { title: titleOf(name) }) },
  rules: [],
  next: [
    `write its steps in playbooks/${name}.yaml`,
    `name it in tenure.yaml, with the day from which on it runs: plays: [{ play: ${name}, since: 2026-12-31 }]`,
    'tenure build, tenure score; tenure activate shows the tasks that it would make',
  ],
});
