import type { Channel } from './channel.ts';
import type { Message, ToldAlert } from './message.ts';
import { type PostOptions, post } from './post.ts';
import { askOf, factsOf, figuresOf, MAX_ALERTS, moreText, pageOf, type Style } from './text.ts';

/** Teams takes 28 KB a message; what its own services add counts. */
const MAX_BYTES = 24_000;
const MAX_TEXT = 500;

/** Text as it is: a run knows no Markdown, so that a name cannot become a link. */
const run = (text: string, more: object = {}) => ({
  type: 'TextRun',
  text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text,
  ...more,
});
const line = (...inlines: object[]) => ({ type: 'RichTextBlock', inlines });

function itemOf(message: Message, alert: ToldAlert, style: Style) {
  const page = pageOf(alert, style);
  const name = run(`${alert.account_name}: ${alert.subject}`, {
    weight: 'Bolder',
    ...(page === undefined ? {} : { selectAction: { type: 'Action.OpenUrl', title: 'Open', url: page } }),
  });
  const lines = [factsOf(alert, style), askOf(message, alert)].filter(Boolean);
  return {
    type: 'Container',
    separator: true,
    items: [line(name), ...lines.map((text) => line(run(text, { isSubtle: true })))],
  };
}

/** A message as an adaptive card, as a workflow "when a Teams webhook request is received" and an incoming webhook take it. */
export function teamsBody(message: Message, style: Style): object {
  const title = `${message.title} (${message.to.name})`;
  const cardWith = (count: number) => {
    const more = moreText(message, count);
    return {
      type: 'message',
      summary: title.slice(0, MAX_TEXT),
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: {
            $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
            type: 'AdaptiveCard',
            version: '1.4',
            msteams: { width: 'Full' },
            fallbackText: title.slice(0, MAX_TEXT),
            body: [
              line(run(title, { size: 'Medium', weight: 'Bolder' })),
              ...figuresOf(message, style).map((figure) => line(run(figure))),
              ...message.alerts.slice(0, count).map((alert) => itemOf(message, alert, style)),
              ...(more === undefined ? [] : [line(run(more))]),
            ],
          },
        },
      ],
    };
  };
  for (let count = Math.min(message.alerts.length, MAX_ALERTS); count > 0; count -= 1) {
    const card = cardWith(count);
    if (Buffer.byteLength(JSON.stringify(card)) <= MAX_BYTES) return card;
  }
  return cardWith(0);
}

/** An incoming webhook says 200 to what it could not deliver, and the fault in words. */
const undelivered = (said: string) =>
  /delivery failed|HTTP error \d{3}/i.test(said)
    ? Number(/HTTP error (\d{3})/i.exec(said)?.[1] ?? 400)
    : undefined;

/** Microsoft Teams, by the webhook of a workflow or of a channel: it knows no keys, so that what may have arrived is not sent again. */
export const teamsChannel = (
  { url }: { readonly url: string },
  style: Style,
  limits: Pick<PostOptions, 'waits' | 'timeoutMs'> = {},
): Channel => ({
  isIdempotent: false,
  send: (message) =>
    post({
      url,
      body: JSON.stringify(teamsBody(message, style)),
      isIdempotent: false,
      statusIn: undelivered,
      ...limits,
    }),
  findProblem: async () => undefined, // a webhook can only be tried by telling somebody something
  close() {},
});
