import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { answer } from '../tenure.ts';

const [FIRST, SECOND, THIRD] = ['2026-06-14', '2026-06-22', '2026-06-24'] as const;

const step = (name: string, before: number, title: string) => ({
  ...{ step: name, before, due_days: 5, title, text: `${title}.` },
});
const VERSION_1 = {
  ...{ version: 1, title: 'Rescue', why: 'as it was', trigger: { renewal: 90 } },
  steps: [step('look', 60, 'Look'), step('call', 42, 'Call'), step('settle', 10, 'Settle')],
};
const VERSION_2 = {
  ...{ version: 2, title: 'New rescue', why: 'as it is', trigger: { renewal: 100 } },
  steps: [step('look', 100, 'Look again'), step('write', 42, 'Write')],
};

/**
 * Two accounts whose renewals of 1 August are in a play when its playbook changes, and one that comes into it after; then
 * the play is turned off.
 */
describe('a playbook that changes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-playbooks-'));
  const config = join(folder, 'tenure.yaml');
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(folder, 'data', `${name}.csv`), `${lines.join('\n')}\n`);
  const configure = (plays: readonly object[]) =>
    writeFileSync(
      config,
      stringify({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
        tenant: { history_start_date: '2026-06-01' },
        plays,
        sources: [
          { name: 'book', kind: 'files', connector: { builtin: 'files', config: { path: './data' } } },
        ],
      }),
    );
  const playbook = (document: object) =>
    writeFileSync(join(folder, 'playbooks', 'rescue.yaml'), stringify(document));
  const line = (day: string) =>
    answer<unknown>(['run', '--until', 'score', '--skip-tests', '--config', config, '--as-of', day]);
  const query = (sql: string) => answer<Record<string, unknown>[]>(['query', sql, '--config', config]);
  const plays = () =>
    query(
      'select account_id, title, version, started_date, state, over_reason from marts.fct_plays order by 1',
    );
  const steps = () =>
    query(
      `select account_id, version, step, title, opens_date, state, close_reason from marts.fct_play_steps
       order by account_id, position`,
    );
  let stepsOfFirst: Record<string, unknown>[];

  beforeAll(async () => {
    mkdirSync(join(folder, 'data'));
    mkdirSync(join(folder, 'playbooks'));
    const accounts = [
      'account_id,name,owner_email',
      'a,Fictional A,csm@a.example',
      'b,Fictional B,csm@a.example',
    ];
    const contract = (id: string, end: string, knownAt: string) =>
      `${id}-c,${id},2025-08-01,${end},50000,${knownAt}`;
    const contracts = [
      'contract_id,account_id,term_start_date,term_end_date,arr,known_at',
      ...['a', 'b'].map((id) => contract(id, '2026-08-01', '2025-08-01T00:00:00Z')),
    ];
    write('accounts', accounts);
    write('contracts', contracts);
    configure([{ play: 'rescue', since: '2026-06-01' }]);
    playbook(VERSION_1);
    await line(FIRST);
    stepsOfFirst = await steps();
    write('accounts', [...accounts, 'c,Fictional C,csm@a.example']);
    write('contracts', [...contracts, contract('c', '2026-09-30', '2026-06-20T00:00:00Z')]);
    playbook(VERSION_2);
    await line(SECOND);
  }, 900_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const ofFirst = (account: string, called: string) => [
    {
      account_id: account,
      version: 1,
      step: 'look',
      title: 'Look',
      opens_date: '2026-06-02',
      state: 'overdue',
    },
    { account_id: account, version: 1, step: 'call', title: 'Call', opens_date: '2026-06-20', state: called },
    {
      account_id: account,
      version: 1,
      step: 'settle',
      title: 'Settle',
      opens_date: '2026-07-22',
      state: 'planned',
    },
  ];

  it('leaves those that run with the version and the steps by which they began', async () => {
    expect(stepsOfFirst).toMatchObject([...ofFirst('a', 'planned'), ...ofFirst('b', 'planned')]);
    expect(await plays()).toMatchObject([
      { account_id: 'a', title: 'Rescue', version: 1, started_date: '2026-06-01', state: 'running' },
      { account_id: 'b', title: 'Rescue', version: 1, started_date: '2026-06-01', state: 'running' },
      // 100 days before 30 September; the version before would begin it ten days later
      { account_id: 'c', title: 'New rescue', version: 2, started_date: '2026-06-22', state: 'running' },
    ]);
    expect(await steps()).toMatchObject([
      ...ofFirst('a', 'open'),
      ...ofFirst('b', 'open'),
      {
        account_id: 'c',
        version: 2,
        step: 'look',
        title: 'Look again',
        opens_date: '2026-06-22',
        state: 'open',
      },
      {
        account_id: 'c',
        version: 2,
        step: 'write',
        title: 'Write',
        opens_date: '2026-08-19',
        state: 'planned',
      },
    ]);
  });

  it('shows of a past day what was in force then', async () => {
    await line(FIRST);
    expect(await steps()).toEqual(stepsOfFirst);
    await line(SECOND);
    expect((await steps()).map(({ version }) => version)).toEqual([1, 1, 1, 1, 1, 1, 2, 2]);
  }, 900_000);

  it('that is turned off ends its plays, with the reason', async () => {
    configure([]);
    await line(THIRD);
    expect(await plays()).toMatchObject(
      ['a', 'b', 'c'].map((account_id) => ({ account_id, state: 'ended', over_reason: 'turned_off' })),
    );
    expect((await steps()).map(({ step: name, state, close_reason }) => [name, state, close_reason])).toEqual(
      [
        ...['a', 'b'].flatMap(() => [
          ['look', 'closed', 'turned_off'],
          ['call', 'closed', 'turned_off'],
          ['settle', 'skipped', null],
        ]),
        ['look', 'closed', 'turned_off'],
        ['write', 'skipped', null],
      ],
    );
  }, 900_000);
});
