import { Argument, Command } from '@commander-js/extra-typings';
import { NEW_KINDS, newFilesText, writeNew } from '../../project/new.ts';
import { configOf, show, verb } from '../context.ts';

export const newVerb = () =>
  verb(
    new Command('new')
      .description('write a working start of a signal, check, page or playbook of your own')
      .addArgument(new Argument('<kind>', 'what to write').choices(NEW_KINDS))
      .argument('<name>', 'its name: lower-case letters, digits and _')
      .option('--input <stream>', 'of a signal: the stream of a source of kind raw that it rests on'),
  ).action(async (kind, name, options) => {
    const { directory, signals } = await configOf(options.config, 'new');
    const written = writeNew(directory, { kind, name, preset: signals.preset, input: options.input });
    show(options, { value: written, text: newFilesText(written) });
  });
