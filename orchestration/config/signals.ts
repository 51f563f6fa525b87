import { presetNamed } from './presets.ts';
import { type RuleTable, ruleTables } from './rule-tables.ts';
import { ruleFiles, rulesOf } from './rules.ts';

const WEIGHTS = 'signal_definitions';

/** What `tenure.yaml` says of signals. */
export interface SignalSettings {
  readonly preset: string;
  readonly shadow: readonly string[];
}

/** A signal of a preset, as the rules list it. */
export interface ListedSignal {
  readonly preset: string;
  readonly signal: string;
}

/** The preset of signals that are there to be chosen: it is none that scores. */
const OPTIONAL = 'optional';

/** Which signals there are, and the presets that each belongs to. */
export const signalsOf = (rules: readonly RuleTable[]): readonly ListedSignal[] =>
  (rules.find((table) => table.name === WEIGHTS)?.rows ?? []).map(({ preset = '', signal = '' }) => ({
    preset: presetNamed(preset),
    signal,
  }));

/**
 * The signals that are computed: those of the preset and the shadow signals, and always those that the product scores by
 * default, of which other signals and the stage of an account are made.
 */
export const signalsUsed = (
  { preset, shadow }: SignalSettings,
  listed: readonly ListedSignal[],
): readonly string[] => {
  const of = (name: string, signals: readonly ListedSignal[]) =>
    signals.filter((each) => each.preset === name).map((each) => each.signal);
  return [
    ...new Set([...of('standard', signalsOf(ruleTables())), ...of(presetNamed(preset), listed), ...shadow]),
  ];
};

const listed = (words: Iterable<string>) => [...new Set(words)].join(', ');

/** What `tenure.yaml` says of signals that the rules of the project do not have; faults of rules are told by who reads them. */
export function signalProblems(settings: SignalSettings, directory: string): readonly string[] {
  let known: readonly ListedSignal[];
  try {
    const { [WEIGHTS]: text } = ruleFiles(directory);
    known = signalsOf(rulesOf(text === undefined ? {} : { [WEIGHTS]: text }));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'RULES_INVALID') return [];
    throw error;
  }
  const presets = known.map((each) => each.preset).filter((preset) => preset !== OPTIONAL);
  const signals = known.map((each) => each.signal);
  const where = 'signal_definitions (rules/signal_definitions.csv adds to it)';
  return [
    ...(presets.includes(settings.preset)
      ? []
      : [
          `signals.preset: expected a preset of ${where}, one of ${listed(presets)}; got "${settings.preset}"`,
        ]),
    ...settings.shadow
      .filter((name) => !signals.includes(name))
      .map(
        (name) => `signals.shadow: expected a signal of ${where}, one of ${listed(signals)}; got "${name}"`,
      ),
  ];
}
