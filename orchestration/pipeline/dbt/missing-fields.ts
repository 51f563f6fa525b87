/**
 * The mapped columns that a source has not landed, out of those it has: `{ sentiment: 'Health__c' }` of a source whose
 * tables hold no `Health__c` gives `['sentiment: Health__c']`. A path into JSON, `metadata.tier`, is sought by its column.
 */
export function missingFields(
  fields: Readonly<Record<string, string>>,
  landedColumns: readonly string[],
): string[] {
  const landed = new Set(landedColumns.map((column) => column.toLowerCase()));
  return Object.entries(fields)
    .filter(([, path]) => {
      const column = (path.split('.')[0] ?? '').toLowerCase();
      return !landed.has(column) && !landed.has(`properties_${column}`);
    })
    .map(([field, path]) => `${field}: ${path}`);
}
