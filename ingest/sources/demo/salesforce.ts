import type { Account } from './account.ts';
import { isoDate, isoInstant } from './calendar.ts';
import type { Company } from './company.ts';
import type { Facts } from './facts.ts';
import type { History } from './history.ts';
import type { KEY_PREFIXES } from './ids.ts';
import type { Prospect } from './prospects.ts';
import { type Change, type DemoStream, FIELD, versionStream } from './stream.ts';

type Fields = DemoStream['fields'];

const STANDARD_FIELDS = {
  Id: FIELD.text,
  CreatedDate: FIELD.instant,
  SystemModstamp: FIELD.instant,
  IsDeleted: FIELD.boolean,
} as const satisfies Fields;

const instant = (at: number | null) => (at === null ? null : isoInstant(at));
const date = (day: number | null) => (day === null ? null : isoDate(day));

/** A stream of an object: `tell` gives a version's own fields, the standard ones are added. */
function objectStream(
  name: keyof typeof KEY_PREFIXES,
  fields: Fields,
  changes: (company: Company) => Iterable<Change>,
): DemoStream {
  return versionStream({
    name,
    primaryKey: 'Id',
    cursor: 'SystemModstamp',
    fields: { ...STANDARD_FIELDS, ...fields },
    changes,
  });
}

function* versionsOf<T extends object>(
  history: History<T>,
  tell: (data: Readonly<T>) => Readonly<Record<string, unknown>>,
): Generator<Change> {
  const { id, createdAt } = history;
  for (const { at, data } of history.versions()) {
    const standard = {
      Id: id,
      CreatedDate: isoInstant(createdAt),
      SystemModstamp: isoInstant(at),
      IsDeleted: false,
    };
    yield { at, record: { ...standard, ...tell(data) } };
  }
}

/** A stream of what the accounts have of one kind. */
function accountsStream<T extends object>(
  name: keyof typeof KEY_PREFIXES,
  fields: Fields,
  of: (facts: Facts) => readonly History<T>[],
  tell: (data: Readonly<T>, account: Account, history: History<T>) => Readonly<Record<string, unknown>>,
  ofProspect: (prospect: Prospect) => Iterable<Change> = () => [],
): DemoStream {
  return objectStream(name, fields, function* (company) {
    for (const account of company.accounts)
      for (const history of of(account.facts))
        yield* versionsOf(history, (data) => tell(data, account, history));
    for (const prospect of company.prospects) yield* ofProspect(prospect);
  });
}

const SEGMENTS = { enterprise: 'Enterprise', mid_market: 'Mid_Market', smb: 'SMB' } as const;

/** The CRM, with the objects and fields of Salesforce's API; what ends in `__c` is this company's own. */
export const SALESFORCE_STREAMS: readonly DemoStream[] = [
  accountsStream(
    'Account',
    {
      Name: FIELD.text,
      Type: FIELD.text,
      OwnerId: FIELD.text,
      ParentId: FIELD.text,
      Industry: FIELD.text,
      Website: FIELD.text,
      Region__c: FIELD.text,
      Territory__c: FIELD.text,
      Segment__c: FIELD.text,
      Onboarded_At__c: FIELD.instant,
      Is_Acquired__c: FIELD.boolean,
      CSM_Sentiment__c: FIELD.text,
      CSM_Sentiment_Set_At__c: FIELD.instant,
      CSM_Sentiment_Set_By__c: FIELD.text,
      CSM_Sentiment_Note__c: FIELD.text,
    },
    (facts) => [facts.account],
    (data, { profile, parentId }) => ({
      Name: profile.name,
      Type: 'Customer - Direct',
      OwnerId: data.ownerId,
      ParentId: parentId,
      Industry: profile.industry,
      Website: `https://${profile.domain}`,
      Region__c: profile.region,
      Territory__c: profile.territory,
      Segment__c: profile.isSegmentExplicit ? SEGMENTS[profile.segment] : null,
      Onboarded_At__c: instant(data.onboardedAt),
      Is_Acquired__c: data.isAcquired,
      CSM_Sentiment__c: data.sentiment,
      CSM_Sentiment_Set_At__c: instant(data.sentimentAt),
      CSM_Sentiment_Set_By__c: data.sentimentBy,
      CSM_Sentiment_Note__c: data.sentimentNote,
    }),
    ({ record, name, industry, website }) =>
      versionsOf(record, ({ ownerId }) => ({
        Name: name,
        Type: 'Prospect',
        OwnerId: ownerId,
        ParentId: null,
        Industry: industry,
        Website: website,
        Region__c: null,
        Territory__c: null,
        Segment__c: null,
        Onboarded_At__c: null,
        Is_Acquired__c: false,
        CSM_Sentiment__c: null,
        CSM_Sentiment_Set_At__c: null,
        CSM_Sentiment_Set_By__c: null,
        CSM_Sentiment_Note__c: null,
      })),
  ),
  objectStream(
    'User',
    {
      Username: FIELD.text,
      Name: FIELD.text,
      Email: FIELD.text,
      Title: FIELD.text,
      ManagerId: FIELD.text,
      IsActive: FIELD.boolean,
      Tenure_Role__c: FIELD.text,
    },
    function* ({ team }) {
      for (const user of team.users)
        yield* versionsOf(user, (data) => ({
          Username: data.email,
          Name: data.name,
          Email: data.email,
          Title: data.title,
          ManagerId: data.managerId,
          IsActive: data.isActive,
          Tenure_Role__c: data.role,
        }));
    },
  ),
  accountsStream(
    'Contact',
    {
      AccountId: FIELD.text,
      Name: FIELD.text,
      Email: FIELD.text,
      Title: FIELD.text,
      Is_Exec_Sponsor__c: FIELD.boolean,
      Is_Champion__c: FIELD.boolean,
      Has_Consent__c: FIELD.boolean,
      Left_At__c: FIELD.instant,
    },
    (facts) => facts.contacts,
    (data, { id }) => ({
      AccountId: id,
      Name: data.name,
      Email: data.email,
      Title: data.title,
      Is_Exec_Sponsor__c: data.isSponsor,
      Is_Champion__c: data.isChampion,
      Has_Consent__c: data.hasConsent,
      Left_At__c: instant(data.leftAt),
    }),
    ({ id, contact }) =>
      versionsOf(contact, ({ name, email }) => ({
        AccountId: id,
        Name: name,
        Email: email,
        Title: null,
        Is_Exec_Sponsor__c: false,
        Is_Champion__c: false,
        Has_Consent__c: null,
        Left_At__c: null,
      })),
  ),
  accountsStream(
    'Contract',
    {
      AccountId: FIELD.text,
      Status: FIELD.text,
      StartDate: FIELD.date,
      EndDate: FIELD.date,
      CurrencyIsoCode: FIELD.text,
      ARR__c: FIELD.number,
      Seats__c: FIELD.integer,
      Product__c: FIELD.text,
      Auto_Renew__c: FIELD.boolean,
      Notice_Days__c: FIELD.integer,
      Renewal_Owner__c: FIELD.text,
      Previous_Contract__c: FIELD.text,
      Cancelled_At__c: FIELD.instant,
      Cancel_Effective_Date__c: FIELD.date,
      Cancel_Reason__c: FIELD.text,
    },
    (facts) => facts.contracts,
    (data, { id, profile }) => ({
      AccountId: id,
      Status: 'Activated',
      StartDate: isoDate(data.startDay),
      EndDate: isoDate(data.endDay - 1), // Salesforce names the last day of the contract
      CurrencyIsoCode: profile.currency,
      ARR__c: data.arr,
      Seats__c: data.seats,
      Product__c: data.product,
      Auto_Renew__c: data.isAutoRenewing,
      Notice_Days__c: data.noticeDays,
      Renewal_Owner__c: data.renewalOwnerId,
      Previous_Contract__c: data.previousId,
      Cancelled_At__c: instant(data.cancelledAt),
      Cancel_Effective_Date__c: date(data.cancelEffectiveDay === null ? null : data.cancelEffectiveDay - 1), // the last day, too
      Cancel_Reason__c: data.cancelReason,
    }),
  ),
  accountsStream(
    'Opportunity',
    {
      AccountId: FIELD.text,
      ContractId: FIELD.text,
      Name: FIELD.text,
      Type: FIELD.text,
      StageName: FIELD.text,
      Amount: FIELD.number,
      CurrencyIsoCode: FIELD.text,
      CloseDate: FIELD.date,
      IsClosed: FIELD.boolean,
      IsWon: FIELD.boolean,
      Loss_Reason__c: FIELD.text,
      ForecastCategory: FIELD.text,
    },
    (facts) => facts.opportunities,
    (data, { id, profile }) => ({
      AccountId: id,
      ContractId: data.contractId,
      Name: `${profile.name}, ${data.type.toLowerCase()}`,
      Type: data.type,
      StageName: data.stage,
      Amount: data.amount,
      CurrencyIsoCode: profile.currency,
      CloseDate: isoDate(data.closeDay),
      IsClosed: data.isClosed,
      IsWon: data.isWon,
      Loss_Reason__c: data.lossReason,
      // Salesforce's own: closed ones leave the forecast
      ForecastCategory: !data.isClosed ? data.forecastCategory : data.isWon ? 'Closed' : 'Omitted',
    }),
  ),
  accountsStream(
    'Event',
    {
      AccountId: FIELD.text,
      WhatId: FIELD.text,
      Subject: FIELD.text,
      StartDateTime: FIELD.instant,
      EndDateTime: FIELD.instant,
      Description: FIELD.text,
      Meeting_Type__c: FIELD.text,
      Meeting_Status__c: FIELD.text,
      Attendee_Contact_Ids__c: FIELD.text,
    },
    (facts) => facts.meetings,
    (data, { id }) => ({
      AccountId: id,
      WhatId: id,
      Subject: { qbr: 'Quarterly review', sponsor: 'Sponsor meeting', other: 'Check-in' }[data.type],
      StartDateTime: isoInstant(data.startsAt),
      EndDateTime: isoInstant(data.startsAt + 45 * 60_000),
      Description: data.status === 'recap' ? 'They could not come; a recap was sent.' : null,
      Meeting_Type__c: data.type,
      Meeting_Status__c: data.status,
      Attendee_Contact_Ids__c: data.contactIds.length === 0 ? null : data.contactIds.join(';'),
    }),
  ),
  accountsStream(
    'EmailMessage',
    {
      RelatedToId: FIELD.text,
      CreatedById: FIELD.text,
      FromAddress: FIELD.text,
      ToAddress: FIELD.text,
      Incoming: FIELD.boolean,
      MessageDate: FIELD.instant,
      Contact__c: FIELD.text,
      Replied_At__c: FIELD.instant,
    },
    (facts) => facts.mails,
    (data, { id }) => ({
      RelatedToId: id,
      CreatedById: data.ownerId,
      FromAddress: data.isIncoming ? data.contactEmail : null,
      ToAddress: data.isIncoming ? null : data.contactEmail,
      Incoming: data.isIncoming,
      MessageDate: isoInstant(data.sentAt),
      Contact__c: data.contactId,
      Replied_At__c: instant(data.repliedAt),
    }),
  ),
  accountsStream(
    'Licensed_Feature__c',
    { Account__c: FIELD.text, Feature__c: FIELD.text, Valid_From__c: FIELD.date, Valid_To__c: FIELD.date },
    (facts) => facts.features,
    (data, { id }) => ({
      Account__c: id,
      Feature__c: data.feature,
      Valid_From__c: isoDate(data.fromDay),
      Valid_To__c: date(data.toDay),
    }),
  ),
  accountsStream(
    'Survey_Response__c',
    { Account__c: FIELD.text, Answered_At__c: FIELD.instant, Type__c: FIELD.text, Score__c: FIELD.number },
    (facts) => facts.surveys,
    (data, { id }, { createdAt }) => ({
      Account__c: id,
      Answered_At__c: isoInstant(createdAt),
      Type__c: data.type,
      Score__c: data.score,
    }),
  ),
  accountsStream(
    'Health_Override__c',
    {
      Account__c: FIELD.text,
      Direction__c: FIELD.text,
      Reason__c: FIELD.text,
      Author__c: FIELD.text,
      Set_At__c: FIELD.instant,
      Expires_At__c: FIELD.instant,
    },
    (facts) => facts.overrides,
    (data, { id }, { createdAt }) => ({
      Account__c: id,
      Direction__c: data.direction,
      Reason__c: data.reason,
      Author__c: data.authorId,
      Set_At__c: isoInstant(createdAt),
      Expires_At__c: instant(data.expiresAt),
    }),
  ),
  accountsStream(
    'Note',
    {
      ParentId: FIELD.text,
      Title: FIELD.text,
      Body: FIELD.text,
      OwnerId: FIELD.text,
      IsPrivate: FIELD.boolean,
    },
    (facts) => facts.notes,
    (data, { id }) => ({
      ParentId: id,
      Title: data.title,
      Body: data.body,
      OwnerId: data.ownerId,
      IsPrivate: false,
    }),
  ),
  objectStream(
    'DatedConversionRate',
    { IsoCode: FIELD.text, ConversionRate: FIELD.number, StartDate: FIELD.date },
    function* ({ rates }) {
      for (const { id, at, currency, rate, fromDay } of rates)
        yield {
          at,
          record: {
            Id: id,
            CreatedDate: isoInstant(at),
            SystemModstamp: isoInstant(at),
            IsDeleted: false,
            IsoCode: currency,
            ConversionRate: rate,
            StartDate: isoDate(fromDay),
          },
        };
    },
  ),
];

/** Tasks that a write-back wrote to the CRM; a stream of a CRM that has a folder for them. */
export const TASK_STREAM: DemoStream = objectStream(
  'Task',
  {
    Subject: FIELD.text,
    WhatId: FIELD.text,
    AccountId: FIELD.text,
    OwnerId: FIELD.text,
    ActivityDate: FIELD.date,
    Priority: FIELD.text,
    Status: FIELD.text,
    IsClosed: FIELD.boolean,
    CompletedDateTime: FIELD.instant,
    Description: FIELD.text,
    Tenure_Task_Key__c: FIELD.text,
    Tenure_Rule__c: FIELD.text,
    Tenure_Severity__c: FIELD.text,
    Tenure_Close_Reason__c: FIELD.text,
  },
  function* ({ tasks }) {
    for (const task of tasks)
      yield* versionsOf(task, (data) => ({
        Subject: data.subject,
        WhatId: data.accountId,
        AccountId: data.accountId,
        OwnerId: data.ownerId,
        ActivityDate: data.dueDate,
        Priority: data.priority,
        Status: data.status,
        IsClosed: data.status === 'Completed',
        CompletedDateTime: instant(data.completedAt),
        Description: data.description,
        Tenure_Task_Key__c: data.key,
        Tenure_Rule__c: data.rule,
        Tenure_Severity__c: data.severity,
        Tenure_Close_Reason__c: data.closeReason,
      }));
  },
);
