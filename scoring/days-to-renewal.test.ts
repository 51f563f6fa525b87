import { describe, expect, it } from 'vitest';
import { daysToRenewal } from './days-to-renewal.ts';
import { renewalOf, renewed } from './test-history.ts';

describe('daysToRenewal', () => {
  it('counts to the earliest open renewal, the day itself included', () => {
    const renewals = [
      renewalOf({ renewal_date: '2026-06-30' }),
      renewalOf({ renewal_date: '2026-03-01' }),
      renewalOf({ renewal_date: '2025-12-31' }),
    ];
    expect(daysToRenewal(renewals, '2026-02-01', 30)).toBe(28);
    expect(daysToRenewal(renewals, '2026-03-01', 30)).toBe(0);
  });

  it('knows neither a renewal before it was known nor an outcome that came later', () => {
    const later = renewalOf({ renewal_date: '2026-03-01', first_known_date: '2026-02-02' });
    expect(daysToRenewal([later], '2026-02-01', 30)).toBeNull();
    const early = renewed({ renewal_date: '2026-03-01', outcome_known_date: '2026-01-15' });
    expect(daysToRenewal([early], '2026-01-14', 30)).toBe(46);
    expect(daysToRenewal([early], '2026-01-15', 30)).toBeNull();
  });

  it('is negative while the only renewal is late, up to the end of its grace', () => {
    const late = renewalOf({ renewal_date: '2026-03-01' });
    expect(daysToRenewal([late], '2026-03-31', 30)).toBe(-30);
    expect(daysToRenewal([late], '2026-04-01', 30)).toBeNull();
    expect(daysToRenewal([late, renewalOf({ renewal_date: '2027-03-01' })], '2026-03-31', 30)).toBe(335);
  });
});
