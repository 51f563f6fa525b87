import { Command } from '@commander-js/extra-typings';
import { usage } from '../../errors.ts';
import { report, reportFor } from '../../pipeline/report.ts';
import { parseAudience } from '../../site/audience.ts';
import { type Context, runStep, show, verb } from '../context.ts';

export const reportVerb = (context: Context) =>
  verb(
    new Command('report')
      .description('build the pages into .build/site')
      .option(
        '--for <whom...>',
        'a site with the accounts of one alone: csm=ID, manager=ID, team=NAME, customer=ACCOUNT; all; or each: every owner, manager and team',
      )
      .option('--without-notes', 'leave out what people wrote of an account, of what --for makes'),
  ).action(async (options) => {
    const asked = options.for;
    if (asked === undefined) {
      if (options.withoutNotes)
        throw usage('Expected --for with --without-notes, got none.', 'Of all: --for all.');
      const { value } = await runStep(context, 'report', options, report);
      show(options, { value, text: `Open them with: tenure serve --config ${options.config}` });
      return;
    }
    if (asked.length > 1 && asked.includes('each'))
      throw usage('Expected "each" alone, got it beside others.', 'It is every owner, manager and team.');
    const audiences = asked.includes('each') ? ('each' as const) : asked.map(parseAudience);
    const { value } = await runStep(context, 'report', options, (line) =>
      reportFor(line, audiences, { withoutNotes: options.withoutNotes === true }),
    );
    show(options, {
      value,
      text: value.map((site) => `${site.for}: ${site.siteDir}`).join('\n'),
    });
  });
