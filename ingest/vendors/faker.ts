import { PYTHON, type VendorConnector } from './vendor.ts';

/** Made-up records, landed and nothing more: for a first try of a connector. */
export const faker = { name: 'faker', version: '7.2.1', python: PYTHON } as const satisfies VendorConnector;
