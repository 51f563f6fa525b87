import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { usage } from '../errors.ts';

/** How a reverse proxy says who asks. */
export interface ProxyIdentity {
  /** The header with the person's address, in lower case; the proxy sets it itself and lets no visitor's through. */
  readonly header: string;
  /** What the proxy sends in `SECRET_HEADER` with each request. Without it only this machine may ask. */
  readonly secret?: string | undefined;
}

/** The header in which the proxy shows that it is the one. */
export const SECRET_HEADER = 'x-tenure-proxy-secret';

/** Addresses of this machine to listen on: nobody else can reach them. */
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];
export const isLoopback = (host: string): boolean => LOOPBACK.includes(host);

/**
 * Refuses what would be open: without a secret anybody who reaches the server could name themselves in the header.
 *
 * @throws TenureError USAGE
 */
export function requireClosed(host: string, identity: ProxyIdentity | undefined): void {
  if (isLoopback(host)) return;
  if (identity === undefined)
    throw usage(
      `Expected 127.0.0.1 to serve on without --auth, got ${host}: whoever reaches it would read every account.`,
      'Serve with --auth behind a reverse proxy that knows who asks (docs/serving.md).',
    );
  if (identity.secret === undefined)
    throw usage(
      `Expected serve.secret in the configuration to serve on ${host}: without it whoever reaches the server could write any address into "${identity.header}".`,
      'Let the proxy send a secret (docs/serving.md), or serve on 127.0.0.1 with the proxy on the same machine.',
    );
}

/** Who asks, as the proxy says: an address in lower case, or why nobody is believed, as a sentence for them. */
export type Asker = { readonly address: string } | { readonly refusal: string };

/** Reads who asks. The header of anyone but the proxy counts for nothing, and so does one that came twice. */
export function askerOf(request: IncomingMessage, { header, secret }: ProxyIdentity): Asker {
  const given = request.headersDistinct;
  if (secret !== undefined) {
    const [shown, ...more] = given[SECRET_HEADER] ?? [];
    if (shown === undefined || more.length > 0 || !isSame(shown, secret))
      return {
        refusal: 'These pages are read through the company’s sign-in. Open them by their usual address.',
      };
  } else if (!isThisMachine(request.socket.remoteAddress))
    return {
      refusal: 'These pages are read through the company’s sign-in. Open them by their usual address.',
    };
  const [address, ...more] = given[header] ?? [];
  if (address === undefined || more.length > 0 || !/^[^\s,;<>@]+@[^\s,;<>@]+$/.test(address.trim()))
    return { refusal: 'The sign-in did not say who you are. Sign in again, or tell who runs it.' };
  return { address: address.trim().toLowerCase() };
}

const isThisMachine = (address: string | undefined) =>
  address !== undefined && (address === '::1' || /^(::ffff:)?127(\.\d{1,3}){3}$/.test(address));

/** Compares digests, in a time that tells nothing of how much was right. */
const isSame = (left: string, right: string) => timingSafeEqual(digest(left), digest(right));
const digest = (text: string) => createHash('sha256').update(text).digest();
