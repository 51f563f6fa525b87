import { setTimeout as wait } from 'node:timers/promises';
import { retryAfterMs } from '../retry-after.ts';
import type { Told } from './channel.ts';

export interface PostOptions {
  readonly url: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether a request that may have arrived may be made again. */
  readonly isIdempotent: boolean;
  /** How long to wait before a second, third … try, in ms; tests wait less. */
  readonly waits?: readonly number[];
  readonly timeoutMs?: number;
  /** The status that the text of a 2xx says instead; undefined when it is what it seems. */
  readonly statusIn?: (said: string) => number | undefined;
}

const WAITS_MS = [1_000, 4_000, 16_000] as const;
const TIMEOUT_MS = 30_000;
const MAX_WAIT_MS = 60_000;

/** Where it went, without path and query: those of a webhook are its secret. */
const hostOf = (url: string) => new URL(url).host;

/** What the other side said, without what may be secret of the address. */
function masked(text: string, url: string): string {
  const { pathname, search, searchParams } = new URL(url);
  const secrets = [url, search.slice(1), pathname.slice(1), ...searchParams.values()];
  return secrets
    .filter((secret) => secret.length >= 6)
    .reduce((shown, secret) => shown.replaceAll(secret, '****'), text);
}

/**
 * Posts JSON. A 2xx is sent; 429 is tried again after `Retry-After`; 5xx and a broken connection are tried again where
 * the other side knows the message by its key, and are unknown otherwise; everything else is refused. No redirect is
 * followed: the body and its signature are for this address alone.
 */
export async function post(options: PostOptions): Promise<Told> {
  const { url, body, headers, isIdempotent, waits = WAITS_MS, timeoutMs = TIMEOUT_MS, statusIn } = options;
  for (let tried = 0; ; tried++) {
    let told: Told;
    let pause = waits[tried];
    let mayTryAgain: boolean;
    try {
      const response = await fetch(url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text().catch(() => '');
      const said = masked(text, url).slice(0, 200);
      const status = (response.ok ? statusIn?.(text) : undefined) ?? response.status;
      if (status < 300) return { status: 'sent' };
      const reason = `${hostOf(url)} answered ${status}${said === '' ? '' : `: ${said}`}`;
      const asked = retryAfterMs(response.headers.get('retry-after') ?? undefined, Date.now());
      if (pause !== undefined && asked > 0) pause = Math.min(asked, MAX_WAIT_MS);
      mayTryAgain = status === 429 || (isIdempotent && status >= 500);
      const isDown = status === 429 || status >= 500;
      told = { status: status >= 500 ? 'unknown' : 'refused', reason, isDown };
    } catch (error) {
      const { cause, name } = error as Error & { cause?: { code?: string } };
      const code = cause?.code ?? (name === 'TimeoutError' ? 'no answer in time' : name);
      const neverLeft = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(code);
      mayTryAgain = isIdempotent || neverLeft;
      told = {
        status: neverLeft ? 'refused' : 'unknown',
        reason: `${hostOf(url)} was not reached: ${code}`,
        isDown: true,
      };
    }
    if (!mayTryAgain || pause === undefined) return told;
    await wait(pause);
  }
}
