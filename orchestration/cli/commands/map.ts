import { Command } from '@commander-js/extra-typings';
import { mapFiles } from '../../init/index.ts';
import { show, verb } from '../context.ts';
import { mappingAnswers, mappingOptions } from '../mapping-options.ts';
import { withPerson } from '../person.ts';

export const mapVerb = () =>
  verb(
    mappingOptions(
      new Command('map')
        .description('propose how exports are read, and write it into tenure.yaml')
        .argument('<file...>', 'exports, or a folder of them'),
    )
      .option('--force', 'map tables anew that are mapped already')
      .option('--yes', 'ask nothing, write what is proposed'),
  ).action(async (paths, options) => {
    const { config: file, force = false, yes = false } = options;
    await withPerson(!yes, async (ask) =>
      show(options, await mapFiles({ file, paths, answers: mappingAnswers(options), ask, yes, force })),
    );
  });
