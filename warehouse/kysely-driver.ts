import type { DatabaseConnection, Driver } from 'kysely';

/** A Kysely driver of one connection. Transactions are the warehouse's, so that loads and queries share them. */
export function driverOver(connection: DatabaseConnection): Driver {
  const refuse = async () => {
    throw new TypeError('use Warehouse.transaction, which loads and queries share');
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    releaseConnection: async () => {},
    destroy: async () => {},
  };
}
