import { createHash } from 'node:crypto';
import { type Figure, isOverdue, type Message, type ToldAlert } from './message.ts';

/** A message names so many alerts at most, and says how many more there are. */
export const MAX_ALERTS = 20;

/** How amounts and links are written. */
export interface Style {
  /** ISO 4217. */
  readonly currency: string;
  /** Where the pages are, without a slash at the end; undefined when nobody said. */
  readonly siteUrl: string | undefined;
}

/** The account's page, by the same rule as the pages (`page_of` of reports/sources); undefined without a site. */
export const pageOf = (
  { account_id }: Pick<ToldAlert, 'account_id'>,
  { siteUrl }: Style,
): string | undefined => {
  if (siteUrl === undefined) return undefined;
  const isPlain = /^[A-Za-z0-9_-]{1,100}$/.test(account_id);
  return `${siteUrl}/accounts/${isPlain ? account_id : createHash('md5').update(account_id).digest('hex')}`;
};

/** What is known of the account, in words: "ARR USD 120,000 · score 34, red · renews 2026-08-12". */
export function factsOf(alert: ToldAlert, { currency }: Style): string {
  const { rule, arr, score, category, renewal_date, as_of_date } = alert;
  return [
    arr === null ? undefined : `ARR ${currency} ${Math.round(Number(arr)).toLocaleString('en-US')}`,
    score === null
      ? undefined
      : `score ${Math.floor(score + 0.5)}${category === null ? '' : `, ${category}`}`,
    // the renewal that the alert counts to; one of the past says nothing of today
    renewal_date === null || renewal_date < as_of_date
      ? undefined
      : `${rule === 'notice_given' ? 'ends' : 'renews'} ${renewal_date}`,
  ]
    .filter((each) => each !== undefined)
    .join(' · ');
}

/** A headline figure in words: "ARR at risk USD 120,000 (+20,000 in a week)". */
export function figureText({ label, unit, value, change }: Figure, { currency }: Style): string {
  const written = (number: number) => Math.round(number).toLocaleString('en-US');
  const moved =
    change === null
      ? ''
      : Math.round(change) === 0
        ? ' (unchanged in a week)'
        : ` (${change > 0 ? '+' : '−'}${written(Math.abs(change))} in a week)`;
  return `${label} ${unit === 'money' ? `${currency} ` : ''}${written(value)}${moved}`;
}

/** The headline figures of a message in words; none but of a weekly one. */
export const figuresOf = ({ figures }: Pick<Message, 'figures'>, style: Style): string[] =>
  figures.map((figure) => figureText(figure, style));

/** What is asked of whom, and what happened so far. */
export function askOf(message: Pick<Message, 'kind'>, alert: ToldAlert): string {
  if (message.kind === 'weekly') return alert.owner_name === null ? '' : `owner: ${alert.owner_name}`;
  const due = isOverdue(alert) ? `was due ${alert.due_date}` : `due ${alert.due_date}`;
  if (message.kind !== 'escalation') return `${alert.severity}, since ${alert.created_date}, ${due}`;
  const done = alert.state === 'acknowledged' ? 'taken up, not done' : 'nobody has acted on it';
  return `${alert.severity}, since ${alert.created_date}, ${due}; ${done}; owner: ${alert.owner_name ?? 'nobody'}`;
}

/** What a message does not name, in words; undefined when it names all. */
export const moreText = (message: Pick<Message, 'alerts'>, named: number): string | undefined =>
  message.alerts.length > named ? `… and ${message.alerts.length - named} more` : undefined;

/** Where the open alerts of all owners are; undefined without a site. */
const booksOf = ({ siteUrl }: Style): string | undefined => siteUrl && `${siteUrl}/csm`;

/** A message as plain text. */
export function plainText(message: Message, style: Style): string {
  const parts = message.alerts
    .slice(0, MAX_ALERTS)
    .map((alert) =>
      [
        ...(message.kind === 'digest' || message.kind === 'weekly'
          ? [`${alert.account_name}: ${alert.subject}`]
          : []),
        ...[factsOf(alert, style), askOf(message, alert), pageOf(alert, style)].filter(Boolean),
      ].join('\n'),
    );
  const figures = figuresOf(message, style).join('\n');
  const more = moreText(message, parts.length);
  const rest = more && [more, booksOf(style)].filter(Boolean).join('\n');
  return `${[message.title, figures, ...parts, rest].filter(Boolean).join('\n\n')}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

/** A message as HTML for mail: one column, no script, no image, nothing loaded from anywhere. */
export function html(message: Message, style: Style): string {
  const items = message.alerts.slice(0, MAX_ALERTS).map((alert) => {
    const page = pageOf(alert, style);
    const name = escapeHtml(`${alert.account_name}: ${alert.subject}`);
    const head =
      page === undefined ? name : `<a href="${escapeHtml(page)}" style="color:inherit">${name}</a>`;
    const lines = [factsOf(alert, style), askOf(message, alert)].filter(Boolean).map(escapeHtml).join('<br>');
    return `<p style="margin:0 0 16px"><strong>${head}</strong><br>${lines}</p>`;
  });
  const more = moreText(message, items.length);
  const books = booksOf(style);
  if (more !== undefined)
    items.push(
      `<p>${books === undefined ? more : `<a href="${escapeHtml(books)}" style="color:inherit">${more}</a>`}</p>`,
    );
  const lines = figuresOf(message, style).map(escapeHtml).join('<br>');
  const figures = lines === '' ? '' : `<p style="margin:0 0 16px">${lines}</p>`;
  return (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">' +
    `<title>${escapeHtml(message.title)}</title></head>` +
    '<body style="font:16px/1.5 system-ui,sans-serif;max-width:640px;margin:0 auto;padding:16px">' +
    `<h1 style="font-size:20px">${escapeHtml(message.title)}</h1>${figures}${items.join('')}</body></html>`
  );
}
