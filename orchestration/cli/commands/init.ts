import { createInterface } from 'node:readline/promises';
import { Command } from '@commander-js/extra-typings';
import { answersOf, init, QUESTIONS } from '../../init/index.ts';
import { show, verb } from '../context.ts';

export const initVerb = () => {
  const command = new Command('init').description(
    'ask what is needed, then write tenure.yaml and .env.example',
  );
  for (const { flag, ask, fallback } of Object.values(QUESTIONS))
    command.option(`--${flag} <answer>`, `${ask}${fallback === '' ? '' : ` (default: ${fallback})`}`);
  return verb(
    command
      .option('--force', 'replace files that are there')
      .option('--yes', 'ask nothing, take the defaults'),
  ).action(async (options) => {
    const { config: file, force = false, yes = false } = options;
    const person =
      process.stdin.isTTY && !yes
        ? createInterface({ input: process.stdin, output: process.stderr })
        : undefined;
    person?.on('SIGINT', () => process.kill(process.pid, 'SIGINT')); // the terminal gives it to who asks
    const ask =
      person && ((question: string, fallback: string) => person.question(`${question} [${fallback}] `));
    try {
      show(options, await init({ file, answers: answersOf(options), ask, force }));
    } finally {
      person?.close();
    }
  });
};
