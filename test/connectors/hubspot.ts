import type { Call, Reply, Vendor } from './stand-in.ts';

type Fields = Record<string, unknown>;

const TOKEN = 'pat-good';
const PAGE = 2;

export const hubspotConfig = {
  start_date: '2024-01-01T00:00:00Z',
  credentials: { credentials_title: 'Private App Credentials', access_token: TOKEN },
};

const property = (name: string, type: string) => ({ name, type });
/** Of every entity; the connector takes none without properties. */
const ALL = [property('name', 'string'), property('hs_lastmodifieddate', 'datetime')];
const PROPERTIES: Readonly<Record<string, readonly Fields[]>> = {
  company: [property('arr', 'number'), property('customer_tier', 'enumeration')],
  deal: [
    property('amount', 'number'),
    property('hs_is_closed_won', 'bool'),
    property('contract_start_date', 'date'),
    property('contract_end_date', 'date'),
  ],
};

interface Stored {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly archivedAt?: string;
  readonly archived: boolean;
  readonly properties: Fields;
  /** The company of a deal. */
  readonly company: string | undefined;
}

/**
 * HubSpot's companies and deals: the list at first, later a search by the last change. What was archived is in neither;
 * for deals the connector asks for it, for companies it does not.
 */
export class HubSpot implements Vendor {
  readonly #objects = { company: new Map<string, Stored>(), deal: new Map<string, Stored>() };

  readonly owns = (host: string) => host === 'api.hubapi.com';

  change(entity: 'company' | 'deal', id: string, at: string, properties: Fields, company?: string): void {
    const before = this.#objects[entity].get(id);
    this.#objects[entity].set(id, {
      id,
      createdAt: before?.createdAt ?? at,
      updatedAt: at,
      archived: false,
      properties: { ...before?.properties, ...properties, hs_lastmodifieddate: at },
      company: company ?? before?.company,
    });
  }

  archive(entity: 'company' | 'deal', id: string, at: string): void {
    const before = this.#objects[entity].get(id);
    if (before) this.#objects[entity].set(id, { ...before, archived: true, archivedAt: at });
  }

  answer({ method, url, headers, body }: Call): Reply | undefined {
    if (headers.authorization !== `Bearer ${TOKEN}`) {
      return { status: 401, body: { status: 'error', message: 'Authentication credentials not found.' } };
    }
    const { pathname, searchParams: asked } = url;
    const [, described = ''] = /^\/properties\/v2\/(\w+)\/properties$/.exec(pathname) ?? [];
    if (described !== '') return { body: [...ALL, ...(PROPERTIES[described] ?? [])] };
    if (pathname === '/crm/v3/schemas') return { body: { results: [] } };
    if (pathname === '/crm-pipelines/v1/pipelines/deals') return { body: { results: [] } };
    const [, associated, what] = /^\/crm\/v4\/associations\/(\w+)\/(\w+)\/batch\/read$/.exec(pathname) ?? [];
    if (associated !== undefined) return this.#associations(associated, what, body);
    const [, name = '', search] = /^\/crm\/v3\/objects\/(company|deals?)(\/search)?$/.exec(pathname) ?? [];
    if (name === '') return undefined;
    const objects = [...this.#objects[name === 'company' ? 'company' : 'deal'].values()];
    if (search === undefined && method === 'GET') {
      const isArchived = asked.get('archived') === 'true';
      const found = objects.filter(({ archived }) => archived === isArchived);
      return page(found.map(listed), Number(asked.get('after') ?? 0), PAGE);
    }
    const { filters, after, limit } = JSON.parse(body) as {
      filters: { operator: string; value: string }[];
      after?: number;
      limit: number;
    };
    const bound = (index: number) => Number(filters[index]?.value);
    const found = objects.filter(({ updatedAt, archived }) => {
      const at = Date.parse(updatedAt);
      return !archived && at >= bound(0) && at <= bound(1);
    });
    return page(
      found.map(({ company: _, ...object }) => object),
      Number(after ?? 0),
      limit,
    );
  }

  /** The companies of deals, by number; nothing else is associated here. */
  #associations(entity: string, what: string | undefined, body: string): Reply {
    const { inputs } = JSON.parse(body) as { inputs: { id: string }[] };
    const results = inputs.flatMap(({ id }) => {
      const company =
        entity === 'deal' && what === 'companies' ? this.#objects.deal.get(id)?.company : undefined;
      return company === undefined ? [] : [{ from: { id }, to: [{ toObjectId: Number(company) }] }];
    });
    return { body: { results } };
  }
}

/** An object as the list gives it: with its associations. */
const listed = ({ company, ...object }: Stored) => ({
  ...object,
  ...(company === undefined
    ? {}
    : { associations: { companies: { results: [{ id: company, type: 'deal_to_company' }] } } }),
});

function page(found: readonly Fields[], from: number, limit: number): Reply {
  const after = String(from + limit);
  const paging = from + limit < found.length ? { paging: { next: { after } } } : {};
  return { body: { total: found.length, results: found.slice(from, from + limit), ...paging } };
}
