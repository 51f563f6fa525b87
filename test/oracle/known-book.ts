import type { Row } from '../../warehouse/index.ts';
import type { Company } from './company.ts';

type Contract = Company['contracts'][number];

/** What became of an account, worked by hand: what moved its ARR (month, kind, amount), and its renewals. */
export interface KnownAccount {
  readonly why: string;
  readonly contracts: readonly Contract[];
  /** month, kind of movement and amount, of the history from January 2025 to 10 March 2026 */
  readonly movements: Readonly<Record<string, readonly (readonly [string, string, number])[]>>;
  /** contract, renewal date, outcome and renewed ARR; null while open */
  readonly renewals: readonly (readonly [string, string, string | null, number | null])[];
}

const contract = (
  account_id: string,
  id: string,
  term: readonly [string, string | null],
  arr: number,
  more: Partial<Contract> = {},
): Contract => ({
  contract_id: `${account_id}-${id}`,
  account_id,
  term_start_date: term[0],
  term_end_date: term[1],
  arr,
  seats: null,
  auto_renew: false,
  ...more,
});
const dated = (day: string, more: Partial<Contract> = {}) => ({ updated_at: `${day}T10:00:00Z`, ...more });
const auto = (day: string, more: Partial<Contract> = {}) => dated(day, { auto_renew: true, ...more });

/** Accounts each of which shows one rule of definitions section 4; ids begin with `known-`. */
export const KNOWN_ACCOUNTS: readonly KnownAccount[] = [
  {
    why: 'a quarter that turns into a year within itself is no churn',
    contracts: [
      contract('known-anew', 'c', ['2025-01-01', '2025-04-01'], 12_000, dated('2025-01-01')),
      contract('known-anew', 'c', ['2025-04-01', '2025-07-01'], 12_000, dated('2025-04-01')),
      contract('known-anew', 'c', ['2025-06-10', '2026-06-10'], 12_000, dated('2025-06-10')),
    ],
    movements: { 'known-anew': [['2025-01', 'new', 12_000]] },
    renewals: [
      ['known-anew-c', '2025-04-01', 'renewed', 12_000],
      ['known-anew-c', '2026-06-10', null, null],
    ],
  },
  {
    why: 'an upgrade that begins a new year keeps the months before',
    contracts: [
      contract('known-upgrade', 'c', ['2025-01-01', '2026-01-01'], 12_000, dated('2025-01-01')),
      contract('known-upgrade', 'c', ['2025-09-15', '2026-09-15'], 18_000, dated('2025-09-15')),
    ],
    movements: {
      'known-upgrade': [
        ['2025-01', 'new', 12_000],
        ['2025-09', 'expansion', 6_000],
      ],
    },
    renewals: [['known-upgrade-c', '2026-09-15', null, null]],
  },
  {
    why: 'so does one in a year that renewed itself',
    contracts: [
      contract('known-upgrade-later', 'c', ['2024-01-01', '2025-01-01'], 12_000, auto('2024-01-01')),
      contract('known-upgrade-later', 'c', ['2025-09-15', '2026-09-15'], 9_000, auto('2025-09-15')),
    ],
    movements: { 'known-upgrade-later': [['2025-09', 'contraction', -3_000]] },
    renewals: [
      ['known-upgrade-later-c', '2025-01-01', 'renewed', 12_000],
      ['known-upgrade-later-c', '2026-09-15', null, null],
    ],
  },
  {
    why: 'auto-renewal switched off counts for the end of the year that runs',
    contracts: [
      contract('known-off', 'c', ['2024-01-01', '2025-01-01'], 12_000, auto('2024-01-01')),
      contract('known-off', 'c', ['2024-01-01', '2025-01-01'], 12_000, dated('2025-03-10')),
    ],
    movements: { 'known-off': [['2026-01', 'churned', -12_000]] },
    renewals: [
      ['known-off-c', '2025-01-01', 'renewed', 12_000],
      ['known-off-c', '2026-01-01', 'churned', 0],
    ],
  },
  {
    why: 'a notice ends the year in which it is given',
    contracts: [
      contract('known-notice', 'c', ['2024-01-01', '2025-01-01'], 12_000, auto('2024-01-01')),
      contract(
        'known-notice',
        'c',
        ['2024-01-01', '2025-01-01'],
        12_000,
        dated('2025-11-10', { cancelled_at: '2025-11-10T08:00:00Z' }),
      ),
    ],
    movements: { 'known-notice': [['2026-01', 'churned', -12_000]] },
    renewals: [
      ['known-notice-c', '2025-01-01', 'renewed', 12_000],
      ['known-notice-c', '2026-01-01', 'churned', 0],
    ],
  },
  {
    why: 'a link renews under another account; movements stay with each',
    contracts: [
      contract('known-seller', 'c', ['2025-01-01', '2026-01-01'], 12_000, dated('2025-01-01')),
      contract(
        'known-buyer',
        'c',
        ['2026-01-01', '2027-01-01'],
        12_000,
        dated('2025-12-20', { previous_contract_id: 'known-seller-c' }),
      ),
    ],
    movements: {
      'known-seller': [
        ['2025-01', 'new', 12_000],
        ['2026-01', 'churned', -12_000],
      ],
      'known-buyer': [['2026-01', 'new', 12_000]],
    },
    renewals: [
      ['known-seller-c', '2026-01-01', 'renewed', 12_000],
      ['known-buyer-c', '2027-01-01', null, null],
    ],
  },
  {
    why: 'two that name one both renew it',
    contracts: [
      contract('known-split', 'old', ['2024-11-01', '2025-11-01'], 12_000, dated('2024-10-20')),
      contract('known-split', 'a', ['2025-11-01', '2026-11-01'], 5_000, {
        previous_contract_id: 'known-split-old',
        known_at: '2025-10-20T00:00:00Z',
      }),
      contract('known-split', 'b', ['2025-11-01', '2026-11-01'], 5_000, {
        product: 'plus',
        previous_contract_id: 'known-split-old',
        known_at: '2025-10-20T00:00:00Z',
      }),
    ],
    movements: { 'known-split': [['2025-11', 'contraction', -2_000]] },
    renewals: [
      ['known-split-old', '2025-11-01', 'contracted', 10_000],
      ['known-split-a', '2026-11-01', null, null],
      ['known-split-b', '2026-11-01', null, null],
    ],
  },
  {
    why: 'one that names two renews both, by the ARR due: 125,000 of 100,000 and 20,000',
    contracts: [
      contract('known-joint', 'a', ['2024-07-01', '2025-07-01'], 100_000, dated('2024-07-01')),
      contract('known-joint', 'b', ['2024-11-01', '2025-07-01'], 20_000, dated('2024-11-01')),
      contract(
        'known-joint',
        'c',
        ['2025-07-01', '2026-07-01'],
        125_000,
        dated('2025-06-20', { previous_contract_id: 'known-joint-a;known-joint-b' }),
      ),
    ],
    movements: { 'known-joint': [['2025-07', 'expansion', 5_000]] },
    renewals: [
      ['known-joint-a', '2025-07-01', 'expanded', 104_166.67],
      ['known-joint-b', '2025-07-01', 'expanded', 20_833.33],
      ['known-joint-c', '2026-07-01', null, null],
    ],
  },
  {
    why: 'an end moved on to that of the running year says only that, and the next year is one',
    contracts: [
      contract('known-moved', 'c', ['2024-01-01', '2025-01-01'], 12_000, auto('2024-01-01')),
      contract('known-moved', 'c', ['2024-01-01', '2026-01-01'], 12_000, auto('2025-01-10')),
      contract('known-moved', 'c', ['2024-01-01', '2027-01-01'], 12_000, auto('2026-02-01')),
    ],
    movements: { 'known-moved': [] },
    renewals: [
      ['known-moved-c', '2025-01-01', 'renewed', 12_000],
      ['known-moved-c', '2026-01-01', 'renewed', 12_000],
      ['known-moved-c', '2027-01-01', null, null],
    ],
  },
  {
    why: 'an end moved to another day is that of the running year, whose length the next one keeps',
    contracts: [
      contract('known-moved-off', 'c', ['2024-01-01', '2025-01-01'], 12_000, auto('2024-01-01')),
      contract('known-moved-off', 'c', ['2024-01-01', '2026-03-01'], 12_000, auto('2025-01-10')),
    ],
    movements: { 'known-moved-off': [] },
    renewals: [
      ['known-moved-off-c', '2025-01-01', 'renewed', 12_000],
      ['known-moved-off-c', '2026-03-01', 'renewed', 12_000],
      ['known-moved-off-c', '2027-03-01', null, null],
    ],
  },
  {
    why: 'a year from 29 February, and half a year from 31 August, do not drift',
    contracts: [
      contract('known-leap', 'c', ['2024-02-29', '2025-03-01'], 12_000, auto('2024-02-29')),
      contract('known-leap', 'd', ['2024-08-31', '2025-02-28'], 12_000, auto('2024-08-31')),
    ],
    movements: { 'known-leap': [] },
    renewals: [
      ['known-leap-c', '2025-03-01', 'renewed', 12_000],
      ['known-leap-c', '2026-03-01', 'renewed', 12_000],
      ['known-leap-c', '2027-03-01', null, null],
      ['known-leap-d', '2025-02-28', 'renewed', 12_000],
      ['known-leap-d', '2025-08-31', 'renewed', 12_000],
      ['known-leap-d', '2026-02-28', 'renewed', 12_000],
      ['known-leap-d', '2026-08-31', null, null],
    ],
  },
  {
    why: 'without an end a contract is in force until cancelled, or until one that names it begins; nothing is due',
    contracts: [
      contract('known-endless', 'a', ['2020-01-01', null], 1_000, dated('2020-01-01')),
      contract('known-endless', 'b', ['2020-01-01', null], 2_000, auto('2020-01-01')),
      contract(
        'known-endless',
        'b',
        ['2020-01-01', null],
        2_000,
        auto('2025-05-05', { cancelled_at: '2025-05-05T10:00:00Z', cancel_effective_date: '2025-07-01' }),
      ),
      contract('known-endless', 'c', ['2020-01-01', null], 4_000, dated('2020-01-01')),
      contract(
        'known-endless',
        'd',
        ['2025-09-01', '2026-09-01'],
        5_000,
        dated('2025-08-20', { previous_contract_id: 'known-endless-c' }),
      ),
    ],
    movements: {
      'known-endless': [
        ['2025-07', 'contraction', -2_000],
        ['2025-09', 'expansion', 1_000],
      ],
    },
    renewals: [['known-endless-d', '2026-09-01', null, null]],
  },
  {
    why: 'a successor within grace of the end of the ARR bridges the gap after a cancellation; a later one does not',
    contracts: ['known-bridged', 'known-apart'].flatMap((id) => [
      contract(
        id,
        'old',
        ['2024-06-01', '2025-06-01'],
        12_000,
        dated('2025-02-01', { cancelled_at: '2025-02-01T10:00:00Z', cancel_effective_date: '2025-04-20' }),
      ),
      contract(
        id,
        'next',
        [id === 'known-bridged' ? '2025-05-20' : '2025-06-10', '2026-06-01'],
        12_000,
        dated('2025-05-01', { previous_contract_id: `${id}-old` }),
      ),
    ]),
    movements: {
      'known-bridged': [],
      'known-apart': [
        ['2025-04', 'churned', -12_000],
        ['2025-06', 'reactivation', 12_000],
      ],
    },
    renewals: ['known-bridged', 'known-apart'].flatMap((id): KnownAccount['renewals'] => [
      [`${id}-old`, '2025-06-01', 'renewed', 12_000],
      [`${id}-next`, '2026-06-01', null, null],
    ]),
  },
  {
    why: 'where one ends and one begins on a day, whatever the product; one that renews itself does not end',
    contracts: [
      contract(
        'known-switch',
        'a',
        ['2024-05-01', '2025-05-01'],
        3_000,
        dated('2024-05-01', { product: 'x' }),
      ),
      contract(
        'known-switch',
        'b',
        ['2025-05-01', '2026-05-01'],
        4_000,
        dated('2025-04-01', { product: 'y' }),
      ),
      contract('known-add', 'a', ['2024-05-01', '2025-05-01'], 3_000, auto('2024-05-01', { product: 'x' })),
      contract('known-add', 'b', ['2025-05-01', '2026-05-01'], 4_000, dated('2025-04-01', { product: 'y' })),
    ],
    movements: {
      'known-switch': [['2025-05', 'expansion', 1_000]],
      'known-add': [['2025-05', 'expansion', 4_000]],
    },
    renewals: [
      ['known-switch-a', '2025-05-01', 'expanded', 4_000],
      ['known-switch-b', '2026-05-01', null, null],
      ['known-add-a', '2025-05-01', 'renewed', 3_000],
      ['known-add-a', '2026-05-01', null, null],
      ['known-add-b', '2026-05-01', null, null],
    ],
  },
  {
    why: 'lost before the history began',
    contracts: [contract('known-before', 'c', ['2023-01-01', '2024-01-01'], 12_000, dated('2022-12-01'))],
    movements: { 'known-before': [] },
    renewals: [['known-before-c', '2024-01-01', 'churned', 0]],
  },
];

const KINDS = ['new', 'expansion', 'contraction', 'churned', 'reactivation'];
const amount = (value: unknown) => (value === null ? null : Number(value));
const inOrder = (rows: readonly (readonly unknown[])[]) =>
  [...rows].sort((a, b) => (`${a[0]} ${a[1]}` < `${b[0]} ${b[1]}` ? -1 : 1));

/** What rows of marts.fct_arr_movements and of the renewals say of an account; days and months of them are texts. */
export function saidOf(known: KnownAccount, movements: readonly Row[], renewals: readonly Row[]) {
  const moved = Object.keys(known.movements).map((id) => [
    id,
    movements
      .filter((row) => row.account_id === id)
      .flatMap((row) =>
        KINDS.flatMap((kind) => {
          const value = Number(row[`arr_${kind}`]);
          return value === 0 ? [] : [[String(row.month).slice(0, 7), kind, value]];
        }),
      ),
  ]);
  const ids = new Set(known.contracts.map(({ contract_id }) => contract_id));
  const renewed = renewals
    .filter((row) => ids.has(String(row.contract_id)))
    .map((row) => [
      row.contract_id,
      String(row.renewal_date).slice(0, 10),
      row.renewal_outcome,
      amount(row.renewed_arr),
    ]);
  return { moved: Object.fromEntries(moved), renewed: inOrder(renewed) };
}

/** What those rows should say. */
export const expectedOf = (known: KnownAccount) => ({
  moved: known.movements,
  renewed: inOrder(known.renewals),
});

/** Their accounts and contracts as a company's sources would hold them. */
export function knownBook(): Pick<Company, 'accounts' | 'contracts'> {
  const contracts = KNOWN_ACCOUNTS.flatMap((known) => known.contracts);
  const ids = [...new Set(contracts.map(({ account_id }) => account_id))];
  return {
    accounts: ids.map((account_id) => ({ account_id, name: `Fictional ${account_id}`, created_at: null })),
    contracts,
  };
}
