import type { ForecastCategory } from './calls.ts';
import type { History } from './history.ts';

/** What is on record about an account, whichever system keeps it. Days and instants as in calendar.ts. */
export interface Facts {
  readonly account: History<AccountRecord>;
  readonly contacts: History<ContactRecord>[];
  readonly contracts: History<ContractRecord>[];
  readonly opportunities: History<OpportunityRecord>[];
  readonly features: History<FeatureRecord>[];
  readonly meetings: History<MeetingRecord>[];
  readonly mails: History<MailRecord>[];
  readonly surveys: History<SurveyRecord>[];
  readonly overrides: History<OverrideRecord>[];
  readonly notes: History<NoteRecord>[];
  readonly tickets: History<TicketRecord>[];
  readonly invoices: History<InvoiceRecord>[];
}

export type Colour = 'green' | 'yellow' | 'red';

export interface AccountRecord {
  readonly ownerId: string | null;
  readonly onboardedAt: number | null;
  readonly isAcquired: boolean;
  readonly sentiment: Colour | null;
  readonly sentimentAt: number | null;
  readonly sentimentBy: string | null;
  readonly sentimentNote: string | null;
}

export interface ContactRecord {
  readonly name: string;
  readonly email: string;
  readonly title: string;
  readonly isSponsor: boolean;
  readonly isChampion: boolean;
  readonly hasConsent: boolean;
  readonly leftAt: number | null;
}

export interface ContractRecord {
  readonly startDay: number;
  /** The day on which the next term would start. */
  readonly endDay: number;
  readonly arr: number;
  readonly seats: number | null;
  readonly product: string;
  readonly isAutoRenewing: boolean;
  readonly noticeDays: number | null;
  readonly renewalOwnerId: string | null;
  readonly previousId: string | null;
  readonly cancelledAt: number | null;
  readonly cancelEffectiveDay: number | null;
  readonly cancelReason: string | null;
}

export interface OpportunityRecord {
  readonly type: 'Renewal' | 'Expansion';
  readonly contractId: string;
  readonly stage: string;
  readonly amount: number;
  readonly closeDay: number;
  readonly isClosed: boolean;
  readonly isWon: boolean;
  readonly lossReason: string | null;
  /** While it is open. */
  readonly forecastCategory: ForecastCategory;
}

export interface FeatureRecord {
  readonly feature: string;
  readonly fromDay: number;
  readonly toDay: number | null;
}

export interface MeetingRecord {
  readonly type: 'qbr' | 'sponsor' | 'other';
  readonly startsAt: number;
  readonly status: 'attended' | 'missed' | 'recap' | 'cancelled';
  readonly contactIds: readonly string[];
}

export interface MailRecord {
  readonly contactId: string;
  readonly contactEmail: string;
  readonly ownerId: string | null;
  readonly sentAt: number;
  readonly isIncoming: boolean;
  readonly repliedAt: number | null;
}

export interface SurveyRecord {
  readonly type: 'nps' | 'csat';
  readonly score: number;
}

export interface OverrideRecord {
  readonly direction: 'up' | 'down' | 'none';
  readonly reason: string;
  readonly authorId: string;
  readonly expiresAt: number | null;
}

export interface NoteRecord {
  readonly title: string;
  readonly body: string;
  readonly ownerId: string;
}

export interface TicketRecord {
  readonly subject: string;
  readonly priority: 'low' | 'normal' | 'high' | 'urgent';
  readonly status: 'new' | 'open' | 'solved' | 'closed';
  readonly isEscalated: boolean;
  readonly solvedAt: number | null;
  readonly rating: 'offered' | 'good' | 'bad' | 'unoffered';
}

export interface InvoiceRecord {
  readonly number: string;
  readonly cents: number;
  readonly dueAt: number;
  readonly issuedAt: number;
  readonly status: 'open' | 'paid' | 'void' | 'uncollectible';
  readonly paidAt: number | null;
  readonly closedAt: number | null;
}
