import { Command } from '@commander-js/extra-typings';
import { answersOf, init, QUESTIONS } from '../../init/index.ts';
import { show, verb } from '../context.ts';
import { mappingAnswers, mappingOptions } from '../mapping-options.ts';
import { withPerson } from '../person.ts';

export const initVerb = () => {
  const command = new Command('init')
    .description('ask what is needed, then write tenure.yaml and .env.example')
    .option('--from <path...>', 'exports of a CRM, or a folder of them: propose how they are read');
  for (const { flag, ask, fallback } of Object.values(QUESTIONS))
    command.option(`--${flag} <answer>`, `${ask}${fallback === '' ? '' : ` (default: ${fallback})`}`);
  return verb(
    mappingOptions(command)
      .option('--force', 'replace files that are there')
      .option('--yes', 'ask nothing, take the defaults'),
  ).action(async (options) => {
    const { config: file, force = false, yes = false, from } = options;
    await withPerson(!yes, async (ask) =>
      show(
        options,
        await init({ file, answers: answersOf(options), ask, force, from, mapping: mappingAnswers(options) }),
      ),
    );
  });
};
