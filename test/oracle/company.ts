/** The canonical rows of a company, as a folder of files would hold them: text, UTC, empty = null. */
export type Text = string | null;

export interface Versioned {
  updated_at?: Text;
  known_at?: Text;
}

export interface Company {
  accounts: ({
    account_id: string;
    name: string;
    created_at: Text;
    owner_id?: Text;
    parent_account_id?: Text;
    segment?: Text;
    onboarded_at?: Text;
    is_acquired?: boolean | null;
  } & Versioned)[];
  contracts: ({
    contract_id: string;
    account_id: string;
    term_start_date: string;
    term_end_date: Text;
    arr: number;
    seats: number | null;
    currency_code?: Text;
    product?: Text;
    auto_renew?: boolean | null;
    notice_days?: number | null;
    previous_contract_id?: Text;
    cancelled_at?: Text;
    cancel_effective_date?: Text;
  } & Versioned)[];
  opportunities: ({
    opportunity_id: string;
    account_id: string;
    contract_id: Text;
    type: 'renewal' | 'expansion';
    close_date: Text;
    is_closed: boolean;
    is_won: boolean;
  } & Versioned)[];
  rates: { currency_code: string; valid_from: string; rate: number; known_at?: Text }[];
  contacts: ({
    contact_id: string;
    account_id: string;
    email: Text;
    is_exec_sponsor: boolean | null;
    is_champion?: boolean | null;
    has_consent: boolean | null;
    left_at: Text;
  } & Versioned)[];
  usage_events: {
    account_id: string;
    user_id: string;
    event_at: string;
    feature: Text;
    event_count: number | null;
    known_at?: Text;
  }[];
  licensed_features: {
    account_id: string;
    feature: string;
    valid_from: Text;
    valid_to: Text;
    known_at?: Text;
  }[];
  meetings: ({
    meeting_id: string;
    account_id: string;
    type: 'qbr' | 'sponsor' | 'other';
    scheduled_at: string;
    status: 'attended' | 'missed' | 'recap' | 'cancelled';
    contact_ids: string[];
  } & Versioned)[];
  emails: ({
    email_id: string;
    account_id: string;
    contact_id: Text;
    sent_at: string;
    direction: 'out' | 'in';
    replied_at: Text;
  } & Versioned)[];
  tickets: ({
    ticket_id: string;
    account_id: string;
    created_at: string;
    solved_at?: Text;
    escalated_at: Text;
    merged_at?: Text;
    csat?: number | null;
  } & Versioned)[];
  invoices: ({
    invoice_id: string;
    account_id: string;
    due_date: string;
    issued_at: Text;
    paid_at: Text;
    is_auto_charged?: boolean | null;
    first_failed_at?: Text;
    status: 'open' | 'paid' | 'void' | 'uncollectible';
  } & Versioned)[];
  sentiments: {
    account_id: string;
    sentiment: 'green' | 'yellow' | 'red';
    set_at: string;
    known_at?: Text;
  }[];
  surveys: ({
    survey_id: string;
    account_id: string;
    answered_at: string;
    type: 'nps' | 'csat';
    score: number;
  } & Versioned)[];
  engagements: ({
    engagement_id: string;
    account_id: string;
    contact_id: Text;
    type: 'webinar' | 'beta' | 'reference' | 'community' | 'other';
    happened_at: string;
    status: 'attended' | 'declined' | 'silent' | null;
  } & Versioned)[];
  outcomes: {
    outcome_id: string;
    account_id: string;
    goal: string;
    target: number | null;
    value: number | null;
    due_date: Text;
    measured_at: string;
    known_at?: Text;
  }[];
  overrides: {
    account_id: string;
    direction: 'up' | 'down' | 'none';
    reason: string;
    author: string;
    set_at: string;
    expires_at: Text;
  }[];
}

/** Calendar days in UTC, which is the tenant's zone here. */
export const dayOf = (instant: string) => instant.slice(0, 10);
export const addDays = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
export const daysBetween = (from: string, to: string) =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

export const ALWAYS = '0000-00-00';

/** The versions of one key in their order: by `updated_at`, else `known_at`; those without a date come first. */
export const inForceOrder = <Row extends Versioned>(versions: readonly Row[]): Row[] =>
  [...versions].sort((a, b) => {
    const [x, y] = [a.updated_at ?? a.known_at ?? '', b.updated_at ?? b.known_at ?? ''];
    return x < y ? -1 : x > y ? 1 : 0;
  });

/**
 * The versions in force at the end of day D, one a key. `firstInstant` is a fact's own first instant, from which its
 * earliest version holds; an attribute has none, and its earliest version stands for all earlier days. Definitions, section 1.
 */
export function inForce<Row extends Versioned>(
  rows: readonly Row[],
  key: (row: Row) => string,
  day: string,
  firstInstant?: (row: Row) => string,
): Row[] {
  const found: Row[] = [];
  for (const versions of Map.groupBy(rows, key).values()) {
    const ordered = inForceOrder(versions);
    const known = ordered.filter((row, index) => {
      if (row.known_at) return dayOf(row.known_at) <= day;
      if (index === 0) return (firstInstant ? dayOf(firstInstant(row)) : ALWAYS) <= day;
      return row.updated_at ? dayOf(row.updated_at) <= day : true;
    });
    const last = known.at(-1);
    if (last) found.push(last);
  }
  return found;
}
