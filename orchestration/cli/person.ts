import { createInterface } from 'node:readline/promises';
import type { Ask } from '../init/index.ts';

/** Lets work ask the person at the terminal, if there is one who wants to be asked. */
export async function withPerson<T>(isAsked: boolean, work: (ask: Ask) => Promise<T>): Promise<T> {
  const person =
    process.stdin.isTTY && isAsked
      ? createInterface({ input: process.stdin, output: process.stderr })
      : undefined;
  person?.on('SIGINT', () => process.kill(process.pid, 'SIGINT')); // the terminal gives it to who asks
  const ask =
    person && ((question: string, fallback: string) => person.question(`${question} [${fallback}] `));
  try {
    return await work(ask);
  } finally {
    person?.close();
  }
}
