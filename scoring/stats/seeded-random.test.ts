import { expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';

it('gives the reference stream of mulberry32', () => {
  const random = seededRandom(1);
  expect([random(), random(), random()]).toEqual([
    0.6270739405881613, 0.002735721180215478, 0.5274470399599522,
  ]);
});

it('spreads evenly over 0 to 1', () => {
  const random = seededRandom(20260630);
  const bins = new Array(10).fill(0);
  for (let draw = 0; draw < 100_000; draw += 1) bins[Math.floor(random() * 10)] += 1;
  for (const bin of bins) expect(Math.abs(bin - 10_000)).toBeLessThan(400); // 4 standard deviations
});
