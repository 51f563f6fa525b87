const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SUFFIX_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';

/** Key prefixes of Salesforce's standard objects; `a0…` are custom ones. */
export const KEY_PREFIXES = {
  Account: '001',
  Contact: '003',
  User: '005',
  Opportunity: '006',
  Event: '00U',
  Task: '00T',
  Note: '002',
  EmailMessage: '02s',
  Contract: '800',
  DatedConversionRate: '04w',
  Licensed_Feature__c: 'a00',
  Survey_Response__c: 'a01',
  Health_Override__c: 'a02',
} as const;

/**
 * A Salesforce id of 18 characters: a key prefix, an instance, a number in base 62, and three characters that say
 * which of the 15 before them are capitals.
 *
 * @param owner the account's number, or 0
 * @param number counts from 0 within the owner and the object
 * @example salesforceId('Account', 0, 0) // '0015f000000000AAAQ'
 */
export function salesforceId(object: keyof typeof KEY_PREFIXES, owner: number, number: number): string {
  let digits = '';
  let rest = owner * 100_000 + number + 10;
  for (; rest > 0; rest = Math.floor(rest / 62)) digits = DIGITS[rest % 62] + digits;
  const id = `${KEY_PREFIXES[object]}5f${digits.padStart(10, '0')}`;
  let suffix = '';
  for (let block = 0; block < 15; block += 5) {
    let bits = 0;
    for (let index = 0; index < 5; index += 1)
      if (/[A-Z]/.test(id[block + index] as string)) bits |= 1 << index;
    suffix += SUFFIX_DIGITS[bits];
  }
  return id + suffix;
}
