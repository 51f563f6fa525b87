import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take a minute or more, longest first: one of them that begins last leaves the other worker without work. */
const LONG = [
  'parity/parity.test.ts',
  'package/package.test.ts',
  'parity/published.test.ts',
  'own-project/sample.test.ts',
  'test/pages.test.ts',
  'test/audience.test.ts',
  'history/published.test.ts',
  'properties/late-data.test.ts',
  'history/playbooks.test.ts',
  'history/replay.test.ts',
  'history/damages.test.ts',
  'test/dbt.test.ts',
  'test/kills.test.ts',
  'test/project.test.ts',
  'test/canonical-files.test.ts',
  'test/exports.test.ts',
  'vendors/hubspot-round-trip.test.ts',
  'vendors/salesforce-round-trip.test.ts',
  'test/migrate.test.ts',
  'test/questions.test.ts',
  'test/model-versions.test.ts',
  'properties/segment-adoption.test.ts',
  'vendors/own-destination.test.ts',
  'vendors/own-vendor.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((name) => moduleId.endsWith(name));
      return place === -1 ? LONG.length : place;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
