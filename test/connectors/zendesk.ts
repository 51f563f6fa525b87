import type { Call, Reply, Vendor } from './stand-in.ts';

type Fields = Record<string, unknown>;

const PAGE = 2;
const TOKEN = 'Basic c3VwcG9ydEBleGFtcGxlLmNvbS90b2tlbjpnb29k'; // support@example.com/token:good

export const zendeskConfig = {
  subdomain: 'example',
  start_date: '2020-01-01T00:00:00Z',
  credentials: { credentials: 'api_token', email: 'support@example.com', api_token: 'good' },
};

const seconds = (instant: string) => Math.floor(Date.parse(instant) / 1000);

/** Zendesk Support's incremental exports: what changed since an instant, oldest change first, deleted tickets too. */
export class Zendesk implements Vendor {
  readonly #organizations = new Map<number | string, Fields>();
  readonly #tickets = new Map<number | string, Fields>();

  readonly owns = (host: string) => host === 'example.zendesk.com';

  organization(id: string, fields: Fields & { updated_at: string }): void {
    this.#organizations.set(id, { id, ...this.#organizations.get(id), ...fields });
  }

  /** Makes a ticket or changes one. */
  ticket(id: number, fields: Fields & { updated_at: string }): void {
    const generated_timestamp = seconds(fields.updated_at);
    this.#tickets.set(id, { id, tags: [], ...this.#tickets.get(id), ...fields, generated_timestamp });
  }

  /** A deleted ticket stays in the export with the status `deleted` until it is scrubbed. */
  deleteTicket(id: number, updated_at: string): void {
    this.ticket(id, { status: 'deleted', updated_at });
  }

  answer({ method, url, headers }: Call): Reply | undefined {
    if (method !== 'GET') return undefined;
    if (headers.authorization !== TOKEN) return { status: 401, body: { error: "Couldn't authenticate you" } };
    const since = Number(url.searchParams.get('cursor') ?? url.searchParams.get('start_time') ?? 0);
    const skip = Number(url.searchParams.get('skip') ?? 0);
    const page = (records: Iterable<Fields>, changedAt: (record: Fields) => number) => {
      const changed = [...records]
        .filter((record) => changedAt(record) >= since)
        .sort((a, b) => changedAt(a) - changedAt(b));
      const next = new URL(url);
      next.searchParams.set('skip', String(skip + PAGE));
      return {
        found: changed.slice(skip, skip + PAGE),
        isLast: skip + PAGE >= changed.length,
        next: next.href,
      };
    };
    switch (url.pathname) {
      case '/api/v2/incremental/tickets/cursor.json': {
        const { found, isLast, next } = page(this.#tickets.values(), (each) =>
          Number(each.generated_timestamp),
        );
        return { body: { tickets: found, end_of_stream: isLast, after_url: next, after_cursor: next } };
      }
      case '/api/v2/incremental/organizations': {
        const { found, isLast, next } = page(this.#organizations.values(), (each) =>
          seconds(String(each.updated_at)),
        );
        return {
          body: { organizations: found, end_of_stream: isLast, next_page: next, count: found.length },
        };
      }
      default:
        return undefined;
    }
  }
}
