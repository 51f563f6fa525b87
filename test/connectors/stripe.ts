import type { Call, Reply, Vendor } from './stand-in.ts';

type Fields = Record<string, unknown>;

const PAGE = 2;
const KEY = 'sk_test_good';

export const stripeConfig = {
  account_id: 'acct_1',
  client_secret: KEY,
  start_date: '2024-01-01T00:00:00Z',
  slice_range: 3650,
};

/** Stripe's lists of objects, newest first, and the events that tell what became of them since. */
export class Stripe implements Vendor {
  readonly #objects = new Map<string, Map<string, Fields>>([
    ['customers', new Map()],
    ['invoices', new Map()],
  ]);
  readonly #events: Fields[] = [];

  readonly owns = (host: string) => host === 'api.stripe.com';

  /** Makes an object or changes one, and tells it by an event: `change('invoices', 'in_1', 'invoice.paid', at, …)`. */
  change(list: 'customers' | 'invoices', id: string, type: string, at: number, fields: Fields): void {
    const objects = this.#objects.get(list);
    const changed = { id, object: list.slice(0, -1), created: at, ...objects?.get(id), ...fields };
    objects?.set(id, changed);
    this.#tell(type, at, changed);
  }

  /** Stripe lists a deleted object no more; its event holds what it was. */
  delete(list: 'customers' | 'invoices', id: string, type: string, at: number): void {
    const objects = this.#objects.get(list);
    this.#tell(type, at, objects?.get(id) ?? {});
    objects?.delete(id);
  }

  #tell(type: string, created: number, object: Fields): void {
    const id = `evt_${this.#events.length + 1}`;
    this.#events.unshift({ id, object: 'event', type, created, data: { object: structuredClone(object) } });
  }

  answer({ method, url, headers }: Call): Reply | undefined {
    if (method !== 'GET') return undefined;
    if (headers.authorization !== `Bearer ${KEY}`) {
      return { status: 401, body: { error: { message: 'Invalid API Key provided' } } };
    }
    const name = url.pathname.replace('/v1/', '');
    const objects = name === 'events' ? this.#events : [...(this.#objects.get(name)?.values() ?? [])];
    if (name !== 'events' && !this.#objects.has(name)) return undefined;
    const asked = url.searchParams;
    const types = asked.getAll('types[]');
    const found = objects
      .filter(({ created }) => Number(created) >= Number(asked.get('created[gte]') ?? 0))
      .filter(
        ({ created }) => Number(created) <= Number(asked.get('created[lte]') ?? Number.MAX_SAFE_INTEGER),
      )
      .filter(({ type }) => types.length === 0 || types.includes(String(type)))
      .sort((a, b) => Number(b.created) - Number(a.created));
    const from = found.findIndex(({ id }) => id === asked.get('starting_after')) + 1;
    const data = found.slice(from, from + PAGE);
    return { body: { object: 'list', url: url.pathname, data, has_more: from + PAGE < found.length } };
  }
}
