import type { Message } from './message.ts';

/**
 * How telling one message went. `unknown`: the other side may have taken it, nobody can say. `isDown`: the other side
 * answers nobody now, so that the messages after it need not be tried.
 */
export type Told =
  | { readonly status: 'sent' }
  | { readonly status: 'refused' | 'unknown'; readonly reason: string; readonly isDown?: boolean };

/**
 * The seam to a place where people are told: a file each. The general code decides what is told to whom, claims each
 * message before it is sent and notes what came of it; a channel only sends one.
 */
export interface Channel {
  /** Whether the other side knows a message by its key, so that one that may have arrived is sent again. */
  readonly isIdempotent: boolean;
  /** Sends a message; never throws for what the other side says. */
  send(message: Message): Promise<Told>;
  /** Looks whether it could send, without telling anybody anything: what is wrong, with what to do. */
  findProblem(): Promise<string | undefined>;
  /** Lets go of connections. */
  close(): void;
}
