import { describe, expect, it } from 'vitest';
import type { CutProposal } from '../../../scoring/index.ts';
import type { Context } from '../context.ts';
import { calibrateVerb, cutRows, whyCut } from './calibrate.ts';

const context: Context = {
  signal: new AbortController().signal,
  now: () => '2026-06-30T12:00:00.000Z',
  showSoFar: () => {},
};

/** What is understood of a command line. */
function understood(...typed: string[]) {
  const command = calibrateVerb(context)
    .exitOverride()
    .action(() => {});
  command.parse(typed, { from: 'user' });
  return command.opts();
}

describe('tenure calibrate', () => {
  it('takes no option for the name of a file', () => {
    expect(understood('--worksheet', '--config', 'mine.yaml')).toMatchObject({
      worksheet: true,
      config: 'mine.yaml',
    });
    expect(understood('--write', '--worksheet', 'sheet.csv')).toMatchObject({
      write: true,
      worksheet: 'sheet.csv',
      config: 'tenure.yaml',
    });
    expect(() => understood('--config', '--worksheet')).toThrow(
      'Expected the name of a file, got the option "--worksheet".',
    );
  });
});

const proposal = (values: Partial<CutProposal>): CutProposal => ({
  segment: null,
  category: 'red',
  n: 800,
  churn_count: 60,
  cut_now: 40,
  fitted_cut: 40,
  ci_low: 36,
  ci_high: 44,
  accuracy_now: 0.6,
  accuracy_fitted: 0.6,
  gain: 0,
  gain_ci_low: -0.01,
  gain_ci_high: 0.01,
  share_now: 0.1,
  share_fitted: 0.1,
  proposed_cut: 40,
  verdict: 'kept',
  ...values,
});
const red = (values: Partial<CutProposal> = {}) => proposal(values);
const yellow = (values: Partial<CutProposal> = {}) =>
  proposal({
    ...{ category: 'yellow', cut_now: 70, fitted_cut: 70, ci_low: 65, ci_high: 75, proposed_cut: 70 },
    ...values,
  });
const movedTo = (cut: number): Partial<CutProposal> => ({
  ...{ fitted_cut: cut, proposed_cut: cut, ci_low: cut - 3, ci_high: cut + 3.04 },
  ...{ gain: 0.05, gain_ci_low: 0.02, gain_ci_high: 0.08, verdict: 'moved' },
});

describe('cutRows', () => {
  const IN_FORCE = [
    ['', 'red', '40'],
    ['', 'yellow', '70'],
    ['', 'green', '100'],
  ].map(([segment = '', category = '', max_score = '']) => ({
    ...{ segment, category, max_score, status: 'confirmed', rationale: 'ours', fitted_on: '' },
  }));
  const RUN = { as_of_date: '2026-06-30', unit: 'account', horizon_days: 90 } as const;
  const written = (...proposals: CutProposal[]) =>
    cutRows(IN_FORCE, proposals, RUN)?.map((row) => [
      row.segment,
      row.category,
      row.max_score,
      row.status,
      row.fitted_on,
    ]);

  it('writes nothing when nothing moves', () => {
    expect(written(red(), yellow(), red({ segment: 'smb' }), yellow({ segment: 'smb' }))).toBeUndefined();
  });

  it('changes the row of a cut that moves, with its evidence, and nobody has confirmed it', () => {
    expect(written(red(movedTo(48)), yellow())).toEqual([
      ['', 'red', '48', 'assumed', '2026-06-30'],
      ['', 'yellow', '70', 'confirmed', ''],
      ['', 'green', '100', 'confirmed', ''],
    ]);
    expect(cutRows(IN_FORCE, [red(movedTo(48)), yellow()], RUN)?.[0]?.rationale).toBe(
      'fitted on 2026-06-30 to 60 churns (account, 90 days): best at 48, 95 % interval 45 to 51; was 40',
    );
  });

  it('gives a segment cuts of its own only where its interval leaves out what all have then', () => {
    const smb = [red({ segment: 'smb', ...movedTo(49) }), yellow({ segment: 'smb' })];
    expect(written(red(movedTo(48)), yellow(), ...smb)).toHaveLength(3);
    expect(written(red(), yellow(), ...smb)).toEqual([
      ['', 'red', '40', 'confirmed', ''],
      ['', 'yellow', '70', 'confirmed', ''],
      ['', 'green', '100', 'confirmed', ''],
      ['smb', 'green', '100', 'confirmed', ''],
      ['smb', 'red', '49', 'assumed', '2026-06-30'],
      ['smb', 'yellow', '70', 'confirmed', ''],
    ]);
  });

  it('says why a cut moves, or does not', () => {
    expect(whyCut(red(movedTo(48)))).toMatch(/^moved: it tells churn better/);
    expect(whyCut(red())).toBe('kept: the interval holds it');
    expect(whyCut(red({ ...movedTo(48), verdict: 'kept' }))).toMatch(
      /^kept: of accounts that it was not chosen on/,
    );
    expect(whyCut(yellow({ verdict: 'not_enough_evidence', churn_count: 12 }))).toBe(
      'kept: 12 churns above red are too few',
    );
  });
});
