import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { projectRoot } from '../project-root.ts';
import { isName, NAME_WORDS } from './names.ts';
import { type RuleRow, ruleTables } from './rule-tables.ts';
import { namesIn } from './rules.ts';

/** Where a project keeps its playbooks; the product has its own in `models/playbooks`. */
export const PLAYBOOKS = 'playbooks';
const SHIPPED = join(projectRoot, 'models', 'playbooks');

/** The rules of alerts that there are, on or off. */
const alertRules = () =>
  ruleTables()
    .find(({ name }) => name === 'alert_rules')
    ?.columns.find(({ name }) => name === 'rule')?.values ?? [];
const days = z.int().nonnegative();

const trigger = z.union([
  /** So many days before the anchor of a renewal. */
  z.strictObject({ renewal: days }),
  /** One of these rules fired, on an account of more than `min_arr`. */
  z.strictObject({
    alerts: z.array(z.string().refine((rule) => alertRules().includes(rule))).min(1),
    min_arr: z.number().nonnegative().optional(),
  }),
  /** The first term begins. */
  z.strictObject({ onboarding: z.literal(true) }),
  /** So many days after a meeting of a type that ended so. */
  z.strictObject({
    meeting: z.enum(['qbr', 'sponsor', 'other']),
    status: z.array(z.enum(['attended', 'missed', 'recap'])).min(1),
    after_days: days,
  }),
  /** A contact in this role left. */
  z.strictObject({ contact_left: z.literal('champion') }),
  /** The measure of a signal reached a mark. */
  z.strictObject({ signal: z.string().min(1), at_least: z.number() }),
]);

const EXITS = ['task', 'meeting', 'qbr', 'reply', 'sentiment', 'sponsor', 'champion', 'onboarded'] as const;
const segments = z.array(z.string().regex(/^\w+$/, 'expected the name of a segment')).min(1);
/** A text of people: one line, however it is broken in the file. */
const words = z
  .string()
  .transform((text) => text.replace(/\s+/g, ' ').trim())
  .refine((text) => text !== '', 'expected words, got none');

const step = z
  .strictObject({
    step: z.string().refine(isName, `expected ${NAME_WORDS}`),
    /** Days after the start, before the renewal's anchor, or after the end of the play. */
    day: days.optional(),
    before: days.optional(),
    after_end: days.optional(),
    segments: segments.optional(),
    owner: z.enum(['owner', 'manager', 'vp_cs']).default('owner'),
    due_days: days,
    priority: z.enum(['normal', 'high']).default('normal'),
    title: words,
    text: words,
    /** What closes the step beside its task being done. */
    exit: z.enum(EXITS).default('task'),
  })
  .refine(
    ({ day, before, after_end }) =>
      [day, before, after_end].filter((each) => each !== undefined).length === 1,
    'expected one of day, before and after_end',
  );

const playbook = z
  .strictObject({
    /** Grows when the steps change; it stands on each play. */
    version: z.int().positive(),
    title: words,
    /** The rationale. */
    why: words,
    trigger,
    /** Triggers again at the earliest so many days after it was triggered last. */
    again_after_days: days.default(0),
    segments: segments.optional(),
    steps: z.array(step).min(1),
  })
  .superRefine(({ trigger: given, steps }, context) => {
    const seen = new Set<string>();
    for (const [index, { step: name, before, day }] of steps.entries()) {
      const issue = (message: string) =>
        context.addIssue({ code: 'custom', path: ['steps', index], message });
      if (seen.has(name)) issue(`expected each step once, got "${name}" again`);
      seen.add(name);
      const isRenewal = 'renewal' in given;
      if (before !== undefined && !isRenewal)
        issue('"before" counts to a renewal; this play has another trigger');
      if (day !== undefined && isRenewal)
        issue('expected "before" or "after_end" in a play of a renewal, got "day"');
      if (before !== undefined && isRenewal && before > given.renewal)
        issue(`expected at most ${given.renewal} days before, when the play begins; got ${before}`);
    }
  });

export type Playbook = z.infer<typeof playbook> & { readonly name: string };

/** A fault of a playbook: where it stands, what was expected there and what came. */
export interface PlaybookFault {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

const shown = (value: unknown) =>
  value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value)).slice(0, 80);

/** One playbook, by its file. */
export function readPlaybook(file: string, text: string): Playbook | PlaybookFault[] {
  const name = file.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
  if (!isName(name)) return [{ where: file, expected: `${NAME_WORDS}, then .yaml`, got: `"${name}"` }];
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    return [{ where: file, expected: 'YAML', got: (error as Error).message.split('\n')[0] ?? '' }];
  }
  const parsed = playbook.safeParse(document);
  if (parsed.success) return { ...parsed.data, name };
  return parsed.error.issues.map(({ path, message }) => ({
    where: path.length === 0 ? file : `${file}, ${path.join('.')}`,
    expected: message.replace(/^(Invalid input: )?expected /, ''),
    got: shown(
      path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], document),
    ),
  }));
}

/** The playbooks of a folder, in order of their names, and what is wrong with others. */
function playbooksIn(folder: string, shown: string): { playbooks: Playbook[]; faults: PlaybookFault[] } {
  const read = namesIn(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .map((file) => readPlaybook(join(shown, file), readFileSync(join(folder, file), 'utf8')));
  return {
    playbooks: read.flatMap((each) => (Array.isArray(each) ? [] : [each])),
    faults: read.flatMap((each) => (Array.isArray(each) ? each : [])),
  };
}

/** The playbooks that the product ships. */
export const shippedPlaybooks = (): Playbook[] => playbooksIn(SHIPPED, 'models/playbooks').playbooks;

/** The playbooks of a project; one of the name of the product's takes its place. */
export const ownPlaybooks = (directory: string) => playbooksIn(join(directory, PLAYBOOKS), PLAYBOOKS);

const listed = (all: readonly string[] | undefined) => (all ?? []).join(';');
const numbered = (value: number | undefined) => (value === undefined ? '' : String(value));

/** What triggers a play, as columns of `plays`. */
function triggerColumns(given: Playbook['trigger']): RuleRow {
  const none = { trigger_kind: '', trigger_names: '', trigger_days: '', trigger_value: '', min_arr: '' };
  if ('renewal' in given) return { ...none, trigger_kind: 'renewal', trigger_days: String(given.renewal) };
  if ('alerts' in given)
    return {
      ...none,
      trigger_kind: 'alert',
      trigger_names: listed(given.alerts),
      min_arr: numbered(given.min_arr),
    };
  if ('onboarding' in given) return { ...none, trigger_kind: 'onboarding' };
  if ('meeting' in given)
    return {
      ...none,
      trigger_kind: 'meeting',
      trigger_names: listed(given.status.map((status) => `${given.meeting}:${status}`)),
      trigger_days: String(given.after_days),
    };
  if ('contact_left' in given)
    return { ...none, trigger_kind: 'contact_left', trigger_names: given.contact_left };
  return {
    ...none,
    trigger_kind: 'signal',
    trigger_names: given.signal,
    trigger_value: String(given.at_least),
  };
}

/** Playbooks as the rows of the seeds `plays` and `play_steps`. */
export const compiled = (playbooks: readonly Playbook[]): { plays: RuleRow[]; play_steps: RuleRow[] } => ({
  plays: playbooks.map(({ name, version, title, why, trigger: given, again_after_days, segments: only }) => ({
    play: name,
    version: String(version),
    title,
    ...triggerColumns(given),
    again_after_days: String(again_after_days),
    segments: listed(only),
    status: 'assumed',
    rationale: why,
  })),
  play_steps: playbooks.flatMap(({ name, steps }) =>
    steps.map((each, index) => ({
      play: name,
      step: each.step,
      position: String(index + 1),
      day: numbered(each.day),
      days_before: numbered(each.before),
      days_after_end: numbered(each.after_end),
      segments: listed(each.segments),
      owner_role: each.owner,
      due_days: String(each.due_days),
      is_pressing: String(each.priority === 'high'),
      title: each.title,
      text: each.text,
      exit_condition: each.exit,
    })),
  ),
});

/** What `plays` of `tenure.yaml` names that is no playbook; faults of playbooks are told by who reads them. */
export function playProblems(plays: readonly { readonly play: string }[], directory: string): string[] {
  const known = new Set(
    [...shippedPlaybooks(), ...ownPlaybooks(directory).playbooks].map(({ name }) => name),
  );
  return plays
    .map(({ play }) => play)
    .filter((name, index, all) => !known.has(name) || all.indexOf(name) < index)
    .map((name) =>
      known.has(name)
        ? `plays: expected each play once, got "${name}" again`
        : `plays: expected a playbook of the product or of ${PLAYBOOKS}/, one of ${[...known].sort().join(', ')}; got "${name}"`,
    );
}
