import { afterEach, describe, expect, it } from 'vitest';
import { type StandIn, startSalesforce } from '../../../test/salesforce-stand-in.ts';
import type { DestinationObject } from '../destination.ts';
import type { Change, Payload } from '../plan.ts';
import { SALESFORCE_OBJECTS, TASK_KEY_FIELD } from './fields.ts';
import { salesforceDestination } from './index.ts';

const ACCOUNT = '001000000000001AAA';
const OPPORTUNITY = '006000000000001AAA';
const USER = '005000000000010AAA';
const ALL = SALESFORCE_OBJECTS.flatMap(({ object, allFields }) =>
  allFields.map(({ name }) => `${object}.${name}`),
);
const MADE = ALL.filter((name) => name.endsWith('__c'));
const SET = 'permission set Tenure_Write_Back';
const LAYOUTS = expect.stringMatching(/^put the new fields on the page layouts/);

let org: StandIn;
afterEach(() => org.close());
const bare = async () => {
  org = await startSalesforce({
    accounts: [ACCOUNT],
    opportunities: [OPPORTUNITY],
    users: [USER],
    isBare: true,
  });
};
const opened = (allowFields: readonly string[] = ALL, sourceFields: Record<string, string> = {}) =>
  salesforceDestination(
    {
      name: 'org',
      kind: 'salesforce',
      enabled: true,
      allow_fields: [...allowFields],
      max_change_share: 0.3,
      min_changes: 10,
      auth: { instance_url: org.url, access_token: 'good' },
    },
    sourceFields,
    { firstWaitMs: 1, timeoutMs: 400, longestWaitMs: 2000 },
  );
const setUp = (apply: boolean, allowFields = ALL) => opened(allowFields).setUp(allowFields, apply);
const typeOf = (object: string, name: string) => org.objects.get(object)?.fields.get(name);
const writes = () => org.requests.filter(({ method }) => method !== 'GET').length;

/** A value of the longest that may come. */
const VALUES = { text: 'x', number: 100, date: '2026-07-01', boolean: true, reference: ACCOUNT } as const;
const OWN: Payload = { OwnerId: USER, Priority: 'High', Status: 'Completed' };
const payloadOf = (at: DestinationObject): Payload =>
  Object.fromEntries(
    (SALESFORCE_OBJECTS.find(({ object }) => object === at.object)?.allFields ?? []).map(
      ({ name, value, values, make }) => [
        name,
        OWN[name] ??
          values?.at(-1) ??
          (make && 'length' in make
            ? 'x'.repeat(make.length)
            : make && 'precision' in make
              ? Math.min(10 ** make.precision - 1, Number.MAX_SAFE_INTEGER)
              : VALUES[value]),
      ],
    ),
  );
const write = async (key: Readonly<Record<string, string>>) => {
  const outcomes = [];
  for (const at of SALESFORCE_OBJECTS)
    outcomes.push(
      ...(await opened().upsert(at, [
        {
          kind: 'create',
          record_key: key[at.object],
          remote_id: null,
          payload: payloadOf(at),
        } as unknown as Change,
      ])),
    );
  return outcomes.map(({ ok, reason }) => [ok, reason]);
};

describe('setting an org up', () => {
  it('shows what it would make, makes it, and what was made takes all that is written', async () => {
    await bare();
    const dry = await setUp(false);
    expect(writes()).toBe(0);
    expect(dry.made.slice(0, 4)).toEqual([
      'Account.Tenure_Score__c: Number(3, 0)',
      'Account.Tenure_Category__c: Picklist (red, yellow, green)',
      'Account.Tenure_Flag__c: Picklist (watch, at_risk_sustained, at_risk_renewal, critical)',
      'Account.Tenure_Trend__c: Picklist (declining, stable, improving)',
    ]);
    expect(dry.made).toContain('Task.Tenure_Task_Key__c: Text(64), External ID');
    expect(dry.made.filter((line) => line.endsWith(`: Read and Edit Access by the ${SET}`))).toHaveLength(
      MADE.length + 1,
    );
    expect(dry.made).toContain(SET);
    expect(dry.made.at(-1)).toBe(`${SET}: assigned to the user who writes`);
    expect(dry.byHand).toEqual([LAYOUTS]);
    expect(await setUp(true)).toEqual(dry);
    expect(typeOf('Task', TASK_KEY_FIELD)).toMatchObject({ type: 'string', length: 64, externalId: true });
    expect(typeOf('Account', 'Tenure_Category__c')).toMatchObject({
      restrictedPicklist: true,
      values: ['red', 'yellow', 'green'],
    });
    const before = writes();
    expect(await setUp(true)).toEqual({ made: [], byHand: [] });
    expect(writes()).toBe(before);
    expect(await write({ Account: ACCOUNT, Opportunity: OPPORTUNITY, Task: 'k1' })).toEqual([
      [true, null],
      [true, null],
      [true, null],
    ]);
    for (const at of SALESFORCE_OBJECTS) {
      const [record] = [...(org.records.get(at.object)?.values() ?? [])];
      expect(record).toMatchObject(payloadOf(at));
    }
    expect(org.find('Task', TASK_KEY_FIELD, 'k1')).toBeDefined();
  });

  it('makes what allow_fields names, with the key that the source names, unique where it can be', async () => {
    await bare();
    org.settings.hasUniqueActivities = true;
    const allowed = ['Subject', 'Tenure_Score__c'];
    const { made } = await opened(allowed, { task_key: 'Our_Key__c' }).setUp(allowed, true);
    expect(made.slice(0, 2)).toEqual([
      'Account.Tenure_Score__c: Number(3, 0)',
      'Task.Our_Key__c: Text(64), External ID',
    ]);
    expect(org.requests.filter(({ path }) => path.endsWith('/CustomField'))).toHaveLength(2);
    expect([...(org.objects.get('Opportunity')?.fields.keys() ?? [])].join()).not.toMatch(/Tenure/);
  });

  it('opens a field that is there and that its user does not see, or may only read', async () => {
    await bare();
    await setUp(true);
    const permissions = org.setUp.FieldPermissions ?? [];
    const score = permissions.find(({ Field }) => Field === 'Account.Tenure_Score__c');
    Object.assign(score ?? {}, { PermissionsEdit: false });
    permissions.splice(
      permissions.findIndex(({ Field }) => Field === 'Task.Tenure_Rule__c'),
      1,
    );
    expect(await setUp(false)).toEqual({
      made: [
        `Task.Tenure_Rule__c: Read and Edit Access by the ${SET}`,
        `Account.Tenure_Score__c: Read and Edit Access by the ${SET}`,
      ],
      byHand: [],
    });
    expect((await setUp(true)).byHand).toEqual([]);
    expect(await setUp(true)).toEqual({ made: [], byHand: [] });
    org.setUp.PermissionSetAssignment?.splice(0);
    expect((await setUp(true)).made).toEqual([`${SET}: assigned to the user who writes`]);
    expect(await opened().findProblems(ALL)).toEqual([]);
  });

  it('leaves what is there but otherwise, or too short, to a person', async () => {
    await bare();
    await setUp(true);
    const account = org.objects.get('Account')?.fields;
    account?.set('Tenure_Score__c', { type: 'string', length: 10 });
    account?.set('Tenure_Weakest_Signal__c', { type: 'string', length: 20 });
    account?.set('Tenure_Trend__c', { type: 'picklist', restrictedPicklist: true, values: ['stable'] });
    org.objects
      .get('Opportunity')
      ?.fields.set('Tenure_Deal_Expected_ARR__c', { type: 'double', precision: 8, scale: 2 });
    const before = writes();
    expect(await setUp(true)).toEqual({
      made: [],
      byHand: [
        'Account.Tenure_Score__c is of type string, expected double or int or percent or currency: make it as Number(3, 0)',
        'Account.Tenure_Trend__c has no value declining, improving: add it to the picklist',
        'Account.Tenure_Weakest_Signal__c takes 20 characters, expected 40: make it longer',
        'Opportunity.Tenure_Deal_Expected_ARR__c takes 6 digits before the point, expected 16: make it longer',
      ],
    });
    expect(writes()).toBe(before);
  });

  it('goes on after a field that the org refuses', async () => {
    await bare();
    org.refuse.add('Account.Tenure_Flag__c');
    const { made, byHand } = await setUp(true);
    expect(made.join()).not.toMatch(/Tenure_Flag__c/);
    expect(
      made.filter((line) => /__c: (Text|LongTextArea|Number|Picklist|Date|Checkbox)/.test(line)),
    ).toHaveLength(MADE.length);
    expect(byHand).toEqual([
      expect.stringMatching(
        /^Account\.Tenure_Flag__c was not made: LIMIT_EXCEEDED .*; make it as Picklist \(watch, at_risk_sustained/,
      ),
      LAYOUTS,
    ]);
    org.refuse.clear();
    expect((await setUp(true)).made).toEqual([
      'Account.Tenure_Flag__c: Picklist (watch, at_risk_sustained, at_risk_renewal, critical)',
      `Account.Tenure_Flag__c: Read and Edit Access by the ${SET}`,
    ]);
  });

  it('tells each right that the user lacks as a step, and does what the others let', async () => {
    const allowed = ['Account.Tenure_Score__c'];
    await bare();
    org.rights.delete('View Setup and Configuration');
    expect(await setUp(true, allowed)).toEqual({
      made: [],
      byHand: [
        expect.stringMatching(/^the user may not see what fields the org has.*INVALID_TYPE/),
        expect.stringMatching(/^Account\.Tenure_Score__c is not there/),
      ],
    });
    org.rights.add('View Setup and Configuration');
    org.rights.delete('Customize Application');
    expect(await setUp(true, allowed)).toEqual({
      made: [],
      byHand: [expect.stringMatching(/^Account\.Tenure_Score__c was not made: INSUFFICIENT_ACCESS/)],
    });
    org.rights.add('Customize Application');
    org.rights.delete('Manage Profiles and Permission Sets');
    expect(await setUp(true, allowed)).toEqual({
      made: ['Account.Tenure_Score__c: Number(3, 0)'],
      byHand: [
        expect.stringMatching(
          /^the permission set Tenure_Write_Back was not made; give the user .*INSUFFICIENT_ACCESS/,
        ),
        LAYOUTS,
      ],
    });
    org.rights.add('Manage Profiles and Permission Sets');
    org.rights.delete('Assign Permission Sets');
    expect(await setUp(true, allowed)).toEqual({
      made: [SET, `Account.Tenure_Score__c: Read and Edit Access by the ${SET}`],
      byHand: [
        expect.stringMatching(/^assign the permission set Tenure_Write_Back to the user who writes: INSUFF/),
      ],
    });
    org.rights.add('Assign Permission Sets');
    expect(await setUp(true, allowed)).toEqual({
      made: [`${SET}: assigned to the user who writes`],
      byHand: [],
    });
  });

  it('makes nothing twice where answers are lost, and stops at an org that is busy for long', async () => {
    await bare();
    const allowed = ['Account.Tenure_Score__c', 'Account.Tenure_Next_Renewal__c'];
    const dry = await setUp(false, allowed);
    // describe, query of fields, two fields, query of the set, the set and its query, permissions and access, user, assignment
    const lost = { dropAfter: true };
    org.failNext = [{}, {}, lost, {}, lost, {}, {}, lost, {}, {}, lost, {}, {}, {}, lost];
    expect(await setUp(true, allowed)).toEqual(dry);
    expect(Object.values(org.setUp).map((rows) => rows.length)).toEqual([1, 2, 1]);
    expect(await setUp(true, allowed)).toEqual({ made: [], byHand: [] });
    org.failNext = Array.from({ length: 10 }, () => ({ status: 503 }));
    await expect(setUp(true, allowed)).rejects.toThrow();
  });
});

describe('the stand-in for an org’s set-up', () => {
  const post = async (body: unknown) => {
    const response = await fetch(`${org.url}/services/data/v60.0/tooling/sobjects/CustomField`, {
      method: 'POST',
      headers: { authorization: 'Bearer good', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const reply = await response.json();
    return response.ok ? 'made' : `${reply[0].errorCode} ${reply[0].message}`;
  };
  const made = { label: 'A field', type: 'Text', length: 20 };

  it.each([
    ['an unknown key', { ...made, size: 3 }, /^INVALID_FIELD .*'size'/],
    ['no label', { type: 'Text', length: 20 }, /^REQUIRED_FIELD_MISSING .*label/],
    ['no length', { label: 'A', type: 'Text' }, /Must specify 'length' for a CustomField of type Text/],
    ['a size of another type', { label: 'A', type: 'Date', length: 3 }, /Can not specify 'length'/],
    ['no default', { label: 'A', type: 'Checkbox' }, /Must specify 'defaultValue'/],
    ['no values', { label: 'A', type: 'Picklist', valueSet: {} }, /at least one value/],
    ['too long', { ...made, length: 256 }, /between 1 and 255/],
    ['another type', { label: 'A', type: 'Word' }, /invalid field type: Word/],
  ])('refuses %s', async (_, metadata, error) => {
    await bare();
    expect(await post({ FullName: 'Account.A__c', Metadata: metadata })).toMatch(error);
    expect(org.objects.get('Account')?.fields.has('A__c')).toBe(false);
  });

  it('refuses names that are none, taken names, and opens a field to nobody', async () => {
    await bare();
    for (const name of ['A__c', 'Account.A', 'Task.A__c', 'Account.A___c', 'Nothing.A__c'])
      expect(await post({ FullName: name, Metadata: made })).toMatch(/^FIELD_INTEGRITY_EXCEPTION/);
    expect(await post({ FullName: 'Account.A__c', Metadata: made })).toBe('made');
    expect(await post({ FullName: 'Account.a__c', Metadata: made })).toMatch(/^DUPLICATE_DEVELOPER_NAME/);
    expect(await post({ FullName: 'Activity.A__c', Metadata: { ...made, unique: true } })).toMatch(
      /'unique'/,
    );
    expect((await opened().findProblems(['Account.Tenure_Score__c'])).join()).toMatch(/is not there/);
    const refused = await opened()
      .read({ object: 'Account', models: [], neverNull: [] }, [ACCOUNT], ['A__c'])
      .catch((error: Error) => error.message);
    expect(refused).toMatch(/No such column 'A__c'/);
  });
});
