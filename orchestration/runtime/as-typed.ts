/** The verbs of the command line, as texts name them: "tenure run". */
export const VERBS = [
  ...['init', 'map', 'files', 'new', 'doctor', 'connectors', 'sync', 'build', 'score', 'report', 'serve', 'activate', 'run'],
  ...['schedule', 'erase', 'explain', 'backtest', 'calibrate', 'learn', 'whatif', 'diff', 'sources', 'check', 'audit', 'dbt'],
  ...['migrate', 'query', 'demo'],
]; // biome-ignore format: a list reads as one

const COMMAND = new RegExp(`(?<![\\w./-]|npx )tenure (?=(?:${VERBS.join('|')}|--)\\b)`, 'g');

/** What npm runs, where npm began this process: `tenure run`, of npx the name alone, in quotes. */
const byNpm = process.env.npm_lifecycle_script;

/**
 * A text whose commands work as they stand for the user who reads them: who began this one by npx, or by a script of a
 * project that has Tenure installed, has no `tenure` on the path.
 */
export const asTyped = (text: string, script: string | undefined = byNpm): string =>
  /^['"]?tenure\b/.test(script ?? '') ? text.replace(COMMAND, 'npx tenure ') : text;
