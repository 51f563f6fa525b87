import type { Call, Reply, Vendor } from './stand-in.ts';

type Fields = Record<string, unknown>;

const TOKEN = 'pat-good';
const PAGE = 2;

export const hubspotConfig = {
  start_date: '2024-01-01T00:00:00Z',
  credentials: { credentials_title: 'Private App Credentials', access_token: TOKEN },
};

const PROPERTIES = [
  { name: 'name', type: 'string' },
  { name: 'arr', type: 'number' },
  { name: 'hs_lastmodifieddate', type: 'datetime' },
];

interface Company {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly archived: boolean;
  readonly properties: Fields;
}

/** HubSpot's companies: the list at first, later a search by the last change. Archived ones are in neither. */
export class HubSpot implements Vendor {
  readonly #companies = new Map<string, Company>();

  readonly owns = (host: string) => host === 'api.hubapi.com';

  change(id: string, at: string, properties: Fields): void {
    const before = this.#companies.get(id);
    this.#companies.set(id, {
      id,
      createdAt: before?.createdAt ?? at,
      updatedAt: at,
      archived: false,
      properties: { ...before?.properties, ...properties, hs_lastmodifieddate: at },
    });
  }

  archive = (id: string) => this.#companies.delete(id);

  answer({ method, url, headers, body }: Call): Reply | undefined {
    if (headers.authorization !== `Bearer ${TOKEN}`) {
      return { status: 401, body: { status: 'error', message: 'Authentication credentials not found.' } };
    }
    const { pathname } = url;
    if (/^\/properties\/v2\/\w+\/properties$/.test(pathname)) return { body: PROPERTIES };
    if (pathname === '/crm/v3/schemas') return { body: { results: [] } };
    if (pathname === '/crm/v4/associations/company/contacts/batch/read') return { body: { results: [] } };
    if (pathname === '/crm/v3/objects/company' && method === 'GET') {
      return this.#page([...this.#companies.values()], Number(url.searchParams.get('after') ?? 0), PAGE);
    }
    if (pathname === '/crm/v3/objects/company/search' && method === 'POST') {
      const { filters, after, limit } = JSON.parse(body) as {
        filters: { operator: string; value: string }[];
        after?: number;
        limit: number;
      };
      const bound = (index: number) => Number(filters[index]?.value);
      const found = [...this.#companies.values()].filter(({ updatedAt }) => {
        const at = Date.parse(updatedAt);
        return at >= bound(0) && at <= bound(1);
      });
      return this.#page(found, Number(after ?? 0), limit);
    }
    return undefined;
  }

  #page(found: readonly Company[], from: number, limit: number): Reply {
    const after = String(from + limit);
    const paging = from + limit < found.length ? { paging: { next: { after } } } : {};
    return { body: { total: found.length, results: found.slice(from, from + limit), ...paging } };
  }
}
