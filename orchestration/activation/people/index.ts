import { sql } from 'kysely';
import type { IsoDate, IsoInstant, Warehouse } from '../../../warehouse/index.ts';
import type { ChannelConfig } from '../../config/schema.ts';
import { syncModelMissing } from '../errors.ts';
import { type Refusal, refuseDay } from '../guards.ts';
import { type ActivationResult, countReasons, type ObjectResult } from '../index.ts';
import { type Change, payloadHash } from '../plan.ts';
import type { Channel, Told } from './channel.ts';
import { emailChannel } from './email.ts';
import { fileChannel } from './file.ts';
import { isQuiet, type Person, readHolidays } from './hours.ts';
import { type Figure, type Message, messagesOf, type ToldAlert } from './message.ts';
import { ensureOutbox, type MessageStatus, noteMessages, readOutbox } from './outbox.ts';
import { slackChannel } from './slack.ts';
import { teamsChannel } from './teams.ts';
import type { Style } from './text.ts';
import { webhookChannel } from './webhook.ts';

const MODEL = 'sync_people__alerts';
const WEEKLY = 'sync_people__weekly';
const FIGURES = 'sync_people__figures';
/** What people are told stands under this name beside the objects of a CRM. */
export const MESSAGE = 'message';
/** So many messages are claimed at once: as many at most are in doubt after a kill. */
const BATCH = 20;

export interface TellOptions {
  readonly channel: ChannelConfig;
  readonly warehouse: Warehouse;
  readonly style: Style;
  /** The time zone of who is not named among `people`; UTC unless given. */
  readonly timeZone?: string;
  readonly people?: readonly Person[];
  readonly apply: boolean;
  readonly asOfDate: IsoDate;
  readonly now: () => IsoInstant;
  readonly onProgress?: (howFar: string, what: string) => void;
  /** Where to send; tests give one of their own. */
  readonly sender?: Channel;
}

function openChannel(channel: ChannelConfig, style: Style): Channel {
  switch (channel.kind) {
    case 'slack':
      return slackChannel(channel, style);
    case 'teams':
      return teamsChannel(channel, style);
    case 'webhook':
      return webhookChannel(channel, style);
    case 'email':
      return emailChannel(channel, style);
    case 'file':
      return fileChannel(channel, style);
  }
}

/** What keeps a channel from sending, with what to do; undefined when nothing is known to. Nobody is told anything. */
export async function channelProblem(channel: ChannelConfig, style: Style): Promise<string | undefined> {
  const sender = openChannel(channel, style);
  try {
    return await sender.findProblem();
  } finally {
    sender.close();
  }
}

async function readModel<Row>(warehouse: Warehouse, model: string, order: string): Promise<Row[]> {
  if ((await warehouse.tableColumns('activation', model)) === undefined) throw syncModelMissing(model);
  const { rows } = await sql<Row>`select * from ${sql.table(`activation.${model}`)}
    order by ${sql.ref(order)}`.execute(warehouse.db);
  return rows;
}

/** A message as the plan of an activation shows it. */
function changeOf(message: Message): Change {
  const payload = { to: message.to.name, severity: message.severity, title: message.title };
  return {
    record_key: message.key,
    kind: 'create',
    payload,
    payload_hash: payloadHash(payload),
    remote_id: null,
    fields: Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, [null, value]])),
  };
}

const IN_DOUBT = 'it may have arrived when a run was ended while it was sent, so it is not sent again';

/**
 * Sends messages a batch at a time: each is claimed before it is sent, and what came of it is noted after. Where the
 * other side is down, the rest is left for the next time.
 */
async function deliver(
  messages: readonly Message[],
  { warehouse, channel, now, onProgress }: TellOptions,
  sender: Channel,
): Promise<Told[]> {
  const all: Told[] = [];
  let down: Told | undefined;
  for (let start = 0; start < messages.length; start += BATCH) {
    const batch = messages.slice(start, start + BATCH);
    const target = () => ({ channel: channel.name, at: now() });
    await noteMessages(
      warehouse,
      target(),
      batch.map((message) => ({ message, status: 'claimed' as const, reason: null })),
    );
    const told: Told[] = [];
    for (const message of batch) {
      const each = down ?? (await sender.send(message));
      if (each.status !== 'sent' && each.isDown) down = { status: 'refused', reason: each.reason };
      told.push(each);
      onProgress?.(`${start + told.length} of ${messages.length}`, message.to.name);
    }
    await noteMessages(
      warehouse,
      target(),
      batch.map((message, index) => {
        const each = told[index] as Told;
        return { message, status: each.status, reason: each.status === 'sent' ? null : each.reason };
      }),
    );
    all.push(...told);
  }
  return all;
}

/** Those of which it holds, and the others. */
const partition = <T>(all: readonly T[], holds: (each: T) => boolean): [T[], T[]] => [
  all.filter(holds),
  all.filter((each) => !holds(each)),
];

/** How many messages there are, in words. */
export const toldText = ({
  to_create,
  unchanged,
  backlog,
  waiting = 0,
}: Pick<ObjectResult, 'to_create' | 'unchanged' | 'backlog' | 'waiting'>) =>
  `${to_create} to tell, ${unchanged} told or in a digest before, ${backlog} in the digest alone` +
  (waiting > 0 ? `, ${waiting} when quiet hours are over` : '');

/** What is to be done about a message, by what became of it before. */
function fateOf(
  { key, isBacklog }: Message,
  outbox: ReadonlyMap<string, MessageStatus>,
  isIdempotent: boolean,
) {
  const before = outbox.get(key);
  if (before === undefined) return isBacklog ? 'backlog' : 'send';
  if (before === 'claimed') return isIdempotent ? 'send' : 'in doubt';
  return before === 'refused' ? 'send' : 'told';
}

/**
 * Tells people through a channel what it has not told them yet; without `apply` it only says what that would be. Each
 * message is told once: one that may have arrived when a run was killed is told again only where the channel knows it by
 * its key. What came up before the channel was first used is told in the digest alone.
 */
export async function tellPeople(options: TellOptions): Promise<ActivationResult> {
  const { channel, warehouse, apply, asOfDate, now, style } = options;
  const isWeekly = channel.tells.includes('weekly');
  const rows = [
    ...(await readModel<ToldAlert>(warehouse, MODEL, 'record_key')),
    ...(isWeekly ? await readModel<ToldAlert>(warehouse, WEEKLY, 'record_key') : []),
  ];
  const figures = isWeekly ? await readModel<Figure>(warehouse, FIGURES, 'position') : [];
  if (apply) await ensureOutbox(warehouse);
  const outbox = await readOutbox(warehouse, channel.name);
  const sender = options.sender ?? openChannel(channel, style);
  const holidays = await readHolidays(warehouse);
  const messages = messagesOf(rows, {
    tells: channel.tells,
    minSeverity: channel.min_severity,
    isFirstTime: outbox.size === 0,
    holidays,
    figures,
  });
  const days = [...new Set(rows.map(({ as_of_date }) => as_of_date as IsoDate))].sort();
  const refused: Refusal | null = refuseDay(MESSAGE, days, { asOfDate }, { lastDay: null });
  const fates = Map.groupBy(messages, (message) => fateOf(message, outbox, sender.isIdempotent));
  const hours = {
    quiet: channel.quiet_hours,
    timeZone: options.timeZone ?? 'UTC',
    people: options.people ?? [],
    holidays,
  };
  const at = now();
  const [waiting, toSend] = partition(fates.get('send') ?? [], ({ to }) => isQuiet(to, at, hours));
  const backlog = fates.get('backlog') ?? [];
  const inDoubt = fates.get('in doubt') ?? [];
  const told: Told[] = [];
  try {
    if (apply && refused === null) {
      await noteMessages(warehouse, { channel: channel.name, at }, [
        ...backlog.map((message) => ({ message, status: 'backlog' as const, reason: null })),
        ...inDoubt.map((message) => ({ message, status: 'unknown' as const, reason: IN_DOUBT })),
      ]);
      told.push(...(await deliver(toSend, options, sender)));
    }
  } finally {
    sender.close();
  }
  const reasons = [
    ...told.flatMap((each) => (each.status === 'sent' ? [] : [each.reason])),
    ...(apply && refused === null ? inDoubt.map(() => IN_DOUBT) : []),
  ];
  const object: ObjectResult = {
    object: MESSAGE,
    to_create: toSend.length,
    to_update: 0,
    to_close: 0,
    unchanged: fates.get('told')?.length ?? 0,
    left_out: 0,
    backlog: backlog.length,
    sent: told.filter(({ status }) => status === 'sent').length,
    rejected: reasons.length,
    reasons: countReasons(reasons),
    refused,
    waiting: waiting.length,
    changes: toSend.map(changeOf),
  };
  const lines = toSend.map(({ kind, to, title }) => `  + ${kind} for ${to.name}: ${title}`);
  return {
    destination: channel.name,
    applied: apply,
    objects: [object],
    diff_text: [`${channel.name}: ${toldText(object)}`, ...lines].join('\n'),
  };
}
