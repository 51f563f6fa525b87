/** What a column holds, and a value of a made-up row. */
type Described = readonly [about: string, example: string];

interface TableDescription {
  /** What one row of the table is. */
  readonly about: string;
  readonly columns: Readonly<Record<string, Described>>;
}

const ID = 'AC-001';
const account: Described = ['the account it belongs to', ID];
const updated: Described = [
  'when the row was last changed; rows of one key that differ in it are versions',
  '2026-06-30',
];

/** What every table may have. */
const known: Described = ['when the row could first be known (UTC); before it the row does not count', ''];

/**
 * The canonical tables in words, for `tenure files`, its templates and docs/files.md. What is required, and the words of a
 * column, stand in `TABLES`.
 */
export const DESCRIPTIONS: Readonly<Record<string, TableDescription>> = {
  accounts: {
    about: 'a customer',
    columns: {
      account_id: ['the key of the account in all tables', ID],
      name: ['the name that people know', 'Amberglass Analytics'],
      owner_id: ['who looks after it: a user_id, or any name where there are no users', 'U-01'],
      owner_email: ['the same by e-mail', 'carla.fairbanks@example.com'],
      parent_account_id: ['the account that it is part of', ''],
      created_at: ['when the account was made', '2024-02-01'],
      industry: ['its industry', 'Software'],
      region: ['its region', 'EMEA'],
      territory: ['its sales territory', 'DACH'],
      segment: ['enterprise, mid_market, smb or a name of your own; by ARR when empty', 'mid_market'],
      onboarded_at: ['when onboarding was finished', '2024-03-15'],
      is_acquired: ['whether another company has bought it', 'no'],
      is_customer: ['no for a prospect, who is listed nowhere until a contract comes; yes when empty', 'yes'],
      domain: ['its web domain, by which support and billing may be matched', 'amberglass.example'],
      crm_url: ['the address of its record in the CRM', 'https://crm.example/accounts/AC-001'],
      updated_at: updated,
      known_at: known,
    },
  },
  rates: {
    about: 'the rate of a currency from a day on',
    columns: {
      currency_code: ['ISO 4217', 'EUR'],
      valid_from: ['its first day', '2024-01-01'],
      rate: ['what one unit is worth in the tenant’s currency', '1.08'],
      known_at: known,
    },
  },
  contracts: {
    about: 'a contract with one term',
    columns: {
      contract_id: ['its key', 'CT-001'],
      account_id: account,
      term_start_date: ['the first day of the term', '2026-01-01'],
      term_end_date: ['the day on which it renews; empty: runs until cancelled', '2027-01-01'],
      arr: ['recurring revenue of a year', '24000.00'],
      currency_code: ['ISO 4217; the tenant’s currency when empty', 'USD'],
      seats: ['licensed seats', '50'],
      product: ['what was bought', 'Platform'],
      auto_renew: ['whether it renews itself', 'yes'],
      notice_days: ['days of notice before the end', '60'],
      renewal_owner_id: ['who renews it, when that is not the account’s owner', ''],
      previous_contract_id: ['the contract that it continues; several with ;', ''],
      cancelled_at: ['when notice was given', ''],
      cancel_effective_date: ['the day from which nothing is paid any more', ''],
      cancel_reason: ['why', ''],
      updated_at: updated,
      known_at: known,
    },
  },
  users: {
    about: 'one of your own people',
    columns: {
      user_id: ['the key that owner_id names', 'U-01'],
      email: ['e-mail', 'carla.fairbanks@example.com'],
      name: ['name', 'Carla Fairbanks'],
      role: ['what the person does', 'csm'],
      manager_id: ['the user_id of the manager', ''],
      is_active: ['no for those who left', 'yes'],
      known_at: known,
    },
  },
  contacts: {
    about: 'a person at a customer',
    columns: {
      contact_id: ['its key', 'P-001'],
      account_id: account,
      email: ['e-mail', 'leo@amberglass.example'],
      name: ['the person’s name', 'Leo Fernhollow'],
      title: ['job title', 'VP Operations'],
      role: ['what the person is to us, in your own words', 'decision maker'],
      is_exec_sponsor: ['whether this is the executive sponsor', 'yes'],
      is_champion: ['whether this is the champion', 'no'],
      has_consent: ['no: the person’s mail and meetings do not count', 'yes'],
      left_at: ['when the person left the customer', ''],
      updated_at: updated,
      known_at: known,
    },
  },
  usage_events: {
    about: 'something that a user did in the product',
    columns: {
      account_id: account,
      user_id: ['who did it', 'leo@amberglass.example'],
      event_at: ['when', '2026-06-29T09:30:00Z'],
      feature: ['the feature', 'export'],
      event_count: ['how often; 1 when empty', '3'],
      known_at: known,
    },
  },
  licensed_features: {
    about: 'a feature that an account has bought',
    columns: {
      account_id: account,
      feature: ['the name that usage has', 'export'],
      valid_from: ['the first day', '2026-01-01'],
      valid_to: ['the first day without it', ''],
      known_at: known,
    },
  },
  meetings: {
    about: 'a meeting with a customer',
    columns: {
      meeting_id: ['its key', 'M-001'],
      account_id: account,
      type: ['what it was', 'qbr'],
      scheduled_at: ['when', '2026-06-15T13:00:00Z'],
      status: ['what became of it', 'attended'],
      contact_ids: ['who was there, separated by ;', 'P-001'],
      notes: ['notes', ''],
      updated_at: updated,
      known_at: known,
    },
  },
  emails: {
    about: 'a mail to or from a customer',
    columns: {
      email_id: ['its key', 'E-001'],
      account_id: account,
      contact_id: ['the person', 'P-001'],
      sent_at: ['when', '2026-06-20T08:00:00Z'],
      direction: ['to the customer, or from it', 'out'],
      replied_at: ['when it was answered', '2026-06-20T10:30:00Z'],
      updated_at: updated,
      known_at: known,
    },
  },
  tickets: {
    about: 'a support ticket',
    columns: {
      ticket_id: ['its key', 'T-001'],
      account_id: account,
      created_at: ['when it was opened', '2026-06-10T07:45:00Z'],
      solved_at: ['when it was solved', '2026-06-11T12:00:00Z'],
      escalated_at: ['when it was escalated', ''],
      merged_at: ['when it was merged into another', ''],
      priority: ['its priority', 'high'],
      csat: ['the customer’s mark, 1 to 5', '5'],
      updated_at: updated,
      known_at: known,
    },
  },
  invoices: {
    about: 'an invoice',
    columns: {
      invoice_id: ['its key', 'I-001'],
      account_id: account,
      due_date: ['the day until which it is to be paid', '2026-02-15'],
      issued_at: ['when it was sent', '2026-01-15'],
      paid_at: ['when it was paid', '2026-02-10'],
      amount: ['its amount', '24000.00'],
      status: ['what became of it', 'paid'],
      is_auto_charged: ['whether it is charged without anybody’s doing', 'no'],
      first_failed_at: ['when a charge failed first', ''],
      updated_at: updated,
      known_at: known,
    },
  },
  sentiments: {
    about: 'what a CSM thinks of an account from an instant on',
    columns: {
      account_id: account,
      sentiment: ['the judgement', 'green'],
      set_at: ['when', '2026-06-01'],
      set_by: ['who', 'U-01'],
      note: ['why', ''],
      known_at: known,
    },
  },
  overrides: {
    about: 'a person’s correction of a health category',
    columns: {
      account_id: account,
      direction: ['a tier up, a tier down, or withdrawn', 'down'],
      reason: ['why', 'Budget cut announced'],
      author: ['who', 'U-01'],
      set_at: ['when', '2026-06-01'],
      expires_at: ['until when; 30 days when empty', ''],
      known_at: known,
    },
  },
  opportunities: {
    about: 'a renewal or an expansion that is being sold',
    columns: {
      opportunity_id: ['its key', 'O-001'],
      account_id: account,
      contract_id: ['the contract that is to renew', 'CT-001'],
      type: ['which of the two', 'renewal'],
      stage: ['its stage, in your words', 'Negotiation'],
      amount: ['its amount', '26000.00'],
      close_date: ['the day on which it closes', '2026-12-15'],
      is_closed: ['whether it is closed', 'no'],
      is_won: ['whether it is won', 'no'],
      loss_reason: ['why it was lost', ''],
      forecast_category: ["its owner's own call in the CRM's forecast", 'best_case'],
      created_at: ['when it was made', '2026-06-01'],
      updated_at: updated,
      known_at: known,
    },
  },
  tasks: {
    about: 'a task that Tenure made, as it stands in your CRM',
    columns: {
      task_key: ['the key that Tenure gave it', 'a1b2c3d4'],
      account_id: account,
      status: ['how it stands', 'completed'],
      owner_id: ['whose it is', 'U-01'],
      completed_at: ['when it was done', '2026-06-05'],
      close_reason: ['why it was closed', ''],
      updated_at: updated,
      known_at: known,
    },
  },
  surveys: {
    about: 'an answer to a survey',
    columns: {
      survey_id: ['its key', 'S-001'],
      account_id: account,
      answered_at: ['when', '2026-05-20'],
      type: ['which survey', 'nps'],
      score: ['0 to 10 of nps, 1 to 5 of csat', '9'],
      known_at: known,
    },
  },
  documents: {
    about: 'a deck, a plan or notes that are kept elsewhere',
    columns: {
      document_id: ['its key', 'D-001'],
      account_id: account,
      title: ['what it is called', 'Business review, spring'],
      url: ['where it is (https://…)', 'https://docs.example/qbr-spring'],
      kind: ['deck, plan, notes or a word of your own', 'deck'],
      made_at: ['when it was made', '2026-05-28'],
      updated_at: updated,
      known_at: known,
    },
  },
  notes: {
    about: 'what somebody of yours wrote down about an account: a call, a visit, a worry',
    columns: {
      note_id: ['its key', 'N-001'],
      account_id: account,
      text: ['the words', 'Budget for next year is agreed; the new team lead wants training in spring.'],
      author: ['who wrote it: a user_id, or a name', 'U-01'],
      made_at: ['when', '2026-06-16T15:00:00Z'],
      opportunity_id: ['the opportunity that it is about', 'O-001'],
      updated_at: updated,
      known_at: known,
    },
  },
  engagements: {
    about: 'a person at a customer whom you asked to a webinar, a beta, a reference or your community',
    columns: {
      engagement_id: ['its key', 'E-001'],
      account_id: account,
      contact_id: ['who was asked', 'P-001'],
      type: ['what it was', 'webinar'],
      happened_at: ['when it took place', '2026-06-10T14:00:00Z'],
      status: ['how they answered (empty: nobody knows)', 'attended'],
      updated_at: updated,
      known_at: known,
    },
  },
  outcomes: {
    about:
      'a goal that a customer has with you, as it was measured at an instant; a row for each time it was measured',
    columns: {
      outcome_id: [
        'the key of the goal; rows of one key that differ in measured_at are its measures',
        'G-001',
      ],
      account_id: account,
      goal: ['what the customer wants to reach, in words that you would show them', 'Hours saved each month'],
      target: ['the value to reach; more is better', '120'],
      value: ['the value that was measured', '96'],
      unit: ['of both', 'hours'],
      due_date: ['the last day on which it may be reached', '2026-12-31'],
      measured_at: ['when it was measured', '2026-06-30'],
      known_at: known,
    },
  },
  identities: {
    about:
      'a customer record of support or billing, or an account or user of product usage, that no key joins to its account',
    columns: {
      source: ['the source’s name in tenure.yaml', 'desk'],
      customer_id: [
        'the key of the record there; of usage the group or account of the events, or the user of events without one',
        '48151623',
      ],
      account_id: account,
      known_at: [
        'when the row was written (UTC): of two rows of one key the later counts, for all of the past; a usage source knows the account from then on',
        '',
      ],
    },
  },
  external_scores: {
    about: 'what another platform scored an account, for the backtest beside your own score',
    columns: {
      account_id: account,
      scored_on: ['the day on which it stood so; it counts from its end on', '2026-05-31'],
      score: ['0 to 100, higher is healthier', '64'],
      category: ['what the other platform called it, in its words', 'Yellow'],
      system: ['the other platform’s name', 'oldtool'],
      known_at: known,
    },
  },
};
