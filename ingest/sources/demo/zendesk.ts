import { isoInstant } from './calendar.ts';
import { type DemoStream, FIELD, versionStream } from './stream.ts';

const organizationId = (index: number) => 360_000_000_000 + index;

/** The help desk, with the fields of Zendesk's API. */
export const ZENDESK_STREAMS: readonly DemoStream[] = [
  versionStream({
    name: 'organizations',
    primaryKey: 'id',
    cursor: 'updated_at',
    fields: {
      id: FIELD.integer,
      name: FIELD.text,
      external_id: FIELD.text,
      domain_names: FIELD.list,
      created_at: FIELD.instant,
      updated_at: FIELD.instant,
    },
    *changes({ accounts }) {
      for (const { id, profile, facts } of accounts) {
        const at = facts.account.createdAt;
        yield {
          at,
          record: {
            id: organizationId(profile.index),
            name: profile.name,
            external_id: id,
            domain_names: [profile.domain],
            created_at: isoInstant(at),
            updated_at: isoInstant(at),
          },
        };
      }
    },
  }),
  versionStream({
    name: 'tickets',
    primaryKey: 'id',
    cursor: 'updated_at',
    fields: {
      id: FIELD.integer,
      organization_id: FIELD.integer,
      subject: FIELD.text,
      status: FIELD.text,
      priority: FIELD.text,
      tags: FIELD.list,
      satisfaction_rating: FIELD.object,
      created_at: FIELD.instant,
      solved_at: FIELD.instant,
      updated_at: FIELD.instant,
    },
    *changes({ accounts }) {
      for (const { profile, facts } of accounts)
        for (const ticket of facts.tickets)
          for (const { at, data } of ticket.versions())
            yield {
              at,
              record: {
                id: Number(ticket.id),
                organization_id: organizationId(profile.index),
                subject: data.subject,
                status: data.status,
                priority: data.priority,
                tags: data.isEscalated ? ['escalated'] : [],
                satisfaction_rating: { score: data.rating },
                created_at: isoInstant(ticket.createdAt),
                solved_at: data.solvedAt === null ? null : isoInstant(data.solvedAt),
                updated_at: isoInstant(at),
              },
            };
    },
  }),
];
