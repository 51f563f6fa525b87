import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openWarehouse, type Warehouse } from '../../../warehouse/index.ts';
import type { ChannelConfig } from '../../config/schema.ts';
import type { Channel, Told } from './channel.ts';
import { emailChannel } from './email.ts';
import { fileChannel } from './file.ts';
import { isQuiet, isWithin, localTime } from './hours.ts';
import { tellPeople } from './index.ts';
import { type Figure, type Message, messagesOf, type ToldAlert } from './message.ts';
import { slackBody, slackChannel } from './slack.ts';
import { teamsBody, teamsChannel } from './teams.ts';
import { factsOf, figuresOf, html, pageOf, plainText } from './text.ts';
import { webhookBody, webhookChannel } from './webhook.ts';

const TUESDAY = '2026-06-30';
const STYLE = { currency: 'USD', siteUrl: 'https://health.acme.example' };
const folder = await mkdtemp(join(tmpdir(), 'tenure-people-'));
afterAll(() => rm(folder, { recursive: true }));

const alert = (key: string, given: Partial<ToldAlert> = {}): ToldAlert => ({
  record_key: key,
  as_of_date: TUESDAY,
  kind: 'alert',
  event_date: TUESDAY,
  is_backlog: false,
  recipient_id: 'u1',
  recipient_name: 'Uma <b>',
  recipient_email: 'uma@tenure.example',
  level: null,
  alert_key: key.replace(/^\w+:/, ''),
  rule: 'health_decline',
  severity: 'urgent',
  subject: 'Health declined before a renewal',
  state: 'created',
  owner_name: 'Uma <b>',
  created_date: TUESDAY,
  due_date: '2026-07-07',
  account_id: 'A1',
  account_name: 'Oak & <Elm>',
  segment: 'smb',
  arr: 120_000.4,
  score: 33.5,
  category: 'red',
  flag: 'critical',
  renewal_date: '2026-08-12',
  ...given,
});
const ALL = { tells: ['alert', 'escalation', 'digest'], minSeverity: 'info', isFirstTime: false } as const;
const one = (given: Partial<ToldAlert> = {}) => messagesOf([alert('alert:x', given)], ALL)[0] as Message;

describe('messages', () => {
  it('are one an alert and an escalation, and one a person with all that is open, the gravest first', () => {
    const rows = [
      alert('alert:x'),
      alert('escalation:x:manager:0', { kind: 'escalation', level: 'manager', recipient_id: 'm1' }),
      alert('digest:x', { kind: 'digest' }),
      alert('digest:y', { kind: 'digest', severity: 'critical', account_id: 'A2', due_date: '2026-06-25' }),
      alert('digest:z', { kind: 'digest', due_date: '2026-07-01' }),
      alert('digest:old', { kind: 'digest', due_date: '2025-01-01' }),
      alert('digest:w', { kind: 'digest', recipient_id: 'u2' }),
    ];
    const messages = messagesOf(rows, ALL);
    expect(messages.map(({ key, title, severity }) => [key, title, severity])).toEqual([
      ['alert:x', 'Oak & <Elm>: Health declined before a renewal', 'urgent'],
      [
        'escalation:x:manager:0',
        'Escalated to you as manager: Oak & <Elm>: Health declined before a renewal',
        'urgent',
      ],
      [`digest:${TUESDAY}:u1`, '4 to do in 2 accounts, 2 overdue', 'critical'],
      [`digest:${TUESDAY}:u2`, '1 to do in 1 account', 'urgent'],
    ]);
    expect(messages[2]?.alerts.map(({ alert_key }) => alert_key)).toEqual(['y', 'z', 'x', 'old']);
  });

  it('leave out what is not asked for, and the digest at a weekend', () => {
    const rows = [
      alert('alert:x', { severity: 'notice' }),
      alert('alert:y', { severity: 'warning' }),
      alert('digest:x', { kind: 'digest', severity: 'notice' }),
    ];
    const keys = (options: object, given = rows) =>
      messagesOf(given, { ...ALL, ...options }).map(({ key }) => key);
    expect(keys({ minSeverity: 'warning' })).toEqual(['alert:y', `digest:${TUESDAY}:u1`]);
    expect(keys({ tells: ['digest'] })).toEqual([`digest:${TUESDAY}:u1`]);
    const saturday = rows.map((row) => ({ ...row, as_of_date: '2026-07-04' }));
    expect(keys({}, saturday)).toEqual(['alert:x', 'alert:y']);
  });

  it('are backlog when they came up too late, or before the channel told anything', () => {
    const rows = [
      alert('alert:old', { is_backlog: true }),
      alert('alert:yesterday', { event_date: '2026-06-29' }),
      alert('alert:today'),
    ];
    const backlog = (isFirstTime: boolean) =>
      messagesOf(rows, { ...ALL, isFirstTime })
        .filter((each) => each.isBacklog)
        .map(({ key }) => key);
    expect(backlog(true)).toEqual(['alert:old', 'alert:yesterday']);
    expect(backlog(false)).toEqual(['alert:old']);
  });

  it('are refused when two rows have one key', () => {
    expect(() => messagesOf([alert('alert:x'), alert('alert:x')], ALL)).toThrow(/record_key of its own/);
  });
});

describe('the text', () => {
  it('says what is known, asked and done so far', () => {
    expect(plainText(one(), STYLE)).toBe(
      'Oak & <Elm>: Health declined before a renewal\n\nARR USD 120,000 · score 34, red · renews 2026-08-12\n' +
        'urgent, since 2026-06-30, due 2026-07-07\nhttps://health.acme.example/accounts/A1\n',
    );
    const late = { kind: 'escalation', level: 'vp_cs', due_date: '2026-06-25', owner_name: null } as const;
    expect(plainText(one({ ...late, arr: null, score: null, renewal_date: null }), STYLE)).toContain(
      'Escalated to you as VP CS: Oak & <Elm>: Health declined before a renewal\n\nurgent, since 2026-06-30, was due 2026-06-25; nobody has acted on it; owner: nobody\n',
    );
    expect(plainText(one({ ...late, state: 'acknowledged', owner_name: 'Uma' }), STYLE)).toContain(
      'taken up, not done; owner: Uma',
    );
    expect(factsOf(alert('alert:x', { score: 0, arr: 0, renewal_date: '2026-06-29' }), STYLE)).toBe(
      'ARR USD 0 · score 0, red',
    );
    expect(factsOf(alert('alert:x', { rule: 'notice_given', renewal_date: '2026-08-12' }), STYLE)).toMatch(
      / · ends 2026-08-12$/,
    );
  });

  it('holds names that look like markup as text', () => {
    const page = html(one(), STYLE);
    expect(page).toContain('Oak &amp; &lt;Elm&gt;');
    expect(page).not.toContain('<Elm>');
    expect(JSON.stringify(slackBody(one(), STYLE))).not.toMatch(/<Elm>|<b>/);
  });

  it('links to the page of the account as the pages name it', () => {
    expect(pageOf({ account_id: 'A/1' }, STYLE)).toMatch(/\/accounts\/[0-9a-f]{32}$/);
    expect(pageOf({ account_id: 'A1' }, { ...STYLE, siteUrl: undefined })).toBeUndefined();
  });

  it('names twenty alerts and how many more there are', () => {
    const rows = Array.from({ length: 60 }, (_, index) => alert(`digest:${index}`, { kind: 'digest' }));
    const digest = messagesOf(rows, ALL)[0] as Message;
    const { blocks } = slackBody(digest, STYLE);
    expect(plainText(digest, STYLE)).toMatch(/… and 40 more\nhttps:\/\/\S+\/csm\n$/);
    expect(html(digest, STYLE).match(/<strong>/g)).toHaveLength(20);
    expect(html(digest, STYLE)).toContain('/csm" style="color:inherit">… and 40 more</a>');
    expect(html(digest, { ...STYLE, siteUrl: undefined })).toContain('<p>… and 40 more</p>');
    expect(blocks).toHaveLength(22);
    expect(JSON.stringify(blocks.at(-1))).toContain('and 40 more');
  });
});

interface Asked {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that answers as it is told, one answer a request, the last for ever. */
async function standIn(answers: readonly ((response: ServerResponse) => void)[]) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const answer = answers[Math.min(asked.length, answers.length - 1)];
      asked.push({ headers: request.headers, body });
      answer?.(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/secret-path`;
  return {
    url,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
const says =
  (status: number, body = '', headers = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end(body);
const breaksOff = (response: ServerResponse) => response.destroy();
const FAST = { waits: [1, 1, 1], timeoutMs: 500 };

describe('Slack and webhooks', () => {
  let server: Awaited<ReturnType<typeof standIn>>;
  afterEach(() => server.close());
  const slackSays = async (...answers: ((response: ServerResponse) => void)[]) => {
    server = await standIn(answers);
    return slackChannel({ url: server.url }, STYLE, FAST).send(one());
  };
  const hookSays = async (...answers: ((response: ServerResponse) => void)[]) => {
    server = await standIn(answers);
    const secret = 'sixteen-letters-or-more';
    return webhookChannel({ url: server.url, secret }, STYLE, { ...FAST, now: () => 1_782_800_000_000 }).send(
      one(),
    );
  };

  it('get a message once, and again after 429', async () => {
    expect(await slackSays(says(429, '', { 'retry-after': '0' }), says(200, 'ok'))).toEqual({
      status: 'sent',
    });
    expect(server.asked).toHaveLength(2);
    expect(JSON.parse(server.asked[0]?.body ?? '')).toEqual(slackBody(one(), STYLE));
  });

  it('that knows no keys is not asked again when it may have taken it', async () => {
    for (const [answer, why] of [
      [says(500, 'oops'), /answered 500: oops/],
      [breaksOff, /was not reached/],
      [() => {}, /no answer in time/],
    ] as const) {
      const told = await slackSays(answer);
      expect(told).toMatchObject({ status: 'unknown', reason: expect.stringMatching(why) });
      expect(server.asked).toHaveLength(1);
      server.close();
    }
    expect(await slackSays(says(404, 'no_service at services/T0/secret-path'))).toEqual({
      status: 'refused',
      isDown: false,
      reason: `${new URL(server.url).host} answered 404: no_service at ****`,
    });
  });

  it('are never followed to another address', async () => {
    const told = await slackSays(says(302, '', { location: 'http://127.0.0.1:9/' }));
    expect(told).toMatchObject({ status: 'refused', reason: expect.stringContaining('answered 302') });
  });

  it('that know keys are asked until they take it, with one key and a signature of the body', async () => {
    expect(await hookSays(says(503), breaksOff, says(200))).toEqual({ status: 'sent' });
    expect(server.asked).toHaveLength(3);
    for (const { headers, body } of server.asked) {
      expect(headers['idempotency-key']).toBe('alert:x');
      const [, seconds, sent] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['tenure-signature'])) ?? [];
      expect(seconds).toBe('1782800000');
      const made = createHmac('sha256', 'sixteen-letters-or-more').update(`${seconds}.${body}`).digest('hex');
      expect(sent).toBe(made);
      expect(body).toBe(webhookBody(one(), STYLE));
    }
  });

  it('that nobody answers at were not reached, and may be asked again', async () => {
    server = await standIn([says(200)]);
    server.close();
    const told = await slackChannel({ url: server.url }, STYLE, FAST).send(one());
    expect(told).toMatchObject({ status: 'refused', reason: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('quiet hours', () => {
  it.each([
    ['2026-06-30T02:30:00Z', 'America/New_York', '2026-06-29', '22:30'],
    ['2026-06-30T00:00:00Z', 'UTC', '2026-06-30', '00:00'],
    ['2026-06-30T15:00:00Z', 'Asia/Tokyo', '2026-07-01', '00:00'],
    // the night on which the clocks go forward, and the one on which they go back
    ['2026-03-29T01:30:00Z', 'Europe/Berlin', '2026-03-29', '03:30'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25', '02:30'],
  ])('%s in %s is %s %s', (instant, zone, day, time) => {
    expect(localTime(instant as never, zone)).toEqual({ day, time });
  });

  it('may go over midnight, and end before their last minute', () => {
    const night = { from: '19:00', to: '08:00' };
    expect(['18:59', '19:00', '00:00', '07:59', '08:00'].map((time) => isWithin(time, night))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    const noon = { from: '12:00', to: '13:00' };
    expect(['11:59', '12:00', '13:00'].map((time) => isWithin(time, noon))).toEqual([false, true, false]);
    expect(isWithin('12:00', { from: '12:00', to: '12:00' })).toBe(false);
  });

  it('are those of the recipient, and include weekends and holidays', () => {
    const hours = {
      quiet: { from: '19:00', to: '08:00' },
      timeZone: 'UTC',
      people: [{ person: 'kim@tenure.example', time_zone: 'America/New_York' }],
      holidays: new Set(['2026-07-03']),
    };
    const uma = { id: 'u1', email: null };
    const kim = { id: 'u2', email: 'kim@tenure.example' };
    const quiet = (to: typeof kim | typeof uma, now: string) => isQuiet(to, now as never, hours);
    expect([quiet(uma, '2026-06-30T10:00:00Z'), quiet(kim, '2026-06-30T10:00:00Z')]).toEqual([false, true]);
    expect([quiet(uma, '2026-06-30T20:00:00Z'), quiet(kim, '2026-06-30T20:00:00Z')]).toEqual([true, false]);
    expect(quiet(uma, '2026-07-03T10:00:00Z')).toBe(true); // a holiday
    expect(quiet(uma, '2026-07-04T10:00:00Z')).toBe(true); // a Saturday
    expect(isQuiet(uma, '2026-07-04T03:00:00Z' as never, { ...hours, quiet: undefined })).toBe(false);
  });

  it('keep the digest from holidays', () => {
    const rows = [alert('digest:x', { kind: 'digest' })];
    expect(messagesOf(rows, ALL)).toHaveLength(1);
    expect(messagesOf(rows, { ...ALL, holidays: new Set([TUESDAY]) })).toEqual([]);
  });
});

describe('what leaders are told of a week', () => {
  const figure = (position: number, label: string, value: number, change: number | null): Figure => ({
    as_of_date: TUESDAY,
    recipient_id: 'v1',
    recipient_name: 'Vic',
    recipient_email: 'vic@tenure.example',
    position,
    label,
    unit: position === 3 ? 'count' : 'money',
    value,
    change,
  });
  const figures = [
    figure(3, 'Red accounts', 3, 0),
    figure(1, 'ARR', 1_200_000.4, -20_000),
    figure(2, 'ARR at risk', 90_000, null),
  ];
  const item = (list: string, account: string, place = 1) =>
    alert(`weekly:v1:${list}:${account}`, {
      kind: 'weekly',
      recipient_id: 'v1',
      rule: list,
      severity: list === 'newly_at_risk' ? 'warning' : 'info',
      subject: 'Newly at risk',
      account_name: account,
      list_total: list === 'rose' ? 7 : 1,
      list_place: place,
    });
  const rows = [item('rose', 'B', 2), item('newly_at_risk', 'A'), item('rose', 'C', 1)];
  const weekly = (options: object = {}) =>
    messagesOf(rows, { ...ALL, tells: ['weekly'], figures, ...options })[0] as Message;

  it('is one message, with the figures and what is new, by one key for the whole week', () => {
    expect(weekly()).toMatchObject({
      key: 'weekly:2026-06-29:v1',
      to: { name: 'Vic', email: 'vic@tenure.example' },
      title: 'Your week: 1 newly at risk, 7 rose',
    });
    expect(weekly().alerts.map(({ account_name }) => account_name)).toEqual(['A', 'C', 'B']); // the largest first
    expect(figuresOf(weekly(), STYLE)).toEqual([
      'ARR USD 1,200,000 (−20,000 in a week)',
      'ARR at risk USD 90,000',
      'Red accounts 3 (unchanged in a week)',
    ]);
    const sunday = figures.map((each) => ({ ...each, as_of_date: '2026-07-05' }));
    expect(messagesOf([], { ...ALL, tells: ['weekly'], figures: sunday })).toEqual([]);
    const quiet = messagesOf([], { ...ALL, tells: ['weekly'], figures })[0];
    expect(quiet).toMatchObject({ title: 'Your week: nothing new', alerts: [] });
    expect(messagesOf(rows, { ...ALL, figures })).toEqual([]);
  });

  it('says the same in every channel', () => {
    const message = weekly();
    for (const text of [
      plainText(message, STYLE),
      html(message, STYLE),
      JSON.stringify(slackBody(message, STYLE)),
      JSON.stringify(teamsBody(message, STYLE)),
    ]) {
      expect(text).toContain('ARR USD 1,200,000 (−20,000 in a week)');
      expect(text).toContain('Newly at risk');
      expect(text).not.toContain('due 2026');
    }
    expect(JSON.parse(webhookBody(message, STYLE))).toMatchObject({
      kind: 'weekly',
      figures: [{ label: 'ARR', unit: 'money', value: 1_200_000.4, change: -20_000 }, {}, {}],
    });
    expect(JSON.parse(webhookBody(one(), STYLE))).not.toHaveProperty('figures');
  });
});

describe('Microsoft Teams', () => {
  let server: Awaited<ReturnType<typeof standIn>>;
  afterEach(() => server?.close());
  const SECRET = 'api-version=2016-06-01&sig=very-secret-signature';
  const teamsSays = async (...answers: ((response: ServerResponse) => void)[]) => {
    server = await standIn(answers);
    return teamsChannel({ url: `${server.url}?${SECRET}` }, STYLE, FAST).send(one());
  };

  it('gets an adaptive card, whose texts are no Markdown', async () => {
    expect(await teamsSays(says(202))).toEqual({ status: 'sent' });
    const sent = JSON.parse(server.asked[0]?.body ?? '');
    expect(sent).toEqual(teamsBody(one(), STYLE));
    expect(sent).toMatchObject({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          content: {
            type: 'AdaptiveCard',
            version: '1.4',
            body: [{ type: 'RichTextBlock' }, { type: 'Container' }],
          },
        },
      ],
    });
    expect(server.asked[0]?.body).not.toContain('"TextBlock"');
  });

  it('is taken at its word when it says 200 and that it could not deliver', async () => {
    const failed = (status: number) =>
      says(
        200,
        `Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error ${status} with ContextId x.`,
      );
    expect(await teamsSays(failed(413))).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('answered 413'),
    });
    server.close();
    expect(await teamsSays(failed(429), says(200, '1'))).toEqual({ status: 'sent' });
    expect(server.asked).toHaveLength(2);
  });

  it('keeps its address to itself, and is not asked again when it may have taken it', async () => {
    const told = await teamsSays(
      says(500, `no workflow at services/T0/secret-path?${SECRET}, very-secret-signature`),
    );
    expect(told).toMatchObject({ status: 'unknown' });
    expect(server.asked).toHaveLength(1);
    expect(JSON.stringify(told)).not.toMatch(/secret-path|very-secret/);
  });

  it('gets no more than it takes, whatever the names', () => {
    const [alert] = one().alerts;
    const long = 'ü<b>[a](http://x)'.repeat(100);
    const alerts = Array.from({ length: 60 }, (_, index) => ({
      ...(alert as ToldAlert),
      record_key: `r${index}`,
      account_name: long,
    }));
    const body = JSON.stringify(teamsBody({ ...one(), alerts }, STYLE));
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(24_000);
    expect(body).toMatch(/… and \d+ more/);
  });
});

describe('mail', () => {
  let server: SMTPServer;
  const mails: { to: string[]; text: string }[] = [];
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const mailServer = async (refuses: { rcpt?: boolean; data?: boolean } = {}) => {
    mails.length = 0;
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: (_, __, callback) => callback(refuses.rcpt ? new Error('no such mailbox') : null),
      onData(stream, session, callback) {
        let text = '';
        stream.on('data', (part: Buffer) => {
          text += String(part);
        });
        stream.on('end', () => {
          mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
          callback(refuses.data ? Object.assign(new Error('too much'), { responseCode: 452 }) : null);
        });
      },
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.server.address() as AddressInfo;
    return emailChannel(
      { from: 'CS <cs@acme.example>', smtp: { host: '127.0.0.1', port, secure: false } },
      STYLE,
    );
  };

  it('is found not to be reached before anybody is told anything', async () => {
    const channel = await mailServer();
    expect(await channel.findProblem()).toBeUndefined();
    const { port } = server.server.address() as AddressInfo;
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const gone = emailChannel(
      { from: 'cs@acme.example', smtp: { host: '127.0.0.1', port, secure: false } },
      STYLE,
    );
    expect(await gone.findProblem()).toMatch(/ECONNREFUSED.*Check host, port/s);
    await mailServer();
  });

  it('goes to the person, as text and as HTML, with an id of its own', async () => {
    const channel = await mailServer();
    expect(await channel.send(one())).toEqual({ status: 'sent' });
    expect(await channel.send(one())).toEqual({ status: 'sent' });
    channel.close();
    expect(mails.map(({ to }) => to)).toEqual([['uma@tenure.example'], ['uma@tenure.example']]);
    const ids = mails.map(({ text }) => /^Message-ID: (<[0-9a-f]{32}@acme\.example>)/im.exec(text)?.[1]);
    expect(ids[0]).toBeDefined();
    expect(ids[0]).toBe(ids[1]);
    expect(mails[0]?.text).toMatch(/Content-Type: text\/plain[\s\S]*Content-Type: text\/html/);
    expect(mails[0]?.text).toContain('Auto-Submitted: auto-generated');
  });

  it('that the server refuses, or that has no address, is told again next time', async () => {
    const refusing = await mailServer({ rcpt: true });
    expect(await refusing.send(one())).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('no such mailbox'),
    });
    const told = await refusing.send(one({ recipient_email: null }));
    expect(told).toEqual({ status: 'refused', reason: 'no source says the address of Uma <b>' });
    refusing.close();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const full = await mailServer({ data: true });
    expect(await full.send(one())).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('452'),
    });
    full.close();
  });
});

describe('files', () => {
  it('are a page and what a webhook gets, in a folder a day, the same again', async () => {
    const channel = fileChannel({ path: join(folder, 'outbox') }, STYLE);
    expect(await channel.send(one())).toEqual({ status: 'sent' });
    expect(await channel.send(one())).toEqual({ status: 'sent' });
    const names = await readdir(join(folder, 'outbox', TUESDAY));
    expect(names.sort()).toEqual([
      expect.stringMatching(/^alert-u1-[0-9a-f]{8}\.html$/),
      expect.stringMatching(/^alert-u1-[0-9a-f]{8}\.json$/),
    ]);
    const text = await readFile(join(folder, 'outbox', TUESDAY, String(names[1])), 'utf8');
    expect(JSON.parse(text)).toEqual(JSON.parse(webhookBody(one(), STYLE)));
  });
});

describe('a channel', () => {
  let warehouse: Warehouse;
  const config = {
    name: 'cs',
    kind: 'file',
    path: '/none',
    tells: [...ALL.tells],
    min_severity: 'info',
  } as ChannelConfig;
  let sent: string[];
  beforeEach(async () => {
    warehouse = await openWarehouse({ type: 'duckdb', path: ':memory:' });
    sent = [];
  });
  afterEach(() => warehouse.close());

  const want = async (rows: readonly ToldAlert[]) => {
    const columns = Object.keys(alert('x')).map((name) => ({
      name,
      type: /_date$/.test(name)
        ? 'date'
        : /^(arr|score)$/.test(name)
          ? 'number'
          : name === 'is_backlog'
            ? 'boolean'
            : 'string',
    }));
    await warehouse.query('create schema if not exists activation');
    await warehouse.query('drop table if exists activation.sync_people__alerts');
    await warehouse.ensureTable('activation', 'sync_people__alerts', columns as never);
    await warehouse.loadRows(
      'activation',
      'sync_people__alerts',
      columns as never,
      rows.map((row) => ({ ...row })),
    );
  };
  const sender = (
    tell: (key: string) => Told = () => ({ status: 'sent' }),
    isIdempotent = false,
  ): Channel => ({
    isIdempotent,
    async send({ key }) {
      const told = tell(key);
      sent.push(key);
      return told;
    },
    findProblem: async () => undefined,
    close() {},
  });
  const run = async (options: { apply?: boolean; sender?: Channel; asOfDate?: string } = {}) => {
    const result = await tellPeople({
      channel: config,
      warehouse,
      style: STYLE,
      apply: true,
      asOfDate: TUESDAY as never,
      now: () => '2026-06-30T08:00:00Z' as never,
      sender: sender(),
      ...(options as object),
    });
    return result.objects[0]!;
  };
  const noted = async () =>
    Object.fromEntries(
      (await warehouse.query('select message_key, status from activation.messages')).rows.map((row) => [
        row.message_key,
        row.status,
      ]),
    );

  it('says what it would tell and writes nothing, until it is asked to', async () => {
    await want([alert('alert:x'), alert('digest:x', { kind: 'digest' })]);
    expect(await run({ apply: false })).toMatchObject({ to_create: 2, sent: 0 });
    expect(sent).toEqual([]);
    expect(await warehouse.tableColumns('activation', 'messages')).toBeUndefined();
  });

  it('tells each once, and at first nothing of days before', async () => {
    await want([alert('alert:x'), alert('alert:before', { event_date: '2026-06-29' })]);
    expect(await run()).toMatchObject({ to_create: 1, sent: 1, backlog: 1, rejected: 0 });
    await want([
      alert('alert:x'),
      alert('alert:before', { event_date: '2026-06-29' }),
      alert('alert:late', { event_date: '2026-06-28' }),
    ]);
    expect(await run()).toMatchObject({ to_create: 1, sent: 1, backlog: 0, unchanged: 2 });
    expect(await run()).toMatchObject({ to_create: 0, sent: 0, unchanged: 3 });
    expect(sent).toEqual(['alert:x', 'alert:late']);
    expect(await noted()).toEqual({ 'alert:x': 'sent', 'alert:before': 'backlog', 'alert:late': 'sent' });
  });

  it('tells again what was refused, and not what may have arrived', async () => {
    await want([alert('alert:refused'), alert('alert:unknown'), alert('alert:fine')]);
    const first = sender((key) =>
      key === 'alert:fine' ? { status: 'sent' } : { status: key.slice(6) as 'refused', reason: 'why' },
    );
    expect(await run({ sender: first })).toMatchObject({
      sent: 1,
      rejected: 2,
      reasons: [{ reason: 'why', count: 2 }],
    });
    expect(await run()).toMatchObject({ to_create: 1, sent: 1, unchanged: 2, rejected: 0 });
    expect(sent).toEqual(['alert:fine', 'alert:refused', 'alert:unknown', 'alert:refused']);
  });

  it('that is down is not asked for each message, and gets them all the next time', async () => {
    await want(Array.from({ length: 30 }, (_, index) => alert(`alert:${index}`)));
    const down = sender(() => ({ status: 'refused', reason: 'not reached', isDown: true }));
    expect(await run({ sender: down })).toMatchObject({ sent: 0, rejected: 30, reasons: [{ count: 30 }] });
    expect(sent).toHaveLength(1);
    expect(await run()).toMatchObject({ to_create: 30, sent: 30, rejected: 0 });
  });

  it.each([[false], [true]])(
    'that is killed while it sends tells nobody twice, or the same again where keys are known (%s)',
    async (isIdempotent) => {
      const rows = Array.from({ length: 45 }, (_, index) => alert(`alert:${String(index).padStart(2, '0')}`));
      await want(rows);
      const killed = sender((key) => {
        if (key === 'alert:27') throw new Error('killed');
        return { status: 'sent' };
      }, isIdempotent);
      await expect(run({ sender: killed })).rejects.toThrow('killed');
      expect(sent).toHaveLength(27);
      const again = await run({ sender: sender(undefined, isIdempotent) });
      // Twenty are claimed at a time: those from 20 to 39 are in doubt.
      expect(again).toMatchObject(
        isIdempotent ? { to_create: 25, sent: 25, rejected: 0 } : { to_create: 5, sent: 5, rejected: 20 },
      );
      expect(new Set(sent).size).toBe(isIdempotent ? 45 : 32);
      if (!isIdempotent) expect(sent).toHaveLength(32);
      expect(await run({ sender: sender(undefined, isIdempotent) })).toMatchObject({
        to_create: 0,
        sent: 0,
        rejected: 0,
      });
    },
  );

  it('leaves people alone in their quiet hours, and tells them by the first run after', async () => {
    await want([alert('alert:before', { event_date: '2026-06-01' })]);
    await run();
    await want([
      alert('alert:here'),
      alert('alert:there', { recipient_id: 'u2', recipient_email: 'kim@tenure.example' }),
      alert('digest:here', { kind: 'digest' }),
    ]);
    const quiet = {
      channel: { ...config, quiet_hours: { from: '19:00', to: '08:00' } },
      timeZone: 'UTC',
      people: [{ person: 'kim@tenure.example', time_zone: 'America/New_York' }],
    };
    sent.length = 0;
    // eight in the morning here, four there
    expect(await run({ ...quiet, now: () => '2026-06-30T08:00:00Z' } as never)).toMatchObject({
      to_create: 2,
      waiting: 1,
      sent: 2,
    });
    expect(await run({ ...quiet, now: () => '2026-06-30T11:59:00Z' } as never)).toMatchObject({
      to_create: 0,
      waiting: 1,
    });
    expect(await run({ ...quiet, now: () => '2026-06-30T12:00:00Z' } as never)).toMatchObject({
      to_create: 1,
      waiting: 0,
    });
    expect(sent).toEqual(['alert:here', `digest:${TUESDAY}:u1`, 'alert:there']);
  });

  it('tells nothing of rows that are days old, nor without the model', async () => {
    await expect(run()).rejects.toMatchObject({ code: 'ACTIVATION_NOT_BUILT' });
    await want([alert('alert:x')]);
    const late = await run({ asOfDate: '2026-07-02' });
    expect(late).toMatchObject({ sent: 0, refused: { code: 'ACTIVATION_STALE' } });
    expect(sent).toEqual([]);
  });
});
