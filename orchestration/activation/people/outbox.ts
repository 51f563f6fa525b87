import type { Column, IsoInstant, Row, Warehouse } from '../../../warehouse/index.ts';
import type { Message } from './message.ts';

/**
 * What became of a message: `claimed` before it is sent (and for ever, when the run was killed then), `sent`, `refused`
 * (it is told again next time), `unknown` (it may have arrived), `backlog` (it stood in the digest alone).
 */
export type MessageStatus = 'claimed' | 'sent' | 'refused' | 'unknown' | 'backlog';

const MESSAGES: readonly Column[] = [
  { name: 'channel', type: 'string' },
  { name: 'message_key', type: 'string' },
  { name: 'kind', type: 'string' },
  { name: 'recipient_id', type: 'string' },
  { name: 'as_of_date', type: 'date' },
  { name: 'status', type: 'string' },
  { name: 'reason', type: 'string' },
  { name: 'noted_at', type: 'timestamp' },
];

export const ensureOutbox = (warehouse: Warehouse): Promise<void> =>
  warehouse.ensureTable('activation', 'messages', MESSAGES);

/** What a channel has told, by the key of the message. Nothing when it was never used. */
export async function readOutbox(warehouse: Warehouse, channel: string): Promise<Map<string, MessageStatus>> {
  if ((await warehouse.tableColumns('activation', 'messages')) === undefined) return new Map();
  const rows = await warehouse.db
    .selectFrom('activation.messages')
    .select(['message_key', 'status'])
    .where('channel', '=', channel)
    .execute();
  return new Map(rows.map(({ message_key, status }) => [message_key, status]));
}

/** Notes what became of messages, each in the place of what was noted before, all or none. */
export async function noteMessages(
  warehouse: Warehouse,
  { channel, at }: { readonly channel: string; readonly at: IsoInstant },
  notes: readonly {
    readonly message: Message;
    readonly status: MessageStatus;
    readonly reason: string | null;
  }[],
): Promise<void> {
  if (notes.length === 0) return;
  await warehouse.transaction(async () => {
    await warehouse.db
      .deleteFrom('activation.messages')
      .where('channel', '=', channel)
      .where(
        'message_key',
        'in',
        notes.map(({ message }) => message.key),
      )
      .execute();
    await warehouse.loadRows(
      'activation',
      'messages',
      MESSAGES,
      notes.map(
        ({ message, status, reason }): Row => ({
          channel,
          message_key: message.key,
          kind: message.kind,
          recipient_id: message.to.id,
          as_of_date: message.as_of_date,
          status,
          reason,
          noted_at: at,
        }),
      ),
    );
  });
}
