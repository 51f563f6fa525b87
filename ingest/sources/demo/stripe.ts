import { dayOfInstant } from './calendar.ts';
import { type DemoStream, FIELD, versionStream } from './stream.ts';

const seconds = (instant: number) => Math.floor(instant / 1000);
const dayOfCursor = (cursor: string | number) => dayOfInstant(Number(cursor) * 1000);
const customerId = (index: number) => `cus_${String(index).padStart(8, '0')}`;

/** Billing, with the fields of Stripe's API: instants as seconds since 1970, amounts in cents. */
export const STRIPE_STREAMS: readonly DemoStream[] = [
  versionStream({
    name: 'customers',
    primaryKey: 'id',
    cursor: 'updated',
    dayOfCursor,
    fields: {
      id: FIELD.text,
      name: FIELD.text,
      email: FIELD.text,
      currency: FIELD.text,
      metadata: FIELD.object,
      created: FIELD.integer,
      updated: FIELD.integer,
    },
    *changes({ accounts }) {
      for (const { id, profile, facts } of accounts) {
        const at = facts.account.createdAt;
        yield {
          at,
          record: {
            id: customerId(profile.index),
            name: profile.name,
            email: `billing@${profile.domain}`,
            currency: profile.currency.toLowerCase(),
            metadata: { account_id: id },
            created: seconds(at),
            updated: seconds(at),
          },
        };
      }
    },
  }),
  versionStream({
    name: 'invoices',
    primaryKey: 'id',
    cursor: 'updated',
    dayOfCursor,
    fields: {
      id: FIELD.text,
      customer: FIELD.text,
      number: FIELD.text,
      currency: FIELD.text,
      total: FIELD.integer,
      amount_due: FIELD.integer,
      amount_paid: FIELD.integer,
      collection_method: FIELD.text,
      status: FIELD.text,
      status_transitions: FIELD.object,
      due_date: FIELD.integer,
      created: FIELD.integer,
      updated: FIELD.integer,
    },
    *changes({ accounts }) {
      for (const { profile, facts } of accounts)
        for (const invoice of facts.invoices)
          for (const { at, data } of invoice.versions()) {
            const closed = data.closedAt === null ? null : seconds(data.closedAt);
            yield {
              at,
              record: {
                id: invoice.id,
                customer: customerId(profile.index),
                number: data.number,
                currency: profile.currency.toLowerCase(),
                total: data.cents,
                amount_due: data.cents,
                amount_paid: data.status === 'paid' ? data.cents : 0,
                collection_method: 'send_invoice',
                status: data.status,
                status_transitions: {
                  finalized_at: seconds(data.issuedAt),
                  paid_at: data.paidAt === null ? null : seconds(data.paidAt),
                  voided_at: data.status === 'void' ? closed : null,
                  marked_uncollectible_at: data.status === 'uncollectible' ? closed : null,
                },
                due_date: seconds(data.dueAt),
                created: seconds(invoice.createdAt),
                updated: seconds(at),
              },
            };
          }
    },
  }),
];
