import { addMonths, DAY, instantOf } from './calendar.ts';
import type { BilledTerm } from './contracts.ts';
import type { InvoiceRecord } from './facts.ts';
import { History } from './history.ts';
import type { Life } from './life.ts';
import { logistic, Random } from './random.ts';

const DAYS_TO_PAY = 30;

/** Invoices in advance, by year, quarter or month; the worse the health, the later the money. */
export function billingOf(seed: number, life: Life, terms: readonly BilledTerm[]) {
  const { profile } = life;
  const random = new Random(seed, 'billing', profile.index);
  const records: History<InvoiceRecord>[] = [];

  const issue = (arr: number) => {
    const number = records.length + 1;
    const issuedAt = instantOf(life.day, random.between(5, 9));
    const dueDay = life.day + DAYS_TO_PAY;
    const mood = life.health - (life.isLeaving ? 0.7 : 0);
    const isOnTime = random.chance(logistic(1.4 + 1.2 * mood));
    const daysEarly = random.integer(0, 12);
    const daysLate = Math.min(140, Math.ceil(random.logNormal(9 * Math.exp(-0.5 * mood), 0.7)));
    const hour = random.between(8, 17);
    const fate = random.uniform();
    const invoice = new History<InvoiceRecord>(
      `in_${String(profile.index).padStart(5, '0')}${String(number).padStart(5, '0')}`,
      issuedAt,
      {
        number: `D${String(profile.index).padStart(5, '0')}-${String(number).padStart(4, '0')}`,
        cents: Math.round((arr * 100 * profile.billingMonths) / 12),
        dueAt: instantOf(dueDay, 0),
        issuedAt,
        status: 'open',
        paidAt: null,
        closedAt: null,
      },
    );
    const paidDay = isOnTime ? dueDay - daysEarly : dueDay + daysLate;
    const paidAt = Math.max(issuedAt + 60_000, instantOf(paidDay, hour));
    if (fate < 0.008) {
      const closedAt = issuedAt + 3 * DAY;
      invoice.change(closedAt, { status: 'void', closedAt });
    } else if (daysLate > 75 && !isOnTime) {
      const closedAt = instantOf(dueDay + 75, hour);
      invoice.change(closedAt, { status: 'uncollectible', closedAt });
    } else invoice.change(paidAt, { status: 'paid', paidAt });
    records.push(invoice);
  };

  const issueDays = new Map<BilledTerm, ReadonlySet<number>>();
  const issueDaysOf = (term: BilledTerm) => {
    const known = issueDays.get(term);
    if (known !== undefined) return known;
    const count = Math.ceil(term.months / profile.billingMonths);
    const days = new Set(
      Array.from({ length: count }, (_, period) => addMonths(term.fromDay, period * profile.billingMonths)),
    );
    issueDays.set(term, days);
    return days;
  };

  const step = () => {
    for (const term of terms)
      if (life.day < term.untilDay && issueDaysOf(term).has(life.day)) issue(term.arr);
  };
  return { records, step };
}
