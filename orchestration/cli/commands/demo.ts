import { access, mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Command, Option } from '@commander-js/extra-typings';
import { Temporal } from 'temporal-polyfill';
import { stringify } from 'yaml';
import type { IsoDate } from '../../../warehouse/index.ts';
import { loadConfig } from '../../config/load.ts';
import { shippedPlaybooks } from '../../config/playbooks.ts';
import { working } from '../../pipeline/leftovers.ts';
import { incomplete, type RunResult, recordedVerb, runLine } from '../../pipeline/run.ts';
import { activate } from '../../pipeline/steps.ts';
import { count } from '../../runtime/print.ts';
import { consoleReporter, type Reporter } from '../../runtime/reporter.ts';
import { serveSite } from '../../site/serve.ts';
import { type Context, parseDay, today } from '../context.ts';
import { demoCrmFolder, isDemoCrmBegun, writeToDemoCrm } from '../demo-crm.ts';
import { type Summary, summarize, summaryText } from '../summary.ts';

const MONTHS = 30;
/** So long the company has worked with playbooks. */
const PLAY_MONTHS = 12;

/** The demo company's `tenure.yaml`: four systems of one simulated company, 30 months of history up to the day. */
function demoConfig(asOfDate: IsoDate): string {
  const start = Temporal.PlainDate.from(asOfDate).subtract({ months: MONTHS }).toString();
  const since = Temporal.PlainDate.from(asOfDate).subtract({ months: PLAY_MONTHS }).toString();
  const system = (name: string, kind: string) => ({
    name,
    kind,
    connector: {
      builtin: 'demo',
      config: {
        ...{ system: kind, seed: 1, accounts: 300, months: MONTHS, csms: 6, start_date: start },
        ...(kind === 'salesforce' && { path: './crm' }),
      },
    },
  });
  const document = {
    warehouse: { type: 'duckdb', path: 'warehouse.duckdb' },
    tenant: { time_zone: 'UTC', currency: 'USD', history_start_date: start, launch_date: since },
    signals: { preset: 'standard' },
    sources: [
      system('crm', 'salesforce'),
      system('support', 'zendesk'),
      system('billing', 'stripe'),
      system('product', 'segment'),
    ],
    destinations: [
      {
        name: 'crm',
        kind: 'salesforce',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the reference is filled in when the file is read
        auth: { instance_url: '${SALESFORCE_INSTANCE_URL}', access_token: '${SALESFORCE_ACCESS_TOKEN}' },
        allow_fields: ALLOW_FIELDS,
      },
    ],
    plays: shippedPlaybooks().map(({ name }) => ({ play: name, since })),
    channels: [
      {
        name: OUTBOX,
        kind: 'file',
        path: `./${OUTBOX}`,
        tells: ['alert', 'escalation', 'digest', 'weekly'],
      },
    ],
  };
  return `# A simulated company: nothing in here is real. Delete this folder to start over.\n${stringify(document)}`;
}

/** The demo's score does not pass its gate, so its company says by name that alerts of health need not wait for it. */
const demoRules = (asOfDate: IsoDate) =>
  [
    'rule,milestone_days,segment,waits_for_gate,status,confirmed_by,confirmed_on,rationale',
    ...['health_decline', 'health_decline_critical'].map(
      (rule) =>
        `${rule},,,false,confirmed,VP CS of the demo company,${asOfDate},shows alerts of health although the gate is not passed`,
    ),
    '',
  ].join('\n');

/** Where the demo's CSMs are told of their alerts: in files. */
const OUTBOX = 'outbox';

/** What the demo would write: every field of the sync models. */
const ALLOW_FIELDS = [
  'Account.Tenure_Score__c',
  'Account.Tenure_Category__c',
  'Account.Tenure_Flag__c',
  'Account.Tenure_Trend__c',
  'Account.Tenure_Stage__c',
  'Account.Tenure_Next_Renewal__c',
  'Account.Tenure_Renewal_Stage__c',
  'Account.Tenure_Weakest_Signal__c',
  'Account.Tenure_Second_Weakest_Signal__c',
  'Account.Tenure_Needs_Review__c',
  'Opportunity.Tenure_Deal_Renewal__c',
  'Opportunity.Tenure_Deal_Stage__c',
  'Opportunity.Tenure_Deal_Likelihood__c',
  'Opportunity.Tenure_Deal_Expected_ARR__c',
  'Opportunity.Tenure_Deal_Next_Step__c',
  'Task.Subject',
  'Task.WhatId',
  'Task.OwnerId',
  'Task.ActivityDate',
  'Task.Priority',
  'Task.Tenure_Rule__c',
  'Task.Tenure_Severity__c',
  'Task.Description',
  'Task.Status',
  'Task.Tenure_Close_Reason__c',
];

export interface DemoResult {
  readonly value: {
    readonly summary: Summary;
    readonly run: RunResult;
    readonly seconds: number;
    readonly site: string;
  };
  readonly text: string;
  readonly siteDir: string;
}

/**
 * Simulates a company, runs the whole line on it in `.demo/` of this folder, and says what came of it. A second call on a later day
 * adds that day; on the same day it changes nothing.
 */
export async function demo(options: {
  asOfDate: IsoDate;
  reporter: Reporter;
  now: () => string;
  signal: AbortSignal;
}): Promise<DemoResult> {
  const started = Date.now();
  const folder = resolve('.demo');
  const file = join(folder, 'tenure.yaml');
  await mkdir(folder, { recursive: true });
  const isNew = await access(file).then(
    () => false,
    () => true,
  );
  if (isNew) {
    await mkdir(join(folder, 'rules'), { recursive: true });
    await writeFile(join(folder, 'rules', 'alert_rules.csv'), demoRules(options.asOfDate));
    await writeFile(file, demoConfig(options.asOfDate));
  }
  const config = await loadConfig(file);
  const { asOfDate, reporter, now, signal } = options;
  const line = { config, asOfDate, reporter, now, signal };
  const crm = demoCrmFolder(config); // not in older demos
  const run = await working(config, async () => {
    if (crm === undefined || (await isDemoCrmBegun(crm))) return runLine(line, { apply: false });
    // Tasks come back only where some were written: the first time, the line runs on to the CRM and once again from it.
    // The second run tests what both have built.
    const first = await runLine({ ...line, skipTests: true }, { until: 'score', apply: false });
    if (!first.isComplete) return first;
    reporter.step('The CSMs get the tasks of the days before');
    reporter.done(`${count(await writeToDemoCrm(config, crm, asOfDate), 'task')} in the CRM`);
    return runLine(line, { apply: false, isFresh: true, sources: ['crm'] });
  });
  if (!run.isComplete) throw incomplete('The demo did not run to its end.');
  const isTold = config.channels.some(({ name, kind }) => name === OUTBOX && kind === 'file'); // not in older demos
  if (isTold)
    await working(config, () =>
      recordedVerb(line, 'activate', (each) => activate(each, { names: [OUTBOX], apply: true })),
    );
  if (crm !== undefined) await writeToDemoCrm(config, crm, asOfDate);
  const summary = await summarize(config);
  const siteDir = join(config.buildDirectory, 'site');
  const seconds = Math.round((Date.now() - started) / 1000);
  const shown = relative(process.cwd(), file);
  const text = [
    'A simulated company, from source messages to pages. Nothing was sent anywhere.',
    summaryText(summary),
    '',
    'Where to look',
    '  The pages            npx tenure demo --serve',
    `  Any number           npx tenure query --config ${shown} "select * from marts.fct_renewals limit 5"`,
    `  Why a score          npx tenure explain --config ${shown} ACCOUNT`,
    `  What the CRM would get   npx tenure activate --config ${shown}`,
    ...(isTold
      ? [`  What CSMs are told       ${relative(process.cwd(), join(folder, OUTBOX, asOfDate))}`]
      : []),
    `  How good the score is    npx tenure backtest --config ${shown}`,
    `(${seconds} s)`,
  ].join('\n');
  return { value: { summary, run, seconds, site: siteDir }, text, siteDir };
}

export const demoVerb = ({ now, signal }: Context) =>
  new Command('demo')
    .description('simulate a company, run the whole line on it, and say what came of it')
    .option('--serve', 'serve the pages afterwards')
    .addOption(
      new Option('--as-of <date>', 'the day on which the demo stands (default: today)').argParser(parseDay),
    )
    .option('--json', 'print one JSON value on stdout')
    .action(async (options) => {
      const result = await demo({
        asOfDate: options.asOf ?? today('UTC'),
        reporter: consoleReporter(),
        now,
        signal,
      });
      process.stdout.write(options.json ? `${JSON.stringify(result.value)}\n` : `\n${result.text}\n`);
      if (!options.serve) return;
      const server = await serveSite({ siteDir: result.siteDir, port: 3000, host: '127.0.0.1' });
      process.stdout.write(`The pages are at ${server.url} (stop with Ctrl+C)\n`);
    });
