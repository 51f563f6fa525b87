import { describe, expect, inject, it } from 'vitest';
import { tenure } from './tenure.ts';

const line = inject('line');
const on = ['--config', line.config, '--as-of', line.asOfDate];

describe('tenure calibrate', () => {
  it('refuses to propose weights on the evidence of a few churns', async () => {
    const { code, stdout, stderr } = await tenure(['calibrate', '--json', ...on]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/expected at least 30 known churns, found \d+\. Keep the weights in force/);
  });
});
