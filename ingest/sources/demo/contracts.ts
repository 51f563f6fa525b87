import { addMonths, instantOf } from './calendar.ts';
import { type Caller, callerOf } from './calls.ts';
import type { ContractRecord, FeatureRecord, OpportunityRecord } from './facts.ts';
import { History } from './history.ts';
import { salesforceId } from './ids.ts';
import { type Life, pastHealth } from './life.ts';
import { CORE_FEATURES, FEATURES } from './profile.ts';
import { logistic, Random } from './random.ts';

const CORE = 'Core';
const ADD_ON = 'Insights';
const LOSS_REASONS = ['Low adoption', 'Champion left', 'Missing feature', 'Price', 'Support quality'];

/** How steeply health decides a renewal, and how many leave at a health of 0 (log-odds). */
const CHURN = { atZero: -3.55, perHealth: -2.1, chance: 0.8 };

/** An agreement that runs term after term, through one contract record or several. */
interface Agreement {
  readonly product: string;
  /** The first day of its first term. */
  readonly signedForDay: number;
  record: History<ContractRecord>;
  startDay: number;
  endDay: number;
  arr: number;
  seats: number;
  termMonths: number;
  isAutoRenewing: boolean;
  noticeDays: number;
  renewal: History<OpportunityRecord> | undefined;
  /** Who says of the renewal what becomes of it. */
  caller: Caller | undefined;
  decisionDay: number;
  isDecided: boolean;
  /** What happens instead of going on as before, and when. */
  onEnd: (() => void) | undefined;
  /** Nothing more comes after this. */
  isEnded: boolean;
}

export interface Deals {
  readonly contracts: History<ContractRecord>[];
  readonly opportunities: History<OpportunityRecord>[];
  readonly features: History<FeatureRecord>[];
  /** The days on which the account was lost: what a score should foretell. */
  readonly churnDays: number[];
  /** Every term that began, to be billed until it ends or is cut short. */
  readonly terms: BilledTerm[];
  /** The first day with the add-on's features; never, without it. */
  readonly addOnFromDay: () => number;
  readonly step: () => void;
}

export interface BilledTerm {
  readonly fromDay: number;
  readonly months: number;
  readonly arr: number;
  untilDay: number;
}

/**
 * Contracts, renewals and what becomes of them. Some weeks before a term ends the account makes up its mind: by its
 * health of the last weeks, by money, and by chance.
 *
 * @param firstTermDay the day on which the first term starts
 */
export function dealsOf(seed: number, life: Life, firstTermDay: number, aeIds: readonly string[]): Deals {
  const { profile } = life;
  const random = new Random(seed, 'contracts', profile.index);
  const contracts: History<ContractRecord>[] = [];
  const opportunities: History<OpportunityRecord>[] = [];
  const features: History<FeatureRecord>[] = [];
  const churnDays: number[] = [];
  const terms: BilledTerm[] = [];
  const agreements: Agreement[] = [];
  const agenda = new Map<number, (() => void)[]>();

  const onDay = (day: number, action: () => void) => {
    const due = Math.max(day, life.day + 1);
    const actions = agenda.get(due);
    if (actions === undefined) agenda.set(due, [action]);
    else actions.push(action);
  };
  const workingHour = () => random.between(8, 18);
  const rounded = (arr: number) => Math.max(1200, Math.round(arr / 100) * 100);

  const bill = (agreement: Agreement) =>
    terms.push({
      fromDay: agreement.startDay,
      months: agreement.termMonths,
      arr: agreement.arr,
      untilDay: agreement.endDay,
    });
  const cutBilling = (agreement: Agreement, untilDay: number) => {
    for (const term of terms)
      if (term.fromDay === agreement.startDay && term.untilDay === agreement.endDay) term.untilDay = untilDay;
  };

  /** When the account decides about the end of the present term. */
  const plan = (agreement: Agreement) => {
    const lead = agreement.isAutoRenewing
      ? agreement.noticeDays + random.integer(3, 40)
      : random.integer(12, 85);
    agreement.decisionDay = agreement.endDay - lead;
    agreement.isDecided = false;
    agreement.onEnd = undefined;
    agreement.renewal = undefined;
    agreement.caller = undefined;
  };

  const write = (agreement: Omit<Agreement, 'record'>, signedDay: number, previousId: string | null) =>
    new History<ContractRecord>(
      salesforceId('Contract', profile.index, contracts.length),
      instantOf(signedDay, workingHour()),
      {
        startDay: agreement.startDay,
        endDay: agreement.endDay,
        arr: agreement.arr,
        seats: profile.hasSeatsOnRecord ? agreement.seats : null,
        product: agreement.product,
        isAutoRenewing: agreement.isAutoRenewing,
        noticeDays: agreement.isAutoRenewing ? agreement.noticeDays : null,
        renewalOwnerId: random.chance(0.15) ? random.pick(aeIds) : null,
        previousId,
        cancelledAt: null,
        cancelEffectiveDay: null,
        cancelReason: null,
      },
    );

  const license = (from: number, to: number, day: number) => {
    if (!profile.hasFeaturesOnRecord) return;
    for (const feature of FEATURES.slice(from, to)) {
      features.push(
        new History<FeatureRecord>(
          salesforceId('Licensed_Feature__c', profile.index, features.length),
          instantOf(day, 1),
          { feature, fromDay: day, toDay: null },
        ),
      );
    }
  };

  const sign = (product: string, startDay: number, signedDay: number, arr: number, seats: number) => {
    const isEnterprise = profile.segment === 'enterprise';
    const termMonths = random.chance(isEnterprise ? 0.3 : 0.1) ? random.pick([24, 36]) : 12;
    const agreement = {
      product,
      signedForDay: startDay,
      startDay,
      endDay: addMonths(startDay, termMonths),
      arr: rounded(arr),
      seats,
      termMonths,
      isAutoRenewing: random.chance(0.3),
      noticeDays: random.pick([30, 60, 90]),
      renewal: undefined,
      caller: undefined,
      decisionDay: 0,
      isDecided: false,
      onEnd: undefined,
      isEnded: false,
    };
    const record = write(agreement, signedDay, null);
    contracts.push(record);
    const signed: Agreement = { ...agreement, record };
    agreements.push(signed);
    bill(signed);
    plan(signed);
    return signed;
  };

  const signFirst = (startDay: number, signedDay: number) => {
    const size = { enterprise: [25, 65, 3000], mid_market: [12, 28, 2200], smb: [5, 11, 1500] } as const;
    const [low, high, price] = size[profile.segment];
    const seats = random.integer(low, high);
    sign(CORE, startDay, signedDay, seats * random.logNormal(price, 0.25), seats);
  };

  const openOpportunity = (
    agreement: Agreement,
    type: OpportunityRecord['type'],
    amount: number,
    closeDay: number,
  ) => {
    const opportunity = new History<OpportunityRecord>(
      salesforceId('Opportunity', profile.index, opportunities.length),
      instantOf(life.day, workingHour()),
      {
        type,
        contractId: agreement.record.id,
        stage: 'Qualification',
        amount,
        closeDay,
        isClosed: false,
        isWon: false,
        lossReason: null,
        forecastCategory: 'Pipeline',
      },
    );
    opportunities.push(opportunity);
    return opportunity;
  };
  const closeOpportunity = (
    opportunity: History<OpportunityRecord> | undefined,
    day: number,
    amount: number | undefined,
  ) =>
    opportunity?.change(instantOf(day, workingHour()), {
      stage: amount === undefined ? 'Closed Lost' : 'Closed Won',
      closeDay: day,
      isClosed: true,
      isWon: amount !== undefined,
      ...(amount === undefined ? { lossReason: random.pick(LOSS_REASONS) } : { amount }),
    });

  /** The account goes, or this product of it does. */
  const end = (agreement: Agreement) => {
    agreement.isEnded = true;
    if (agreement.product === CORE) {
      for (const other of agreements) {
        if (other.isEnded) continue;
        other.isEnded = true; // without the core the add-on is worth nothing
        const at = instantOf(life.day, workingHour());
        cutBilling(other, life.day);
        other.record.change(at, {
          cancelledAt: at,
          cancelEffectiveDay: Math.min(life.day, other.endDay),
          cancelReason: 'Core not renewed',
        });
      }
    }
    if (agreements.some((other) => !other.isEnded)) return;
    churnDays.push(life.day);
    life.isLeaving = false;
    if (random.chance(0.12)) {
      const startDay = life.day + random.integer(50, 220);
      onDay(startDay, () => {
        life.health = Math.max(life.health, profile.baseline) + 0.5;
        signFirst(startDay, startDay);
      });
    }
  };

  const leaves = (agreement: Agreement) => {
    if (agreement.product === CORE) life.isLeaving = true;
    const { endDay } = agreement;
    agreement.onEnd = () => end(agreement);
    const way = agreement.isAutoRenewing ? 'notice' : random.pick(['lost', 'lost', 'notice', 'silence']);
    if (way === 'notice') {
      const at = instantOf(life.day, workingHour());
      agreement.record.change(at, {
        cancelledAt: at,
        cancelEffectiveDay: endDay,
        cancelReason: random.pick(LOSS_REASONS),
      });
      closeOpportunity(agreement.renewal, life.day + random.integer(0, 6), undefined);
    } else if (way === 'lost') {
      agreement.renewal ??= openOpportunity(agreement, 'Renewal', agreement.arr, endDay);
      closeOpportunity(agreement.renewal, random.integer(life.day + 3, endDay + 4), undefined);
    }
  };

  const goesOn = (agreement: Agreement, health: number) => {
    const { endDay } = agreement;
    const change = random.uniform();
    const shrinks = logistic(-2.7 - 0.9 * health);
    const grows = logistic(-0.35 + 0.55 * health);
    const factor =
      change < shrinks
        ? random.between(0.6, 0.93)
        : change > 1 - grows
          ? random.between(1.05, 1.35)
          : random.chance(0.4)
            ? random.between(1.02, 1.06)
            : 1;
    const arr = rounded(agreement.arr * factor);
    const isSeatChange = factor < 0.95 || factor > 1.08;
    const seats = isSeatChange ? Math.max(2, Math.round(agreement.seats * factor)) : agreement.seats;
    const moment = random.uniform();
    const isLate = !agreement.isAutoRenewing && moment < 0.1;
    const isEarly = !agreement.isAutoRenewing && moment > 0.96;
    const startDay = isLate
      ? endDay + random.integer(2, 24)
      : isEarly
        ? Math.max(life.day + 2, endDay - random.integer(5, 30))
        : endDay;
    const signedDay = isLate ? startDay : Math.max(life.day + 1, startDay - random.integer(1, 25));

    const startNext = () => {
      agreement.startDay = startDay;
      agreement.endDay = addMonths(startDay, agreement.termMonths);
      agreement.arr = arr;
      agreement.seats = seats;
    };
    if (agreement.isAutoRenewing && arr === agreement.arr) {
      agreement.onEnd = () => {
        startNext();
        bill(agreement);
        plan(agreement);
      };
      return;
    }
    onDay(startDay, () => {
      if (agreement.isEnded) return;
      const previous = agreement.record;
      closeOpportunity(agreement.renewal, signedDay, arr);
      cutBilling(agreement, startDay);
      startNext();
      agreement.record = write(agreement, signedDay, random.chance(0.85) ? previous.id : null);
      contracts.push(agreement.record);
      bill(agreement);
      plan(agreement);
    });
    agreement.onEnd = () => {}; // until the next contract starts
  };

  const decide = (agreement: Agreement) => {
    agreement.isDecided = true;
    const health = pastHealth(life, 45);
    const logOdds =
      CHURN.atZero +
      CHURN.perHealth * health +
      random.normal(0, CHURN.chance) +
      (life.budgetCutUntilDay > life.day ? 2.2 : 0) +
      (life.isAcquired ? 1 : 0) -
      (profile.segment === 'enterprise' ? 0.7 : 0);
    if (random.chance(logistic(logOdds))) leaves(agreement);
    else goesOn(agreement, health);
  };

  /** Growth, shrinking and breaking off between renewals. */
  const midTerm = (agreement: Agreement) => {
    const draw = random.uniform() * 365;
    if (agreement.isDecided || life.day >= agreement.endDay - 130) return;
    const grows = 0.3 * Math.exp(0.5 * life.health);
    const breaksOff = 0.006 * Math.exp(-1.3 * life.health);
    const record = agreement.record;
    const amend = (day: number, factor: number) =>
      onDay(day, () => {
        if (agreement.isEnded || agreement.record !== record || agreement.isDecided) return;
        agreement.arr = rounded(agreement.arr * factor);
        agreement.seats = Math.max(2, Math.round(agreement.seats * factor));
        record.change(instantOf(life.day, workingHour()), {
          arr: agreement.arr,
          ...(profile.hasSeatsOnRecord ? { seats: agreement.seats } : {}),
        });
      });
    if (draw < grows) {
      const factor = random.between(1.06, 1.3);
      const closeDay = life.day + random.integer(15, 60);
      const amount = rounded(agreement.arr * (factor - 1));
      const opportunity = openOpportunity(agreement, 'Expansion', amount, closeDay);
      const isWon = random.chance(0.7);
      closeOpportunity(opportunity, closeDay, isWon ? amount : undefined);
      if (isWon) amend(closeDay, factor);
    } else if (draw < grows + 0.015) {
      amend(life.day + 1, random.between(0.75, 0.95));
    } else if (draw < grows + 0.015 + breaksOff) {
      agreement.isDecided = true;
      if (agreement.product === CORE) life.isLeaving = true;
      const at = instantOf(life.day, workingHour());
      const effectiveDay = Math.min(life.day + random.integer(30, 60), agreement.endDay);
      record.change(at, {
        cancelledAt: at,
        cancelEffectiveDay: effectiveDay,
        cancelReason: random.pick(LOSS_REASONS),
      });
      onDay(effectiveDay, () => {
        cutBilling(agreement, effectiveDay);
        end(agreement);
      });
      agreement.onEnd = () => {};
    } else if (
      draw > 365 - 0.04 * Math.exp(0.4 * life.health) &&
      agreements.filter(({ isEnded }) => !isEnded).length === 1 &&
      !life.isLeaving
    ) {
      const startDay = life.day + random.integer(5, 40);
      onDay(startDay, () => {
        if (agreement.isEnded) return;
        sign(
          ADD_ON,
          startDay,
          startDay,
          agreement.arr * random.between(0.15, 0.35),
          Math.ceil(agreement.seats / 3),
        );
        license(CORE_FEATURES, FEATURES.length, startDay);
      });
    }
  };

  const stepOne = (agreement: Agreement) => {
    if (life.day === agreement.endDay - 120 && !agreement.isDecided)
      if (!agreement.isAutoRenewing || random.chance(0.4)) {
        agreement.caller = callerOf(seed, profile.index, opportunities.length, agreement.endDay);
        agreement.renewal = openOpportunity(agreement, 'Renewal', agreement.arr, agreement.endDay);
        if (!agreement.isAutoRenewing)
          agreement.renewal.change(instantOf(life.day + random.integer(10, 30), 12), {
            stage: 'Negotiation',
          });
      }
    const call = agreement.caller?.callOn(life);
    if (call !== undefined && agreement.renewal?.versions().at(-1)?.data.isClosed === false)
      agreement.renewal.change(instantOf(life.day, 15), { forecastCategory: call });
    midTerm(agreement);
    if (life.day >= agreement.decisionDay && !agreement.isDecided) decide(agreement);
    if (life.day === agreement.endDay) agreement.onEnd?.();
  };

  const signedDay = firstTermDay - random.integer(3, 30);
  signFirst(firstTermDay, signedDay);
  license(0, profile.featureCount, firstTermDay);

  const step = () => {
    for (const action of agenda.get(life.day) ?? []) action();
    agenda.delete(life.day);
    for (const agreement of agreements) if (!agreement.isEnded) stepOne(agreement);
    const current = agreements.filter(({ isEnded, startDay }) => !isEnded && startDay <= life.day);
    life.isCustomer = current.length > 0;
    life.seats = current.reduce((sum, { seats }) => sum + seats, 0);
    life.arr = current.reduce((sum, { arr }) => sum + arr, 0);
  };
  const addOnFromDay = () =>
    agreements.find(({ product }) => product === ADD_ON)?.signedForDay ?? Number.POSITIVE_INFINITY;
  return { contracts, opportunities, features, churnDays, terms, addOnFromDay, step };
}
