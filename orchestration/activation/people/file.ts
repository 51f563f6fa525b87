import { createHash } from 'node:crypto';
import { access, constants, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Channel } from './channel.ts';
import type { Message } from './message.ts';
import { html, type Style } from './text.ts';
import { webhookBody } from './webhook.ts';

const fileName = (message: Message) =>
  `${message.kind}-${message.to.id.replace(/[^A-Za-z0-9@._-]/g, '_').slice(0, 60)}-${createHash('sha256').update(message.key).digest('hex').slice(0, 8)}`;

/** A folder: each message as a page to look at and as the JSON that a webhook gets, in a folder a day. */
export const fileChannel = ({ path }: { readonly path: string }, style: Style): Channel => ({
  isIdempotent: true, // the same file again
  async send(message) {
    const folder = join(path, message.as_of_date);
    try {
      await mkdir(folder, { recursive: true });
      for (const [ending, text] of [
        ['json', webhookBody(message, style)],
        ['html', html(message, style)],
      ]) {
        const file = join(folder, `${fileName(message)}.${ending}`);
        await writeFile(`${file}.part`, `${text}\n`, { mode: 0o600 });
        await rename(`${file}.part`, file);
      }
      return { status: 'sent' };
    } catch (error) {
      return {
        status: 'refused',
        reason: `${folder}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
      };
    }
  },
  async findProblem() {
    try {
      await mkdir(path, { recursive: true });
      await access(path, constants.W_OK);
      return undefined;
    } catch (error) {
      return `${path} cannot be written (${(error as NodeJS.ErrnoException).code}): name another folder as path`;
    }
  },
  close() {},
});
