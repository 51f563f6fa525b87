import { createHmac } from 'node:crypto';
import type { Channel } from './channel.ts';
import type { Message } from './message.ts';
import { type PostOptions, post } from './post.ts';
import { pageOf, type Style } from './text.ts';

/** The body of a webhook, version 1; docs/people.md describes it. Amounts are numbers in `currency`, days ISO dates. */
export const webhookBody = (message: Message, style: Style): string =>
  JSON.stringify({
    version: 1,
    id: message.key,
    kind: message.kind,
    as_of_date: message.as_of_date,
    to: message.to,
    severity: message.severity,
    title: message.title,
    currency: style.currency,
    ...(message.figures.length === 0
      ? {}
      : {
          figures: message.figures.map(({ label, unit, value, change }) => ({ label, unit, value, change })),
        }),
    alerts: message.alerts.map((alert) => ({
      alert_key: alert.alert_key,
      rule: alert.rule,
      severity: alert.severity,
      subject: alert.subject,
      state: alert.state,
      owner_name: alert.owner_name,
      escalation_level: alert.level,
      created_on: alert.created_date,
      due_on: alert.due_date,
      account: {
        account_id: alert.account_id,
        name: alert.account_name,
        segment: alert.segment,
        arr: alert.arr === null ? null : Number(alert.arr),
        score: alert.score,
        category: alert.category,
        flag: alert.flag,
        renewal_date: alert.renewal_date,
        url: pageOf(alert, style) ?? null,
      },
    })),
  });

/** `t=<seconds>,v1=<HMAC-SHA256 of "seconds.body" in hex>`: who has the secret can tell that it came from us, and when. */
export const signature = (secret: string, body: string, seconds: number): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;

/** Any address: signed JSON with an idempotency key, sent again until it is taken. */
export const webhookChannel = (
  { url, secret }: { readonly url: string; readonly secret: string },
  style: Style,
  limits: Pick<PostOptions, 'waits' | 'timeoutMs'> & { readonly now?: () => number } = {},
): Channel => {
  const { now = Date.now, ...rest } = limits;
  return {
    isIdempotent: true,
    send(message) {
      const body = webhookBody(message, style);
      const headers = {
        'idempotency-key': message.key,
        'tenure-signature': signature(secret, body, Math.floor(now() / 1000)),
      };
      return post({ url, body, headers, isIdempotent: true, ...rest });
    },
    findProblem: async () => undefined, // it can only be tried by telling somebody something
    close() {},
  };
};
