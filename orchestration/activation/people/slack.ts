import type { Channel } from './channel.ts';
import type { Message } from './message.ts';
import { type PostOptions, post } from './post.ts';
import { askOf, factsOf, figuresOf, MAX_ALERTS, moreText, pageOf, type Style } from './text.ts';

/** The three signs that Slack's mrkdwn reads: https://docs.slack.dev/messaging/formatting-message-text. */
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A message as the body of an incoming webhook, within Slack's fifty blocks; `text` is what notifications show. */
export function slackBody(message: Message, style: Style): { text: string; blocks: object[] } {
  const section = (text: string) => ({
    type: 'section',
    text: { type: 'mrkdwn', text: text.slice(0, 3000) },
  });
  const alerts = message.alerts.slice(0, MAX_ALERTS).map((alert) => {
    const page = pageOf(alert, style);
    const name = escaped(`${alert.account_name}: ${alert.subject}`);
    const head = page === undefined ? `*${name}*` : `*<${page}|${name.replaceAll('|', '¦')}>*`;
    return section(
      [head, factsOf(alert, style), askOf(message, alert)]
        .map((line, index) => (index === 0 ? line : escaped(line)))
        .filter(Boolean)
        .join('\n'),
    );
  });
  const more = moreText(message, alerts.length);
  const figures = escaped(figuresOf(message, style).join('\n'));
  const title = escaped(`${message.title} (${message.to.name})`);
  return {
    text: title,
    blocks: [
      section(`*${title}*`),
      ...(figures === '' ? [] : [section(figures)]),
      ...alerts,
      ...(more === undefined ? [] : [section(more)]),
    ],
  };
}

/** Slack, by an incoming webhook of a channel: it knows no keys, so that what may have arrived is not sent again. */
export const slackChannel = (
  { url }: { readonly url: string },
  style: Style,
  limits: Pick<PostOptions, 'waits' | 'timeoutMs'> = {},
): Channel => ({
  isIdempotent: false,
  send: (message) =>
    post({ url, body: JSON.stringify(slackBody(message, style)), isIdempotent: false, ...limits }),
  findProblem: async () => undefined, // a webhook can only be tried by telling somebody something
  close() {},
});
