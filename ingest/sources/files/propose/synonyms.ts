import type { Vocabulary } from '../../../vocabularies.ts';

/**
 * What headers are called in exports of CRMs, billing systems and spreadsheets, English and German, by canonical column.
 * The likeliest first; each as `words` gives it. A column's own name is always known.
 */
type Synonyms = Readonly<Record<string, readonly string[]>>;

/** The customer that a row belongs to, in any table. */
export const CUSTOMER: Synonyms = {
  id: [
    ...['account id', 'customer id', 'company id', 'crm id', 'salesforce id', 'record id', 'account number'],
    ...['client id', 'account external id', 'associated company id', 'organization id', 'workspace id'],
    ...[
      'associated company ids primary',
      'associated company ids',
      'sfdc account id',
      'salesforce account id',
    ],
    ...['external id'],
    ...['kundennummer', 'kundennr'],
    ...['kunden id', 'kunden nr', 'account nr', 'debitorennummer', 'debitor'],
  ],
  name: [
    ...[
      'account name',
      'customer name',
      'company name',
      'customer',
      'account',
      'company',
      'client',
      'client name',
    ],
    ...[
      'customer company',
      'associated company primary',
      'associated company names primary',
      'associated company',
      'customer description',
      'organization',
      'organisation',
      'organization name',
    ],
    ...[
      'kunde',
      'kundenname',
      'accountname',
      'firma',
      'firmenname',
      'unternehmen',
      'unternehmensname',
      'mandant',
    ],
    ...['customer full name', 'name'],
  ],
};

/** Columns that are not canonical, of which canonical ones are made. */
export const HELPERS: Synonyms = {
  term_months: [
    ...[
      'contract term months',
      'term months',
      'contract term',
      'term',
      'subscription term',
      'contract length',
    ],
    ...[
      'term in months',
      'contract duration',
      'vertragslaufzeit monate',
      'laufzeit monate',
      'vertragslaufzeit',
    ],
    ...['laufzeit', 'laufzeit in monaten', 'contract term mo'],
  ],
  mrr: [
    ...[
      'mrr',
      'monthly recurring revenue',
      'monthly revenue',
      'monthly amount',
      'monthly value',
      'mrr current',
    ],
    ...['monatlicher umsatz', 'monatsbetrag', 'monatswert'],
  ],
  interval: [
    ...[
      'interval',
      'billing interval',
      'plan interval',
      'billing period',
      'billing period unit',
      'period unit',
    ],
    ...['abrechnungsintervall', 'intervall'],
  ],
  /** How many of them go between two invoices. */
  interval_count: ['interval count', 'plan interval count', 'billing period', 'billing interval count'],
  /** How a subscription stands. */
  subscription_status: ['subscription status', 'status', 'state'],
  /** What kind of document a row of a ledger is. */
  document_type: ['transaction type', 'document type', 'belegart', 'type', 'typ'],
  /** What is not paid yet of an invoice. */
  open_balance: ['open balance', 'balance', 'balance due', 'amount due', 'offener betrag', 'offen'],
  quantity: ['quantity', 'plan quantity', 'menge', 'anzahl'],
};

const OWNER = [
  ...[
    'csm',
    'account owner',
    'customer success manager',
    'owner',
    'company owner',
    'csm name',
    'account manager',
  ],
  ...[
    'cs owner',
    'success manager',
    'responsible',
    'owner name',
    'accountinhaber',
    'account inhaber',
    'betreuer',
  ],
  ...[
    'kundenbetreuer',
    'verantwortlich',
    'verantwortlicher',
    'inhaber',
    'zuständig',
    'ansprechpartner intern',
  ],
];
const CREATED = [
  'created date',
  'create date',
  'created',
  'created at',
  'created on',
  'created utc',
  'erstellt am',
  'erstelldatum',
  'erstellungsdatum',
];
const CURRENCY = [
  'currency',
  'currency iso code',
  'arr currency',
  'amount currency',
  'währung',
  'iso währungscode',
  'arr währung',
  'währungscode',
];
const STATUS = ['status', 'state'];

export const SYNONYMS: Readonly<Record<string, Synonyms>> = {
  accounts: {
    owner_id: OWNER,
    owner_email: [
      'owner email',
      'account owner email',
      'csm email',
      'e mail des betreuers',
      'betreuer email',
      'betreuer e mail',
    ],
    parent_account_id: [
      'parent account',
      'parent company',
      'parent account name',
      'ultimate parent',
      'konzern',
      'muttergesellschaft',
      'übergeordneter account',
    ],
    created_at: [
      'account created date',
      'customer since',
      'original contract date',
      'kunde seit',
      ...CREATED,
    ],
    industry: ['industry', 'branche', 'vertical'],
    region: ['region', 'billing country', 'country', 'country region', 'land'],
    territory: ['territory', 'sales territory', 'gebiet', 'vertriebsgebiet'],
    segment: ['segment', 'tier', 'customer segment', 'account tier', 'kundensegment', 'size segment'],
    onboarded_at: [
      'onboarding completed',
      'onboarded',
      'go live date',
      'go live',
      'onboarding complete date',
      'onboarding abgeschlossen',
      'live since',
    ],
    is_acquired: ['acquired', 'was acquired', 'übernommen'],
    is_customer: [
      'account type',
      'type',
      'customer type',
      'company type',
      'relationship type',
      'lifecycle stage',
      'kundentyp',
      'account typ',
      'typ',
    ],
    domain: ['web domain', 'company domain name', 'company domain', 'website', 'website url', 'webseite'],
    crm_url: ['record url', 'account link', 'account url', 'crm link'],
  },
  contracts: {
    contract_id: [
      'contract number',
      'contract no',
      'subscription id',
      'contract',
      'contract name',
      'vertragsnummer',
      'vertragsnr',
      'vertrag',
      'id',
    ],
    term_start_date: [
      ...[
        'contract start date',
        'contract start',
        'term start',
        'subscription start date',
        'current term start',
      ],
      ...[
        'current period start utc',
        'current period start',
        'start date',
        'contract effective date',
        'effective date',
      ],
      ...[
        'start',
        'started',
        'vertragsbeginn',
        'vertragsstart',
        'vertragsstartdatum',
        'laufzeitbeginn',
        'startdatum',
        'beginn',
        'start date utc',
        'begin date',
      ],
    ],
    term_end_date: [
      ...[
        'contract end date',
        'contract end',
        'renewal date',
        'term end',
        'subscription end date',
        'contract renewal date',
      ],
      ...[
        'next renewal date',
        'next renewal',
        'current term end',
        'current period end utc',
        'current period end',
      ],
      ...[
        'end date',
        'expiration date',
        'expiry date',
        'expires',
        'expiry',
        'renewal',
        'renews on',
        'renews',
        'end',
      ],
      ...[
        'vertragsende',
        'vertragsenddatum',
        'laufzeitende',
        'verlängerungsdatum',
        'verlängerung am',
        'enddatum',
        'ablaufdatum',
        'ende',
        'läuft bis',
      ],
    ],
    arr: [
      ...[
        'arr',
        'annual recurring revenue',
        'current arr',
        'total arr',
        'acv',
        'annual contract value',
        'annual value',
      ],
      ...[
        'arr usd',
        'arr eur',
        'arr gbp',
        'annualized revenue',
        'annual subscription value',
        'jährlicher vertragswert',
        'jahreswert',
      ],
      ...[
        'jahresvertragswert',
        'jahresbetrag',
        'wiederkehrender jahresumsatz',
        'contract value',
        'contract amount',
        'plan amount',
        'plan unit price',
        'amount',
        'value',
        'vertragswert',
        'betrag',
      ],
    ],
    currency_code: CURRENCY,
    seats: [
      'seats',
      'licenses',
      'licences',
      'users',
      'licensed seats',
      'number of seats',
      'lizenzen',
      'nutzer',
      'plätze',
      'arbeitsplätze',
    ],
    product: [
      'product',
      'plan',
      'product name',
      'plan name',
      'edition',
      'package',
      'produkt',
      'paket',
      'tarif',
    ],
    auto_renew: [
      'auto renew',
      'auto renewal',
      'autorenew',
      'automatic renewal',
      'auto renews',
      'automatische verlängerung',
      'autom verlängerung',
      'verlängert sich automatisch',
    ],
    notice_days: [
      'notice period days',
      'notice days',
      'notice period',
      'owner expiration notice',
      'kündigungsfrist tage',
      'kündigungsfrist',
    ],
    renewal_owner_id: ['renewal owner', 'renewal manager', 'renewals manager'],
    cancelled_at: [
      'canceled at utc',
      'canceled at',
      'cancelled at',
      'cancellation date',
      'notice given',
      'gekündigt am',
      'kündigungsdatum',
    ],
    cancel_effective_date: [
      'ended at utc',
      'ended at',
      'cancellation effective date',
      'churn date',
      'churned at',
      'churned on',
      'gekündigt zum',
      'kündigung zum',
    ],
    cancel_reason: ['cancellation reason', 'churn reason', 'cancel reason', 'kündigungsgrund'],
  },
  users: {
    user_id: ['user id', 'employee id', 'id'],
    email: ['email', 'e mail', 'email address', 'user email'],
    name: ['name', 'full name', 'user name'],
    role: ['role', 'job role', 'rolle'],
    manager_id: ['manager', 'manager id', 'vorgesetzter'],
    is_active: ['active', 'is active', 'aktiv'],
  },
  contacts: {
    contact_id: ['contact id', 'kontakt id', 'id'],
    email: ['email', 'e mail', 'email address', 'contact email', 'e mail adresse'],
    name: ['contact name', 'full name', 'name'],
    title: ['job title', 'title', 'position'],
    role: ['contact role', 'buying role', 'role', 'rolle'],
    is_exec_sponsor: ['executive sponsor', 'exec sponsor', 'is exec sponsor', 'sponsor'],
    is_champion: ['champion', 'is champion'],
    has_consent: ['consent', 'opt in', 'einwilligung'],
    left_at: ['left company', 'left on', 'no longer at company'],
  },
  tickets: {
    ticket_id: [
      'ticket id',
      'case number',
      'ticket number',
      'ticket',
      'ticketnummer',
      'conversation id',
      'id',
    ],
    created_at: ['opened', 'date time opened', 'created time', 'eröffnet', ...CREATED],
    solved_at: [
      'solved at',
      'resolved',
      'resolved at',
      'closed',
      'closed date',
      'date time closed',
      'resolved time',
      'gelöst am',
      'geschlossen am',
    ],
    escalated_at: ['escalated at', 'escalated on', 'eskaliert am'],
    priority: ['priority', 'priorität'],
    csat: ['csat', 'satisfaction', 'rating', 'zufriedenheit'],
  },
  invoices: {
    invoice_id: [
      'invoice number',
      'invoice no',
      'invoice id',
      'invoice',
      'num',
      'no',
      'rechnungsnummer',
      'rechnungsnr',
      'rechnung',
      'id',
    ],
    due_date: ['due date', 'due', 'fällig am', 'fälligkeit', 'fälligkeitsdatum'],
    issued_at: ['invoice date', 'issued', 'issue date', 'date', 'rechnungsdatum'],
    paid_at: ['paid at', 'paid date', 'payment date', 'paid on', 'bezahlt am', 'zahlungsdatum'],
    amount: ['amount', 'total', 'invoice amount', 'amount due', 'betrag', 'rechnungsbetrag', 'summe'],
    status: STATUS,
  },
  opportunities: {
    opportunity_id: ['opportunity id', 'deal id', 'record id', 'opportunity name', 'deal name', 'id'],
    type: ['type', 'opportunity type', 'deal type', 'typ'],
    stage: ['stage', 'deal stage', 'phase', 'opportunity stage'],
    amount: ['amount', 'deal amount', 'betrag'],
    close_date: ['close date', 'closed date', 'schlusstermin', 'abschlussdatum'],
    is_closed: ['closed', 'is closed', 'is deal closed', 'geschlossen'],
    is_won: ['won', 'is won', 'is closed won', 'gewonnen'],
    loss_reason: ['loss reason', 'closed lost reason', 'lost reason', 'verlustgrund'],
    forecast_category: ['forecast category', 'forecast category name', 'forecast', 'prognosekategorie'],
    created_at: CREATED,
  },
  notes: {
    note_id: ['note id', 'activity id', 'engagement id', 'record id', 'id'],
    text: [
      'note',
      'note body',
      'body',
      'comments',
      'comment',
      'description',
      'notiz',
      'notizen',
      'text',
      'bemerkung',
    ],
    author: [
      ...['created by', 'author', 'note owner', 'owner', 'assigned to', 'activity assigned to', 'logged by'],
      ...['verfasser', 'erstellt von', 'inhaber'],
    ],
    made_at: ['date', 'activity date', 'note date', 'logged at', 'datum', ...CREATED],
    opportunity_id: ['opportunity id', 'deal id', 'associated deal id'],
  },
  engagements: {
    engagement_id: ['registration id', 'campaign member id', 'invitation id', 'registrant id', 'id'],
    contact_id: ['contact id', 'attendee', 'registrant', 'email', 'contact', 'teilnehmer'],
    type: ['type', 'campaign type', 'event type', 'program type', 'art', 'typ'],
    happened_at: ['event date', 'webinar date', 'date', 'campaign start date', 'start time', 'datum'],
    status: [
      'attendance',
      'attendance status',
      'member status',
      'attended',
      'response',
      'teilnahme',
      ...STATUS,
    ],
  },
  outcomes: {
    outcome_id: ['goal id', 'objective id', 'kpi id', 'success plan id', 'id'],
    goal: ['goal', 'objective', 'success criteria', 'kpi', 'outcome', 'ziel', 'kennzahl'],
    target: ['target', 'target value', 'goal value', 'zielwert', 'soll'],
    value: ['value', 'current value', 'actual', 'actual value', 'result', 'istwert', 'ist'],
    unit: ['unit', 'unit of measure', 'einheit'],
    due_date: ['due date', 'target date', 'due', 'deadline', 'fällig am', 'frist'],
    measured_at: [
      'measured on',
      'measured',
      'as of',
      'last updated',
      'updated',
      'date',
      'gemessen am',
      'stand',
    ],
  },
  usage_events: {
    user_id: ['user id', 'user', 'user email', 'distinct id', 'nutzer'],
    event_at: ['timestamp', 'event time', 'time', 'date', 'occurred at', 'zeitpunkt', 'datum'],
    feature: ['event', 'feature', 'event name', 'ereignis'],
    event_count: ['count', 'events', 'event count', 'anzahl'],
  },
  external_scores: {
    scored_on: [
      ...['score date', 'snapshot date', 'log date', 'calculation day', 'calculation date', 'calculated at'],
      ...['calculated on', 'as of date', 'as of', 'recorded at', 'measured at', 'date', 'day', 'week'],
      ...['month', 'timestamp', 'stichtag', 'datum'],
    ],
    score: [
      ...['health score', 'overall score', 'overall health score', 'churn score', 'churnscore'],
      ...['current score', 'score value', 'health index', 'risk score', 'health', 'gesundheitswert'],
    ],
    category: [
      ...['score label', 'score color', 'score colour', 'color', 'colour', 'health category'],
      ...['health status', 'health rank', 'health', 'grade', 'label', 'rating', 'ampel', 'kategorie'],
    ],
    system: ['platform', 'source system', 'plattform'],
  },
};

/** What words of exports mean in the vocabularies, beside the vocabularies' own. */
export const MEANINGS: Readonly<Partial<Record<Vocabulary, Readonly<Record<string, readonly string[]>>>>> = {
  invoice_status: {
    open: [
      'overdue',
      'unpaid',
      'sent',
      'due',
      'outstanding',
      'past due',
      'partially paid',
      'offen',
      'überfällig',
      'fällig',
      'versendet',
    ],
    paid: ['closed', 'bezahlt', 'beglichen', 'settled'],
    void: ['voided', 'cancelled', 'canceled', 'storniert'],
    uncollectible: ['written off', 'bad debt', 'uneinbringlich', 'abgeschrieben'],
  },
  is_customer: {
    yes: [
      'customer',
      'customer direct',
      'customer channel',
      'existing customer',
      'active customer',
      'former customer',
      'client',
      'evangelist',
      'kunde',
      'bestandskunde',
    ],
    no: [
      'prospect',
      'lead',
      'opportunity',
      'subscriber',
      'marketing qualified lead',
      'sales qualified lead',
      'target',
      'partner',
      'competitor',
      'supplier',
      'vendor',
      'interessent',
      'lieferant',
      'wettbewerber',
    ],
  },
  sentiment: {
    green: ['good', 'healthy', 'happy', 'grün', 'gut'],
    yellow: ['neutral', 'ok', 'amber', 'gelb', 'mittel'],
    red: ['bad', 'at risk', 'unhappy', 'poor', 'rot', 'schlecht'],
  },
  opportunity_type: {
    renewal: ['renewal business', 'existing business renewal', 'contract renewal', 'verlängerung'],
    expansion: [
      'upsell',
      'cross sell',
      'add on',
      'upgrade',
      'existing business',
      'existing customer upgrade',
      'erweiterung',
    ],
  },
  forecast_category: {
    commit: ['committed', 'commit forecast', 'zugesagt'],
    most_likely: ['mostlikely', 'likely'],
    best_case: ['bestcase', 'upside'],
    pipeline: ['open', 'at risk', 'offen'],
    omitted: ['omit', 'not forecasted', 'not in forecast', 'nicht enthalten'],
  },
  user_role: {
    csm: ['customer success manager', 'success manager'],
    csm_manager: ['head of customer success', 'customer success lead', 'cs manager'],
    vp_cs: ['vp customer success', 'vp of customer success', 'chief customer officer', 'cco'],
    ae: ['account executive', 'account manager', 'sales'],
  },
  engagement_type: {
    webinar: ['webcast', 'online event', 'live webinar', 'on demand webinar'],
    beta: ['beta program', 'beta programme', 'early access', 'pilot'],
    reference: ['customer reference', 'reference call', 'case study', 'testimonial', 'review', 'referenz'],
    community: ['community event', 'user group', 'forum', 'customer advisory board', 'advisory board'],
    other: ['conference', 'event', 'training', 'trade show', 'messe', 'veranstaltung'],
  },
  engagement_status: {
    attended: ['yes', 'responded', 'participated', 'joined', 'completed', 'teilgenommen', 'ja'],
    declined: ['no', 'rejected', 'cancelled', 'canceled', 'abgelehnt', 'abgesagt'],
    silent: ['no show', 'no response', 'sent', 'invited', 'registered', 'not attended', 'keine antwort'],
  },
  meeting_status: {
    attended: ['held', 'completed', 'done', 'stattgefunden'],
    missed: ['no show', 'nicht erschienen'],
    cancelled: ['canceled', 'abgesagt'],
  },
};

/** Headers that look like a canonical column and hold something else, with what that is. */
export const MISLEADING: Readonly<Record<string, string>> = {
  'annual revenue': 'is usually what the customer itself earns, not what it pays you',
  'jährlicher umsatz': 'is usually what the customer itself earns, not what it pays you',
  jahresumsatz: 'is usually what the customer itself earns, not what it pays you',
  'total contract value': 'is the value of the whole term, not of a year',
  tcv: 'is the value of the whole term, not of a year',
};

/** Words of subscriptions that nobody pays for, or ever paid for. */
export const UNPAID_SUBSCRIPTIONS = ['in trial', 'trialing', 'trial', 'incomplete', 'incomplete expired'];

/** Words by which a column is known to say how subscriptions stand. */
export const SUBSCRIPTION_STATES = [
  ...UNPAID_SUBSCRIPTIONS,
  ...['active', 'non renewing', 'cancelled', 'canceled', 'future', 'paused', 'past due', 'unpaid', 'expired'],
];

/** What rows of a ledger are called that are invoices. */
export const INVOICE_TYPES = ['invoice', 'invoices', 'tax invoice', 'rechnung'];

/** Tables before a point of which a column is the row's own; of others, as `Owner.Email`, it is somebody else's. */
const OWN_TABLES = /^(subscription|invoice|contract|deal|opportunity|ticket)$/i;

/**
 * What a header may be known by: its words, and where it names its table before a point, its words with one of them; without,
 * where that table is the row's own.
 *
 * @example namesOf('subscriptions.current_term_end')
 * // ['subscriptions current term end', 'subscription current term end', 'current term end']
 */
export function namesOf(header: string): readonly string[] {
  const [, table, column] = /^([a-z][a-z_]*?)s?\.([a-z][a-z0-9_]*)$/i.exec(header.trim()) ?? [];
  return table === undefined || column === undefined
    ? [words(header)]
    : [words(header), words(`${table} ${column}`), ...(OWN_TABLES.test(table) ? [words(column)] : [])];
}

/**
 * A header as words: small letters, one blank between them; without the marks of custom fields.
 *
 * @example words('Contract_End_Date__c') // 'contract end date'
 * @example words('companyName') // 'company name'
 */
export const words = (header: string): string =>
  header
    .normalize('NFKC')
    .replace(/__c$/i, '')
    .replaceAll(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .toLowerCase();
