import { describe, expect, it } from 'vitest';
import { changeWeights, parseCategoryCuts, parseWeights, weightsOf } from './seed-weights.ts';

const SEED = `preset,signal,segment,dimension,weight,status,rationale
two,usage,,product,60,assumed,"first, and loud"
two,support,,support,40,assumed,second
two,usage,smb,product,50,assumed,own
two,support,smb,support,50,assumed,own
other,usage,,product,100,assumed,alone
`;

const CUTS = `segment,category,max_score
,red,40
,yellow,70
,green,100
`;

describe('parseWeights', () => {
  it('gives the rows of one preset', () => {
    const rows = parseWeights('w.csv', SEED, 'two');
    expect(weightsOf(rows, null).map(({ weight }) => weight)).toEqual([60, 40]);
    expect(weightsOf(rows, 'smb').map(({ weight }) => weight)).toEqual([50, 50]);
    expect(weightsOf(rows, 'enterprise').map(({ weight }) => weight)).toEqual([60, 40]);
  });

  it.each([
    [
      'weights that do not add to 100',
      SEED.replace(',60,', ',61,'),
      'the weights of all accounts add to 101, expected 100',
    ],
    [
      'a segment that does not add to 100',
      SEED.replace('smb,product,50', 'smb,product,49'),
      'of the segment smb add to 99',
    ],
    ['no number', SEED.replace(',60,', ',lots,'), 'line 2, column weight'],
    ['no weight', SEED.replace(',60,', ',,'), 'line 2, column weight: expected a number from 0 to 100'],
    ['a negative weight', SEED.replace(',60,', ',-1,'), 'line 2, column weight'],
    ['a signal twice', SEED.replace('two,support,,', 'two,usage,,'), 'two rows for usage'],
    ['no column for it', SEED.replace(',weight,', ',heft,'), 'line 2, column weight'],
    ['another preset only', SEED.replaceAll('two,', 'four,'), 'expected rows of the preset two, found none'],
    ['no rows', 'preset,signal,segment,weight\n', 'expected at least one row'],
  ])('says what is wrong with %s', (_, text, message) => {
    expect(() => parseWeights('w.csv', text, 'two')).toThrow(message);
  });
});

describe('changeWeights', () => {
  it('changes the rows of the preset and segment alone, byte for byte', () => {
    const changed = changeWeights('w.csv', SEED, { preset: 'two', segment: null }, [
      { signal: 'usage', weight: 70.5, status: 'confirmed', rationale: 'fitted, "hard"' },
      { signal: 'support', weight: 29.5, status: 'assumed', rationale: 'second' },
    ]);
    expect(changed).toBe(
      SEED.replace('60,assumed,"first, and loud"', '70.5,confirmed,"fitted, ""hard"""').replace(
        ',40,',
        ',29.5,',
      ),
    );
  });

  it('says of a fitted weight what it was and when it was fitted, and that nobody has agreed to it yet', () => {
    const marked = `preset,signal,segment,weight,status,rationale,assumed_weight,fitted_on,confirmed_by,confirmed_on
two,usage,,60,confirmed,first,50,2025-01-31,RevOps,2025-02-03
two,support,,40,assumed,second,,,,
`;
    const fit = { status: 'assumed', rationale: 'fitted', fittedOn: '2026-01-31' } as const;
    expect(
      changeWeights('w.csv', marked, { preset: 'two', segment: null }, [
        { signal: 'usage', weight: 70, ...fit },
        { signal: 'support', weight: 30, ...fit },
      ]),
    ).toBe(`preset,signal,segment,weight,status,rationale,assumed_weight,fitted_on,confirmed_by,confirmed_on
two,usage,,70,assumed,fitted,50,2026-01-31,,
two,support,,30,assumed,fitted,40,2026-01-31,,
`);
  });

  it('refuses what would not add to 100', () => {
    expect(() =>
      changeWeights('w.csv', SEED, { preset: 'two', segment: null }, [
        { signal: 'usage', weight: 70, status: 'confirmed', rationale: 'fitted' },
      ]),
    ).toThrow('add to 110, expected 100');
  });
});

describe('parseCategoryCuts', () => {
  it('gives each cut', () => {
    expect(parseCategoryCuts('c.csv', CUTS)[0]).toEqual({ segment: null, category: 'red', max_score: 40 });
  });

  it.each([
    [
      'red above yellow',
      CUTS.replace('red,40', 'red,80'),
      'expected red to end below yellow for all accounts, got 80 and 70',
    ],
    ['no yellow', CUTS.replace(',yellow,70\n', ''), 'one row for red and one for yellow of all accounts'],
    ['an unknown category', CUTS.replace('green', 'blue'), 'line 4, column category'],
  ])('says what is wrong with %s', (_, text, message) => {
    expect(() => parseCategoryCuts('c.csv', text)).toThrow(message);
  });
});
