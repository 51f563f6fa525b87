import { CallError, type Field, type Fields, ORG_ID, RecordError, type SObject } from './salesforce-org.ts';

/** What a user may be allowed of the set-up of an org. */
export type Right =
  | 'View Setup and Configuration'
  | 'Customize Application'
  | 'Manage Profiles and Permission Sets'
  | 'Assign Permission Sets';

/** The keys of CustomFieldMetadata in the reference of the Tooling interface. */
const METADATA_KEYS = new Set(
  `businessOwnerGroup businessOwnerUser businessStatus caseSensitive complianceGroup customDataType defaultValue
  deleteConstraint deprecated description displayFormat encryptionScheme escapeMarkup externalDeveloperName externalId
  formula formulaTreatBlanksAs inlineHelpText isAIPredictionField isConvertLeadDisabled isFilteringDisabled isNameField
  isSortingDisabled label length lookupFilter maskChar maskType metadataRelationshipControllingField
  populateExistingRows precision readOnlyProxy referenceTargetField referenceTo relationshipLabel relationshipName
  relationshipOrder reparentableMasterDetail required restrictedAdminField scale securityClassification startingNumber
  stripMarkup summarizedField summaryFilterItems summaryForeignKey summaryOperation trackFeedHistory trackHistory
  trackTrending translateData type unique urls valueSet visibleLines writeRequiresMasterRead`.split(/\s+/),
);
const VALUE_KEYS = new Set(['color', 'default', 'description', 'isActive', 'label', 'urls', 'valueName']);

/** What each type must have, what it may have beside that, and how describe gives it. */
const TYPES: Readonly<
  Record<string, { needs: string[]; takes: string[]; field: (metadata: Fields) => Field }>
> = {
  Text: {
    needs: ['length'],
    takes: ['externalId', 'unique', 'caseSensitive', 'defaultValue', 'required'],
    field: ({ length, externalId }) => ({
      type: 'string',
      length: Number(length),
      externalId: externalId === true,
    }),
  },
  LongTextArea: {
    needs: ['length', 'visibleLines'],
    takes: ['defaultValue'],
    field: ({ length }) => ({ type: 'textarea', length: Number(length) }),
  },
  Number: {
    needs: ['precision', 'scale'],
    takes: ['externalId', 'unique', 'defaultValue', 'required'],
    field: ({ precision, scale, externalId }) => ({
      type: 'double',
      precision: Number(precision),
      scale: Number(scale),
      externalId: externalId === true,
    }),
  },
  Date: { needs: [], takes: ['defaultValue', 'required'], field: () => ({ type: 'date' }) },
  Checkbox: {
    needs: ['defaultValue'],
    takes: [],
    field: () => ({ type: 'boolean', nillable: false, defaultedOnCreate: true }),
  },
  Picklist: {
    needs: ['valueSet'],
    takes: ['required', 'defaultValue'],
    field: ({ valueSet }) => {
      const { restricted, valueSetDefinition } = valueSet as {
        restricted?: boolean;
        valueSetDefinition: { value: { valueName: string }[] };
      };
      return {
        type: 'picklist',
        length: 255,
        restrictedPicklist: restricted === true,
        values: valueSetDefinition.value.map(({ valueName }) => valueName),
      };
    },
  },
};
/** What says how a field is, of which a type takes only its own. */
const SHAPE = [
  'length',
  'precision',
  'scale',
  'visibleLines',
  'valueSet',
  'externalId',
  'unique',
  'defaultValue',
  'required',
];

const integrity = (message: string) => new CallError(400, 'FIELD_INTEGRITY_EXCEPTION', message);
const REFUSED =
  'You do not have the level of access necessary to perform the operation you requested. Please contact the owner of the record or your administrator if access is necessary.';

interface Context {
  readonly objects: Map<string, SObject>;
  readonly user: string;
  readonly url: () => string;
  /** Whether a field is refused, as by a limit of the org. */
  readonly isRefused: (fullName: string) => boolean;
}

/**
 * The parts of an org's set-up that Tenure uses, as their references describe them: custom fields by the Tooling
 * interface, permission sets, their access to fields and assignments as records, and queries of these. A field that was
 * made so is seen by nobody but through a permission set.
 */
export function setUpEndpoint({ objects, user, url, isRefused }: Context) {
  const rights = new Set<Right>([
    'View Setup and Configuration',
    'Customize Application',
    'Manage Profiles and Permission Sets',
    'Assign Permission Sets',
  ]);
  const settings = { hasUniqueActivities: false };
  const tables: Record<string, Fields[]> = {
    PermissionSet: [],
    FieldPermissions: [],
    PermissionSetAssignment: [],
  };
  const columns: Readonly<Record<string, readonly string[]>> = {
    PermissionSet: ['Id', 'Name', 'Label', 'Description', 'NamespacePrefix'],
    FieldPermissions: ['Id', 'ParentId', 'SobjectType', 'Field', 'PermissionsRead', 'PermissionsEdit'],
    PermissionSetAssignment: ['Id', 'AssigneeId', 'PermissionSetId'],
    CustomField: ['Id', 'DeveloperName', 'TableEnumOrId', 'NamespacePrefix'],
  };
  const prefixes: Readonly<Record<string, string>> = {
    PermissionSet: '0PS',
    FieldPermissions: '01k',
    PermissionSetAssignment: '0Pa',
  };
  let count = 0;

  const need = (right: Right, error: CallError | RecordError) => {
    if (!rights.has(right)) throw error;
  };
  const homeOf = (object: string) => (object === 'Task' ? 'Activity' : object);

  /** What the user who writes may do with a field: nobody has closed those that are not made here. */
  const accessTo = (object: string, name: string): 'edit' | 'read' | 'none' => {
    if (objects.get(object)?.fields.get(name)?.isMade !== true) return 'edit';
    const sets = new Set(
      tables.PermissionSetAssignment?.filter(({ AssigneeId }) => AssigneeId === user).map(
        ({ PermissionSetId }) => PermissionSetId,
      ),
    );
    const given = (tables.FieldPermissions ?? []).filter(
      ({ ParentId, Field }) => sets.has(ParentId) && Field === `${object}.${name}`,
    );
    if (given.some(({ PermissionsEdit }) => PermissionsEdit === true)) return 'edit';
    return given.some(({ PermissionsRead }) => PermissionsRead === true) ? 'read' : 'none';
  };

  const makeField = (body: string) => {
    need('Customize Application', new CallError(403, 'INSUFFICIENT_ACCESS', REFUSED));
    const { FullName, Metadata, ...more } = JSON.parse(body) as { FullName?: string; Metadata?: Fields };
    const [unknown] = Object.keys(more);
    if (unknown !== undefined)
      throw new CallError(400, 'INVALID_FIELD', `No such column '${unknown}' on sobject of type CustomField`);
    if (Metadata === undefined || FullName === undefined)
      throw new CallError(
        400,
        'REQUIRED_FIELD_MISSING',
        `Required fields are missing: [${FullName === undefined ? 'FullName' : 'Metadata'}]`,
      );
    const [, home = '', name = ''] =
      /^(\w+)\.([A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*__c)$/.exec(FullName) ?? [];
    const object = home === 'Activity' ? 'Task' : home;
    const sobject = objects.get(object);
    if (sobject === undefined || homeOf(object) !== home || name.length > 43)
      throw integrity(`The full name is not a custom field of an object: ${FullName}`);
    for (const key of Object.keys(Metadata))
      if (!METADATA_KEYS.has(key))
        throw new CallError(
          400,
          'INVALID_FIELD',
          `No such column '${key}' on sobject of type CustomFieldMetadata`,
        );
    const { label, type, length, precision, scale } = Metadata;
    if (typeof label !== 'string' || label === '' || label.length > 40)
      throw new CallError(400, 'REQUIRED_FIELD_MISSING', 'Required fields are missing: [label]');
    const kind = TYPES[String(type)];
    if (kind === undefined) throw integrity(`invalid field type: ${String(type)}`);
    for (const key of kind.needs)
      if (Metadata[key] === undefined)
        throw integrity(`Must specify '${key}' for a CustomField of type ${String(type)}`);
    for (const key of SHAPE)
      if (Metadata[key] !== undefined && ![...kind.needs, ...kind.takes].includes(key))
        throw integrity(`Can not specify '${key}' for a CustomField of type ${String(type)}`);
    const [least, most] = type === 'LongTextArea' ? [256, 131_072] : [1, 255];
    if (length !== undefined && !(Number(length) >= least && Number(length) <= most))
      throw integrity(`length must be between ${least} and ${most}`);
    if (precision !== undefined && !(Number(precision) <= 18 && Number(scale) <= Number(precision)))
      throw integrity('precision must be at most 18, and scale at most precision');
    if (Metadata.unique === true && home === 'Activity' && !settings.hasUniqueActivities)
      throw integrity("Can not specify 'unique' for a CustomField of Activity");
    checkValues(Metadata.valueSet);
    if ([...sobject.fields.keys()].some((each) => each.toLowerCase() === name.toLowerCase()))
      throw new CallError(
        400,
        'DUPLICATE_DEVELOPER_NAME',
        `There is already a field named ${name.replace(/__c$/, '')} on ${home}.`,
      );
    if (isRefused(FullName))
      throw new CallError(
        400,
        'LIMIT_EXCEEDED',
        `You have reached the maximum number of custom fields of ${home}`,
      );
    sobject.fields.set(name, { ...kind.field(Metadata), isMade: true });
    count += 1;
    return {
      id: `00N${String(count).padStart(12, '0')}AAA`,
      success: true,
      errors: [],
      warnings: [],
      infos: [],
    };
  };

  const checkValues = (valueSet: unknown) => {
    if (valueSet === undefined) return;
    const { valueSetDefinition } = valueSet as { valueSetDefinition?: { value?: Fields[] } };
    const values = valueSetDefinition?.value ?? [];
    if (values.length === 0) throw integrity('Picklist requires at least one value');
    for (const value of values) {
      const unknown = Object.keys(value).find((key) => !VALUE_KEYS.has(key));
      if (unknown !== undefined)
        throw new CallError(
          400,
          'INVALID_FIELD',
          `No such column '${unknown}' on sobject of type CustomValue`,
        );
      if (typeof value.valueName !== 'string' || typeof value.default !== 'boolean')
        throw integrity('A value needs valueName and default');
    }
    if (new Set(values.map(({ valueName }) => valueName)).size < values.length)
      throw integrity('duplicate value in the picklist');
  };

  /** Makes a record of the set-up. */
  const insert = (object: string, record: Fields) => {
    const rows = tables[object];
    if (rows === undefined)
      throw new RecordError('INVALID_TYPE', `sObject type '${object}' is not supported.`);
    const denied = new RecordError('INSUFFICIENT_ACCESS_OR_READONLY', REFUSED);
    need(
      object === 'PermissionSetAssignment' ? 'Assign Permission Sets' : 'Manage Profiles and Permission Sets',
      denied,
    );
    for (const key of Object.keys(record))
      if (!columns[object]?.includes(key) || key === 'Id')
        throw new RecordError('INVALID_FIELD', `No such column '${key}' on sobject of type ${object}`);
    const required = {
      PermissionSet: ['Name', 'Label'],
      FieldPermissions: ['ParentId', 'SobjectType', 'Field'],
    }[object] ?? ['AssigneeId', 'PermissionSetId'];
    const missing = required.filter((key) => !record[key]);
    if (missing.length > 0)
      throw new RecordError(
        'REQUIRED_FIELD_MISSING',
        `Required fields are missing: [${missing.join(', ')}]`,
        missing,
      );
    const isTaken = rows.some((row) => keysOf(object).every((key) => row[key] === record[key]));
    if (isTaken) throw new RecordError('DUPLICATE_VALUE', 'duplicate value found');
    if (object === 'PermissionSetAssignment') {
      if (record.AssigneeId !== user || !isSet(record.PermissionSetId))
        throw new RecordError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    }
    if (object === 'FieldPermissions') {
      if (!isSet(record.ParentId))
        throw new RecordError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
      const [ofObject = '', name = ''] = String(record.Field).split('.');
      if (ofObject !== record.SobjectType || objects.get(ofObject)?.fields.has(name) !== true)
        throw new RecordError(
          'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
          `bad value for restricted picklist field: ${String(record.Field)}`,
          ['Field'],
        );
      checkRead(record);
    }
    count += 1;
    const id = `${prefixes[object]}${String(count).padStart(12, '0')}AAA`;
    rows.push({
      ...Object.fromEntries((columns[object] ?? []).map((key) => [key, null])),
      ...record,
      Id: id,
    });
    return { id, success: true, errors: [] };
  };
  const keysOf = (object: string) =>
    ({ PermissionSet: ['Name'], FieldPermissions: ['ParentId', 'Field'] })[object] ?? [
      'AssigneeId',
      'PermissionSetId',
    ];
  const isSet = (id: unknown) => tables.PermissionSet?.some(({ Id }) => Id === id) === true;
  const checkRead = ({ PermissionsRead, PermissionsEdit }: Fields) => {
    if (PermissionsEdit === true && PermissionsRead !== true)
      throw new RecordError('FIELD_INTEGRITY_EXCEPTION', 'Permission Edit depends on permission(s): Read');
  };

  const update = ({ id, ...record }: Fields) => {
    const row = tables.FieldPermissions?.find((each) => each.Id === id);
    need('Manage Profiles and Permission Sets', new RecordError('INSUFFICIENT_ACCESS_OR_READONLY', REFUSED));
    if (row === undefined) throw new RecordError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id');
    checkRead({ ...row, ...record });
    Object.assign(row, record);
    return { id: String(id), success: true, errors: [] };
  };

  const collection = (method: string, body: string) => {
    const { records } = JSON.parse(body) as { records: (Fields & { attributes?: { type?: string } })[] };
    if (records.length > 200) throw new CallError(400, 'EXCEEDED_ID_LIMIT', 'record limit reached');
    return records.map(({ attributes, ...record }) => {
      try {
        return method === 'POST' ? insert(String(attributes?.type), record) : update(record);
      } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        const { statusCode, message, fields } = error;
        return { success: false, errors: [{ statusCode, message, fields }] };
      }
    });
  };

  const rowsOf = (object: string): Fields[] => {
    if (object !== 'CustomField') return tables[object] ?? [];
    return [...objects].flatMap(([name, { fields }]) =>
      [...fields.keys()]
        .filter((each) => each.endsWith('__c'))
        .map((each) => ({
          Id: `00N${each}`,
          DeveloperName: each.replace(/__c$/, ''),
          TableEnumOrId: homeOf(name),
          NamespacePrefix: null,
        })),
    );
  };

  /** `SELECT a, b FROM X WHERE c = 'd' AND e IN ('f', 'g') AND h = null`, and no more. */
  const query = (soql: string, isTooling: boolean) => {
    const [, list = '', object = '', where = ''] = /^SELECT (.+?) FROM (\w+) WHERE (.+)$/.exec(soql) ?? [];
    const known = columns[object];
    const isSeen = rights.has('View Setup and Configuration');
    if (known === undefined || (object === 'CustomField') !== isTooling || !isSeen)
      throw new CallError(400, 'INVALID_TYPE', `sObject type '${object}' is not supported.`);
    const checked = (name: string) => {
      if (!known.includes(name))
        throw new CallError(400, 'INVALID_FIELD', `No such column '${name}' on entity '${object}'`);
      return name;
    };
    const conditions = where.split(' AND ').map((text) => {
      const [, name = '', operator, value = ''] = /^(\w+) (=|IN) (.+)$/.exec(text) ?? [];
      if (operator === undefined) throw new CallError(400, 'MALFORMED_QUERY', `unexpected token: ${text}`);
      const values: unknown[] =
        value === 'null' ? [null] : [...value.matchAll(/'([^']*)'/g)].map(([, each]) => each);
      return { name: checked(name), values };
    });
    const names = list.split(', ').map(checked);
    const records = rowsOf(object)
      .filter((row) => conditions.every(({ name, values }) => values.includes(row[name])))
      .map((row) => Object.fromEntries(names.map((name) => [name, row[name] ?? null])));
    return { totalSize: records.length, done: true, records };
  };

  return {
    rights,
    settings,
    tables,
    accessTo,
    /** The answer to a request of the set-up; undefined when it is none. */
    answer(method: string, { pathname, searchParams }: URL, body: string) {
      const [, path] = /^\/services\/data\/v[\d.]+(\/.*)$/.exec(pathname) ?? [];
      const isOurs = /"type":"(PermissionSet|FieldPermissions|PermissionSetAssignment)"/.test(body);
      if (method === 'GET' && path === '/')
        return {
          status: 200,
          body: { identity: `${url()}/id/${ORG_ID}/${user}`, tooling: `${pathname}tooling` },
        };
      if (method === 'GET' && (path === '/query' || path === '/tooling/query'))
        return { status: 200, body: query(searchParams.get('q') ?? '', path === '/tooling/query') };
      if (method === 'POST' && path === '/tooling/sobjects/CustomField')
        return { status: 201, body: makeField(body) };
      if (/^(POST|PATCH)$/.test(method) && path === '/composite/sobjects' && isOurs)
        return { status: 200, body: collection(method, body) };
      const [, object] = /^\/sobjects\/(\w+)\/?$/.exec(path ?? '') ?? [];
      if (method !== 'POST' || object === undefined || tables[object] === undefined) return undefined;
      const { attributes: _, ...record } = JSON.parse(body) as Fields;
      try {
        return { status: 201, body: insert(object, record) };
      } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        throw new CallError(400, error.statusCode, error.message);
      }
    },
  };
}
