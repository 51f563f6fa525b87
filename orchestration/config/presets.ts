/** Presets by the names that they had first; old files of a project may still say them. */
const FIRST_NAMES: Readonly<Record<string, string>> = { standard_10: 'standard', lean_6: 'lean' };

/** The name of a preset in the rules: `standard_10` is `standard`. */
export const presetNamed = (name: string): string => FIRST_NAMES[name] ?? name;
