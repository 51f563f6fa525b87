import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { THIS_MACHINE } from '../../config/this-machine.ts';
import type { Channel, Told } from './channel.ts';
import type { Message } from './message.ts';
import { html, plainText, type Style } from './text.ts';

export interface EmailSettings {
  readonly from: string;
  readonly smtp: {
    readonly host: string;
    readonly port: number;
    readonly user?: string | undefined;
    readonly password?: string | undefined;
    /** Whether the connection is encrypted from its first byte (port 465); else STARTTLS is asked for and required. */
    readonly secure: boolean;
  };
}

const TIMEOUT_MS = 30_000;
/** Steps of the conversation before the text of a mail is handed over: a mail that failed there never left. */
const BEFORE_THE_TEXT = ['CONN', 'EHLO', 'HELO', 'STARTTLS', 'API', 'MAIL FROM', 'RCPT TO'];

interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly responseCode?: number;
}

function toldOf(error: SmtpError): Exclude<Told, { status: 'sent' }> {
  const { code, command = '', responseCode } = error;
  const reason = `the mail server: ${[code, responseCode, error.message].filter(Boolean).join(' ')}`.slice(
    0,
    300,
  );
  const neverLeft =
    responseCode !== undefined || BEFORE_THE_TEXT.includes(command) || command.startsWith('AUTH');
  return { status: neverLeft ? 'refused' : 'unknown', reason };
}

/**
 * Mail by SMTP, one to a person, as text and HTML. The id of a mail is made from its message's key; servers do not know
 * it, so that what may have arrived is not sent again. The password goes nowhere unencrypted but to this machine.
 */
export function emailChannel({ from, smtp }: EmailSettings, style: Style): Channel {
  const { host, port, user, password, secure } = smtp;
  const isHere = THIS_MACHINE.includes(host.includes(':') ? `[${host}]` : host);
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: !secure && !isHere,
    ignoreTLS: isHere,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
  });
  const id = (message: Message) =>
    `<${createHash('sha256').update(message.key).digest('hex').slice(0, 32)}@${from.replace(/^.*@|>.*$/g, '')}>`;
  return {
    isIdempotent: false,
    async send(message) {
      const { email, name } = message.to;
      if (email === null) return { status: 'refused', reason: `no source says the address of ${name}` };
      try {
        await transport.sendMail({
          from,
          to: { name, address: email },
          subject: message.title,
          text: plainText(message, style),
          html: html(message, style),
          messageId: id(message),
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return { status: 'sent' };
      } catch (error) {
        return toldOf(error as SmtpError);
      }
    },
    async findProblem() {
      try {
        await transport.verify();
        return undefined;
      } catch (error) {
        return `${toldOf(error as SmtpError).reason}. Check host, port, user and password of smtp, and whether this machine may reach it.`;
      }
    },
    close: () => transport.close(),
  };
}
