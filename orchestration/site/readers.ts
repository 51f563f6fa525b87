import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { audienceFolder, type SiteFor } from './audience.ts';

const kept = z.object({
  /** For whom the site is, as `--for` takes it. */
  for: z.string(),
  /** Addresses in lower case. */
  readers: z.array(z.string()).readonly(),
});
/** Who may read a site. */
export type SiteReaders = z.infer<typeof kept>;

/** A site that was built, and who may read it. */
export interface ReadableSite extends SiteReaders {
  readonly siteDir: string;
}

const FILE = 'readers.json';
const SITES = 'sites';

/** The folder of a site, with `site` in it: that of all accounts is the build folder itself. */
export const siteFolder = (buildDirectory: string, site: SiteFor): string =>
  site.kind === 'all' ? buildDirectory : join(buildDirectory, SITES, audienceFolder(site));

/** Writes down beside a site who may read it. */
export const keepReaders = (folder: string, readers: SiteReaders): Promise<void> =>
  writeFile(join(folder, FILE), `${JSON.stringify(readers)}\n`);

/** Deletes the sites of owners, managers and teams that are none any more: what was theirs is not to be read on. */
export async function forgetOthers(buildDirectory: string, sites: readonly SiteFor[]): Promise<void> {
  const kept = sites.map((site) => basename(siteFolder(buildDirectory, site)));
  for (const name of await readdir(join(buildDirectory, SITES)).catch((): string[] => []))
    if (/^(csm|manager|team)-/.test(name) && !kept.includes(name))
      await rm(join(buildDirectory, SITES, name), { recursive: true });
}

/** Each site that was built below a build folder, with its readers; one without the file, or with another, is none. */
export async function readableSites(buildDirectory: string): Promise<readonly ReadableSite[]> {
  const names = await readdir(join(buildDirectory, SITES)).catch((): string[] => []);
  const folders = [buildDirectory, ...names.sort().map((name) => join(buildDirectory, SITES, name))];
  const found = await Promise.all(
    folders.map(async (folder) => {
      const text = await readFile(join(folder, FILE), 'utf8').catch(() => undefined);
      const read = kept.safeParse(text === undefined ? undefined : JSON.parse(text));
      return read.success ? [{ ...read.data, siteDir: join(folder, 'site') }] : [];
    }),
  );
  return found.flat();
}

/** Whose site counts, when somebody may read several: the widest. */
const WIDEST_FIRST = ['all', 'manager', 'team', 'csm'];
const widthOf = ({ for: whom }: SiteReaders) => WIDEST_FIRST.indexOf(whom.split('=')[0] ?? '');

/**
 * The site of each address, of those that were built: that of the first of `given` that names the address, if there is one, else the
 * widest of which they are a reader. A customer's site is nobody's here.
 */
export function siteOfEach(
  sites: readonly ReadableSite[],
  given: readonly { readonly person: string; readonly site: string }[],
): (address: string) => string | undefined {
  const read = sites
    .filter((site) => widthOf(site) >= 0)
    .sort((left, right) => widthOf(left) - widthOf(right));
  return (address) => {
    const named = given.find(({ person }) => person === address);
    const found =
      named === undefined
        ? read.find(({ readers }) => readers.includes(address))
        : read.find((site) => site.for === named.site);
    return found?.siteDir;
  };
}
