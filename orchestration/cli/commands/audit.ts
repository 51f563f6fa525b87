import { Command, Option } from '@commander-js/extra-typings';
import type { Row, Warehouse } from '../../../warehouse/index.ts';
import type { Config } from '../../config/schema.ts';
import { usage } from '../../errors.ts';
import { requireBuilt } from '../../pipeline/built.ts';
import { reading } from '../../pipeline/configured-warehouse.ts';
import { count, filled, money, percent, table } from '../../runtime/print.ts';
import { type Answer, configOf, daylessVerb, parseCount, show } from '../context.ts';
import { writtenCsv } from '../written-csv.ts';

/** So many accounts of an aspect are named, largest ARR first, where no aspect is asked for. */
const NAMED = 3;

interface Asked {
  readonly aspect?: string | undefined;
  readonly owner?: string | undefined;
}

/** The audit: its aspects, and the accounts that are not complete in them, largest ARR first. */
export interface Audit {
  readonly aspects: readonly Row[];
  readonly incomplete: readonly Row[];
}

async function readAudit(warehouse: Warehouse, { aspect, owner }: Asked): Promise<Audit> {
  const { db } = warehouse;
  const aspects = await db
    .selectFrom('marts.fct_data_quality')
    .select(['aspect', 'title', 'complete_share', 'complete_count', 'known_count', 'n', 'advice'])
    .orderBy('weight', 'desc')
    .orderBy('aspect')
    .execute();
  const known = aspects.map((row) => row.aspect).filter((each) => each !== 'all');
  if (aspect !== undefined && !known.includes(aspect))
    throw usage(`There is no aspect "${aspect}"; expected one of ${known.join(', ')}.`);
  const incomplete = await db
    .selectFrom('marts.fct_data_quality_accounts')
    .select([
      'aspect',
      'title',
      'account_id',
      'name',
      'owner_name',
      'owner_email',
      'arr',
      'crm_url',
      'advice',
      'is_known',
      'known_reason',
      'known_until_date',
    ])
    .where('is_complete', '=', false)
    .$if(aspect !== undefined, (some) => some.where('aspect', '=', aspect ?? ''))
    .orderBy('aspect')
    .orderBy('arr', 'desc')
    .orderBy('account_id')
    .execute();
  const isAsked = (row: Row) =>
    owner === undefined ||
    [row.owner_name, row.owner_email].some((each) => String(each).toLowerCase() === owner.toLowerCase());
  return { aspects, incomplete: incomplete.filter(isAsked) };
}

/** The columns of the list that is handed out. */
const LIST = [
  'aspect',
  'missing',
  'account_id',
  'account',
  'owner',
  'owner_email',
  'arr',
  'record',
  'known',
  'what_to_do',
];
/** What the register of known noise says of a gap. */
const knownText = ({ is_known, known_reason, known_until_date }: Row): string | null =>
  is_known ? `known${known_until_date === null ? '' : `, until ${known_until_date}`}: ${known_reason}` : null;

const listed = (row: Row) => ({
  aspect: row.aspect,
  missing: `does not ${row.title}`,
  account_id: row.account_id,
  account: row.name,
  owner: row.owner_name,
  owner_email: row.owner_email,
  arr: row.arr,
  record: row.crm_url,
  known: knownText(row),
  what_to_do: row.advice,
});

function auditText({ aspects, incomplete }: Audit, config: Config, { aspect }: Asked): string {
  if (aspect !== undefined) {
    const [first] = incomplete;
    if (first === undefined) return `No account is incomplete in ${aspect}.`;
    const rows = incomplete.map(listed);
    const columns = filled(['account', 'owner', 'arr', 'record', 'known', 'account_id'], rows);
    return `${count(rows.length, 'account')} ${rows.length === 1 ? 'does' : 'do'} not ${first.title}. ${first.advice}.\n${table(columns, rows)}`;
  }
  const sections = aspects
    .filter((row) => row.aspect !== 'all')
    .map((row) => {
      const those = incomplete.filter((each) => each.aspect === row.aspect);
      const head = `${percent(row.complete_share as number | null)} ${row.title} (${row.aspect})`;
      if (those.length === 0) return head;
      const known = those.filter((each) => each.is_known).length;
      const named = those
        .slice(0, NAMED)
        .map(
          (each) =>
            `    ${each.name ?? each.account_id}, ${each.owner_name ?? 'no owner'}, ${money(each.arr as number | null, config.tenant.currency)}`,
        );
      const more =
        those.length > NAMED
          ? [`    and ${those.length - NAMED} more: tenure audit --aspect ${row.aspect}`]
          : [];
      return [
        `${head}: ${those.length} ${those.length === 1 ? 'does' : 'do'} not${known === 0 ? '' : ` (${known} known)`}. ${row.advice}.`,
        ...named,
        ...more,
      ].join('\n');
    });
  const score = aspects.find((row) => row.aspect === 'all');
  return [
    `Data quality ${percent(score?.complete_share as number | null)}${score?.advice ? `. ${score.advice}.` : ''}`,
    ...sections,
    'tenure audit --csv FILE writes all of them, to hand out; --owner NAME those of one owner.',
  ].join('\n');
}

/** What a sample says of an account, to hold against its sources. */
const SAMPLE = ['account', 'record', 'what', 'in_tenure', 'in_the_source'];

/** Accounts from the largest ARR to the smallest, evenly, with each figure that a person can look up in its source. */
async function readSample(warehouse: Warehouse, size: number): Promise<readonly Row[]> {
  const { rows: accounts } = await warehouse.query(
    `select account_id, name, crm_url, owner_name, segment, arr, next_renewal_date
     from marts.dim_accounts
     where not is_churned and as_of_date is not null
     order by arr desc, account_id`,
  );
  const step = accounts.length / Math.min(size, accounts.length || 1);
  const chosen = Array.from(
    { length: Math.min(size, accounts.length) },
    (_, place) => accounts[Math.floor(place * step)]!,
  );
  const { rows: measures } = await warehouse.query(
    `select contributions.account_id, contributions.signal, contributions.measure, contributions.signal_value
     from marts.fct_signal_contributions_daily as contributions
     inner join marts.dim_accounts as accounts
       on contributions.account_id = accounts.account_id
       and contributions.as_of_date = accounts.as_of_date
       and contributions.model_version = accounts.model_version
     order by contributions.signal`,
  );
  return chosen.flatMap((account) => {
    const facts: [string, unknown][] = [
      ['owner', account.owner_name],
      ['segment', account.segment],
      ['ARR', account.arr],
      ['next renewal', account.next_renewal_date],
      ...measures
        .filter((row) => row.account_id === account.account_id)
        .map((row): [string, unknown] => [`${row.signal}, measured`, row.measure ?? row.signal_value]),
    ];
    return facts.map(([what, value]) => ({
      account: account.name ?? account.account_id,
      record: account.crm_url,
      what,
      in_tenure: value ?? 'unknown',
      in_the_source: '',
    }));
  });
}

export const auditVerb = () =>
  daylessVerb(
    new Command('audit')
      .description('what the accounts lack, by name: to hand out to who can enter it')
      .option('--aspect <aspect>', 'all accounts that lack this')
      .option('--owner <owner>', 'only those of an owner, by name or e-mail')
      .addOption(
        new Option('--sample <accounts>', 'so many accounts with what to compare by hand').argParser(
          parseCount,
        ),
      )
      .option('--csv <file>', 'write the list as a CSV file, which must not be there yet'),
    'it reads what was last built',
  ).action(async (options) => {
    const config = await configOf(options.config, 'audit');
    const answer = await reading(config, async (warehouse): Promise<Answer> => {
      await requireBuilt(warehouse, ['marts.fct_data_quality', 'marts.fct_data_quality_accounts']);
      if (options.sample !== undefined) {
        const rows = await readSample(warehouse, options.sample);
        const text = options.csv
          ? await writtenCsv(options.csv, SAMPLE, rows)
          : table(filled(SAMPLE, rows), rows);
        return { value: rows, text };
      }
      const audit = await readAudit(warehouse, options);
      const list = audit.incomplete.map(listed);
      return {
        value: list,
        text: options.csv ? await writtenCsv(options.csv, LIST, list) : auditText(audit, config, options),
      };
    });
    show(options, answer);
  });
