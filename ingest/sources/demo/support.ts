import { DAY, instantOf, isWeekend } from './calendar.ts';
import type { TicketRecord } from './facts.ts';
import { History } from './history.ts';
import type { Life } from './life.ts';
import { logistic, Random } from './random.ts';

const SUBJECTS = [
  'Cannot log in',
  'Export is empty',
  'Numbers do not match',
  'How do I share a page',
  'Slow since this morning',
  'Import fails with an error',
  'Question about permissions',
  'Integration stopped',
];

/** Tickets: more of them, and worse ones, when things go badly. */
export function supportOf(seed: number, life: Life) {
  const { profile } = life;
  const random = new Random(seed, 'support', profile.index);
  const records: History<TicketRecord>[] = [];

  const open = () => {
    const createdAt = instantOf(life.day, random.between(7, 20));
    const mood = life.health;
    const draw = random.uniform();
    const escalates = random.chance(logistic(-2.6 - 1.1 * mood));
    const hours = random.logNormal(22 * Math.exp(-0.25 * mood) * (escalates ? 3 : 1), 0.8);
    const escalatedAt = createdAt + Math.round(Math.min(hours * 0.5, random.between(1, 48)) * 3600) * 1000;
    const solvedAt = createdAt + Math.round((hours + 0.2) * 3600) * 1000;
    const ticket = new History<TicketRecord>(
      String(1_000 + profile.index * 10_000 + records.length),
      createdAt,
      {
        subject: random.pick(SUBJECTS),
        priority: escalates && draw < 0.6 ? 'urgent' : draw < 0.2 ? 'high' : draw < 0.8 ? 'normal' : 'low',
        status: 'new',
        isEscalated: false,
        solvedAt: null,
        rating: 'unoffered',
      },
    );
    if (escalates) ticket.change(escalatedAt, { isEscalated: true, status: 'open' });
    ticket.change(solvedAt, { status: 'solved', solvedAt, rating: 'offered' });
    const isRated = random.chance(0.3);
    const isGood = random.chance(logistic(1.4 + 0.9 * mood - (escalates ? 1.5 : 0)));
    if (isRated)
      ticket.change(solvedAt + Math.round(random.between(0.02, 2) * 86_400) * 1000, {
        rating: isGood ? 'good' : 'bad',
      });
    ticket.change(solvedAt + 4 * DAY, { status: 'closed' });
    records.push(ticket);
  };

  const step = () => {
    const monthly = (0.35 + 0.04 * life.seats) * Math.exp(-0.3 * life.health);
    const trouble = life.troubleUntilDay >= life.day ? 2.5 : 1;
    const count = random.poisson((monthly * trouble * (isWeekend(life.day) ? 0.2 : 1.3)) / 30);
    if (!life.isCustomer) return;
    for (let opened = 0; opened < count; opened += 1) open();
  };
  return { records, step };
}
