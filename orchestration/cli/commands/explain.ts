import { Command, Option } from '@commander-js/extra-typings';
import { Temporal } from 'temporal-polyfill';
import {
  type ExplainedChange,
  explainChange,
  hasSegments,
  presentModelVersion,
  readSignalWords,
} from '../../../scoring/index.ts';
import { dateParameter, type IsoDate, type Warehouse } from '../../../warehouse/index.ts';
import type { Config } from '../../config/schema.ts';
import { TenureError, usage } from '../../errors.ts';
import { requireBuilt } from '../../pipeline/built.ts';
import { withWarehouse } from '../../pipeline/configured-warehouse.ts';
import { oneLine, table } from '../../runtime/print.ts';
import { configOf, parseDay, show, verb } from '../context.ts';

interface DayHealth {
  readonly as_of_date: IsoDate;
  readonly score: number | null;
  readonly category: string | null;
  readonly category_effective: string | null;
  readonly flag: string | null;
  readonly weight_coverage: number;
  readonly model_version: string;
  readonly segment: string | null;
}

const READ = [
  'marts.dim_accounts',
  'marts.fct_account_health_daily',
  'marts.fct_signal_contributions_daily',
  'intermediate.int_scores__model_version',
] as const;

/** One signal's part of the score on the day. */
export interface Contribution {
  readonly signal: string;
  readonly measure: number | null;
  /** The row of `signal_cuts.csv` that gave the value; null for signals without cuts and days of an earlier release. */
  readonly cut: string | null;
  /** Whether the value is only a part of what that row gives, as 40 % of the seats are of `full`. */
  readonly is_part_of_cut: boolean;
  readonly signal_value: number | null;
  readonly weight: number;
  readonly contribution: number;
  /** The first of the days on end on which the value is frozen, because its source is stale; null when it is not. */
  readonly frozen_since: IsoDate | null;
}

/** Something that is known to be wrong in an account's data, from the register of known noise. */
export interface Noise {
  /** The signal or the aspect of the audit; null where all data of the account are meant. */
  readonly subject: string | null;
  readonly reason: string;
  readonly until_date: IsoDate | null;
  readonly confirmed_by: string | null;
}

export interface Explanation {
  readonly account_id: string;
  readonly name: string;
  readonly health: DayHealth;
  readonly contributions: readonly Contribution[];
  /** What is known to be wrong in its data as of the last build. */
  readonly known_noise: readonly Noise[];
  /** What moved the score since an earlier day; null when the account was not scored then. */
  readonly change: ExplainedChange | null;
}

/** The id of an account as Salesforce's pages show it. */
const SHORT_SALESFORCE_ID = /^001[a-zA-Z0-9]{12}$/;

async function findAccount(
  { db }: Warehouse,
  account: string,
): Promise<{ account_id: string; name: string }> {
  const rows = await db
    .selectFrom('marts.dim_accounts')
    .select(['account_id', 'name'])
    .where(({ and, eb, fn, or }) =>
      or([
        eb('account_id', '=', account),
        eb(fn('lower', ['name']), '=', account.toLowerCase()),
        // Salesforce's pages show the first 15 of an id's 18 characters.
        ...(SHORT_SALESFORCE_ID.test(account)
          ? [
              and([
                eb('account_id', 'like', `${account}%`),
                eb(fn<number>('length', ['account_id']), '=', 18),
              ]),
            ]
          : []),
      ]),
    )
    .orderBy('account_id')
    .execute();
  const [found] = rows;
  if (found === undefined) {
    throw usage(
      `No account has the id or name "${account}". Find it with: tenure query "select account_id, name from marts.dim_accounts"`,
    );
  }
  if (rows.length > 1) {
    throw usage(
      `${rows.length} accounts are named "${account}": use one of the ids ${rows.map((row) => row.account_id).join(', ')}.`,
    );
  }
  return { account_id: found.account_id, name: String(found.name) };
}

async function healthOn(
  { db }: Warehouse,
  accountId: string,
  day: IsoDate | undefined,
  modelVersion: string,
): Promise<DayHealth | undefined> {
  return db
    .selectFrom('marts.fct_account_health_daily')
    .select([
      'as_of_date',
      'score',
      'category',
      'category_effective',
      'flag',
      'weight_coverage',
      'model_version',
      'segment',
    ])
    .where('model_version', '=', modelVersion)
    .where('account_id', '=', accountId)
    .$if(day !== undefined, (query) => query.where('as_of_date', '=', dateParameter(day!)))
    .orderBy('as_of_date', 'desc')
    .limit(1)
    .executeTakeFirst();
}

async function requireVersion({ db }: Warehouse, modelVersion: string): Promise<void> {
  const rows = await db
    .selectFrom('marts.fct_account_health_daily')
    .select('model_version')
    .distinct()
    .orderBy('model_version')
    .execute();
  const versions = rows.map((row) => row.model_version);
  if (!versions.includes(modelVersion))
    throw usage(`Expected a model version that has scored (${versions.join(', ')}), got "${modelVersion}".`);
}

async function signalsOn(
  warehouse: Warehouse,
  accountId: string,
  health: DayHealth,
): Promise<Contribution[]> {
  // A warehouse that an earlier release built has no cuts before its next build.
  const columns = await warehouse.tableColumns('marts', 'fct_signal_contributions_daily');
  const hasCuts = columns?.some(({ name }) => name === 'cut') ?? false;
  const rows = await warehouse.db
    .selectFrom('marts.fct_signal_contributions_daily')
    .select(['signal', 'measure', 'signal_value', 'weight', 'contribution', 'is_frozen'])
    .$if(hasCuts, (query) => query.select('cut'))
    .where('account_id', '=', accountId)
    .where('as_of_date', '=', dateParameter(health.as_of_date))
    .where('model_version', '=', health.model_version)
    .orderBy('weight', 'desc')
    .orderBy('signal')
    .execute();
  const frozen = rows.filter((row) => row.is_frozen).map((row) => row.signal);
  const since = frozen.length === 0 ? undefined : await frozenSince(warehouse, accountId, health, frozen);
  const valueOfCut = await cutValues(warehouse, health.segment);
  return rows.map(({ is_frozen: _, cut = null, ...row }) => ({
    ...row,
    cut,
    is_part_of_cut: isPartOf(row.signal_value, valueOfCut.get(`${row.signal} ${cut}`)),
    frozen_since: since?.get(row.signal) ?? null,
  }));
}

/** What each row of `signal_cuts.csv` gives to accounts of a segment, by signal and cut. */
async function cutValues(
  warehouse: Warehouse,
  segment: string | null,
): Promise<ReadonlyMap<string, number | null>> {
  const columns = await warehouse.tableColumns('intermediate', 'signal_cuts');
  if (columns === undefined) return new Map();
  const rows = await warehouse.db
    .selectFrom('intermediate.signal_cuts')
    .select(['signal', 'cut', 'signal_value'])
    .$if(hasSegments(columns), (query) => query.select('segment'))
    .execute();
  const valuesOf = (whose: string | null) =>
    rows
      .filter((row) => (row.segment ?? null) === whose)
      .map(({ signal, cut, signal_value }) => [`${signal} ${cut}`, signal_value] as const);
  return new Map([...valuesOf(null), ...(segment === null ? [] : valuesOf(segment))]);
}

const isPartOf = (value: number | null, whole: number | null | undefined): boolean =>
  value !== null && whole != null && Math.abs(value - whole) > 1e-9;

/** The first of the days on end, back from the day of the score, on which each of the signals is frozen. */
async function frozenSince(
  { db }: Warehouse,
  accountId: string,
  health: DayHealth,
  signals: readonly string[],
): Promise<ReadonlyMap<string, IsoDate>> {
  const days = await db
    .selectFrom('marts.fct_signal_contributions_daily')
    .select(['signal', 'as_of_date', 'is_frozen'])
    .where('account_id', '=', accountId)
    .where('as_of_date', '<=', dateParameter(health.as_of_date))
    .where('model_version', '=', health.model_version)
    .where('signal', 'in', signals)
    .orderBy('as_of_date', 'desc')
    .execute();
  const since = new Map<string, IsoDate>();
  for (const [signal, ofSignal] of Map.groupBy(days, (day) => day.signal)) {
    const thawed = ofSignal.findIndex((day) => !day.is_frozen);
    const first = ofSignal[(thawed === -1 ? ofSignal.length : thawed) - 1];
    if (first !== undefined) since.set(signal, first.as_of_date);
  }
  return since;
}

async function noiseOf(warehouse: Warehouse, accountId: string): Promise<Noise[]> {
  // A warehouse that an earlier release built has none before its next build.
  if ((await warehouse.tableColumns('marts', 'fct_account_noise')) === undefined) return [];
  return warehouse.db
    .selectFrom('marts.fct_account_noise')
    .select(['subject', 'reason', 'until_date', 'confirmed_by'])
    .where('account_id', '=', accountId)
    .orderBy('subject')
    .orderBy('until_date')
    .orderBy('reason')
    .execute();
}

/**
 * Why an account has its score on a day (the latest by default), and what moved it since another (30 days before by
 * default, or the same day under an earlier model version). Throws a usage error for an account that is not there or a day on which it was not scored.
 */
export async function explain(
  config: Config,
  asked: {
    account: string;
    date?: IsoDate | undefined;
    since?: IsoDate | undefined;
    sinceVersion?: string | undefined;
  },
): Promise<Explanation> {
  return withWarehouse(
    config,
    async (warehouse) => {
      await requireBuilt(warehouse, READ);
      const { account_id, name } = await findAccount(warehouse, asked.account);
      const inForce = await presentModelVersion(warehouse);
      const health = await healthOn(warehouse, account_id, asked.date, inForce);
      if (health === undefined)
        throw usage(`${name} was not scored on ${asked.date ?? 'any day'}: it was out of scope.`);
      const contributions = await signalsOn(warehouse, account_id, health);
      const known_noise = await noiseOf(warehouse, account_id);
      const monthBefore = Temporal.PlainDate.from(health.as_of_date).subtract({ days: 30 }).toString();
      const day = asked.since ?? (asked.sinceVersion === undefined ? monthBefore : health.as_of_date);
      if (asked.sinceVersion !== undefined) await requireVersion(warehouse, asked.sinceVersion);
      const before = await healthOn(warehouse, account_id, day, asked.sinceVersion ?? inForce);
      if (before === undefined && (asked.since ?? asked.sinceVersion) !== undefined) {
        const under = asked.sinceVersion === undefined ? '' : ` under ${asked.sinceVersion}`;
        throw usage(`${name} was not scored on ${day}${under}: it was out of scope.`);
      }
      if (before === undefined) return { account_id, name, health, contributions, known_noise, change: null };
      const change = explainChange(
        {
          date: before.as_of_date,
          signals: (await signalsOn(warehouse, account_id, before)).map(explainedSignal),
          hasPresentRules: before.model_version === inForce,
        },
        { date: health.as_of_date, signals: contributions.map(explainedSignal) },
        await readSignalWords(warehouse),
      );
      return { account_id, name, health, contributions, known_noise, change };
    },
    { readOnly: true },
  );
}

const explainedSignal = ({ frozen_since, is_part_of_cut: _, ...row }: Contribution) => ({
  ...row,
  is_frozen: frozen_since !== null,
});

/** "login_frequency is frozen since 2026-06-24, …", for each signal that shows an earlier day's value. */
export const frozenSentences = (contributions: readonly Contribution[]): string[] =>
  contributions.flatMap(({ signal, frozen_since }) =>
    frozen_since === null
      ? []
      : [
          `${signal} is frozen since ${frozen_since}: its source is stale, so it shows the value of the day before.`,
        ],
  );

/** "known noise until 2026-09-30, csm_sentiment: set once a quarter (Uma)", for each thing that is known. */
export const noiseSentences = (noise: readonly Noise[]): string[] =>
  noise.map(
    ({ subject, reason, until_date, confirmed_by }) =>
      `known noise${until_date === null ? '' : ` until ${until_date}`}, ${subject ?? 'all data of the account'}: ` +
      `${oneLine(reason)}${confirmed_by === null ? '' : ` (${oneLine(confirmed_by)})`}`,
  );

/** The name of the cut; of a signal that rises up to it, that the value lies below. */
export const cutText = ({ cut, is_part_of_cut }: Pick<Contribution, 'cut' | 'is_part_of_cut'>) =>
  cut !== null && is_part_of_cut ? `part of ${cut}` : cut;

const points = (value: number | null) => (value === null ? 'no score' : value.toFixed(1));
/** The explanation for a terminal. */
function explanationText({
  account_id,
  name,
  health,
  contributions,
  known_noise,
  change,
}: Explanation): string {
  if (contributions.length === 0)
    throw new TenureError('NOT_BUILT', `No contributions of ${name}: run "tenure build" first.`);
  const override =
    health.category === health.category_effective
      ? ''
      : `, shown as ${health.category_effective} by an override`;
  const head = [
    `${oneLine(name)} (${oneLine(account_id)}) on ${health.as_of_date}`,
    `Score ${points(health.score)}: ${health.category ?? 'no category'}${override}${health.flag ? `, flag ${health.flag}` : ''}`,
    `${Math.round(health.weight_coverage * 100)} % of the weight is known; model ${health.model_version}`,
    '',
    table(
      ['signal', 'measure', 'cut', 'signal_value', 'weight', 'contribution'],
      contributions.map((row) => ({ ...row, cut: cutText(row) })),
    ),
    ...frozenSentences(contributions),
    ...noiseSentences(known_noise),
  ];
  if (change === null)
    return [...head, '', 'It was not scored 30 days before, so there is nothing to compare with.'].join('\n');
  const moved = change.rows.filter((row) => Math.abs(row.effect) >= 0.05);
  return [...head, '', change.sentence, ...moved.slice(3).map((row) => `  also: ${row.sentence}`)].join('\n');
}

export const explainVerb = () =>
  verb(
    new Command('explain')
      .description('the score of an account, its contributions, and what changed it')
      .argument('<account>', 'account id or exact name')
      .addOption(new Option('--date <date>', 'the day to explain (default: the latest)').argParser(parseDay))
      .addOption(
        new Option('--since <date>', 'the day to compare with (default: 30 days before)').argParser(parseDay),
      )
      .option('--since-version <version>', 'compare with the score under an earlier model version'),
  ).action(async (account, options) => {
    const { date = options.asOf, since, sinceVersion } = options;
    const config = await configOf(options.config, 'explain');
    const explanation = await explain(config, { account, date, since, sinceVersion });
    show(options, { value: explanation, text: explanationText(explanation) });
  });
