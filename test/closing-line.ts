import type { Reporter, TestModule } from 'vitest/node';

/** Of so many files it says how long they took, the slowest first. */
const SLOWEST = 10;

/**
 * Ends the run with the slowest files and one line, `N passed, N failed, N skipped`. A file that could not be run, or an error outside of
 * any test, counts as a failure.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter(
      (module) => module.state() === 'failed' && ![...module.children.allTests('failed')].length,
    ).length;
    const failed = count('failed') + broken + errors.length;
    const slowest = modules
      .map((module) => ({ file: module.relativeModuleId, seconds: secondsOf(module) }))
      .sort((one, other) => other.seconds - one.seconds)
      .slice(0, SLOWEST);
    if (modules.length > SLOWEST)
      for (const { file, seconds } of slowest)
        process.stdout.write(`${seconds.toFixed(0).padStart(6)} s  ${file}\n`);
    process.stdout.write(`\n${count('passed')} passed, ${failed} failed, ${count('skipped')} skipped\n`);
  }
}

/** Tests and what they set up and take down. */
function secondsOf(module: TestModule): number {
  const { duration, setupDuration, collectDuration } = module.diagnostic();
  return (duration + setupDuration + collectDuration) / 1000;
}
