import { CommanderError } from 'commander';
import { TenureError } from '../errors.ts';
import { asTyped } from '../runtime/as-typed.ts';

/** What `--json` prints of a failure, under `error`. */
export interface Failure {
  /** stable: USAGE, RUN_LOCKED, BUILD_FAILED … */
  readonly code: string;
  /** what was expected, what came, what to do */
  readonly message: string;
  /** what to do; null when the error does not know */
  readonly next: string | null;
}

const HELP = asTyped('See "tenure --help", or --help of the verb.');
const BUG = 'Tenure met an error that it does not know. Please report it with the lines below.';

/**
 * How a verb failed: for `--json`, for the terminal, and the exit code (1 failed, 2 usage or configuration, 130 stopped). Any
 * error has an answer, also one that is a mistake of ours.
 */
export function failureOf(error: unknown): {
  readonly failure: Failure;
  readonly text: string;
  readonly exitCode: 1 | 2 | 130;
} {
  if (error instanceof CommanderError) {
    const message = error.message.replace(/^error: /, '');
    const failure = { code: 'USAGE', message, next: HELP };
    return { failure, text: '', exitCode: 2 }; // commander has said it, with the help
  }
  if (error instanceof Error && 'code' in error) {
    const code = String(error.code);
    const message = asTyped(error.message);
    const own = error instanceof TenureError && error.next !== undefined ? asTyped(error.next) : undefined;
    const next = own ?? advice(message) ?? (code === 'USAGE' ? HELP : null);
    // An error of ours has a class and says what it means; the system's need their code beside them.
    const text = error.name === 'Error' ? `${message} (${code})` : message;
    return {
      failure: { code, message, next },
      text,
      exitCode: error instanceof TenureError ? error.exitCode : 1,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  const trace = error instanceof Error ? (error.stack ?? message) : message;
  const next = 'Report it with what stderr says.';
  return { failure: { code: 'UNEXPECTED', message, next }, text: `${BUG}\n${trace}`, exitCode: 1 };
}

/** How a sentence begins that says what to do. */
const IMPERATIVE =
  /^(Add|Ask|Build|Cast|Check|Choose|Close|Delete|Disable|Export|Find|Give|If|Install|Keep|Leave|Look|Make|Mend|Move|Name|Narrow|Put|Raise|Read|Report|Run|Say|See|Set|Split|Start|Sync|Try|Use|Wait)\b/;

/** Our errors end with what to do: from the first sentence that tells to do something, else the last of several. */
function advice(message: string): string | null {
  const [, ...sentences] = message.split(/(?<=[.!?)])\s+(?=[A-Z"])/);
  const first = sentences.findIndex((sentence) => IMPERATIVE.test(sentence));
  return first === -1 ? (sentences.at(-1) ?? null) : sentences.slice(first).join(' ');
}
