import { expect, it } from 'vitest';
import { simulateCompany } from './company.ts';
import { parseConfig } from './config.ts';
import { figures } from './rough-score.ts';

// The bounds are those in which the demo is worth looking at: a score that foretells churn well and not perfectly, in a
// company as its industry knows them. The seed is the one that `npm run demo` uses.
it('behaves like a company whose score is good and not perfect', { timeout: 180_000 }, () => {
  const config = {
    system: 'segment',
    seed: 1,
    accounts: 300,
    start_date: '2023-12-31',
    end_date: '2026-06-30',
  };
  const found = figures(simulateCompany(parseConfig(config)));
  const between = (value: number, low: number, high: number) => {
    expect(value).toBeGreaterThanOrEqual(low);
    expect(value).toBeLessThanOrEqual(high);
  };
  between(found.auc90, 0.72, 0.88);
  between(found.auc180, 0.7, 0.88);
  between(found.logoChurnRate, 0.09, 0.16);
  between(found.grr, 0.84, 0.93);
  between(found.nrr, 0.95, 1.1);
  between(found.red, 0.06, 0.2);
  between(found.yellow, 0.3, 0.5);
  between(found.green, 0.35, 0.62);
  between(found.greenChurnRate, 0.003, 0.08);
  between(found.redRenewRate, 0.4, 0.95);
  between(found.averageAccounts, 260, 340);
});
