import { asTyped } from './as-typed.ts';
import { oneLine, printable } from './print.ts';

/** Where a step says what it does. Everything goes to stderr, so that stdout carries the answer alone. */
export interface Reporter {
  /** A step begins. */
  step(title: string): void;
  /** How far the step is (`3 of 40`) and what it is at. */
  progress(howFar: string, what: string): void;
  /** A line worth keeping on screen. */
  note(text: string): void;
  warn(text: string): void;
  /** The step is over; `summary` says what came of it. */
  done(summary: string): void;
}

/** Streams on which a line of progress stands, whichever reporter wrote it. */
const dirty = new WeakSet<NodeJS.WriteStream>();

const seconds = (since: number) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/**
 * Says each step, how far it is and how long it took. On a terminal progress rewrites one line; elsewhere it prints a
 * line every ten seconds, so that a log stays short and a long step is never silent.
 */
export function consoleReporter(stream: NodeJS.WriteStream = process.stderr): Reporter {
  let started = Date.now();
  let lastLine = 0;
  const clear = () => {
    if (dirty.delete(stream)) stream.write('\r\u001b[2K');
  };
  const print = (text: string) => {
    clear();
    stream.write(`${printable(asTyped(text))}\n`);
  };
  return {
    step(title) {
      started = Date.now();
      lastLine = started;
      print(title);
    },
    progress(howFar, what) {
      const line = oneLine(`  ${howFar}  ${what}  (${seconds(started)})`);
      if (stream.isTTY) {
        stream.write(`\r\u001b[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
        dirty.add(stream);
      } else if (Date.now() - lastLine > 10_000) {
        lastLine = Date.now();
        print(line);
      }
    },
    note: (text) => print(`  ${text}`),
    warn: (text) => print(`  ! ${text}`),
    done: (summary) => print(`  ${summary} (${seconds(started)})`),
  };
}

/** Says nothing: for tests. */
export const silentReporter: Reporter = {
  step() {},
  progress() {},
  note() {},
  warn() {},
  done() {},
};
