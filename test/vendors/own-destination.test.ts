import { rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AddedLine, bookOf, type GrownProduct, growProduct } from './grown-product.ts';

const AS_OF = '2026-06-30';
const TOKEN = 'good for the board';
/** All that a destination changes of what was there (CONTRIBUTING.md); its other files are its own. */
const LINES: readonly AddedLine[] = [
  {
    file: 'orchestration/activation/destinations.ts',
    before: "import type { Destination } from './destination.ts';",
    line: "import { boardDestination } from './board/index.ts';\n",
  },
  {
    file: 'orchestration/activation/destinations.ts',
    before: "    case 'hubspot':",
    line: "    case 'board':\n      return boardDestination(destination);\n",
  },
  {
    file: 'orchestration/config/schema.ts',
    before: "  destinationOf({\n    kind: z.literal('hubspot'),",
    line: "  destinationOf({ kind: z.literal('board'), auth: z.strictObject({ url: tokenAddress, access_token: z.string() }) }),\n",
  },
];

interface Card {
  title: unknown;
  score: unknown;
}

const textOf = async (request: IncomingMessage) => (await request.toArray()).join('');

/** A board that refuses what is not asked for by its token, and a card that is not a title and a score. */
class Board {
  readonly cards = new Map<string, Card>();
  readonly calls: string[] = [];
  readonly #server: Server = createServer(async (request, response) => {
    const key = decodeURIComponent((request.url ?? '').replace('/cards/', ''));
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return answer(401, 'who are you?');
    if (request.method === 'GET') {
      if (key === '') return answer(200, [...this.cards.keys()]);
      const card = this.cards.get(key);
      return card === undefined ? answer(404, 'no such card') : answer(200, card);
    }
    this.calls.push(`${request.method} ${key}`);
    const { title, score, ...more } = JSON.parse(await textOf(request)) as Card;
    const isCard = typeof title === 'string' && (score === null || typeof score === 'number');
    if (request.method !== 'PUT' || !isCard || Object.keys(more).length > 0) return answer(422, 'no card');
    this.cards.set(key, { title, score });
    return answer(200, {});
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop = () => new Promise((resolve) => this.#server.close(resolve));
}

interface Activated {
  readonly objects: readonly { readonly sent: number; readonly refused: unknown }[];
}

/** A destination that Tenure does not have, in a copy of the product: three files of its own, and lines in two others. */
describe('a destination of the test’s own', () => {
  const board = new Board();
  let product: GrownProduct;
  const activate = async (...options: readonly string[]) =>
    ((await product.tenure('activate', ...options)) as Activated[])[0]?.objects;
  const scores = () =>
    product.tenure(
      'query',
      'select record_key as key, score from activation.sync_board__cards order by record_key',
    ) as Promise<{ key: string; score: number | null }[]>;

  beforeAll(async () => {
    const url = await board.start();
    product = growProduct(
      'own-destination',
      LINES,
      AS_OF,
      () => ({
        warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
        tenant: { history_start_date: '2026-06-01' },
        sources: [bookOf('three-accounts')],
        destinations: [
          {
            name: 'wall',
            kind: 'board',
            source: 'book',
            // biome-ignore lint/suspicious/noTemplateCurlyInString: filled in when the file is read
            auth: { url, access_token: '${BOARD_TOKEN}' },
            allow_fields: ['title', 'score'],
          },
        ],
      }),
      { BOARD_TOKEN: TOKEN },
    );
    await product.tenure('run', '--until', 'score');
  });
  afterAll(async () => {
    await board.stop();
    rmSync(product.folder, { recursive: true, force: true });
  });

  it('touches two files of the product', () => {
    expect(new Set(LINES.map(({ file }) => file)).size).toBe(2);
  });

  it('gets what is wanted there, once, and only when it is asked to be written', async () => {
    await activate();
    expect(board.calls).toEqual([]);
    expect(await activate('--apply')).toMatchObject([{ sent: 3, refused: null }]);
    const wanted = (await scores()).map(({ key, score }) => [key, score]);
    expect(wanted).toHaveLength(3);
    expect(wanted.filter(([, score]) => score !== null)).not.toEqual([]);
    expect([...board.cards].map(([key, { score }]) => [key, score]).sort()).toEqual(wanted);
    expect(await activate('--apply')).toMatchObject([{ sent: 0, refused: null }]);
    expect(board.calls).toHaveLength(3);
  });

  it('is looked at for what somebody changed there', async () => {
    board.cards.set('ACC-1', { title: 'changed by hand', score: 3 });
    expect(JSON.stringify(await product.tenure('activate', '--verify'))).toContain('changed by hand');
  });
});
