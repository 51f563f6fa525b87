import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VendorsLine } from './vendors-line.ts';

const at = (moment: string) => `2026-${moment}:00Z`;
const TYPES: Readonly<Record<string, string>> = {
  SystemModstamp: 'date-time',
  MessageDate: 'date-time',
  StartDateTime: 'date-time',
  StartDate: 'date',
  EndDate: 'date',
  CreatedDate: 'date-time',
  LastModifiedDate: 'date-time',
  CompletedDateTime: 'date-time',
  IsDeleted: 'boolean',
  IsPrivate: 'boolean',
  Incoming: 'boolean',
  IsWon: 'boolean',
  IsClosed: 'boolean',
  ARR__c: 'number',
};

/** A stream whose fields are those of its records. */
const stream = (name: string, ...records: readonly Record<string, unknown>[]) => ({
  name,
  fields: Object.fromEntries(
    records.flatMap((record) => Object.keys(record).map((field) => [field, TYPES[field] ?? 'string'])),
  ),
  records: records.map((record) => ({ IsDeleted: false, SystemModstamp: at('01-05T08:00'), ...record })),
});

/** What puts a document on a record. */
const link = (Id: string, ContentDocumentId: string, LinkedEntityId: string, more = {}) => ({
  Id,
  ContentDocumentId,
  LinkedEntityId,
  ...more,
});

/** An org without a field of its own, but for the amount of a contract. */
const ORG = [
  stream('Account', { Id: '001A', Name: 'A' }, { Id: '001P', Name: 'Prospect' }),
  stream('Contract', {
    ...{ Id: '800A', AccountId: '001A', StartDate: '2026-01-01', EndDate: '2026-12-31', ARR__c: 100 },
    ...{ Status: 'Activated', StatusCode: 'Activated' },
  }),
  stream('Opportunity', { Id: '006A', AccountId: '001A', IsWon: false, IsClosed: false }),
  stream(
    'Contact',
    { Id: '003S', AccountId: '001A', Email: 's@a.example' },
    { Id: '003C', AccountId: '001A', Email: 'c@a.example' },
    { Id: '003N', AccountId: '001A', Email: 'n@a.example', Name: 'Nia North', Title: 'CTO' },
    // changed after the role was given: the role stays
    { Id: '003C', AccountId: '001A', Email: 'new@a.example', SystemModstamp: at('03-20T08:00') },
  ),
  stream(
    'AccountContactRole',
    { Id: 'r1', ContactId: '003S', Role: 'Executive Sponsor', SystemModstamp: at('02-01T08:00') },
    // taken away again
    {
      Id: 'r1',
      ContactId: '003S',
      Role: 'Executive Sponsor',
      SystemModstamp: at('05-01T08:00'),
      IsDeleted: true,
    },
    { Id: 'r2', ContactId: '003N', Role: 'Technical Buyer', SystemModstamp: at('02-01T08:00') },
  ),
  stream('OpportunityContactRole', {
    ...{ Id: 'r3', ContactId: '003C', Role: 'Power User', SystemModstamp: at('03-01T08:00') },
  }),
  stream(
    'Event',
    {
      ...{ Id: '00U1', AccountId: '001A', Subject: 'Quarterly Business Review Q1', WhoId: '003S' },
      ...{ StartDateTime: at('03-10T10:00'), Meeting_Status__c: 'attended' },
    },
    {
      ...{ Id: '00U2', AccountId: '001A', Subject: 'Coffee', WhoId: '003N' },
      ...{ StartDateTime: at('04-10T10:00'), Meeting_Status__c: 'attended' },
    },
    { Id: '00U3', AccountId: '001A', Subject: 'QBR', StartDateTime: at('06-10T10:00') },
  ),
  stream(
    'EventRelation',
    { Id: 'e1', EventId: '00U1', RelationId: '003S', Status: 'Accepted' },
    { Id: 'e2', EventId: '00U1', RelationId: '003C', Status: 'New' },
    { Id: 'e3', EventId: '00U1', RelationId: '003N', Status: 'Accepted' },
    { Id: 'e3', EventId: '00U1', RelationId: '003N', Status: 'Declined', SystemModstamp: at('03-09T08:00') },
    { Id: 'e4', EventId: '00U1', RelationId: '005U', Status: 'Accepted' },
  ),
  stream(
    'EmailMessage',
    // to a contact, filed under an opportunity; answered twice, the first counts
    { Id: '02s1', RelatedToId: '006A', MessageDate: at('03-01T09:00'), Incoming: false },
    {
      Id: '02s2',
      RelatedToId: '001A',
      MessageDate: at('03-01T12:00'),
      Incoming: true,
      ReplyToEmailMessageId: '02s1',
    },
    {
      Id: '02s3',
      RelatedToId: '001A',
      MessageDate: at('03-02T12:00'),
      Incoming: true,
      ReplyToEmailMessageId: '02s1',
    },
    // filed under nothing
    { Id: '02s4', RelatedToId: null, MessageDate: at('03-05T09:00'), Incoming: false },
    // a case of nobody's
    { Id: '02s5', RelatedToId: '500X', MessageDate: at('03-05T09:00'), Incoming: false },
  ),
  stream(
    'Note',
    {
      ...{
        Id: '002a',
        ParentId: '001A',
        Title: 'Call',
        Body: 'They grow.',
        IsPrivate: false,
        OwnerId: '005U',
      },
      CreatedDate: at('03-02T09:00'),
    },
    // of an opportunity of the account, and of a contact
    {
      Id: '002b',
      ParentId: '006A',
      Title: 'Price',
      Body: null,
      OwnerId: '005U',
      CreatedDate: at('03-03T09:00'),
    },
    { Id: '002c', ParentId: '003S', Title: null, Body: 'Met at a fair', CreatedDate: at('03-04T09:00') },
    // of a case, and one that its author keeps private
    { Id: '002d', ParentId: '500X', Title: 'Case', CreatedDate: at('03-05T09:00') },
    { Id: '002e', ParentId: '001A', Title: 'Mine', IsPrivate: true, CreatedDate: at('03-05T09:00') },
    // taken away
    {
      Id: '002f',
      ParentId: '001A',
      Title: 'Gone',
      CreatedDate: at('03-05T09:00'),
      SystemModstamp: at('03-05T09:00'),
    },
    {
      ...{ Id: '002f', ParentId: '001A', Title: 'Gone', IsDeleted: true, CreatedDate: at('03-05T09:00') },
      SystemModstamp: at('04-01T09:00'),
    },
  ),
  // Enhanced notes, as the connector reads them: the text is a path to be asked for, only its beginning comes with the note.
  {
    ...stream(
      'ContentNote',
      {
        ...{ Id: '069a', Title: 'Kick-off', TextPreview: 'They want reports by May.', SharingPrivacy: 'N' },
        ...{ Content: '/services/data/v62.0/sobjects/ContentNote/069a/Content', OwnerId: '005U' },
        ...{ IsDeleted: false, CreatedDate: at('03-08T09:00'), LastModifiedDate: at('03-08T09:00') },
      },
      // mended a week later
      {
        ...{ Id: '069a', Title: 'Kick-off', TextPreview: 'They want reports by June.', SharingPrivacy: 'N' },
        ...{ Content: '/services/data/v62.0/sobjects/ContentNote/069a/Content', OwnerId: '005U' },
        ...{ IsDeleted: false, CreatedDate: at('03-08T09:00'), LastModifiedDate: at('03-15T09:00') },
      },
      // of a contact, taken off on 1 April; kept private; thrown away; of nobody's record
      {
        ...{ Id: '069b', Title: 'Off', TextPreview: null, SharingPrivacy: 'N', IsDeleted: false },
        ...{ CreatedDate: at('03-09T09:00'), LastModifiedDate: at('03-09T09:00') },
      },
      {
        ...{ Id: '069c', Title: 'Mine', TextPreview: 'Not for you', SharingPrivacy: 'P', IsDeleted: false },
        ...{ CreatedDate: at('03-09T09:00'), LastModifiedDate: at('03-09T09:00') },
      },
      {
        ...{ Id: '069d', Title: 'Old', TextPreview: 'Gone', SharingPrivacy: 'N', IsDeleted: false },
        ...{ CreatedDate: at('03-10T09:00'), LastModifiedDate: at('03-10T09:00') },
      },
      {
        ...{ Id: '069d', Title: 'Old', TextPreview: 'Gone', SharingPrivacy: 'N', IsDeleted: true },
        ...{ CreatedDate: at('03-10T09:00'), LastModifiedDate: at('04-02T09:00') },
      },
      {
        ...{ Id: '069e', Title: 'Shopping', TextPreview: 'Milk', SharingPrivacy: 'N', IsDeleted: false },
        ...{ CreatedDate: at('03-11T09:00'), LastModifiedDate: at('03-11T09:00') },
      },
    ),
    cursor: 'LastModifiedDate',
  },
  stream(
    'ContentDocumentLink',
    // the owner's own; the account and an opportunity of it: one note of the account
    link('06A1', '069a', '005U'),
    link('06A2', '069a', '001A'),
    link('06A3', '069a', '006A'),
    link('06A4', '069b', '003S'),
    link('06A4', '069b', '003S', { IsDeleted: true, SystemModstamp: at('04-01T09:00') }),
    link('06A5', '069c', '001A'),
    link('06A6', '069d', '001A'),
    link('06A7', '069e', '005U'),
    // a file, not a note
    link('06A8', '069f', '001A'),
  ),
  stream(
    'Task',
    {
      ...{
        Id: '00T1',
        AccountId: '001A',
        WhatId: '006A',
        TaskSubtype: 'Call',
        Status: 'Completed',
        Subject: 'Call',
      },
      ...{ Description: 'Wants a quote', OwnerId: '005U', CreatedDate: at('03-06T09:00') },
      CompletedDateTime: at('03-07T09:00'),
    },
    // a call to be made, one of which nothing was written, and a task
    {
      Id: '00T2',
      AccountId: '001A',
      TaskSubtype: 'Call',
      Status: 'Not Started',
      Description: 'Ask for a quote',
    },
    { Id: '00T3', AccountId: '001A', TaskSubtype: 'Call', Status: 'Completed', Description: null },
    {
      Id: '00T4',
      AccountId: '001A',
      TaskSubtype: 'Task',
      Status: 'Completed',
      Description: 'Send the quote',
    },
  ),
  stream(
    'EmailMessageRelation',
    { EmailMessageId: '02s1', RelationId: '003C', RelationType: 'ToAddress' },
    { EmailMessageId: '02s1', RelationId: '005U', RelationType: 'FromAddress' },
    { EmailMessageId: '02s2', RelationId: '003C', RelationType: 'FromAddress' },
    { EmailMessageId: '02s4', RelationId: '003S', RelationType: 'ToAddress' },
  ),
];

describe('a Salesforce as it is on the first day', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-sf-standard-'));
  const file = join(folder, 'org.json');
  writeFileSync(file, JSON.stringify(ORG));
  const line = new VendorsLine(folder, 'tenure', [
    {
      name: 'crm',
      kind: 'salesforce',
      connector: { exec: [process.execPath, join(import.meta.dirname, 'org.ts'), file] },
      values: { contact_role: { 'Power User': 'champion' } },
      record_url: 'https://acme.example/lightning/r/Account/{id}/view',
    },
  ]);
  const rows = async (entity: string, columns: string) =>
    (await line.query(`select ${columns} from intermediate.int_canonical__${entity} order by all`)).map(
      Object.values,
    );

  beforeAll(async () => {
    await line.sync();
    await line.build('+path:intermediate/canonical', '+int_canonical__meeting_contacts');
  }, 600_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has customers and prospects, and each record its address', async () => {
    expect(await rows('accounts', 'account_id, crm_url')).toEqual([
      ['001A', 'https://acme.example/lightning/r/Account/001A/view'],
    ]);
  });

  it('says who sponsors and champions by contact roles, from the day on which they are given', async () => {
    expect(
      await rows('contacts', 'contact_id, known_date, known_until_date, email, is_exec_sponsor, is_champion'),
    ).toEqual([
      ['003C', '1900-01-01', '2026-03-01', 'c@a.example', false, false],
      ['003C', '2026-03-01', '2026-03-20', 'c@a.example', false, true],
      ['003C', '2026-03-20', '9999-12-31', 'new@a.example', false, true],
      ['003N', '1900-01-01', '2026-02-01', 'n@a.example', false, false],
      ['003N', '2026-02-01', '9999-12-31', 'n@a.example', false, false],
      ['003S', '1900-01-01', '2026-02-01', 's@a.example', false, false],
      ['003S', '2026-02-01', '2026-05-01', 's@a.example', true, false],
      ['003S', '2026-05-01', '9999-12-31', 's@a.example', false, false],
    ]);
    const persons = await rows('contacts', 'contact_id, known_date, name, title, role');
    expect(persons.filter(([id]) => id === '003N')).toEqual([
      ['003N', '1900-01-01', 'Nia North', 'CTO', null],
      ['003N', '2026-02-01', 'Nia North', 'CTO', 'technical_buyer'],
    ]);
  });

  it('knows a business review by its subject, and who was there by the attendees', async () => {
    expect(await rows('meetings', 'meeting_id, type, status')).toEqual([
      ['00U1', 'qbr', 'attended'],
      ['00U2', 'other', 'attended'],
    ]);
    expect(await rows('meeting_contacts', 'meeting_id, contact_id')).toEqual([
      ['00U1', '003C'],
      ['00U1', '003S'],
      ['00U2', '003N'],
    ]);
  });

  it('reads notes of the account and of what belongs to it, and what was written of a call', async () => {
    expect(
      await rows('notes', 'note_id, account_id, text, author, opportunity_id, event_date, known_until_date'),
    ).toEqual([
      ['002a', '001A', 'Call: They grow.', '005U', null, '2026-03-02', '9999-12-31'],
      ['002b', '001A', 'Price', '005U', '006A', '2026-03-03', '9999-12-31'],
      ['002c', '001A', 'Met at a fair', null, null, '2026-03-04', '9999-12-31'],
      ['002f', '001A', 'Gone', null, null, '2026-03-05', '2026-04-01'],
      ['00T1', '001A', 'Call: Wants a quote', '005U', '006A', '2026-03-07', '9999-12-31'],
      [
        '069a-001A',
        '001A',
        'Kick-off: They want reports by June.',
        '005U',
        '006A',
        '2026-03-08',
        '9999-12-31',
      ],
      [
        '069a-001A',
        '001A',
        'Kick-off: They want reports by May.',
        '005U',
        '006A',
        '2026-03-08',
        '2026-03-15',
      ],
      ['069b-001A', '001A', 'Off', null, null, '2026-03-09', '2026-04-01'],
      ['069d-001A', '001A', 'Old: Gone', null, null, '2026-03-10', '2026-04-02'],
    ]);
  });

  it('knows whose mail it is, whom it went to, and when it was answered', async () => {
    expect(
      await rows(
        'emails',
        "email_id, account_id, contact_id, direction, strftime(replied_at, '%m-%d %H:%M')",
      ),
    ).toEqual([
      ['02s1', '001A', '003C', 'out', '03-01 12:00'],
      ['02s2', '001A', '003C', 'in', null],
      ['02s3', '001A', null, 'in', null],
      ['02s4', '001A', '003S', 'out', null],
    ]);
  });
});
